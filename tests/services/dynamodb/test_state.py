"""What DynamoDB keeps survives files and forks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from awsim import Settings
from awsim.cloud import Cloud
from tests.services.dynamodb.definitions import index

Make = Callable[..., dict[str, Any]]


def describe(client: Any) -> dict[str, Any]:
    """The table's description; the order of attribute definitions says nothing."""
    table: dict[str, Any] = client.describe_table(TableName="music")["Table"]
    table["AttributeDefinitions"].sort(key=lambda definition: definition["AttributeName"])
    return table


def test_everything_survives_a_file(cloud: Any, dynamodb: Any, make_table: Make, contents: Any, tmp_path: Path) -> None:
    make_table(
        keys="id:S nr:N",
        also="g:B",
        GlobalSecondaryIndexes=[index("byg", "g", "INCLUDE", ["x"])],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        Tags=[{"Key": "team", "Value": "a"}],
    )
    dynamodb.update_time_to_live(
        TableName="music", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    dynamodb.update_continuous_backups(
        TableName="music", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    for number in range(30):
        item = {
            "id": {"S": "ü"},
            "nr": {"N": str(-number)},
            "g": {"B": bytes([number % 3])},
            "m": {"M": {"b": {"BS": [b"\x00\xff"]}}},
            "expires": {"N": "99999999999"},
        }
        dynamodb.put_item(TableName="music", Item=item)
    dynamodb.create_backup(TableName="music", BackupName="nightly")
    dynamodb.transact_write_items(
        TransactItems=[{"Put": {"TableName": "music", "Item": {"id": {"S": "t"}, "nr": {"N": "1"}}}}],
        ClientRequestToken="token",
    )
    described = describe(dynamodb)
    items = contents()
    entries = contents(IndexName="byg")
    cloud.save(tmp_path / "state.json")
    cloud.reset()
    cloud.load(tmp_path / "state.json")
    assert describe(dynamodb) == described
    assert contents() == items
    assert contents(IndexName="byg") == entries
    assert len(dynamodb.list_backups()["BackupSummaries"]) == 1


def test_a_cloud_with_streams_can_be_saved_and_read_elsewhere(
    cloud: Any, dynamodb: Any, make_table: Make, tmp_path: Path
) -> None:
    make_table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"})
    cloud.save(tmp_path / "state.json")
    other = Cloud(Settings())
    other.load(tmp_path / "state.json")
    assert {"DynamoDbStore", "DynamoDbStreamStore"} <= {type(store).__name__ for store in other.stores.values()}
