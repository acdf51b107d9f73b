"""SQS's state can be copied, written out and read back in the middle of everything."""

from __future__ import annotations

import json

import boto3
import pytest

from awsim import mock_aws

from .conftest import ACCOUNT


@pytest.fixture
def busy(cloud, sqs, make_queue, receive):
    """A Cloud with something of everything, and what its queues are told to answer."""
    dead_arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:dead"
    dead = make_queue("dead", RedriveAllowPolicy='{"redrivePermission":"allowAll"}')
    url = make_queue(RedrivePolicy=json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1}))
    fifo = make_queue("orders.fifo", ContentBasedDeduplication="true")
    binary = {"a": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}
    sqs.send_message(QueueUrl=url, MessageBody="dead")
    receive(url, VisibilityTimeout=0)
    receive(url)
    sqs.start_message_move_task(
        SourceArn=dead_arn, DestinationArn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders", MaxNumberOfMessagesPerSecond=1
    )
    sqs.send_message(QueueUrl=url, MessageBody="in flight", MessageAttributes=binary)
    handle = receive(url)[0]["ReceiptHandle"]
    sqs.send_message(QueueUrl=url, MessageBody="visible", MessageAttributes=binary)
    sqs.send_message(QueueUrl=url, MessageBody="delayed", DelaySeconds=900)
    for body in "ab":
        sqs.send_message(QueueUrl=fifo, MessageBody=body, MessageGroupId="g")
    receive(fifo, MaxNumberOfMessages=1, ReceiveRequestAttemptId="1")
    return cloud, {"url": url, "fifo": fifo, "dead": dead, "handle": handle}


def go_on(cloud, names):
    """Use the queues of ``busy`` further, as if nothing had happened."""
    sqs = boto3.client("sqs", region_name="us-east-1")
    url, fifo = names["url"], names["fifo"]

    def bodies(url, **arguments):
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, **arguments).get("Messages", [])
        return [message["Body"] for message in messages]

    (visible,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert (visible["Body"], visible["MessageAttributes"]["a"]["BinaryValue"]) == ("visible", b"\x00\xff")
    sqs.delete_message(QueueUrl=url, ReceiptHandle=names["handle"])
    sqs.send_message(QueueUrl=fifo, MessageBody="a", MessageGroupId="g")
    assert bodies(fifo) == []
    assert bodies(fifo, ReceiveRequestAttemptId="1") == ["a"]
    cloud.clock.advance(seconds=31)
    assert bodies(fifo) == ["a", "b"]
    assert bodies(url) == ["dead"]
    assert bodies(names["dead"]) == ["visible"]
    cloud.clock.advance(seconds=900)
    assert bodies(url) == ["delayed"]


def test_a_forked_cloud_goes_on_by_itself(busy):
    cloud, names = busy
    fork = cloud.fork()
    with mock_aws(cloud=fork):
        go_on(fork, names)
    go_on(cloud, names)


def test_a_saved_cloud_goes_on_where_it_was(busy, tmp_path):
    cloud, names = busy
    cloud.save(tmp_path / "state.json")
    cloud.reset()
    cloud.load(tmp_path / "state.json")
    go_on(cloud, names)
