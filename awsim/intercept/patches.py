"""What is replaced while a Cloud is active: attributes of botocore's and other libraries' modules and classes.

The intercepts declare it once. Entering and leaving Clouds, of which a run of tests has thousands, is then one loop.
Plain stdlib but for the hook into imports; asks nothing of a library that the process does not use.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import wrapt

from awsim import active

_NOTHING: Any = object()


class _Replacement:
    """An attribute that is ours, made of what was there, while a Cloud is active."""

    __slots__ = ("found", "make", "name", "ours", "own", "owner")

    def __init__(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        self.owner = owner
        self.name = name
        self.make = make
        #: The owner's own attributes. Looking there spares a class whose attributes change the search along its bases.
        self.own = owner.__dict__
        self.ours = self.found = object()

    def put(self) -> None:
        found = self.own.get(self.name, _NOTHING)
        if found is self.ours:
            return
        if found is not self.found:
            self.found, self.ours = found, self.make(getattr(self.owner, self.name, None))
        setattr(self.owner, self.name, self.ours)

    def put_back(self) -> None:
        # Where somebody has put something of their own above ours, ours stays below it, and lets everything through.
        if self.own.get(self.name) is self.ours:
            if self.found is _NOTHING:
                delattr(self.owner, self.name)
            else:
                setattr(self.owner, self.name, self.found)


_replacements: list[_Replacement] = []
#: Modules whose replacements are declared once they are imported, with what declares them; and the module for which
#: that was done, for a test may have a library imported anew.
_awaited: dict[tuple[str, Callable[[Any], None]], ModuleType | None] = {}


def replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Have an attribute be ``make(what is there)`` while a Cloud is active. An owner that has no such attribute, being
    of another version, is left alone."""
    if hasattr(owner, name):
        add(owner, name, make)


def add(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """The same of an attribute that the owner need not have; ``make`` is given None then."""
    replacement = _Replacement(owner, name, make)
    _replacements.append(replacement)
    if active.any_active():
        replacement.put()


def when_imported(name: str, declare: Callable[[Any], None]) -> None:
    """Call ``declare`` with a module, which replaces something of it: now if it is imported, and else when it is."""
    _awaited[name, declare] = None
    if name in sys.modules:
        _declare(name, declare, sys.modules[name])
    else:
        wrapt.register_post_import_hook(lambda module: _declare(name, declare, module), name)


def _declare(name: str, declare: Callable[[Any], None], module: ModuleType) -> None:
    if _awaited[name, declare] is not module:
        _awaited[name, declare] = module
        declare(module)


def install() -> None:
    """Put everything in place."""
    for (name, declare), known in list(_awaited.items()):
        module = sys.modules.get(name)
        if module is not known and module is not None:
            _declare(name, declare, module)
    for replacement in _replacements:
        replacement.put()


def uninstall() -> None:
    """Put everything back."""
    for replacement in reversed(_replacements):
        replacement.put_back()
