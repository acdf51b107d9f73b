"""Sending messages: what is answered, what is kept, what is refused."""

from __future__ import annotations

import hashlib
import re

import boto3
import pytest

from .conftest import ACCOUNT, REGION

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
INVALID_CHARACTERS = (
    "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | "
    "#x10000 to #x10FFFF"
)


def without_metadata(answer):
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_a_sent_message_is_answered_with_its_id_and_digest(sqs, make_queue):
    answer = without_metadata(sqs.send_message(QueueUrl=make_queue(), MessageBody="message"))
    assert UUID.fullmatch(answer.pop("MessageId"))
    assert answer == {"MD5OfMessageBody": "78e731027d8fd50ed642340b7c9a63b3"}


@pytest.mark.parametrize("body", ["a", "line\nline\ttab\r", "ünïcödé \U0001f600", '{"json": [1, 2]}', " ", "<&>\"'"])
def test_a_body_arrives_as_it_was_sent(sqs, make_queue, receive, body):
    url = make_queue()
    sent = sqs.send_message(QueueUrl=url, MessageBody=body)
    (message,) = receive(url)
    assert (message["Body"], message["MessageId"]) == (body, sent["MessageId"])
    assert message["MD5OfBody"] == sent["MD5OfMessageBody"] == hashlib.md5(body.encode()).hexdigest()


def test_an_empty_body_is_refused(sqs, make_queue, refusal):
    assert refusal(sqs.send_message, QueueUrl=make_queue(), MessageBody="") == {
        "Status": 400,
        "Code": "MissingParameter",
        "QueryErrorCode": "MissingRequiredParameterException",
        "Type": "Sender",
        "Message": "The request must contain the parameter MessageBody.",
    }


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_characters_that_xml_cannot_hold_are_refused(sqs, make_queue, refusal, character):
    assert refusal(sqs.send_message, QueueUrl=make_queue(), MessageBody=f"a{character}b") == {
        "Status": 400,
        "Code": "InvalidMessageContents",
        "QueryErrorCode": "InvalidMessageContents",
        "Type": "Sender",
        "Message": INVALID_CHARACTERS,
    }


def test_a_message_may_be_as_long_as_the_queue_allows(sqs, make_queue, refusal, invalid_parameter):
    url = make_queue(MaximumMessageSize="1024")
    sqs.send_message(QueueUrl=url, MessageBody="x" * 1024)
    sqs.send_message(QueueUrl=url, MessageBody="é" * 512)
    error = invalid_parameter("One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.")
    assert refusal(sqs.send_message, QueueUrl=url, MessageBody="x" * 1025) == error
    assert refusal(sqs.send_message, QueueUrl=url, MessageBody="é" * 513) == error


def test_attributes_count_towards_the_size_of_a_message(sqs, make_queue, refusal, invalid_parameter):
    url = make_queue(MaximumMessageSize="1024")
    attributes = {"name": {"DataType": "String", "StringValue": "value"}}  # 4 + 6 + 5 bytes
    sqs.send_message(QueueUrl=url, MessageBody="x" * 1009, MessageAttributes=attributes)
    error = refusal(sqs.send_message, QueueUrl=url, MessageBody="x" * 1010, MessageAttributes=attributes)
    assert error == invalid_parameter(
        "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes."
    )


def test_a_message_may_have_a_mebibyte(sqs, make_queue, refusal, bodies):
    url = make_queue()
    sqs.send_message(QueueUrl=url, MessageBody="x" * 1_048_576)
    assert len(bodies(url)[0]) == 1_048_576
    assert refusal(sqs.send_message, QueueUrl=url, MessageBody="x" * 1_048_577)["Message"] == (
        "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes."
    )


def test_a_delayed_message_arrives_when_its_delay_is_over(sqs, make_queue, bodies, advance):
    url = make_queue()
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=10)
    advance(9)
    assert bodies(url) == []
    advance(1)
    assert bodies(url) == ["later"]


def test_the_queues_delay_holds_for_messages_without_one(sqs, make_queue, bodies, advance):
    url = make_queue(DelaySeconds="5")
    sqs.send_message(QueueUrl=url, MessageBody="queue's")
    sqs.send_message(QueueUrl=url, MessageBody="own", DelaySeconds=0)
    assert bodies(url) == ["own"]
    advance(5)
    assert bodies(url) == ["queue's"]


