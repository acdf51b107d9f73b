"""On-demand backups, those of deleted tables, and continuous backups with point-in-time recovery."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.access import authorize
from awsim.services.dynamodb.addressing import errors, table_name
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.models import Backup, DynamoDbStore
from awsim.services.dynamodb.secondary_index import SecondaryIndex
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.table_copies import copy_table
from awsim.services.dynamodb.table_description import describe_encryption, describe_projection
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

_BACKUPS_PAGE = 100
_RECOVERY_DAYS = 35


@aws_provider(api="dynamodb")
class Backups(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore
    transitions = ("backup",)
    identifiers = ("backup",)

    def create_backup(
        self, context: RequestContext[DynamoDbStore], *, table_name: str, backup_name: str
    ) -> dict[str, Any]:
        table = _find_table(context, table_name)
        now = context.time()
        backup_id = context.identifier("backup", lambda: _new_id(context, now))
        arn = f"{table.arn}/backup/{backup_id}"
        backup = Backup(arn, backup_name, now, copy_table(table), _features(table))
        context.store.backups[arn] = backup
        context.begin_transition("backup", arn, "CREATING")
        return {"BackupDetails": _details(backup, "CREATING")}

    def describe_backup(self, context: RequestContext[DynamoDbStore], *, backup_arn: str) -> dict[str, Any]:
        backup = find_backup(context, backup_arn)
        return {"BackupDescription": _describe(backup, _state(context, backup, look=True))}

    def delete_backup(self, context: RequestContext[DynamoDbStore], *, backup_arn: str) -> dict[str, Any]:
        backup = find_settled_backup(context, backup_arn)
        del context.store.backups[backup_arn]
        return {"BackupDescription": _describe(backup, "DELETED")}

    def list_backups(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str | None = None,
        limit: int = _BACKUPS_PAGE,
        time_range_lower_bound: datetime | None = None,
        time_range_upper_bound: datetime | None = None,
        exclusive_start_backup_arn: str | None = None,
        backup_type: str = "USER",
    ) -> dict[str, Any]:
        found = sorted(context.store.backups.values(), key=lambda backup: backup.arn)
        if table_name is not None:
            name = table_name.rpartition("table/")[2]
            found = [backup for backup in found if backup.table.name == name]
        if time_range_lower_bound is not None:
            found = [backup for backup in found if backup.created_at >= time_range_lower_bound.timestamp()]
        if time_range_upper_bound is not None:
            found = [backup for backup in found if backup.created_at < time_range_upper_bound.timestamp()]
        if backup_type != "ALL":
            found = [backup for backup in found if backup.kind == backup_type]
        if exclusive_start_backup_arn is not None:
            found = [backup for backup in found if backup.arn > exclusive_start_backup_arn]
        page = found[:limit]
        return {
            "BackupSummaries": [
                {
                    "TableName": backup.table.name,
                    "TableId": backup.table.table_id,
                    "TableArn": backup.table.arn,
                    **_details(backup, _state(context, backup)),
                }
                for backup in page
            ],
            "LastEvaluatedBackupArn": page[-1].arn if len(page) < len(found) else None,
        }

    def describe_continuous_backups(self, context: RequestContext[DynamoDbStore], *, table_name: str) -> dict[str, Any]:
        return _describe_continuous(_find_table(context, table_name), context.time())

    def update_continuous_backups(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        point_in_time_recovery_specification: Mapping[str, Any],
    ) -> dict[str, Any]:
        table = _find_table(context, table_name)
        enabled = point_in_time_recovery_specification["PointInTimeRecoveryEnabled"]
        days = point_in_time_recovery_specification.get("RecoveryPeriodInDays")
        if days is not None and not enabled:
            raise ValidationException(
                "RecoveryPeriodInDays can be specified only when PointInTimeRecoveryEnabled is true"
            )
        now = context.time()
        if not enabled:
            table.recoverable_since, table.history = None, []
        else:
            table.recovery_period_days = days or _RECOVERY_DAYS
            if table.recoverable_since is None:
                table.recoverable_since = now
        return _describe_continuous(table, now)

    def forget_backup(self, context: RequestContext[DynamoDbStore], *, backup_arn: str) -> None:
        """Remove a backup whose time is over."""
        context.store.backups.pop(backup_arn, None)


def back_up_deleted(context: RequestContext[DynamoDbStore], table: Table) -> None:
    """Keep what a table with point-in-time recovery is as it goes.

    AWS: a backup of the system's, for 35 days (Developer Guide, "Delete a table with PITR enabled").
    """
    if table.recoverable_since is None:
        return
    now = context.time()
    arn = f"{table.arn}/backup/{_new_id(context, now)}"
    seconds = _RECOVERY_DAYS * 86_400.0
    backup = Backup(
        arn,
        f"{table.name}$DeletedTableBackup",
        now,
        copy_table(table),
        _features(table),
        kind="SYSTEM",
        expires_at=now + seconds,
    )
    context.store_for(account_id=table.account_id, region=table.region).backups[arn] = backup
    context.schedule(seconds, "forget_backup", backup_arn=arn)


def _new_id(context: RequestContext[DynamoDbStore], now: float) -> str:
    return f"{int(now * 1000):014d}-{context.random.getrandbits(32):08x}"


def _features(table: Table) -> dict[str, Any]:
    features: dict[str, Any] = {}
    if table.stream_view_type is not None:
        features["StreamDescription"] = {"StreamEnabled": True, "StreamViewType": table.stream_view_type}
    if table.time_to_live is not None:
        features["TimeToLiveDescription"] = {
            "TimeToLiveStatus": "ENABLED",
            "AttributeName": table.time_to_live.attribute_name,
        }
    return features


def find_backup(context: RequestContext[DynamoDbStore], arn: str) -> Backup:
    """A backup by its ARN. Raises BackupNotFoundException."""
    backup = context.store.backups.get(arn)
    if backup is None:
        raise errors.BackupNotFoundException(f"Backup not found: {arn}")
    return backup


def find_settled_backup(context: RequestContext[DynamoDbStore], arn: str) -> Backup:
    """A backup that is done. Raises BackupNotFoundException, BackupInUseException."""
    backup = find_backup(context, arn)
    if context.transitional_state(arn) is not None:
        # AWS: the exception is for this; its words are the API reference's.
        raise errors.BackupInUseException(
            "There is another ongoing conflicting backup control plane operation on the table. The backup is either "
            "being created, deleted or restored to a table."
        )
    return backup


def _state(context: RequestContext[DynamoDbStore], backup: Backup, *, look: bool = False) -> str:
    return context.transitional_state(backup.arn, look=look) or "AVAILABLE"


def _find_table(context: RequestContext[DynamoDbStore], name_or_arn: str) -> Table:
    name = table_name(name_or_arn)
    table = context.store.tables.get(name)
    if table is None:
        raise errors.TableNotFoundException(f"Table not found: {name}")
    if table.policies:
        authorize(context, table)
    return table


def _details(backup: Backup, status: str = "AVAILABLE") -> dict[str, Any]:
    return {
        "BackupArn": backup.arn,
        "BackupName": backup.name,
        "BackupSizeBytes": backup.table.size_bytes,
        "BackupStatus": status,
        "BackupType": backup.kind,
        "BackupCreationDateTime": backup.created_at,
        "BackupExpiryDateTime": backup.expires_at,
    }


def _describe(backup: Backup, status: str = "AVAILABLE") -> dict[str, Any]:
    table = backup.table
    features: dict[str, Any] = {**backup.features, "SSEDescription": describe_encryption(table)}
    for name, is_global in (("LocalSecondaryIndexes", False), ("GlobalSecondaryIndexes", True)):
        features[name] = [
            {
                "IndexName": index.name,
                "KeySchema": index.schema.elements(),
                "Projection": describe_projection(index),
                **(_units(index) if is_global else {}),
            }
            for index in table.indexes.values()
            if index.is_global is is_global
        ] or None
    return {
        "BackupDetails": _details(backup, status),
        "SourceTableDetails": {
            "TableName": table.name,
            "TableId": table.table_id,
            "TableArn": table.arn,
            "TableSizeBytes": table.size_bytes,
            "KeySchema": table.schema.elements(),
            "TableCreationDateTime": table.created_at,
            **_units(table),
            "ItemCount": len(table.items),
            "BillingMode": table.billing_mode or "PROVISIONED",
        },
        "SourceTableFeatureDetails": features,
    }


def _units(one: Table | SecondaryIndex) -> dict[str, Any]:
    throughput = one.throughput
    return {
        "ProvisionedThroughput": {
            "ReadCapacityUnits": throughput.read_units,
            "WriteCapacityUnits": throughput.write_units,
        },
        "OnDemandThroughput": one.on_demand_throughput,
    }


def _describe_continuous(table: Table, now: float) -> dict[str, Any]:
    recovery: dict[str, Any] = {"PointInTimeRecoveryStatus": "DISABLED"}
    earliest = table.earliest_restorable(now)
    if earliest is not None:
        recovery = {
            "PointInTimeRecoveryStatus": "ENABLED",
            "RecoveryPeriodInDays": table.recovery_period_days,
            "EarliestRestorableDateTime": earliest,
            "LatestRestorableDateTime": now,
        }
    # AWS: on for every table, whether or not point-in-time recovery is.
    return {
        "ContinuousBackupsDescription": {
            "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": recovery,
        }
    }
