"""The legacy global tables (version 2017.11.29): tables that exist already, joined."""

# Deviation: the exceptions are the API reference's, the words of what is refused are ours.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.addressing import check_table_name, errors
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.replication import LEGACY_VERSION, join, leave_group, replicas_of
from awsim.services.dynamodb.table import Table
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

_PAGE = 100


@aws_provider(api="dynamodb")
class GlobalTables(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore
    transitions = ("global-table",)

    def create_global_table(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        global_table_name: str,
        replication_group: Sequence[Mapping[str, Any]],
    ) -> dict[str, Any]:
        check_table_name(global_table_name)
        regions = [_region_of(replica) for replica in replication_group]
        if context.region not in regions:
            raise ValidationException(
                "One or more parameter values were invalid: The replication group must contain the current region"
            )
        tables = [_replica_table(context, global_table_name, region) for region in regions]
        if any(table.global_table_version == LEGACY_VERSION for table in tables):
            raise errors.GlobalTableAlreadyExistsException(
                f"Global table with name: '{global_table_name}' already exists."
            )
        first = tables[0]
        first.global_table_version = LEGACY_VERSION
        for table in tables[1:]:
            join(context, first, table, LEGACY_VERSION)
        table = find_global_table(context, global_table_name)
        context.begin_transition("global-table", _arn(table), "CREATING")
        return {"GlobalTableDescription": _describe(table, "CREATING")}

    def describe_global_table(
        self, context: RequestContext[DynamoDbStore], *, global_table_name: str
    ) -> dict[str, Any]:
        table = find_global_table(context, global_table_name)
        state = context.transitional_state(_arn(table), look=True) or "ACTIVE"
        return {"GlobalTableDescription": _describe(table, state)}

    def list_global_tables(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        exclusive_start_global_table_name: str | None = None,
        limit: int = _PAGE,
        region_name: str | None = None,
    ) -> dict[str, Any]:
        found = [
            table
            for _, table in sorted(context.store.tables.items())
            if table.global_table_version == LEGACY_VERSION
            and region_name in (None, table.region, *table.replica_regions)
            and (exclusive_start_global_table_name is None or table.name > exclusive_start_global_table_name)
        ]
        page = found[:limit]
        return {
            "GlobalTables": [
                {"GlobalTableName": table.name, "ReplicationGroup": [{"RegionName": name} for name in _regions(table)]}
                for table in page
            ],
            "LastEvaluatedGlobalTableName": page[-1].name if len(page) < len(found) else None,
        }

    def update_global_table(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        global_table_name: str,
        replica_updates: Sequence[Mapping[str, Any]],
    ) -> dict[str, Any]:
        table = find_global_table(context, global_table_name)
        for update in replica_updates:
            for kind, change in update.items():
                _update(context, table, kind, change["RegionName"])
        context.begin_transition("global-table", _arn(table), "UPDATING")
        return {"GlobalTableDescription": _describe(table, "UPDATING")}


def find_global_table(context: RequestContext[DynamoDbStore], name: str) -> Table:
    """A global table of this version. Raises GlobalTableNotFoundException."""
    table = context.store.tables.get(name)
    if table is None or table.global_table_version != LEGACY_VERSION:
        raise errors.GlobalTableNotFoundException(f"Global table not found: Global table with name: '{name}' not found")
    return table


def _region_of(replica: Mapping[str, Any]) -> str:
    """The region of a replica, which the model does not ask for."""
    region: str | None = replica.get("RegionName")
    if region is None:
        raise ValidationException("One or more parameter values were invalid: RegionName must be specified")
    return region


def _replica_table(context: RequestContext[DynamoDbStore], name: str, region: str) -> Table:
    """A table that can be joined. AWS: it is there, empty, and has a stream of both images."""
    table = context.store_for(region=region).tables.get(name)
    if table is None:
        raise errors.TableNotFoundException(f"Table not found: {name} in region {region}")
    if table.stream_view_type != "NEW_AND_OLD_IMAGES":
        raise ValidationException(
            "One or more parameter values were invalid: Table must have DynamoDB Streams enabled with "
            "NEW_AND_OLD_IMAGES"
        )
    if len(table.items):
        raise ValidationException("One or more parameter values were invalid: Table must be empty")
    return table


def _update(context: RequestContext[DynamoDbStore], table: Table, kind: str, region: str) -> None:
    present = region in _regions(table)
    if kind == "Create":
        if present:
            raise errors.ReplicaAlreadyExistsException(f"Replica already exists in region: {region}")
        join(context, table, _replica_table(context, table.name, region), LEGACY_VERSION)
    else:
        if not present:
            raise errors.ReplicaNotFoundException(f"Replica not found in region: {region}")
        leaving = (
            table
            if region == table.region
            else next(replica for replica in replicas_of(context, table) if replica.region == region)
        )
        leave_group(context, leaving)
        leaving.global_table_version = None


def _regions(table: Table) -> list[str]:
    return sorted([table.region, *table.replica_regions])


def _arn(table: Table) -> str:
    return f"arn:{table.arn.split(':')[1]}:dynamodb::{table.account_id}:global-table/{table.name}"


def _describe(table: Table, status: str) -> dict[str, Any]:
    return {
        "ReplicationGroup": [{"RegionName": name, "ReplicaStatus": "ACTIVE"} for name in _regions(table)],
        "GlobalTableArn": _arn(table),
        "CreationDateTime": table.created_at,
        "GlobalTableStatus": status,
        "GlobalTableName": table.name,
    }
