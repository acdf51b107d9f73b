"""Tables that several regions hold: who belongs together, joining and leaving.

Owns the group of a global table, of both versions. That writes reach every replica is ``writing``'s.
"""

# Deviation: a write is in all regions at once; AWS takes about a second.

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.expirations import expect_expiry
from awsim.services.dynamodb.streams import enable_stream
from awsim.services.dynamodb.table import Table, TimeToLive
from awsim.services.dynamodb.table_copies import copy_table, empty_index

if TYPE_CHECKING:
    from awsim.context import RequestContext

#: The version in which replicas are members of UpdateTable, and the one of CreateGlobalTable.
REPLICAS_VERSION = "2019.11.21"
LEGACY_VERSION = "2017.11.29"


def replicas_of(context: RequestContext[Any], table: Table) -> list[Table]:
    """The same table in the other regions."""
    found = []
    for region in table.replica_regions:
        replica = table_in(context, table, region)
        if replica is not None:
            found.append(replica)
    return found


def table_in(context: RequestContext[Any], table: Table, region: str) -> Table | None:
    """The table of the same name in another region: of the same account, unless the replica there is another's."""
    account_id = table.replica_accounts.get(region, table.account_id)
    found: Table | None = context.store_for(account_id=account_id, region=region).tables.get(table.name)
    return found


def add_replica(context: RequestContext[Any], table: Table, region: str) -> None:
    """Make a table of the same definition and items in another region, and join the two."""
    replica = replica_table(context, table, table.arn.replace(f":{table.region}:", f":{region}:", 1))
    context.store_for(account_id=table.account_id, region=region).tables[table.name] = replica
    join(context, table, replica, REPLICAS_VERSION)


def replica_table(context: RequestContext[Any], table: Table, arn: str) -> Table:
    """A table of the same definition and items under another ARN, which is in no store and not joined yet."""
    replica = copy_table(table)
    replica.arn = arn
    replica.table_id = context.new_uuid()
    replica.created_at = context.time()
    replica.kms_key_arn = None
    for vector_index in replica.vector_indexes.values():
        vector_index.arn = f"{arn}/index/{vector_index.name}"
    indexes, replica.indexes = list(replica.indexes.values()), {}
    for index in indexes:
        replica.add_index(empty_index(index, arn))
    if table.time_to_live is not None:
        # AWS: time to live is the same in every region.
        replica.time_to_live = TimeToLive(table.time_to_live.attribute_name)
        replica.time_to_live_changed_at = table.time_to_live_changed_at
        for key, stored in replica.items.ascending():
            expect_expiry(context, replica, key, None, stored.read(), is_replicated=True)
    return replica


def join(context: RequestContext[Any], table: Table, joining: Table, version: str) -> None:
    """Make two tables, and all that either is already joined with, one group. AWS: all have a stream."""
    members = (table, *replicas_of(context, table), joining, *replicas_of(context, joining))
    group = {one.region: one for one in members}
    settings = {region: shown for one in members for region, shown in one.replica_settings.items()}
    for one in group.values():
        one.replica_settings = dict(settings)
        one.replica_regions = sorted(region for region in group if region != one.region)
        one.replica_accounts = {
            region: other.account_id for region, other in group.items() if other.account_id != one.account_id
        }
        one.global_table_version = version
        if one.stream_view_type is None:
            enable_stream(context, one, "NEW_AND_OLD_IMAGES")


def leave_group(context: RequestContext[Any], table: Table) -> None:
    """Part a table from its replicas."""
    for replica in replicas_of(context, table):
        replica.replica_regions.remove(table.region)
        replica.replica_accounts.pop(table.region, None)
        replica.replica_settings.pop(table.region, None)
        if not replica.replica_regions and replica.global_table_version == REPLICAS_VERSION:
            replica.global_table_version = None
    table.replica_regions, table.replica_accounts, table.replica_settings = [], {}, {}
    if table.global_table_version == REPLICAS_VERSION:
        table.global_table_version = None
