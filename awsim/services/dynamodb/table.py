"""One table: its items in order, its indexes, and what is set on it.

Owns storage and keeps the indexes true. Must not know requests, expressions or streams; times are epoch seconds.
"""

from __future__ import annotations

import bisect
from typing import Any

import attrs

from awsim.aws.dynamodb_items import Item, read_item, write_item
from awsim.services.dynamodb.item_size import item_bytes
from awsim.services.dynamodb.keys import KeySchema
from awsim.services.dynamodb.ordered_map import Key, OrderedMap
from awsim.services.dynamodb.secondary_index import SecondaryIndex, Throughput
from awsim.services.dynamodb.vector_index import VectorIndex

#: After how many changes those too old to be restored to are forgotten.
_HISTORY_TRIM = 1024


@attrs.define
class StoredItem:
    """An item as its text, with its size by AWS's arithmetic.

    Never changed once it is made; saying so to attrs would cost each write more than its place in the table does.
    """

    text: str
    size: int

    def read(self) -> Item:
        return read_item(self.text)

    def __deepcopy__(self, memo: dict[int, Any]) -> StoredItem:
        return self  # so that forks share it


@attrs.define
class TimeToLive:
    """Which attribute says when an item expires."""

    attribute_name: str
    #: When each item expires (epoch seconds) and its key, in order of time.
    expirations: OrderedMap[bool] = attrs.Factory(OrderedMap)
    #: For when the next sweep is planned; None for no sweep.
    sweep_at: float | None = None


@attrs.define
class KinesisDestination:
    """A Kinesis data stream that a table's changes go to."""

    stream_arn: str
    status: str
    precision: str | None = None


@attrs.frozen
class PastChange:
    """What stood under a key before a change, as text; None for nothing."""

    changed_at: float
    key: Key
    old: str | None


