"""The commands that look at a server that runs, and control it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from awsim.cli.durations import Duration, in_words
from awsim.cli.remote import RemoteServer, of_a_server, write_whole
from awsim.cli.tables import show_line, show_table

#: How often ``calls --follow`` asks for more, in seconds.
_FOLLOW_SECONDS = 0.5
#: How many calls it takes at a time.
_FOLLOW_LIMIT = 10_000

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
_plain = click.option("--plain", is_flag=True, help="Print aligned columns, without colours.")


@click.command()
@of_a_server
@_as_json
@_plain
def status(server: RemoteServer, as_json: bool, plain: bool) -> None:
    """What the server is, how long it runs, and what is in it."""
    info = server.get("/_awsim/info")
    clock = server.get("/_awsim/clock")
    resources = Counter(one["service"] for one in server.get("/_awsim/resources")["resources"])
    faults = len(server.get("/_awsim/faults")["faults"])
    if as_json:
        click.echo(json.dumps({**info, "clock": clock, "resources": dict(resources), "faults": faults}, indent=2))
        return
    frozen = ", frozen" if clock["is_frozen"] else ""
    rows = [
        ("Server", f"{server.url}, awsim {info['version']}"),
        ("Up", in_words(info["uptime_seconds"])),
        ("Account", f"{info['account_id']}, region {info['region']}"),
        ("Time", f"{clock['time']}{frozen}"),
        ("Services", ", ".join(info["services"]) if info["services"] else "all"),
        ("Resources", ", ".join(f"{name} {number}" for name, number in sorted(resources.items())) or "none"),
        ("Faults", str(faults)),
    ]
    show_table(("", ""), rows, plain=plain)


@click.command()
@of_a_server
@_as_json
@_plain
def services(server: RemoteServer, as_json: bool, plain: bool) -> None:
    """The server's services: their states, and how many resources each has."""
    states = server.get("/_awsim/health")["services"]
    resources = Counter(one["service"] for one in server.get("/_awsim/resources")["resources"])
    if as_json:
        click.echo(json.dumps({name: {"state": state, "resources": resources[name]} for name, state in states.items()}))
        return
    rows = [(name, state, str(resources[name] or "-")) for name, state in sorted(states.items())]
    show_table(("Service", "State", "Resources"), rows, plain=plain)


# -- calls -------------------------------------------------------------------------------------------------------------


@click.command()
@of_a_server
@click.option("--follow", "-f", is_flag=True, help="Go on with the calls to come, until Ctrl-C.")
@click.option("--operation", metavar="PATTERN", help="Only such calls, as sqs.*")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="At most so many of the past.")
@_as_json
@_plain
def calls(server: RemoteServer, follow: bool, operation: str | None, limit: int, as_json: bool, plain: bool) -> None:
    """The last calls that the server answered."""
    told = server.get("/_awsim/calls", operation=operation, limit=limit)
    if not follow:
        if as_json:
            click.echo(json.dumps(told["calls"], indent=2))
        else:
            show_table(_CALL_HEADINGS, [_call_row(call) for call in told["calls"]], plain=plain)
        return
    for call in _all_calls(server, operation, told):
        if as_json:
            click.echo(json.dumps(call))
        else:
            show_line(_call_row(call), _CALL_WIDTHS, plain=plain)


_CALL_HEADINGS = ("Time", "Call", "Status", "Took", "What")
_CALL_WIDTHS = (12, 32, 6, 9, 0)


