"""AWS's time in a Cloud: the process's own time plus what the test has advanced.

The only place in awsim that asks for the time, so that freezegun and time-machine, which replace ``time.time``, rule
here too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import formatdate


class Clock:
    """``time()`` and ``now()`` tell AWS's time; ``advance()`` moves it and runs in order what falls due on the way."""

    __slots__ = ("_http_date", "_on_move", "_run_due", "offset_seconds")

    def __init__(
        self,
        run_due: Callable[[float], object] | None = None,
        offset_seconds: float = 0.0,
        on_move: Callable[[], object] | None = None,
    ) -> None:
        self.offset_seconds = offset_seconds
        self._run_due = run_due
        self._on_move = on_move
        self._http_date = (-1, "")

    def time(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self.offset_seconds

    def now(self) -> datetime:
        """The same as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.time(), timezone.utc)

    def http_date(self) -> str:
        """The time as HTTP's Date header writes it."""
        second = int(self.time())
        if self._http_date[0] != second:
            self._http_date = (second, formatdate(second, usegmt=True))
        return self._http_date[1]

    def advance(self, *, seconds: float = 0.0, minutes: float = 0.0, hours: float = 0.0, days: float = 0.0) -> None:
        """Move AWS's time forward. Raises ValueError for a step back, and then nothing has moved."""
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds).total_seconds()
        if step < 0:
            raise ValueError(f"the clock only moves forward, not by {step} seconds")
        self.move_to(self.time() + step)

    def move_to(self, epoch_seconds: float) -> None:
        """Move forward to a moment, running what falls due before it at its own time. A moment past is no move."""
        if self._run_due is not None:
            self._run_due(epoch_seconds)
        self.jump_to(epoch_seconds)
        if self._on_move is not None:
            self._on_move()

    def jump_to(self, epoch_seconds: float) -> None:
        """Move forward to a moment without running anything."""
        ahead = epoch_seconds - self.time()
        if ahead > 0:
            self.offset_seconds += ahead
