"""SendMessage and SendMessageBatch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.sqs.addressing import find_queue
from awsim.services.sqs.batches import Entry, answer_each, check_entries
from awsim.services.sqs.deduplication import content_deduplication_id
from awsim.services.sqs.errors import BatchRequestTooLong, InvalidMessageContents, InvalidParameterValue
from awsim.services.sqs.message import Message, md5_of_body, sequence_number
from awsim.services.sqs.message_attributes import (
    INVALID_CHARACTERS,
    MessageAttribute,
    has_only_allowed_characters,
    md5_of_attributes,
    message_attributes,
    size_bytes,
    trace_header,
)
from awsim.services.sqs.models import SqsStore
from awsim.services.sqs.parameters import check_identifier, check_range, missing, not_for_this_queue_type
from awsim.services.sqs.queue import Queue

if TYPE_CHECKING:
    from awsim.context import RequestContext

BATCH_SIZE_MAX = 1_048_576
_DELAY_SECONDS_MAX = 900

GivenAttributes = Mapping[str, Mapping[str, Any]]
_NONE: GivenAttributes = {}


@aws_provider(api="sqs")
class Sending(ServiceProvider[SqsStore]):
    service = "sqs"
    store = SqsStore
    identifiers = ("message",)

    def send_message(
        self,
        context: RequestContext[SqsStore],
        *,
        queue_url: str,
        message_body: str,
        delay_seconds: int | None = None,
        message_attributes: GivenAttributes = _NONE,
        message_system_attributes: GivenAttributes = _NONE,
        message_deduplication_id: str | None = None,
        message_group_id: str | None = None,
    ) -> dict[str, Any]:
        queue = find_queue(context, queue_url)
        if message_group_id is None and queue.is_fifo:
            raise missing("MessageGroupId")
        return _send(
            context,
            queue,
            message_body,
            delay_seconds,
            message_attributes,
            message_system_attributes,
            message_deduplication_id,
            message_group_id,
        )

    def send_message_batch(
        self, context: RequestContext[SqsStore], *, queue_url: str, entries: Sequence[Entry]
    ) -> dict[str, Any]:
        queue = find_queue(context, queue_url)
        check_entries(entries, "SendMessageBatchRequestEntry")
        _check_batch_size(entries)
        if queue.is_fifo and any(entry.get("MessageGroupId") is None for entry in entries):
            # AWS: refuses the whole batch, and with another code than SendMessage (recorded).
            raise InvalidParameterValue("The request must contain the parameter MessageGroupId.")
        return answer_each(
            entries,
            lambda entry: _send(
                context,
                queue,
                entry["MessageBody"],
                entry.get("DelaySeconds"),
                entry.get("MessageAttributes") or _NONE,
                entry.get("MessageSystemAttributes") or _NONE,
                entry.get("MessageDeduplicationId"),
                entry.get("MessageGroupId"),
            ),
        )


def _send(
    context: RequestContext[SqsStore],
    queue: Queue,
    body: str,
    delay_seconds: int | None,
    given_attributes: GivenAttributes,
    given_system_attributes: GivenAttributes,
    deduplication_id: str | None,
    group_id: str | None,
) -> dict[str, Any]:
    _check_body(body)
    attributes = message_attributes(given_attributes) if given_attributes else None
    if _body_bytes(body) + (size_bytes(attributes) if attributes else 0) > queue.maximum_message_size:
        raise InvalidParameterValue(
            "One or more parameters are invalid. Reason: Message must be shorter than "
            f"{queue.maximum_message_size} bytes."
        )
    trace, md5_of_system_attributes = _trace_header(context, given_system_attributes)
    if delay_seconds is not None:
        delay_seconds = _delay(queue, delay_seconds)
    if group_id is not None:
        check_identifier("MessageGroupId", group_id)
    deduplication_id = _deduplication_id(queue, body, deduplication_id)
    credentials = context.credentials
    now = context.time()
    message = Message(
        sequence=0,
        message_id=context.identifier("message", context.new_uuid),
        body=body,
        md5_of_body=md5_of_body(body),
        # AWS: the unique id of a user or role; for the root user, whom no key of ours names, the account's id.
        sender_id=credentials.user_id if credentials is not None else context.account_id,
        enqueued_at=now,
        message_attributes=attributes,
        md5_of_message_attributes=md5_of_attributes(attributes) if attributes else None,
        aws_trace_header=trace,
        message_group_id=group_id,
        message_deduplication_id=deduplication_id,
    )
    message_id, sequence = queue.send(message, now, delay_seconds)
    return {
        "MessageId": message_id,
        "MD5OfMessageBody": message.md5_of_body,
        "MD5OfMessageAttributes": message.md5_of_message_attributes,
        "MD5OfMessageSystemAttributes": md5_of_system_attributes,
        "SequenceNumber": sequence_number(sequence) if queue.is_fifo else None,
    }


def _check_body(body: str) -> None:
    if not body:
        raise missing("MessageBody")
    if not has_only_allowed_characters(body):
        raise InvalidMessageContents(INVALID_CHARACTERS)


def _check_batch_size(entries: Sequence[Entry]) -> None:
    size = sum(_entry_bytes(entry) for entry in entries)
    if size > BATCH_SIZE_MAX:
        raise BatchRequestTooLong(
            f"Batch requests cannot be longer than {BATCH_SIZE_MAX} bytes. You have sent {size} bytes."
        )


def _entry_bytes(entry: Entry) -> int:
    size = _body_bytes(entry["MessageBody"])
    for name, value in (entry.get("MessageAttributes") or {}).items():
        attribute = MessageAttribute(value.get("DataType") or "", value.get("StringValue"), value.get("BinaryValue"))
        size += size_bytes({name: attribute})
    return size


def _body_bytes(body: str) -> int:
    # Lone surrogates are refused elsewhere, entry by entry; here they only must not fail.
    return len(body) if body.isascii() else len(body.encode(errors="surrogatepass"))


def _trace_header(context: RequestContext[SqsStore], given: GivenAttributes) -> tuple[str | None, str | None]:
    """The trace header and the digest of the system attributes that were sent.

    AWS: the header of the request itself is kept as AWSTraceHeader too (recorded).
    """
    trace, digest = trace_header(given)
    if trace is None and context.request is not None:
        trace = context.request.headers.get("x-amzn-trace-id")
    return trace, digest


def _delay(queue: Queue, delay_seconds: int) -> int | None:
    check_range("DelaySeconds", delay_seconds, 0, _DELAY_SECONDS_MAX, "DelaySeconds must be >= 0 and <= 900.")
    if queue.is_fifo:
        if delay_seconds:
            raise not_for_this_queue_type("DelaySeconds", delay_seconds)
        # AWS: zero for a message of a FIFO queue means the queue's own delay (recorded).
        return None
    return delay_seconds


def _deduplication_id(queue: Queue, body: str, given: str | None) -> str | None:
    if given is not None:
        if not queue.is_fifo:
            raise not_for_this_queue_type("MessageDeduplicationId", given)
        check_identifier("MessageDeduplicationId", given)
        return given
    if not queue.is_fifo:
        return None
    if not queue.deduplicates_content:
        raise InvalidParameterValue(
            "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided "
            "explicitly"
        )
    return content_deduplication_id(body)
