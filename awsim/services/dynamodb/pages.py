"""One page of a Query or Scan: which items are looked at, where the page ends, and where the next one starts.

Owns limits, the page size, filtering and start keys for tables and indexes alike. Must not know requests.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Protocol

import attrs

from awsim.aws.dynamodb_items import Item, read_items, write_items
from awsim.services.dynamodb.attribute_values import type_of
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expressions.key_conditions import KeyCondition
from awsim.services.dynamodb.expressions.projections import Projection
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

    #: The items that were found, as texts; None where only parts of them are answered.
    texts: list[str] | None = None
    #: The items, or the parts that an index holds of them, where they have been read.
    read: list[Item] | None = None
    count: int = 0
    scanned_count: int = 0
    size_bytes: int = 0
    #: What items of the table cost that the index did not hold whole; each is a read of its own.
    fetched_sizes: list[int] = attrs.Factory(list)
    last_item: Item | None = None

    @property
    def items(self) -> list[Item]:
        """What was found, as trees."""
        if self.read is None:
            self.read = read_items(self.texts or ())
        return self.read

    def write(self, projection: Projection | None) -> str:
        """What was found, or what a projection leaves of it, as the text of a list."""
        if projection is not None:
            return write_items([projection.apply(item) for item in self.items])
        return f"[{','.join(self.texts)}]" if self.texts is not None else write_items(self.items)


def read_page(
    table: Table,
    index: SecondaryIndex | None,
    bounds: Bounds,
    *,
    start: Key | None,
    forward: bool,
    limit: int | None,
    filter_: Filter | None,
    fetch: bool,
) -> Page:
    """Read from a start key (exclusive) or an end of the bounds. ``fetch`` takes whole items where a local index
    projects only parts of them."""
    page = Page()
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
    page.scanned_count = len(found)
    page.texts = [stored.text for stored in found]
    if ended:
        page.last_item = found[-1].read()
    if index is not None and index.projection_type != "ALL":
        if fetch:
            page.fetched_sizes = [stored.size for stored in found]
        else:
            page.read, page.texts = [index.project(item) for item in page.items], None
    if filter_ is not None:
        kept = [filter_.matches(item) for item in page.items]
        if page.texts is not None:
            page.texts = list(itertools.compress(page.texts, kept))
        page.read = list(itertools.compress(page.items, kept))
        page.count = len(page.read)
    else:
        page.count = page.scanned_count
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
