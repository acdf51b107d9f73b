"""Work that AWS does later, kept as data and ordered by due time.

Owns the order and the record of failures; must not know how a task is run (the Cloud hands that in).
"""

from __future__ import annotations

import heapq
import logging
from collections.abc import Callable
from typing import Any

import attrs

logger = logging.getLogger("awsim.schedule")


@attrs.frozen
class Task:
    """One deferred piece of work: a method of a service's provider and what to call it with."""

    service_name: str
    handler: str
    account_id: str
    region: str
    payload: dict[str, Any]


@attrs.frozen(order=True)
class Due:
    """A task with its place in time; those due together run in the order they were added."""

    due_time: float
    sequence: int
    task: Task = attrs.field(order=False)


@attrs.frozen
class TaskFailure:
    """A task that raised, kept in view for the test to assert on. A failing task never fails the caller's request."""

    due_time: float
    task: Task
    error: Exception


class Schedule:
    """What is still to come, and what failed."""

    __slots__ = ("_due", "_run", "_running", "_sequence", "failures")

    def __init__(self, run: Callable[[Task], None]) -> None:
        self._run = run
        self._running = False
        self._due: list[Due] = []
        self._sequence = 0
        self.failures: list[TaskFailure] = []

    def add(self, due_time: float, task: Task) -> Due:
        """Plan a task for a moment in epoch seconds."""
        self._sequence += 1
        due = Due(due_time, self._sequence, task)
        heapq.heappush(self._due, due)
        return due

    def cancel(self, due: Due) -> bool:
        """Take a planned task back. False when it has already run."""
        try:
            self._due.remove(due)
        except ValueError:
            return False
        heapq.heapify(self._due)
        return True

    @property
    def pending(self) -> list[Due]:
        """What is planned, in order."""
        return sorted(self._due)

    @property
    def next_due_time(self) -> float | None:
        """When the next task is due, in epoch seconds."""
        return self._due[0].due_time if self._due else None

    def run_due(self, until: float, at: Callable[[float], None] | None = None) -> None:
        """Run, in order, what is due at or before ``until``; ``at`` is told each task's time first.

        What a task plans for within the time runs too. A task that calls the gateway does not start a second run.
        """
        if self._running:
            return
        self._running = True
        try:
            while self._due and self._due[0].due_time <= until:
                due = heapq.heappop(self._due)
                if at is not None:
                    at(due.due_time)
                try:
                    self._run(due.task)
                except Exception as error:
                    logger.exception("%s.%s failed", due.task.service_name, due.task.handler)
                    self.failures.append(TaskFailure(due.due_time, due.task, error))
        finally:
            self._running = False

    def get_state(self) -> tuple[int, list[Due]]:
        """The plan, for a snapshot."""
        return self._sequence, sorted(self._due)

    def set_state(self, state: tuple[int, list[Due]]) -> None:
        """The plan of a snapshot instead of this one."""
        self._sequence, due = state
        self._due = list(due)
        self.failures = []
