"""UpdateTable: throughput and billing, indexes, stream, encryption, class and protection of a table that exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.addressing import errors, find_table_by_name, same_table
from awsim.services.dynamodb.encryption import kms_key_arn
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.index_definitions import (
    GLOBAL_INDEXES_MAX,
    Definition,
    attribute_types,
    check_all_used,
    check_projected_count,
    secondary_index,
    throughput,
)
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.replica_settings import share_billing, share_settings
from awsim.services.dynamodb.replica_updates import check_replica_updates, remove_replica, update_replicas
from awsim.services.dynamodb.replication import REPLICAS_VERSION, replicas_of
from awsim.services.dynamodb.secondary_index import Throughput
from awsim.services.dynamodb.streams import check_stream_specification, disable_stream, enable_stream
from awsim.services.dynamodb.strong_consistency import STRONG, check_consistency, set_consistency
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.table_copies import all_or_nothing
from awsim.services.dynamodb.table_description import describe_table
from awsim.services.dynamodb.table_states import check_index_settled, check_one_index_at_a_time, check_settled, place
from awsim.services.dynamodb.throughput_requests import (
    change_throughput,
    check_on_demand,
    check_warm,
    recent_switches,
    warm_units,
)
from awsim.services.dynamodb.vector_definitions import update_vector_indexes
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="dynamodb")
class TableUpdates(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore
    transitions = ("index", "replica")

    def update_table(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        attribute_definitions: Sequence[Definition] | None = None,
        billing_mode: str | None = None,
        provisioned_throughput: Definition | None = None,
        global_secondary_index_updates: Sequence[Definition] | None = None,
        stream_specification: dict[str, Any] | None = None,
        sse_specification: Mapping[str, Any] | None = None,
        table_class: str | None = None,
        deletion_protection_enabled: bool | None = None,
        on_demand_throughput: dict[str, int] | None = None,
        warm_throughput: dict[str, int] | None = None,
        replica_updates: Sequence[Definition] | None = None,
        vector_index_updates: Sequence[Definition] | None = None,
        multi_region_consistency: str | None = None,
        global_table_witness_updates: Sequence[Definition] = (),
        global_table_settings_replication_mode: str | None = None,
        disassociation_protection_enabled: bool | None = None,
    ) -> dict[str, Any]:
        asked = (
            billing_mode,
            provisioned_throughput,
            global_secondary_index_updates or None,
            stream_specification,
            sse_specification,
            table_class,
            deletion_protection_enabled,
            on_demand_throughput,
            warm_throughput,
            replica_updates or None,
            vector_index_updates or None,
            multi_region_consistency,
            global_table_witness_updates or None,
            global_table_settings_replication_mode,
            disassociation_protection_enabled,
        )
        if all(one is None for one in asked):
            raise ValidationException(
                "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates "
                "or SSESpecification or ReplicaUpdates is required"
            )
        if disassociation_protection_enabled is not None and sum(one is not None for one in asked) > 1:
            # AWS: it is not combined with any other change (API reference of UpdateTable).
            # Deviation: the words are ours.
            raise ValidationException(
                "One or more parameter values were invalid: DisassociationProtectionEnabled must be the only change"
            )
        table = find_table_by_name(context, table_name)
        check_settled(context, table)
        if stream_specification is not None:
            _check_stream(table, stream_specification)
        index_updates = global_secondary_index_updates or ()
        now = context.time()
        key_before = table.kms_key_arn
        before = describe_table(table, now)
        # AWS: an index of a global table is there in every region.
        group = (table, *replicas_of(context, table))
        if context.cloud.known_transitions is not None:
            _check_indexes_settled(context, table, [*index_updates, *(vector_index_updates or ())])
        with all_or_nothing(*group):
            if billing_mode is not None or provisioned_throughput is not None:
                _set_billing(table, billing_mode, provisioned_throughput, index_updates, now)
                share_billing(table, group[1:])
            for one in group:
                if index_updates:
                    _update_indexes(one, attribute_definitions, index_updates, now)
                if vector_index_updates:
                    update_vector_indexes(one, attribute_definitions, vector_index_updates)
            if sse_specification is not None:
                table.kms_key_arn = kms_key_arn(context, sse_specification)
            if table_class is not None:
                table.table_class, table.table_class_changed_at = table_class, now
            if deletion_protection_enabled is not None:
                table.deletion_protected = deletion_protection_enabled
            if on_demand_throughput is not None:
                check_on_demand(on_demand_throughput)
                table.on_demand_throughput = on_demand_throughput
            if warm_throughput is not None:
                present = warm_units(table.throughput, table.warm_throughput, on_demand=table.is_on_demand)
                check_warm(warm_throughput, present)
                table.warm_throughput = {**present, **warm_throughput}
            share_settings(
                table,
                group[1:],
                table_class=table_class is not None,
                on_demand=on_demand_throughput is not None,
                warm=warm_throughput is not None,
            )
            if global_table_settings_replication_mode is not None:
                table.settings_replication_mode = global_table_settings_replication_mode
            if disassociation_protection_enabled is not None:
                table.disassociation_protected = disassociation_protection_enabled
            check_consistency(table, multi_region_consistency, replica_updates or (), global_table_witness_updates)
            check_replica_updates(context, table, replica_updates or ())
        for update in index_updates:
            if update.get("Delete") is not None:
                _delete_index(context, group, update["Delete"]["IndexName"])
        _begin_indexes(context, table, [*index_updates, *(vector_index_updates or ())])
        if replica_updates is not None:
            update_replicas(context, table, replica_updates)
        group = (table, *replicas_of(context, table))
        set_consistency(group, multi_region_consistency, global_table_witness_updates)
        if stream_specification is not None:
            if stream_specification["StreamEnabled"]:
                enable_stream(context, table, stream_specification["StreamViewType"])
            else:
                disable_stream(context, table)
        context.begin_transition("table", table.arn, "UPDATING")
        described = describe_table(table, now, "UPDATING")
        described["GlobalSecondaryIndexes"] = _indexes_under_way(described, before, index_updates)
        key = table.kms_key_arn or key_before
        if sse_specification is not None and key is not None:
            # AWS: the answer shows a key that is going, too (recorded).
            described["SSEDescription"] = {"Status": "UPDATING", "SSEType": "KMS", "KMSMasterKeyArn": key}
        return {"TableDescription": described}

    def finish_deleting_index(
        self, context: RequestContext[DynamoDbStore], *, table_name: str, table_id: str, index_name: str
    ) -> None:
        """Remove an index whose time in the state DELETING is over."""
        table = same_table(context, table_name, table_id)
        if table is not None:
            _drop_index((table, *replicas_of(context, table)), index_name)

    def finish_deleting_replica(
        self, context: RequestContext[DynamoDbStore], *, table_name: str, table_id: str, region: str
    ) -> None:
        """Remove a replica whose time in the state DELETING is over."""
        table = same_table(context, table_name, table_id)
        if table is not None:
            remove_replica(context, table, region)


def _check_indexes_settled(context: RequestContext[DynamoDbStore], table: Table, updates: Sequence[Definition]) -> None:
    for update in updates:
        if update.get("Update") is not None:
            if update["Update"]["IndexName"] in table.indexes:
                check_index_settled(context, table, update["Update"]["IndexName"])
        else:
            check_one_index_at_a_time(context, table, (update.get("Delete") or {}).get("IndexName"))


def _delete_index(context: RequestContext[DynamoDbStore], group: Sequence[Table], name: str) -> None:
    table = group[0]
    names = {"table_name": table.name, "table_id": table.table_id, "index_name": name}
    if not context.begin_transition("index", place(table, "index", name), "DELETING", "finish_deleting_index", **names):
        _drop_index(group, name)


def _drop_index(group: Sequence[Table], name: str) -> None:
    for table in group:
        if table.indexes.pop(name, None) is not None:
            table.forget_unused_types()


def _begin_indexes(context: RequestContext[DynamoDbStore], table: Table, updates: Sequence[Definition]) -> None:
    for update in updates:
        for kind, state in (("Create", "CREATING"), ("Update", "UPDATING")):
            if update.get(kind) is not None:
                context.begin_transition("index", place(table, "index", update[kind]["IndexName"]), state)


def _indexes_under_way(
    described: dict[str, Any], before: dict[str, Any], updates: Sequence[Definition]
) -> list[dict[str, Any]] | None:
    """The global indexes as the answer shows them: those that are asked for with what AWS is about to do."""
    found = {index["IndexName"]: index for index in described["GlobalSecondaryIndexes"] or ()}
    was = {index["IndexName"]: index for index in before["GlobalSecondaryIndexes"] or ()}
    for update in updates:
        for kind, change in update.items():
            name = change["IndexName"]
            if kind == "Create":
                found[name] |= {"IndexStatus": "CREATING", "Backfilling": False}
            elif kind == "Update":
                found[name] |= {"IndexStatus": "UPDATING"}
            else:
                found[name] = {**was[name], "IndexStatus": "DELETING"}
    return list(found.values()) or None


def _check_stream(table: Table, specification: dict[str, Any]) -> None:
    check_stream_specification(specification)
    is_replicated = bool(table.replica_regions) and table.global_table_version == REPLICAS_VERSION
    if not specification["StreamEnabled"] and is_replicated and table.multi_region_consistency != STRONG:
        # AWS: it is always there (Developer Guide, "Global tables core concepts").
        # Deviation: AWS's words for it are not known.
        raise ValidationException(
            "One or more parameter values were invalid: Streams cannot be disabled for a replica of a global table"
        )
    if specification["StreamEnabled"]:
        if table.stream_view_type is not None:
            raise ValidationException(f"Table already has an enabled stream: TableName: {table.name}")
    elif table.stream_view_type is None:
        raise ValidationException(f"Table already has a disabled stream: TableName: {table.name}")


def _set_billing(
    table: Table, billing_mode: str | None, given: Definition | None, updates: Sequence[Definition], now: float
) -> None:
    on_demand = billing_mode == "PAY_PER_REQUEST" or (billing_mode is None and table.is_on_demand)
    units = throughput(given, on_demand=on_demand)
    if on_demand:
        if billing_mode is not None and not table.is_on_demand:
            table.on_demand_switches = [*recent_switches(table.on_demand_switches, now), now]
            table.on_demand_since = now
            table.throughput = Throughput()
            for index in table.indexes.values():
                index.throughput = Throughput()
    else:
        if table.is_on_demand:
            _check_indexes_provisioned(table, updates)
            table.throughput = units
        else:
            change_throughput(table.throughput, units, now, f"table: {table.name}" if updates else "table")
    table.billing_mode = billing_mode or table.billing_mode


def _check_indexes_provisioned(table: Table, updates: Sequence[Definition]) -> None:
    provisioned = {update["Update"]["IndexName"] for update in updates if "Update" in update}
    for index in table.indexes.values():
        if index.is_global and index.name not in provisioned:
            raise ValidationException(
                "One or more parameter values were invalid: ProvisionedThroughput must be specified for index: "
                f"{index.name}"
            )


def _update_indexes(
    table: Table, definitions: Sequence[Definition] | None, updates: Sequence[Definition], now: float
) -> None:
    changes = [(kind, change) for update in updates for kind, change in update.items() if change is not None]
    if any(not any(change is not None for change in update.values()) for update in updates):
        raise ValidationException(
            "One or more parameter values were invalid: One of GlobalSecondaryIndexUpdate.Update, "
            "GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null"
        )
    names = [change["IndexName"] for _, change in changes]
    for name in names:
        if names.count(name) > 1:
            raise ValidationException(
                "One or more parameter values were invalid: Only one global secondary index update per index is "
                f"allowed simultaneously. Index: {name}"
            )
    if sum(kind != "Update" for kind, _ in changes) > 1:
        raise errors.LimitExceededException(
            "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"
        )
    for kind, change in changes:
        if kind == "Create":
            _create_index(table, definitions, change)
        elif kind == "Update":
            _update_index(table, change, now)
        else:
            _global_index(table, change["IndexName"])  # it goes once the rest is done


def _create_index(table: Table, definitions: Sequence[Definition] | None, definition: Definition) -> None:
    name = definition["IndexName"]
    types = attribute_types(definitions) if definitions is not None else {}
    for attribute, kind in types.items():
        if table.attribute_types.get(attribute, kind) != kind:
            raise ValidationException(
                "One or more parameter values were invalid: Type mismatch for attribute to update: the attribute "
                f"{attribute} is already defined as {table.attribute_types[attribute]}"
            )
    types = {**table.attribute_types, **types}
    index = secondary_index(definition, table.schema, types, table.arn, is_global=True)
    if name in table.indexes:
        raise ValidationException("Attempting to create an index which already exists")
    if sum(one.is_global for one in table.indexes.values()) >= GLOBAL_INDEXES_MAX:
        raise errors.LimitExceededException(
            "Subscriber limit exceeded: Number of GlobalSecondaryIndexes exceeds per-table limit of "
            f"{GLOBAL_INDEXES_MAX}"
        )
    index.throughput = throughput(
        definition.get("ProvisionedThroughput"), on_demand=table.is_on_demand, index_name=name
    )
    others = list(table.indexes.values())
    check_projected_count([*others, index])
    check_all_used(
        types,
        [table.schema, *(one.schema for one in others), index.schema],
        has_indexes=True,
        searched=table.searched_names,
    )
    table.add_index(index)
    table.attribute_types = types


def _update_index(table: Table, change: Definition, now: float) -> None:
    index = _global_index(table, change["IndexName"])
    if "ProvisionedThroughput" in change:
        wanted = throughput(change["ProvisionedThroughput"], on_demand=table.is_on_demand, index_name=index.name)
        if index.throughput.read_units == 0:
            index.throughput = wanted
        else:
            change_throughput(index.throughput, wanted, now, f"index: {index.name}")
    if "OnDemandThroughput" in change:
        check_on_demand(change["OnDemandThroughput"], f"index: {index.name}")
        index.on_demand_throughput = change["OnDemandThroughput"]
    if "WarmThroughput" in change:
        present = warm_units(index.throughput, index.warm_throughput, on_demand=table.is_on_demand)
        check_warm(change["WarmThroughput"], present, f"index: {index.name}")
        index.warm_throughput = {**present, **change["WarmThroughput"]}


def _global_index(table: Table, name: str) -> Any:
    index = table.indexes.get(name)
    if index is None or not index.is_global:
        raise errors.ResourceNotFoundException(
            f"Requested resource not found: Index: {name} for table: {table.name} not found"
        )
    return index
