"""Files of items in S3, as exports write them and imports read them: DynamoDB JSON, Ion and CSV.

Owns the formats. What an item must be is checked by who takes it; here it only has to be readable.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from awsim.aws.dynamodb_items import Item, read_item, write_item
from awsim.services.dynamodb import ion_format

#: What stands in a file in the place of an item that cannot be read.
Unreadable = ValueError


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


def _read_json(data: bytes) -> Iterator[Item | Unreadable]:
    for line in data.decode("utf-8", "replace").split("\n"):
        if line.strip():
            try:
                yield _item_of(line)
            except (ValueError, RecursionError) as error:
                yield Unreadable(str(error))


def _item_of(line: str) -> Item:
    document = json.loads(line)
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
    try:
        for struct in ion_format.read_structs(data):
            try:
                yield ion_format.read_item_struct(struct)
            except (ValueError, KeyError) as error:
                yield Unreadable(str(error))
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
