"""Coverage as tables: with rich for people at a terminal, as aligned columns for whoever wants plain text."""

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
    _show(_SERVICE_HEADINGS, rows, plain=plain)
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
    _show(_TOTALS_HEADINGS, rows, plain=plain)
    click.echo(
        f"{len(coverages)} of {service_count} services are simulated. `awsim coverage SERVICE` tells more of one."
    )


def show_tiers(tiers: Mapping[str, str], *, plain: bool) -> None:
    """One service, operation by operation: who answers it."""
    _show(("Operation", "Tier"), list(tiers.items()), plain=plain)
    counts = Counter(tiers.values())
    click.echo(f"{counts['simulated']} simulated, {counts['moto']} by the fallback moto, {counts['absent']} absent.")


def show_tier_totals(services: Mapping[str, Mapping[str, str]], *, plain: bool) -> None:
    """All services, a line each: how many of their operations are answered by whom."""
    counted = {name: Counter(tiers.values()) for name, tiers in services.items()}
    rows = [
        (name, *(str(counts[tier]) for tier in ("simulated", "moto", "absent"))) for name, counts in counted.items()
    ]
    _show(("Service", "Simulated", "Moto", "Absent"), rows, plain=plain)


def _show(headings: Sequence[str], rows: Sequence[Sequence[str]], *, plain: bool) -> None:
    if plain:
        for line in _aligned([headings, *rows]):
            click.echo(line)
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, style={"yes": "green", "no": "red"}.get(cell, "")) for cell in row))
    Console().print(table)


def _aligned(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
