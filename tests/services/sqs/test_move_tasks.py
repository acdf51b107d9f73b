"""Message move tasks: dead letters on their way back."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode

import pytest

from .conftest import ACCOUNT

ARN = f"arn:aws:sqs:us-east-1:{ACCOUNT}"


def policy(target="dead"):
    return json.dumps({"deadLetterTargetArn": f"{ARN}:{target}", "maxReceiveCount": 1})


@pytest.fixture(autouse=True)
def still(cloud):
    """AWS's clock moves only when the test moves it: tasks move messages by the second."""
    with cloud.clock.freeze():
        yield


@pytest.fixture
def dead(sqs, make_queue):
    """The URL of a dead-letter queue of ten messages that came from ``orders``; ``other`` is another queue."""
    url = make_queue("dead")
    orders = make_queue("orders", RedrivePolicy=policy())
    make_queue("other")
    sqs.send_message_batch(QueueUrl=orders, Entries=[{"Id": c, "MessageBody": c} for c in "abcdefghij"])
    sqs.receive_message(QueueUrl=orders, MaxNumberOfMessages=10, VisibilityTimeout=0)
    assert "Messages" not in sqs.receive_message(QueueUrl=orders, MaxNumberOfMessages=10)
    return url


@pytest.fixture
def start(sqs):
    def start(source="dead", destination=None, rate=None):
        arguments = {"SourceArn": f"{ARN}:{source}"}
        if destination is not None:
            arguments["DestinationArn"] = f"{ARN}:{destination}"
        if rate is not None:
            arguments["MaxNumberOfMessagesPerSecond"] = rate
        return sqs.start_message_move_task(**arguments)["TaskHandle"]

    return start


@pytest.fixture
def tasks(sqs):
    def tasks(**arguments):
        found = sqs.list_message_move_tasks(SourceArn=f"{ARN}:dead", **arguments).get("Results", [])
        for task in found:
            assert task.pop("StartedTimestamp") > 1_700_000_000_000
            assert task.pop("SourceArn") == f"{ARN}:dead"
        return found

    return tasks


def not_found(message):
    return {
        "Status": 404,
        "Code": "ResourceNotFoundException",
        "QueryErrorCode": "ResourceNotFoundException",
        "Type": "Sender",
        "Message": message,
    }


def test_without_a_rate_all_messages_go_back_to_where_they_came_from_at_once(make_queue, dead, start, tasks, bodies):
    orders = make_queue("orders")
    start()
    assert tasks() == [
        {
            "Status": "COMPLETED",
            "ApproximateNumberOfMessagesMoved": 10,
            "ApproximateNumberOfMessagesToMove": 10,
        }
    ]
    assert bodies(dead) == []
    assert bodies(orders) == [*"abcdefghij"]


def test_messages_go_to_a_destination_if_one_is_named(make_queue, dead, start, bodies):
    start(destination="other")
    assert bodies(make_queue("other")) == [*"abcdefghij"]
    assert bodies(make_queue("orders")) == []


def test_messages_go_back_to_their_respective_sources(sqs, make_queue, dead, start, bodies):
    invoices = make_queue("invoices", RedrivePolicy=policy())
    sqs.send_message(QueueUrl=invoices, MessageBody="invoice")
    bodies(invoices, VisibilityTimeout=0)
    bodies(invoices)
    start()
    assert bodies(make_queue("orders")) == [*"abcdefghij"]
    assert bodies(invoices) == ["invoice"]


def test_a_moved_message_is_a_new_one(make_queue, dead, start, receive):
    (before, *_) = receive(dead, AttributeNames=["All"], VisibilityTimeout=0)
    start(destination="other")
    (after, *_) = receive(make_queue("other"), AttributeNames=["All"])
    assert before["Body"] == after["Body"] == "a"
    assert before["MessageId"] != after["MessageId"]
    assert before["Attributes"]["DeadLetterQueueSourceArn"] == f"{ARN}:orders"
    assert after["Attributes"]["ApproximateReceiveCount"] == "1"
    assert "DeadLetterQueueSourceArn" not in after["Attributes"]


