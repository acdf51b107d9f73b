"""The order of a standard queue: best effort, which here means oldest first, redelivered messages included.

Keeps a heap of the sequences of visible messages. Entries of messages that were deleted meanwhile are dropped when
they come up, so that deleting costs nothing here. Knows neither time nor states beyond "visible".
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush

import attrs

from awsim.services.sqs.message import VISIBLE, Message


@attrs.define(eq=False)
class StandardOrder:
    """Which visible message comes next."""

    visible: list[int] = attrs.Factory(list)

    def add(self, message: Message) -> None:
        """A message was sent; it may still be delayed."""
        if message.state == VISIBLE:
            heappush(self.visible, message.sequence)

    def show(self, message: Message, messages: Mapping[int, Message], *, was_in_flight: bool) -> None:
        """A hidden message became visible."""
        heappush(self.visible, message.sequence)

    def hide(self, message: Message) -> None:
        """A message that ``take`` gave goes in flight."""

    def remove(self, message: Message, messages: Mapping[int, Message], *, was_in_flight: bool) -> None:
        """A message is gone; its entry is dropped when it comes up."""

    def take(self, messages: Mapping[int, Message], after: Message | None) -> Message | None:
        """The next visible message, no longer offered; None if there is none."""
        visible = self.visible
        while visible:
            message = messages.get(heappop(visible))
            if message is not None:
                return message
        return None

    def first(self, messages: Mapping[int, Message]) -> Message | None:
        """The message that ``take`` would give, still offered."""
        visible = self.visible
        while visible:
            message = messages.get(visible[0])
            if message is not None:
                return message
            heappop(visible)
        return None

    def clear(self) -> None:
        self.visible.clear()
