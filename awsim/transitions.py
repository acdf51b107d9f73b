"""Transitions: resources that take their time to be made, changed or deleted, because a test says so.

By default a resource settles at once. Owns which kinds of resources take how long, and which are under way. What their
states are called, and what happens at the end, is their service's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import attrs

from awsim.errors import MisuseError
from awsim.resource_kinds import resource_kinds
from awsim.schedule import Task
from awsim.stores import Store

if TYPE_CHECKING:
    from awsim.cloud import Cloud


@attrs.frozen
class Pace:
    """How long a kind of resource takes: seconds on AWS's clock, or how often it is looked at meanwhile."""

    after_seconds: float | None = None
    after_calls: int | None = None


@attrs.define
class UnderWay:
    """A resource on its way from one state to the next. ``ends_at`` in epoch seconds."""

    state: str
    ends_at: float | None
    looks_left: int | None
    #: What the service does at the end of one that is counted in looks; one of time is on the schedule.
    task: Task | None


@attrs.define
class TransitionStore(Store):
    """What is under way, by ARN."""

    under_way: dict[str, UnderWay] = attrs.Factory(dict)


class Transitions:
    """A Cloud's rules of which resources take their time: ``transitions.set("dynamodb.table", after_seconds=30)``."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._paces: dict[str, Pace] = {}

    def set(self, kind: str, /, *, after_seconds: float | None = None, after_calls: int | None = None) -> None:
        """Have resources of a kind (``"dynamodb.table"``; ``"dynamodb"`` for all of a service) pass through their
        states from now on: for so many seconds of AWS's clock, or for so many looks at them.

        A look is a call that shows the resource's state, as DescribeTable does. Those that are under way already are
        not changed. Raises MisuseError for a kind that awsim does not know, and then nothing has changed.
        """
        if (after_seconds is None) == (after_calls is None):
            raise MisuseError("say how long it takes: after_seconds= or after_calls=, one of both")
        if after_seconds is not None and not (_is_number(after_seconds) and 0 <= after_seconds < float("inf")):
            raise MisuseError(f"after_seconds= is at least 0, not {after_seconds!r}")
        if after_calls is not None and (
            not isinstance(after_calls, int) or isinstance(after_calls, bool) or after_calls < 1
        ):
            raise MisuseError(
                f"after_calls= is how many calls still see the old state, at least 1, not {after_calls!r}"
            )
        for name in self._kinds(kind):
            self._paces[name] = Pace(after_seconds, after_calls)

    def remove(self, kind: str, /) -> None:
        """Have resources of a kind settle at once again. Raises MisuseError as :meth:`set` does."""
        for name in self._kinds(kind):
            self._paces.pop(name, None)

    def clear(self) -> None:
        """Have all resources settle at once again."""
        self._paces.clear()

    def copy_rules(self, other: Transitions) -> None:
        """Take over another Cloud's rules."""
        self._paces = dict(other._paces)

    def __iter__(self) -> Iterator[tuple[str, Pace]]:
        return iter(dict(self._paces).items())

    def __repr__(self) -> str:
        return f"<Transitions {self._paces}>"

    def _kinds(self, written: str) -> list[str]:
        return resource_kinds(self._cloud.services, written, "transitions", "passes through states")

    # -- for services, through their context -------------------------------------------------------------------------

    def begin(self, store: TransitionStore, kind: str, arn: str, state: str, task: Task | None) -> bool:
        """Whether a resource now passes through a state; if not, the service goes on at once."""
        pace = self._paces.get(kind)
        if pace is None:
            return False
        if pace.after_seconds is None:
            store.under_way[arn] = UnderWay(state, None, pace.after_calls, task)
            return True
        ends_at = self._cloud.clock.time() + pace.after_seconds
        store.under_way[arn] = UnderWay(state, ends_at, None, None)
        if task is not None:
            self._cloud.schedule.add(ends_at, task)
        return True

    def state(self, store: TransitionStore, arn: str, *, look: bool) -> str | None:
        """The state through which a resource passes; None for one that has settled."""
        found = store.under_way.get(arn)
        if found is None:
            return None
        if found.ends_at is not None:
            if self._cloud.clock.time() < found.ends_at:
                return found.state
            del store.under_way[arn]
            return None
        if look and found.looks_left is not None:
            found.looks_left -= 1
            if found.looks_left <= 0:
                # The last look still sees it; what comes after the call sees it settled.
                del store.under_way[arn]
                if found.task is not None:
                    self._cloud.schedule.add(self._cloud.clock.time(), found.task)
        return found.state


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
