"""The table that benchmarks print, and the bars in it."""

from __future__ import annotations

from collections.abc import Callable

#: How often a figure is measured at most until its bar is met.
ATTEMPTS = 3


class Report:
    """Rows of the table, and whether any bar was missed."""

    def __init__(self) -> None:
        self.missed = 0

    def row(self, what: str, figure: str, bar: str, met: bool) -> None:
        """Print a row."""
        self.missed += not met
        print(f"| {what:<58} | {figure:<40} | {bar:<22} | {'met' if met else 'MISSED':<6} |", flush=True)

    def at_most(self, what: str, bar: float, unit: str, measure: Callable[[], float]) -> None:
        """Measure until the bar is met, or the attempts are used up."""
        figure = min(_until(measure, lambda value: value <= bar))
        self.row(what, f"{figure:.3g} {unit}", f"at most {bar:g} {unit}", figure <= bar)


def _until(measure: Callable[[], float], met: Callable[[float], bool]) -> list[float]:
    figures: list[float] = []
    while len(figures) < ATTEMPTS:
        figures.append(measure())
        if met(figures[-1]):
            break
    return figures
