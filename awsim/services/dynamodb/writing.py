"""One write to one item: checked, applied to table and indexes, and told to whoever follows the table's changes.

Owns what every way of writing shares: PutItem, UpdateItem, DeleteItem, batches, transactions and PartiQL. Conditions
are settled before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from awsim.aws.dynamodb_items import Item
from awsim.services.dynamodb.errors import ValidationException, invalid_parameter_values
from awsim.services.dynamodb.expirations import expect_expiry
from awsim.services.dynamodb.item_size import ITEM_BYTES_MAX, item_bytes, write_units
from awsim.services.dynamodb.keys import check_index_keys, check_item_keys, check_updated_index_keys
from awsim.services.dynamodb.kinesis_records import send_to_kinesis
from awsim.services.dynamodb.ordered_map import Key
from awsim.services.dynamodb.replication import replicas_of
from awsim.services.dynamodb.streams import record_change
from awsim.services.dynamodb.table import Table

if TYPE_CHECKING:
    from awsim.context import RequestContext


@attrs.define
class Change:
    """An item of a table as it was and as it will be; None for one that is not there."""

    table: Table
    key: Key
    old: Item | None
    new: Item | None
    #: The size of the new item in bytes, where it is known already.
    new_size: int | None = None
    #: The key's attributes, where the caller gave them rather than an item.
    key_item: Item | None = None


def check_size(item: Item) -> int:
    """Refuse a new item (checked and normalised) that no table takes: too large, or with an attribute without a name.
    Returns its size in bytes."""
    size = item_bytes(item)
    check_measured(item, size)
    return size


def check_measured(item: Item, size: int) -> None:
    """Refuse a new item, whose size in bytes is known, as :func:`check_size` does."""
    if "" in item:
        raise _nameless()
    if size > ITEM_BYTES_MAX:
        raise ValidationException("Item size has exceeded the maximum allowed size")


def check_put(table: Table, item: Item) -> None:
    """Refuse a new item (checked and normalised) that does not fit the table or its indexes."""
    check_item_keys(table.schema, item)
    for index in table.indexes.values():
        check_index_keys(index.name, index.schema, item)


def check_update(table: Table, old: Item | None, new: Item) -> None:
    """Refuse what an update made of an item if it does not fit the indexes or is too large."""
    for index in table.indexes.values():
        check_updated_index_keys(index.schema, old, new)
    if "" in new:
        raise _nameless()
    if item_bytes(new) > ITEM_BYTES_MAX:
        raise ValidationException("Item size to update has exceeded the maximum allowed size")


def _nameless() -> Exception:
    # AWS: a name has one character at least (Developer Guide, "Constraints").
    # Deviation: AWS's words for it are not known.
    return invalid_parameter_values("An attribute name must be at least one character long")


def apply_change(
    context: RequestContext[Any], change: Change, *, by_service: bool = False, is_replicated: bool = False
) -> tuple[float, dict[str, float]]:
    """Make a change true, in a table and its replicas. Returns the write units that it takes of the table and of each
    index."""
    table, key, old, new = change.table, change.key, change.old, change.new
    size, index_units = table.replace(key, old, new, change.new_size)
    if table.stream_view_type is not None:
        record_change(context, table, old, new, by_service=by_service)
    if table.recoverable_since is not None:
        table.remember(context.time(), key, old)
    if table.kinesis_destinations:
        send_to_kinesis(context, table, old, new, by_service=by_service)
    if table.time_to_live is not None:
        expect_expiry(context, table, key, old, new, is_replicated=is_replicated)
    if table.replica_regions and not is_replicated:
        for replica in replicas_of(context, table):
            apply_change(context, Change(replica, key, replica.find(key), new), is_replicated=True)
    return write_units(size), index_units
