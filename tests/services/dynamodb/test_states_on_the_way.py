"""States that take their time where a test asks for it, and identifiers that it chooses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.dynamodb.definitions import index

Make = Callable[..., dict[str, Any]]
Refusal = Callable[..., tuple[str, str]]

BY_G = {"Create": index("byg", "g")}
G = [{"AttributeName": "g", "AttributeType": "S"}]
ONE_AT_A_TIME = "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"


def table(dynamodb: Any) -> dict[str, Any]:
    described: dict[str, Any] = dynamodb.describe_table(TableName="music")["Table"]
    return described


def add_index(dynamodb: Any) -> None:
    dynamodb.update_table(TableName="music", AttributeDefinitions=G, GlobalSecondaryIndexUpdates=[BY_G])


def query_index(dynamodb: Any) -> dict[str, Any]:
    answer: dict[str, Any] = dynamodb.query(
        TableName="music",
        IndexName="byg",
        KeyConditionExpression="g = :g",
        ExpressionAttributeValues={":g": {"S": "x"}},
    )
    return answer


def test_an_index_is_backfilled_while_its_table_is_used(
    cloud: Any, dynamodb: Any, make_table: Make, invalid: Callable[..., str]
) -> None:
    make_table()
    dynamodb.put_item(TableName="music", Item={"id": {"S": "before"}, "g": {"S": "x"}})
    cloud.transitions.set("dynamodb.index", after_seconds=60)
    add_index(dynamodb)
    described = table(dynamodb)
    assert described["TableStatus"] == "ACTIVE"
    (shown,) = described["GlobalSecondaryIndexes"]
    assert (shown["IndexStatus"], shown["Backfilling"]) == ("CREATING", True)
    assert invalid(query_index, dynamodb=dynamodb) == "Cannot read from backfilling global secondary index: byg"
    statement = 'SELECT * FROM "music"."byg"'
    assert invalid(dynamodb.execute_statement, Statement=statement).startswith("Cannot read from backfilling")
    dynamodb.put_item(TableName="music", Item={"id": {"S": "meanwhile"}, "g": {"S": "x"}})
    cloud.clock.advance(seconds=60)
    (shown,) = table(dynamodb)["GlobalSecondaryIndexes"]
    assert shown["IndexStatus"] == "ACTIVE"
    assert "Backfilling" not in shown
    assert query_index(dynamodb)["Count"] == 2


def test_an_index_that_is_made_can_be_taken_back_but_not_joined_by_another(
    cloud: Any, dynamodb: Any, make_table: Make, refusal: Refusal
) -> None:
    make_table()
    cloud.transitions.set("dynamodb.index", after_seconds=60)
    add_index(dynamodb)
    another = {"Create": index("byh", "g")}
    refused = refusal(
        dynamodb.update_table, TableName="music", AttributeDefinitions=G, GlobalSecondaryIndexUpdates=[another]
    )
    assert refused == ("LimitExceededException", ONE_AT_A_TIME)
    change = {"Update": {"IndexName": "byg", "OnDemandThroughput": {"MaxReadRequestUnits": 5}}}
    code, _ = refusal(dynamodb.update_table, TableName="music", GlobalSecondaryIndexUpdates=[change])
    assert code == "ResourceInUseException"
    deletion = [{"Delete": {"IndexName": "byg"}}]
    dynamodb.update_table(TableName="music", GlobalSecondaryIndexUpdates=deletion)
    assert table(dynamodb)["GlobalSecondaryIndexes"][0]["IndexStatus"] == "DELETING"
    refused = refusal(dynamodb.update_table, TableName="music", GlobalSecondaryIndexUpdates=deletion)
    assert refused == ("LimitExceededException", ONE_AT_A_TIME)
    cloud.clock.advance(seconds=60)
    described = table(dynamodb)
    assert "GlobalSecondaryIndexes" not in described
    assert described["AttributeDefinitions"] == [{"AttributeName": "id", "AttributeType": "S"}]


def test_an_index_that_goes_is_not_read(
    cloud: Any, dynamodb: Any, make_table: Make, invalid: Callable[..., str]
) -> None:
    make_table(also="g:S", GlobalSecondaryIndexes=[index("byg", "g")])
    cloud.transitions.set("dynamodb.index", after_calls=1)
    dynamodb.update_table(TableName="music", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "byg"}}])
    assert invalid(query_index, dynamodb=dynamodb) == "The table does not have the specified index: byg"
    assert table(dynamodb)["GlobalSecondaryIndexes"][0]["IndexStatus"] == "DELETING"
    assert "GlobalSecondaryIndexes" not in table(dynamodb)


def test_a_replica_takes_its_time(cloud: Any, dynamodb: Any, make_table: Make) -> None:
    make_table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    cloud.transitions.set("dynamodb.replica", after_seconds=60)
    region = {"RegionName": "eu-west-1"}
    dynamodb.update_table(TableName="music", ReplicaUpdates=[{"Create": region}])
    assert table(dynamodb)["Replicas"] == [{**region, "ReplicaStatus": "CREATING"}]
    cloud.clock.advance(seconds=60)
    assert table(dynamodb)["Replicas"] == [{**region, "ReplicaStatus": "ACTIVE"}]
    dynamodb.update_table(TableName="music", ReplicaUpdates=[{"Delete": region}])
    assert table(dynamodb)["Replicas"] == [{**region, "ReplicaStatus": "DELETING"}]
    cloud.clock.advance(seconds=60)
    assert "Replicas" not in table(dynamodb)


def test_a_backup_is_in_use_while_it_is_made(cloud: Any, dynamodb: Any, make_table: Make, refusal: Refusal) -> None:
    make_table()
    cloud.transitions.set("dynamodb.backup", after_seconds=60)
    arn = dynamodb.create_backup(TableName="music", BackupName="nightly")["BackupDetails"]["BackupArn"]
    details = dynamodb.describe_backup(BackupArn=arn)["BackupDescription"]["BackupDetails"]
    assert details["BackupStatus"] == "CREATING"
    assert dynamodb.list_backups()["BackupSummaries"][0]["BackupStatus"] == "CREATING"
    for call, members in (
        (dynamodb.delete_backup, {}),
        (dynamodb.restore_table_from_backup, {"TargetTableName": "restored"}),
    ):
        assert refusal(call, BackupArn=arn, **members)[0] == "BackupInUseException"
    cloud.clock.advance(seconds=60)
    deleted = dynamodb.delete_backup(BackupArn=arn)["BackupDescription"]["BackupDetails"]
    assert deleted["BackupStatus"] == "DELETED"


def test_a_table_being_restored_says_so(cloud: Any, dynamodb: Any, make_table: Make) -> None:
    make_table()
    arn = dynamodb.create_backup(TableName="music", BackupName="nightly")["BackupDetails"]["BackupArn"]
    cloud.transitions.set("dynamodb.table", after_calls=1)
    dynamodb.restore_table_from_backup(TargetTableName="restored", BackupArn=arn)
    for status, in_progress in (("CREATING", True), ("ACTIVE", False)):
        described = dynamodb.describe_table(TableName="restored")["Table"]
        assert (described["TableStatus"], described["RestoreSummary"]["RestoreInProgress"]) == (status, in_progress)


def test_nothing_expires_before_time_to_live_is_in_force(
    cloud: Any, dynamodb: Any, make_table: Make, invalid: Callable[..., str]
) -> None:
    make_table()
    cloud.transitions.set("dynamodb.time-to-live", after_seconds=3600)
    until = int(cloud.clock.time()) + 60
    dynamodb.put_item(TableName="music", Item={"id": {"S": "a"}, "until": {"N": str(until)}})
    wanted = {"Enabled": True, "AttributeName": "until"}
    dynamodb.update_time_to_live(TableName="music", TimeToLiveSpecification=wanted)
    describe = dynamodb.describe_time_to_live
    shown = {"TimeToLiveStatus": "ENABLING", "AttributeName": "until"}
    assert describe(TableName="music")["TimeToLiveDescription"] == shown
    stop = {**wanted, "Enabled": False}
    assert invalid(dynamodb.update_time_to_live, TableName="music", TimeToLiveSpecification=stop) == (
        "Time to live has been modified multiple times within a fixed interval"
    )
    cloud.clock.advance(seconds=120)
    assert dynamodb.scan(TableName="music")["Count"] == 1
    cloud.clock.advance(seconds=3600)
    assert dynamodb.scan(TableName="music")["Count"] == 0
    dynamodb.update_time_to_live(TableName="music", TimeToLiveSpecification=stop)
    assert describe(TableName="music")["TimeToLiveDescription"] == {**shown, "TimeToLiveStatus": "DISABLING"}
    cloud.clock.advance(seconds=3600)
    assert describe(TableName="music")["TimeToLiveDescription"] == {"TimeToLiveStatus": "DISABLED"}


def test_a_stream_is_enabling_and_disabling(cloud: Any, dynamodb: Any, make_table: Make) -> None:
    cloud.transitions.set("dynamodb.stream", after_calls=1)
    on = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    arn = make_table(StreamSpecification=on)["LatestStreamArn"]
    streams = cloud.client("dynamodbstreams")

    def status() -> str:
        found: str = streams.describe_stream(StreamArn=arn)["StreamDescription"]["StreamStatus"]
        return found

    assert [status(), status()] == ["ENABLING", "ENABLED"]
    dynamodb.update_table(TableName="music", StreamSpecification={"StreamEnabled": False})
    assert [status(), status()] == ["DISABLING", "DISABLED"]


def test_a_kinesis_destination_takes_its_time(
    cloud: Any, dynamodb: Any, make_table: Make, invalid: Callable[..., str]
) -> None:
    make_table()
    cloud.transitions.set("dynamodb.kinesis-destination", after_calls=1)
    names = {"TableName": "music", "StreamArn": "arn:aws:kinesis:us-east-1:123456789012:stream/changes"}

    def status() -> str:
        answer = dynamodb.describe_kinesis_streaming_destination(TableName="music")
        found: str = answer["KinesisDataStreamDestinations"][0]["DestinationStatus"]
        return found

    dynamodb.enable_kinesis_streaming_destination(**names)
    # Not sent yet: there is no stream that it could go to, and no failed task tells of it.
    dynamodb.put_item(TableName="music", Item={"id": {"S": "a"}})
    assert cloud.schedule.failures == []
    assert invalid(dynamodb.disable_kinesis_streaming_destination, **names).startswith(
        "Table is not in a valid state to disable Kinesis Streaming Destination"
    )
    assert [status(), status()] == ["ENABLING", "ACTIVE"]
    precision = {"ApproximateCreationDateTimePrecision": "MICROSECOND"}
    dynamodb.update_kinesis_streaming_destination(**names, UpdateKinesisStreamingConfiguration=precision)
    assert [status(), status()] == ["UPDATING", "ACTIVE"]
    dynamodb.disable_kinesis_streaming_destination(**names)
    assert [status(), status()] == ["DISABLING", "DISABLED"]


def test_contributor_insights_take_their_time(cloud: Any, dynamodb: Any, make_table: Make) -> None:
    make_table()
    cloud.transitions.set("dynamodb.contributor-insights", after_calls=1)

    def status() -> str:
        found: str = dynamodb.describe_contributor_insights(TableName="music")["ContributorInsightsStatus"]
        return found

    dynamodb.update_contributor_insights(TableName="music", ContributorInsightsAction="ENABLE")
    (summary,) = dynamodb.list_contributor_insights()["ContributorInsightsSummaries"]
    assert summary["ContributorInsightsStatus"] == "ENABLING"
    assert [status(), status()] == ["ENABLING", "ENABLED"]
    dynamodb.update_contributor_insights(TableName="music", ContributorInsightsAction="DISABLE")
    assert [status(), status()] == ["DISABLING", "DISABLED"]


def test_a_legacy_global_table_takes_its_time(cloud: Any, dynamodb: Any, make_table: Make) -> None:
    make_table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    cloud.transitions.set("dynamodb.global-table", after_calls=1)
    dynamodb.create_global_table(GlobalTableName="music", ReplicationGroup=[{"RegionName": "us-east-1"}])

    def status() -> str:
        answer = dynamodb.describe_global_table(GlobalTableName="music")
        found: str = answer["GlobalTableDescription"]["GlobalTableStatus"]
        return found

    assert [status(), status()] == ["CREATING", "ACTIVE"]


def test_a_whole_service_can_take_its_time(cloud: Any) -> None:
    cloud.transitions.set("dynamodb", after_seconds=1)
    assert sorted(kind for kind, _ in cloud.transitions) == [
        "dynamodb.backup",
        "dynamodb.bulk-operation",
        "dynamodb.contributor-insights",
        "dynamodb.export",
        "dynamodb.global-table",
        "dynamodb.import",
        "dynamodb.index",
        "dynamodb.kinesis-destination",
        "dynamodb.replica",
        "dynamodb.stream",
        "dynamodb.table",
        "dynamodb.time-to-live",
    ]


@pytest.mark.parametrize("kind", ["backup", "export"])
def test_a_test_chooses_the_next_identifier(cloud: Any, dynamodb: Any, make_table: Make, kind: str) -> None:
    table_arn = make_table()["TableArn"]
    pitr = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName="music", PointInTimeRecoverySpecification=pitr)
    cloud.ids.next(f"dynamodb.{kind}", "chosen")
    if kind == "backup":
        arn = dynamodb.create_backup(TableName="music", BackupName="nightly")["BackupDetails"]["BackupArn"]
    else:
        begun = dynamodb.export_table_to_point_in_time(TableArn=table_arn, S3Bucket="bucket")
        arn = begun["ExportDescription"]["ExportArn"]
    assert arn == f"{table_arn}/{kind}/chosen"


def test_a_new_table_of_an_old_name_begins_anew(cloud: Any, dynamodb: Any, make_table: Make) -> None:
    cloud.transitions.set("dynamodb.time-to-live", after_seconds=600)
    cloud.transitions.set("dynamodb.index", after_seconds=600)
    wanted = {"Enabled": True, "AttributeName": "until"}
    for _ in range(2):
        make_table()
        dynamodb.update_time_to_live(TableName="music", TimeToLiveSpecification=wanted)
        add_index(dynamodb)
        dynamodb.delete_table(TableName="music")
    make_table(also="g:S", GlobalSecondaryIndexes=[index("byg", "g")])
    dynamodb.update_table(TableName="music", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "byg"}}])
    dynamodb.delete_table(TableName="music")
    make_table(also="g:S", GlobalSecondaryIndexes=[index("byg", "g")])
    for _ in range(2):
        assert table(dynamodb)["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"
        assert query_index(dynamodb)["Count"] == 0
        cloud.clock.advance(seconds=600)
