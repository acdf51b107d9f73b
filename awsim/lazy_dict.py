"""Dictionaries whose values are copied when they are asked for.

Owns what is done with a value that nobody has asked for yet: it is a template, which is never given away. Knows nothing
of how templates are made.
"""

from __future__ import annotations

import os
import threading
from collections.abc import ItemsView, Iterator, ValuesView
from typing import Any

#: The copies that were made of what is reached twice.
Memo = dict["Template", Any]


class Template:
    """A value that may change, as it was at one moment."""

    __slots__ = ()

    def make(self, memo: Memo) -> Any:
        """A copy to change."""
        raise NotImplementedError  # no ABC: every access asks whether a value is a template, which is slow of those


#: Held while a value is copied, so that two threads never have a copy each.
_claiming = threading.Lock()


def _renew_lock() -> None:
    """In a process that was forked while another thread held it, it would be held for ever."""
    global _claiming
    _claiming = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)


class LazyDict(dict[Any, Any]):
    """A dictionary some of whose values are templates, which nobody sees: who asks for a value is given a copy, from
    then on the dictionary's own. In all else a dictionary; what copies it as a whole has a plain one."""

    __slots__ = ("memo",)

    def __init__(self, values: Any = ()) -> None:
        dict.__init__(self, values)
        #: What was copied so far of what the values share; None where they share nothing.
        self.memo: Memo | None = None

    def _claim(self, key: Any) -> Any:
        with _claiming:
            value = dict.__getitem__(self, key)
            if isinstance(value, Template):
                value = value.make({} if self.memo is None else self.memo)
                dict.__setitem__(self, key, value)
            return value

    def __getitem__(self, key: Any) -> Any:
        value = dict.__getitem__(self, key)
        return self._claim(key) if isinstance(value, Template) else value

    def get(self, key: Any, default: Any = None) -> Any:
        value = dict.get(self, key, default)
        return self._claim(key) if isinstance(value, Template) else value

    def setdefault(self, key: Any, default: Any = None) -> Any:
        value = dict.setdefault(self, key, default)
        return self._claim(key) if isinstance(value, Template) else value

    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(dict.get(self, key), Template):
            self._claim(key)  # what is being copied in another thread must not come after this
        dict.__setitem__(self, key, value)

    def __delitem__(self, key: Any) -> None:
        if isinstance(dict.get(self, key), Template):
            self._claim(key)
        dict.__delitem__(self, key)

    def pop(self, key: Any, *default: Any) -> Any:
        if isinstance(dict.get(self, key), Template):
            self._claim(key)
        return dict.pop(self, key, *default)

    def popitem(self) -> tuple[Any, Any]:
        while True:
            try:
                key = next(reversed(self))
                return key, self.pop(key)
            except StopIteration:
                raise KeyError("popitem(): dictionary is empty") from None
            except KeyError:  # another thread was quicker
                continue

    def clear(self) -> None:
        with _claiming:
            dict.clear(self)

    def update(self, *args: Any, **kwargs: Any) -> None:
        for key, value in dict(*args, **kwargs).items():
            self[key] = value

    # C code takes the short way to the values of dictionaries whose iterator is dict's own.
    def __iter__(self) -> Iterator[Any]:
        return dict.__iter__(self)

    def values(self) -> Any:
        return _Values(self)

    def items(self) -> Any:
        return _Items(self)

    def copy(self) -> dict[Any, Any]:
        return {key: self[key] for key in self}

    def __or__(self, other: Any) -> Any:
        return self.copy() | other

    def __ror__(self, other: Any) -> Any:
        return other | self.copy()

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def __eq__(self, other: object) -> bool:
        return self.copy() == (other.copy() if isinstance(other, LazyDict) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # as dict's

    def __repr__(self) -> str:
        return repr(self.copy())

    def __copy__(self) -> dict[Any, Any]:
        return self.copy()

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return dict, (self.copy(),)


class _Values(ValuesView[Any]):
    _mapping: LazyDict

    def __reversed__(self) -> Iterator[Any]:
        return (self._mapping[key] for key in reversed(self._mapping))


class _Items(ItemsView[Any, Any]):
    _mapping: LazyDict

    def __reversed__(self) -> Iterator[Any]:
        return ((key, self._mapping[key]) for key in reversed(self._mapping))
