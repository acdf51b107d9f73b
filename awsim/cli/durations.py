"""Spans of time as people write them: ``1h``, ``90s``, ``1h30m``, ``2d``."""

from __future__ import annotations

import re

import click

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_PIECE = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|h|d)", re.IGNORECASE)


class Duration(click.ParamType):  # type: ignore[type-arg]  # generic in click 8.3, not before
    """A span as the clock's endpoint takes it: ``{"hours": 1.0, "minutes": 30.0}``."""

    name = "duration"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, float] | object:
        if not isinstance(value, str):
            return value
        text = value.strip()
        if _PIECE.sub("", text).strip() or not text:
            self.fail(f"{value!r} is no span of time; write 90s, 15m, 1h, 2d or 1h30m", param, ctx)
        span: dict[str, float] = {}
        for amount, unit in _PIECE.findall(text):
            name = _UNITS[unit.lower()]
            span[name] = span.get(name, 0.0) + float(amount)
        return span


def in_words(seconds: float) -> str:
    """A span of seconds for people: ``2 h 5 min``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [f"{value} {unit}" for value, unit in ((days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")) if value]
    return " ".join(parts[:2]) or "0 s"
