"""What a whole run of tests did with AWS: how often each operation was called, how it went, and what was not honoured.

Counts Clouds as they stop being active; knows nothing of pytest.
"""

from __future__ import annotations

from collections import Counter
from typing import Any
from weakref import WeakKeyDictionary

import attrs

from awsim.cloud import Cloud
from awsim.errors import NotSimulatedError


@attrs.define
class OperationCount:
    """How an operation's calls went."""

    calls: int = 0
    errors: Counter[str] = attrs.Factory(Counter)
    tiers: Counter[str] = attrs.Factory(Counter)

    def add(self, other: OperationCount) -> None:
        """Count another's calls too."""
        self.calls += other.calls
        self.errors += other.errors
        self.tiers += other.tiers


class RunReport:
    """The calls of all Clouds of a run. ``add`` a Cloud whenever it has been used; what it had then is counted once."""

    def __init__(self) -> None:
        self.operations: dict[str, OperationCount] = {}
        self.unhonoured: Counter[str] = Counter()
        self._seen: WeakKeyDictionary[Cloud, tuple[int, Counter[str]]] = WeakKeyDictionary()

    def add(self, cloud: Cloud) -> None:
        """Count what a Cloud was asked since it was last added."""
        seen, unhonoured_before = self._seen.get(cloud, (0, Counter()))
        kept = list(cloud.calls)
        total = len(kept) + cloud.calls.dropped
        if total < seen:  # its log was cleared
            seen = 0
        new = kept[max(0, len(kept) - (total - seen)) :]
        for call in new:
            count = self.operations.setdefault(call.name, OperationCount())
            count.calls += 1
            is_answered = call.error is None or call.error.code != NotSimulatedError.__name__
            count.tiers[call.tier if is_answered else "nobody"] += 1
            if call.error is not None:
                count.errors[call.error.code] += 1
        unhonoured = cloud.services.unhonoured()
        self.unhonoured += unhonoured - unhonoured_before
        self._seen[cloud] = (total, unhonoured)

    def as_data(self) -> dict[str, Any]:
        """All of it as plain data, for another process."""
        operations = {name: [one.calls, dict(one.errors), dict(one.tiers)] for name, one in self.operations.items()}
        return {"operations": operations, "unhonoured": dict(self.unhonoured)}

    def merge(self, data: dict[str, Any]) -> None:
        """Add what another process counted."""
        for name, (calls, errors, tiers) in data["operations"].items():
            count = self.operations.setdefault(name, OperationCount())
            count.add(OperationCount(calls, Counter(errors), Counter(tiers)))
        self.unhonoured += Counter(data["unhonoured"])

    def lines(self) -> list[str]:
        """The report, line by line."""
        if not self.operations:
            return ["no calls of AWS"]
        width = max(len(name) for name in self.operations)
        found = [f"{'operation':<{width}}  calls  answered by  errors"]
        for name, one in sorted(self.operations.items()):
            errors = ", ".join(f"{code} x{times}" for code, times in sorted(one.errors.items()))
            tiers = ", ".join(sorted(one.tiers))
            found.append(f"{name:<{width}}  {one.calls:>5}  {tiers:<11}  {errors}".rstrip())
        if self.unhonoured:
            found += ["", "sent, but not honoured:"]
            found += [f"{name} x{times}" for name, times in sorted(self.unhonoured.items())]
        return found
