"""StartBulkPutItems and the operations about it."""

from __future__ import annotations

import gzip
import json
from typing import Any

import boto3
import pytest


@pytest.fixture(scope="session")
def s3_of_session() -> Any:
    return boto3.Session("testing", "testing", region_name="us-east-1").client("s3")


@pytest.fixture
def s3(cloud: Any, s3_of_session: Any) -> Any:
    s3_of_session.create_bucket(Bucket="bulk")
    return s3_of_session


def record(name: str, **members: Any) -> str:
    return json.dumps({"Item": {"id": {"S": name}, "x": {"S": "new"}}, **members})


ONLY_NEW = {"ConditionExpression": "attribute_not_exists(#i)", "ExpressionAttributeNames": {"#i": "id"}}
REQUEST = {
    "TableName": "music",
    "InputS3Configuration": {"S3Bucket": "bulk", "S3KeyPrefix": "in/", "InputFormat": "DYNAMODB_JSON"},
    "OutputS3Configuration": {"S3KeyPrefix": "out", "OutputType": ["ERROR", "CONDITION_CHECK_FAILURE"]},
}


def finished(dynamodb: Any, **members: Any) -> dict[str, Any]:
    begun = dynamodb.start_bulk_put_items(**{**REQUEST, **members})["BulkOperationDescription"]
    assert begun["BulkOperationStatus"] == "IN_PROGRESS"
    described: dict[str, Any] = dynamodb.describe_bulk_operation(BulkOperationArn=begun["BulkOperationArn"])
    return described["BulkOperationDescription"]  # type: ignore[no-any-return]  # boto3 says nothing of it


def test_items_are_put_into_a_table_that_is_there(dynamodb: Any, s3: Any, make_table: Any, contents: Any) -> None:
    make_table()
    dynamodb.put_item(TableName="music", Item={"id": {"S": "a"}, "x": {"S": "old"}})
    s3.put_object(Bucket="bulk", Key="in/one", Body="\n".join([record("a"), record("b", **ONLY_NEW)]).encode())
    described = finished(dynamodb)
    assert described["BulkOperationStatus"] == "COMPLETED"
    assert [described[name] for name in ("ProcessedItemCount", "FailedItemCount")] == [2, 0]
    assert described["BulkOperationUsage"] == [
        {"TableName": "music", "BulkPutBytes": 14, "Table": {"BulkPutBytes": 14}}
    ]
    assert contents() == [{"id": {"S": name}, "x": {"S": "new"}} for name in "ab"]
    assert s3.list_objects_v2(Bucket="bulk", Prefix="out/")["KeyCount"] == 0


def test_what_is_not_written_is_reported(dynamodb: Any, s3: Any, make_table: Any, contents: Any) -> None:
    make_table()
    old = {"id": {"S": "a"}, "x": {"S": "old"}}
    dynamodb.put_item(TableName="music", Item=old)
    lines = [record("a", **ONLY_NEW), "no JSON", '{"Item": {"x": {"S": "no key"}}}', record("c")]
    s3.put_object(Bucket="bulk", Key="in/one.gz", Body=gzip.compress("\n".join(lines).encode()))
    described = finished(
        dynamodb, InputS3Configuration={**REQUEST["InputS3Configuration"], "InputCompressionType": "GZIP"}
    )
    assert described["BulkOperationStatus"] == "COMPLETED_WITH_ERRORS"
    # A condition that does not hold is no error.
    assert [described[name] for name in ("ProcessedItemCount", "FailedItemCount")] == [4, 2]
    assert contents() == [old, {"id": {"S": "c"}, "x": {"S": "new"}}]
    reports = {}
    for entry in s3.list_objects_v2(Bucket="bulk", Prefix="out/AWSDynamoDB/")["Contents"]:
        body = s3.get_object(Bucket="bulk", Key=entry["Key"])["Body"].read()
        reports[entry["Key"].rpartition("/")[2]] = [json.loads(line) for line in body.splitlines()]
    assert reports["condition-check-failure.json"] == [
        {
            "S3Key": "in/one.gz",
            "Message": "The conditional request failed",
            "Item": {"id": {"S": "a"}, "x": {"S": "new"}},
            "ExistingItem": old,
        }
    ]
    assert [one["Message"] for one in reports["error.json"]][1:] == [
        "One or more parameter values were invalid: Missing the key id in the item"
    ]


