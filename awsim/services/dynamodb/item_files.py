"""Files of items in S3, as exports write them and imports read them: DynamoDB JSON, Ion and CSV.

Owns the formats. What an item must be is checked by who takes it; here it only has to be readable.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import attrs

from awsim.aws.dynamodb_items import Item, read_item, write_item
from awsim.services.dynamodb import ion_format

#: What stands in a file in the place of an item that cannot be read.
Unreadable = ValueError

T = TypeVar("T")


def write_records(records: Sequence[Mapping[str, Item]], format_: str) -> bytes:
    """Records, each parts by name (``{"Item": {…}}``), one on a line, as DYNAMODB_JSON or ION."""
    if format_ == "ION":
        lines = [ion_format.write_struct(record) for record in records]
    else:
        lines = [
            "{" + ",".join(f"{json.dumps(name)}:{write_item(part)}" for name, part in record.items()) + "}"
            for record in records
        ]
    return "".join(f"{line}\n" for line in lines).encode()


def read_items(
    data: bytes,
    format_: str,
    *,
    delimiter: str = ",",
    headers: Sequence[str] | None = None,
    key_types: Mapping[str, str] | None = None,
) -> Iterator[Item | Unreadable]:
    """The items of a file as DYNAMODB_JSON, ION or CSV; in the place of each that cannot be read, what is wrong.

    A CSV's values are strings but for key attributes, which have ``key_types``. Its first line names the attributes
    where there are no ``headers``.
    """
    if format_ == "CSV":
        return _read_csv(data, delimiter, headers, key_types or {})
    return _read_ion(data) if format_ == "ION" else _read_json(data)


@attrs.frozen
class ConditionalPut:
    """An item of a bulk operation, and what must hold for it to be written, as expressions."""

    item: Item
    condition: str | None = None
    names: Mapping[str, str] | None = None
    values: Item | None = None


def read_puts(data: bytes, format_: str) -> Iterator[ConditionalPut | Unreadable]:
    """The records of a bulk operation's file, as DYNAMODB_JSON or ION; see :func:`read_items`."""
    if format_ == "ION":
        for struct in _structs(data):
            yield struct if isinstance(struct, ValueError) else _attempt(_put_of_struct, struct)
    else:
        for line in data.decode("utf-8", "replace").split("\n"):
            if line.strip():
                yield _attempt(_put_of_line, line)


def _attempt(read: Callable[[Any], T], record: Any) -> T | Unreadable:
    try:
        return read(record)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        return Unreadable(str(error))


def _put_of_line(line: str) -> ConditionalPut:
    document = json.loads(line)
    item = _item_of(document)
    condition, names = document.get("ConditionExpression"), document.get("ExpressionAttributeNames")
    values = document.get("ExpressionAttributeValues")
    return ConditionalPut(item, condition, names, None if values is None else _item_of({"Item": values}))


def _put_of_struct(struct: Any) -> ConditionalPut:
    item = ion_format.read_item_struct(struct)
    condition, names = struct.get("ConditionExpression"), struct.get("ExpressionAttributeNames")
    values = struct.get("ExpressionAttributeValues")
    return ConditionalPut(
        item,
        None if condition is None else str(condition),
        None if names is None else {str(name): str(value) for name, value in names.items()},
        None if values is None else ion_format.read_item_struct({"Item": values}),
    )


def _read_json(data: bytes) -> Iterator[Item | Unreadable]:
    for line in data.decode("utf-8", "replace").split("\n"):
        if line.strip():
            yield _attempt(lambda text: _item_of(json.loads(text)), line)


def _item_of(document: Any) -> Item:
    item = document.get("Item") if isinstance(document, dict) else None
    if not isinstance(item, dict):
        raise Unreadable("a record without an Item")
    for name, value in item.items():
        if not _is_value(value):
            raise Unreadable(f"Attribute {name} has no value of DynamoDB's types")
    return read_item(json.dumps(item))


def _is_value(value: Any) -> bool:
    """Whether something is an attribute value as JSON has it, binaries in Base64."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    for type_, content in value.items():
        if type_ in ("S", "N"):
            return isinstance(content, str)
        if type_ == "B":
            return _is_base64(content)
        if type_ in ("BOOL", "NULL"):
            return isinstance(content, bool)
        if type_ in ("SS", "NS"):
            return isinstance(content, list) and all(isinstance(member, str) for member in content)
        if type_ == "BS":
            return isinstance(content, list) and all(map(_is_base64, content))
        if type_ == "L":
            return isinstance(content, list) and all(map(_is_value, content))
        if type_ == "M":
            return isinstance(content, dict) and all(map(_is_value, content.values()))
    return False


def _is_base64(text: Any) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (TypeError, ValueError):
        return False
    return True


def _read_ion(data: bytes) -> Iterator[Item | Unreadable]:
    for struct in _structs(data):
        yield struct if isinstance(struct, ValueError) else _attempt(ion_format.read_item_struct, struct)


def _structs(data: bytes) -> Iterator[Any]:
    try:
        yield from ion_format.read_structs(data)
    except ValueError as error:
        # Where the syntax ends, nobody can say where the next struct begins.
        yield Unreadable(str(error))


def _read_csv(
    data: bytes, delimiter: str, headers: Sequence[str] | None, key_types: Mapping[str, str]
) -> Iterator[Item | Unreadable]:
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig", "replace"), newline=""), delimiter=delimiter)
    names = list(headers) if headers is not None else next(rows, [])
    for row in rows:
        if not row:
            continue
        if len(row) > len(names):
            yield Unreadable("a line with more values than the header has names")
            continue
        try:
            yield {name: _typed(text, key_types.get(name, "S")) for name, text in zip(names, row, strict=False)}
        except binascii.Error as error:
            yield Unreadable(str(error))


def _typed(text: str, type_: str) -> dict[str, Any]:
    return {type_: base64.b64decode(text, validate=True) if type_ == "B" else text}
