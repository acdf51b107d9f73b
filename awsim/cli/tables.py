"""Tables: with rich for people at a terminal, as aligned columns for whoever wants plain text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from awsim.cli.coverage import ServiceCoverage

_SERVICE_HEADINGS = ("Operation", "Simulated", "Members honoured", "Not honoured")
_TOTALS_HEADINGS = ("Service", "Operations", "Members honoured")


def show_service(coverage: ServiceCoverage, *, plain: bool) -> None:
    """One service, operation by operation."""
    rows = [
        (
            operation.name,
            "yes" if operation.simulated else "no",
            ", ".join(operation.honoured) or "-",
            (", ".join(operation.not_honoured) or "-") if operation.simulated else "",
        )
        for operation in coverage.operations
    ]
    show_table(_SERVICE_HEADINGS, rows, plain=plain)
    click.echo(f"{coverage.service_name}: {coverage.simulated} of {len(coverage.operations)} operations are simulated.")


def show_totals(coverages: Sequence[ServiceCoverage], service_count: int, *, plain: bool) -> None:
    """All simulated services, a line each. ``service_count`` is how many services AWS has."""
    rows = [
        (
            coverage.service_name,
            f"{coverage.simulated} / {len(coverage.operations)}",
            f"{coverage.honoured} / {coverage.members}",
        )
        for coverage in coverages
    ]
    show_table(_TOTALS_HEADINGS, rows, plain=plain)
    click.echo(
        f"{len(coverages)} of {service_count} services are simulated. `awsim coverage SERVICE` tells more of one."
    )


def show_tiers(tiers: Mapping[str, str], *, plain: bool) -> None:
    """One service, operation by operation: who answers it."""
    show_table(("Operation", "Tier"), list(tiers.items()), plain=plain)
    counts = Counter(tiers.values())
    click.echo(f"{counts['simulated']} simulated, {counts['moto']} by the fallback moto, {counts['absent']} absent.")


def show_tier_totals(services: Mapping[str, Mapping[str, str]], *, plain: bool) -> None:
    """All services, a line each: how many of their operations are answered by whom."""
    counted = {name: Counter(tiers.values()) for name, tiers in services.items()}
    rows = [
        (name, *(str(counts[tier]) for tier in ("simulated", "moto", "absent"))) for name, counts in counted.items()
    ]
    show_table(("Service", "Simulated", "Moto", "Absent"), rows, plain=plain)


def show_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, plain: bool) -> None:
    """Rows under headings; headings that are all empty are left out."""
    rows = [[_printable(cell) for cell in row] for row in rows]
    if plain:
        for line in _aligned([headings, *rows] if any(headings) else rows):
            click.echo(line)
        return
    table = Table(box=None, header_style="bold", pad_edge=False, show_header=any(headings))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, style=_style(cell)) for cell in row))
    Console().print(table)


def show_line(row: Sequence[str], widths: Sequence[int], *, plain: bool) -> None:
    """One row by itself, of a table that is not at its end yet; a width of 0 is what is left."""
    cells = [_printable(cell).ljust(width) for cell, width in zip(row, widths, strict=True)]
    if plain:
        click.echo("  ".join(cells).rstrip())
        return
    line = Text("  ").join(Text(cell, style=_style(cell.strip())) for cell in cells)
    line.rstrip()
    Console(soft_wrap=True).print(line)


def _printable(text: str) -> str:
    """Text that a terminal does not take for orders: names and messages come from whoever calls the server."""
    return text if text.isprintable() else "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


_STYLES = {"yes": "green", "no": "red", "running": "green", "available": "dim", "error": "red"}


def _style(cell: str) -> str:
    """Colours for words that say well or ill, and for the status codes of errors."""
    if len(cell) == 3 and cell.isdigit() and cell[0] in "45":
        return "red"
    return _STYLES.get(cell, "")


def _aligned(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
