"""Global tables whose replicas belong to several accounts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from tests.services.dynamodb.definitions import index

OWNER, OTHER = "123456789012", "111122223333"
SOURCE = f"arn:aws:dynamodb:us-east-1:{OWNER}:table/music"
REPLICA = f"arn:aws:dynamodb:eu-west-1:{OTHER}:table/music"
REPLICATOR = "replication.dynamodb.amazonaws.com"
ACTIONS = ("ReadDataForReplication", "WriteDataForReplication", "ReplicateSettings")
INVALID = "One or more parameter values were invalid: "
ID = {"id": {"S": "a"}}

Make = Callable[..., dict[str, Any]]


def policy(*, actions: tuple[str, ...] = ACTIONS, associate: bool = True) -> str:
    statements: list[dict[str, Any]] = [
        {
            "Effect": "Allow",
            "Principal": {"Service": REPLICATOR},
            "Action": [f"dynamodb:{action}" for action in actions],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceAccount": [OWNER, OTHER]}},
        }
    ]
    if associate:
        statements.append(
            {
                "Effect": "Allow",
                "Principal": {"AWS": OTHER},
                "Action": "dynamodb:AssociateTableReplica",
                "Resource": SOURCE,
            }
        )
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


JOIN = {
    "TableName": "music",
    "GlobalTableSourceArn": SOURCE,
    "GlobalTableSettingsReplicationMode": "ENABLED",
    "ResourcePolicy": policy(associate=False),
}


@pytest.fixture
def other(cloud: Any) -> Any:
    """A client of another account, in another region."""
    return boto3.Session(OTHER, "testing", region_name="eu-west-1").client("dynamodb")


def test_a_replica_of_another_account_has_what_the_source_has(dynamodb: Any, other: Any, make_table: Make) -> None:
    made = make_table(
        also="g:S",
        GlobalSecondaryIndexes=[index("global", "g")],
        ResourcePolicy=policy(),
        GlobalTableSettingsReplicationMode="ENABLED",
    )
    assert made["GlobalTableSettingsReplicationMode"] == "ENABLED"
    dynamodb.put_item(TableName="music", Item={**ID, "g": {"S": "x"}})
    assert other.create_table(**JOIN)["TableDescription"]["TableStatus"] == "CREATING"
    table = other.describe_table(TableName="music")["Table"]
    assert table["TableArn"] == REPLICA
    assert table["ItemCount"] == 1
    assert [one["IndexName"] for one in table["GlobalSecondaryIndexes"]] == ["global"]
    assert table["GlobalTableVersion"] == "2019.11.21"
    seen = {"ReplicaStatus": "ACTIVE", "GlobalTableSettingsReplicationMode": "ENABLED"}
    assert table["Replicas"] == [{"RegionName": "us-east-1", "ReplicaArn": SOURCE, **seen}]
    source = dynamodb.describe_table(TableName="music")["Table"]
    assert source["Replicas"] == [{"RegionName": "eu-west-1", "ReplicaArn": REPLICA, **seen}]
    other.put_item(TableName="music", Item={"id": {"S": "b"}})
    dynamodb.delete_item(TableName="music", Key=ID)
    assert dynamodb.scan(TableName="music")["Items"] == [{"id": {"S": "b"}}]
    assert other.scan(TableName="music")["Items"] == [{"id": {"S": "b"}}]
    other.delete_table(TableName="music")
    assert "Replicas" not in dynamodb.describe_table(TableName="music")["Table"]


def test_only_who_may_can_join(dynamodb: Any, other: Any, make_table: Make, refusal: Any) -> None:
    make_table(GlobalTableSettingsReplicationMode="ENABLED")
    user = f"User: arn:aws:iam::{OTHER}:root is not authorized to perform: dynamodb:AssociateTableReplica"
    assert refusal(other.create_table, **JOIN) == (
        "AccessDeniedException",
        f"{user} on resource: {SOURCE} because no resource-based policy allows the dynamodb:AssociateTableReplica "
        "action",
    )
    dynamodb.put_resource_policy(ResourceArn=SOURCE, Policy=policy(actions=ACTIONS[:2]))
    assert refusal(other.create_table, **JOIN) == (
        "AccessDeniedException",
        f"User: {REPLICATOR} is not authorized to perform: dynamodb:ReplicateSettings on resource: {SOURCE} because no "
        "resource-based policy allows the dynamodb:ReplicateSettings action",
    )
    dynamodb.put_resource_policy(ResourceArn=SOURCE, Policy=policy())
    bare = {name: value for name, value in JOIN.items() if name != "ResourcePolicy"}
    assert refusal(other.create_table, **bare)[1].endswith(
        f"{REPLICA} because no resource-based policy allows the dynamodb:ReadDataForReplication action"
    )
    assert other.list_tables()["TableNames"] == []


def test_what_cannot_be_joined_is_refused(dynamodb: Any, other: Any, make_table: Make, invalid: Any) -> None:
    make_table(ResourcePolicy=policy())
    assert invalid(other.create_table, **{**JOIN, "GlobalTableSettingsReplicationMode": "DISABLED"}) == (
        INVALID + "GlobalTableSettingsReplicationMode must be ENABLED when GlobalTableSourceArn is specified"
    )
    assert invalid(other.create_table, **JOIN) == (
        INVALID + "GlobalTableSettingsReplicationMode of the table in GlobalTableSourceArn must be ENABLED"
    )
    dynamodb.update_table(TableName="music", GlobalTableSettingsReplicationMode="ENABLED")
    assert invalid(other.create_table, **{**JOIN, "TableName": "songs"}) == (
        INVALID + "TableName must be the name of the table in GlobalTableSourceArn"
    )
    assert invalid(dynamodb.create_table, **{**JOIN, "TableName": "music"}) == (
        INVALID + "GlobalTableSourceArn must be of another account and another Region"
    )
    keys: dict[str, Any] = {
        "KeySchema": [{"AttributeName": "nr", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "nr", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    assert invalid(other.create_table, **JOIN, **keys) == (
        INVALID + "KeySchema and indexes must be those of the table in GlobalTableSourceArn"
    )
