"""Templates: what a store was at one moment, from which copies are made that share all that never changes.

Owns how plain data is copied. A template holds values that never change as they are, and a template for each that may.
A large dictionary whose values may change is copied value by value, each when it is first asked for (`lazy_dict`): a
copy of a store of ten thousand entities costs what it is used for. Nobody is ever given what a template holds and could
be changed, so that copies, and what they were made from, never see each other's changes. Must not know stores, Clouds
or services.
"""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import functools
import operator
import re
import uuid
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from types import MemberDescriptorType
from typing import Any

import attrs

from awsim.lazy_dict import LazyDict, Memo, Template

#: A dictionary of fewer values is copied as a whole: that costs less than asking each time.
LARGE = 32


class NoTemplateError(Exception):
    """What is to be copied is not data of the kinds that are known here."""


class _Identified(Template):
    """What may be reached twice, and is then copied once."""

    __slots__ = ("is_shared",)

    def __init__(self) -> None:
        self.is_shared = False

    def make(self, memo: Memo) -> Any:
        if not self.is_shared:
            return self.fill(self.new(), memo)
        made = memo.get(self)
        if made is None:
            made = memo[self] = self.new()
            self.fill(made, memo)
        return made

    def new(self) -> Any:
        """What the copy is, as far as it holds nothing that may change."""
        raise NotImplementedError  # no ABC, as its base is none

    def fill(self, made: Any, memo: Memo) -> Any:
        """Complete a copy."""
        return made


class _Collection(_Identified):
    """A list, deque, dictionary or set: ``value`` with what never changes, and templates by their places in it."""

    __slots__ = ("places", "value")

    def __init__(self) -> None:
        super().__init__()
        self.value: Any = None
        self.places: list[tuple[Any, Template]] = []

    def new(self) -> Any:
        return self.value.copy()

    def fill(self, made: Any, memo: Memo) -> Any:
        for place, template in self.places:
            made[place] = template.make(memo)
        return made


class _LazyCollection(_Collection):
    """A large dictionary with values that may change: ``value`` has their templates."""

    __slots__ = ("sharing",)

    def __init__(self, sharing: _Sharing) -> None:
        super().__init__()
        self.sharing = sharing

    def new(self) -> Any:
        return LazyDict(self.value)

    def fill(self, made: Any, memo: Memo) -> Any:
        if self.sharing.is_tangled:
            made.memo = memo
        return made


class _Sharing:
    """Whether values of large dictionaries share something that may change, with each other or with what is around
    them: then what was copied of it is kept for the values that are asked for later."""

    __slots__ = ("is_tangled",)

    def __init__(self) -> None:
        self.is_tangled = False


class _Tuple(Template):
    """A tuple of values that may change. It is whole only once they are there."""

    __slots__ = ("values",)

    def __init__(self, values: list[Any]) -> None:
        super().__init__()
        self.values = values

    def make(self, memo: Memo) -> Any:
        return tuple(value.make(memo) if isinstance(value, Template) else value for value in self.values)


class _Entity(_Identified):
    """An instance of an attrs class."""

    __slots__ = ("cls", "names", "values")

    def __init__(self, cls: type) -> None:
        super().__init__()
        self.cls = cls
        self.names: tuple[str, ...] = ()
        self.values: list[Any] = []

    def new(self) -> Any:
        return object.__new__(self.cls)

    def fill(self, made: Any, memo: Memo) -> Any:
        put = object.__setattr__  # attrs' own refuses in frozen classes, and validates in others
        for name, value in zip(self.names, self.values, strict=True):
            put(made, name, value.make(memo) if isinstance(value, Template) else value)
        return made


# -- how templates are made --------------------------------------------------------------------------------------------


def template_of(value: Any) -> Any:
    """The template of a value; a value that never changes is its own. Raises NoTemplateError for what is not plain
    data, and RecursionError for what is nested too deeply."""
    return _Maker().of(value, 0)


