"""The operations on whole tables: create, describe, list, delete."""

# Deviation: tables are ACTIVE as soon as the call returns, unless the test asks for more with aws.transitions; the
# answers of CreateTable, UpdateTable and DeleteTable show the state that AWS's show.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.addressing import check_table_name, errors, find_table_by_name, new_table_name
from awsim.services.dynamodb.backups import back_up_deleted
from awsim.services.dynamodb.encryption import kms_key_arn
from awsim.services.dynamodb.index_definitions import Definition
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.multi_account import check_replication, find_source, replica_of_source, same_as_source
from awsim.services.dynamodb.new_tables import new_table
from awsim.services.dynamodb.replication import REPLICAS_VERSION, join, leave_group
from awsim.services.dynamodb.resource_policies import check_document
from awsim.services.dynamodb.streams import check_stream_specification, disable_stream, enable_stream
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.table_description import describe_table
from awsim.services.dynamodb.table_states import check_settled, check_unprotected, show_states, state_of
from awsim.services.dynamodb.table_tags import check_count, given_tags
from awsim.services.dynamodb.throughput_requests import check_on_demand, check_warm, warm_units
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

_TABLES_PAGE = 100


@aws_provider(api="dynamodb")
class Tables(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore
    transitions = ("table",)
    identifiers = ("table",)

    def create_table(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        attribute_definitions: Sequence[Definition] | None = None,
        key_schema: Sequence[Definition] | None = None,
        local_secondary_indexes: Sequence[Definition] | None = None,
        global_secondary_indexes: Sequence[Definition] | None = None,
        billing_mode: str | None = None,
        provisioned_throughput: Definition | None = None,
        stream_specification: dict[str, Any] | None = None,
        sse_specification: Mapping[str, Any] | None = None,
        tags: Sequence[Mapping[str, str]] = (),
        table_class: str | None = None,
        deletion_protection_enabled: bool = False,
        warm_throughput: dict[str, int] | None = None,
        on_demand_throughput: dict[str, int] | None = None,
        resource_policy: str | None = None,
        vector_indexes: Sequence[Definition] = (),
        global_table_source_arn: str | None = None,
        global_table_settings_replication_mode: str | None = None,
    ) -> dict[str, Any]:
        table_name = new_table_name(context, table_name)
        source = None
        if global_table_source_arn is not None:
            source = find_source(context, global_table_source_arn, table_name, global_table_settings_replication_mode)
        if source is not None and attribute_definitions is None and key_schema is None:
            table = replica_of_source(context, source)
        else:
            table = new_table(
                context,
                table_name,
                attribute_definitions,
                key_schema,
                local_secondary_indexes,
                global_secondary_indexes,
                billing_mode,
                provisioned_throughput,
                vector_indexes,
            )
            if source is not None:
                table = same_as_source(context, source, table)
        if stream_specification is not None:
            check_stream_specification(stream_specification)
        if table_name in context.store.tables:
            raise errors.ResourceInUseException(f"Table already exists: {table_name}")
        table.kms_key_arn = kms_key_arn(context, sse_specification)
        table.tags = given_tags(tags)
        check_count(table.tags)
        table.deletion_protected = deletion_protection_enabled
        check_on_demand(on_demand_throughput)
        check_warm(warm_throughput, warm_units(table.throughput, None, on_demand=table.is_on_demand))
        table.warm_throughput, table.on_demand_throughput = warm_throughput, on_demand_throughput
        if table_class is not None:
            table.table_class = table_class
        if resource_policy is not None:
            check_document(resource_policy)
            table.policies[table.arn] = (resource_policy, str(int(context.time() * 1000)))
        if stream_specification is not None and stream_specification["StreamEnabled"]:
            enable_stream(context, table, stream_specification["StreamViewType"])
        table.table_id = context.identifier("table", lambda: table.table_id, table.tags)
        table.settings_replication_mode = global_table_settings_replication_mode
        if source is not None:
            check_replication(source, table)
        context.store.tables[table_name] = table
        if source is not None:
            join(context, source, table, REPLICAS_VERSION)
        context.begin_transition("table", table.arn, "CREATING")
        return {"TableDescription": describe_table(table, context.time(), "CREATING")}

    def describe_table(self, context: RequestContext[DynamoDbStore], *, table_name: str) -> dict[str, Any]:
        table = find_table_by_name(context, table_name)
        described = describe_table(table, context.time(), state_of(context, table, look=True))
        show_states(context, table, described)
        return {"Table": described}

    def list_tables(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        exclusive_start_table_name: str | None = None,
        limit: int = _TABLES_PAGE,
    ) -> dict[str, Any]:
        names = sorted(context.store.tables)
        if exclusive_start_table_name is not None:
            check_table_name(exclusive_start_table_name)
            names = [name for name in names if name > exclusive_start_table_name]
        page = names[:limit]
        return {"TableNames": page, "LastEvaluatedTableName": page[-1] if len(names) > limit else None}

    def delete_table(self, context: RequestContext[DynamoDbStore], *, table_name: str) -> dict[str, Any]:
        table = find_table_by_name(context, table_name)
        check_settled(context, table)
        check_unprotected(table)
        if context.begin_transition("table", table.arn, "DELETING", "finish_deleting", table_name=table.name):
            return {"TableDescription": _describe_going(table, context.time())}
        return {"TableDescription": drop_table(context, table)}

    def finish_deleting(self, context: RequestContext[DynamoDbStore], *, table_name: str) -> None:
        """Remove a table whose time in the state DELETING is over."""
        table = context.store.tables.get(table_name)
        if table is not None:
            drop_table(context, table)


def drop_table(context: RequestContext[DynamoDbStore], table: Table) -> dict[str, Any]:
    """Remove a table; returns what DeleteTable answers."""
    described = _describe_going(table, context.time())
    back_up_deleted(context, table)
    disable_stream(context, table)
    leave_group(context, table)
    del context.store_for(account_id=table.account_id, region=table.region).tables[table.name]
    return described


def _describe_going(table: Table, now: float) -> dict[str, Any]:
    described = describe_table(table, now, "DELETING")
    # AWS: the answer knows no more than this of a table that is going.
    shown = (
        "TableName",
        "TableStatus",
        "ProvisionedThroughput",
        "TableSizeBytes",
        "ItemCount",
        "TableArn",
        "TableId",
        "BillingModeSummary",
        "DeletionProtectionEnabled",
        "GlobalSecondaryIndexes",
        "LatestStreamArn",
        "LatestStreamLabel",
        "StreamSpecification",
        "SSEDescription",
    )
    return {name: described[name] for name in shown if name in described}


__all__ = ["Tables", "drop_table"]
