"""Batches that fail in part: failed entries are not carried out, and told as AWS tells them."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from awsim import Cloud
from awsim.fault_entries import find_batch
from awsim.spec import load_service


def send(sqs: Any, url: str, ids: str) -> dict[str, Any]:
    answer: dict[str, Any] = sqs.send_message_batch(
        QueueUrl=url, Entries=[{"Id": one, "MessageBody": f"body {one}"} for one in ids]
    )
    return answer


@pytest.fixture
def queue(aws: Cloud) -> tuple[Any, str]:
    sqs = boto3.client("sqs")
    return sqs, sqs.create_queue(QueueName="q")["QueueUrl"]


def failed(answer: dict[str, Any]) -> list[str]:
    return [entry["Id"] for entry in answer.get("Failed", [])]


def test_failed_entries_are_told_and_not_carried_out(aws: Cloud, queue: tuple[Any, str]) -> None:
    sqs, url = queue
    aws.faults.add("sqs.SendMessageBatch", entries=["b"], error="InternalError", message="Try again.", times=1)
    answer = send(sqs, url, "abc")
    assert answer["Failed"] == [{"Id": "b", "SenderFault": False, "Code": "InternalError", "Message": "Try again."}]
    assert [entry["Id"] for entry in answer["Successful"]] == ["a", "c"]
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert sorted(message["Body"] for message in received) == ["body a", "body c"]
    assert failed(send(sqs, url, "b")) == []


CHOICES: dict[str, tuple[Any, list[str]]] = {
    "all": (True, ["a", "b", "c"]),
    "the first": (2, ["a", "b"]),
    "one by its id": ("c", ["c"]),
    "several": ({"a", "c", "x"}, ["a", "c"]),
    "a function": (lambda entry: entry["MessageBody"] == "body b", ["b"]),
    "none of these": (["x"], []),
}


@pytest.mark.parametrize("choice", CHOICES)
def test_entries_are_chosen(aws: Cloud, queue: tuple[Any, str], choice: str) -> None:
    entries, expected = CHOICES[choice]
    aws.faults.add("sqs.SendMessageBatch", entries=entries)
    answer = send(*queue, "abc")
    assert failed(answer) == expected
    assert len(answer.get("Successful", [])) == 3 - len(expected)


def test_a_share_is_chosen_by_a_seeded_chance() -> None:
    def share() -> list[str]:
        with_share = Cloud()
        with_share.faults.add("sqs.SendMessageBatch", entries=0.5)
        sqs = with_share.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        return [one for _ in range(5) for one in failed(send(sqs, url, "abcdefghij"))]

    first = share()
    assert first == share()
    assert 10 < len(first) < 40


def test_two_faults_of_one_batch_add_up(aws: Cloud, queue: tuple[Any, str]) -> None:
    aws.faults.add("sqs.SendMessageBatch", entries="a", error="One")
    aws.faults.add("sqs.SendMessageBatch", entries="b", error="Two")
    answer = send(*queue, "abc")
    assert {entry["Id"]: entry["Code"] for entry in answer["Failed"]} == {"a": "One", "b": "Two"}
    assert [entry["Id"] for entry in answer["Successful"]] == ["c"]


def test_s3_tells_of_keys_that_were_not_deleted(aws: Cloud) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="box")
    for key in ("a", "b"):
        s3.put_object(Bucket="box", Key=key, Body=b"")
    aws.faults.add("s3.DeleteObjects", entries="a", error="AccessDenied")
    answer = s3.delete_objects(Bucket="box", Delete={"Objects": [{"Key": "a"}, {"Key": "b"}]})
    assert answer["Errors"] == [{"Key": "a", "Code": "AccessDenied", "Message": "Access Denied"}]
    assert answer["Deleted"] == [{"Key": "b"}]
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket="box")["Contents"]] == ["a"]


@pytest.fixture
def table(aws: Cloud) -> Any:
    dynamodb = boto3.resource("dynamodb")
    return dynamodb.create_table(
        TableName="things",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def test_dynamodb_hands_items_back_unprocessed(aws: Cloud, table: Any) -> None:
    client = boto3.client("dynamodb")
    puts = [{"PutRequest": {"Item": {"id": {"S": str(number)}}}} for number in range(3)]
    aws.faults.add(
        "dynamodb.BatchWriteItem", entries=lambda entry: entry["PutRequest"]["Item"]["id"]["S"] == "1", times=1
    )
    answer = client.batch_write_item(RequestItems={"things": puts})
    assert answer["UnprocessedItems"] == {"things": [puts[1]]}
    assert client.scan(TableName="things")["Count"] == 2
    keys = [{"id": {"S": str(number)}} for number in range(3)]
    aws.faults.add("dynamodb.BatchGetItem", entries=True, times=1)
    answer = client.batch_get_item(RequestItems={"things": {"Keys": keys, "ConsistentRead": True}})
    assert answer["UnprocessedKeys"] == {"things": {"Keys": keys, "ConsistentRead": True}}
    assert answer.get("Responses", {}) == {}


def test_boto3s_batch_writer_writes_what_was_handed_back_again(aws: Cloud, table: Any) -> None:
    fault = aws.faults.add("dynamodb.BatchWriteItem", entries=0.5, times=3)
    with table.batch_writer() as batch:
        for number in range(50):
            batch.put_item(Item={"id": str(number)})
    assert table.scan()["Count"] == 50
    assert fault.hits == 3


def test_results_in_the_entries_order_have_errors_among_them(aws: Cloud) -> None:
    aws.results.add(
        "kinesis.PutRecords",
        lambda sent: {"Records": [{"SequenceNumber": r["PartitionKey"], "ShardId": "s"} for r in sent["Records"]]},
        times=None,
    )
    aws.faults.add(
        "kinesis.PutRecords",
        entries=lambda record: record["PartitionKey"] == "2",
        error="ProvisionedThroughputExceededException",
        message="Rate exceeded",
    )
    records = [{"Data": b"", "PartitionKey": key} for key in "123"]
    answer = boto3.client("kinesis").put_records(StreamName="s", Records=records)
    assert answer["FailedRecordCount"] == 1
    assert answer["Records"] == [
        {"SequenceNumber": "1", "ShardId": "s"},
        {"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "Rate exceeded"},
        {"SequenceNumber": "3", "ShardId": "s"},
    ]


def test_when_all_fail_nothing_is_carried_out_simulated_or_not(aws: Cloud) -> None:
    aws.faults.add("events.PutEvents", entries=True, error="InternalFailure", message="No.")
    answer = boto3.client("events").put_events(Entries=[{"Source": "a", "DetailType": "b", "Detail": "{}"}] * 2)
    assert answer["FailedEntryCount"] == 2
    assert answer["Entries"] == [{"ErrorCode": "InternalFailure", "ErrorMessage": "No."}] * 2


def test_a_service_is_meant_with_those_of_its_operations_that_have_entries(aws: Cloud, queue: tuple[Any, str]) -> None:
    sqs, url = queue
    fault = aws.faults.add("sqs", entries=True)
    sqs.send_message(QueueUrl=url, MessageBody="hi")
    assert fault.hits == 0
    assert failed(send(sqs, url, "a")) == ["a"]


#: Where AWS has each operation's entries, and what one that failed is told as, by AWS's documentation.
FORMS: dict[str, dict[str, Any]] = {
    "sns.PublishBatch": {"Failed": [{"Id": "x", "Code": "C", "Message": "M", "SenderFault": False}]},
    "events.PutTargets": {
        "FailedEntryCount": 1,
        "FailedEntries": [{"TargetId": "x", "ErrorCode": "C", "ErrorMessage": "M"}],
    },
    "events.RemoveTargets": {
        "FailedEntryCount": 1,
        "FailedEntries": [{"TargetId": "x", "ErrorCode": "C", "ErrorMessage": "M"}],
    },
    "firehose.PutRecordBatch": {"FailedPutCount": 1, "RequestResponses": [{"ErrorCode": "C", "ErrorMessage": "M"}]},
    "ecr.BatchGetImage": {"failures": [{"imageId": {"imageTag": "x"}, "failureCode": "C", "failureReason": "M"}]},
    "comprehend.BatchDetectSentiment": {"ErrorList": [{"Index": 0, "ErrorCode": "C", "ErrorMessage": "M"}]},
    "glue.BatchDeleteTable": {"Errors": [{"TableName": "x", "ErrorDetail": {"ErrorCode": "C", "ErrorMessage": "M"}}]},
    "glue.BatchDeleteConnection": {"Errors": {"x": {"ErrorCode": "C", "ErrorMessage": "M"}}},
    "ec2.DeleteVpcEndpoints": {"Unsuccessful": [{"ResourceId": "x", "Error": {"Code": "C", "Message": "M"}}]},
    "secretsmanager.BatchGetSecretValue": {"Errors": [{"SecretId": "x", "ErrorCode": "C", "Message": "M"}]},
}
ENTRIES: dict[str, Any] = {
    "sns.PublishBatch": {"PublishBatchRequestEntries": [{"Id": "x", "Message": "m"}]},
    "events.PutTargets": {"Targets": [{"Id": "x", "Arn": "a"}]},
    "events.RemoveTargets": {"Ids": ["x"]},
    "firehose.PutRecordBatch": {"Records": [{"Data": b""}]},
    "ecr.BatchGetImage": {"imageIds": [{"imageTag": "x"}], "acceptedMediaTypes": ["y"]},
    "comprehend.BatchDetectSentiment": {"TextList": ["x"]},
    "glue.BatchDeleteTable": {"TablesToDelete": ["x"]},
    "glue.BatchDeleteConnection": {"ConnectionNameList": ["x"]},
    "ec2.DeleteVpcEndpoints": {"VpcEndpointIds": ["x"]},
    "secretsmanager.BatchGetSecretValue": {"SecretIdList": ["x"]},
}


@pytest.mark.parametrize("operation", FORMS)
def test_the_form_is_the_operations_own(operation: str) -> None:
    from awsim.fault_entries import EntryError

    service, _, name = operation.partition(".")
    batch = find_batch(load_service(service).operation_model(name))
    assert batch is not None
    request = ENTRIES[operation]
    assert len(batch.source.read(request)) == 1
    answer: dict[str, Any] = {}
    batch.tell(answer, request, [True], EntryError("C", "M"))
    assert answer == FORMS[operation]


@pytest.mark.parametrize("operation", ["sqs.SendMessage", "ec2.RunInstances", "s3.PutObject", "glue.CreateIntegration"])
def test_other_operations_have_no_entries(operation: str) -> None:
    service, _, name = operation.partition(".")
    assert find_batch(load_service(service).operation_model(name)) is None