def _call_row(call: Mapping[str, Any]) -> tuple[str, ...]:
    error = call["error"]
    if error is not None:
        what = f"{error['code']}: {error['message']}"
    else:
        what = ", ".join(f"{name}={_short(value)}" for name, value in (call["parameters"] or {}).items())
    took = f"{(call['duration_seconds'] or 0) * 1000:.1f} ms"
    moment = str(call["time"]).partition("T")[2][:12]
    return moment, f"{call['service']}.{call['operation']}", str(call["status_code"]), took, what


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _all_calls(server: RemoteServer, operation: str | None, told: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The calls that were told, and those to come."""
    while True:
        yield from told["calls"]
        after = told["last"]
        time.sleep(_FOLLOW_SECONDS)
        told = server.get("/_awsim/calls", operation=operation, after=after, limit=_FOLLOW_LIMIT)
        if told["last"] < after:  # all was forgotten meanwhile, and counting began anew
            told = server.get("/_awsim/calls", operation=operation, limit=_FOLLOW_LIMIT)


# -- clock -------------------------------------------------------------------------------------------------------------


@click.group()
def clock() -> None:
    """The server's time: AWS's, not this machine's."""


@clock.command("show")
@of_a_server
def clock_show(server: RemoteServer) -> None:
    """What time it is."""
    _tell_time(server.get("/_awsim/clock"))


@clock.command("advance")
@click.argument("span", type=Duration())
@of_a_server
def clock_advance(server: RemoteServer, span: dict[str, float]) -> None:
    """Let time pass, and what falls due with it happen: SPAN is 90s, 15m, 1h, 2d or 1h30m."""
    _tell_time(server.post("/_awsim/clock", {"advance": span}))


@clock.command("set")
@click.argument("moment")
@of_a_server
def clock_set(server: RemoteServer, moment: str) -> None:
    """Make it MOMENT, as 2030-01-01T00:00:00Z."""
    _tell_time(server.post("/_awsim/clock", {"set": moment}))


@clock.command("freeze")
@click.argument("moment", required=False)
@of_a_server
def clock_freeze(server: RemoteServer, moment: str | None) -> None:
    """Stop time, at MOMENT or now."""
    _tell_time(server.post("/_awsim/clock", {"freeze": moment or True}))


@clock.command("unfreeze")
@of_a_server
def clock_unfreeze(server: RemoteServer) -> None:
    """Let time go on."""
    _tell_time(server.post("/_awsim/clock", {"unfreeze": True}))


def _tell_time(told: Mapping[str, Any]) -> None:
    click.echo(f"{told['time']}{' (frozen)' if told['is_frozen'] else ''}")


# -- state -------------------------------------------------------------------------------------------------------------


@click.group()
def snapshot() -> None:
    """All of a server's state, in a file."""


@snapshot.command("save")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite a file that is there already.")
@of_a_server
def snapshot_save(server: RemoteServer, path: Path, force: bool) -> None:
    """Write all state to the file PATH."""
    if path.exists() and not force:
        raise click.ClickException(f"{path} is there already (--force overwrites)")
    with server.open("GET", "/_awsim/state") as answer:
        length = int(answer.headers.get("Content-Length") or 0)
        try:
            write_whole(path, _pieces(answer, length, "Saving"))
        except OSError as error:
            raise click.ClickException(f"{path} cannot be written: {error.strerror or error}") from None
    click.echo(f"saved {path} ({path.stat().st_size:,} bytes)")


@snapshot.command("load")
@click.argument("path", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@of_a_server
def snapshot_load(server: RemoteServer, path: Path) -> None:
    """Replace all state by that in the file PATH."""
    length = path.stat().st_size
    with (
        path.open("rb") as file,
        server.open("POST", "/_awsim/state", _pieces(file, length, "Loading"), length=length) as answer,
    ):
        answer.read()
    click.echo(f"loaded {path}")


#: Smaller ones are there before a bar could be seen, in bytes.
_LENGTH_WITH_PROGRESS = 8 * 1024 * 1024


def _pieces(source: Any, length: int, doing: str) -> Iterator[bytes]:
    """What is read from a source piece by piece, with a bar at a terminal where it is long."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn(doing), BarColumn(), DownloadColumn())
    is_shown = length >= _LENGTH_WITH_PROGRESS and console.is_terminal
    with Progress(*columns, console=console, transient=True) if is_shown else nullcontext() as progress:
        task = progress.add_task(doing, total=length) if progress is not None else None
        while piece := source.read(1024 * 1024):
            yield piece
            if progress is not None and task is not None:
                progress.update(task, advance=len(piece))


@click.command()
@of_a_server
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
def reset(server: RemoteServer, yes: bool) -> None:
    """Forget all of the server's state."""
    if not yes:
        number = len(server.get("/_awsim/resources")["resources"])
        if number:
            click.confirm(f"Forget {number} resources at {server.url}?", abort=True)
    server.post("/_awsim/reset", {})
    click.echo(f"{server.url} has forgotten everything")
