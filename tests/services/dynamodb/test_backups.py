"""On-demand backups, point-in-time recovery, and restoring from both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.services.dynamodb.definitions import index

Make = Callable[..., dict[str, Any]]
Advance = Callable[[float], None]


def put(client: Any, name: str, **attributes: Any) -> None:
    client.put_item(TableName="music", Item={"id": {"S": name}, **attributes})


def test_a_backup_is_described_listed_and_deleted(dynamodb: Any, make_table: Make, refusal: Any) -> None:
    table = make_table(also="g:S", GlobalSecondaryIndexes=[index("byg", "g")])
    put(dynamodb, "a")
    details = dynamodb.create_backup(TableName="music", BackupName="nightly")["BackupDetails"]
    assert details["BackupArn"].startswith(f"{table['TableArn']}/backup/")
    created = details.pop("BackupCreationDateTime")
    assert details == {
        "BackupArn": details["BackupArn"],
        "BackupName": "nightly",
        "BackupSizeBytes": 3,
        "BackupStatus": "CREATING",
        "BackupType": "USER",
    }
    details = {**details, "BackupStatus": "AVAILABLE", "BackupCreationDateTime": created}
    zero = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
    assert dynamodb.describe_backup(BackupArn=details["BackupArn"])["BackupDescription"] == {
        "BackupDetails": details,
        "SourceTableDetails": {
            "TableName": "music",
            "TableId": table["TableId"],
            "TableArn": table["TableArn"],
            "TableSizeBytes": 3,
            "KeySchema": table["KeySchema"],
            "TableCreationDateTime": table["CreationDateTime"],
            "ProvisionedThroughput": zero,
            "ItemCount": 1,
            "BillingMode": "PAY_PER_REQUEST",
        },
        "SourceTableFeatureDetails": {
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "byg",
                    "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                    "ProvisionedThroughput": zero,
                }
            ]
        },
    }
    summary = {"TableName": "music", "TableId": table["TableId"], "TableArn": table["TableArn"], **details}
    assert dynamodb.list_backups()["BackupSummaries"] == [summary]
    assert dynamodb.list_backups(TableName="other")["BackupSummaries"] == []
    deleted = dynamodb.delete_backup(BackupArn=details["BackupArn"])["BackupDescription"]
    assert deleted["BackupDetails"]["BackupStatus"] == "DELETED"
    assert refusal(dynamodb.describe_backup, BackupArn=details["BackupArn"]) == (
        "BackupNotFoundException",
        f"Backup not found: {details['BackupArn']}",
    )


def test_a_backup_knows_the_limits_on_demand(dynamodb: Any, make_table: Make) -> None:
    limits = {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 6}
    by_g = {**index("byg", "g"), "OnDemandThroughput": {"MaxReadRequestUnits": 4}}
    make_table(also="g:S", GlobalSecondaryIndexes=[by_g], OnDemandThroughput=limits)
    arn = dynamodb.create_backup(TableName="music", BackupName="nightly")["BackupDetails"]["BackupArn"]
    described = dynamodb.describe_backup(BackupArn=arn)["BackupDescription"]
    assert described["SourceTableDetails"]["OnDemandThroughput"] == limits
    [described_index] = described["SourceTableFeatureDetails"]["GlobalSecondaryIndexes"]
    assert described_index["OnDemandThroughput"] == {"MaxReadRequestUnits": 4}


def test_a_backup_is_restored_as_it_was(dynamodb: Any, make_table: Make, contents: Any, refusal: Any) -> None:
    make_table(also="g:S", GlobalSecondaryIndexes=[index("byg", "g")])
    put(dynamodb, "a", g={"S": "x"}, data={"B": b"\x00"})
    before = contents()
    arn = dynamodb.create_backup(TableName="music", BackupName="nightly")["BackupDetails"]["BackupArn"]
    put(dynamodb, "b")
    restore = {"BackupArn": arn, "TargetTableName": "again"}
    answer = dynamodb.restore_table_from_backup(**restore)["TableDescription"]
    assert answer["TableStatus"] == "CREATING"
    assert answer["RestoreSummary"]["RestoreInProgress"] is True
    assert contents("again") == before
    table = dynamodb.describe_table(TableName="again")["Table"]
    assert table["TableArn"].endswith(":table/again")
    assert table["RestoreSummary"]["SourceBackupArn"] == arn
    assert table["RestoreSummary"]["RestoreInProgress"] is False
    assert table["GlobalSecondaryIndexes"][0]["IndexArn"] == f"{table['TableArn']}/index/byg"
    assert dynamodb.scan(TableName="again", IndexName="byg")["Items"] == before
    assert refusal(dynamodb.restore_table_from_backup, **restore) == (
        "TableAlreadyExistsException",
        "Table already exists: again",
    )
    dynamodb.restore_table_from_backup(BackupArn=arn, TargetTableName="bare", GlobalSecondaryIndexOverride=[])
    assert "GlobalSecondaryIndexes" not in dynamodb.describe_table(TableName="bare")["Table"]


def test_a_table_is_restored_to_any_moment(
    cloud: Any, dynamodb: Any, make_table: Make, advance: Advance, contents: Any, refusal: Any
) -> None:
    make_table()
    put(dynamodb, "first")
    dynamodb.update_continuous_backups(
        TableName="music", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    moments = []
    states = []
    for step in (
        lambda: put(dynamodb, "second"),
        lambda: put(dynamodb, "first", x={"S": "x"}),
        lambda: dynamodb.delete_item(TableName="music", Key={"id": {"S": "second"}}),
    ):
        states.append(contents())
        advance(100)
        moments.append(cloud.clock.now())
        advance(100)
        step()
    for number, (moment, state) in enumerate(zip(moments, states, strict=True)):
        name = f"restored{number}"
        dynamodb.restore_table_to_point_in_time(SourceTableName="music", TargetTableName=name, RestoreDateTime=moment)
        assert contents(name) == state
    dynamodb.restore_table_to_point_in_time(
        SourceTableName="music", TargetTableName="latest", UseLatestRestorableTime=True
    )
    assert contents("latest") == contents()
    code, _ = refusal(
        dynamodb.restore_table_to_point_in_time,
        SourceTableName="music",
        TargetTableName="never",
        RestoreDateTime=0,
    )
    assert code == "InvalidRestoreTimeException"


def test_recovery_is_off_until_it_is_enabled(dynamodb: Any, make_table: Make, refusal: Any) -> None:
    make_table()
    described = dynamodb.describe_continuous_backups(TableName="music")["ContinuousBackupsDescription"]
    assert described == {
        "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "DISABLED"},
    }
    assert refusal(dynamodb.restore_table_to_point_in_time, SourceTableName="music", TargetTableName="again") == (
        "PointInTimeRecoveryUnavailableException",
        "Point in time recovery is not enabled for table 'music'",
    )
    answer = dynamodb.update_continuous_backups(
        TableName="music", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert answer.pop("EarliestRestorableDateTime") <= answer.pop("LatestRestorableDateTime")
    assert answer == {"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": 35}


def test_a_table_that_is_not_there_has_no_backups(dynamodb: Any, refusal: Any) -> None:
    missing = ("TableNotFoundException", "Table not found: music")
    assert refusal(dynamodb.create_backup, TableName="music", BackupName="nightly") == missing
    assert refusal(dynamodb.describe_continuous_backups, TableName="music") == missing


def test_a_deleted_table_with_recovery_leaves_a_backup_for_35_days(
    dynamodb: Any, make_table: Make, contents: Any, advance: Advance, refusal: Any
) -> None:
    table = make_table()
    enabled = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName="music", PointInTimeRecoverySpecification=enabled)
    put(dynamodb, "a")
    before = contents()
    dynamodb.delete_table(TableName="music")
    assert dynamodb.list_backups()["BackupSummaries"] == []
    [summary] = dynamodb.list_backups(BackupType="SYSTEM")["BackupSummaries"]
    assert dynamodb.list_backups(BackupType="ALL")["BackupSummaries"] == [summary]
    lifetime = summary.pop("BackupExpiryDateTime") - summary.pop("BackupCreationDateTime")
    assert lifetime.days == 35
    arn = summary["BackupArn"]
    assert summary == {
        "TableName": "music",
        "TableId": table["TableId"],
        "TableArn": table["TableArn"],
        "BackupArn": arn,
        "BackupName": "music$DeletedTableBackup",
        "BackupStatus": "AVAILABLE",
        "BackupType": "SYSTEM",
        "BackupSizeBytes": 3,
    }
    dynamodb.restore_table_from_backup(BackupArn=arn, TargetTableName="music")
    assert contents() == before
    advance(35 * 86_400)
    assert refusal(dynamodb.describe_backup, BackupArn=arn) == ("BackupNotFoundException", f"Backup not found: {arn}")


def test_a_deleted_table_without_recovery_leaves_nothing(dynamodb: Any, make_table: Make) -> None:
    make_table()
    dynamodb.delete_table(TableName="music")
    assert dynamodb.list_backups(BackupType="ALL")["BackupSummaries"] == []
