"""ExportTableToPointInTime, DescribeExport, ListExports."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import boto3
import freezegun
import pytest

from awsim import mock_aws

Make = Callable[..., dict[str, Any]]

ITEM = {
    "id": {"S": "a"},
    "n": {"N": "1.5"},
    "b": {"B": b"\x00\xff"},
    "t": {"BOOL": True},
    "nil": {"NULL": True},
    "ss": {"SS": ["p", "q"]},
    "ns": {"NS": ["1", "2"]},
    "bs": {"BS": [b"x"]},
    "l": {"L": [{"N": "1"}, {"S": "s"}]},
    "m": {"M": {"k": {"S": "v"}}},
}
JSON_ITEM = {**ITEM, "b": {"B": "AP8="}, "bs": {"BS": ["eA=="]}}


@pytest.fixture(scope="session")
def s3_of_session() -> Any:
    return boto3.Session("testing", "testing", region_name="us-east-1").client("s3")


@pytest.fixture
def s3(cloud: Any, s3_of_session: Any) -> Any:
    s3_of_session.create_bucket(Bucket="exports")
    return s3_of_session


@pytest.fixture
def table_arn(dynamodb: Any, make_table: Make, s3: Any) -> str:
    arn: str = make_table()["TableArn"]
    dynamodb.update_continuous_backups(
        TableName="music", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    return arn


def read(s3: Any, key: str) -> bytes:
    body: bytes = s3.get_object(Bucket="exports", Key=key)["Body"].read()
    return body


def manifests(s3: Any, description: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The summary and the files, each of them true to its checksum."""
    summary_key = description["ExportManifest"]
    summary = read(s3, summary_key)
    files = read(s3, json.loads(summary)["manifestFilesS3Key"])
    for body, key in ((summary, summary_key), (files, json.loads(summary)["manifestFilesS3Key"])):
        assert read(s3, key.replace(".json", ".md5")) == base64.b64encode(hashlib.md5(body).digest())
    return json.loads(summary), [json.loads(line) for line in files.splitlines()]


def records(s3: Any, files: list[dict[str, Any]]) -> list[Any]:
    found = []
    for file in files:
        data = read(s3, file["dataFileS3Key"])
        assert file["md5Checksum"] == base64.b64encode(hashlib.md5(data).digest()).decode()
        lines = gzip.decompress(data).splitlines()
        assert file["itemCount"] == len(lines)
        found += lines
    return found


