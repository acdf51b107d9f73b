"""Queue attributes: defaults, changes, and what is refused, in AWS's words."""

from __future__ import annotations

import json

import pytest

from .conftest import ACCOUNT

SSE_CONFLICT = (
    "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE."
)


def attributes_of(sqs, url, *names):
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(names or ("All",)))
    return answer.get("Attributes", {})


def invalid_name(message):
    return {
        "Status": 400,
        "Code": "InvalidAttributeName",
        "QueryErrorCode": "InvalidAttributeName",
        "Type": "Sender",
        "Message": message,
    }


def invalid_value(message):
    return {
        "Status": 400,
        "Code": "InvalidAttributeValue",
        "QueryErrorCode": "InvalidAttributeValue",
        "Type": "Sender",
        "Message": message,
    }


def test_a_standard_queue_has_these_attributes(cloud, sqs, make_queue):
    cloud.clock.move_to(4_000_000_000.75)
    assert attributes_of(sqs, make_queue("orders")) == {
        "ApproximateNumberOfMessages": "0",
        "ApproximateNumberOfMessagesDelayed": "0",
        "ApproximateNumberOfMessagesNotVisible": "0",
        "CreatedTimestamp": "4000000000",
        "DelaySeconds": "0",
        "LastModifiedTimestamp": "4000000000",
        "MaximumMessageSize": "1048576",
        "MessageRetentionPeriod": "345600",
        "QueueArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders",
        "ReceiveMessageWaitTimeSeconds": "0",
        "SqsManagedSseEnabled": "true",
        "VisibilityTimeout": "30",
    }


def test_a_fifo_queue_has_four_more(sqs, make_queue):
    standard, fifo = attributes_of(sqs, make_queue("a")), attributes_of(sqs, make_queue("a.fifo"))
    assert {name: value for name, value in fifo.items() if name not in standard} == {
        "ContentBasedDeduplication": "false",
        "DeduplicationScope": "queue",
        "FifoQueue": "true",
        "FifoThroughputLimit": "perQueue",
    }


def test_attributes_are_set_at_creation_and_changed_later(sqs, make_queue, advance):
    url = make_queue(VisibilityTimeout="20", MessageRetentionPeriod="604800", ReceiveMessageWaitTimeSeconds="10")
    created = attributes_of(sqs, url)
    advance(10)
    changes = {"DelaySeconds": "420", "MaximumMessageSize": "2048", "VisibilityTimeout": "69"}
    sqs.set_queue_attributes(QueueUrl=url, Attributes=changes)
    modified = str(int(created["LastModifiedTimestamp"]) + 10)
    after = attributes_of(sqs, url)
    assert abs(int(after["LastModifiedTimestamp"]) - int(modified)) <= 1
    assert after == {**created, **changes, "LastModifiedTimestamp": after["LastModifiedTimestamp"]}


def test_only_the_attributes_that_are_asked_for_are_answered(sqs, make_queue):
    url = make_queue()
    assert attributes_of(sqs, url, "VisibilityTimeout") == {"VisibilityTimeout": "30"}
    assert attributes_of(sqs, url, "QueueArn", "DelaySeconds") == {
        "QueueArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders",
        "DelaySeconds": "0",
    }
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=url)
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])


def test_an_unknown_attribute_is_refused_by_name(sqs, make_queue, refusal):
    url = make_queue()
    error = invalid_name("Unknown Attribute Colour.")
    assert refusal(sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["Colour"]) == error
    assert refusal(sqs.set_queue_attributes, QueueUrl=url, Attributes={"Colour": "red"}) == error
    assert refusal(sqs.create_queue, QueueName="b", Attributes={"Colour": "red"}) == error


def test_a_computed_attribute_cannot_be_set(sqs, make_queue, refusal):
    error = refusal(sqs.set_queue_attributes, QueueUrl=make_queue(), Attributes={"QueueArn": "x"})
    assert error == invalid_name("Unknown Attribute QueueArn.")


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("VisibilityTimeout", ["0", "43200"], ["-1", "43201", "", "ten", "1.5", "9" * 5_000]),
        ("MaximumMessageSize", ["1024", "1048576"], ["1023", "1048577"]),
        ("MessageRetentionPeriod", ["60", "1209600"], ["59", "1209601"]),
        ("DelaySeconds", ["0", "900"], ["-1", "901"]),
        ("ReceiveMessageWaitTimeSeconds", ["0", "20"], ["-1", "21"]),
        ("KmsDataKeyReusePeriodSeconds", ["60", "86400"], ["59", "86401"]),
        ("SqsManagedSseEnabled", ["true", "false"], ["yes"]),
        ("Policy", ['{"Statement": []}'], ["{", "[]", "[" * 100_000, '{"Statement": 5}', '{"Statement": ["x"]}']),
    ],
)
def test_values_have_ranges(sqs, make_queue, refusal, name, good, bad):
    url = make_queue()
    for value in good:
        sqs.set_queue_attributes(QueueUrl=url, Attributes={name: value})
        assert attributes_of(sqs, url, name) == {name: value}
    for value in bad:
        error = refusal(sqs.set_queue_attributes, QueueUrl=url, Attributes={name: value})
        assert error == invalid_value(f"Invalid value for the parameter {name}.")


