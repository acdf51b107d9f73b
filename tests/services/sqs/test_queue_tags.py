"""Tags of queues."""

from __future__ import annotations

import pytest


def tags_of(sqs, url):
    return sqs.list_queue_tags(QueueUrl=url).get("Tags")


def test_tags_are_added_overwritten_and_removed(sqs, make_queue):
    url = make_queue()
    assert tags_of(sqs, url) is None
    sqs.tag_queue(QueueUrl=url, Tags={"tag1": "value1", "tag2": "value2", "tag3": ""})
    assert tags_of(sqs, url) == {"tag1": "value1", "tag2": "value2", "tag3": ""}
    sqs.tag_queue(QueueUrl=url, Tags={"tag2": "changed"})
    sqs.untag_queue(QueueUrl=url, TagKeys=["tag1", "tag3", "unknown"])
    assert tags_of(sqs, url) == {"tag2": "changed"}
    sqs.untag_queue(QueueUrl=url, TagKeys=["tag2"])
    assert tags_of(sqs, url) is None


def test_a_queue_can_be_created_with_tags(sqs):
    url = sqs.create_queue(QueueName="orders", tags={"team": "a"})["QueueUrl"]
    assert tags_of(sqs, url) == {"team": "a"}


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"": "x"}, "Tag keys must be between 1 and 128 characters in length."),
        ({"k" * 129: "x"}, "Tag keys must be between 1 and 128 characters in length."),
        ({"k": "v" * 257}, "Tag values must be between 0 and 256 characters in length."),
        ({"aws:k": "x"}, "Tag keys beginning with aws: are reserved for system use."),
        ({f"k{number}": "x" for number in range(51)}, "Too many tags added for queue orders."),
    ],
)
def test_tags_that_a_queue_does_not_take_are_refused(sqs, make_queue, refusal, invalid_parameter, tags, message):
    url = make_queue("orders")
    assert refusal(sqs.tag_queue, QueueUrl=url, Tags=tags) == invalid_parameter(message)
    assert tags_of(sqs, url) is None


def test_nothing_is_not_tagged(sqs, make_queue, refusal):
    url = make_queue()
    for error, name in (
        (refusal(sqs.tag_queue, QueueUrl=url, Tags={}), "Tags"),
        (refusal(sqs.untag_queue, QueueUrl=url, TagKeys=[]), "TagKeys"),
    ):
        assert error == {
            "Status": 400,
            "Code": "MissingParameter",
            "QueryErrorCode": "MissingRequiredParameterException",
            "Type": "Sender",
            "Message": f"The request must contain the parameter {name}.",
        }
