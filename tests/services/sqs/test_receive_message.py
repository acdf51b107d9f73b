"""Receiving: order, limits, system attributes, long polls, retention."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from awsim.services.sqs import receiving
from awsim.services.sqs.receipt_handle import read_receipt_handle, receipt_handle

from .conftest import ACCOUNT


def send(sqs, url, *bodies, **arguments):
    for body in bodies:
        sqs.send_message(QueueUrl=url, MessageBody=body, **arguments)


def test_an_empty_queue_answers_no_messages(sqs, make_queue):
    url = make_queue()
    for arguments in ({}, {"WaitTimeSeconds": 0}, {"WaitTimeSeconds": 1}):
        assert sorted(sqs.receive_message(QueueUrl=url, **arguments)) == ["ResponseMetadata"]


def test_a_received_message_has_these_members(sqs, make_queue, receive):
    url = make_queue()
    sent = sqs.send_message(QueueUrl=url, MessageBody="message")
    (message,) = receive(url)
    handle = message.pop("ReceiptHandle")
    assert handle.startswith("AQEB")
    assert message == {
        "MessageId": sent["MessageId"],
        "MD5OfBody": "78e731027d8fd50ed642340b7c9a63b3",
        "Body": "message",
    }


def test_receiving_gives_one_message_unless_more_are_asked_for(sqs, make_queue, bodies):
    url = make_queue()
    send(sqs, url, *"abcdefghijkl")
    assert [m["Body"] for m in sqs.receive_message(QueueUrl=url)["Messages"]] == ["a"]
    assert bodies(url, MaxNumberOfMessages=2) == ["b", "c"]
    assert bodies(url) == [*"defghijkl"]


@pytest.mark.parametrize(
    ("argument", "value", "reason"),
    [
        ("MaxNumberOfMessages", 0, "Must be between 1 and 10, if provided."),
        ("MaxNumberOfMessages", 11, "Must be between 1 and 10, if provided."),
        ("WaitTimeSeconds", -1, "Must be >= 0 and <= 20, if provided."),
        ("WaitTimeSeconds", 21, "Must be >= 0 and <= 20, if provided."),
        ("VisibilityTimeout", -1, "Must be >= 0 and <= 43200, if provided."),
        ("VisibilityTimeout", 43_201, "Must be >= 0 and <= 43200, if provided."),
    ],
)
def test_arguments_have_ranges(sqs, make_queue, refusal, invalid_parameter, argument, value, reason):
    error = refusal(sqs.receive_message, QueueUrl=make_queue(), **{argument: value})
    assert error == invalid_parameter(f"Value {value} for parameter {argument} is invalid. Reason: {reason}")


def test_receiving_hides_the_message_until_its_timeout(sqs, make_queue, bodies, advance):
    url = make_queue()
    send(sqs, url, "x")
    assert bodies(url) == ["x"]
    advance(29)
    assert bodies(url) == []
    advance(1)
    assert bodies(url) == ["x"]


def test_a_receiver_may_choose_its_timeout(sqs, make_queue, bodies, advance):
    url = make_queue(VisibilityTimeout="100")
    send(sqs, url, "x")
    assert bodies(url, VisibilityTimeout=5) == ["x"]
    advance(5)
    assert bodies(url, VisibilityTimeout=0) == ["x"]
    assert bodies(url) == ["x"]
    advance(99)
    assert bodies(url) == []


def test_system_attributes_tell_the_messages_history(cloud, sqs, make_queue, receive, advance):
    url = make_queue(VisibilityTimeout="10")
    cloud.clock.move_to(4_000_000_000.125)
    send(sqs, url, "x")
    advance(5)
    first = receive(url, AttributeNames=["All"])[0]["Attributes"]
    advance(10)
    second = receive(url, MessageSystemAttributeNames=["All"])[0]["Attributes"]
    sent_at, first_at = int(first["SentTimestamp"]), int(first["ApproximateFirstReceiveTimestamp"])
    assert 4_000_000_000_125 <= sent_at < 4_000_000_001_000
    assert 4_000_000_005_125 <= first_at < 4_000_000_006_000
    assert first == {
        "SenderId": ACCOUNT,
        "SentTimestamp": str(sent_at),
        "ApproximateReceiveCount": "1",
        "ApproximateFirstReceiveTimestamp": str(first_at),
    }
    assert second == {**first, "ApproximateReceiveCount": "2"}


def test_only_the_system_attributes_that_are_asked_for_are_answered(sqs, make_queue, receive):
    url = make_queue()
    send(sqs, url, "x")
    names = {"MessageSystemAttributeNames": ["SenderId", "SequenceNumber"], "VisibilityTimeout": 0}
    assert receive(url, **names)[0]["Attributes"] == {"SenderId": ACCOUNT}
    both = {"AttributeNames": ["SenderId"], "MessageSystemAttributeNames": ["ApproximateReceiveCount"]}
    assert receive(url, **both)[0]["Attributes"] == {"SenderId": ACCOUNT, "ApproximateReceiveCount": "2"}


def test_a_long_poll_waits_for_a_delayed_message_without_sleeping(cloud, sqs, make_queue, bodies):
    url = make_queue()
    send(sqs, url, "later", DelaySeconds=15)
    before, begun = cloud.clock.time(), time.monotonic()
    assert bodies(url, WaitTimeSeconds=20) == ["later"]
    assert cloud.clock.time() - before == pytest.approx(15, abs=1)
    assert time.monotonic() - begun < 5


def test_a_long_poll_waits_for_a_message_that_another_receiver_gives_up(sqs, make_queue, bodies):
    url = make_queue(VisibilityTimeout="10")
    send(sqs, url, "x")
    assert bodies(url) == ["x"]
    assert bodies(url, WaitTimeSeconds=20) == ["x"]


def test_a_long_poll_ends_without_what_comes_after_it(sqs, make_queue, bodies, advance):
    url = make_queue()
    send(sqs, url, "later", DelaySeconds=15)
    assert bodies(url, WaitTimeSeconds=14) == []
    assert bodies(url) == []
    advance(15)
    assert bodies(url) == ["later"]


def test_a_real_long_poll_ends_when_a_message_is_sent(cloud, sqs, make_queue, bodies):
    cloud.settings.real_waits = True
    url = make_queue()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(bodies, url, WaitTimeSeconds=20)
        send(sqs, url, "x")
        assert waiting.result() == ["x"]


def test_the_queues_own_wait_time_holds_for_receivers_without_one(sqs, make_queue, bodies):
    url = make_queue(ReceiveMessageWaitTimeSeconds="10")
    send(sqs, url, "x", DelaySeconds=9)
    assert bodies(url, WaitTimeSeconds=0) == []
    assert bodies(url) == ["x"]


def test_messages_are_kept_for_the_retention_period(sqs, make_queue, bodies, advance):
    url = make_queue(MessageRetentionPeriod="60")
    send(sqs, url, "old")
    advance(30)
    send(sqs, url, "new")
    advance(30)
    assert bodies(url, VisibilityTimeout=0) == ["new"]
    advance(30)
    assert bodies(url) == []


def test_a_shorter_retention_period_reaches_messages_that_are_there(sqs, make_queue, bodies, advance):
    url = make_queue()
    send(sqs, url, "x")
    advance(100)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": "60"})
    assert bodies(url) == []


def test_a_short_poll_of_a_standard_queue_with_too_many_in_flight_is_refused(
    sqs, make_queue, receive, refusal, monkeypatch
):
    monkeypatch.setattr("awsim.services.sqs.queue.IN_FLIGHT_MAX", 3)
    monkeypatch.setattr(receiving, "IN_FLIGHT_MAX", 3)
    url = make_queue()
    send(sqs, url, *"abcde")
    assert len(receive(url)) == 3
    assert refusal(sqs.receive_message, QueueUrl=url) == {
        "Status": 403,
        "Code": "OverLimit",
        "QueryErrorCode": "OverLimit",
        "Type": "Sender",
        "Message": "Too many messages in flight.",
    }
    # A long poll is not refused; here it waits until the three are visible again.
    assert len(receive(url, WaitTimeSeconds=20)) == 0


def test_a_fifo_queue_with_too_many_in_flight_gives_nothing(sqs, make_queue, bodies, monkeypatch):
    monkeypatch.setattr("awsim.services.sqs.queue.IN_FLIGHT_MAX", 1)
    url = make_queue("a.fifo", ContentBasedDeduplication="true")
    send(sqs, url, "a", MessageGroupId="1")
    send(sqs, url, "b", MessageGroupId="2")
    assert bodies(url) == ["a"]
    assert bodies(url) == []


def test_an_attempt_id_is_for_fifo_queues_only(sqs, make_queue, refusal, invalid_parameter):
    error = refusal(sqs.receive_message, QueueUrl=make_queue(), ReceiveRequestAttemptId="1")
    assert error == invalid_parameter(
        "Value 1 for parameter ReceiveRequestAttemptId is invalid. Reason: The request include parameter that is not "
        "valid for this queue type."
    )


def test_a_receipt_handle_says_what_it_was_made_of():
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"
    receipt = read_receipt_handle(receipt_handle(arn, "id", 7, 2), arn)
    assert receipt == (arn, "id", 7, 2)
