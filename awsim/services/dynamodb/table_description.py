"""A table as CreateTable, DescribeTable and the others show it."""

# Deviation: ItemCount and TableSizeBytes are true at once; AWS brings them up to date every six hours.

from __future__ import annotations

from typing import Any

from awsim.services.dynamodb.item_size import item_bytes
from awsim.services.dynamodb.replication import REPLICAS_VERSION
from awsim.services.dynamodb.secondary_index import SecondaryIndex, Throughput
from awsim.services.dynamodb.strong_consistency import describe_consistency
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.throughput_requests import warm_units


def describe_table(table: Table, now: float, status: str = "ACTIVE") -> dict[str, Any]:
    """The TableDescription. ``status`` other than ACTIVE is what an answer shows while AWS is still at work."""
    local = [_describe_index(index) for index in table.indexes.values() if not index.is_global]
    global_ = [
        {**_describe_index(index), **_describe_global(table, index, now, status)}
        for index in table.indexes.values()
        if index.is_global
    ]
    return {
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind} for name, kind in table.attribute_types.items()
        ],
        "TableName": table.name,
        "KeySchema": table.schema.elements(),
        "TableStatus": status,
        "CreationDateTime": table.created_at,
        "ProvisionedThroughput": table.throughput.describe(now),
        "TableSizeBytes": table.size_bytes,
        "ItemCount": len(table.items),
        "TableArn": table.arn,
        "TableId": table.table_id,
        "BillingModeSummary": _describe_billing(table, status),
        "LocalSecondaryIndexes": local or None,
        "GlobalSecondaryIndexes": global_ or None,
        **_describe_stream(table),
        "GlobalTableVersion": table.global_table_version,
        "Replicas": _describe_replicas(table),
        **describe_consistency(table),
        "GlobalTableSettingsReplicationMode": table.settings_replication_mode,
        "DisassociationProtectionEnabled": table.disassociation_protected,
        "RestoreSummary": table.restore_summary,
        "SSEDescription": describe_encryption(table),
        "TableClassSummary": _describe_class(table),
        "DeletionProtectionEnabled": table.deletion_protected,
        "OnDemandThroughput": table.on_demand_throughput,
        "WarmThroughput": _describe_warm(table, table.throughput, table.warm_throughput, status),
        "VectorIndexes": _describe_vector_indexes(table, status) or None,
    }


def describe_encryption(table: Table) -> dict[str, Any] | None:
    """The SSEDescription; None for a table that AWS's own key encrypts."""
    if table.kms_key_arn is None:
        return None
    return {"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": table.kms_key_arn}


def describe_projection(index: SecondaryIndex) -> dict[str, Any]:
    """The Projection of an index."""
    return {"ProjectionType": index.projection_type, "NonKeyAttributes": index.non_key_attributes or None}


def _describe_index(index: SecondaryIndex) -> dict[str, Any]:
    return {
        "IndexName": index.name,
        "KeySchema": index.schema.elements(),
        "Projection": describe_projection(index),
        "IndexSizeBytes": index.size_bytes,
        "ItemCount": len(index.entries),
        "IndexArn": index.arn,
    }


def _describe_global(table: Table, index: SecondaryIndex, now: float, status: str) -> dict[str, Any]:
    index_status = status if status in ("CREATING", "DELETING") else "ACTIVE"
    return {
        "IndexStatus": index_status,
        "ProvisionedThroughput": index.throughput.describe(now),
        "OnDemandThroughput": index.on_demand_throughput,
        "WarmThroughput": _describe_warm(table, index.throughput, index.warm_throughput, index_status),
    }


def _describe_vector_indexes(table: Table, status: str) -> list[dict[str, Any]]:
    index_status = status if status in ("CREATING", "DELETING") else "ACTIVE"
    described = []
    for index in table.vector_indexes.values():
        items = (stored.read() for _, stored in table.items.ascending())
        sizes = [item_bytes(index.project(item)) for item in items if index.vector_of(item) is not None]
        described.append({**index.describe(index_status), "IndexSizeBytes": sum(sizes), "ItemCount": len(sizes)})
    return described


def _describe_billing(table: Table, status: str) -> dict[str, Any] | None:
    if table.on_demand_since is None:
        return None
    summary: dict[str, Any] = {"BillingMode": table.billing_mode or "PROVISIONED"}
    if status != "CREATING":
        summary["LastUpdateToPayPerRequestDateTime"] = table.on_demand_since
    return summary


def _describe_stream(table: Table) -> dict[str, Any]:
    described: dict[str, Any] = {}
    if table.stream_view_type is not None:
        described["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": table.stream_view_type}
    if table.stream_arn is not None:
        described["LatestStreamArn"] = table.stream_arn
        described["LatestStreamLabel"] = table.stream_arn.partition("/stream/")[2]
    return described


def _describe_replicas(table: Table) -> list[dict[str, Any]] | None:
    if table.global_table_version != REPLICAS_VERSION:
        return None
    return [_describe_replica(table, region) for region in table.replica_regions] or None


def _describe_replica(table: Table, region: str) -> dict[str, Any]:
    settings = table.replica_settings.get(region, {})
    described: dict[str, Any] = {"RegionName": region, "ReplicaStatus": "ACTIVE", **settings}
    account_id = table.replica_accounts.get(region)
    if account_id is not None:
        partition = table.arn.split(":")[1]
        described["ReplicaArn"] = f"arn:{partition}:dynamodb:{region}:{account_id}:table/{table.name}"
        described["GlobalTableSettingsReplicationMode"] = table.settings_replication_mode
    return described


def _describe_class(table: Table) -> dict[str, Any] | None:
    if table.table_class is None:
        return None
    return {"TableClass": table.table_class, "LastUpdateDateTime": table.table_class_changed_at}


def _describe_warm(
    table: Table, throughput: Throughput, given: dict[str, int] | None, status: str
) -> dict[str, Any] | None:
    if status != "ACTIVE":
        return {**given, "Status": "UPDATING"} if given is not None else None
    # AWS: what nobody set is what the table has: its provisioned units, or what every table on demand begins with
    # (recorded).
    return {**warm_units(throughput, given, on_demand=table.is_on_demand), "Status": "ACTIVE"}
