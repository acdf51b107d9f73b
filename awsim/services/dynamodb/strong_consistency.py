"""Multi-Region strong consistency (MRSC): which global tables have it, and their witness.

Every write reaches all regions at once here, so it changes nothing but what is allowed and shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from awsim.services.dynamodb.errors import ValidationException, invalid_parameter_values
from awsim.services.dynamodb.table import Table

STRONG = "STRONG"
_REGIONS = 3

Updates = Sequence[Mapping[str, Any]]


def check_consistency(table: Table, mode: str | None, replica_updates: Updates, witness_updates: Updates) -> None:
    """Refuse a mode of consistency, or witnesses, that a table cannot have. Raises ValidationException."""
    created = [update["Create"]["RegionName"] for update in replica_updates if update.get("Create") is not None]
    witnesses = [update["Create"]["RegionName"] for update in witness_updates if update.get("Create") is not None]
    if mode is not None and (not created or table.replica_regions):
        raise invalid_parameter_values(
            "MultiRegionConsistency can be specified only when a global table is created by ReplicaUpdates"
        )
    strong = mode == STRONG
    if strong and len(table.items):
        raise invalid_parameter_values("Table must be empty when MultiRegionConsistency is STRONG")
    if strong and table.has_local_indexes:
        raise invalid_parameter_values("LocalSecondaryIndexes are not supported when MultiRegionConsistency is STRONG")
    # AWS: three regions, one of which may be a witness (Developer Guide, "Multi-Region strong consistency").
    if strong and 1 + len(created) + len(witnesses) != _REGIONS:
        raise invalid_parameter_values(
            f"A global table whose MultiRegionConsistency is STRONG must be in exactly {_REGIONS} Regions"
        )
    if witnesses and not strong:
        raise invalid_parameter_values("A witness can be created only with a global table of STRONG consistency")
    for update in witness_updates:
        region = (update.get("Delete") or {}).get("RegionName")
        if region is not None and region != table.witness_region:
            raise ValidationException(
                f"Failed to delete the witness of table with name: '{table.name}' because no witness was found in "
                f"region {region}"
            )


def set_consistency(group: Sequence[Table], mode: str | None, witness_updates: Updates) -> None:
    """Give the tables of a global table a mode of consistency and a witness, which have been checked."""
    for table in group:
        if mode is not None:
            table.multi_region_consistency = mode
        for update in witness_updates:
            created = update.get("Create")
            table.witness_region = created["RegionName"] if created is not None else None


def describe_consistency(table: Table) -> dict[str, Any]:
    """The members of a TableDescription about it."""
    witness = [{"RegionName": table.witness_region, "WitnessStatus": "ACTIVE"}] if table.witness_region else None
    return {"MultiRegionConsistency": table.multi_region_consistency, "GlobalTableWitnesses": witness}
