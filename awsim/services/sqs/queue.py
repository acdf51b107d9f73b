"""One queue: its attributes, its messages and what it remembers of its senders and receivers.

Ties the backlog, deduplication and redrive policy together. Knows no requests, no other queues and no clock; times are
epoch seconds, durations seconds.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from awsim.services.sqs.backlog import Backlog
from awsim.services.sqs.deduplication import Deduplication, ReceiveAttempts, deduplication_key
from awsim.services.sqs.message import IN_FLIGHT, VISIBLE, Message
from awsim.services.sqs.queue_attributes import DEFAULTS, FIFO_DEFAULTS, changed_attributes
from awsim.services.sqs.redrive import RedriveAllowPolicy, RedrivePolicy, redrive_allow_policy, redrive_policy

#: AWS: of both kinds of queue; FIFO queues had 20,000 until November 2024 (API reference of ChangeMessageVisibility).
IN_FLIGHT_MAX = 120_000


@attrs.define(eq=False)
class Queue:
    """A standard or FIFO queue."""

    name: str
    arn: str
    url: str
    created_at: float
    last_modified_at: float
    backlog: Backlog
    attributes: dict[str, str] = attrs.Factory(dict)
    tags: dict[str, str] = attrs.Factory(dict)
    purged_at: float | None = None
    redrive_policy: RedrivePolicy | None = None
    redrive_allow_policy: RedriveAllowPolicy | None = None
    deduplication: Deduplication = attrs.Factory(Deduplication)
    receive_attempts: ReceiveAttempts = attrs.Factory(ReceiveAttempts)
    #: AWS: the scope that the queue was created with; changing DeduplicationScope later does not change which messages
    #: are duplicates (recorded, in both directions).
    deduplicates_per_group: bool = False
    visibility_timeout: int = 30
    delay_seconds: int = 0
    wait_time_seconds: int = 0
    retention_seconds: int = 345_600
    maximum_message_size: int = 1_048_576

    @classmethod
    def create(
        cls, name: str, arn: str, url: str, given: Mapping[str, str], tags: Mapping[str, str], now: float, *, fifo: bool
    ) -> Queue:
        """A new queue with the attributes a caller gave. Raises what ``configure`` raises."""
        queue = cls(name, arn, url, now, now, Backlog.create(fifo=fifo), tags=dict(tags))
        queue.attributes = dict(FIFO_DEFAULTS if fifo else DEFAULTS)
        queue.configure(given, now)
        queue.deduplicates_per_group = queue.attributes.get("DeduplicationScope") == "messageGroup"
        return queue

    @property
    def is_fifo(self) -> bool:
        return self.backlog.fifo is not None

    @property
    def deduplicates_content(self) -> bool:
        return self.attributes.get("ContentBasedDeduplication") == "true"

    def configure(self, given: Mapping[str, str], now: float) -> None:
        """Set attributes. Raises InvalidAttributeName, InvalidAttributeValue and InvalidParameterValue, and then
        nothing has changed."""
        attributes = changed_attributes(self.attributes, given, fifo=self.is_fifo)
        redrive = attributes.get("RedrivePolicy")
        allow = attributes.get("RedriveAllowPolicy")
        redriving = redrive_policy(redrive, self.arn) if redrive else None
        allowing = redrive_allow_policy(allow) if allow else None
        if redriving is not None:
            attributes["RedrivePolicy"] = redriving.text()
        if allowing is not None:
            attributes["RedriveAllowPolicy"] = allowing.text()
        self.redrive_policy, self.redrive_allow_policy = redriving, allowing
        self.attributes = attributes
        self.visibility_timeout = int(attributes["VisibilityTimeout"])
        self.delay_seconds = int(attributes["DelaySeconds"])
        self.wait_time_seconds = int(attributes["ReceiveMessageWaitTimeSeconds"])
        self.retention_seconds = int(attributes["MessageRetentionPeriod"])
        self.maximum_message_size = int(attributes["MaximumMessageSize"])
        self.last_modified_at = now

    def different_attribute(self, given: Mapping[str, str]) -> str | None:
        """The first of the given attributes that this queue has otherwise, for CreateQueue of an existing queue."""
        wanted = changed_attributes(self.attributes, given, fifo=self.is_fifo)
        for name, value in wanted.items():
            if name == "RedrivePolicy":
                value = redrive_policy(value, self.arn).text()
            elif name == "RedriveAllowPolicy":
                value = redrive_allow_policy(value).text()
            if self.attributes.get(name) != value:
                return name
        return next((name for name in self.attributes if name not in wanted), None)

    def computed_attributes(self, now: float) -> dict[str, str]:
        """The attributes that nobody sets."""
        self.settle(now)
        backlog = self.backlog
        return {
            "QueueArn": self.arn,
            "ApproximateNumberOfMessages": str(backlog.visible_count),
            "ApproximateNumberOfMessagesNotVisible": str(backlog.in_flight_count),
            "ApproximateNumberOfMessagesDelayed": str(backlog.delayed_count),
            "CreatedTimestamp": str(int(self.created_at)),
            "LastModifiedTimestamp": str(int(self.last_modified_at)),
        }

    def settle(self, now: float) -> None:
        """Let come true what fell due; every method that depends on time does it first."""
        self.backlog.settle(now, self.retention_seconds)

    def send(self, message: Message, now: float, delay_seconds: int | None = None) -> tuple[str, int]:
        """Enqueue a message, after its own or the queue's delay.

        Returns the message id and the sequence it was stored under: those of the first, if it is a duplicate.
        """
        if message.message_deduplication_id is not None and self.is_fifo:
            key = deduplication_key(
                message.message_deduplication_id, message.message_group_id or "", per_group=self.deduplicates_per_group
            )
            known = self.deduplication.find(key, now)
            if known is not None:
                return known
            message.sequence = self.backlog.new_sequence()
            self.deduplication.remember(key, message.message_id, message.sequence, now)
        else:
            message.sequence = self.backlog.new_sequence()
        self.backlog.add(message, self.delay_seconds if delay_seconds is None else delay_seconds)
        return message.message_id, message.sequence

    def accept_dead_letter(self, message: Message, source_arn: str, now: float) -> None:
        """Take over a message that the receivers of another queue failed on."""
        message.dead_letter_queue_source_arn = source_arn
        if self.is_fifo:
            # AWS: a FIFO dead-letter queue counts retention anew, a standard one from the original send (Developer
            # Guide, "Understanding message retention periods for dead-letter queues").
            message.enqueued_at = now
        self.accept(message)

    def accept(self, message: Message) -> None:
        """Take over a message from another queue, visible at once and whether or not it was here before."""
        message.sequence = self.backlog.new_sequence()
        self.backlog.add(message)

    def receive(
        self, now: float, limit: int, visibility_timeout: int, *, redrive: bool, attempt_id: str | None = None
    ) -> tuple[list[Message], list[Message]]:
        """Take up to ``limit`` messages in flight; returns them and the dead letters that were found on the way.

        With ``redrive`` False the redrive policy is not followed (its queue is gone).
        """
        self.settle(now)
        if attempt_id is not None:
            repeated = self._repeat(attempt_id, now, visibility_timeout)
            if repeated:
                return repeated, []
        limit = min(limit, IN_FLIGHT_MAX - self.backlog.in_flight_count)
        policy = self.redrive_policy if redrive else None
        received, dead = self.backlog.receive(
            now, limit, visibility_timeout, policy.max_receive_count if policy is not None else None
        )
        if attempt_id is not None and received:
            given = [(message.sequence, message.receive_count) for message in received]
            self.receive_attempts.remember(attempt_id, given, now)
        return received, dead

    def first(self, now: float) -> Message | None:
        """What a receiver would be given first, if it asked now."""
        self.settle(now)
        return self.backlog.first()

    def message(self, sequence: int, message_id: str) -> Message | None:
        """The message that a receipt handle speaks of, if it still exists."""
        message = self.backlog.messages.get(sequence)
        return message if message is not None and message.message_id == message_id else None

    def is_held(self, message: Message, delivery: int) -> bool:
        """Whether a message is still in flight from its ``delivery``-th delivery."""
        return message.state == IN_FLIGHT and message.receive_count == delivery

    def remove(self, message: Message) -> None:
        """Delete a message."""
        self.receive_attempts.forget(message.sequence)
        self.backlog.remove(message)

    def extend(self, message: Message, now: float, visibility_timeout: int) -> None:
        """Change the visibility timeout of a message in flight, counted from now."""
        self.receive_attempts.forget(message.sequence)
        self.backlog.extend(message, now, visibility_timeout)

    def purge(self, now: float) -> None:
        """Delete every message."""
        self.purged_at = now
        self.backlog.clear()

    def _repeat(self, attempt_id: str, now: float, visibility_timeout: int) -> list[Message]:
        """What an earlier attempt was given, hidden anew; nothing if any of it has changed since."""
        attempt = self.receive_attempts.find(attempt_id, now)
        if attempt is None:
            return []
        messages = []
        for sequence, delivery in attempt.given:
            message = self.backlog.messages.get(sequence)
            if message is None or not self.is_held(message, delivery):
                return []
            messages.append(message)
        for message in messages:
            self.backlog.extend(message, now, visibility_timeout)
        return messages


def renewed(message: Message, message_id: str, now: float) -> Message:
    """A message as a move task hands it on: AWS treats it as new, with a new id, age and receive count."""
    return Message(
        sequence=0,
        message_id=message_id,
        body=message.body,
        md5_of_body=message.md5_of_body,
        sender_id=message.sender_id,
        enqueued_at=now,
        state=VISIBLE,
        message_attributes=message.message_attributes,
        md5_of_message_attributes=message.md5_of_message_attributes,
        aws_trace_header=message.aws_trace_header,
        message_group_id=message.message_group_id,
        message_deduplication_id=message.message_deduplication_id,
    )
