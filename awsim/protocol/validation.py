"""The constraints of AWS's models, held against an operation's input before its provider sees it.

Owns the checks, compiled from the shapes into closures. What a check finds is a list of violations; how the service
words its refusal is in ``validation_styles``. A check that finds nothing builds nothing: no path, no message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from awsim.protocol.patterns import Match, compile_pattern
from awsim.protocol.validation_styles import Style, describe_type, refuse_type, style_of
from awsim.protocol.violations import (
    ENUM,
    LENGTH,
    NOT_NULL,
    PATTERN,
    RANGE,
    REQUIRED,
    TYPE,
    UNION,
    Key,
    Violation,
    at_least,
    at_most,
    constraints,
    matches,
    one_of,
)
from awsim.spec import ListShape, MapShape, OperationModel, Shape, StructureShape

Validator = Callable[[Mapping[str, Any]], None]
#: What is wrong with a value; None if nothing is.
Check = Callable[[Any], "list[Violation] | None"]

_TYPES: dict[str, tuple[type[Any], ...]] = {
    "string": (str,),
    "char": (str,),
    "blob": (bytes, bytearray, memoryview, str),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (float, int, Decimal),
    "double": (float, int, Decimal),
    "timestamp": (date, int, float, Decimal, str),
}
_NUMBERS = frozenset({"integer", "long", "float", "double"})


def compile_validator(operation: OperationModel, protocol: str) -> Validator:
    """A function that raises ServiceException, worded as the service words it, for input that breaks the model.

    The input holds members by AWS's names, as parsed: timestamps as datetimes, blobs as bytes. Members that the model
    does not have, and those that are None, count as absent.
    """
    shape = operation.input_shape
    if shape is None:
        return _accept
    style = style_of(operation, protocol)
    check = _Compiler(style).input(shape)

    def validate(members: Mapping[str, Any]) -> None:
        found = check(members)
        if found:
            raise _refusal(found, operation, protocol, style)

    return validate


def _refusal(found: list[Violation], operation: OperationModel, protocol: str, style: Style) -> Exception:
    for violation in found:
        if violation.kind == TYPE:
            return refuse_type(violation, protocol)
    return style.refuse(found, operation)


def _accept(_: Any) -> None:
    return None


class _Compiler:
    """Turns shapes into checks of what one style checks. Structures are compiled when a value first reaches them."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.structures: dict[str, Check] = {}

    def input(self, shape: StructureShape) -> Check:
        members = shape.members
        if not self.style.bound_members:
            members = {name: member for name, member in members.items() if "location" not in member.serialization}
        return self._members(shape, members)

    def _check(self, shape: Shape) -> Check | None:
        """None for what may be anything: documents, JSON in strings, streams of events."""
        traits = shape.serialization
        if traits.get("jsonvalue") or traits.get("eventstream") or shape.metadata.get("document"):
            return None
        if isinstance(shape, StructureShape):
            return None if shape.name in self.style.unchecked else self._structure(shape)
        if isinstance(shape, ListShape):
            return self._list(shape)
        if isinstance(shape, MapShape):
            return self._map(shape)
        if shape.type_name in _NUMBERS:
            return self._number(shape)
        if shape.type_name == "blob":
            return self._blob(shape)
        if shape.type_name == "string":
            return self._string(shape)
        return _type_check(shape)

    def _structure(self, shape: StructureShape) -> Check:
        known = self.structures.get(shape.name)
        if known is not None:
            return known
        compiled: Check | None = None

        def check_structure(value: Any) -> list[Violation] | None:
            nonlocal compiled
            if compiled is None:
                compiled = self._members(shape, shape.members)
            return compiled(value)

        self.structures[shape.name] = check_structure
        return check_structure

    def _members(self, shape: StructureShape, members: Mapping[str, Shape]) -> Check:
        required: tuple[str, ...] = ()
        if REQUIRED in self.style.checks:
            optional = self.style.optional
            required = tuple(
                name for name in shape.required_members if name in members and (shape.name, name) not in optional
            )
        checks = {name: check for name, member in members.items() if (check := self._check(member)) is not None}
        is_union = bool(shape.metadata.get("union")) and UNION in self.style.checks

        def check_members(value: Any) -> list[Violation] | None:
            found: list[Violation] | None = None
            try:
                for name in required:
                    if value.get(name) is None:
                        found = _add(found, name, [_missing(members[name])])
                for name, member in value.items():
                    if member is not None and name in checks:
                        failed = checks[name](member)
                        if failed:
                            found = _add(found, name, failed)
            except AttributeError:
                if isinstance(value, Mapping):
                    raise
                return [_wrong_type(value, shape)]
            if is_union and not found:
                return _check_union(value, shape)
            return found and _in_order(found, members)

        return check_members

    def _list(self, shape: ListShape) -> Check:
        least, most = self._bounds(shape, LENGTH)
        member: Shape = shape.member
        check = self._check(member)
        aggregates = not isinstance(member, (StructureShape, ListShape, MapShape))

        def check_list(value: Any) -> list[Violation] | None:
            if not isinstance(value, (list, tuple)):
                return [_wrong_type(value, shape)]
            found: list[Violation] = []
            if not least <= len(value) <= most:
                found += _outside(LENGTH, value, shape)
            for index, item in enumerate(value):
                failed = check and item is not None and check(item)
                if failed:
                    if aggregates and failed[0].kind != TYPE:
                        found.append(_of_items("Member", failed[0], value, shape, member))
                        break
                    found += [violation.within(index) for violation in failed]
            return found or None

        return check_list

    def _map(self, shape: MapShape) -> Check:
        least, most = self._bounds(shape, LENGTH)
        check_key = self._check(shape.key) if self.style.map_items else _type_check(shape.key)
        check_item = self._check(shape.value) if self.style.map_items else None
        aggregates = not isinstance(shape.value, (StructureShape, ListShape, MapShape))
        of_lists = isinstance(shape.value, ListShape)

        def check_map(value: Any) -> list[Violation] | None:
            if not isinstance(value, Mapping):
                return [_wrong_type(value, shape)]
            found: list[Violation] = []
            if not least <= len(value) <= most:
                found += _outside(LENGTH, value, shape)
            bad_key: list[Violation] | None = None
            bad_item: list[Violation] | None = None
            for key, item in value.items():
                bad_key = bad_key or (check_key and check_key(key))
                failed = check_item is not None and item is not None and check_item(item)
                if failed and of_lists and failed[0].kind == LENGTH and not failed[0].path:
                    bad_item = bad_item or failed
                elif failed and (not aggregates or failed[0].kind == TYPE):
                    found += [violation.within(Key(key)) for violation in failed]
                elif failed and not bad_item:
                    bad_item = failed
            if bad_key:
                found.append(_of_items("Map keys", bad_key[0], value, shape, shape.key))
            if bad_item:
                found.append(_of_items("Map value", bad_item[0], value, shape, shape.value))
            return found or None

        return check_map

    def _number(self, shape: Shape) -> Check:
        least, most = self._bounds(shape, RANGE)
        types = _TYPES[shape.type_name]
        unbounded = (least, most) == (-_INFINITY, _INFINITY)  # and then NaN is as good as any

        def check_number(value: Any) -> list[Violation] | None:
            if not isinstance(value, types) or isinstance(value, bool):
                return [_wrong_type(value, shape)]
            return None if unbounded or least <= value <= most else _outside(RANGE, value, shape)

        return check_number

    def _blob(self, shape: Shape) -> Check | None:
        if shape.serialization.get("streaming"):
            return None
        least, most = self._bounds(shape, LENGTH)

        def check_blob(value: Any) -> list[Violation] | None:
            if not isinstance(value, _TYPES["blob"]):
                return None if hasattr(value, "read") else [_wrong_type(value, shape)]
            return None if least <= len(value) <= most else _outside(LENGTH, value, shape)

        return check_blob

    def _string(self, shape: Shape) -> Check:
        least, most = self._bounds(shape, LENGTH)
        pattern: str | None = shape.metadata.get("pattern") if PATTERN in self.style.checks else None
        allowed = frozenset(shape.metadata.get("enum") or ()) if ENUM in self.style.checks else frozenset()
        if least <= 0 and most == _INFINITY and not pattern and not allowed:
            return _type_check(shape)
        match: Match | None = None

        def check_string(value: Any) -> list[Violation] | None:
            nonlocal match
            if not isinstance(value, str):
                return [_wrong_type(value, shape)]
            if pattern and match is None:
                match = compile_pattern(pattern)
            outside = not least <= len(value) <= most
            mismatch = match is not None and not match(value)
            foreign = bool(allowed) and value not in allowed
            if not (outside or mismatch or foreign):
                return None
            # AWS: EventBridge complains of a name's pattern before its length.
            found = [Violation(PATTERN, matches(pattern), value, value, shape)] if mismatch and pattern else []
            found += _outside(LENGTH, value, shape) if outside else []
            found += [Violation(ENUM, one_of(shape.metadata["enum"]), value, value, shape)] if foreign else []
            return found

        return check_string

    def _bounds(self, shape: Shape, kind: str) -> tuple[float, float]:
        if kind not in self.style.checks:
            return 0 if kind == LENGTH else -_INFINITY, _INFINITY
        least, most = shape.metadata.get("min"), shape.metadata.get("max")
        return -_INFINITY if least is None else least, _INFINITY if most is None else most


