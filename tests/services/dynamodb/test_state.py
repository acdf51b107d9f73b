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


def test_exports_imports_and_settings_survive_a_file(
    cloud: Any, dynamodb: Any, make_table: Make, tmp_path: Path
) -> None:
    cloud.client("s3").create_bucket(Bucket="bucket")
    vector = {
        "IndexName": "near",
        "VectorAttribute": {"AttributeName": "v"},
        "Projection": {"ProjectionType": "ALL"},
        "Dimensions": 2,
        "DistanceFunction": "COSINE",
    }
    keys = [{"AttributeName": name, "KeyType": role} for name, role in (("g", "HASH"), ("x", "HASH"), ("y", "RANGE"))]
    several = {"IndexName": "several", "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}}
    arn = make_table(also="g:S x:S y:S", VectorIndexes=[vector], GlobalSecondaryIndexes=[several])["TableArn"]
    item = {"id": {"S": "a"}, "g": {"S": "g"}, "x": {"S": "x"}, "y": {"S": "y"}, "v": {"L": [{"N": "1"}, {"N": "0"}]}}
    dynamodb.put_item(TableName="music", Item=item)
    dynamodb.update_continuous_backups(
        TableName="music", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    condition = {"FilterExpression": "b = :b", "ExpressionAttributeValues": {":b": {"B": b"\x00\xff"}}}
    export = dynamodb.export_table_to_point_in_time(
        TableArn=arn, S3Bucket="bucket", ClientToken="token", FilterSpecification=condition
    )["ExportDescription"]["ExportArn"]
    imported = dynamodb.import_table(
        S3BucketSource={"S3Bucket": "bucket"},
        InputFormat="DYNAMODB_JSON",
        TableCreationParameters={
            "TableName": "imported",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    )["ImportTableDescription"]["ImportArn"]
    dynamodb.update_table_replica_auto_scaling(
        TableName="music", ProvisionedWriteCapacityAutoScalingUpdate={"MinimumUnits": 1}
    )

    def seen() -> list[Any]:
        answers = [
            dynamodb.describe_export(ExportArn=export)["ExportDescription"],
            dynamodb.describe_import(ImportArn=imported)["ImportTableDescription"],
            dynamodb.describe_table_replica_auto_scaling(TableName="music")["TableAutoScalingDescription"],
            dynamodb.search_vectors(TableName="music", IndexName="near", SearchVector=[{"N": "1"}, {"N": "1"}], TopK=1)[
                "SearchResults"
            ],
            dynamodb.scan(TableName="music", IndexName="several")["Items"],
        ]
        return [*answers, describe(dynamodb)]

    before = seen()
    cloud.save(tmp_path / "state.json")
    cloud.reset()
    cloud.load(tmp_path / "state.json")
    assert seen() == before
