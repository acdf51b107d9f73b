"""What operations consume, as ReturnConsumedCapacity shows it.

Owns the sums per table and index. What one read or write costs is in ``item_size``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from awsim.services.dynamodb.table import Table


@attrs.define
class Capacity:
    """The capacity units that one operation takes of one table and its indexes."""

    table: Table
    #: The table as the caller named it. AWS: whoever gives an ARN is answered with the ARN.
    named: str
    table_units: float = 0.0
    index_units: dict[str, float] = attrs.Factory(dict)

    def add(self, table_units: float, index_units: Mapping[str, float] | None = None, factor: float = 1.0) -> None:
        """Count one more read or write. ``factor`` is 2 for the indexes' share of a write in a transaction."""
        self.table_units += table_units
        for name, units in (index_units or {}).items():
            self.index_units[name] = self.index_units.get(name, 0.0) + units * factor

    def describe(self, level: str, member: str | None = None) -> dict[str, Any] | None:
        """The ConsumedCapacity. ``member`` is what transactions show besides: ReadCapacityUnits or
        WriteCapacityUnits."""
        if level == "NONE":
            return None
        total = self.table_units + sum(self.index_units.values())
        described: dict[str, Any] = {"TableName": self.named, **_units(total, member)}
        if level == "INDEXES":
            described["Table"] = _units(self.table_units, member)
            for is_global, name in ((False, "LocalSecondaryIndexes"), (True, "GlobalSecondaryIndexes")):
                described[name] = {
                    index: _units(units, member)
                    for index, units in self.index_units.items()
                    if self.table.indexes[index].is_global is is_global
                } or None
        return described


def describe_all(capacities: Iterable[Capacity], level: str, member: str | None = None) -> list[dict[str, Any]] | None:
    """The ConsumedCapacity of an operation on several tables."""
    if level == "NONE":
        return None
    return [described for capacity in capacities if (described := capacity.describe(level, member)) is not None]


def _units(units: float, member: str | None) -> dict[str, float]:
    return {"CapacityUnits": units} if member is None else {"CapacityUnits": units, member: units}
