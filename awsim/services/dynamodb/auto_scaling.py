"""Auto scaling settings of tables and their global indexes, as replicas and legacy global tables are asked for them.

Owns what is kept of such settings, how they are shown, and that they bring provisioned units into their range.
"""

# Deviation: what is consumed afterwards scales nothing, and Application Auto Scaling does not know of the settings.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.secondary_index import SecondaryIndex
from awsim.services.dynamodb.table import Table

READ, WRITE = "Read", "Write"
_PLAIN = ("MinimumUnits", "MaximumUnits", "AutoScalingDisabled", "AutoScalingRoleArn")


def set_auto_scaling(
    table: Table, index_name: str | None, side: str, update: Mapping[str, Any] | None, now: float
) -> None:
    """Change the settings of one side (READ or WRITE) of a table or of an index. Raises ValidationException."""
    if update is None:
        return
    key = _key(index_name, side)
    present = dict(table.auto_scaling.get(key) or {"AutoScalingDisabled": False})
    present |= {name: update[name] for name in _PLAIN if update.get(name) is not None}
    least, most = present.get("MinimumUnits"), present.get("MaximumUnits")
    if least is not None and most is not None and least > most:
        raise ValidationException(
            "One or more parameter values were invalid: MinimumUnits must be less than or equal to MaximumUnits"
        )
    policy = update.get("ScalingPolicyUpdate")
    if policy is not None:
        subject = f"table/{table.name}" if index_name is None else f"table/{table.name}/index/{index_name}"
        name = policy.get("PolicyName") or f"DynamoDB{side}CapacityUtilization:{subject}"
        policies = [one for one in present.get("ScalingPolicies") or () if one["PolicyName"] != name]
        configuration = dict(policy["TargetTrackingScalingPolicyConfiguration"])
        present["ScalingPolicies"] = [
            *policies,
            {"PolicyName": name, "TargetTrackingScalingPolicyConfiguration": configuration},
        ]
    table.auto_scaling[key] = present
    _bring_into_range(table, index_name, side, now)


def _bring_into_range(table: Table, index_name: str | None, side: str, now: float) -> None:
    """AWS: what is made scalable is at once given a capacity that is within the range (Application Auto Scaling's
    RegisterScalableTarget, which DynamoDB calls)."""
    settings = table.auto_scaling[_key(index_name, side)]
    if table.is_on_demand or settings["AutoScalingDisabled"]:
        return
    throughput = table.throughput if index_name is None else table.indexes[index_name].throughput
    units = {READ: throughput.read_units, WRITE: throughput.write_units}
    units[side] = max(units[side], settings.get("MinimumUnits", units[side]))
    units[side] = min(units[side], settings.get("MaximumUnits", units[side]))
    if (units[READ], units[WRITE]) != (throughput.read_units, throughput.write_units):
        throughput.change(units[READ], units[WRITE], now)


def show_auto_scaling(table: Table, index_name: str | None, side: str) -> dict[str, Any]:
    """The AutoScalingSettingsDescription of one side of a table or of an index."""
    return table.auto_scaling.get(_key(index_name, side)) or {"AutoScalingDisabled": True}


def global_indexes(table: Table) -> list[SecondaryIndex]:
    """The table's global indexes."""
    return [index for index in table.indexes.values() if index.is_global]


def _key(index_name: str | None, side: str) -> str:
    return f"{side}:{index_name or ''}"
