"""The change streams of DynamoDB tables: written by one service (dynamodb), read by another (dynamodbstreams).

Owns streams, their shard and their records with sequence numbers. Must not know tables, requests or iterators.
"""

from __future__ import annotations

import bisect

import attrs

from awsim.stores import Store

#: How long AWS keeps a record, in seconds.
RETENTION_SECONDS = 86_400
_FIRST_SEQUENCE_NUMBER = 100_000_000_000_000_000_000


@attrs.frozen
class StreamRecord:
    """One change of an item. Images are items' texts; None where the view type leaves them out."""

    event_id: str
    #: INSERT, MODIFY or REMOVE.
    event_name: str
    sequence: int
    #: Epoch seconds.
    created_at: float
    keys: str
    new_image: str | None
    old_image: str | None
    size_bytes: int
    #: Whether time to live deleted the item, rather than a caller.
    by_service: bool = False


@attrs.define(eq=False)
class Stream:
    """One stream of one table: a single shard, open as long as the stream is enabled."""

    # Deviation: AWS splits a stream into shards by its tables' partitions and rolls them over every few hours.

    arn: str
    label: str
    table_name: str
    view_type: str
    #: (attribute name, HASH or RANGE), in the table's order.
    key_schema: list[tuple[str, str]]
    created_at: float
    shard_id: str
    records: list[StreamRecord] = attrs.Factory(list)
    #: The next record's number; those below the first record's have been trimmed.
    next_sequence: int = _FIRST_SEQUENCE_NUMBER + 1
    starting_sequence: int = _FIRST_SEQUENCE_NUMBER
    #: When the stream was disabled, in epoch seconds; None while it is enabled.
    disabled_at: float | None = None
    #: The stream's own resource policy; its table's says nothing of it.
    policy: str | None = None

    @property
    def is_enabled(self) -> bool:
        return self.disabled_at is None

    def append(self, record: StreamRecord) -> None:
        """Add a record, whose sequence is ``next_sequence``."""
        self.records.append(record)
        self.next_sequence += 1

    def trim(self, now: float) -> None:
        """Forget the records that are older than a day."""
        horizon = now - RETENTION_SECONDS
        if self.records and self.records[0].created_at < horizon:
            kept = bisect.bisect_left(self.records, horizon, key=lambda record: record.created_at)
            del self.records[:kept]

    def position(self, sequence: int) -> int:
        """Where in ``records`` the first one stands that has this sequence number or a later one."""
        return bisect.bisect_left(self.records, sequence, key=lambda record: record.sequence)


@attrs.define
class DynamoDbStreamStore(Store):
    """Streams by ARN, in the order of their creation."""

    streams: dict[str, Stream] = attrs.Factory(dict)


__all__ = ["RETENTION_SECONDS", "DynamoDbStreamStore", "Stream", "StreamRecord"]
