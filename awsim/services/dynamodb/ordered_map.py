"""A map ordered by key, in plain lists, so that a store can be copied, written out and read back.

Owns the order. Keys and values stand in blocks of bounded length, so that the cost of a change does not grow with the
map. Must not know what keys and values are.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import attrs

V = TypeVar("V")

#: A key: any tuple of strings and integers that compares with the map's others.
Key = tuple[Any, ...]

_BLOCK_MAX = 512


@attrs.define(eq=False)
class OrderedMap(Generic[V]):
    """Values by key. Iteration in both directions starts anywhere; do not change the map meanwhile."""

    #: The first key of each block.
    firsts: list[Key] = attrs.Factory(list)
    keys: list[list[Key]] = attrs.Factory(list)
    values: list[list[V]] = attrs.Factory(list)
    length: int = 0

    def __len__(self) -> int:
        return self.length

    def get(self, key: Key) -> V | None:
        """The value of a key; None for a key that is not there."""
        block = bisect_right(self.firsts, key) - 1
        if block < 0:
            return None
        keys = self.keys[block]
        index = bisect_left(keys, key)
        return self.values[block][index] if index < len(keys) and keys[index] == key else None

    def set(self, key: Key, value: V) -> V | None:
        """Set a key's value; returns the one it had."""
        block = bisect_right(self.firsts, key) - 1
        if block < 0:
            if not self.firsts:
                self.firsts, self.keys, self.values, self.length = [key], [[key]], [[value]], 1
                return None
            block = 0
        keys, values = self.keys[block], self.values[block]
        index = bisect_left(keys, key)
        if index < len(keys) and keys[index] == key:
            previous, values[index] = values[index], value
            return previous
        keys.insert(index, key)
        values.insert(index, value)
        self.length += 1
        if index == 0:
            self.firsts[block] = key
        if len(keys) > _BLOCK_MAX:
            self._split(block)
        return None

    def remove(self, key: Key) -> V | None:
        """Remove a key; returns the value it had."""
        block = bisect_right(self.firsts, key) - 1
        if block < 0:
            return None
        keys, values = self.keys[block], self.values[block]
        index = bisect_left(keys, key)
        if index == len(keys) or keys[index] != key:
            return None
        del keys[index]
        value = values.pop(index)
        self.length -= 1
        if not keys:
            del self.firsts[block], self.keys[block], self.values[block]
        elif index == 0:
            self.firsts[block] = keys[0]
        return value

    def ascending(self, start: Key = (), *, after: bool = False) -> Iterator[tuple[Key, V]]:
        """Entries from a key on, or from the first one after it."""
        find = bisect_right if after else bisect_left
        block = max(bisect_right(self.firsts, start) - 1, 0)
        while block < len(self.keys):
            keys, values = self.keys[block], self.values[block]
            for index in range(find(keys, start), len(keys)):
                yield keys[index], values[index]
            block += 1

    def descending(self, end: Key) -> Iterator[tuple[Key, V]]:
        """Entries before a key, the last one first."""
        block = bisect_left(self.firsts, end) - 1
        while block >= 0:
            keys, values = self.keys[block], self.values[block]
            for index in range(bisect_left(keys, end) - 1, -1, -1):
                yield keys[index], values[index]
            block -= 1

    def _split(self, block: int) -> None:
        keys, values = self.keys[block], self.values[block]
        half = len(keys) // 2
        self.keys[block : block + 1] = [keys[:half], keys[half:]]
        self.values[block : block + 1] = [values[:half], values[half:]]
        self.firsts.insert(block + 1, keys[half])
