"""Dead-letter queues: who goes there, how it arrives, and which queues may send it."""

from __future__ import annotations

import json

import pytest

from .conftest import ACCOUNT

ARN = f"arn:aws:sqs:us-east-1:{ACCOUNT}"


def policy(target="dead", count=1):
    return json.dumps({"deadLetterTargetArn": f"{ARN}:{target}", "maxReceiveCount": count}, separators=(",", ":"))


@pytest.fixture
def queues(make_queue):
    """A queue that gives up after one delivery, and its dead-letter queue."""
    dead = make_queue("dead")
    return make_queue("orders", RedrivePolicy=policy(), VisibilityTimeout="10"), dead


def test_a_message_that_was_received_too_often_moves_when_it_is_asked_for_again(sqs, queues, bodies, receive, advance):
    url, dead = queues
    sqs.send_message(QueueUrl=url, MessageBody="x")
    assert bodies(url) == ["x"]
    advance(10)
    assert bodies(dead) == []
    assert bodies(url) == []
    assert bodies(dead) == ["x"]


def test_a_dead_letter_keeps_its_id_attributes_and_history(sqs, queues, receive, advance):
    url, dead = queues
    trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    sent = sqs.send_message(
        QueueUrl=url,
        MessageBody="message-1",
        MessageAttributes={"MyAttribute": {"DataType": "String", "StringValue": "foobar"}},
        MessageSystemAttributes={"AWSTraceHeader": {"DataType": "String", "StringValue": trace}},
    )
    everything = {"AttributeNames": ["All"], "MessageAttributeNames": ["All"]}
    (before,) = receive(url, **everything)
    advance(10)
    receive(url)
    (after,) = receive(dead, **everything)
    assert after.pop("ReceiptHandle") != before["ReceiptHandle"]
    assert after == {
        "MessageId": sent["MessageId"],
        "Body": "message-1",
        "MD5OfBody": "3d6b824fd8c1520e9a047d21fee6fb1f",
        "MessageAttributes": {"MyAttribute": {"DataType": "String", "StringValue": "foobar"}},
        "MD5OfMessageAttributes": "adb59cd4678ea5a855436b949cd07ab6",
        "Attributes": {
            **before["Attributes"],
            "ApproximateReceiveCount": "2",
            "DeadLetterQueueSourceArn": f"{ARN}:orders",
        },
    }


def test_living_messages_are_received_past_the_dead_ones(sqs, queues, bodies, advance):
    url, dead = queues
    for body in "abc":
        sqs.send_message(QueueUrl=url, MessageBody=body)
    assert bodies(url, MaxNumberOfMessages=2) == ["a", "b"]
    advance(10)
    assert bodies(url, MaxNumberOfMessages=1) == ["c"]
    assert bodies(dead) == ["a", "b"]


def test_a_message_is_delivered_as_often_as_the_policy_says(sqs, make_queue, bodies):
    dead, url = make_queue("dead"), make_queue("orders", RedrivePolicy=policy(count=3))
    sqs.send_message(QueueUrl=url, MessageBody="x")
    deliveries = [bodies(url, VisibilityTimeout=0) for _ in range(5)]
    assert deliveries == [["x"], ["x"], ["x"], [], []]
    assert bodies(dead) == ["x"]


def test_a_standard_dead_letter_is_kept_from_its_first_send_on(sqs, make_queue, bodies, advance):
    dead = make_queue("dead", MessageRetentionPeriod="100")
    url = make_queue("orders", RedrivePolicy=policy())
    sqs.send_message(QueueUrl=url, MessageBody="x")
    bodies(url)
    advance(60)
    bodies(url)
    assert bodies(dead, VisibilityTimeout=0) == ["x"]
    advance(50)
    assert bodies(dead) == []


def test_a_fifo_dead_letter_is_kept_anew_and_its_group_goes_on(sqs, make_queue, bodies, advance):
    dead = make_queue("dead.fifo", MessageRetentionPeriod="100")
    url = make_queue("orders.fifo", RedrivePolicy=policy("dead.fifo"), ContentBasedDeduplication="true")
    for body in ("bad", "good"):
        sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g")
    assert bodies(url, MaxNumberOfMessages=1) == ["bad"]
    advance(60)
    assert bodies(url) == ["good"]
    advance(60)
    assert bodies(dead, VisibilityTimeout=0) == ["bad"]
    advance(41)
    assert bodies(dead) == []


def test_content_based_deduplication_does_not_swallow_dead_letters(sqs, make_queue, receive, bodies, advance):
    dead = make_queue("dead.fifo", ContentBasedDeduplication="true")
    url = make_queue("orders.fifo", RedrivePolicy=policy("dead.fifo"), ContentBasedDeduplication="true")
    for number in range(2):
        sqs.send_message(QueueUrl=url, MessageBody="same", MessageGroupId="g", MessageDeduplicationId=str(number))
    receive(url)
    advance(30)
    assert bodies(url) == []
    assert bodies(dead) == ["same", "same"]


def test_without_its_dead_letter_queue_a_message_stays(sqs, queues, bodies, advance):
    url, dead = queues
    sqs.send_message(QueueUrl=url, MessageBody="x")
    bodies(url)
    sqs.delete_queue(QueueUrl=dead)
    advance(10)
    assert bodies(url) == ["x"]


