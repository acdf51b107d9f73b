"""ChangeMessageVisibility and DeleteMessage: what a receipt handle is good for, and for how long."""

from __future__ import annotations

from base64 import b64encode

import pytest


@pytest.fixture
def received(sqs, make_queue, receive):
    """The URL of a queue and the handle of its one message, received for 30 seconds."""
    url = make_queue()
    sqs.send_message(QueueUrl=url, MessageBody="x")
    return url, receive(url)[0]["ReceiptHandle"]


@pytest.fixture
def received_fifo(sqs, make_queue, receive):
    """The same of a FIFO queue."""
    url = make_queue("orders.fifo", ContentBasedDeduplication="true")
    sqs.send_message(QueueUrl=url, MessageBody="x", MessageGroupId="1")
    return url, receive(url)[0]["ReceiptHandle"]


def test_a_deleted_message_never_comes_back(sqs, received, bodies, advance):
    url, handle = received
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    advance(1_000)
    assert bodies(url) == []


def test_deleting_twice_succeeds(sqs, received):
    url, handle = received
    for _ in range(2):
        answer = sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_standard_message_can_be_deleted_after_its_timeout(sqs, received, bodies, advance):
    url, handle = received
    advance(31)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    assert bodies(url) == []


def test_only_the_newest_handle_deletes(sqs, received, receive, bodies, advance):
    url, old = received
    advance(31)
    (again,) = receive(url)
    assert again["ReceiptHandle"] != old
    sqs.delete_message(QueueUrl=url, ReceiptHandle=old)
    advance(31)
    assert bodies(url) == ["x"]


def test_a_fifo_message_cannot_be_deleted_after_its_timeout(
    sqs, received_fifo, bodies, advance, refusal, invalid_parameter
):
    url, handle = received_fifo
    advance(31)
    assert refusal(sqs.delete_message, QueueUrl=url, ReceiptHandle=handle) == invalid_parameter(
        f"Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."
    )
    assert bodies(url) == ["x"]
    error = refusal(sqs.delete_message, QueueUrl=url, ReceiptHandle=handle)
    assert error["Message"].endswith("The receipt handle has expired.")


def test_a_fifo_message_can_be_deleted_within_its_extended_timeout(sqs, received_fifo, bodies, advance):
    url, handle = received_fifo
    advance(20)
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=100)
    advance(90)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    advance(100)
    assert bodies(url) == []


def test_a_new_timeout_counts_from_now(sqs, received, bodies, advance):
    url, handle = received
    advance(20)
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=60)
    advance(59)
    assert bodies(url) == []
    advance(1)
    assert bodies(url) == ["x"]


def test_a_shorter_timeout_counts_too(sqs, received, bodies, advance):
    url, handle = received
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=5)
    advance(5)
    assert bodies(url) == ["x"]


def test_a_timeout_of_zero_gives_the_message_back(sqs, received, bodies):
    url, handle = received
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
    assert bodies(url) == ["x"]


def test_a_handle_whose_time_is_over_hides_nothing(sqs, received, bodies, advance):
    url, handle = received
    advance(31)
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=60)
    assert bodies(url) == ["x"]


def test_a_fifo_handle_whose_time_is_over_is_refused(sqs, received_fifo, advance, refusal, invalid_parameter):
    url, handle = received_fifo
    advance(31)
    error = refusal(sqs.change_message_visibility, QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=60)
    assert error == invalid_parameter(
        f"Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."
    )


def test_the_timeout_of_a_deleted_message_cannot_be_changed(sqs, received, refusal, invalid_parameter):
    url, handle = received
    sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    error = refusal(sqs.change_message_visibility, QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=60)
    assert error == invalid_parameter(
        f"Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available "
        "for visibility timeout change."
    )


def test_a_message_is_hidden_for_twelve_hours_in_all(sqs, received, advance, refusal, invalid_parameter):
    url, handle = received
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=10_000)
    advance(5_000)
    error = refusal(sqs.change_message_visibility, QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=40_000)
    assert error == invalid_parameter(
        "Value 40000 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is "
        "beyond the limit [43200 seconds]."
    )
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=38_000)


@pytest.mark.parametrize("timeout", [-1, 43_201])
def test_a_timeout_is_between_zero_and_twelve_hours(sqs, received, refusal, invalid_parameter, timeout):
    url, handle = received
    error = refusal(sqs.change_message_visibility, QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=timeout)
    assert error == invalid_parameter(
        f"Value {timeout} for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer "
        "between 0 and 43200."
    )


@pytest.mark.parametrize("handle", ["garbage", "", "AQEB", "AQEBYQ==", "é", b64encode(b"\1\1\1a b c d").decode()])
def test_what_is_no_receipt_handle_is_refused(sqs, make_queue, refusal, handle):
    url = make_queue()
    expected = {
        "Status": 404,
        "Code": "ReceiptHandleIsInvalid",
        "QueryErrorCode": "ReceiptHandleIsInvalid",
        "Type": "Sender",
        "Message": f'The input receipt handle "{handle}" is not a valid receipt handle.',
    }
    assert refusal(sqs.delete_message, QueueUrl=url, ReceiptHandle=handle) == expected
    error = refusal(sqs.change_message_visibility, QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=1)
    assert error == expected


def test_another_queues_handle_is_refused(sqs, received, make_queue, refusal):
    _, handle = received
    error = refusal(sqs.delete_message, QueueUrl=make_queue("other"), ReceiptHandle=handle)
    assert (error["Code"], error["Message"]) == (
        "ReceiptHandleIsInvalid",
        f'The input receipt handle "{handle}" is not a valid receipt handle.',
    )
