"""All messages of one queue through time: delayed, visible, in flight, expired.

Owns the messages, the moments at which they change and the three counters. Which visible message comes next is the
order's business (``standard``, ``fifo``). Knows no requests, no errors, no attributes and no clock: every method that
depends on time is given ``now`` in epoch seconds, and what fell due until then is settled first. The cost of each
method is logarithmic in the number of messages at most: heaps, whose entries are dropped when they turn out outdated.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush

import attrs

from awsim.services.sqs.fifo import FifoOrder
from awsim.services.sqs.message import DELAYED, IN_FLIGHT, VISIBLE, Message
from awsim.services.sqs.standard import StandardOrder

#: Outdated heap entries are tolerated up to this many, and beyond it up to as many as there are valid ones.
_OUTDATED_ENTRIES_MAX = 64


@attrs.define(eq=False)
class Backlog:
    """The messages of one queue. Exactly one of the two orders is set."""

    standard: StandardOrder | None = None
    fifo: FifoOrder | None = None
    messages: dict[int, Message] = attrs.Factory(dict)
    next_sequence: int = 1
    delayed_count: int = 0
    in_flight_count: int = 0
    #: (when it becomes visible, sequence) of delayed and in-flight messages
    hidden: list[tuple[float, int]] = attrs.Factory(list)
    #: (when it was enqueued, sequence) of all messages
    ages: list[tuple[float, int]] = attrs.Factory(list)

    @classmethod
    def create(cls, *, fifo: bool) -> Backlog:
        return cls(fifo=FifoOrder()) if fifo else cls(standard=StandardOrder())

    @property
    def visible_count(self) -> int:
        return len(self.messages) - self.delayed_count - self.in_flight_count

    def new_sequence(self) -> int:
        """The sequence for the next message to ``add``."""
        sequence = self.next_sequence
        self.next_sequence = sequence + 1
        return sequence

    def add(self, message: Message, delay_seconds: float = 0) -> None:
        """Enqueue a message, hidden for ``delay_seconds`` from its ``enqueued_at``."""
        sequence = message.sequence
        if delay_seconds > 0:
            message.state = DELAYED
            self.delayed_count += 1
            self._hide_until(message, message.enqueued_at + delay_seconds)
        self.messages[sequence] = message
        heappush(self.ages, (message.enqueued_at, sequence))
        self._order.add(message)

    def settle(self, now: float, retention_seconds: float) -> None:
        """Let come true what fell due: messages that become visible, messages that were kept long enough."""
        hidden = self.hidden
        if hidden and hidden[0][0] <= now:
            self._show_due(now)
        ages = self.ages
        if ages and ages[0][0] + retention_seconds <= now:
            self._expire_due(now, retention_seconds)

    def receive(
        self, now: float, limit: int, visibility_timeout: float, deliveries_max: int | None = None
    ) -> tuple[list[Message], list[Message]]:
        """Take up to ``limit`` messages in flight. Call ``settle`` first.

        Returns them, and the messages that were found to have been received ``deliveries_max`` times already: these
        have left the queue and belong in its dead-letter queue.
        """
        received: list[Message] = []
        dead: list[Message] = []
        order, messages = self._order, self.messages
        message: Message | None = None
        while len(received) < limit:
            message = order.take(messages, message)
            if message is None:
                break
            if deliveries_max is not None and message.receive_count >= deliveries_max:
                del messages[message.sequence]
                order.remove(message, messages, was_in_flight=False)
                dead.append(message)
            else:
                order.hide(message)
                self._deliver(message, now, visibility_timeout)
                received.append(message)
        return received, dead

    def extend(self, message: Message, now: float, visibility_timeout: float) -> None:
        """Let an in-flight message be hidden until ``visibility_timeout`` from now; 0 makes it visible at once."""
        self._hide_until(message, now + visibility_timeout)
        if visibility_timeout <= 0:
            self._show_due(now)

    def remove(self, message: Message) -> None:
        """Delete a message in whatever state."""
        del self.messages[message.sequence]
        was_in_flight = message.state == IN_FLIGHT
        if was_in_flight:
            self.in_flight_count -= 1
        elif message.state == DELAYED:
            self.delayed_count -= 1
        self._order.remove(message, self.messages, was_in_flight=was_in_flight)
        self._compact()

    def first(self) -> Message | None:
        """The message that ``receive`` would find first. Call ``settle`` first."""
        return self._order.first(self.messages)

    def next_due(self) -> float | None:
        """When the next hidden message becomes visible; None if none is hidden."""
        hidden = self.hidden
        while hidden and self._hidden_message(hidden[0]) is None:
            heappop(hidden)
        return hidden[0][0] if hidden else None

    def clear(self) -> None:
        """Delete every message."""
        self.messages.clear()
        self.hidden.clear()
        self.ages.clear()
        self._order.clear()
        self.delayed_count = self.in_flight_count = 0

    @property
    def _order(self) -> StandardOrder | FifoOrder:
        order = self.standard or self.fifo
        assert order is not None
        return order

    def _deliver(self, message: Message, now: float, visibility_timeout: float) -> None:
        message.state = IN_FLIGHT
        message.receive_count += 1
        message.received_at = now
        if message.first_received_at is None:
            message.first_received_at = now
        self.in_flight_count += 1
        self._hide_until(message, now + visibility_timeout)

    def _hide_until(self, message: Message, visible_at: float) -> None:
        message.visible_at = visible_at
        heappush(self.hidden, (visible_at, message.sequence))
        self._compact()

    def _hidden_message(self, entry: tuple[float, int]) -> Message | None:
        """The message that an entry of ``hidden`` still speaks of."""
        message = self.messages.get(entry[1])
        if message is None or message.state == VISIBLE or message.visible_at != entry[0]:
            return None
        return message

    def _show_due(self, now: float) -> None:
        hidden = self.hidden
        while hidden and hidden[0][0] <= now:
            message = self._hidden_message(heappop(hidden))
            if message is None:
                continue
            was_in_flight = message.state == IN_FLIGHT
            if was_in_flight:
                self.in_flight_count -= 1
            else:
                self.delayed_count -= 1
            message.state = VISIBLE
            self._order.show(message, self.messages, was_in_flight=was_in_flight)

    def _expire_due(self, now: float, retention_seconds: float) -> None:
        ages = self.ages
        while ages and ages[0][0] + retention_seconds <= now:
            message = self.messages.get(heappop(ages)[1])
            if message is not None:
                self.remove(message)

    def _compact(self) -> None:
        """Drop outdated entries once they are the majority, so that they cost amortised constant time and no memory."""
        hidden_count = self.delayed_count + self.in_flight_count
        if len(self.hidden) > 2 * hidden_count + _OUTDATED_ENTRIES_MAX:
            _rebuild(self.hidden, lambda entry: self._hidden_message(entry) is not None)
        if len(self.ages) > 2 * len(self.messages) + _OUTDATED_ENTRIES_MAX:
            _rebuild(self.ages, lambda entry: entry[1] in self.messages)


def _rebuild(heap: list[tuple[float, int]], holds: Callable[[tuple[float, int]], bool]) -> None:
    heap[:] = {entry for entry in heap if holds(entry)}
    heapify(heap)
