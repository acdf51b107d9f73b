"""UpdateTable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.dynamodb.definitions import index

Make = Callable[..., dict[str, Any]]
Invalid = Callable[..., str]


def described(client: Any) -> dict[str, Any]:
    table: dict[str, Any] = client.describe_table(TableName="music")["Table"]
    return table


def create_index(client: Any, name: str = "byg", keys: str = "g", also: str = "id:S g:S", **members: Any) -> Any:
    return client.update_table(
        TableName="music",
        AttributeDefinitions=[
            {"AttributeName": one.split(":")[0], "AttributeType": one.split(":")[1]} for one in also.split()
        ],
        GlobalSecondaryIndexUpdates=[{"Create": {**index(name, keys), **members}}],
    )


def test_a_new_index_finds_what_is_there(dynamodb: Any, make_table: Make) -> None:
    make_table()
    for number in range(5):
        item = {"id": {"S": str(number)}, **({"g": {"S": "g"}} if number % 2 else {})}
        dynamodb.put_item(TableName="music", Item=item)
    answer = create_index(dynamodb)["TableDescription"]
    assert answer["TableStatus"] == "UPDATING"
    table = described(dynamodb)
    assert [one["AttributeName"] for one in table["AttributeDefinitions"]] == ["id", "g"]
    assert table["GlobalSecondaryIndexes"][0]["ItemCount"] == 2
    assert dynamodb.scan(TableName="music", IndexName="byg")["Count"] == 2


def test_a_new_index_leaves_out_what_it_cannot_hold(dynamodb: Any, make_table: Make, contents: Any) -> None:
    make_table()
    for number, value in enumerate([{"S": ""}, {"N": "1"}, {"S": "x" * 2049}, {"S": "good"}]):
        dynamodb.put_item(TableName="music", Item={"id": {"S": str(number)}, "g": value})
    create_index(dynamodb)
    assert contents(IndexName="byg") == [{"id": {"S": "3"}, "g": {"S": "good"}}]
    # Such an item can still be changed and deleted.
    update = {"UpdateExpression": "SET x = :x", "ExpressionAttributeValues": {":x": {"S": "x"}}}
    dynamodb.update_item(TableName="music", Key={"id": {"S": "0"}}, **update)
    for number in range(4):
        dynamodb.delete_item(TableName="music", Key={"id": {"S": str(number)}})
    assert described(dynamodb)["GlobalSecondaryIndexes"][0]["ItemCount"] == 0


def test_an_index_can_be_deleted(dynamodb: Any, make_table: Make, refusal: Any) -> None:
    make_table(also="g:S", GlobalSecondaryIndexes=[index("byg", "g")])
    delete = [{"Delete": {"IndexName": "byg"}}]
    dynamodb.update_table(TableName="music", GlobalSecondaryIndexUpdates=delete)
    table = described(dynamodb)
    assert "GlobalSecondaryIndexes" not in table
    assert [one["AttributeName"] for one in table["AttributeDefinitions"]] == ["id"]
    code, _ = refusal(dynamodb.update_table, TableName="music", GlobalSecondaryIndexUpdates=delete)
    assert code == "ResourceNotFoundException"


def test_an_index_that_makes_no_sense_is_refused(
    dynamodb: Any, make_table: Make, invalid: Invalid, refusal: Any
) -> None:
    make_table(also="g:S", GlobalSecondaryIndexes=[index("byg", "g")])
    assert invalid(create_index, client=dynamodb) == "Attempting to create an index which already exists"
    assert invalid(create_index, client=dynamodb, name="other", keys="x", also="id:S") == (
        "One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. "
        "Keys: [x], AttributeDefinitions: [id, g]"
    )
    updates = [{"Create": index("one", "g")}, {"Create": index("two", "g")}]
    assert refusal(dynamodb.update_table, TableName="music", GlobalSecondaryIndexUpdates=updates) == (
        "LimitExceededException",
        "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    )


def test_the_answer_shows_indexes_under_way(dynamodb: Any, make_table: Make) -> None:
    make_table()

    def shown(answer: dict[str, Any]) -> list[tuple[str, str, Any]]:
        indexes = answer["TableDescription"]["GlobalSecondaryIndexes"]
        return [(one["IndexName"], one["IndexStatus"], one.get("Backfilling")) for one in indexes]

    assert shown(create_index(dynamodb)) == [("byg", "CREATING", False)]
    assert [one["IndexStatus"] for one in described(dynamodb)["GlobalSecondaryIndexes"]] == ["ACTIVE"]
    update = {"Update": {"IndexName": "byg", "OnDemandThroughput": {"MaxReadRequestUnits": 5}}}
    answer = dynamodb.update_table(TableName="music", GlobalSecondaryIndexUpdates=[update])
    assert shown(answer) == [("byg", "UPDATING", None)]
    answer = dynamodb.update_table(TableName="music", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "byg"}}])
    assert shown(answer) == [("byg", "DELETING", None)]


def test_updates_of_indexes_that_make_no_sense_are_refused(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table(also="g:S", GlobalSecondaryIndexes=[index("byg", "g")])
    update = {"Update": {"IndexName": "byg"}}
    assert invalid(dynamodb.update_table, TableName="music", GlobalSecondaryIndexUpdates=[update, update]) == (
        "One or more parameter values were invalid: Only one global secondary index update per index is allowed "
        "simultaneously. Index: byg"
    )
    assert invalid(dynamodb.update_table, TableName="music", GlobalSecondaryIndexUpdates=[{}]) == (
        "One or more parameter values were invalid: One of GlobalSecondaryIndexUpdate.Update, "
        "GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null"
    )


def test_a_refused_update_changes_nothing(dynamodb: Any, make_table: Make, refusal: Any) -> None:
    make_table(also="g:S", GlobalSecondaryIndexes=[index("byg", "g")])
    dynamodb.put_item(TableName="music", Item={"id": {"S": "a"}, "g": {"S": "g"}})
    before = described(dynamodb)
    five = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    refusal(
        dynamodb.update_table,
        TableName="music",
        BillingMode="PROVISIONED",
        ProvisionedThroughput=five,
        TableClass="STANDARD_INFREQUENT_ACCESS",
        GlobalSecondaryIndexUpdates=[
            {"Update": {"IndexName": "byg", "ProvisionedThroughput": five}},
            {"Delete": {"IndexName": "none"}},
        ],
    )
    assert described(dynamodb) == before
    there = [{"Create": {"RegionName": "us-east-1"}}]
    refusal(dynamodb.update_table, TableName="music", DeletionProtectionEnabled=True, ReplicaUpdates=there)
    assert described(dynamodb) == before
    assert dynamodb.scan(TableName="music", IndexName="byg")["Count"] == 1


def test_throughput_changes(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    five = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    make_table(ProvisionedThroughput=five)
    assert invalid(dynamodb.update_table, TableName="music", ProvisionedThroughput=five) == (
        "The provisioned throughput for the table will not change. The requested value equals the current value. "
        "Current ReadCapacityUnits provisioned for the table: 5. Requested ReadCapacityUnits: 5. Current "
        "WriteCapacityUnits provisioned for the table: 5. Requested WriteCapacityUnits: 5. Refer to the Amazon "
        "DynamoDB Developer Guide for current limits and how to request higher limits."
    )
    dynamodb.update_table(TableName="music", ProvisionedThroughput={"ReadCapacityUnits": 9, "WriteCapacityUnits": 1})
    throughput = described(dynamodb)["ProvisionedThroughput"]
    assert throughput.pop("LastIncreaseDateTime") == throughput.pop("LastDecreaseDateTime")
    assert throughput == {"NumberOfDecreasesToday": 1, "ReadCapacityUnits": 9, "WriteCapacityUnits": 1}


def test_billing_changes_there_and_back(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    five = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    make_table(ProvisionedThroughput=five)
    dynamodb.update_table(TableName="music", BillingMode="PAY_PER_REQUEST")
    table = described(dynamodb)
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    assert invalid(dynamodb.update_table, TableName="music", BillingMode="PROVISIONED") == (
        "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified "
        "when BillingMode is PROVISIONED"
    )
    dynamodb.update_table(TableName="music", BillingMode="PROVISIONED", ProvisionedThroughput=five)
    table = described(dynamodb)
    assert table["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 5


def test_a_stream_is_enabled_and_disabled(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table()
    on = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    dynamodb.update_table(TableName="music", StreamSpecification=on)
    first = described(dynamodb)["LatestStreamArn"]
    assert (
        invalid(dynamodb.update_table, TableName="music", StreamSpecification=on)
        == "Table already has an enabled stream: TableName: music"
    )
    dynamodb.update_table(TableName="music", StreamSpecification={"StreamEnabled": False})
    table = described(dynamodb)
    assert "StreamSpecification" not in table
    assert table["LatestStreamArn"] == first
    dynamodb.update_table(TableName="music", StreamSpecification=on)
    assert described(dynamodb)["LatestStreamArn"] != first


def test_other_settings_change(dynamodb: Any, make_table: Make) -> None:
    make_table()
    dynamodb.update_table(
        TableName="music",
        TableClass="STANDARD_INFREQUENT_ACCESS",
        SSESpecification={"Enabled": True, "KMSMasterKeyId": "alias/mine"},
        OnDemandThroughput={"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 20},
    )
    table = described(dynamodb)
    assert table["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert table["SSEDescription"]["KMSMasterKeyArn"] == "arn:aws:kms:us-east-1:123456789012:alias/mine"
    assert table["OnDemandThroughput"] == {"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 20}
    answer = dynamodb.update_table(TableName="music", SSESpecification={"Enabled": False})
    assert answer["TableDescription"]["SSEDescription"] == {
        "Status": "UPDATING",
        "SSEType": "KMS",
        "KMSMasterKeyArn": "arn:aws:kms:us-east-1:123456789012:alias/mine",
    }
    assert "SSEDescription" not in described(dynamodb)


@pytest.mark.parametrize("exists", [True, False])
def test_an_update_changes_something(dynamodb: Any, make_table: Make, invalid: Invalid, exists: bool) -> None:
    if exists:
        make_table()
    assert invalid(dynamodb.update_table, TableName="music") == (
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or "
        "SSESpecification or ReplicaUpdates is required"
    )


def test_a_table_that_is_not_there_is_not_updated(dynamodb: Any, refusal: Any) -> None:
    assert refusal(dynamodb.update_table, TableName="music", DeletionProtectionEnabled=True) == (
        "ResourceNotFoundException",
        "Requested resource not found: Table: music not found",
    )


def test_tables_share_the_managed_key(dynamodb: Any, make_table: Make) -> None:
    keys = {
        make_table(name, SSESpecification={"Enabled": True})["SSEDescription"]["KMSMasterKeyArn"]
        for name in ("one", "two")
    }
    assert len(keys) == 1
    assert keys.pop().startswith("arn:aws:kms:us-east-1:123456789012:key/")


def test_limits_on_demand_are_none_or_one_at_least(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    invalid_values = "One or more parameter values were invalid: "
    reason = invalid_values + "Requested {} for OnDemandThroughput for {} is outside of valid range"
    table = reason.format("MaxWriteRequestUnits", "table")
    assert invalid(make_table, OnDemandThroughput={"MaxReadRequestUnits": 1, "MaxWriteRequestUnits": 0}) == table
    make_table(also="g:S", GlobalSecondaryIndexes=[index("byg", "g")], OnDemandThroughput={"MaxReadRequestUnits": -1})
    assert invalid(dynamodb.update_table, TableName="music", OnDemandThroughput={"MaxWriteRequestUnits": -2}) == table
    update = {"Update": {"IndexName": "byg", "OnDemandThroughput": {"MaxReadRequestUnits": 0}}}
    message = invalid(dynamodb.update_table, TableName="music", GlobalSecondaryIndexUpdates=[update])
    assert message == reason.format("MaxReadRequestUnits", "index: byg")


def test_warm_throughput_only_grows(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    def warm() -> dict[str, Any]:
        found: dict[str, Any] = dynamodb.describe_table(TableName="music")["Table"]["WarmThroughput"]
        return found

    lower = (
        "One or more parameter values were invalid: Requested {} for WarmThroughput for table is lower than the "
        "current WarmThroughput, decreasing WarmThroughput is not supported"
    )
    assert invalid(make_table, WarmThroughput={"ReadUnitsPerSecond": 11_999}) == lower.format("ReadUnitsPerSecond")
    make_table(
        ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
        WarmThroughput={"ReadUnitsPerSecond": 100, "WriteUnitsPerSecond": 50},
    )
    dynamodb.update_table(TableName="music", WarmThroughput={"ReadUnitsPerSecond": 200})
    assert warm() == {"ReadUnitsPerSecond": 200, "WriteUnitsPerSecond": 50, "Status": "ACTIVE"}
    message = invalid(dynamodb.update_table, TableName="music", WarmThroughput={"WriteUnitsPerSecond": 49})
    assert message == lower.format("WriteUnitsPerSecond")
    more = {"ReadCapacityUnits": 300, "WriteCapacityUnits": 5}
    dynamodb.update_table(TableName="music", ProvisionedThroughput=more)
    assert warm() == {"ReadUnitsPerSecond": 300, "WriteUnitsPerSecond": 50, "Status": "ACTIVE"}


def test_units_are_lowered_four_times_a_day_and_then_once_an_hour(
    dynamodb: Any, make_table: Make, refusal: Any, cloud: Any
) -> None:
    day = 86_400
    cloud.clock.advance(seconds=day - cloud.clock.time() % day)  # a new day begins
    make_table(ProvisionedThroughput={"ReadCapacityUnits": 20, "WriteCapacityUnits": 1})

    def lower(to: int) -> dict[str, Any]:
        return {
            "TableName": "music",
            "ProvisionedThroughput": {"ReadCapacityUnits": to, "WriteCapacityUnits": 1},
        }

    def decreases() -> int:
        found: int = described(dynamodb)["ProvisionedThroughput"]["NumberOfDecreasesToday"]
        return found

    for units in (19, 18, 17, 16):
        dynamodb.update_table(**lower(units))
    code, message = refusal(dynamodb.update_table, **lower(15))
    assert code == "LimitExceededException"
    assert message.startswith(
        "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the "
        "first 4 decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 "
        "seconds. Number of decreases today: 4. Last decrease at "
    )
    dynamodb.update_table(**lower(30))  # raising them is free
    cloud.clock.advance(seconds=3600)
    dynamodb.update_table(**lower(15))
    assert decreases() == 5
    cloud.clock.advance(seconds=day)
    assert decreases() == 0
    dynamodb.update_table(**lower(14))
    assert decreases() == 1


def test_a_table_is_switched_to_on_demand_four_times_a_day(
    dynamodb: Any, make_table: Make, refusal: Any, cloud: Any
) -> None:
    five = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    make_table(ProvisionedThroughput=five)
    for _ in range(4):
        dynamodb.update_table(TableName="music", BillingMode="PAY_PER_REQUEST")
        dynamodb.update_table(TableName="music", BillingMode="PROVISIONED", ProvisionedThroughput=five)
        cloud.clock.advance(seconds=3600)
    assert refusal(dynamodb.update_table, TableName="music", BillingMode="PAY_PER_REQUEST") == (
        "LimitExceededException",
        "Subscriber limit exceeded: Update to PayPerRequest mode are limited to 4 times in 1 day(s).",
    )
    assert described(dynamodb)["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    cloud.clock.advance(seconds=20 * 3600)  # a day after the first switch
    dynamodb.update_table(TableName="music", BillingMode="PAY_PER_REQUEST")
    assert described(dynamodb)["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
