"""FIFO queues: order within groups, locking, deduplication, receive attempts."""

from __future__ import annotations

import hashlib

import pytest


@pytest.fixture
def fifo(make_queue):
    return make_queue("orders.fifo", ContentBasedDeduplication="true")


@pytest.fixture
def send(sqs):
    def send(url, body, group="g", deduplication_id=None, **arguments):
        if deduplication_id is not None:
            arguments["MessageDeduplicationId"] = deduplication_id
        return sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=group, **arguments)

    return send


def test_messages_of_a_group_arrive_in_order(fifo, send, bodies):
    for body in "dcba":
        send(fifo, body)
    assert bodies(fifo) == [*"dcba"]


def test_a_group_is_locked_while_any_of_it_is_in_flight(sqs, fifo, send, receive, bodies):
    for body in "abc":
        send(fifo, body)
    a, b = receive(fifo, MaxNumberOfMessages=2)
    assert bodies(fifo) == []
    sqs.delete_message(QueueUrl=fifo, ReceiptHandle=a["ReceiptHandle"])
    assert bodies(fifo) == []
    sqs.delete_message(QueueUrl=fifo, ReceiptHandle=b["ReceiptHandle"])
    assert bodies(fifo) == ["c"]


def test_other_groups_go_on_meanwhile(fifo, send, bodies):
    send(fifo, "a1", "a")
    send(fifo, "b1", "b")
    send(fifo, "a2", "a")
    assert bodies(fifo, MaxNumberOfMessages=1) == ["a1"]
    assert bodies(fifo) == ["b1"]
    assert bodies(fifo) == []


def test_one_receive_takes_as_much_of_a_group_as_it_can(fifo, send, bodies):
    for body, group in [("a1", "a"), ("b1", "b"), ("a2", "a"), ("b2", "b")]:
        send(fifo, body, group)
    assert bodies(fifo, MaxNumberOfMessages=3) == ["a1", "a2", "b1"]


def test_a_message_that_returns_takes_its_old_place(sqs, fifo, send, receive, bodies, advance):
    for body in "abc":
        send(fifo, body)
    receive(fifo, MaxNumberOfMessages=2)
    advance(30)
    assert bodies(fifo) == ["a", "b", "c"]


def test_a_group_that_was_emptied_can_be_used_again(sqs, fifo, send, receive, bodies):
    send(fifo, "Message 1")
    (first,) = receive(fifo)
    sqs.delete_message(QueueUrl=fifo, ReceiptHandle=first["ReceiptHandle"])
    assert bodies(fifo) == []
    send(fifo, "Message 2")
    assert bodies(fifo) == ["Message 2"]


def test_a_message_needs_a_group(sqs, fifo, refusal):
    assert refusal(sqs.send_message, QueueUrl=fifo, MessageBody="x") == {
        "Status": 400,
        "Code": "MissingParameter",
        "QueryErrorCode": "MissingRequiredParameterException",
        "Type": "Sender",
        "Message": "The request must contain the parameter MessageGroupId.",
    }


def test_a_message_needs_a_deduplication_id_of_some_kind(sqs, make_queue, refusal, invalid_parameter):
    url = make_queue("plain.fifo")
    assert refusal(sqs.send_message, QueueUrl=url, MessageBody="x", MessageGroupId="g") == invalid_parameter(
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
    )


@pytest.mark.parametrize("given", ["", "with space", "x" * 129])
def test_a_deduplication_id_has_one_to_128_printable_characters(sqs, fifo, refusal, invalid_parameter, given):
    error = refusal(sqs.send_message, QueueUrl=fifo, MessageBody="x", MessageGroupId="g", MessageDeduplicationId=given)
    assert error == invalid_parameter(
        f"Value {given} for parameter MessageDeduplicationId is invalid. Reason: MessageDeduplicationId can only "
        "include alphanumeric and punctuation characters. 1 to 128 in length."
    )


def test_sequence_numbers_have_twenty_digits_and_grow(fifo, send, receive):
    sent = [send(fifo, body)["SequenceNumber"] for body in "abc"]
    assert all(len(number) == 20 and number.isdigit() for number in sent)
    assert sent == sorted(set(sent))
    received = receive(fifo, AttributeNames=["SequenceNumber"])
    assert [message["Attributes"]["SequenceNumber"] for message in received] == sent


def test_a_received_message_tells_its_group_and_deduplication_id(fifo, send, receive):
    send(fifo, "message", "group")
    names = ["MessageGroupId", "MessageDeduplicationId"]
    assert receive(fifo, MessageSystemAttributeNames=names)[0]["Attributes"] == {
        "MessageGroupId": "group",
        "MessageDeduplicationId": hashlib.sha256(b"message").hexdigest(),
    }


def test_a_duplicate_is_answered_like_the_first_and_not_delivered(fifo, send, bodies):
    first, second = send(fifo, "x"), send(fifo, "x")
    assert (first["MessageId"], first["SequenceNumber"]) == (second["MessageId"], second["SequenceNumber"])
    assert bodies(fifo) == ["x"]


