"""The batch operations: their limits, and how entries fail alone."""

from __future__ import annotations

import pytest

OPERATIONS = [
    ("send_message_batch", "SendMessageBatchRequestEntry", {"MessageBody": "x"}),
    ("delete_message_batch", "DeleteMessageBatchRequestEntry", {"ReceiptHandle": "x"}),
    (
        "change_message_visibility_batch",
        "ChangeMessageVisibilityBatchRequestEntry",
        {"ReceiptHandle": "x", "VisibilityTimeout": 1},
    ),
]


def sender_error(code, query_code, message):
    return {"Status": 400, "Code": code, "QueryErrorCode": query_code, "Type": "Sender", "Message": message}


@pytest.mark.parametrize(("operation", "entry_name", "entry"), OPERATIONS)
def test_batches_have_one_to_ten_entries_with_distinct_ids(sqs, make_queue, refusal, operation, entry_name, entry):
    call, url = getattr(sqs, operation), make_queue()
    prefix = "AWS.SimpleQueueService."
    assert refusal(call, QueueUrl=url, Entries=[]) == sender_error(
        f"{prefix}EmptyBatchRequest", "EmptyBatchRequest", f"There should be at least one {entry_name} in the request."
    )
    assert refusal(call, QueueUrl=url, Entries=[{"Id": f"{n}", **entry} for n in range(20)]) == sender_error(
        f"{prefix}TooManyEntriesInBatchRequest",
        "TooManyEntriesInBatchRequest",
        "Maximum number of entries per request are 10. You have sent 20.",
    )
    assert refusal(call, QueueUrl=url, Entries=[{"Id": "a", **entry}, {"Id": "a", **entry}]) == sender_error(
        f"{prefix}BatchEntryIdsNotDistinct", "BatchEntryIdsNotDistinct", "Id a repeated."
    )
    for bad in ("", "with space", "x" * 81, "a.b"):
        assert refusal(call, QueueUrl=url, Entries=[{"Id": bad, **entry}]) == sender_error(
            f"{prefix}InvalidBatchEntryId",
            "InvalidBatchEntryId",
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 "
            "letters long.",
        )


def test_a_batch_is_sent_in_order(sqs, make_queue, bodies):
    url = make_queue()
    answer = sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": c, "MessageBody": c} for c in "abcdefghij"])
    assert [entry["Id"] for entry in answer["Successful"]] == [*"abcdefghij"]
    assert sorted(answer["Successful"][0]) == ["Id", "MD5OfMessageBody", "MessageId"]
    assert "Failed" not in answer
    assert bodies(url) == [*"abcdefghij"]


def test_the_entries_of_a_batch_fail_alone(sqs, make_queue, bodies):
    url = make_queue(MaximumMessageSize="1024")
    answer = sqs.send_message_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "long", "MessageBody": "x" * 1025},
            {"Id": "good", "MessageBody": "good"},
            {"Id": "bad", "MessageBody": "\x00"},
            {"Id": "late", "MessageBody": "x", "DelaySeconds": 901},
        ],
    )
    assert [entry["Id"] for entry in answer["Successful"]] == ["good"]
    assert answer["Failed"] == [
        {
            "Id": "long",
            "SenderFault": True,
            "Code": "InvalidParameterValue",
            "Message": "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.",
        },
        {
            "Id": "bad",
            "SenderFault": True,
            "Code": "InvalidMessageContents",
            "Message": "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | "
            "#xE000 to #xFFFD | #x10000 to #x10FFFF",
        },
        {
            "Id": "late",
            "SenderFault": True,
            "Code": "InvalidParameterValue",
            "Message": "Value 901 for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900.",
        },
    ]
    assert bodies(url) == ["good"]


def test_a_batch_may_have_a_mebibyte_in_all(sqs, make_queue, refusal):
    url = make_queue()
    attributes = {"k": {"DataType": "String", "StringValue": "x"}}  # 1 + 6 + 1 bytes
    half = 524_288
    first = {"Id": "1", "MessageBody": "a" * (half - 8), "MessageAttributes": attributes}
    fitting = sqs.send_message_batch(QueueUrl=url, Entries=[first, {"Id": "2", "MessageBody": "a" * half}])
    assert len(fitting["Successful"]) == 2
    error = refusal(sqs.send_message_batch, QueueUrl=url, Entries=[first, {"Id": "2", "MessageBody": "a" * (half + 1)}])
    assert error == sender_error(
        "AWS.SimpleQueueService.BatchRequestTooLong",
        "BatchRequestTooLong",
        "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.",
    )


def test_the_queues_own_size_limit_is_for_each_entry(sqs, make_queue):
    url = make_queue(MaximumMessageSize="1024")
    attributes = {"k": {"DataType": "String", "StringValue": "x"}}
    answer = sqs.send_message_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "1", "MessageBody": "a" * 1016, "MessageAttributes": attributes},
            {"Id": "2", "MessageBody": "a"},
        ],
    )
    assert [entry["Id"] for entry in answer["Successful"]] == ["1", "2"]
    assert answer["Successful"][1]["MD5OfMessageBody"] == "0cc175b9c0f1b6a831c399e269772661"
    assert "MD5OfMessageAttributes" in answer["Successful"][0]


def test_a_fifo_batch_without_a_group_is_refused_whole(sqs, make_queue, refusal, invalid_parameter, bodies):
    url = make_queue("orders.fifo", ContentBasedDeduplication="true")
    entries = [{"Id": "1", "MessageBody": "a", "MessageGroupId": "g"}, {"Id": "2", "MessageBody": "b"}]
    assert refusal(sqs.send_message_batch, QueueUrl=url, Entries=entries) == invalid_parameter(
        "The request must contain the parameter MessageGroupId."
    )
    assert bodies(url) == []


def test_messages_are_deleted_and_given_back_in_batches(sqs, make_queue, receive, bodies):
    url = make_queue()
    sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": c, "MessageBody": c} for c in "abcd"])
    handles = {message["Body"]: message["ReceiptHandle"] for message in receive(url)}
    deleted = sqs.delete_message_batch(
        QueueUrl=url,
        Entries=[{"Id": c, "ReceiptHandle": handles[c]} for c in "ab"] + [{"Id": "x", "ReceiptHandle": "garbage"}],
    )
    assert deleted["Successful"] == [{"Id": "a"}, {"Id": "b"}]
    assert deleted["Failed"] == [
        {
            "Id": "x",
            "SenderFault": True,
            "Code": "ReceiptHandleIsInvalid",
            "Message": 'The input receipt handle "garbage" is not a valid receipt handle.',
        }
    ]
    changed = sqs.change_message_visibility_batch(
        QueueUrl=url,
        Entries=[
            {"Id": "c", "ReceiptHandle": handles["c"], "VisibilityTimeout": 0},
            {"Id": "d", "ReceiptHandle": handles["d"]},
        ],
    )
    assert changed["Successful"] == [{"Id": "c"}]
    assert changed["Failed"] == [
        {
            "Id": "d",
            "SenderFault": True,
            "Code": "MissingParameter",
            "Message": "The request must contain the parameter VisibilityTimeout.",
        }
    ]
    assert bodies(url) == ["c"]
