"""DescribeTableReplicaAutoScaling and UpdateTableReplicaAutoScaling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.addressing import errors, find_table_by_name
from awsim.services.dynamodb.auto_scaling import READ, WRITE, global_indexes, set_auto_scaling, show_auto_scaling
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.replication import replicas_of
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.table_states import check_settled, state_of
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="dynamodb")
class ReplicaAutoScaling(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore

    def describe_table_replica_auto_scaling(
        self, context: RequestContext[DynamoDbStore], *, table_name: str
    ) -> dict[str, Any]:
        table = find_table_by_name(context, table_name)
        return {"TableAutoScalingDescription": _describe(context, table)}

    def update_table_replica_auto_scaling(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        global_secondary_index_updates: Sequence[Mapping[str, Any]] = (),
        provisioned_write_capacity_auto_scaling_update: Mapping[str, Any] | None = None,
        replica_updates: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        table = find_table_by_name(context, table_name)
        check_settled(context, table)
        group = {one.region: one for one in (table, *replicas_of(context, table))}
        for replica_update in replica_updates:
            if replica_update["RegionName"] not in group:
                raise ValidationException(
                    f"Failed to update the replica of table with name: '{table.name}' because no replica was found in "
                    f"region {replica_update['RegionName']}"
                )
        now = context.time()
        # AWS: what is written is written in every region, and scales alike; reads are each region's own.
        for one in group.values():
            set_auto_scaling(one, None, WRITE, provisioned_write_capacity_auto_scaling_update, now)
            for update in global_secondary_index_updates:
                name = _index_name(one, update)
                set_auto_scaling(one, name, WRITE, update.get("ProvisionedWriteCapacityAutoScalingUpdate"), now)
        for replica_update in replica_updates:
            one = group[replica_update["RegionName"]]
            set_auto_scaling(
                one, None, READ, replica_update.get("ReplicaProvisionedReadCapacityAutoScalingUpdate"), now
            )
            for update in replica_update.get("ReplicaGlobalSecondaryIndexUpdates") or ():
                name = _index_name(one, update)
                set_auto_scaling(one, name, READ, update.get("ProvisionedReadCapacityAutoScalingUpdate"), now)
        return {"TableAutoScalingDescription": {**_describe(context, table), "TableStatus": "UPDATING"}}


def _index_name(table: Table, update: Mapping[str, Any]) -> str:
    name: str | None = update.get("IndexName")
    if name is None:
        # Deviation: AWS's words for it are not known; its model does not ask for the name.
        raise ValidationException("One or more parameter values were invalid: IndexName must be specified")
    if name not in (index.name for index in global_indexes(table)):
        raise errors.ResourceNotFoundException(
            f"Requested resource not found: Index: {name} for table: {table.name} not found"
        )
    return name


def _describe(context: RequestContext[DynamoDbStore], table: Table) -> dict[str, Any]:
    group = sorted((table, *replicas_of(context, table)), key=lambda one: one.region)
    return {
        "TableName": table.name,
        "TableStatus": state_of(context, table),
        "Replicas": [_describe_replica(one) for one in group],
    }


def _describe_replica(table: Table) -> dict[str, Any]:
    return {
        "RegionName": table.region,
        "GlobalSecondaryIndexes": [
            {
                "IndexName": index.name,
                "IndexStatus": "ACTIVE",
                "ProvisionedReadCapacityAutoScalingSettings": show_auto_scaling(table, index.name, READ),
                "ProvisionedWriteCapacityAutoScalingSettings": show_auto_scaling(table, index.name, WRITE),
            }
            for index in global_indexes(table)
        ],
        "ReplicaProvisionedReadCapacityAutoScalingSettings": show_auto_scaling(table, None, READ),
        "ReplicaProvisionedWriteCapacityAutoScalingSettings": show_auto_scaling(table, None, WRITE),
        "ReplicaStatus": "ACTIVE",
    }
