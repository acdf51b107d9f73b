"""Attribute values in their wire form: ``{"S": "text"}``, with binaries as bytes.

Owns which values AWS takes, the form it keeps them in, equality and order. Knows nothing of keys, items' sizes or
expressions.

A kept value is never changed in place: whoever changes a part of it copies first (:func:`copy`), so values may be
shared between items, indexes and stream records.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

from awsim.services.dynamodb import numbers
from awsim.services.dynamodb.errors import ValidationException, invalid_parameter_values

AttributeValue: TypeAlias = dict[str, Any]
Item: TypeAlias = dict[str, AttributeValue]
SortKey: TypeAlias = str | bytes | int | Decimal

#: AWS: an attribute may hold 31 documents, one inside another; the item itself is the first of the 32 levels.
DOCUMENTS_MAX = 31
SET_TYPES = frozenset({"SS", "NS", "BS"})
DOCUMENT_TYPES = frozenset({"L", "M"})
ORDERED_TYPES = frozenset({"S", "N", "B"})


def check_item(item: Mapping[str, Mapping[str, Any]]) -> Item:
    """An item as AWS keeps it: every value checked and normalised, nothing shared with what was given.

    Raises ValidationException.
    """
    return _members(item, 0)


def _members(content: Mapping[str, Mapping[str, Any]], depth: int) -> Item:
    # Most values are strings, of which there is nothing to check and nothing that could be changed.
    return {
        name: {"S": value["S"]} if "S" in value and len(value) == 1 else check_value(value, depth)
        for name, value in content.items()
    }


def check_value(value: Mapping[str, Any], depth: int = 0) -> AttributeValue:
    """A value as AWS keeps it; ``depth`` is how many documents it is inside of. Raises ValidationException."""
    if len(value) == 1:
        for type_, content in value.items():
            check = _CHECKS.get(type_)
            if check is not None:
                return {type_: check(content, depth)}
    # A type that there is not is nothing, as is every member that a model lacks.
    known = [type_ for type_ in value if type_ in _CHECKS]
    if len(known) == 1:
        type_ = known[0]
        return {type_: _CHECKS[type_](value[type_], depth)}
    # AWS: what is wrong with a content comes before what is wrong with the number of them.
    for type_ in known:
        _CHECKS[type_](value[type_], depth)
    raise ValidationException(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"
        if known
        else "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
    )


def type_of(value: AttributeValue) -> str:
    """The type of a value: S, N, B, BOOL, NULL, SS, NS, BS, L or M."""
    for type_ in value:
        return type_
    raise AssertionError("a checked value has a type")


def sort_key(value: AttributeValue) -> SortKey:
    """What orders values of one type among S, N and B as DynamoDB does."""
    for type_, content in value.items():
        # Code points sort as their UTF-8 bytes do, which is AWS's order of strings.
        key: SortKey = numbers.number(content) if type_ == "N" else content
        return key
    raise AssertionError("a checked value has a type")


def equal(left: AttributeValue, right: AttributeValue) -> bool:
    """Whether two checked values are the same: by type and content, sets in any order."""
    type_ = type_of(left)
    if type_ not in right:
        return False
    a, b = left[type_], right[type_]
    if type_ == "L":
        return len(a) == len(b) and all(map(equal, a, b))
    if type_ == "M":
        return a.keys() == b.keys() and all(equal(value, b[name]) for name, value in a.items())
    if type_ in SET_TYPES:
        return len(a) == len(b) and set(a) == set(b)
    return bool(a == b)


def same_items(left: Item | None, right: Item | None) -> bool:
    """Whether two checked items, or two of nothing, are the same; what order their sets are in does not count."""
    if left == right:
        return True
    return left is not None and right is not None and equal({"M": left}, {"M": right})


def copy(value: AttributeValue) -> AttributeValue:
    """A copy whose documents can be changed."""
    type_ = type_of(value)
    content = value[type_]
    if type_ == "L":
        return {"L": [copy(element) for element in content]}
    if type_ == "M":
        return {"M": {name: copy(member) for name, member in content.items()}}
    return {type_: list(content) if type_ in SET_TYPES else content}


def check_depth(value: AttributeValue, depth: int = 0) -> None:
    """Refuse a value that is nested too deeply. Raises ValidationException."""
    content = value.get("L")
    if content is None and "M" in value:
        content = value["M"].values()
    if content is not None:
        enter(depth)
        for element in content:
            check_depth(element, depth + 1)


def enter(depth: int) -> int:
    """The depth inside one more document. Raises ValidationException where that is too deep."""
    if depth >= DOCUMENTS_MAX:
        raise ValidationException(
            "Nesting Levels have exceeded supported limits: "
            "Attributes in the item have nested levels beyond supported limit"
        )
    return depth + 1


def _as_it_is(content: Any, depth: int) -> Any:
    return content


def _number(content: str, depth: int) -> str:
    return numbers.normalize(content)


def _null(content: bool, depth: int) -> bool:
    if not content:
        raise invalid_parameter_values("Null attribute value types must have the value of true")
    return True


def _list(content: Sequence[Mapping[str, Any]], depth: int) -> list[AttributeValue]:
    depth = enter(depth)
    return [check_value(value, depth) for value in content]


def _map(content: Mapping[str, Mapping[str, Any]], depth: int) -> Item:
    return _members(content, enter(depth))


def _string_set(content: Sequence[str], depth: int) -> list[str]:
    if not content:
        raise invalid_parameter_values("An string set  may not be empty")
    if len(set(content)) < len(content):
        raise invalid_parameter_values(f"Input collection [{', '.join(content)}] contains duplicates.")
    return list(content)


def _number_set(content: Sequence[str], depth: int) -> list[str]:
    if not content:
        raise invalid_parameter_values("An number set  may not be empty")
    members = [numbers.normalize(text) for text in content]
    if len(set(members)) < len(members):
        # AWS: without the usual opening, and without the members.
        raise ValidationException("Input collection contains duplicates")
    return members


def _binary_set(content: Sequence[bytes], depth: int) -> list[bytes]:
    if not content:
        raise invalid_parameter_values("Binary sets should not be empty")
    if len(set(content)) < len(content):
        members = ", ".join(base64.b64encode(member).decode() for member in content)
        raise invalid_parameter_values(f"Input collection [{members}]of type BS contains duplicates.")
    return list(content)


_CHECKS: dict[str, Callable[[Any, int], Any]] = {
    "S": _as_it_is,
    "N": _number,
    "B": _as_it_is,
    "BOOL": _as_it_is,
    "NULL": _null,
    "L": _list,
    "M": _map,
    "SS": _string_set,
    "NS": _number_set,
    "BS": _binary_set,
}
