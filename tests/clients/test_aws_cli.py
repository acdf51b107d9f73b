"""The AWS CLI with SQS, DynamoDB and STS."""

from __future__ import annotations

import json
from typing import Any


def test_a_message_is_sent_received_and_deleted(aws: Any):
    url = aws("sqs", "create-queue", "--queue-name", "cli-orders")["QueueUrl"]
    assert url.endswith("/123456789012/cli-orders")
    assert aws("sqs", "get-queue-url", "--queue-name", "cli-orders")["QueueUrl"] == url
    attributes = '{"Kind":{"DataType":"String","StringValue":"new"}}'
    sent = aws("sqs", "send-message", "--queue-url", url, "--message-body", "hi", "--message-attributes", attributes)
    assert sent["MD5OfMessageBody"] == "49f68a5c8493ec2c0bf489821c21fc3b"
    received = aws("sqs", "receive-message", "--queue-url", url, "--message-attribute-names", "All")["Messages"]
    assert [message["Body"] for message in received] == ["hi"]
    assert received[0]["MessageAttributes"]["Kind"]["StringValue"] == "new"
    aws("sqs", "delete-message", "--queue-url", url, "--receipt-handle", received[0]["ReceiptHandle"])
    counts = aws("sqs", "get-queue-attributes", "--queue-url", url, "--attribute-names", "All")["Attributes"]
    assert (counts["ApproximateNumberOfMessages"], counts["ApproximateNumberOfMessagesNotVisible"]) == ("0", "0")


def test_batches_and_fifo_queues_are_understood(aws: Any):
    attributes = "FifoQueue=true,ContentBasedDeduplication=true"
    url = aws("sqs", "create-queue", "--queue-name", "cli.fifo", "--attributes", attributes)["QueueUrl"]
    entries = [{"Id": str(number), "MessageBody": f"m{number}", "MessageGroupId": "g"} for number in range(3)]
    sent = aws("sqs", "send-message-batch", "--queue-url", url, "--entries", json.dumps(entries))
    assert [entry["Id"] for entry in sent["Successful"]] == ["0", "1", "2"]
    received = aws("sqs", "receive-message", "--queue-url", url, "--max-number-of-messages", "10")["Messages"]
    assert [message["Body"] for message in received] == ["m0", "m1", "m2"]
    assert url in aws("sqs", "list-queues", "--queue-name-prefix", "cli.")["QueueUrls"]


def test_a_queue_that_is_missing_is_said_as_aws_says_it(run: Any):
    said = run("sqs", "get-queue-url", "--queue-name", "no-such-queue", code=255).stderr
    assert (
        "An error occurred (AWS.SimpleQueueService.NonExistentQueue) when calling the GetQueueUrl operation: "
        "The specified queue does not exist." in said
    )


def test_items_are_put_read_updated_queried_and_deleted(run: Any, aws: Any):
    table = ("--table-name", "cli-music")
    aws(
        *("dynamodb", "create-table", *table, "--billing-mode", "PAY_PER_REQUEST"),
        *("--attribute-definitions", "AttributeName=artist,AttributeType=S", "AttributeName=year,AttributeType=N"),
        *("--key-schema", "AttributeName=artist,KeyType=HASH", "AttributeName=year,KeyType=RANGE"),
    )
    run("dynamodb", "wait", "table-exists", *table)
    assert aws("dynamodb", "describe-table", *table)["Table"]["TableStatus"] == "ACTIVE"
    for year in (1959, 1964):
        item = {"artist": {"S": "Coltrane"}, "year": {"N": str(year)}, "takes": {"L": [{"BOOL": True}, {"NULL": True}]}}
        aws("dynamodb", "put-item", *table, "--item", json.dumps(item))
    key = '{"artist":{"S":"Coltrane"},"year":{"N":"1964"}}'
    assert aws("dynamodb", "get-item", *table, "--key", key)["Item"]["takes"] == {"L": [{"BOOL": True}, {"NULL": True}]}
    updated = aws(
        *("dynamodb", "update-item", *table, "--key", key, "--update-expression", "SET plays = :one"),
        *("--expression-attribute-values", '{":one":{"N":"1"}}', "--return-values", "UPDATED_NEW"),
    )
    assert updated == {"Attributes": {"plays": {"N": "1"}}}
    values = '{":a":{"S":"Coltrane"},":y":{"N":"1960"}}'
    found = aws(
        *("dynamodb", "query", *table, "--key-condition-expression", "artist = :a AND #y > :y"),
        *("--expression-attribute-names", '{"#y":"year"}', "--expression-attribute-values", values),
    )
    assert (found["Count"], found["Items"][0]["year"]) == (1, {"N": "1964"})
    refused = run(
        *("dynamodb", "put-item", *table, "--item", key, "--condition-expression", "attribute_not_exists(artist)"),
        code=255,
    )
    assert "(ConditionalCheckFailedException)" in refused.stderr
    aws("dynamodb", "delete-item", *table, "--key", key)
    assert aws("dynamodb", "scan", *table, "--select", "COUNT")["Count"] == 1
    aws("dynamodb", "delete-table", *table)
    run("dynamodb", "wait", "table-not-exists", *table)


def test_who_calls_is_said(aws: Any, environ: dict[str, str]):
    assert aws("sts", "get-caller-identity")["Account"] == "123456789012"
    environ["AWS_ACCESS_KEY_ID"] = "111122223333"
    assert aws("sts", "get-caller-identity")["Account"] == "111122223333"


def test_a_role_is_assumed_and_used(aws: Any, environ: dict[str, str]):
    role = "arn:aws:iam::444455556666:role/deployer"
    credentials = aws("sts", "assume-role", "--role-arn", role, "--role-session-name", "ci")["Credentials"]
    environ["AWS_ACCESS_KEY_ID"] = credentials["AccessKeyId"]
    environ["AWS_SECRET_ACCESS_KEY"] = credentials["SecretAccessKey"]
    environ["AWS_SESSION_TOKEN"] = credentials["SessionToken"]
    identity = aws("sts", "get-caller-identity")
    assert (identity["Account"], identity["Arn"]) == (
        "444455556666",
        "arn:aws:sts::444455556666:assumed-role/deployer/ci",
    )