def test_records_as_ion_may_have_conditions(dynamodb: Any, s3: Any, make_table: Any, contents: Any) -> None:
    pytest.importorskip("amazon.ion.simpleion", reason="Ion needs the extra awsim[dynamodb]")
    make_table()
    body = b"""{Item:{id:"a",n:1}}
    {Item:{id:"a",n:2},ConditionExpression:"n > :n",ExpressionAttributeValues:{':n':5}}
    {Item:{id:"b",n:2},ConditionExpression:"attribute_not_exists(id)"}"""
    s3.put_object(Bucket="bulk", Key="in/one", Body=body)
    described = finished(dynamodb, InputS3Configuration={**REQUEST["InputS3Configuration"], "InputFormat": "ION"})
    assert (described["BulkOperationStatus"], described["ProcessedItemCount"]) == ("COMPLETED", 3)
    assert contents() == [{"id": {"S": "a"}, "n": {"N": "1"}}, {"id": {"S": "b"}, "n": {"N": "2"}}]


def test_an_operation_can_be_cancelled_before_it_ends(
    dynamodb: Any, s3: Any, make_table: Any, contents: Any, cloud: Any
) -> None:
    make_table()
    s3.put_object(Bucket="bulk", Key="in/one", Body=record("a").encode())
    cloud.transitions.set("dynamodb.bulk-operation", after_seconds=60)
    arn = dynamodb.start_bulk_put_items(**REQUEST)["BulkOperationDescription"]["BulkOperationArn"]
    assert dynamodb.cancel_bulk_operation(BulkOperationArn=arn)["BulkOperationStatus"] == "CANCELLING"
    cloud.clock.advance(seconds=61)
    described = dynamodb.describe_bulk_operation(BulkOperationArn=arn)["BulkOperationDescription"]
    assert described["BulkOperationStatus"] == "CANCELLED"
    assert contents() == []


def test_a_token_starts_one_operation(dynamodb: Any, s3: Any, make_table: Any, refusal: Any) -> None:
    make_table()
    first = finished(dynamodb, ClientToken="token")
    again = dynamodb.start_bulk_put_items(ClientToken="token", **REQUEST)["BulkOperationDescription"]
    assert again["BulkOperationArn"] == first["BulkOperationArn"]
    code, _ = refusal(
        dynamodb.start_bulk_put_items, **{**REQUEST, "ClientToken": "token", "PerformanceTier": "ACCELERATED"}
    )
    assert code == "IdempotentParameterMismatchException"
    listed = dynamodb.list_bulk_operations()["BulkOperationsSummaryList"]
    assert listed == [
        {name: first[name] for name in ("BulkOperationArn", "BulkOperationStatus", "StartTime", "EndTime")}
    ]


def test_what_is_not_there_is_told(dynamodb: Any, s3: Any, make_table: Any, refusal: Any) -> None:
    assert refusal(dynamodb.start_bulk_put_items, **REQUEST) == (
        "ResourceNotFoundException",
        "Requested resource not found",
    )
    make_table()
    described = finished(dynamodb, InputS3Configuration={"S3Bucket": "nowhere", "InputFormat": "DYNAMODB_JSON"})
    assert (described["BulkOperationStatus"], described["FailureCode"]) == ("FAILED", "S3NoSuchBucket")
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/music/bulk-operation/none"
    for call in (dynamodb.describe_bulk_operation, dynamodb.cancel_bulk_operation):
        assert refusal(call, BulkOperationArn=arn)[0] == "ResourceNotFoundException"
