"""Libraries that are no dependency: taken over while a Cloud is active, once the user's code has imported them.

Imports none of them, and asks nothing of a library that the process does not use.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import wrapt

from awsim import active

_watched: set[tuple[str, Callable[[Any], None]]] = set()


def when_imported(name: str, patch: Callable[[Any], None]) -> None:
    """Call ``patch`` with a module: now if it is imported, and else when it is, should a Cloud then be active."""
    if name in sys.modules:
        patch(sys.modules[name])
    elif (name, patch) not in _watched:
        _watched.add((name, patch))
        wrapt.register_post_import_hook(lambda module: patch(module) if active.any_active() else None, name)


class Patches:
    """What was replaced, to be put back."""

    __slots__ = ("_replaced",)

    def __init__(self) -> None:
        self._replaced: dict[tuple[int, str], tuple[Any, str, Any, Any]] = {}

    def replace(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Put ``make(what is there)`` in the place of an attribute, unless that is done already. An owner that has no
        such attribute, being of another version, is left alone."""
        key = (id(owner), name)
        if key in self._replaced or not hasattr(owner, name):
            return
        real = getattr(owner, name)
        ours = make(real)
        self._replaced[key] = (owner, name, real, ours)
        setattr(owner, name, ours)

    def put_back(self) -> None:
        """Put everything back, except where somebody has put something of their own above ours: then ours stays below
        it, and lets everything through."""
        for key, (owner, name, real, ours) in reversed(list(self._replaced.items())):
            if getattr(owner, name) is ours:
                setattr(owner, name, real)
                del self._replaced[key]
