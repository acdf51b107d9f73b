"""ReceiveMessage, and what a receiver does with its receipt handles: delete, change visibility."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.sqs.addressing import find_queue, find_queue_by_arn
from awsim.services.sqs.batches import Entry, answer_each, check_entries
from awsim.services.sqs.errors import InvalidAttributeName, InvalidParameterValue, OverLimit
from awsim.services.sqs.message import Message, system_attributes
from awsim.services.sqs.message_attributes import md5_of_attributes, name_filter
from awsim.services.sqs.models import SqsStore
from awsim.services.sqs.parameters import check_identifier, check_range, missing, not_for_this_queue_type
from awsim.services.sqs.queue import IN_FLIGHT_MAX, Queue
from awsim.services.sqs.receipt_handle import read_receipt_handle, receipt_handle

if TYPE_CHECKING:
    from awsim.context import RequestContext

_VISIBILITY_TIMEOUT_MAX = 43_200
SYSTEM_ATTRIBUTES = (
    "SenderId",
    "SentTimestamp",
    "ApproximateReceiveCount",
    "ApproximateFirstReceiveTimestamp",
    "SequenceNumber",
    "MessageDeduplicationId",
    "MessageGroupId",
    "AWSTraceHeader",
    "DeadLetterQueueSourceArn",
)


@aws_provider(api="sqs")
class Receiving(ServiceProvider[SqsStore]):
    service = "sqs"
    store = SqsStore

    def receive_message(
        self,
        context: RequestContext[SqsStore],
        *,
        queue_url: str,
        attribute_names: Sequence[str] = (),
        message_system_attribute_names: Sequence[str] = (),
        message_attribute_names: Sequence[str] = (),
        max_number_of_messages: int = 1,
        visibility_timeout: int | None = None,
        wait_time_seconds: int | None = None,
        receive_request_attempt_id: str | None = None,
    ) -> dict[str, Any]:
        queue = find_queue(context, queue_url)
        _check_receive(queue, max_number_of_messages, visibility_timeout, wait_time_seconds, receive_request_attempt_id)
        names = _asked_for((*attribute_names, *message_system_attribute_names))
        wanted = name_filter(message_attribute_names) if message_attribute_names else None
        hidden_seconds = queue.visibility_timeout if visibility_timeout is None else visibility_timeout
        wait_seconds = queue.wait_time_seconds if wait_time_seconds is None else wait_time_seconds
        received = _receive(context, queue, max_number_of_messages, hidden_seconds, receive_request_attempt_id)
        if not received and wait_seconds:
            context.wait(wait_seconds, lambda: queue.first(context.time()) is not None, queue.backlog.next_due)
            received = _receive(context, queue, max_number_of_messages, hidden_seconds, receive_request_attempt_id)
        elif not received and queue.backlog.in_flight_count >= IN_FLIGHT_MAX and not queue.is_fifo:
            # AWS: only short polls of standard queues are told (Developer Guide, "Message quotas").
            raise OverLimit("Too many messages in flight.")
        if not received:
            return {}
        return {"Messages": [_answer(queue, message, names, wanted) for message in received]}

    def delete_message(self, context: RequestContext[SqsStore], *, queue_url: str, receipt_handle: str) -> None:
        _delete(context, find_queue(context, queue_url), receipt_handle)

    def delete_message_batch(
        self, context: RequestContext[SqsStore], *, queue_url: str, entries: Sequence[Entry]
    ) -> dict[str, Any]:
        queue = find_queue(context, queue_url)
        check_entries(entries, "DeleteMessageBatchRequestEntry")

        def delete(entry: Entry) -> dict[str, Any]:
            _delete(context, queue, entry["ReceiptHandle"])
            return {}

        return answer_each(entries, delete)

    def change_message_visibility(
        self, context: RequestContext[SqsStore], *, queue_url: str, receipt_handle: str, visibility_timeout: int
    ) -> None:
        _change_visibility(context, find_queue(context, queue_url), receipt_handle, visibility_timeout)

    def change_message_visibility_batch(
        self, context: RequestContext[SqsStore], *, queue_url: str, entries: Sequence[Entry]
    ) -> dict[str, Any]:
        queue = find_queue(context, queue_url)
        check_entries(entries, "ChangeMessageVisibilityBatchRequestEntry")

        def change(entry: Entry) -> dict[str, Any]:
            if entry.get("VisibilityTimeout") is None:
                raise missing("VisibilityTimeout")
            _change_visibility(context, queue, entry["ReceiptHandle"], entry["VisibilityTimeout"])
            return {}

        return answer_each(entries, change)


def _check_receive(
    queue: Queue, limit: int, visibility_timeout: int | None, wait_seconds: int | None, attempt_id: str | None
) -> None:
    check_range("MaxNumberOfMessages", limit, 1, 10, "Must be between 1 and 10, if provided.")
    if visibility_timeout is not None:
        check_range(
            "VisibilityTimeout",
            visibility_timeout,
            0,
            _VISIBILITY_TIMEOUT_MAX,
            f"Must be >= 0 and <= {_VISIBILITY_TIMEOUT_MAX}, if provided.",
        )
    if wait_seconds is not None:
        check_range("WaitTimeSeconds", wait_seconds, 0, 20, "Must be >= 0 and <= 20, if provided.")
    if attempt_id is not None:
        if not queue.is_fifo:
            raise not_for_this_queue_type("ReceiveRequestAttemptId", attempt_id)
        check_identifier("ReceiveRequestAttemptId", attempt_id)


def _asked_for(names: Sequence[str]) -> tuple[str, ...]:
    """The system attributes that a receiver asked for. Raises InvalidAttributeName."""
    if not names:
        return ()
    if "All" in names:
        return SYSTEM_ATTRIBUTES
    for name in names:
        if name not in SYSTEM_ATTRIBUTES:
            raise InvalidAttributeName(f"Unknown Attribute {name}.")
    return tuple(names)


def _receive(
    context: RequestContext[SqsStore], queue: Queue, limit: int, visibility_timeout: int, attempt_id: str | None
) -> list[Message]:
    """Take messages in flight; what was received too often moves to the dead-letter queue, if that still exists."""
    now = context.time()
    policy = queue.redrive_policy
    target = find_queue_by_arn(context, policy.dead_letter_target_arn) if policy is not None else None
    received, dead = queue.receive(now, limit, visibility_timeout, redrive=target is not None, attempt_id=attempt_id)
    if target is not None:
        for message in dead:
            target.accept_dead_letter(message, queue.arn, now)
    return received


def _answer(
    queue: Queue, message: Message, names: tuple[str, ...], wanted: Callable[[str], bool] | None
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "MessageId": message.message_id,
        "ReceiptHandle": receipt_handle(queue.arn, message.message_id, message.sequence, message.receive_count),
        "MD5OfBody": message.md5_of_body,
        "Body": message.body,
    }
    if names:
        answer["Attributes"] = system_attributes(message, names, fifo=queue.is_fifo) or None
    every = message.message_attributes
    if every and wanted is not None:
        attributes = {name: attribute for name, attribute in every.items() if wanted(name)}
        if attributes:
            # AWS: the digest is that of the attributes in this answer, not of all that were sent (recorded).
            complete = len(attributes) == len(every)
            digest = message.md5_of_message_attributes if complete else md5_of_attributes(attributes)
            answer["MD5OfMessageAttributes"] = digest
            answer["MessageAttributes"] = attributes
    return answer


def _delete(context: RequestContext[SqsStore], queue: Queue, handle: str) -> None:
    receipt = read_receipt_handle(handle, queue.arn)
    queue.settle(context.time())
    message = queue.message(receipt.sequence, receipt.message_id)
    if message is None:
        return  # deleted already
    if queue.is_fifo:
        if not queue.is_held(message, receipt.delivery):
            raise _expired(handle)
    elif message.receive_count != receipt.delivery:
        # AWS: with an older handle "the request succeeds, but the message will not be deleted" (API reference).
        return
    queue.remove(message)


def _change_visibility(context: RequestContext[SqsStore], queue: Queue, handle: str, visibility_timeout: int) -> None:
    check_range(
        "VisibilityTimeout",
        visibility_timeout,
        0,
        _VISIBILITY_TIMEOUT_MAX,
        f"VisibilityTimeout must be an integer between 0 and {_VISIBILITY_TIMEOUT_MAX}.",
    )
    receipt = read_receipt_handle(handle, queue.arn)
    now = context.time()
    queue.settle(now)
    message = queue.message(receipt.sequence, receipt.message_id)
    if message is None:
        raise InvalidParameterValue(
            f"Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not "
            "available for visibility timeout change."
        )
    if not queue.is_held(message, receipt.delivery):
        if queue.is_fifo:
            raise _expired(handle)
        # AWS: a handle whose time is over is accepted and changes nothing; MessageNotInflight is in the API reference,
        # but nobody who tried got AWS to answer it.
        return
    if now - message.received_at + visibility_timeout > _VISIBILITY_TIMEOUT_MAX:
        raise InvalidParameterValue(
            f"Value {visibility_timeout} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout "
            f"for the message is beyond the limit [{_VISIBILITY_TIMEOUT_MAX} seconds]."
        )
    queue.extend(message, now, visibility_timeout)


def _expired(handle: str) -> InvalidParameterValue:
    return InvalidParameterValue(
        f"Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired."
    )
