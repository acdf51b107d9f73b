"""How many calls were answered, and how long they took: a counter for each operation and status."""

from __future__ import annotations

from typing import Any

from awsim.context import RequestContext


class Tally:
    """How often, and how many seconds in all."""

    __slots__ = ("count", "seconds")

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0


class Traffic:
    """Counted in the event loop's thread alone. Bounded: operations and statuses are AWS's."""

    def __init__(self) -> None:
        #: By service, operation and status; service and operation are "" for what is no call of an API.
        self.answered: dict[tuple[str, str, int], Tally] = {}

    def count(self, context: RequestContext[Any], status_code: int, seconds: float) -> None:
        """Count an answered call."""
        operation = context.operation
        key = (context.service_name if operation is not None else "", operation.name if operation else "", status_code)
        tally = self.answered.get(key)
        if tally is None:
            tally = self.answered[key] = Tally()
        tally.count += 1
        tally.seconds += seconds
