"""aws.ids.next and the tag _custom_id_: identifiers that a test chooses."""

from __future__ import annotations

from typing import Any

import pytest

from awsim import Cloud, MisuseError


def test_the_next_identifiers_are_the_chosen_ones_and_then_chance_again(aws: Cloud) -> None:
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    aws.ids.next("sqs.message", "first", "second")
    sent = [sqs.send_message(QueueUrl=url, MessageBody="hi")["MessageId"] for _ in range(3)]
    assert sent[:2] == ["first", "second"]
    assert len(sent[2]) == 36


def test_a_tag_says_a_tables_id(aws: Cloud) -> None:
    created = aws.client("dynamodb").create_table(
        TableName="things",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[{"Key": "_custom_id_", "Value": "my-table"}],
    )
    assert created["TableDescription"]["TableId"] == "my-table"


def test_a_reset_forgets_what_was_chosen(aws: Cloud) -> None:
    aws.ids.next("sqs.message", "first")
    aws.reset()
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    assert sqs.send_message(QueueUrl=url, MessageBody="hi")["MessageId"] != "first"


@pytest.mark.parametrize(
    ("kind", "identifiers", "message"),
    [
        (
            "sqs.messages",
            ["1"],
            "awsim has no 'sqs.messages' that has an identifier to choose. Did you mean message?",
        ),
        ("sqs", ["1"], "a kind of thing is written 'sqs.message', not 'sqs'"),
        ("glacier.vault", ["1"], "awsim has nothing of 'glacier' that has an identifier to choose"),
        ("sqs.message", ["fine", ""], "an identifier is a text that is not empty, not ''"),
        ("sqs.message", [7], "an identifier is a text that is not empty, not 7"),
        ("sqs.message", [], "say which identifiers come next: aws.ids.next('sqs.message', 'first', 'second')"),
    ],
    ids=str,
)
def test_what_cannot_be_chosen_is_refused_and_changes_nothing(
    aws: Cloud, kind: str, identifiers: list[Any], message: str
) -> None:
    with pytest.raises(MisuseError) as refused:
        aws.ids.next(kind, *identifiers)
    assert str(refused.value) == message
    assert not aws.ids.has_chosen
