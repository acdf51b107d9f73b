"""The queue engine against a model that is too simple to be wrong: lists, scanned from the start every time."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from awsim.services.sqs.message import DELAYED, IN_FLIGHT, VISIBLE, Message, md5_of_body
from awsim.services.sqs.queue import Queue

ARN = "arn:aws:sqs:us-east-1:123456789012:engine"
RETENTION_SECONDS = 60


@pytest.fixture(autouse=True)
def transport() -> None:
    """The engine is not called through a transport: once is enough."""


def make_queue(*, fifo: bool, redrive: bool) -> Queue:
    suffix = ".fifo" if fifo else ""
    attributes = {"MessageRetentionPeriod": str(RETENTION_SECONDS)}
    if redrive:
        target = f"arn:aws:sqs:us-east-1:123456789012:dead{suffix}"
        attributes["RedrivePolicy"] = f'{{"deadLetterTargetArn":"{target}","maxReceiveCount":2}}'
    return Queue.create(f"engine{suffix}", ARN + suffix, "", attributes, {}, 0.0, fifo=fifo)


def make_message(number: int, now: float, group: str | None = None, deduplication_id: str | None = None) -> Message:
    body = f"message {number}"
    return Message(
        sequence=0,
        message_id=str(number),
        body=body,
        md5_of_body=md5_of_body(body),
        sender_id="",
        enqueued_at=now,
        message_group_id=group,
        message_deduplication_id=deduplication_id,
    )


@attrs.define
class PlainMessage:
    number: int
    group: str
    enqueued_at: float
    hidden_until: float
    receive_count: int = 0
    in_flight: bool = False


class PlainQueue:
    """What a queue promises, in as few words as possible."""

    def __init__(self, *, fifo: bool, deliveries_max: int | None) -> None:
        self.fifo = fifo
        self.deliveries_max = deliveries_max
        self.messages: list[PlainMessage] = []
        self.sent: dict[str, tuple[float, int]] = {}

    def settle(self, now: float) -> None:
        self.messages = [m for m in self.messages if now < m.enqueued_at + RETENTION_SECONDS]
        for message in self.messages:
            if message.hidden_until <= now:
                message.in_flight = False

    def send(self, number: int, group: str, now: float, delay: float, key: str | None) -> int:
        if key is not None and key in self.sent and now < self.sent[key][0] + 300:
            return self.sent[key][1]
        if key is not None:
            self.sent[key] = (now, number)
        self.messages.append(PlainMessage(number, group, now, now + delay))
        return number

    def receive(self, now: float, limit: int, timeout: float) -> tuple[list[int], list[int]]:
        self.settle(now)
        received: list[int] = []
        dead: list[int] = []
        locked = {m.group for m in self.messages if m.in_flight} if self.fifo else set()
        current: str | None = None
        while len(received) < limit:
            message = self._next(now, locked, current)
            if message is None:
                if current is None:
                    break
                locked.add(current)
                current = None
                continue
            if self.fifo:
                current = message.group
            if self.deliveries_max is not None and message.receive_count >= self.deliveries_max:
                self.messages.remove(message)
                dead.append(message.number)
            else:
                message.in_flight = True
                message.receive_count += 1
                message.hidden_until = now + timeout
                received.append(message.number)
        return received, dead

    def _next(self, now: float, locked: set[str], current: str | None) -> PlainMessage | None:
        waiting = [m for m in self.messages if not m.in_flight]
        if not self.fifo:
            return next((m for m in waiting if m.hidden_until <= now), None)
        heads: dict[str, PlainMessage] = {}
        for message in waiting:
            heads.setdefault(message.group, message)
        for group, head in heads.items():
            if head.hidden_until <= now and (group == current if current is not None else group not in locked):
                return head
        return None

    def find(self, number: int) -> PlainMessage | None:
        return next((m for m in self.messages if m.number == number), None)

    def counts(self, now: float) -> tuple[int, int, int]:
        in_flight = sum(m.in_flight for m in self.messages)
        delayed = sum(not m.in_flight and m.hidden_until > now for m in self.messages)
        return len(self.messages) - in_flight - delayed, delayed, in_flight


class QueueMachine(RuleBasedStateMachine):
    """Whatever is done to a queue, in whatever order: it and the plain model agree."""

    fifo = False
    handles = Bundle("handles")

    @initialize(redrive=st.booleans())
    def create(self, redrive: bool) -> None:
        self.now = 0.0
        self.number = 0
        self.queue = make_queue(fifo=self.fifo, redrive=redrive)
        self.plain = PlainQueue(fifo=self.fifo, deliveries_max=2 if redrive else None)

    @rule(
        groups=st.text("abc", min_size=1, max_size=8),
        delay=st.sampled_from([0, 0, 0, 3, 10]),
        key=st.sampled_from([None, None, "x", "y"]),
    )
    def send(self, groups: str, delay: int, key: str | None) -> None:
        key = key if self.fifo else None
        for group in groups:
            self.number += 1
            message = make_message(self.number, self.now, group, key)
            known, _ = self.queue.send(message, self.now, delay)
            assert int(known) == self.plain.send(self.number, group, self.now, delay, key)

    @rule(target=handles, limit=st.integers(1, 10), timeout=st.sampled_from([0, 1, 5, 30]))
    def receive(self, limit: int, timeout: int):  # type: ignore[no-untyped-def]  # hypothesis' own type is private
        received, dead = self.queue.receive(self.now, limit, timeout, redrive=True)
        assert ([int(m.message_id) for m in received], [int(m.message_id) for m in dead]) == self.plain.receive(
            self.now, limit, timeout
        )
        return multiple(*((m.sequence, m.message_id, m.receive_count) for m in received))

    @rule(handle=consumes(handles))
    def delete(self, handle: tuple[int, str, int]) -> None:
        self.settle()
        message, plain = self.held(handle)
        if message is not None and plain is not None:
            self.queue.remove(message)
            self.plain.messages.remove(plain)

    @rule(handle=handles, timeout=st.sampled_from([0, 2, 20]))
    def extend(self, handle: tuple[int, str, int], timeout: int) -> None:
        self.settle()
        message, plain = self.held(handle)
        if message is not None and plain is not None:
            self.queue.extend(message, self.now, timeout)
            plain.hidden_until = self.now + timeout

    @rule(seconds=st.sampled_from([0, 0.5, 1, 1, 2, 2, 4, 4, 29, 61, 301]))
    def advance(self, seconds: float) -> None:
        self.now += seconds

    @rule(sure=st.sampled_from([False] * 9 + [True]))
    def purge(self, sure: bool) -> None:
        if sure:
            self.queue.purge(self.now)
            self.plain.messages.clear()

    @invariant()
    def agree(self) -> None:
        if not hasattr(self, "queue"):
            return
        self.settle()
        backlog = self.queue.backlog
        counts = (backlog.visible_count, backlog.delayed_count, backlog.in_flight_count)
        assert counts == self.plain.counts(self.now)
        states = [message.state for message in backlog.messages.values()]
        assert counts == (states.count(VISIBLE), states.count(DELAYED), states.count(IN_FLIGHT))
        hidden = [m.hidden_until for m in self.plain.messages if m.hidden_until > self.now]
        assert backlog.next_due() == min(hidden, default=None)
        assert len(backlog.hidden) <= 2 * (counts[1] + counts[2]) + 65
        assert len(backlog.ages) <= 2 * sum(counts) + 65

    def settle(self) -> None:
        self.queue.settle(self.now)
        self.plain.settle(self.now)

    def held(self, handle: tuple[int, str, int]) -> tuple[Message | None, PlainMessage | None]:
        sequence, message_id, delivery = handle
        message = self.queue.message(sequence, message_id)
        plain = self.plain.find(int(message_id))
        assert (message is None) == (plain is None)
        if message is None or plain is None:
            return None, None
        held = plain.in_flight and plain.receive_count == delivery
        assert self.queue.is_held(message, delivery) == held
        return (message, plain) if held else (None, None)


class StandardMachine(QueueMachine):
    fifo = False


class FifoMachine(QueueMachine):
    fifo = True


_SETTINGS = settings(
    max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_a_standard_queue_does_what_the_plain_model_does() -> None:
    run_state_machine_as_test(StandardMachine, settings=_SETTINGS)


def test_a_fifo_queue_does_what_the_plain_model_does() -> None:
    run_state_machine_as_test(FifoMachine, settings=_SETTINGS)


@pytest.mark.parametrize("fifo", [False, True])
def test_a_queue_that_is_used_for_long_keeps_no_trace_of_deleted_messages(fifo: bool) -> None:
    queue = make_queue(fifo=fifo, redrive=False)
    for number in range(2_000):
        queue.send(make_message(number, 0.0, "group"), 0.0)
        (message,), _ = queue.receive(0.0, 1, 43_200, redrive=False)
        queue.extend(message, 0.0, 100)
        queue.remove(message)
    backlog = queue.backlog
    assert not backlog.messages
    assert len(backlog.hidden) < 100
    assert len(backlog.ages) < 100
    assert queue.backlog.first() is None
    if backlog.fifo is not None:
        assert (backlog.fifo.groups, backlog.fifo.ready) == ({}, [])
    if backlog.standard is not None:
        assert backlog.standard.visible == []


def test_deduplication_ids_are_forgotten_after_five_minutes() -> None:
    queue = make_queue(fifo=True, redrive=False)
    for number in range(100):
        queue.send(make_message(number, float(number), "group", str(number)), float(number))
    queue.send(make_message(100, 1_000.0, "group", "0"), 1_000.0)
    assert list(queue.deduplication.sent) == ["0"]
    assert len(queue.deduplication.expiries) == 1
