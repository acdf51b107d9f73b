"""Which services fall back, and to what, as a user writes it: ``"moto"``, or ``{"glue": "moto"}``.

Plain; imports neither moto nor a model.
"""

from __future__ import annotations

from collections.abc import Mapping

#: What can answer instead.
FALLBACKS = ("moto",)
#: Stands for all services.
ALL = "*"


def read_fallback(value: str | Mapping[str, str] | None) -> dict[str, str]:
    """A choice by service, ``"*"`` for all; empty for none. Raises ValueError for what cannot be chosen."""
    if value is None or value == "" or value == "none":
        return {}
    chosen = {ALL: value} if isinstance(value, str) else dict(value)
    for service, name in chosen.items():
        if name not in FALLBACKS:
            raise ValueError(f"fallback= of {service} is one of {', '.join(FALLBACKS)}, not {name!r}")
    return chosen