@pytest.mark.parametrize("delay", [-1, 901])
def test_a_delay_is_at_most_a_quarter_of_an_hour(sqs, make_queue, refusal, invalid_parameter, delay):
    error = refusal(sqs.send_message, QueueUrl=make_queue(), MessageBody="x", DelaySeconds=delay)
    assert error == invalid_parameter(
        f"Value {delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."
    )


def test_a_standard_queue_takes_a_group_for_fair_queueing_and_no_sequence_number(sqs, make_queue, receive):
    url = make_queue()
    sent = without_metadata(sqs.send_message(QueueUrl=url, MessageBody="message", MessageGroupId="test"))
    assert sorted(sent) == ["MD5OfMessageBody", "MessageId"]
    (message,) = receive(url, MessageSystemAttributeNames=["All"])
    assert sorted(message["Attributes"]) == [
        "ApproximateFirstReceiveTimestamp",
        "ApproximateReceiveCount",
        "MessageGroupId",
        "SenderId",
        "SentTimestamp",
    ]
    assert message["Attributes"]["MessageGroupId"] == "test"
    assert message["Attributes"]["SenderId"] == ACCOUNT


@pytest.mark.parametrize("group", ["", "group 123", "a" * 129])
def test_a_group_id_has_one_to_128_printable_characters(sqs, make_queue, refusal, invalid_parameter, group):
    error = refusal(sqs.send_message, QueueUrl=make_queue(), MessageBody="x", MessageGroupId=group)
    assert error == invalid_parameter(
        f"Value {group} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric "
        "and punctuation characters. 1 to 128 in length."
    )


def test_a_standard_queue_takes_no_deduplication_id(sqs, make_queue, refusal, invalid_parameter):
    error = refusal(sqs.send_message, QueueUrl=make_queue(), MessageBody="x", MessageDeduplicationId="1")
    assert error == invalid_parameter(
        "Value 1 for parameter MessageDeduplicationId is invalid. Reason: The request include parameter that is not "
        "valid for this queue type."
    )


TRACE = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1"


def test_the_trace_header_of_the_request_travels_with_the_message(cloud, make_queue, receive):
    url = make_queue()
    sqs = boto3.client("sqs", region_name=REGION)

    def add_header(request, **_):
        request.headers["X-Amzn-Trace-Id"] = TRACE

    sqs.meta.events.register("before-sign.sqs.SendMessage", add_header)
    sent = sqs.send_message(QueueUrl=url, MessageBody="test")
    (message,) = receive(url, AttributeNames=["AWSTraceHeader"])
    assert message["Attributes"] == {"AWSTraceHeader": TRACE}
    assert "MD5OfMessageSystemAttributes" not in sent


def test_the_trace_header_may_be_sent_as_system_attribute(sqs, make_queue, receive):
    url = make_queue()
    sent = sqs.send_message(
        QueueUrl=url,
        MessageBody="test",
        MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": TRACE}},
    )
    # 14 + "AWSTraceHeader", 6 + "String", 1, length + value, as the documentation lays them out
    layout = b"\0\0\0\x0eAWSTraceHeader\0\0\0\x06String\x01" + len(TRACE).to_bytes(4, "big") + TRACE.encode()
    assert sent["MD5OfMessageSystemAttributes"] == hashlib.md5(layout).hexdigest()
    (message,) = receive(url, AttributeNames=["All"])
    assert message["Attributes"]["AWSTraceHeader"] == TRACE


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        (
            {"Colour": {"DataType": "String", "StringValue": "red"}},
            "Message system attribute name 'Colour' is invalid.",
        ),
        (
            {"AWSTraceHeader": {"DataType": "Number", "StringValue": "1"}},
            "Message system attribute 'AWSTraceHeader' must be of type 'String'.",
        ),
        (
            {"AWSTraceHeader": {"DataType": "String", "StringValue": ""}},
            "Message (system) attribute 'AWSTraceHeader' must contain a non-empty value of type 'String'.",
        ),
    ],
)
def test_only_a_trace_header_may_be_sent_as_system_attribute(
    sqs, make_queue, refusal, invalid_parameter, attributes, message
):
    error = refusal(sqs.send_message, QueueUrl=make_queue(), MessageBody="x", MessageSystemAttributes=attributes)
    assert error == invalid_parameter(message)