def test_a_number_is_answered_without_leading_zeros(sqs, make_queue):
    assert attributes_of(sqs, make_queue(DelaySeconds="007"), "DelaySeconds") == {"DelaySeconds": "7"}


def test_a_refused_change_changes_nothing(sqs, make_queue, refusal):
    url = make_queue()
    before = attributes_of(sqs, url)
    refusal(sqs.set_queue_attributes, QueueUrl=url, Attributes={"DelaySeconds": "5", "VisibilityTimeout": "no"})
    assert attributes_of(sqs, url) == before


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"FifoQueue": "false"}, "Unknown Attribute FifoQueue."),
        ({"ContentBasedDeduplication": "false"}, "Unknown Attribute ContentBasedDeduplication."),
        (
            {"DeduplicationScope": "queue"},
            "You can specify the DeduplicationScope only when FifoQueue is set to true.",
        ),
        (
            {"FifoThroughputLimit": "perQueue"},
            "You can specify the FifoThroughputLimit only when FifoQueue is set to true.",
        ),
    ],
)
def test_a_standard_queue_takes_no_fifo_attributes(sqs, refusal, attributes, message):
    assert refusal(sqs.create_queue, QueueName="orders", Attributes=attributes) == invalid_name(message)


@pytest.mark.parametrize("value", ["true", "false"])
def test_a_standard_queue_cannot_become_fifo(sqs, make_queue, refusal, value):
    error = refusal(sqs.set_queue_attributes, QueueUrl=make_queue(), Attributes={"FifoQueue": value})
    assert error == invalid_name("Unknown Attribute FifoQueue.")


def test_a_fifo_queue_cannot_become_standard(sqs, make_queue, refusal):
    url = make_queue("orders.fifo")
    assert refusal(sqs.set_queue_attributes, QueueUrl=url, Attributes={"FifoQueue": "false"}) == invalid_value(
        "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported."
    )
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"FifoQueue": "true"})
    assert attributes_of(sqs, url, "FifoQueue") == {"FifoQueue": "true"}


def test_throughput_per_group_needs_deduplication_per_group(sqs, make_queue, refusal):
    url = make_queue("orders.fifo")
    limit = {"FifoThroughputLimit": "perMessageGroupId"}
    assert refusal(sqs.set_queue_attributes, QueueUrl=url, Attributes=limit) == invalid_value(
        "Invalid value for the parameter FifoThroughputLimit. Reason: The perMessageGroupId value is allowed only when "
        "the value for DeduplicationScope is messageGroup."
    )
    high = {**limit, "DeduplicationScope": "messageGroup"}
    sqs.set_queue_attributes(QueueUrl=url, Attributes=high)
    assert attributes_of(sqs, url, *high) == high


def test_a_kms_key_ends_the_encryption_with_sqs_own_keys(sqs, make_queue):
    url = make_queue()
    names = ("KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": "alias/aws/sqs"})
    assert attributes_of(sqs, url, *names) == {
        "KmsMasterKeyId": "alias/aws/sqs",
        "KmsDataKeyReusePeriodSeconds": "300",
        "SqsManagedSseEnabled": "false",
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": ""})
    assert attributes_of(sqs, url, *names) == {"SqsManagedSseEnabled": "false"}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"SqsManagedSseEnabled": "true"})
    assert attributes_of(sqs, url, *names) == {"SqsManagedSseEnabled": "true"}


def test_a_queue_has_one_kind_of_encryption(sqs, make_queue, refusal):
    both = {"KmsMasterKeyId": "key", "SqsManagedSseEnabled": "true"}
    error = refusal(sqs.set_queue_attributes, QueueUrl=make_queue(), Attributes=both)
    assert error == invalid_name(SSE_CONFLICT)


def test_a_policy_is_kept_as_it_was_given_and_taken_away_by_an_empty_one(sqs, make_queue):
    url = make_queue()
    policy = json.dumps({"Version": "2012-10-17", "Statement": []}, indent=2)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    assert attributes_of(sqs, url, "Policy") == {"Policy": policy}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})
    assert "Policy" not in attributes_of(sqs, url)


def test_the_counters_follow_the_messages(sqs, make_queue, receive, advance):
    url = make_queue()

    def counts():
        attributes = attributes_of(sqs, url)
        suffixes = ("", "Delayed", "NotVisible")
        return tuple(int(attributes[f"ApproximateNumberOfMessages{suffix}"]) for suffix in suffixes)

    for delay in (0, 0, 0, 10):
        sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=delay)
    assert counts() == (3, 1, 0)
    first, _ = receive(url, MaxNumberOfMessages=2)
    assert counts() == (1, 1, 2)
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    assert counts() == (1, 1, 1)
    advance(10)
    assert counts() == (2, 0, 1)
    advance(20)
    assert counts() == (3, 0, 0)