#: Types whose instances never change.
_CONSTANT: tuple[type, ...] = (
    *(type(None), bool, int, float, complex, str, bytes, range, type(...), type(NotImplemented)),
    *(dt.datetime, dt.date, dt.time, dt.timedelta, dt.timezone),
    *(decimal.Decimal, uuid.UUID, re.Pattern, type),
)

_Make = Callable[["_Maker", Any, int], Any]


class _Maker:
    """Makes the templates of one value.

    ``unit`` says of what something is a part: of the whole, or of one value of a large dictionary. Each is copied apart
    from the others, unless something that may change is reached from several.
    """

    def __init__(self) -> None:
        self._sharing = _Sharing()
        self._units = 0
        self._known: dict[int, tuple[Any, int]] = {}

    def of(self, value: Any, unit: int) -> Any:
        make = _by_type.get(type(value)) or _learn(type(value))
        return make(self, value, unit)

    def _find(self, value: Any, unit: int) -> _Identified | None:
        """The template of something that may change, if it is made or under way."""
        known = self._known.get(id(value))
        if known is None:
            return None
        template: _Identified = known[0]
        if known[1] != unit:
            self._sharing.is_tangled = True
        template.is_shared = True
        return template

    def _begin(self, value: Any, unit: int) -> _Collection:
        template = _Collection()
        template.value = value.copy()
        self._known[id(value)] = template, unit
        return template

    # -- a method for each kind of type ------------------------------------------------------------------------------

    def constant(self, value: Any, unit: int) -> Any:
        return value

    def refused(self, value: Any, unit: int) -> Any:
        raise NoTemplateError(f"a {type(value).__name__} is not plain data")

    def self_copying(self, value: Any, unit: int) -> Any:
        """Of a class that says how it is copied: what is its own deep copy never changes."""
        return value if type(value).__deepcopy__(value, {}) is value else self.refused(value, unit)

    def tuple_(self, value: Any, unit: int) -> Any:
        if _constant.issuperset(map(type, value)):
            return value
        values = [self.of(one, unit) for one in value]
        if not any(isinstance(one, Template) for one in values):
            return value
        return _Tuple(values) if type(value) is tuple else self.refused(value, unit)

    def frozenset_(self, value: Any, unit: int) -> Any:
        for one in value:
            if type(one) not in _constant and isinstance(self.of(one, unit), Template):
                self.refused(one, unit)
        return value

    def set_(self, value: Any, unit: int) -> Any:
        template = self._find(value, unit)
        if template is None:
            self.frozenset_(value, unit)
            template = self._begin(value, unit)
        return template

    def list_(self, value: Any, unit: int) -> Any:
        found = self._find(value, unit)
        if found is not None:
            return found
        template = self._begin(value, unit)
        of, copied, places = self.of, template.value, template.places
        for place, one in enumerate(value):
            if type(one) in _constant:
                continue
            made = of(one, unit)
            if isinstance(made, Template):
                copied[place] = None
                places.append((place, made))
        return template

    def dict_(self, value: Any, unit: int) -> Any:
        found = self._find(value, unit)
        if found is not None:
            return found
        template = self._begin(value, unit)
        of, copied, places = self.of, template.value, template.places
        is_large = len(value) >= LARGE
        self.frozenset_(value, unit)  # its keys
        for key, one in value.items():
            if type(one) in _constant:
                continue
            if is_large:
                self._units += 1
            made = of(one, self._units if is_large else unit)
            if isinstance(made, Template):
                copied[key] = made if is_large else None
                places.append((key, made))
        if not is_large or not places:
            return template
        lazy = _LazyCollection(self._sharing)
        lazy.value = copied
        self._known[id(value)] = lazy, unit
        return lazy

    def lazy_dict(self, value: LazyDict, unit: int) -> Any:
        """What has not been asked for since it was copied is a template already."""
        found = self._find(value, unit)
        if found is not None:
            return found
        if value.memo is not None:
            for _ in value.values():  # something of theirs may have been changed where it was asked for
                pass
        lazy = _LazyCollection(self._sharing)
        self._known[id(value)] = lazy, unit
        lazy.value = {}
        for key, one in dict.items(value):
            self._units += 1
            self.frozenset_((key,), unit)
            lazy.value[key] = one if isinstance(one, Template) else self.of(one, self._units)
        return lazy

    def entity(self, value: Any, unit: int) -> Any:
        template = self._find(value, unit)
        if template is not None:
            return template
        template = _Entity(type(value))
        self._known[id(value)] = template, unit
        self._fill(template, value, unit)
        return template

    def frozen_entity(self, value: Any, unit: int) -> Any:
        """Itself, unless it holds something that may change."""
        known = self._known.get(id(value))
        if known is not None and known[0] is value:
            return value
        template = _Entity(type(value))
        if self._fill(template, value, unit):
            return template
        self._known[id(value)] = value, 0
        return value

    def _fill(self, template: _Entity, value: Any, unit: int) -> bool:
        """Complete an entity's template. Whether anything that it holds may change."""
        template.names, values = _state(value)
        changes = False
        for place, one in enumerate(values):
            if type(one) not in _constant:
                made = values[place] = self.of(one, unit)
                changes = changes or isinstance(made, Template)
        template.values = values
        return changes


