"""Recorded answers that are not asked again, and why: the only ones."""

from __future__ import annotations

#: By file and test, and where it is not the whole test, by the answer's name.
EXCEPTIONS: dict[tuple[str, ...], str] = {}
