"""The order of a FIFO queue: strict within a message group, and no two receivers of one group at a time.

A group is locked while any of its messages is in flight. Within one receive, as many messages as possible come from one
group before the next group is begun (AWS's documentation). Entries that no longer hold are dropped when they come up.
Knows neither time nor deduplication.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush

import attrs

from awsim.services.sqs.message import VISIBLE, Message


@attrs.define(eq=False)
class MessageGroup:
    """The messages of one group that are not in flight, by sequence, and how many are in flight."""

    sequences: list[int] = attrs.Factory(list)
    in_flight: int = 0


@attrs.define(eq=False)
class FifoOrder:
    """Which group, and which message of it, comes next."""

    groups: dict[str, MessageGroup] = attrs.Factory(dict)
    #: (sequence of the group's first message, group) for every group that may be received from, and some that may not.
    ready: list[tuple[int, str]] = attrs.Factory(list)

    def add(self, message: Message) -> None:
        """A message was sent; it may still be delayed."""
        group = self.groups.get(_group_id(message))
        if group is None:
            group = self.groups[_group_id(message)] = MessageGroup()
        heappush(group.sequences, message.sequence)
        if message.state == VISIBLE and not group.in_flight and group.sequences[0] == message.sequence:
            heappush(self.ready, (message.sequence, _group_id(message)))

    def show(self, message: Message, messages: Mapping[int, Message], *, was_in_flight: bool) -> None:
        """A hidden message became visible. A delayed one has its place already; one from flight returns to its own."""
        group = self.groups[_group_id(message)]
        if was_in_flight:
            group.in_flight -= 1
            heappush(group.sequences, message.sequence)
        self._offer(_group_id(message), group, messages)

    def hide(self, message: Message) -> None:
        """A message that ``take`` gave goes in flight, and locks its group."""
        self.groups[_group_id(message)].in_flight += 1

    def remove(self, message: Message, messages: Mapping[int, Message], *, was_in_flight: bool) -> None:
        """A message is gone; the last one in flight unlocks its group."""
        group = self.groups[_group_id(message)]
        if was_in_flight:
            group.in_flight -= 1
        self._offer(_group_id(message), group, messages)

    def take(self, messages: Mapping[int, Message], after: Message | None) -> Message | None:
        """The next message that may be received, no longer offered; None if there is none.

        ``after`` is the message taken before it in the same receive: its group goes on.
        """
        if after is not None:
            group = self.groups.get(_group_id(after))
            message = _first(group, messages) if group is not None else None
            if group is not None and message is not None and message.state == VISIBLE:
                heappop(group.sequences)
                return message
        message = self.first(messages)
        if message is not None:
            heappop(self.ready)
            heappop(self.groups[_group_id(message)].sequences)
        return message

    def first(self, messages: Mapping[int, Message]) -> Message | None:
        """The message that ``take`` would give to a new receive, still offered."""
        ready = self.ready
        while ready:
            sequence, group_id = ready[0]
            group = self.groups.get(group_id)
            if group is not None and not group.in_flight and group.sequences and group.sequences[0] == sequence:
                message = messages.get(sequence)
                if message is not None and message.state == VISIBLE:
                    return message
            heappop(ready)
        return None

    def clear(self) -> None:
        self.groups.clear()
        self.ready.clear()

    def _offer(self, group_id: str, group: MessageGroup, messages: Mapping[int, Message]) -> None:
        if group.in_flight:
            return
        message = _first(group, messages)
        if message is None:
            del self.groups[group_id]
        elif message.state == VISIBLE:
            heappush(self.ready, (message.sequence, group_id))


def _first(group: MessageGroup, messages: Mapping[int, Message]) -> Message | None:
    """The group's first message that still exists."""
    sequences = group.sequences
    while sequences:
        message = messages.get(sequences[0])
        if message is not None:
            return message
        heappop(sequences)
    return None


def _group_id(message: Message) -> str:
    return message.message_group_id or ""
