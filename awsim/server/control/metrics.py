"""Counts and times, in Prometheus' text format (version 0.0.4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from awsim.protocol.http import Request, Response
from awsim.server.control.endpoint import Endpoint

if TYPE_CHECKING:
    from awsim.server.server import Server

_ESCAPED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def routes(server: Server) -> Iterable[Endpoint]:
    """The endpoints."""

    def get(request: Request, variables: dict[str, str]) -> Any:
        body = "".join(_lines(server)).encode()
        headers = {
            "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
        }
        return Response(200, headers, body)

    yield ("GET",), "/_awsim/metrics", get


def _lines(server: Server) -> Iterator[str]:
    cloud, traffic = server.cloud, server.traffic
    answered = sorted(traffic.answered.items())
    yield from _metric(
        "awsim_calls_total",
        "counter",
        "Calls answered over HTTP.",
        [
            ({"service": service, "operation": operation, "status": str(status)}, tally.count)
            for (service, operation, status), tally in answered
        ],
    )
    yield from _metric(
        "awsim_call_seconds_total",
        "counter",
        "Time spent on them, waiting included.",
        [
            ({"service": service, "operation": operation, "status": str(status)}, round(tally.seconds, 6))
            for (service, operation, status), tally in answered
        ],
    )
    yield from _metric("awsim_connections", "gauge", "Open connections.", [({}, server.connection_count)])
    yield from _metric(
        "awsim_waiting_calls", "gauge", "Calls that wait, as long polls do.", [({}, server.waiting_count)]
    )
    yield from _metric(
        "awsim_scheduled_tasks", "gauge", "Work that AWS does later, not yet due.", [({}, len(cloud.schedule.pending))]
    )
    yield from _metric(
        "awsim_failed_tasks_total", "counter", "Such work that failed.", [({}, len(cloud.schedule.failures))]
    )
    yield from _metric(
        "awsim_uptime_seconds", "gauge", "How long the server runs.", [({}, round(server.uptime_seconds, 3))]
    )
    counts: dict[tuple[str, str], int] = {}
    for one in cloud.resources():
        counts[one.service, one.type] = counts.get((one.service, one.type), 0) + 1
    yield from _metric(
        "awsim_resources",
        "gauge",
        "What exists.",
        [({"service": service, "type": kind}, number) for (service, kind), number in sorted(counts.items())],
    )


def _metric(name: str, kind: str, help_text: str, samples: Iterable[tuple[Mapping[str, str], float]]) -> Iterator[str]:
    yield f"# HELP {name} {help_text}\n# TYPE {name} {kind}\n"
    for labels, value in samples:
        listed = ",".join(f'{label}="{text.translate(_ESCAPED)}"' for label, text in labels.items())
        yield f"{name}{{{listed}}} {value}\n" if listed else f"{name} {value}\n"
