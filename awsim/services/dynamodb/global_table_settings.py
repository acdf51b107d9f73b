"""DescribeGlobalTableSettings and UpdateGlobalTableSettings, of legacy global tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.addressing import errors
from awsim.services.dynamodb.auto_scaling import READ, WRITE, global_indexes, set_auto_scaling, show_auto_scaling
from awsim.services.dynamodb.global_tables import find_global_table
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.replication import replicas_of
from awsim.services.dynamodb.secondary_index import SecondaryIndex, Throughput
from awsim.services.dynamodb.table import Table
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="dynamodb")
class GlobalTableSettings(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore

    def describe_global_table_settings(
        self, context: RequestContext[DynamoDbStore], *, global_table_name: str
    ) -> dict[str, Any]:
        return _describe(context, find_global_table(context, global_table_name))

    def update_global_table_settings(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        global_table_name: str,
        global_table_billing_mode: str | None = None,
        global_table_provisioned_write_capacity_units: int | None = None,
        global_table_provisioned_write_capacity_auto_scaling_settings_update: Mapping[str, Any] | None = None,
        global_table_global_secondary_index_settings_update: Sequence[Mapping[str, Any]] = (),
        replica_settings_update: Sequence[Mapping[str, Any]] = (),
    ) -> dict[str, Any]:
        table = find_global_table(context, global_table_name)
        group = {one.region: one for one in (table, *replicas_of(context, table))}
        for update in replica_settings_update:
            if update["RegionName"] not in group:
                raise errors.ReplicaNotFoundException(f"Replica not found in region: {update['RegionName']}")
        now = context.time()
        for one in group.values():
            _set_billing(one, global_table_billing_mode, now)
            _set_units(one.throughput, write=global_table_provisioned_write_capacity_units)
            scaling = global_table_provisioned_write_capacity_auto_scaling_settings_update
            set_auto_scaling(one, None, WRITE, scaling, now)
            for update in global_table_global_secondary_index_settings_update:
                index = _index(one, update["IndexName"])
                _set_units(index.throughput, write=update.get("ProvisionedWriteCapacityUnits"))
                scaling = update.get("ProvisionedWriteCapacityAutoScalingSettingsUpdate")
                set_auto_scaling(one, index.name, WRITE, scaling, now)
        for update in replica_settings_update:
            _update_replica(group[update["RegionName"]], update, now)
        return _describe(context, table, "UPDATING")


def _update_replica(table: Table, update: Mapping[str, Any], now: float) -> None:
    _set_units(table.throughput, read=update.get("ReplicaProvisionedReadCapacityUnits"))
    scaling = update.get("ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate")
    set_auto_scaling(table, None, READ, scaling, now)
    for one in update.get("ReplicaGlobalSecondaryIndexSettingsUpdate") or ():
        index = _index(table, one["IndexName"])
        _set_units(index.throughput, read=one.get("ProvisionedReadCapacityUnits"))
        scaling = one.get("ProvisionedReadCapacityAutoScalingSettingsUpdate")
        set_auto_scaling(table, index.name, READ, scaling, now)
    if update.get("ReplicaTableClass") is not None:
        table.table_class, table.table_class_changed_at = update["ReplicaTableClass"], now


def _set_billing(table: Table, billing_mode: str | None, now: float) -> None:
    if billing_mode is None:
        return
    if billing_mode == "PAY_PER_REQUEST" and not table.is_on_demand:
        table.on_demand_since = now
    table.billing_mode = billing_mode


def _set_units(throughput: Throughput, *, read: int | None = None, write: int | None = None) -> None:
    if read is not None:
        throughput.read_units = read
    if write is not None:
        throughput.write_units = write


def _index(table: Table, name: str) -> SecondaryIndex:
    for index in global_indexes(table):
        if index.name == name:
            return index
    raise errors.IndexNotFoundException(f"Index not found: {name}")


def _describe(context: RequestContext[DynamoDbStore], table: Table, status: str = "ACTIVE") -> dict[str, Any]:
    group = sorted((table, *replicas_of(context, table)), key=lambda one: one.region)
    return {"GlobalTableName": table.name, "ReplicaSettings": [_describe_replica(one, status) for one in group]}


def _describe_replica(table: Table, status: str) -> dict[str, Any]:
    billing: dict[str, Any] = {"BillingMode": table.billing_mode or "PROVISIONED"}
    if table.on_demand_since is not None:
        billing["LastUpdateToPayPerRequestDateTime"] = table.on_demand_since
    described: dict[str, Any] = {
        "RegionName": table.region,
        "ReplicaStatus": status,
        "ReplicaBillingModeSummary": billing,
        "ReplicaProvisionedReadCapacityUnits": table.throughput.read_units,
        "ReplicaProvisionedReadCapacityAutoScalingSettings": show_auto_scaling(table, None, READ),
        "ReplicaProvisionedWriteCapacityUnits": table.throughput.write_units,
        "ReplicaProvisionedWriteCapacityAutoScalingSettings": show_auto_scaling(table, None, WRITE),
        "ReplicaGlobalSecondaryIndexSettings": [
            {
                "IndexName": index.name,
                "IndexStatus": "ACTIVE",
                "ProvisionedReadCapacityUnits": index.throughput.read_units,
                "ProvisionedReadCapacityAutoScalingSettings": show_auto_scaling(table, index.name, READ),
                "ProvisionedWriteCapacityUnits": index.throughput.write_units,
                "ProvisionedWriteCapacityAutoScalingSettings": show_auto_scaling(table, index.name, WRITE),
            }
            for index in global_indexes(table)
        ]
        or None,
    }
    if table.table_class is not None:
        described["ReplicaTableClassSummary"] = {
            "TableClass": table.table_class,
            "LastUpdateDateTime": table.table_class_changed_at,
        }
    return described
