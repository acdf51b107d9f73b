"""Which attributes are keys, of tables and of indexes, and what a key must look like.

Owns the way from items to keys and the messages about keys that do not fit. Must not know storage or requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.ordered_map import Key
from awsim.services.dynamodb.sort_order import partition_token, sort_text

HASH_KEY_BYTES_MAX = 2048
RANGE_KEY_BYTES_MAX = 1024
#: So many characters have no more than 1,024 bytes in UTF-8.
_SURELY_SHORT = 256

Item = Mapping[str, Mapping[str, Any]]


class EmptyKeyError(ValidationException):
    """What a key without content is refused with; transactions refuse it as a whole, unlike other misfits."""

    # Deviation: no answer of AWS's was at hand that shows what a transaction says of it.


@attrs.frozen
class KeySchema:
    """The key attributes of a table or index, with their types (S, N or B)."""

    #: Names with types, in their order. A table has one and at most one; a global index up to four of each.
    hash_attributes: tuple[tuple[str, str], ...]
    range_attributes: tuple[tuple[str, str], ...] = ()

    @property
    def attributes(self) -> tuple[tuple[str, str], ...]:
        """Names with types."""
        return self.hash_attributes + self.range_attributes

    @property
    def hash_names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.hash_attributes)

    @property
    def range_names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.range_attributes)

    @property
    def names(self) -> tuple[str, ...]:
        return self.hash_names + self.range_names

    @property
    def hash_name(self) -> str:
        """The only hash key of a table; the first one of an index."""
        return self.hash_attributes[0][0]

    @property
    def range_name(self) -> str | None:
        """The only range key of a table; the first one of an index."""
        return self.range_attributes[0][0] if self.range_attributes else None

    def elements(self) -> list[dict[str, str]]:
        """The schema as DescribeTable shows it."""
        roles = [(name, "HASH") for name in self.hash_names] + [(name, "RANGE") for name in self.range_names]
        return [{"AttributeName": name, "KeyType": role} for name, role in roles]

    @property
    def width(self) -> int:
        """How many parts a key of this schema has."""
        return 1 + len(self.hash_attributes) + (len(self.range_attributes) or 1)

    def key_of(self, item: Item) -> Key:
        """Where an item stands: partition token, hash keys and range keys. The item must have valid keys."""
        if len(self.hash_attributes) == 1 and len(self.range_attributes) <= 1:  # every table, and most indexes
            hash_text = sort_text(item[self.hash_attributes[0][0]])  # type: ignore[arg-type]  # read, not changed
            ranges = self.range_attributes
            range_text = sort_text(item[ranges[0][0]]) if ranges else ""  # type: ignore[arg-type]  # as above
            return (partition_token(hash_text), hash_text, range_text)
        hash_texts = [sort_text(item[name]) for name in self.hash_names]  # type: ignore[arg-type]  # as above
        range_texts = [sort_text(item[name]) for name in self.range_names] or [""]  # type: ignore[arg-type]  # as above
        return (partition_token(*hash_texts), *hash_texts, *range_texts)

    def fits(self, item: Item) -> bool:
        """Whether an item has all keys, in their types."""
        return all(name in item and kind in item[name] for name, kind in self.attributes)

    def takes(self, item: Item) -> bool:
        """Whether an index of these keys holds an item: one whose keys it has not, or could not have, is left out. Such
        items are there when they were written before the index."""
        for name, kind in self.attributes:
            value = item.get(name)
            if value is None or not value.get(kind):
                return False
            limit = HASH_KEY_BYTES_MAX if name in self.hash_names else RANGE_KEY_BYTES_MAX
            if _length(value, kind) > limit:
                return False
        return True

    def extract(self, item: Item) -> dict[str, Any]:
        """The item's key attributes."""
        return {name: item[name] for name in self.names}


def check_item_keys(schema: KeySchema, item: Item) -> None:
    """Refuse an item to be written whose keys are missing, of another type, empty or too long."""
    is_plain = True
    for name, kind in schema.attributes:
        value = item.get(name)
        if value is None:
            raise ValidationException(f"One or more parameter values were invalid: Missing the key {name} in the item")
        if kind not in value:
            raise ValidationException(
                f"One or more parameter values were invalid: Type mismatch for key {name} expected: {kind} "
                f"actual: {next(iter(value))}"
            )
        is_plain = is_plain and 0 < len(value[kind]) <= _SURELY_SHORT
    if not is_plain:
        check_key_values(schema, item)


