"""ReplicaUpdates: regions that join or leave a table."""

# Deviation: what AWS says of a replica that is not there is worded after what it says of one that is there already.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.errors import ValidationException, invalid_parameter_values
from awsim.services.dynamodb.replica_settings import check_replica_settings, set_replica_settings
from awsim.services.dynamodb.replication import REPLICAS_VERSION, add_replica, leave_group, table_in
from awsim.services.dynamodb.streams import disable_stream
from awsim.services.dynamodb.strong_consistency import STRONG
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.table_states import check_unprotected, place

if TYPE_CHECKING:
    from awsim.context import RequestContext


def check_replica_updates(context: RequestContext[Any], table: Table, updates: Sequence[Mapping[str, Any]]) -> None:
    """Refuse replicas that cannot be added, or are not there. Raises ValidationException."""
    for update in updates:
        if len(update) != 1:
            raise invalid_parameter_values("Each of ReplicaUpdates must have exactly one action")
        for kind, change in update.items():
            region = change["RegionName"]
            if kind == "Disassociate":
                _check_disassociation(table, region, updates)
                continue
            check_replica_settings(table, change)
            if kind == "Create":
                _check_new(context, table, region)
            elif region not in table.replica_regions:
                raise ValidationException(
                    f"Failed to {kind.lower()} the replica of table with name: '{table.name}' because no replica was "
                    f"found in region {region}"
                )
            replica = table_in(context, table, region) if kind == "Delete" else None
            if replica is not None:
                check_unprotected(replica)


def update_replicas(context: RequestContext[Any], table: Table, updates: Sequence[Mapping[str, Any]]) -> None:
    """Add and remove replicas, which have been checked. Settings of a replica of its own (KMS key, class, throughput)
    are set on it there."""
    for update in updates:
        for kind, change in update.items():
            region = change["RegionName"]
            if kind == "Disassociate":
                leave_group(context, table)
                continue
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


def _check_disassociation(table: Table, region: str, updates: Sequence[Mapping[str, Any]]) -> None:
    """Refuse to part a table from its replicas where that cannot be, or is protected against.

    AWS: who parts it is in its region, and has taken off the protection that is there by default (Developer Guide,
    "Disassociating a global table replica").
    """
    # Deviation: AWS's words for it are not known.
    if len(updates) > 1:
        raise invalid_parameter_values("Disassociate must be the only one of ReplicaUpdates")
    if region != table.region:
        raise invalid_parameter_values("RegionName of Disassociate must be the Region of the request")
    if not table.replica_regions or table.global_table_version != REPLICAS_VERSION:
        raise invalid_parameter_values("Table is not a replica of a global table of version 2019.11.21")
    if table.multi_region_consistency == STRONG:
        raise invalid_parameter_values("Disassociate is not supported when MultiRegionConsistency is STRONG")
    if table.disassociation_protected is not False:
        raise invalid_parameter_values(
            "Replica cannot be disassociated as it is currently protected against disassociation"
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
