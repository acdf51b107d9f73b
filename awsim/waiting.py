"""How the current thread may wait, where a transport says so.

Nobody says anything in-process: there a Cloud's settings decide whether waits are real. A transport with threads of its
own (the server) says it for each of them: one that answers many callers must never wait, another waits for real, and
stops when its caller is gone. Knows no Cloud.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class MustWaitError(BaseException):
    """An operation would have to wait, in a thread that must not. Nothing has been changed: try it in another thread.

    No Exception, so that nothing on the way takes it for an operation's failure.
    """


class Policy(Protocol):
    """What a thread does instead of as the settings say."""

    @property
    def is_over(self) -> bool:
        """Whether nobody waits for the outcome any more. Raises MustWaitError where waiting is not allowed."""


class NoWaits:
    """The policy of a thread that must not wait."""

    @property
    def is_over(self) -> bool:
        """Raises MustWaitError."""
        raise MustWaitError


class RealWaits:
    """The policy of a thread that sleeps for as long as AWS would, until :meth:`end`."""

    def __init__(self) -> None:
        self._is_over = False

    @property
    def is_over(self) -> bool:
        """Whether the wait was ended from outside."""
        return self._is_over

    def end(self) -> None:
        """Let the thread's wait end early; whoever calls it wakes the Cloud's waits after."""
        self._is_over = True


class _Here(threading.local):
    policy: Policy | None = None


here = _Here()


@contextmanager
def waiting_by(policy: Policy) -> Iterator[None]:
    """Have the current thread wait by this policy within the block."""
    before = here.policy
    here.policy = policy
    try:
        yield
    finally:
        here.policy = before