def _state(value: Any) -> tuple[tuple[str, ...], list[Any]]:
    """What an entity holds: names and values."""
    names, read = _slots(value.__class__)
    try:
        values = list(read(value))
    except AttributeError:  # a slot that was never filled
        found = [(name, getattr(value, name)) for name in names if hasattr(value, name)]
        names, values = tuple(name for name, _ in found), [one for _, one in found]
    state = getattr(value, "__dict__", None)
    return ((*names, *state), [*values, *state.values()]) if state else (names, values)


#: Types whose instances are their own templates, for loops that need not ask further.
_constant = set(_CONSTANT)
_by_type: dict[type, _Make] = {
    **dict.fromkeys(_CONSTANT, _Maker.constant),
    tuple: _Maker.tuple_,
    frozenset: _Maker.frozenset_,
    set: _Maker.set_,
    list: _Maker.list_,
    deque: _Maker.list_,
    dict: _Maker.dict_,
    LazyDict: _Maker.lazy_dict,
}


def _learn(cls: type) -> _Make:
    """How instances of another type are seen to."""
    if issubclass(cls, (type, enum.Enum)):
        make: _Make = _Maker.constant
        _constant.add(cls)
    elif getattr(cls, "__deepcopy__", None) is not None:
        make = _Maker.self_copying
    elif issubclass(cls, tuple) and hasattr(cls, "_fields"):
        make = _Maker.tuple_
    elif attrs.has(cls) and cls.__reduce_ex__ is object.__reduce_ex__ and cls.__reduce__ is object.__reduce__:
        make = _Maker.frozen_entity if _is_frozen(cls) else _Maker.entity
    else:
        make = _Maker.refused
    _by_type[cls] = make
    return make


def _is_frozen(cls: type) -> bool:
    return getattr(cls.__setattr__, "__name__", "") == "_frozen_setattrs"


@functools.cache
def _slots(cls: Hashable) -> tuple[tuple[str, ...], Callable[[Any], Iterable[Any]]]:
    """The names of what instances hold beside a ``__dict__``, and what reads it."""
    found = {
        name: None
        for base in cls.__mro__  # type: ignore[attr-defined]  # a class
        for name, member in vars(base).items()
        if isinstance(member, MemberDescriptorType) and name != "__weakref__"
    }
    names = tuple(found)
    if len(names) > 1:
        return names, operator.attrgetter(*names)
    return names, lambda value: [getattr(value, name) for name in names]
