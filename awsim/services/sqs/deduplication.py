"""What a FIFO queue remembers for five minutes: who sent what, and what a receive attempt was given.

Knows no messages' contents, only ids and sequences. Nothing here is scheduled; what is older than five minutes is
forgotten when the memory is next asked.
"""

from __future__ import annotations

import hashlib
from collections import deque

import attrs

INTERVAL_SECONDS = 300.0


@attrs.define(eq=False)
class Deduplication:
    """The messages sent in the last five minutes, by deduplication key, even if they were received and deleted."""

    #: key -> (message id, sequence)
    sent: dict[str, tuple[str, int]] = attrs.Factory(dict)
    #: (when forgotten, key), oldest first
    expiries: deque[tuple[float, str]] = attrs.Factory(deque)

    def find(self, key: str, now: float) -> tuple[str, int] | None:
        """The message id and sequence of the message that this key was first sent with."""
        expiries = self.expiries
        while expiries and expiries[0][0] <= now:
            self.sent.pop(expiries.popleft()[1], None)
        return self.sent.get(key)

    def remember(self, key: str, message_id: str, sequence: int, now: float) -> None:
        """Keep a key that ``find`` did not know."""
        self.sent[key] = (message_id, sequence)
        self.expiries.append((now + INTERVAL_SECONDS, key))


@attrs.define(eq=False)
class ReceiveAttempt:
    """What one ReceiveRequestAttemptId was given: sequences of messages with the receive counts they then had."""

    expires_at: float
    given: list[tuple[int, int]]


@attrs.define(eq=False)
class ReceiveAttempts:
    """The receive attempts of the last five minutes."""

    attempts: dict[str, ReceiveAttempt] = attrs.Factory(dict)

    def find(self, attempt_id: str, now: float) -> ReceiveAttempt | None:
        for expired in [known for known, attempt in self.attempts.items() if attempt.expires_at <= now]:
            del self.attempts[expired]
        return self.attempts.get(attempt_id)

    def remember(self, attempt_id: str, given: list[tuple[int, int]], now: float) -> None:
        self.attempts[attempt_id] = ReceiveAttempt(now + INTERVAL_SECONDS, given)

    def forget(self, sequence: int) -> None:
        """A message was deleted or had its visibility changed: what held it can no longer be repeated."""
        for attempt_id, attempt in list(self.attempts.items()):
            if any(sequence == given for given, _ in attempt.given):
                del self.attempts[attempt_id]


def content_deduplication_id(body: str) -> str:
    """The deduplication id that ContentBasedDeduplication gives: SHA-256 of the body, not of the attributes."""
    return hashlib.sha256(body.encode()).hexdigest()


def deduplication_key(deduplication_id: str, group_id: str, *, per_group: bool) -> str:
    """What makes two messages duplicates. A space cannot occur in either id."""
    return f"{group_id} {deduplication_id}" if per_group else deduplication_id
