"""AWS's time in a Cloud: the process's own time plus what the test has advanced, or a moment at which it stands still.

The only place in awsim that asks for the time, so that freezegun and time-machine, which replace ``time.time``, rule
here too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import formatdate

from awsim.errors import MisuseError

#: The year 9000, some way before the last that dates can tell: expiries lie ahead of now.
_END = 221845392000.0


class Clock:
    """``time()`` and ``now()`` tell AWS's time; ``advance()`` moves it and runs in order what falls due on the way."""

    __slots__ = ("_http_date", "_on_move", "_run_due", "frozen_at", "held_at", "offset_seconds")

    def __init__(
        self,
        run_due: Callable[[float], object] | None = None,
        offset_seconds: float = 0.0,
        on_move: Callable[[], object] | None = None,
    ) -> None:
        self.offset_seconds = offset_seconds
        #: Where it stands still, in epoch seconds; None while it runs.
        self.frozen_at: float | None = None
        #: What a running clock tells while one call is done whose moment has to be known; None at all other times.
        self.held_at: float | None = None
        self._run_due = run_due
        self._on_move = on_move
        self._http_date = (-1, "")

    def time(self) -> float:
        """Seconds since the epoch."""
        frozen_at = self.frozen_at
        if frozen_at is not None:
            return frozen_at
        held_at = self.held_at
        return time.time() + self.offset_seconds if held_at is None else held_at

    def now(self) -> datetime:
        """The same as an aware datetime in UTC."""
        return datetime.fromtimestamp(self.time(), timezone.utc)

    def http_date(self) -> str:
        """The time as HTTP's Date header writes it."""
        second = int(self.time())
        if self._http_date[0] != second:
            self._http_date = (second, formatdate(second, usegmt=True))
        return self._http_date[1]

    def advance(
        self,
        step: timedelta | None = None,
        /,
        *,
        seconds: float = 0.0,
        minutes: float = 0.0,
        hours: float = 0.0,
        days: float = 0.0,
    ) -> None:
        """Move AWS's time forward, by a timedelta or by so many of the units. Raises MisuseError for a step back, and
        then nothing has moved."""
        if step is None:
            step = timedelta()
        elif not isinstance(step, timedelta):
            raise MisuseError(f"advance() takes a timedelta, or a number with its unit: seconds={step!r}")
        try:
            step = step + timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
            distance = step.total_seconds()
            self._check(self.time() + distance)
        except (OverflowError, ValueError, TypeError) as error:
            raise MisuseError(f"the clock cannot move that far: {error}") from error
        if distance < 0:
            raise MisuseError(f"the clock only moves forward, not by {distance} seconds")
        self.move_to(self.time() + distance)

    def set(self, moment: datetime | float | str) -> None:
        """Go to a moment: an aware datetime, epoch seconds, or ISO 8601 with a time zone (``"2024-02-29T12:00:00Z"``).

        Going forward runs in order what falls due on the way, as :meth:`advance` does; going back runs nothing. Raises
        MisuseError for what is no moment, and then nothing has moved.
        """
        epoch_seconds = self._read(moment)
        if epoch_seconds >= self.time():
            self.move_to(epoch_seconds)
        else:
            self._put(epoch_seconds)

    def freeze(self, moment: datetime | float | str | None = None) -> Freeze:
        """Stand still, at a moment as :meth:`set` takes it or where the time is; only ``advance``, ``set`` and what
        waits in-process move it then. :meth:`unfreeze` lets it run on; as a context manager it does so by itself,
        unless it stood still already when the block began."""
        epoch_seconds = self.time() if moment is None else self._read(moment)
        was_frozen = self.frozen_at is not None
        self.frozen_at = self.time()
        self.set(epoch_seconds)
        return Freeze(self, was_frozen)

    def unfreeze(self) -> None:
        """Run on from where it stands. Nothing happens to a clock that runs."""
        if self.frozen_at is not None:
            self.offset_seconds = self.frozen_at - time.time()
            self.frozen_at = None

    def move_to(self, epoch_seconds: float) -> None:
        """Move forward to a moment, running what falls due before it at its own time. A moment past is no move."""
        if self._run_due is not None:
            self._run_due(epoch_seconds)
        self.jump_to(epoch_seconds)
        if self._on_move is not None:
            self._on_move()

    def jump_to(self, epoch_seconds: float) -> None:
        """Move forward to a moment without running anything."""
        if epoch_seconds > self.time():
            self._put(epoch_seconds)

    def get_state(self) -> tuple[float, float | None]:
        """How far ahead it is, and where it stands still if it does, for a snapshot."""
        return self.offset_seconds, self.frozen_at

    @staticmethod
    def check_state(state: tuple[float, float | None]) -> None:
        """Raise ValueError, or OverflowError, for a state that no date can tell; for what reads it from elsewhere."""
        offset_seconds, frozen_at = state
        Clock._check(time.time() + offset_seconds)
        if frozen_at is not None:
            Clock._check(frozen_at)

    def set_state(self, state: tuple[float, float | None]) -> None:
        """Continue as a snapshot had it."""
        self.offset_seconds, self.frozen_at = state

    def _put(self, epoch_seconds: float) -> None:
        if self.frozen_at is not None:
            self.frozen_at = epoch_seconds
        else:
            self.offset_seconds += epoch_seconds - self.time()

    def _read(self, written: datetime | float | str) -> float:
        moment = written
        try:
            if isinstance(moment, str):
                moment = datetime.fromisoformat(f"{moment[:-1]}+00:00" if moment.endswith("Z") else moment)
            if isinstance(moment, datetime):
                if moment.tzinfo is None:
                    raise ValueError("it has no time zone")
                moment = moment.timestamp()
            if isinstance(moment, bool) or not isinstance(moment, (int, float)):
                raise TypeError("a moment is an aware datetime, epoch seconds, or ISO 8601 with a time zone")
            self._check(moment)
        except (OverflowError, ValueError, TypeError) as error:
            raise MisuseError(f"the clock cannot be set to {written!r}: {error}") from error
        return float(moment)

    @staticmethod
    def _check(epoch_seconds: float) -> None:
        """Raises for a moment that no date can tell."""
        datetime.fromtimestamp(epoch_seconds, timezone.utc)
        if epoch_seconds < 0:
            raise ValueError("AWS's time begins in 1970")
        if epoch_seconds >= _END:
            # A running clock would leave the years that dates can tell, and with it every answer its Date.
            raise ValueError("awsim's time ends with the year 8999")


class Freeze:
    """A clock that stands still; at the end of a ``with`` block it runs on, at that of an inner one it does not."""

    __slots__ = ("_clock", "_was_frozen")

    def __init__(self, clock: Clock, was_frozen: bool) -> None:
        self._clock = clock
        self._was_frozen = was_frozen

    def __enter__(self) -> Clock:
        return self._clock

    def __exit__(self, *_: object) -> None:
        if not self._was_frozen:
            self._clock.unfreeze()