def test_a_full_export_writes_items_and_manifests(dynamodb: Any, s3: Any, table_arn: str) -> None:
    dynamodb.put_item(TableName="music", Item=ITEM)
    begun = dynamodb.export_table_to_point_in_time(
        TableArn=table_arn, S3Bucket="exports", S3Prefix="daily", ClientToken="one"
    )["ExportDescription"]
    assert begun["ExportStatus"] == "IN_PROGRESS"
    assert begun["ExportArn"].startswith(f"{table_arn}/export/")
    export_id = begun["ExportArn"].rpartition("/")[2]
    described = dynamodb.describe_export(ExportArn=begun["ExportArn"])["ExportDescription"]
    assert described == {
        **begun,
        "ExportStatus": "COMPLETED",
        "EndTime": described["EndTime"],
        "ExportManifest": f"daily/AWSDynamoDB/{export_id}/manifest-summary.json",
        "ItemCount": 1,
        "BilledSizeBytes": dynamodb.describe_table(TableName="music")["Table"]["TableSizeBytes"],
    }
    assert described["EndTime"] >= begun["StartTime"]
    summary, files = manifests(s3, described)
    assert {name: value for name, value in summary.items() if not name.endswith("Time")} == {
        "version": "2020-06-30",
        "exportArn": begun["ExportArn"],
        "tableArn": table_arn,
        "tableId": begun["TableId"],
        "s3Bucket": "exports",
        "s3Prefix": "daily",
        "s3SseAlgorithm": "AES256",
        "s3SseKmsKeyId": None,
        "manifestFilesS3Key": f"daily/AWSDynamoDB/{export_id}/manifest-files.json",
        "billedSizeBytes": described["BilledSizeBytes"],
        "itemCount": 1,
        "outputFormat": "DYNAMODB_JSON",
        "exportType": "FULL_EXPORT",
    }
    for name in ("startTime", "endTime", "exportTime"):
        told = datetime.strptime(summary[name], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
        assert abs(told - begun["StartTime"]) < timedelta(minutes=1)
    [file] = files
    assert file["dataFileS3Key"].startswith(f"daily/AWSDynamoDB/{export_id}/data/")
    assert file["dataFileS3Key"].endswith(".json.gz")
    assert file["etag"] == s3.head_object(Bucket="exports", Key=file["dataFileS3Key"])["ETag"].strip('"')
    assert [json.loads(line) for line in records(s3, files)] == [{"Item": JSON_ITEM}]
    assert read(s3, f"daily/AWSDynamoDB/{export_id}/_started") == b""


def test_an_export_as_ion_annotates_sets(dynamodb: Any, s3: Any, table_arn: str) -> None:
    simpleion = pytest.importorskip("amazon.ion.simpleion", reason="Ion needs the extra awsim[dynamodb]")
    dynamodb.put_item(TableName="music", Item=ITEM)
    begun = dynamodb.export_table_to_point_in_time(TableArn=table_arn, S3Bucket="exports", ExportFormat="ION")
    described = dynamodb.describe_export(ExportArn=begun["ExportDescription"]["ExportArn"])["ExportDescription"]
    summary, files = manifests(s3, described)
    assert summary["outputFormat"] == "ION"
    assert files[0]["dataFileS3Key"].endswith(".ion.gz")
    [line] = records(s3, files)
    assert line.startswith(b"$ion_1_0 {Item:{")
    assert b'ss:$dynamodb_SS::["p","q"]' in line
    item = simpleion.loads(line.decode())["Item"]
    assert item["n"] == Decimal("1.5")
    assert item["b"] == b"\x00\xff"
    assert [token.text for token in item["ns"].ion_annotations] == ["$dynamodb_NS"]
    assert item["m"] == {"k": "v"}


def test_an_export_shows_the_table_as_it_was(dynamodb: Any, s3: Any, table_arn: str, advance: Any, cloud: Any) -> None:
    dynamodb.put_item(TableName="music", Item={"id": {"S": "a"}, "x": {"S": "old"}})
    then = cloud.clock.now()
    advance(3600)
    dynamodb.put_item(TableName="music", Item={"id": {"S": "a"}, "x": {"S": "new"}})
    dynamodb.put_item(TableName="music", Item={"id": {"S": "b"}})
    begun = dynamodb.export_table_to_point_in_time(
        TableArn=table_arn, S3Bucket="exports", ExportTime=then + timedelta(seconds=1)
    )
    described = dynamodb.describe_export(ExportArn=begun["ExportDescription"]["ExportArn"])["ExportDescription"]
    _, files = manifests(s3, described)
    assert [json.loads(line) for line in records(s3, files)] == [{"Item": {"id": {"S": "a"}, "x": {"S": "old"}}}]


@pytest.mark.parametrize("view", ["NEW_AND_OLD_IMAGES", "NEW_IMAGE"])
def test_an_incremental_export_shows_what_changed(
    dynamodb: Any, s3: Any, table_arn: str, advance: Any, cloud: Any, view: str
) -> None:
    for name in ("changed", "deleted", "kept"):
        dynamodb.put_item(TableName="music", Item={"id": {"S": name}, "x": {"N": "1"}})
    advance(60)
    begins = cloud.clock.now()
    advance(60)
    changed_at = cloud.clock.now()
    dynamodb.put_item(TableName="music", Item={"id": {"S": "changed"}, "x": {"N": "2"}})
    dynamodb.put_item(TableName="music", Item={"id": {"S": "new"}})
    dynamodb.put_item(TableName="music", Item={"id": {"S": "fleeting"}})
    dynamodb.delete_item(TableName="music", Key={"id": {"S": "fleeting"}})
    dynamodb.delete_item(TableName="music", Key={"id": {"S": "deleted"}})
    advance(1800)
    ends = cloud.clock.now()
    advance(60)
    dynamodb.put_item(TableName="music", Item={"id": {"S": "later"}})
    begun = dynamodb.export_table_to_point_in_time(
        TableArn=table_arn,
        S3Bucket="exports",
        ExportType="INCREMENTAL_EXPORT",
        IncrementalExportSpecification={"ExportFromTime": begins, "ExportToTime": ends, "ExportViewType": view},
    )
    described = dynamodb.describe_export(ExportArn=begun["ExportDescription"]["ExportArn"])["ExportDescription"]
    summary, files = manifests(s3, described)
    assert (summary["version"], summary["exportType"]) == ("2023-08-01", "INCREMENTAL_EXPORT")
    assert summary["outputView"] == view
    assert files[0]["dataFileS3Key"].startswith("AWSDynamoDB/data/")
    found = {}
    for line in records(s3, files):
        record = json.loads(line)
        metadata = record.pop("Metadata")
        written = int(metadata["WriteTimestampMicros"]["N"]) / 1e6
        assert written == pytest.approx(changed_at.timestamp(), abs=5)
        found[record.pop("Keys")["id"]["S"]] = record
    images = {
        "changed": {
            "OldImage": {"id": {"S": "changed"}, "x": {"N": "1"}},
            "NewImage": {"id": {"S": "changed"}, "x": {"N": "2"}},
        },
        "new": {"NewImage": {"id": {"S": "new"}}},
        "deleted": {"OldImage": {"id": {"S": "deleted"}, "x": {"N": "1"}}},
    }
    if view == "NEW_IMAGE":
        for image in images.values():
            image.pop("OldImage", None)
    assert found == images


def test_a_filter_chooses_what_is_exported(dynamodb: Any, s3: Any, table_arn: str) -> None:
    for name in "abc":
        dynamodb.put_item(TableName="music", Item={"id": {"S": name}, "x": {"S": name}, "y": {"S": "y"}})
    begun = dynamodb.export_table_to_point_in_time(
        TableArn=table_arn,
        S3Bucket="exports",
        FilterSpecification={
            "FilterExpression": "x >= :b",
            "ProjectionExpression": "x",
            "ExpressionAttributeValues": {":b": {"S": "b"}},
        },
    )
    described = dynamodb.describe_export(ExportArn=begun["ExportDescription"]["ExportArn"])["ExportDescription"]
    _, files = manifests(s3, described)
    found = sorted(json.loads(line)["Item"]["x"]["S"] for line in records(s3, files))
    assert found == ["b", "c"]


def test_an_export_to_a_bucket_that_is_not_there_fails(dynamodb: Any, table_arn: str) -> None:
    begun = dynamodb.export_table_to_point_in_time(TableArn=table_arn, S3Bucket="nowhere")["ExportDescription"]
    described = dynamodb.describe_export(ExportArn=begun["ExportArn"])["ExportDescription"]
    assert (described["ExportStatus"], described["FailureCode"], described["FailureMessage"]) == (
        "FAILED",
        "S3NoSuchBucket",
        "The specified bucket does not exist",
    )


def test_a_token_begins_one_export(dynamodb: Any, table_arn: str, refusal: Any) -> None:
    members = {"TableArn": table_arn, "S3Bucket": "exports", "ClientToken": "token"}
    first = dynamodb.export_table_to_point_in_time(**members)["ExportDescription"]["ExportArn"]
    assert dynamodb.export_table_to_point_in_time(**members)["ExportDescription"]["ExportArn"] == first
    code, _ = refusal(dynamodb.export_table_to_point_in_time, **{**members, "S3Prefix": "other"})
    assert code == "ExportConflictException"


def test_exports_are_listed_the_latest_first(dynamodb: Any, table_arn: str, advance: Any) -> None:
    made = []
    for _ in range(3):
        begun = dynamodb.export_table_to_point_in_time(TableArn=table_arn, S3Bucket="exports")
        made.append(begun["ExportDescription"]["ExportArn"])
        advance(1)
    page = dynamodb.list_exports(MaxResults=2)
    summary = {"ExportStatus": "COMPLETED", "ExportType": "FULL_EXPORT"}
    assert page["ExportSummaries"] == [{"ExportArn": arn, **summary} for arn in made[:0:-1]]
    rest = dynamodb.list_exports(TableArn=table_arn, NextToken=page["NextToken"])
    assert [one["ExportArn"] for one in rest["ExportSummaries"]] == made[:1]
    assert "NextToken" not in rest


def test_what_cannot_be_exported_is_refused(
    dynamodb: Any, make_table: Make, table_arn: str, refusal: Any, cloud: Any
) -> None:
    export = dynamodb.export_table_to_point_in_time
    other = make_table("other")["TableArn"]
    assert refusal(export, TableArn=other, S3Bucket="exports") == (
        "PointInTimeRecoveryUnavailableException",
        "Point in time recovery is not enabled for table 'other'",
    )
    missing = table_arn.replace("music", "missing")
    assert refusal(export, TableArn=missing, S3Bucket="exports") == (
        "TableNotFoundException",
        "Table not found: missing",
    )
    future = cloud.clock.now() + timedelta(days=1)
    assert refusal(export, TableArn=table_arn, S3Bucket="exports", ExportTime=future)[0] == "InvalidExportTimeException"
    short: dict[str, datetime] = {"ExportFromTime": cloud.clock.now()}
    code, message = refusal(
        export,
        TableArn=table_arn,
        S3Bucket="exports",
        ExportType="INCREMENTAL_EXPORT",
        IncrementalExportSpecification=short,
    )
    assert code == "ValidationException"
    assert "at least 15 minutes and at most 24 hours" in message
    unknown = f"{table_arn}/export/01693685827463-2d8752fd"
    assert refusal(dynamodb.describe_export, ExportArn=unknown) == (
        "ExportNotFoundException",
        f"Export not found: {unknown}",
    )


def test_an_export_takes_its_time_where_the_test_asks(dynamodb: Any, table_arn: str, cloud: Any) -> None:
    cloud.transitions.set("dynamodb.export", after_seconds=60)
    arn = dynamodb.export_table_to_point_in_time(TableArn=table_arn, S3Bucket="exports")["ExportDescription"][
        "ExportArn"
    ]
    assert dynamodb.describe_export(ExportArn=arn)["ExportDescription"]["ExportStatus"] == "IN_PROGRESS"
    cloud.clock.advance(seconds=61)
    assert dynamodb.describe_export(ExportArn=arn)["ExportDescription"]["ExportStatus"] == "COMPLETED"


def test_the_same_export_of_another_cloud_has_the_same_bytes() -> None:
    """Every object: names, dates, manifests and their checksums."""

    def export() -> dict[str, bytes]:
        with freezegun.freeze_time("2030-01-02 03:04:05"), mock_aws(seed=7) as aws:
            dynamodb, s3 = aws.client("dynamodb"), aws.client("s3")
            s3.create_bucket(Bucket="exports")
            arn = dynamodb.create_table(
                TableName="music",
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                BillingMode="PAY_PER_REQUEST",
            )["TableDescription"]["TableArn"]
            pitr = {"PointInTimeRecoveryEnabled": True}
            dynamodb.update_continuous_backups(TableName="music", PointInTimeRecoverySpecification=pitr)
            dynamodb.put_item(TableName="music", Item=ITEM)
            dynamodb.export_table_to_point_in_time(TableArn=arn, S3Bucket="exports")
            keys = [found["Key"] for found in s3.list_objects_v2(Bucket="exports")["Contents"]]
            return {key: read(s3, key) for key in keys}

    first = export()
    assert len(first) == 6
    assert export() == first