@attrs.define(eq=False)
class Table:
    """A table of one account and region."""

    name: str
    arn: str
    table_id: str
    created_at: float
    #: In the order in which the caller defined them.
    attribute_types: dict[str, str]
    schema: KeySchema
    #: None for a table that was created without saying: PROVISIONED, and DescribeTable does not mention it.
    billing_mode: str | None = None
    #: When on-demand billing was last chosen.
    on_demand_since: float | None = None
    #: When it was switched to on-demand billing, the latest last; what counts for a limit of AWS's.
    on_demand_switches: list[float] = attrs.Factory(list)
    throughput: Throughput = attrs.Factory(Throughput)
    on_demand_throughput: dict[str, int] | None = None
    warm_throughput: dict[str, int] | None = None
    indexes: dict[str, SecondaryIndex] = attrs.Factory(dict)
    vector_indexes: dict[str, VectorIndex] = attrs.Factory(dict)
    items: OrderedMap[StoredItem] = attrs.Factory(OrderedMap)
    size_bytes: int = 0
    #: The ARN of the latest stream, enabled or not, and the view type while one is enabled.
    stream_arn: str | None = None
    stream_view_type: str | None = None
    table_class: str | None = None
    table_class_changed_at: float | None = None
    kms_key_arn: str | None = None
    deletion_protected: bool = False
    tags: dict[str, str] = attrs.Factory(dict)
    time_to_live: TimeToLive | None = None
    time_to_live_changed_at: float | None = None
    kinesis_destinations: list[KinesisDestination] = attrs.Factory(list)
    #: The resource policies of the table and of its streams, by ARN: the text and its revision.
    policies: dict[str, tuple[str, str]] = attrs.Factory(dict)
    #: ENABLED contributor insights: "" for the table, or an index's name -> the mode and when it was enabled.
    contributor_insights: dict[str, tuple[str, float]] = attrs.Factory(dict)
    #: Since when point-in-time recovery is on; None while it is off.
    recoverable_since: float | None = None
    recovery_period_days: int = 35
    #: The changes since then, in their order.
    history: list[PastChange] = attrs.Factory(list)
    restore_summary: dict[str, Any] | None = None
    #: The other regions that hold this table, and the version of global tables that keeps them alike.
    replica_regions: list[str] = attrs.Factory(list)
    #: The accounts of those that are another account's, by region.
    replica_accounts: dict[str, str] = attrs.Factory(dict)
    #: What replicas have of their own, by region: members of a ReplicaDescription; see ``replica_settings``.
    replica_settings: dict[str, dict[str, Any]] = attrs.Factory(dict)
    global_table_version: str | None = None
    #: EVENTUAL or STRONG, where that was chosen, and the region of the witness.
    multi_region_consistency: str | None = None
    witness_region: str | None = None
    #: What replicas of one account may not be parted from by other accounts, and whether settings are replicated.
    disassociation_protected: bool | None = None
    settings_replication_mode: str | None = None
    #: AutoScalingSettingsDescriptions by side and index; see ``auto_scaling``.
    auto_scaling: dict[str, dict[str, Any]] = attrs.Factory(dict)

    @property
    def region(self) -> str:
        return self.arn.split(":")[3]

    @property
    def account_id(self) -> str:
        return self.arn.split(":")[4]

    @property
    def is_on_demand(self) -> bool:
        return self.billing_mode == "PAY_PER_REQUEST"

    @property
    def is_followed(self) -> bool:
        """Whether anything must see what an item was before it changed."""
        return bool(
            self.indexes
            or self.stream_view_type is not None
            or self.time_to_live is not None
            or self.kinesis_destinations
            or self.recoverable_since is not None
            or self.replica_regions
        )

    def earliest_restorable(self, now: float) -> float | None:
        """The first moment that the table can be restored to; None while point-in-time recovery is off."""
        if self.recoverable_since is None:
            return None
        return max(self.recoverable_since, now - self.recovery_period_days * 86_400.0)

    def remember(self, now: float, key: Key, old: Item | None) -> None:
        """Keep what a change replaces, as long as the table can be restored to before it."""
        earliest = self.earliest_restorable(now)
        if earliest is None:
            return
        self.history.append(PastChange(now, key, write_item(old) if old is not None else None))
        if len(self.history) % _HISTORY_TRIM == 0:
            kept = bisect.bisect_left(self.history, earliest, key=lambda change: change.changed_at)
            del self.history[:kept]

    def find(self, key: Key) -> Item | None:
        """The item of a key, as a tree of its own."""
        stored = self.items.get(key)
        return stored.read() if stored is not None else None

    def replace(
        self, key: Key, old: Item | None, new: Item | None, new_size: int | None = None
    ) -> tuple[int, dict[str, float]]:
        """Put the item ``new`` under a key, or remove what is there; ``old`` is what stands there now.

        Returns the larger of both sizes in bytes, and the write units that each index takes (those that take any).
        """
        if new is None:
            size, previous = 0, self.items.remove(key)
        else:
            size = item_bytes(new) if new_size is None else new_size
            previous = self.items.set(key, StoredItem(write_item(new), size))
        old_size = previous.size if previous is not None else 0
        self.size_bytes += size - old_size
        units = {}
        for index in self.indexes.values():
            taken = index.replace(old, new, key)
            if taken:
                units[index.name] = taken
        return max(old_size, size), units

    def add_index(self, index: SecondaryIndex) -> None:
        """Add an index, with the items that there are."""
        for key, stored in self.items.ascending():
            index.replace(None, stored.read(), key)
        self.indexes[index.name] = index

    @property
    def searched_names(self) -> list[str]:
        """The attributes by which vector indexes are searched."""
        return [name for index in self.vector_indexes.values() for name in index.search_schema]

    def forget_unused_types(self) -> None:
        """Forget the types of attributes that are keys no more."""
        used = {*self.schema.names, *self.searched_names}
        used |= {name for index in self.indexes.values() for name in index.schema.names}
        self.attribute_types = {name: type_ for name, type_ in self.attribute_types.items() if name in used}

    @property
    def has_local_indexes(self) -> bool:
        return any(not index.is_global for index in self.indexes.values())