_INFINITY = float("inf")


def _type_check(shape: Shape) -> Check:
    types = _TYPES.get(shape.type_name, (object,))

    def check_type(value: Any) -> list[Violation] | None:
        return None if isinstance(value, types) else [_wrong_type(value, shape)]

    return check_type


def _wrong_type(value: Any, shape: Shape) -> Violation:
    return Violation(TYPE, describe_type(value, shape.type_name), value, value, shape)


def _missing(shape: Shape) -> Violation:
    return Violation(REQUIRED, NOT_NULL, None, None, shape)


def _outside(kind: str, value: Any, shape: Shape) -> list[Violation]:
    """The bound that a value breaks; never both, even where the model has them the wrong way round."""
    what = "value" if kind == RANGE else "length"
    size = value if kind == RANGE else len(value)
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if most is not None and not size <= most:
        return [Violation(kind, at_most(what, most), value, value, shape, most=most)]
    return [Violation(kind, at_least(what, least or 0), value, value, shape, least=least)]


def _of_items(what: str, failed: Violation, value: Any, shape: Shape, item_shape: Shape) -> Violation:
    """AWS: of scalars in a list or map, and of the length of lists in a map, it reports the whole, once, with all that
    each of them must satisfy; that scalars must not be null is a part of it."""
    rules = ", ".join(
        constraints(item_shape) if isinstance(item_shape, ListShape) else [*constraints(item_shape), NOT_NULL]
    )
    return failed._replace(constraint=f"{what} must satisfy constraint: [{rules}]", value=value, shape=shape)


def _check_union(value: Mapping[str, Any], shape: StructureShape) -> list[Violation] | None:
    count = sum(1 for name in shape.members if value.get(name) is not None)
    if count == 1:
        return None
    # Deviation: no recording of what AWS says here; it refuses a union of none or several in its parser.
    return [Violation(UNION, "Member must have exactly one member set", value, value, shape)]


def _add(found: list[Violation] | None, name: str, failed: Iterable[Violation]) -> list[Violation]:
    found = [] if found is None else found
    found.extend(violation.within(name) for violation in failed)
    return found


def _in_order(found: list[Violation], members: Mapping[str, Shape]) -> list[Violation]:
    """The violations in the order of the model's members; those of one member keep theirs."""
    position = {name: index for index, name in enumerate(members)}
    return sorted(found, key=lambda violation: position[violation.path[0]])
