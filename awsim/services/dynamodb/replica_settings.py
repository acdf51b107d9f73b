"""What a replica has of its own: its key, table class and reads, as ReplicaUpdates sets them and DescribeTable shows
them.

Owns those members. The replica's own table is given them, and every table of the group remembers them to show them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from awsim.services.dynamodb.encryption import full_key_arn
from awsim.services.dynamodb.errors import errors, invalid_parameter_values
from awsim.services.dynamodb.replication import REPLICAS_VERSION, replicas_of, table_in
from awsim.services.dynamodb.secondary_index import Throughput
from awsim.services.dynamodb.table import Table

if TYPE_CHECKING:
    from awsim.context import RequestContext

Change = Mapping[str, Any]


def check_replica_settings(table: Table, change: Change) -> None:
    """Refuse settings that a replica of this table cannot have. Raises ValidationException,
    ResourceNotFoundException."""
    names = {index.name for index in table.indexes.values() if index.is_global}
    for one in (change, *(change.get("GlobalSecondaryIndexes") or ())):
        if "IndexName" in one and one["IndexName"] not in names:
            raise errors.ResourceNotFoundException(
                f"Requested resource not found: Index: {one['IndexName']} for table: {table.name} not found"
            )
        if table.is_on_demand and one.get("ProvisionedThroughputOverride"):
            # Deviation: the words are after those for ProvisionedThroughput.
            raise invalid_parameter_values(
                "ProvisionedThroughputOverride cannot be specified when BillingMode is PAY_PER_REQUEST"
            )


def set_replica_settings(context: RequestContext[Any], table: Table, change: Change) -> None:
    """Give a replica the settings of its creation or update, which have been checked."""
    region = change["RegionName"]
    replica = table_in(context, table, region)
    if replica is None:
        return
    shown = dict(table.replica_settings.get(region, {}))
    if "KMSMasterKeyId" in change:
        replica.kms_key_arn = shown["KMSMasterKeyId"] = full_key_arn(context, change["KMSMasterKeyId"], region)
    if "TableClassOverride" in change:
        now = context.time()
        replica.table_class, replica.table_class_changed_at = change["TableClassOverride"], now
        shown["ReplicaTableClassSummary"] = {"TableClass": change["TableClassOverride"], "LastUpdateDateTime": now}
    shown |= _set_reads(replica, change)
    indexes = {index["IndexName"]: index for index in shown.get("GlobalSecondaryIndexes", ())}
    for index in change.get("GlobalSecondaryIndexes") or ():
        name = index["IndexName"]
        indexes[name] = {**indexes.get(name, {"IndexName": name}), **_set_reads(replica.indexes[name], index)}
    if indexes:
        shown["GlobalSecondaryIndexes"] = list(indexes.values())
    for one in (table, *replicas_of(context, table)):
        one.replica_settings[region] = shown


def share_billing(table: Table, replicas: Iterable[Table]) -> None:
    """Give replicas the billing of a table: its mode and writes; its reads too, unless either has reads of its own.

    AWS: Developer Guide, "Global tables core concepts", as for :func:`share_settings`.
    """
    for replica in _following(table, replicas):
        replica.billing_mode, replica.on_demand_since = table.billing_mode, table.on_demand_since
        keeps_reads = not table.is_on_demand and _has_own(table, replica, "ProvisionedThroughputOverride")
        reads = replica.throughput.read_units if keeps_reads else 0
        replica.throughput = attrs.evolve(table.throughput, read_units=reads or table.throughput.read_units)
        if table.is_on_demand:
            for index in replica.indexes.values():
                index.throughput = Throughput()


def share_settings(table: Table, replicas: Iterable[Table], *, table_class: bool, on_demand: bool, warm: bool) -> None:
    """Give replicas those settings of a table that were changed: its class and limits on demand, except what a replica
    has of its own, and its warm throughput."""
    for replica in _following(table, replicas):
        # AWS: between accounts, the table class is each one's own.
        if table_class and not table.replica_accounts and not _has_own(table, replica, "ReplicaTableClassSummary"):
            replica.table_class, replica.table_class_changed_at = table.table_class, table.table_class_changed_at
        if on_demand:
            units = dict(table.on_demand_throughput or {})
            if _has_own(table, replica, "OnDemandThroughputOverride"):
                units |= {"MaxReadRequestUnits": (replica.on_demand_throughput or {}).get("MaxReadRequestUnits", -1)}
            replica.on_demand_throughput = units
        if warm:
            replica.warm_throughput = table.warm_throughput


def _following(table: Table, replicas: Iterable[Table]) -> Iterable[Table]:
    """The replicas that have the settings of the table: not those of the legacy version."""
    return replicas if table.global_table_version == REPLICAS_VERSION else ()


def _has_own(table: Table, replica: Table, member: str) -> bool:
    return any(member in one.replica_settings.get(one.region, {}) for one in (table, replica))


def _set_reads(target: Any, change: Change) -> dict[str, Any]:
    """Give a table or an index reads of its own; returns what is shown of that."""
    shown: dict[str, Any] = {}
    provisioned, on_demand = change.get("ProvisionedThroughputOverride"), change.get("OnDemandThroughputOverride")
    if provisioned:
        target.throughput.read_units = provisioned["ReadCapacityUnits"]
        shown["ProvisionedThroughputOverride"] = dict(provisioned)
    if on_demand:
        target.on_demand_throughput = {**(target.on_demand_throughput or {}), **on_demand}
        shown["OnDemandThroughputOverride"] = dict(on_demand)
    return shown


__all__ = ["check_replica_settings", "set_replica_settings", "share_billing", "share_settings"]