def check_key(schema: KeySchema, key: Item) -> None:
    """Refuse a key that names other attributes than the table's keys, or has them in other types."""
    attributes = schema.attributes
    if len(key) != len(attributes):
        raise _mismatch()
    is_plain = True
    for name, kind in attributes:
        value = key.get(name)
        if value is None or kind not in value:
            raise _mismatch()
        is_plain = is_plain and 0 < len(value[kind]) <= _SURELY_SHORT
    if not is_plain:
        check_key_values(schema, key)


def _mismatch() -> Exception:
    return ValidationException("The provided key element does not match the schema")


def check_key_values(schema: KeySchema, item: Item) -> None:
    """Refuse keys that are empty or too long."""
    may_be_long = False
    for name, kind in schema.attributes:
        content = item[name][kind]
        if len(content) > _SURELY_SHORT:
            may_be_long = True
        elif not content:
            raise EmptyKeyError(f"One or more parameter values are not valid. {_empty(kind)} Key: {name}")
    if may_be_long:
        check_hash_length(sum(_length(item[name], kind) for name, kind in schema.hash_attributes))
        check_range_length(sum(_length(item[name], kind) for name, kind in schema.range_attributes))


def check_hash_length(size_bytes: int) -> None:
    """Refuse a hash key that is too long."""
    if size_bytes > HASH_KEY_BYTES_MAX:
        raise ValidationException(
            "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of"
            f"{HASH_KEY_BYTES_MAX} bytes"
        )


def check_range_length(size_bytes: int) -> None:
    """Refuse range keys that are too long together."""
    if size_bytes > RANGE_KEY_BYTES_MAX:
        raise ValidationException(
            "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit "
            f"of {RANGE_KEY_BYTES_MAX} bytes"
        )


def check_index_keys(index_name: str, schema: KeySchema, item: Item) -> None:
    """Refuse a new item whose attributes are keys of an index but cannot be: of another type, empty or too long. An
    item without them is left out of the index, and is no error."""
    for name, kind in schema.attributes:
        value = item.get(name)
        if value is None:
            continue
        if kind not in value:
            raise ValidationException(
                f"One or more parameter values were invalid: Type mismatch for Index Key {name} Expected: {kind} "
                f"Actual: {next(iter(value))} IndexName: {index_name}"
            )
        if not value[kind]:
            raise ValidationException(
                "One or more parameter values are not valid. A value specified for a secondary index key is not "
                f"supported. {_empty(kind)} IndexName: {index_name}, IndexKey: {name}"
            )
        _check_index_key_length(schema, name, value, kind)


def check_updated_index_keys(schema: KeySchema, old: Item | None, new: Item) -> None:
    """Refuse what an update made of the attributes that are keys of an index, in the words that AWS has for updates."""
    for name, kind in schema.attributes:
        value = new.get(name)
        if value is None or (old is not None and old.get(name) == value):
            continue
        if kind not in value:
            raise ValidationException(
                "The update expression attempted to update the secondary index key to unsupported type"
            )
        if not value[kind]:
            raise ValidationException(
                "One or more parameter values are not valid. The update expression attempted to update a secondary "
                f"index key to a value that is not supported. {_empty(kind)}"
            )
        _check_index_key_length(schema, name, value, kind)


def _check_index_key_length(schema: KeySchema, name: str, value: Mapping[str, Any], kind: str) -> None:
    is_hash = name in schema.hash_names
    limit = HASH_KEY_BYTES_MAX if is_hash else RANGE_KEY_BYTES_MAX
    if _length(value, kind) > limit:
        which = "hashkey" if is_hash else "rangekey"
        raise ValidationException(
            f"One or more parameter values were invalid: Size of {which} has exceeded the maximum size limit of "
            f"{limit} bytes"
        )


def _empty(kind: str) -> str:
    content = "string" if kind == "S" else "binary"
    return f"The AttributeValue for a key attribute cannot contain an empty {content} value."


def _length(value: Mapping[str, Any], kind: str) -> int:
    if kind == "N":
        return 0  # numbers cannot be too long
    content = value[kind]
    return len(content) if kind == "B" or content.isascii() else len(content.encode("utf-8", "surrogatepass"))