def test_messages_in_flight_stay(make_queue, dead, start, tasks, bodies, advance):
    assert bodies(dead, MaxNumberOfMessages=3) == [*"abc"]
    start()
    assert tasks()[0]["ApproximateNumberOfMessagesToMove"] == 7
    advance(30)
    assert bodies(dead) == [*"abc"]


def test_a_rate_moves_so_many_messages_a_second(make_queue, dead, start, tasks, bodies, advance):
    other = make_queue("other")
    handle = start(destination="other", rate=4)
    expected = {
        "DestinationArn": f"{ARN}:other",
        "MaxNumberOfMessagesPerSecond": 4,
        "ApproximateNumberOfMessagesToMove": 10,
    }
    running = {**expected, "Status": "RUNNING", "TaskHandle": handle}
    assert tasks() == [{**running, "ApproximateNumberOfMessagesMoved": 0}]
    advance(1)
    assert tasks() == [{**running, "ApproximateNumberOfMessagesMoved": 4}]
    assert bodies(other) == [*"abcd"]
    advance(2)
    assert tasks() == [{**expected, "Status": "COMPLETED", "ApproximateNumberOfMessagesMoved": 10}]
    assert bodies(other) == [*"efghij"]


def test_a_long_poll_of_the_destination_waits_for_a_moved_message(make_queue, dead, start, bodies):
    start(destination="other", rate=1)
    assert bodies(make_queue("other"), WaitTimeSeconds=5) == ["a"]


def test_a_cancelled_task_moves_no_more(sqs, make_queue, dead, start, tasks, bodies, advance):
    handle = start(destination="other", rate=1)
    advance(2)
    assert tasks()[0]["ApproximateNumberOfMessagesMoved"] == 2
    answer = sqs.cancel_message_move_task(TaskHandle=handle)
    assert answer["ApproximateNumberOfMessagesMoved"] == 2
    cancelling = {
        "DestinationArn": f"{ARN}:other",
        "MaxNumberOfMessagesPerSecond": 1,
        "ApproximateNumberOfMessagesMoved": 2,
        "ApproximateNumberOfMessagesToMove": 10,
        "Status": "CANCELLING",
    }
    assert tasks() == [cancelling]
    advance(2)
    assert tasks() == [{**cancelling, "Status": "CANCELLED"}]
    assert bodies(make_queue("other")) == ["a", "b"]
    assert bodies(dead) == [*"cdefghij"]


def test_a_task_fails_when_its_destination_is_deleted(sqs, make_queue, dead, start, tasks, advance):
    start(destination="other", rate=1)
    advance(3)
    sqs.delete_queue(QueueUrl=make_queue("other"))
    advance(1)
    assert tasks() == [
        {
            "Status": "FAILED",
            "FailureReason": "AWS.SimpleQueueService.NonExistentQueue",
            "DestinationArn": f"{ARN}:other",
            "MaxNumberOfMessagesPerSecond": 1,
            "ApproximateNumberOfMessagesMoved": 3,
            "ApproximateNumberOfMessagesToMove": 10,
        }
    ]


def test_a_task_fails_when_its_source_is_deleted(sqs, dead, start, advance, refusal):
    start(destination="other", rate=1)
    sqs.delete_queue(QueueUrl=dead)
    advance(1)
    assert refusal(sqs.list_message_move_tasks, SourceArn=f"{ARN}:dead") == not_found(
        "The resource that you specified for the SourceArn parameter doesn't exist."
    )


def test_a_message_that_never_was_a_dead_letter_has_nowhere_to_go_back_to(sqs, make_queue, start, tasks, bodies):
    url = make_queue("dead")
    make_queue("orders", RedrivePolicy=policy())
    sqs.send_message(QueueUrl=url, MessageBody="x")
    start()
    assert [(task["Status"], task["FailureReason"]) for task in tasks()] == [
        ("FAILED", "CouldNotDetermineMessageSource")
    ]
    assert bodies(url) == ["x"]


