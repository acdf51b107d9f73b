"""The last calls: who called what, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from awsim.call import Call
from awsim.errors import CallsNotKeptError
from awsim.operation_pattern import operation_pattern
from awsim.protocol.http import Request
from awsim.server.control.endpoint import Endpoint, count, parameter

if TYPE_CHECKING:
    from awsim.server.server import Server

_CALLS_SHOWN = 100


def routes(server: Server) -> Iterable[Endpoint]:
    """The endpoints."""

    def get(request: Request, variables: dict[str, str]) -> Any:
        """Oldest first: of an ``operation``, at most ``limit``, ``after`` the number of a call that was seen.

        Whoever goes on asking gives ``last`` as the next ``after``.
        """
        calls = server.cloud.calls
        pattern = operation_pattern(parameter(request, "operation") or "*")
        after = count(request, "after", 0)
        limit = count(request, "limit", _CALLS_SHOWN)
        dropped, kept = calls.dropped, list(calls)
        found = [
            (number, call)
            for number, call in enumerate(kept, dropped + 1)
            if number > after and pattern.matches(call.service, call.operation)
        ]
        # Whoever follows takes what comes next; whoever looks wants the last.
        shown = found[:limit] if after else found[len(found) - min(limit, len(found)) :]
        described = [_described(number, call) for number, call in shown]
        last = described[-1]["number"] if after and len(shown) < len(found) else dropped + len(kept)
        return {"calls": described, "dropped": dropped, "last": last}

    def delete(request: Request, variables: dict[str, str]) -> Any:
        server.cloud.calls.clear()
        return {}

    yield ("GET",), "/_awsim/calls", get
    yield ("DELETE",), "/_awsim/calls", delete


def _described(number: int, call: Call) -> dict[str, Any]:
    try:
        parameters: Any = call.parameters
    except CallsNotKeptError:
        parameters = None
    return {
        "number": number,
        "time": call.time,
        "service": call.service,
        "operation": call.operation,
        "account_id": call.account_id,
        "region": call.region,
        "caller_arn": call.caller_arn,
        "source_service": call.source_service,
        "request_id": call.request_id,
        "status_code": call.status_code,
        "duration_seconds": call.duration_seconds,
        "error": {"code": call.error.code, "message": call.error.message} if call.error is not None else None,
        "parameters": parameters,
    }
