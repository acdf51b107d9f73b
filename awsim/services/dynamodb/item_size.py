"""How large AWS takes an item to be, and what reading or writing it costs.

AWS: "DynamoDB item sizes and formats" in the developer guide gives the arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from awsim.services.dynamodb import numbers
from awsim.services.dynamodb.attribute_values import AttributeValue, Item

ITEM_BYTES_MAX = 400 * 1024
_READ_UNIT_BYTES = 4096
_WRITE_UNIT_BYTES = 1024
#: What a list or map costs besides its content, and each of its elements on top.
DOCUMENT_BYTES = 3
ELEMENT_BYTES = 1


def item_bytes(item: Mapping[str, AttributeValue]) -> int:
    """The size of an item: the names of its attributes in UTF-8 and their values."""
    size = 0
    for name, value in item.items():
        size += len(name) if name.isascii() else text_bytes(name)
        for type_, content in value.items():
            # Spelt out for most values: a call each would be half of what a small PutItem costs here.
            if type_ == "S" and content.isascii():
                size += len(content)
            else:
                size += _SIZES[type_](content)
    return size


def value_bytes(value: AttributeValue) -> int:
    """The size of one value, without its name."""
    for type_, content in value.items():
        return _SIZES[type_](content)
    return 0


def text_bytes(text: str) -> int:
    """The length of a text in UTF-8."""
    return len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))


def read_units(size_bytes: int, *, consistent: bool = False, transactional: bool = False) -> float:
    """What reading so much costs: a unit for each 4 KB, half of it where reads may be stale, twice in a transaction."""
    units = max(1, -(-size_bytes // _READ_UNIT_BYTES))
    if transactional:
        return units * 2.0
    return float(units) if consistent else units / 2


def write_units(size_bytes: int, *, transactional: bool = False) -> float:
    """What writing so much costs: a unit for each 1 KB, twice in a transaction."""
    units = max(1, -(-size_bytes // _WRITE_UNIT_BYTES))
    return units * 2.0 if transactional else float(units)


def _list_bytes(content: list[AttributeValue]) -> int:
    return DOCUMENT_BYTES + sum(ELEMENT_BYTES + value_bytes(value) for value in content)


def _map_bytes(content: Item) -> int:
    return DOCUMENT_BYTES + ELEMENT_BYTES * len(content) + item_bytes(content)


_SIZES: dict[str, Callable[[Any], int]] = {
    "S": text_bytes,
    "N": numbers.size_bytes,
    "B": len,
    "BOOL": lambda _: 1,
    "NULL": lambda _: 1,
    "L": _list_bytes,
    "M": _map_bytes,
    "SS": lambda members: sum(map(text_bytes, members)),
    "NS": lambda members: sum(map(numbers.size_bytes, members)),
    "BS": lambda members: sum(map(len, members)),
}
