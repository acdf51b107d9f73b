"""One message as a queue holds it.

Owns the message's own data and its three states. Knows no queue, no order and no clock: times are handed in. Ten
thousands of these may exist, so it is slotted, and what most messages lack is None rather than an empty container.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import attrs

from awsim.services.sqs.message_attributes import MessageAttribute

VISIBLE = 0
DELAYED = 1
IN_FLIGHT = 2

#: FIFO sequence numbers have 20 digits, grow within a message group and are not consecutive (AWS's documentation).
_FIRST_SEQUENCE_NUMBER = 18_849_496_460_467_696_128
_SEQUENCE_NUMBER_STEP = 256


@attrs.define(eq=False, weakref_slot=False)
class Message:
    """A message in one queue. Times are epoch seconds; ``sequence`` is its place among all that this queue was sent."""

    sequence: int
    message_id: str
    body: str
    md5_of_body: str
    sender_id: str
    enqueued_at: float
    state: int = VISIBLE
    #: When a delayed or in-flight message becomes visible.
    visible_at: float = 0.0
    receive_count: int = 0
    first_received_at: float | None = None
    #: When the message was last handed out; the twelve hours of visibility timeout count from here.
    received_at: float = 0.0
    message_attributes: dict[str, MessageAttribute] | None = None
    md5_of_message_attributes: str | None = None
    aws_trace_header: str | None = None
    message_group_id: str | None = None
    message_deduplication_id: str | None = None
    dead_letter_queue_source_arn: str | None = None


def md5_of_body(body: str) -> str:
    """The hex MD5 digest of a body's UTF-8 bytes."""
    return hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()


def sequence_number(sequence: int) -> str:
    """The SequenceNumber that a FIFO queue gives to its ``sequence``-th message."""
    return str(_FIRST_SEQUENCE_NUMBER + sequence * _SEQUENCE_NUMBER_STEP)


def system_attribute(message: Message, name: str, *, fifo: bool) -> str | None:
    """The value of a message system attribute as ReceiveMessage answers it, or None where the message has none."""
    reader = _SYSTEM_ATTRIBUTES.get(name)
    if reader is not None:
        return reader(message)
    return sequence_number(message.sequence) if fifo else None


def system_attributes(message: Message, names: tuple[str, ...], *, fifo: bool) -> dict[str, str]:
    """The asked-for system attributes that the message has."""
    found = {}
    for name in names:
        value = system_attribute(message, name, fifo=fifo)
        if value is not None:
            found[name] = value
    return found


def _milliseconds(seconds: float) -> str:
    return str(round(seconds * 1000))


_SYSTEM_ATTRIBUTES: dict[str, Callable[[Message], str | None]] = {
    "SenderId": lambda message: message.sender_id,
    "SentTimestamp": lambda message: _milliseconds(message.enqueued_at),
    "ApproximateReceiveCount": lambda message: str(message.receive_count),
    "ApproximateFirstReceiveTimestamp": lambda message: _milliseconds(message.first_received_at or 0.0),
    "MessageGroupId": lambda message: message.message_group_id,
    "MessageDeduplicationId": lambda message: message.message_deduplication_id,
    "AWSTraceHeader": lambda message: message.aws_trace_header,
    "DeadLetterQueueSourceArn": lambda message: message.dead_letter_queue_source_arn,
}