@pytest.mark.parametrize("content_based", [True, False])
def test_a_duplicate_is_one_even_after_the_first_was_deleted(sqs, make_queue, send, receive, content_based):
    url = make_queue("orders.fifo", ContentBasedDeduplication=str(content_based).lower())
    key = None if content_based else "1"
    send(url, '{"foo": "bar"}', deduplication_id=key)
    (message,) = receive(url)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    send(url, '{"foo": "bar"}', deduplication_id=key)
    assert receive(url) == []


def test_five_minutes_later_it_is_no_duplicate(fifo, send, bodies, advance):
    send(fifo, "x")
    advance(299)
    send(fifo, "x")
    advance(1)
    send(fifo, "x")
    assert bodies(fifo) == ["x", "x"]


def test_the_content_of_a_duplicate_is_the_body_not_the_attributes(fifo, send, receive):
    send(fifo, "x")
    send(fifo, "x", MessageAttributes={"a": {"DataType": "String", "StringValue": "b"}})
    assert len(receive(fifo)) == 1


def test_a_given_deduplication_id_comes_before_the_content(fifo, send, bodies):
    send(fifo, "same", deduplication_id="1")
    send(fifo, "same", deduplication_id="2")
    send(fifo, "other", deduplication_id="2")
    assert bodies(fifo) == ["same", "same"]


def test_duplicates_are_found_across_groups(fifo, send, bodies):
    send(fifo, "Test1", "1", "1")
    send(fifo, "Test2", "2", "1")
    assert bodies(fifo) == ["Test1"]


def test_with_the_scope_of_groups_duplicates_are_found_within_one(make_queue, send, bodies):
    url = make_queue("orders.fifo", DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId")
    for group in ("1", "2", "1"):
        send(url, f"Test{group}", group, "1")
    assert bodies(url) == ["Test1", "Test2"]


HIGH = {"DeduplicationScope": "messageGroup", "FifoThroughputLimit": "perMessageGroupId"}
REGULAR = {"DeduplicationScope": "queue", "FifoThroughputLimit": "perQueue"}


def test_a_queue_made_for_regular_throughput_goes_on_deduplicating_across_groups(sqs, make_queue, send, bodies):
    url = make_queue("orders.fifo")
    send(url, "Test1", "1", "1")
    send(url, "Test2", "2", "1")
    assert bodies(url) == ["Test1"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=HIGH)
    send(url, "Test3", "3", "1")
    assert bodies(url) == []
    send(url, "Test4", "4", "2")
    assert bodies(url) == ["Test4"]
    send(url, "Test5", "5", "2")
    assert bodies(url) == []


def test_a_queue_made_for_high_throughput_goes_on_deduplicating_within_groups(sqs, make_queue, send, bodies):
    url = make_queue("orders.fifo", **HIGH)
    send(url, "Test1", "1", "1")
    assert bodies(url) == ["Test1"]
    send(url, "Test2", "2", "1")
    assert bodies(url) == ["Test2"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=REGULAR)
    send(url, "Test3", "3", "1")
    assert bodies(url) == ["Test3"]


def test_a_single_message_cannot_be_delayed(sqs, fifo, refusal, invalid_parameter):
    error = refusal(sqs.send_message, QueueUrl=fifo, MessageBody="x", MessageGroupId="g", DelaySeconds=2)
    assert error == invalid_parameter(
        "Value 2 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for "
        "this queue type."
    )


def test_a_delay_of_zero_means_the_queues_delay(make_queue, send, bodies, advance):
    url = make_queue("orders.fifo", ContentBasedDeduplication="true", DelaySeconds="2")
    send(url, "message-1", DelaySeconds=0)
    assert bodies(url) == []
    advance(2)
    assert bodies(url) == ["message-1"]


def test_a_delayed_message_holds_up_its_group_alone(sqs, make_queue, send, bodies, advance):
    url = make_queue("orders.fifo", ContentBasedDeduplication="true", DelaySeconds="10")
    send(url, "first", "slow")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "0"})
    send(url, "second", "slow")
    send(url, "other", "fast")
    assert bodies(url) == ["other"]
    advance(10)
    assert bodies(url) == ["first", "second"]


def test_a_repeated_attempt_gets_the_same_messages_and_handles(fifo, send, receive, advance):
    for body in "ab":
        send(fifo, body)
    first = receive(fifo, ReceiveRequestAttemptId="1")
    advance(20)
    assert receive(fifo, ReceiveRequestAttemptId="1") == first
    assert receive(fifo, ReceiveRequestAttemptId="2") == []
    advance(20)
    assert receive(fifo) == []
    advance(10)
    assert len(receive(fifo)) == 2


def test_an_attempt_cannot_be_repeated_after_its_messages_have_changed(sqs, fifo, send, receive, bodies, advance):
    for body in "ab":
        send(fifo, body)
    a, _ = receive(fifo, ReceiveRequestAttemptId="1")
    sqs.delete_message(QueueUrl=fifo, ReceiptHandle=a["ReceiptHandle"])
    assert receive(fifo, ReceiveRequestAttemptId="1") == []
    advance(30)
    assert bodies(fifo, ReceiveRequestAttemptId="1") == ["b"]


def test_an_attempt_is_forgotten_after_five_minutes(fifo, send, receive, advance):
    send(fifo, "a")
    receive(fifo, ReceiveRequestAttemptId="1", VisibilityTimeout=1_000)
    advance(301)
    assert receive(fifo, ReceiveRequestAttemptId="1") == []
