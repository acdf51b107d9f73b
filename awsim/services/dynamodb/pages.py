"""One page of a Query or Scan: which items are looked at, where the page ends, and where the next one starts.

Owns limits, the page size, filtering and start keys for tables and indexes alike. Must not know requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import attrs

from awsim.aws.dynamodb_items import Item, read_items
from awsim.services.dynamodb.attribute_values import type_of
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expressions.key_conditions import KeyCondition
from awsim.services.dynamodb.keys import KeySchema
from awsim.services.dynamodb.ordered_map import Key
from awsim.services.dynamodb.secondary_index import SecondaryIndex
from awsim.services.dynamodb.sort_order import LAST, TOKENS, partition_token, sort_text
from awsim.services.dynamodb.table import StoredItem, Table

#: AWS: a page ends with the item that takes it past this (pages of 128.5 read units are common).
PAGE_BYTES_MAX = 1 << 20


class Filter(Protocol):
    """What an item must be to be answered."""

    def matches(self, item: Item | None) -> bool: ...


@attrs.frozen
class Bounds:
    """The keys from ``low`` on and before ``high``. Shorter keys stand before all those that begin with them."""

    low: Key
    high: Key


def partition_bounds(schema: KeySchema, keys: KeyCondition) -> Bounds:
    """Where a Query looks: the part of a partition that its condition on the range keys leaves."""
    hash_texts = [sort_text(value) for value in keys.hash_values]
    whole: Key = (partition_token(*hash_texts), *hash_texts, *map(sort_text, keys.leading))
    operator = keys.range_operator
    end = (*whole, LAST)
    if operator is None:
        return Bounds(whole, end)
    # Behind a range key come the keys that follow it in the index, which are texts, or the token of the table's key.
    beyond: Any = LAST if len(keys.leading) + 1 < len(schema.range_attributes) else TOKENS
    texts = [sort_text(operand) for operand in keys.range_operands]
    first = (*whole, texts[0])
    after_first = (*whole, texts[0], beyond)
    if operator == "BETWEEN":
        return Bounds(first, (*whole, texts[1], beyond))
    return {
        "=": Bounds(first, after_first),
        "<": Bounds(whole, first),
        "<=": Bounds(whole, after_first),
        ">": Bounds(after_first, end),
        ">=": Bounds(first, end),
        "begins_with": Bounds(first, (*whole, texts[0] + LAST)),
    }[operator]


def segment_bounds(segment: int, total: int) -> Bounds:
    """Where one of the segments of a Scan looks."""
    return Bounds((TOKENS * segment // total,), (TOKENS * (segment + 1) // total,))


@attrs.define
class Page:
    """What was found and what it took."""

    items: list[Item]
    count: int = 0
    scanned_count: int = 0
    size_bytes: int = 0
    #: What items of the table cost that the index did not hold whole; each is a read of its own.
    fetched_sizes: list[int] = attrs.Factory(list)
    last_item: Item | None = None


def read_page(
    table: Table,
    index: SecondaryIndex | None,
    bounds: Bounds,
    *,
    start: Key | None,
    forward: bool,
    limit: int | None,
    filter_: Filter | None,
    keep_items: bool,
    fetch: bool,
) -> Page:
    """Read from a start key (exclusive) or an end of the bounds. ``fetch`` takes whole items where a local index
    projects only parts of them."""
    page = Page([])
    found: list[StoredItem] = []
    ended = False
    width = 0 if index is None else index.schema.width
    for key, entry in _keys(table, index, bounds, start, forward):
        # What an index counts is the size of what it projects, which is its entry.
        stored, size = (entry, entry.size) if index is None else (table.items.get(key[width:]), entry)
        assert stored is not None  # entries follow their items
        found.append(stored)
        page.size_bytes += size
        if len(found) == limit or page.size_bytes >= PAGE_BYTES_MAX:
            ended = True
            break
    items = read_items([stored.text for stored in found])
    if ended:
        page.last_item = items[-1]
    if index is not None and index.projection_type != "ALL":
        if fetch:
            page.fetched_sizes = [stored.size for stored in found]
        else:
            items = [index.project(item) for item in items]
    page.scanned_count = len(items)
    if filter_ is not None:
        items = [item for item in items if filter_.matches(item)]
    page.count = len(items)
    if keep_items:
        page.items = items
    return page


def start_key(table: Table, index: SecondaryIndex | None, given: Item, *, of_scan: bool = False) -> Key:
    """The key that an ExclusiveStartKey (checked and normalised) names. Raises ValidationException."""
    schemas = [table.schema] if index is None else [index.schema, table.schema]
    names = {name: kind for schema in schemas for name, kind in schema.attributes}
    if given.keys() != names.keys():
        # AWS: a Scan says more of what is wrong than a Query (reported by users of both).
        raise ValidationException(_MISFIT if of_scan else _INVALID)
    for name, kind in names.items():
        if type_of(given[name]) != kind or not given[name][kind]:
            raise ValidationException(_MISFIT)
    return tuple(part for schema in schemas for part in schema.key_of(given))


def last_evaluated_key(table: Table, index: SecondaryIndex | None, item: Item) -> Item:
    """The key from which the next page goes on."""
    names = list(table.schema.names) if index is None else [*index.schema.names, *table.schema.names]
    return {name: item[name] for name in names}


def _keys(
    table: Table, index: SecondaryIndex | None, bounds: Bounds, start: Key | None, forward: bool
) -> Iterator[tuple[Key, Any]]:
    entries: Any = table.items if index is None else index.entries
    if forward:
        low, after = (bounds.low, False) if start is None else (start, True)
        high = bounds.high
        for entry in entries.ascending(low, after=after):
            if entry[0] >= high:
                return
            yield entry
    else:
        for entry in entries.descending(bounds.high if start is None else start):
            if entry[0] < bounds.low:
                return
            yield entry


_INVALID = "The provided starting key is invalid"
_MISFIT = f"{_INVALID}: The provided key element does not match the schema"
