"""One secondary index, global or local: its keys, what it projects, and its order.

Owns the entries, which point to the table's items and hold no copies. Must not know the table that it belongs to.
"""

from __future__ import annotations

from typing import Any

import attrs

from awsim.aws.dynamodb_items import Item
from awsim.services.dynamodb.item_size import item_bytes, write_units
from awsim.services.dynamodb.keys import KeySchema
from awsim.services.dynamodb.ordered_map import Key, OrderedMap

_DAY_SECONDS = 86_400


@attrs.define
class Throughput:
    """Provisioned throughput. The times are epoch seconds, None until there was a change."""

    read_units: int = 0
    write_units: int = 0
    increased_at: float | None = None
    decreased_at: float | None = None
    #: How often they were lowered on the day (UTC) of ``decreased_at``.
    decreases_that_day: int = 0

    def change(self, read_units: int, write_units: int, now: float) -> None:
        """Provision other units, and note when they were raised or lowered."""
        if read_units > self.read_units or write_units > self.write_units:
            self.increased_at = now
        if read_units < self.read_units or write_units < self.write_units:
            self.decreases_that_day = self.decreases_on_day(now) + 1
            self.decreased_at = now
        self.read_units, self.write_units = read_units, write_units

    def decreases_on_day(self, now: float) -> int:
        """How often they were lowered on this day (UTC)."""
        is_that_day = self.decreased_at is not None and self.decreased_at // _DAY_SECONDS == now // _DAY_SECONDS
        return self.decreases_that_day if is_that_day else 0

    def describe(self, now: float) -> dict[str, Any]:
        return {
            "LastIncreaseDateTime": self.increased_at,
            "LastDecreaseDateTime": self.decreased_at,
            "NumberOfDecreasesToday": self.decreases_on_day(now),
            "ReadCapacityUnits": self.read_units,
            "WriteCapacityUnits": self.write_units,
        }


@attrs.define(eq=False)
class SecondaryIndex:
    """An index. An entry's key is its own (token, hash key, range key) followed by its item's key in the table; its
    value is the size of what the index projects, in bytes."""

    name: str
    arn: str
    schema: KeySchema
    is_global: bool
    #: ALL, KEYS_ONLY or INCLUDE.
    projection_type: str
    non_key_attributes: list[str]
    #: The keys of the table and of the index, which every index projects.
    key_names: list[str]
    throughput: Throughput = attrs.Factory(Throughput)
    on_demand_throughput: dict[str, int] | None = None
    warm_throughput: dict[str, int] | None = None
    entries: OrderedMap[int] = attrs.Factory(OrderedMap)
    size_bytes: int = 0

    def projects(self, name: str) -> bool:
        """Whether the index holds an attribute."""
        return self.projection_type == "ALL" or name in self.key_names or name in self.non_key_attributes

    def project(self, item: Item) -> Item:
        """What the index holds of an item."""
        if self.projection_type == "ALL":
            return item
        return {name: value for name, value in item.items() if self.projects(name)}

    def entry_key(self, item: Item, table_key: Key) -> Key | None:
        """The key of an item's entry; None for an item that the index leaves out."""
        if not self.schema.takes(item):
            return None
        return (*self.schema.key_of(item), *table_key)

    def replace(self, old: Item | None, new: Item | None, table_key: Key) -> float:
        """Follow a change of an item of the table. Returns the write units that it takes in the index.

        AWS: an entry that appears or goes costs a write of its size, one that moves costs both, and one whose
        projected attributes stay the same costs nothing (Developer Guide, "Global Secondary Indexes", write costs).
        """
        old_key = self.entry_key(old, table_key) if old is not None else None
        new_key = self.entry_key(new, table_key) if new is not None else None
        if new_key is None:
            return self._remove(old_key) if old_key is not None else 0
        assert new is not None
        projected = self.project(new)
        if old_key is None:
            return self._add(new_key, item_bytes(projected))
        assert old is not None
        if old_key != new_key:
            return self._remove(old_key) + self._add(new_key, item_bytes(projected))
        if self.project(old) == projected:
            return 0
        size = item_bytes(projected)
        old_size = self.entries.set(new_key, size) or 0
        self.size_bytes += size - old_size
        return write_units(max(size, old_size))

    def _add(self, key: Key, size: int) -> float:
        self.entries.set(key, size)
        self.size_bytes += size
        return write_units(size)

    def _remove(self, key: Key) -> float:
        size = self.entries.remove(key) or 0
        self.size_bytes -= size
        return write_units(size)