def test_a_policy_is_answered_with_its_count_as_a_number(sqs, make_queue):
    make_queue("dead")
    given = json.dumps({"maxReceiveCount": "7", "deadLetterTargetArn": f"{ARN}:dead"})
    url = make_queue("orders", RedrivePolicy=given)
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]
    assert answer == {"RedrivePolicy": policy(count=7)}
    assert make_queue("orders", RedrivePolicy=given) == url
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": ""})
    assert "RedrivePolicy" not in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{}", "Redrive policy does not contain mandatory attribute: maxReceiveCount."),
        ('{"maxReceiveCount": 1}', "Redrive policy does not contain mandatory attribute: deadLetterTargetArn."),
        ("nonsense", "Redrive policy is not a valid JSON map."),
        ("[]", "Redrive policy is not a valid JSON map."),
        (
            policy(count=0),
            "Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive.",
        ),
        (
            policy(count=1001),
            "Invalid value for maxReceiveCount: 1001, valid values are from 1 to 1000 both inclusive.",
        ),
        (policy("nowhere"), "Dead letter target does not exist."),
        ('{"maxReceiveCount": 1, "deadLetterTargetArn": "dead"}', "Invalid value for deadLetterTargetArn."),
        (
            f'{{"maxReceiveCount": 1, "deadLetterTargetArn": "arn:aws:sqs:eu-west-1:{ACCOUNT}:dead"}}',
            "Dead-letter target owner should be same as the source.",
        ),
        (policy("dead.fifo"), "Dead-letter queue must be same type of queue as the source.."),
    ],
)
def test_a_bad_policy_is_refused(sqs, make_queue, refusal, invalid_parameter, text, reason):
    make_queue("dead")
    make_queue("dead.fifo")
    url = make_queue("orders")
    error = invalid_parameter(f"Value {text} for parameter RedrivePolicy is invalid. Reason: {reason}")
    assert refusal(sqs.set_queue_attributes, QueueUrl=url, Attributes={"RedrivePolicy": text}) == error
    assert refusal(sqs.create_queue, QueueName="new", Attributes={"RedrivePolicy": text}) == error
    assert refusal(sqs.get_queue_url, QueueName="new")["QueryErrorCode"] == "QueueDoesNotExist"


def test_the_sources_of_a_dead_letter_queue_are_listed(sqs, queues, make_queue):
    url, dead = queues
    other = make_queue("invoices", RedrivePolicy=policy())
    make_queue("unrelated")
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [url, other]
    assert sqs.list_dead_letter_source_queues(QueueUrl=url)["queueUrls"] == []
    page = sqs.list_dead_letter_source_queues(QueueUrl=dead, MaxResults=1)
    assert page["queueUrls"] == [url]
    rest = sqs.list_dead_letter_source_queues(QueueUrl=dead, MaxResults=1, NextToken=page["NextToken"])
    assert rest["queueUrls"] == [other]
    assert "NextToken" not in rest


@pytest.mark.parametrize(
    ("allow", "permitted"),
    [
        ({"redrivePermission": "allowAll"}, True),
        ({"redrivePermission": "denyAll"}, False),
        ({"redrivePermission": "byQueue", "sourceQueueArns": [f"{ARN}:orders"]}, True),
        ({"redrivePermission": "byQueue", "sourceQueueArns": [f"{ARN}:others"]}, False),
    ],
)
def test_a_dead_letter_queue_says_who_may_use_it(sqs, make_queue, refusal, allow, permitted):
    dead = make_queue("dead", RedriveAllowPolicy=json.dumps(allow))
    answer = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["RedriveAllowPolicy"])["Attributes"]
    assert json.loads(answer["RedriveAllowPolicy"]) == allow
    if permitted:
        assert make_queue("orders", RedrivePolicy=policy())
    else:
        error = refusal(sqs.create_queue, QueueName="orders", Attributes={"RedrivePolicy": policy()})
        assert error["Code"] == "InvalidParameterValue"
        assert error["Message"] == (
            f"Value {policy()} for parameter RedrivePolicy is invalid. Reason: Redrive allow policy of the dead-letter "
            "queue does not permit this source queue."
        )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "Redrive allow policy is not a valid JSON map."),
        ("{}", "Redrive allow policy does not contain mandatory attribute: redrivePermission."),
        ('{"redrivePermission": "some"}', "Invalid value for redrivePermission: some."),
        (
            '{"redrivePermission": "byQueue"}',
            "sourceQueueArns must be specified only when redrivePermission is byQueue.",
        ),
        (
            '{"redrivePermission": "denyAll", "sourceQueueArns": []}',
            "sourceQueueArns must be specified only when redrivePermission is byQueue.",
        ),
        (
            json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [f"{ARN}:q{n}" for n in range(11)]}),
            "sourceQueueArns must be a list of at most 10 ARNs.",
        ),
        ('{"redrivePermission": "byQueue", "sourceQueueArns": ["x"]}', "Invalid value for sourceQueueArns."),
    ],
)
def test_a_bad_allow_policy_is_refused(sqs, make_queue, refusal, invalid_parameter, text, reason):
    error = refusal(sqs.set_queue_attributes, QueueUrl=make_queue(), Attributes={"RedriveAllowPolicy": text})
    assert error == invalid_parameter(f"Value {text} for parameter RedriveAllowPolicy is invalid. Reason: {reason}")
