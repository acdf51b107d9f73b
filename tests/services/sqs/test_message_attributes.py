"""Message attributes: kept, filtered, digested, validated."""

from __future__ import annotations

import pytest

from awsim.services.sqs.message_attributes import MessageAttribute, md5_of_attributes, name_filter

KENOBI = {
    "Help.Me": {"DataType": "String", "StringValue": "Me"},
    "Hello": {"DataType": "String", "StringValue": "There"},
    "General": {"DataType": "String", "StringValue": "Kenobi"},
}
MIXED = {
    "text": {"DataType": "String", "StringValue": "ünïcode \U0001f600"},
    "labelled": {"DataType": "String.uuid", "StringValue": "x"},
    "number": {"DataType": "Number", "StringValue": "-1.5E+10"},
    "labelled.number": {"DataType": "Number.int", "StringValue": "7"},
    "binary": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    "picture-1_2": {"DataType": "Binary.png", "BinaryValue": b"x"},
}


def test_attributes_arrive_as_they_were_sent(sqs, make_queue, receive):
    url = make_queue()
    sent = sqs.send_message(QueueUrl=url, MessageBody="msg", MessageAttributes=MIXED)
    (message,) = receive(url, MessageAttributeNames=["All"])
    assert message["MessageAttributes"] == MIXED
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]


@pytest.mark.parametrize(
    ("names", "found", "digest"),
    [
        ([], None, None),
        (["All"], ["General", "Hello", "Help.Me"], "4c360f3fdafd970e05fae2f149d997f5"),
        (["*"], ["General", "Hello", "Help.Me"], "4c360f3fdafd970e05fae2f149d997f5"),
        ([".*"], ["General", "Hello", "Help.Me"], "4c360f3fdafd970e05fae2f149d997f5"),
        (["Foo", "Help"], None, None),
        (["Hello", "General"], ["General", "Hello"], "fca026605781cb4126a1e9044df24232"),
        (["Foo", "Hello"], ["Hello"], "a311262e065454b75da111d535b8dacd"),
        (["Hel.*"], ["Hello", "Help.Me"], "83fee93c1bcd8b9a5a923ffacdc636c7"),
        (["AWS."], None, None),
        (["..foo"], None, None),
    ],
)
def test_a_receiver_gets_the_attributes_it_names_and_their_digest(sqs, make_queue, receive, names, found, digest):
    url = make_queue()
    sqs.send_message(QueueUrl=url, MessageBody="msg", MessageAttributes=KENOBI)
    (message,) = receive(url, MessageAttributeNames=names)
    expected = {name: KENOBI[name] for name in found} if found else None
    assert message.get("MessageAttributes") == expected
    assert message.get("MD5OfMessageAttributes") == digest


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        (
            {"a": {"DataType": "", "StringValue": "x"}},
            "The message attribute 'a' must contain non-empty message attribute type.",
        ),
        (
            {"a": {"DataType": "string", "StringValue": "x"}},
            "The type of message (user) attribute 'a' is invalid. You must use only the following supported type "
            "prefixes: Binary, Number, String.",
        ),
        (
            {"a": {"DataType": "Stringy", "StringValue": "x"}},
            "The type of message (user) attribute 'a' is invalid. You must use only the following supported type "
            "prefixes: Binary, Number, String.",
        ),
        (
            {"a": {"DataType": "String", "StringValue": ""}},
            "Message (user) attribute 'a' must contain a non-empty value of type 'String'.",
        ),
        (
            {"a": {"DataType": "String", "BinaryValue": b"x"}},
            "Message (user) attribute 'a' must contain a non-empty value of type 'String'.",
        ),
        (
            {"a": {"DataType": "Number"}},
            "Message (user) attribute 'a' must contain a non-empty value of type 'Number'.",
        ),
        (
            {"a": {"DataType": "Binary", "BinaryValue": b""}},
            "Message (user) attribute 'a' must contain a non-empty value of type 'Binary'.",
        ),
        (
            {"a": {"DataType": "Number", "StringValue": "seven"}},
            "Can't cast the value of message (user) attribute 'a' to a number.",
        ),
        (
            {"a": {"DataType": "Number", "StringValue": "NaN"}},
            "Can't cast the value of message (user) attribute 'a' to a number.",
        ),
        (
            {"a": {"DataType": "String", "StringListValues": ["x"]}},
            "Message (user) attribute 'a' has list values, which are reserved for future use.",
        ),
        (
            {"": {"DataType": "String", "StringValue": "x"}},
            "The request must contain non-empty message attribute name.",
        ),
        (
            {"n" * 257: {"DataType": "String", "StringValue": "x"}},
            "Length of message attribute name must be less than 256 bytes.",
        ),
        (
            {"a": {"DataType": "String." + "n" * 250, "StringValue": "x"}},
            "Length of message attribute type must be less than 256 bytes.",
        ),
        (
            {"a b": {"DataType": "String", "StringValue": "x"}},
            "Invalid non-alphanumeric character was found in the message attribute name. Can only include alphanumeric "
            "characters, hyphens, underscores, or dots.",
        ),
        (
            {"a..b": {"DataType": "String", "StringValue": "x"}},
            "You can't use message attribute names beginning or ending with a dot, or with successive dots: 'a..b'.",
        ),
        (
            {"aws.trace": {"DataType": "String", "StringValue": "x"}},
            "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for "
            "internal use.",
        ),
        (
            {f"a{number}": {"DataType": "String", "StringValue": "x"} for number in range(11)},
            "Number of message attributes [11] exceeds the allowed maximum [10].",
        ),
    ],
)
def test_attributes_that_sqs_cannot_take_are_refused(sqs, make_queue, refusal, invalid_parameter, attributes, message):
    error = refusal(sqs.send_message, QueueUrl=make_queue(), MessageBody="x", MessageAttributes=attributes)
    assert error == invalid_parameter(message)


def test_a_value_has_the_characters_that_a_body_may_have(sqs, make_queue, refusal):
    attributes = {"a": {"DataType": "String", "StringValue": "\x01"}}
    error = refusal(sqs.send_message, QueueUrl=make_queue(), MessageBody="x", MessageAttributes=attributes)
    assert (error["Status"], error["Code"]) == (400, "InvalidMessageContents")
    assert error["Message"] == (
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | "
        "#x10000 to #x10FFFF"
    )


@pytest.mark.parametrize(
    ("attributes", "digest"),
    [
        ({"MyAttribute": MessageAttribute("String", "foobar")}, "adb59cd4678ea5a855436b949cd07ab6"),
        ({"Foo": MessageAttribute("String", "Bar")}, "ae7155c6026991b6d54b11589678bf9c"),
    ],
)
def test_digests_are_those_that_aws_was_recorded_to_answer(attributes, digest):
    assert md5_of_attributes(attributes) == digest


def test_a_prefix_matches_from_the_start_of_a_name():
    matches = name_filter(["order.*", "exact"])
    assert matches is not None
    assert [name for name in ("order", "order.id", "ordered", "reorder", "exact", "exactly") if matches(name)] == [
        "order",
        "order.id",
        "ordered",
        "exact",
    ]