def test_fifo_dead_letters_keep_their_groups_and_order(sqs, make_queue, start, bodies, advance):
    make_queue("dead.fifo")
    orders = make_queue("orders.fifo", RedrivePolicy=policy("dead.fifo"), ContentBasedDeduplication="true")
    for body in "abc":
        sqs.send_message(QueueUrl=orders, MessageBody=body, MessageGroupId="g")
    bodies(orders, VisibilityTimeout=0)
    assert bodies(orders) == []
    start("dead.fifo")
    assert bodies(orders, MaxNumberOfMessages=2) == ["a", "b"]
    assert bodies(orders) == []


def test_the_newest_task_is_listed_first(dead, start, tasks, advance):
    assert tasks() == []
    start(destination="other")
    start(destination="orders")
    assert [task["DestinationArn"] for task in tasks()] == [f"{ARN}:orders"]
    assert [task["DestinationArn"] for task in tasks(MaxResults=10)] == [f"{ARN}:orders", f"{ARN}:other"]


@pytest.mark.parametrize("size", [0, 11])
def test_up_to_ten_tasks_are_listed(sqs, dead, refusal, invalid_parameter, size):
    assert refusal(sqs.list_message_move_tasks, SourceArn=f"{ARN}:dead", MaxResults=size) == invalid_parameter(
        f"Value {size} for parameter MaxResults is invalid. Reason: Must be between 1 and 10, if provided."
    )


def test_the_source_must_be_a_dead_letter_queue(sqs, dead, refusal, invalid_parameter):
    assert refusal(sqs.start_message_move_task, SourceArn=f"{ARN}:other") == invalid_parameter(
        "Source queue must be configured as a Dead Letter Queue."
    )


def test_source_and_destination_must_exist(sqs, dead, refusal):
    assert refusal(sqs.start_message_move_task, SourceArn=f"{ARN}:nothing") == not_found(
        "The resource that you specified for the SourceArn parameter doesn't exist."
    )
    error = refusal(sqs.start_message_move_task, SourceArn=f"{ARN}:dead", DestinationArn=f"{ARN}:nothing")
    assert error == not_found("The resource that you specified for the DestinationArn parameter doesn't exist.")


def test_messages_move_to_another_queue_of_the_same_type(sqs, dead, make_queue, refusal, invalid_parameter):
    make_queue("other.fifo")
    call, source = sqs.start_message_move_task, f"{ARN}:dead"
    assert refusal(call, SourceArn=source, DestinationArn=source) == invalid_parameter(
        "Source queue arn and destination queue arn cannot be the same."
    )
    assert refusal(call, SourceArn=source, DestinationArn=f"{ARN}:other.fifo") == invalid_parameter(
        "Source queue and destination queue must be of the same type."
    )


@pytest.mark.parametrize("rate", [0, 501])
def test_a_rate_is_at_most_500(sqs, dead, refusal, invalid_parameter, rate):
    error = refusal(sqs.start_message_move_task, SourceArn=f"{ARN}:dead", MaxNumberOfMessagesPerSecond=rate)
    assert error == invalid_parameter(
        f"Value {rate} for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: Must be between 1 and 500, if "
        "provided."
    )


def test_a_queue_has_one_active_task(sqs, dead, start, refusal, invalid_parameter, advance):
    start(rate=1)
    assert refusal(sqs.start_message_move_task, SourceArn=f"{ARN}:dead") == invalid_parameter(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time."
    )
    advance(10)
    assert start()


def test_only_a_running_task_can_be_cancelled(sqs, dead, start, refusal, invalid_parameter):
    assert refusal(sqs.cancel_message_move_task, TaskHandle=start()) == invalid_parameter(
        "Only active tasks can be cancelled."
    )


def test_a_handle_of_no_task_cancels_nothing(sqs, dead, start, refusal, invalid_parameter):
    handle = json.loads(b64decode(start(rate=1)))
    unknown = b64encode(json.dumps({**handle, "taskId": "unknown"}).encode()).decode()
    assert refusal(sqs.cancel_message_move_task, TaskHandle=unknown) == not_found("Task does not exist.")
    for garbage in ("garbage", "", b64encode(b"[]").decode(), b64encode(b"{}").decode()):
        error = refusal(sqs.cancel_message_move_task, TaskHandle=garbage)
        assert error == invalid_parameter("Value for parameter TaskHandle is invalid.")
