"""AddPermission and RemovePermission: statements of the queue's policy."""

from __future__ import annotations

import json

import pytest

from .conftest import ACCOUNT

ARN = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"


def policy_of(sqs, url):
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    return json.loads(answer["Attributes"]["Policy"]) if "Attributes" in answer else None


def test_each_permission_is_a_statement(sqs, make_queue):
    url = make_queue("orders")
    sqs.add_permission(QueueUrl=url, Label="one", AWSAccountIds=["111122223333"], Actions=["SendMessage"])
    one = {
        "Sid": "one",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "SQS:SendMessage",
        "Resource": ARN,
    }
    assert policy_of(sqs, url) == {"Version": "2012-10-17", "Id": f"{ARN}/SQSDefaultPolicy", "Statement": [one]}
    sqs.add_permission(
        QueueUrl=url,
        Label="two",
        AWSAccountIds=["111122223333", "444455556666"],
        Actions=["ReceiveMessage", "DeleteMessage"],
    )
    two = {
        "Sid": "two",
        "Effect": "Allow",
        "Principal": {"AWS": ["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"]},
        "Action": ["SQS:ReceiveMessage", "SQS:DeleteMessage"],
        "Resource": ARN,
    }
    assert policy_of(sqs, url)["Statement"] == [one, two]
    sqs.remove_permission(QueueUrl=url, Label="one")
    assert policy_of(sqs, url)["Statement"] == [two]
    sqs.remove_permission(QueueUrl=url, Label="two")
    assert policy_of(sqs, url) is None


def test_a_permission_joins_the_policy_that_is_there(sqs, make_queue):
    own = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": ARN}
    url = make_queue("orders", Policy=json.dumps({"Version": "2012-10-17", "Statement": own}))
    sqs.add_permission(QueueUrl=url, Label="one", AWSAccountIds=["111122223333"], Actions=["*"])
    policy = policy_of(sqs, url)
    assert policy["Statement"][0] == own
    assert policy["Statement"][1]["Action"] == "SQS:*"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"Label": "a label"},
            "Value a label for parameter Label is invalid. Reason: Can only include alphanumeric characters, hyphens, "
            "or underscores. 1 to 80 in length.",
        ),
        ({"Label": "one"}, "Value one for parameter Label is invalid. Reason: Already exists."),
        (
            {"Actions": ["Fly"]},
            "Value SQS:Fly for parameter ActionName is invalid. Reason: Please refer to the appropriate WSDL for a "
            "list of valid actions. ",
        ),
        (
            {"Actions": ["SendMessageBatch"]},
            "Value SQS:SendMessageBatch for parameter ActionName is invalid. Reason: Please refer to the appropriate "
            "WSDL for a list of valid actions. ",
        ),
        (
            {"Actions": ["RemovePermission"]},
            "Value SQS:RemovePermission for parameter ActionName is invalid. Reason: Only the queue owner is allowed "
            "to invoke this action.",
        ),
        (
            {"AWSAccountIds": ["nobody"]},
            'Value ["nobody"] for parameter PrincipalId is invalid. Reason: Unable to verify.',
        ),
    ],
)
def test_a_bad_permission_is_refused(sqs, make_queue, refusal, invalid_parameter, changes, message):
    url = make_queue("orders")
    good = {"QueueUrl": url, "Label": "one", "AWSAccountIds": ["111122223333"], "Actions": ["SendMessage"]}
    sqs.add_permission(**good)
    assert refusal(sqs.add_permission, **{**good, "Label": "two", **changes}) == invalid_parameter(message)


def test_a_statement_has_at_most_seven_actions(sqs, make_queue, refusal):
    actions = ["SendMessage", "ReceiveMessage", "DeleteMessage", "PurgeQueue", "GetQueueUrl", "DeleteQueue", "*", "*"]
    error = refusal(
        sqs.add_permission, QueueUrl=make_queue(), Label="x", AWSAccountIds=["111122223333"], Actions=actions
    )
    assert error == {
        "Status": 403,
        "Code": "OverLimit",
        "QueryErrorCode": "OverLimit",
        "Type": "Sender",
        "Message": "8 Actions were found, maximum allowed is 7.",
    }


def test_an_unknown_label_cannot_be_removed(sqs, make_queue, refusal, invalid_parameter):
    assert refusal(sqs.remove_permission, QueueUrl=make_queue(), Label="x") == invalid_parameter(
        "Value x for parameter Label is invalid. Reason: can't find label on existing policy."
    )
