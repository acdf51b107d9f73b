"""ReplicaUpdates: regions that join or leave a table."""

# Deviation: what AWS says of a replica that is not there is worded after what it says of one that is there already.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.replica_settings import check_replica_settings, set_replica_settings
from awsim.services.dynamodb.replication import add_replica, leave_group, table_in
from awsim.services.dynamodb.streams import disable_stream
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.table_states import place

if TYPE_CHECKING:
    from awsim.context import RequestContext


def check_replica_updates(context: RequestContext[Any], table: Table, updates: Sequence[Mapping[str, Any]]) -> None:
    """Refuse replicas that cannot be added, or are not there. Raises ValidationException."""
    for update in updates:
        for kind, change in update.items():
            region = change["RegionName"]
            check_replica_settings(table, change)
            if kind == "Create":
                _check_new(context, table, region)
            elif region not in table.replica_regions:
                raise ValidationException(
                    f"Failed to {kind.lower()} the replica of table with name: '{table.name}' because no replica was "
                    f"found in region {region}"
                )


def update_replicas(context: RequestContext[Any], table: Table, updates: Sequence[Mapping[str, Any]]) -> None:
    """Add and remove replicas, which have been checked. Settings of a replica of its own (KMS key, class, throughput)
    are set on it there."""
    for update in updates:
        for kind, change in update.items():
            region = change["RegionName"]
            if kind == "Delete":
                _begin_removing(context, table, region)
                continue
            if kind == "Create":
                add_replica(context, table, region)
            set_replica_settings(context, table, change)
            context.begin_transition("replica", place(table, "replica", region), f"{kind[:-1].upper()}ING")


def _check_new(context: RequestContext[Any], table: Table, region: str) -> None:
    if region == table.region or region in table.replica_regions:
        raise ValidationException(
            f"Failed to create a the new replica of table with name: '{table.name}' because one or more replicas "
            "already existed as tables."
        )
    if table_in(context, table, region) is not None:
        raise ValidationException(
            f"Failed to create a the new replica of table with name: '{table.name}' because one or more replicas "
            "already existed as tables."
        )


def _begin_removing(context: RequestContext[Any], table: Table, region: str) -> None:
    names = {"table_name": table.name, "table_id": table.table_id, "region": region}
    if not context.begin_transition(
        "replica", place(table, "replica", region), "DELETING", "finish_deleting_replica", **names
    ):
        remove_replica(context, table, region)


def remove_replica(context: RequestContext[Any], table: Table, region: str) -> None:
    """Remove the table in another region, if it is there."""
    replica = table_in(context, table, region)
    if replica is not None:
        leave_group(context, replica)
        disable_stream(context, replica)
        del context.store_for(account_id=table.account_id, region=region).tables[table.name]
