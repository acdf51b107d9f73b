"""Services together: files put into S3 are told to a queue, and worked by a consumer in another account."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from boto3.s3.transfer import TransferConfig

from awsim import Cloud, mock_aws


@pytest.fixture
def inbox(aws: Cloud) -> tuple[Any, Any, str]:
    """A bucket whose new objects are told to a queue: S3's client, SQS's client, the queue's URL."""
    s3, sqs = boto3.client("s3"), boto3.client("sqs")
    s3.create_bucket(Bucket="inbox")
    url = sqs.create_queue(QueueName="arrivals")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "s3.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
            }
        ],
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    rule = {
        "QueueArn": arn,
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".csv"}]}},
    }
    s3.put_bucket_notification_configuration(Bucket="inbox", NotificationConfiguration={"QueueConfigurations": [rule]})
    test_event = json.loads(sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"])
    assert test_event["Event"] == "s3:TestEvent"
    sqs.purge_queue(QueueUrl=url)
    return s3, sqs, url


def arrivals(sqs: Any, url: str) -> list[str]:
    """The keys that were told."""
    keys = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            keys += [record["s3"]["object"]["key"] for record in json.loads(message["Body"])["Records"]]
    return sorted(keys)


def test_new_objects_are_told_to_the_queue_and_others_are_not(inbox: tuple[Any, Any, str]) -> None:
    s3, sqs, url = inbox
    s3.put_object(Bucket="inbox", Key="a b.csv", Body=b"1")
    s3.put_object(Bucket="inbox", Key="notes.txt", Body=b"2")
    s3.copy_object(Bucket="inbox", Key="copy.csv", CopySource={"Bucket": "inbox", "Key": "notes.txt"})
    assert arrivals(sqs, url) == ["a+b.csv", "copy.csv"]


def test_transfers_by_threads_are_told_once_each(inbox: tuple[Any, Any, str]) -> None:
    s3, sqs, url = inbox
    config = TransferConfig(multipart_threshold=5 * 1024**2, multipart_chunksize=5 * 1024**2, max_concurrency=4)
    big = bytes(range(256)) * 4096 * 12  # 12 MiB: three parts
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(
                lambda n: s3.upload_fileobj(
                    io.BytesIO(big if n == 0 else b"small"), "inbox", f"{n}.csv", Config=config
                ),
                range(8),
            )
        )
    assert arrivals(sqs, url) == [f"{n}.csv" for n in range(8)]
    found = io.BytesIO()
    s3.download_fileobj("inbox", "0.csv", found, Config=config)
    assert found.getvalue() == big


def test_the_same_scenario_twice_gives_the_same_bytes() -> None:
    def scenario() -> list[Any]:
        with mock_aws(seed=11) as aws:
            traffic: list[Any] = []
            aws.gateway.response_handlers.append(
                lambda chain, context, response: traffic.append(
                    (response.status_code, context.request_id, response.read())
                )
            )
            from freezegun import freeze_time

            with freeze_time("2026-01-01T12:00:00Z"):
                s3, sqs = aws.client("s3"), aws.client("sqs")
                url = sqs.create_queue(QueueName="q")["QueueUrl"]
                s3.create_bucket(Bucket="bucket")
                s3.put_bucket_versioning(Bucket="bucket", VersioningConfiguration={"Status": "Enabled"})
                for number in range(3):
                    s3.put_object(Bucket="bucket", Key="key", Body=b"%d" % number)
                    sqs.send_message(QueueUrl=url, MessageBody=str(number))
                sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
                s3.list_object_versions(Bucket="bucket")
                role = "arn:aws:iam::123456789012:role/reader"
                aws.client("sts").assume_role(RoleArn=role, RoleSessionName="session")
        return traffic

    assert scenario() == scenario()
