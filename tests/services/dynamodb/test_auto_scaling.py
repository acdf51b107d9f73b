"""Auto scaling settings of replicas and of legacy global tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.dynamodb.definitions import index

Make = Callable[..., dict[str, Any]]

STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
UPDATE = {
    "MinimumUnits": 5,
    "MaximumUnits": 50,
    "AutoScalingRoleArn": "arn:aws:iam::123456789012:role/scaling",
    "ScalingPolicyUpdate": {"TargetTrackingScalingPolicyConfiguration": {"TargetValue": 70.0, "DisableScaleIn": True}},
}
OFF = {"AutoScalingDisabled": True}


def settings(side: str, subject: str) -> dict[str, Any]:
    return {
        "MinimumUnits": 5,
        "MaximumUnits": 50,
        "AutoScalingDisabled": False,
        "AutoScalingRoleArn": "arn:aws:iam::123456789012:role/scaling",
        "ScalingPolicies": [
            {
                "PolicyName": f"DynamoDB{side}CapacityUtilization:{subject}",
                "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 70.0, "DisableScaleIn": True},
            }
        ],
    }


@pytest.fixture
def provisioned(make_table: Make) -> None:
    definition = {**index("byg", "g"), "ProvisionedThroughput": UNITS}
    make_table(also="g:S", ProvisionedThroughput=UNITS, GlobalSecondaryIndexes=[definition], StreamSpecification=STREAM)


def test_replicas_write_alike_and_read_each_for_itself(dynamodb: Any, provisioned: None) -> None:
    dynamodb.update_table(TableName="music", ReplicaUpdates=[{"Create": {"RegionName": "eu-west-1"}}])
    updated = dynamodb.update_table_replica_auto_scaling(
        TableName="music",
        ProvisionedWriteCapacityAutoScalingUpdate=UPDATE,
        GlobalSecondaryIndexUpdates=[{"IndexName": "byg", "ProvisionedWriteCapacityAutoScalingUpdate": UPDATE}],
        ReplicaUpdates=[
            {
                "RegionName": "eu-west-1",
                "ReplicaProvisionedReadCapacityAutoScalingUpdate": UPDATE,
                "ReplicaGlobalSecondaryIndexUpdates": [
                    {"IndexName": "byg", "ProvisionedReadCapacityAutoScalingUpdate": UPDATE}
                ],
            }
        ],
    )["TableAutoScalingDescription"]
    described = dynamodb.describe_table_replica_auto_scaling(TableName="music")["TableAutoScalingDescription"]
    assert updated == {**described, "TableStatus": "UPDATING"}
    table, byg = "table/music", "table/music/index/byg"
    assert described == {
        "TableName": "music",
        "TableStatus": "ACTIVE",
        "Replicas": [
            {
                "RegionName": region,
                "GlobalSecondaryIndexes": [
                    {
                        "IndexName": "byg",
                        "IndexStatus": "ACTIVE",
                        "ProvisionedReadCapacityAutoScalingSettings": settings("Read", byg) if is_set else OFF,
                        "ProvisionedWriteCapacityAutoScalingSettings": settings("Write", byg),
                    }
                ],
                "ReplicaProvisionedReadCapacityAutoScalingSettings": settings("Read", table) if is_set else OFF,
                "ReplicaProvisionedWriteCapacityAutoScalingSettings": settings("Write", table),
                "ReplicaStatus": "ACTIVE",
            }
            for region, is_set in (("eu-west-1", True), ("us-east-1", False))
        ],
    }


def test_auto_scaling_that_makes_no_sense_is_refused(dynamodb: Any, provisioned: None, refusal: Any) -> None:
    update = dynamodb.update_table_replica_auto_scaling
    assert refusal(dynamodb.describe_table_replica_auto_scaling, TableName="other") == (
        "ResourceNotFoundException",
        "Requested resource not found: Table: other not found",
    )
    backwards = {"MinimumUnits": 9, "MaximumUnits": 1}
    assert refusal(update, TableName="music", ProvisionedWriteCapacityAutoScalingUpdate=backwards) == (
        "ValidationException",
        "One or more parameter values were invalid: MinimumUnits must be less than or equal to MaximumUnits",
    )
    assert refusal(update, TableName="music", GlobalSecondaryIndexUpdates=[{"IndexName": "none"}]) == (
        "ResourceNotFoundException",
        "Requested resource not found: Index: none for table: music not found",
    )
    assert refusal(update, TableName="music", ReplicaUpdates=[{"RegionName": "eu-west-1"}])[0] == "ValidationException"


def test_an_index_without_a_name_is_refused(dynamodb: Any, provisioned: None, refusal: Any) -> None:
    wanted = ("ValidationException", "One or more parameter values were invalid: IndexName must be specified")
    update = dynamodb.update_table_replica_auto_scaling
    assert refusal(update, TableName="music", GlobalSecondaryIndexUpdates=[{}]) == wanted
    replica = {"RegionName": "us-east-1", "ReplicaGlobalSecondaryIndexUpdates": [{}]}
    assert refusal(update, TableName="music", ReplicaUpdates=[replica]) == wanted


def test_a_legacy_global_table_shows_and_takes_settings(dynamodb: Any, provisioned: None, refusal: Any) -> None:
    assert refusal(dynamodb.describe_global_table_settings, GlobalTableName="music") == (
        "GlobalTableNotFoundException",
        "Global table not found: Global table with name: 'music' not found",
    )
    dynamodb.create_global_table(GlobalTableName="music", ReplicationGroup=[{"RegionName": "us-east-1"}])
    before = dynamodb.describe_global_table_settings(GlobalTableName="music")
    expected = {
        "RegionName": "us-east-1",
        "ReplicaStatus": "ACTIVE",
        "ReplicaBillingModeSummary": {"BillingMode": "PROVISIONED"},
        "ReplicaProvisionedReadCapacityUnits": 5,
        "ReplicaProvisionedReadCapacityAutoScalingSettings": OFF,
        "ReplicaProvisionedWriteCapacityUnits": 5,
        "ReplicaProvisionedWriteCapacityAutoScalingSettings": OFF,
        "ReplicaGlobalSecondaryIndexSettings": [
            {
                "IndexName": "byg",
                "IndexStatus": "ACTIVE",
                "ProvisionedReadCapacityUnits": 5,
                "ProvisionedReadCapacityAutoScalingSettings": OFF,
                "ProvisionedWriteCapacityUnits": 5,
                "ProvisionedWriteCapacityAutoScalingSettings": OFF,
            }
        ],
    }
    assert (before["GlobalTableName"], before["ReplicaSettings"]) == ("music", [expected])
    dynamodb.update_global_table_settings(
        GlobalTableName="music",
        GlobalTableProvisionedWriteCapacityUnits=20,
        GlobalTableGlobalSecondaryIndexSettingsUpdate=[{"IndexName": "byg", "ProvisionedWriteCapacityUnits": 30}],
        ReplicaSettingsUpdate=[
            {
                "RegionName": "us-east-1",
                "ReplicaProvisionedReadCapacityUnits": 40,
                "ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate": UPDATE,
                "ReplicaTableClass": "STANDARD_INFREQUENT_ACCESS",
            }
        ],
    )
    [after] = dynamodb.describe_global_table_settings(GlobalTableName="music")["ReplicaSettings"]
    assert after["ReplicaProvisionedWriteCapacityUnits"] == 20
    assert after["ReplicaProvisionedReadCapacityUnits"] == 40
    assert after["ReplicaGlobalSecondaryIndexSettings"][0]["ProvisionedWriteCapacityUnits"] == 30
    assert after["ReplicaProvisionedReadCapacityAutoScalingSettings"] == settings("Read", "table/music")
    assert after["ReplicaTableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    table = dynamodb.describe_table(TableName="music")["Table"]
    throughput = table["ProvisionedThroughput"]
    assert (throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]) == (40, 20)


def test_settings_for_what_is_not_there_are_refused(dynamodb: Any, provisioned: None, refusal: Any) -> None:
    dynamodb.create_global_table(GlobalTableName="music", ReplicationGroup=[{"RegionName": "us-east-1"}])
    update = dynamodb.update_global_table_settings
    nowhere = [{"RegionName": "eu-west-1", "ReplicaProvisionedReadCapacityUnits": 1}]
    assert refusal(update, GlobalTableName="music", ReplicaSettingsUpdate=nowhere)[0] == "ReplicaNotFoundException"
    none = [{"IndexName": "none", "ProvisionedWriteCapacityUnits": 1}]
    code, _ = refusal(update, GlobalTableName="music", GlobalTableGlobalSecondaryIndexSettingsUpdate=none)
    assert code == "IndexNotFoundException"


def test_units_come_into_the_range_at_once(dynamodb: Any, provisioned: None) -> None:
    dynamodb.update_table(TableName="music", ReplicaUpdates=[{"Create": {"RegionName": "eu-west-1"}}])
    raised, lowered = {**UPDATE, "MinimumUnits": 20}, {**UPDATE, "MinimumUnits": 1, "MaximumUnits": 3}
    dynamodb.update_table_replica_auto_scaling(
        TableName="music",
        ProvisionedWriteCapacityAutoScalingUpdate=raised,
        GlobalSecondaryIndexUpdates=[{"IndexName": "byg", "ProvisionedWriteCapacityAutoScalingUpdate": lowered}],
        ReplicaUpdates=[
            {"RegionName": "us-east-1", "ReplicaProvisionedReadCapacityAutoScalingUpdate": {**raised, **OFF}}
        ],
    )
    table = dynamodb.describe_table(TableName="music")["Table"]
    throughput = table["ProvisionedThroughput"]
    assert (throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]) == (5, 20)
    assert "LastIncreaseDateTime" in throughput
    of_index = table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]
    assert (of_index["WriteCapacityUnits"], of_index["NumberOfDecreasesToday"]) == (3, 1)


def test_a_table_on_demand_has_no_units_to_scale(dynamodb: Any, make_table: Make) -> None:
    make_table(StreamSpecification=STREAM)
    dynamodb.update_table_replica_auto_scaling(TableName="music", ProvisionedWriteCapacityAutoScalingUpdate=UPDATE)
    throughput = dynamodb.describe_table(TableName="music")["Table"]["ProvisionedThroughput"]
    assert throughput["WriteCapacityUnits"] == 0
