"""GetItem, PutItem, UpdateItem, DeleteItem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.aws.dynamodb_items import Item, read_item, write_item
from awsim.json_answer import JsonAnswer
from awsim.services.dynamodb.addressing import check_named, errors, find_table
from awsim.services.dynamodb.attribute_values import check_item
from awsim.services.dynamodb.capacity import Capacity
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expressions.updates import Update
from awsim.services.dynamodb.item_collections import item_collection_metrics
from awsim.services.dynamodb.item_size import read_units
from awsim.services.dynamodb.keys import check_key
from awsim.services.dynamodb.measured_items import check_and_measure
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.paths import Path
from awsim.services.dynamodb.request_expressions import (
    Given,
    check_condition_parameters,
    check_read_parameters,
    check_update_parameters,
    condition_expressions,
    item_read_expressions,
    update_expressions,
)
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.throttling import maybe_throttle_read, maybe_throttle_write
from awsim.services.dynamodb.updated_attributes import updated_attributes
from awsim.services.dynamodb.writing import Change, apply_change, check_measured, check_put, check_update
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

#: The members of a put that make it conditional, where there are none.
_UNCONDITIONAL = (None,) * 5


@aws_provider(api="dynamodb")
class Items(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore

    def get_item(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        key: Given,
        attributes_to_get: Sequence[str] | None = None,
        consistent_read: bool = False,
        return_consumed_capacity: str = "NONE",
        projection_expression: str | None = None,
        expression_attribute_names: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        maybe_throttle_read(context)
        check_named(context, table_name)
        check_read_parameters(projection_expression, expression_attribute_names, attributes_to_get)
        key = check_item(key)
        projection = item_read_expressions(projection_expression, expression_attribute_names, attributes_to_get)
        table = find_table(context, table_name)
        check_key(table.schema, key)
        stored = table.items.get(table.schema.key_of(key))
        answer: dict[str, Any] = {}
        if return_consumed_capacity != "NONE":
            capacity = Capacity(table, table_name)
            capacity.add(read_units(stored.size if stored is not None else 0, consistent=consistent_read))
            answer["ConsumedCapacity"] = capacity.describe(return_consumed_capacity)
        if stored is None:
            return answer
        text = stored.text if projection is None else write_item(projection.apply(stored.read()))
        return JsonAnswer(answer, {"Item": text}, read_item)

    def put_item(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        item: Given,
        expected: Given | None = None,
        return_values: str = "NONE",
        return_consumed_capacity: str = "NONE",
        return_item_collection_metrics: str = "NONE",
        conditional_operator: str | None = None,
        condition_expression: str | None = None,
        expression_attribute_names: Mapping[str, str] | None = None,
        expression_attribute_values: Given | None = None,
        return_values_on_condition_check_failure: str = "NONE",
    ) -> dict[str, Any]:
        maybe_throttle_write(context)
        check_named(context, table_name)
        conditional = (
            condition_expression,
            expression_attribute_names,
            expression_attribute_values,
            expected,
            conditional_operator,
        )
        is_conditional = conditional != _UNCONDITIONAL
        if is_conditional:
            check_condition_parameters(*conditional)
        new, size = check_and_measure(item)
        _check_return_values(return_values)
        check_measured(new, size)
        condition = condition_expressions(*conditional) if is_conditional else None
        table = find_table(context, table_name)
        check_put(table, new)
        key = table.schema.key_of(new)
        is_followed = table.is_followed
        if not (is_followed or is_conditional) and return_values == return_consumed_capacity == "NONE":
            # Most puts replace an item that nobody asks about, and need not read it.
            table.replace(key, None, new, size)
            return {}
        seen = is_conditional or is_followed or return_values == "ALL_OLD"
        old = table.find(key) if seen else None
        if condition is not None and not condition.matches(old):
            raise condition_failed(old, return_values_on_condition_check_failure)
        change = Change(table, key, old, new, size)
        return _written(
            context,
            change,
            table_name,
            old if return_values == "ALL_OLD" else None,
            return_consumed_capacity,
            return_item_collection_metrics,
        )

    def update_item(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        key: Given,
        attribute_updates: Given | None = None,
        expected: Given | None = None,
        conditional_operator: str | None = None,
        return_values: str = "NONE",
        return_consumed_capacity: str = "NONE",
        return_item_collection_metrics: str = "NONE",
        update_expression: str | None = None,
        condition_expression: str | None = None,
        expression_attribute_names: Mapping[str, str] | None = None,
        expression_attribute_values: Given | None = None,
        return_values_on_condition_check_failure: str = "NONE",
    ) -> dict[str, Any]:
        maybe_throttle_write(context)
        check_named(context, table_name)
        updating = (
            update_expression,
            condition_expression,
            expression_attribute_names,
            expression_attribute_values,
            attribute_updates,
            expected,
            conditional_operator,
        )
        check_update_parameters(*updating)
        key = check_item(key)
        update, condition = update_expressions(*updating)
        table = find_table(context, table_name)
        check_key(table.schema, key)
        if update is not None:
            # AWS: refused whether the condition holds or not.
            update.check_keys(table.schema.names)
        table_key = table.schema.key_of(key)
        old = table.find(table_key)
        if condition is not None and not condition.matches(old):
            raise condition_failed(old, return_values_on_condition_check_failure)
        new, paths = updated(table, old, key, update)
        return _written(
            context,
            Change(table, table_key, old, new, key_item=key),
            table_name,
            updated_attributes(return_values, old, new, paths),
            return_consumed_capacity,
            return_item_collection_metrics,
        )

    def delete_item(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        key: Given,
        expected: Given | None = None,
        conditional_operator: str | None = None,
        return_values: str = "NONE",
        return_consumed_capacity: str = "NONE",
        return_item_collection_metrics: str = "NONE",
        condition_expression: str | None = None,
        expression_attribute_names: Mapping[str, str] | None = None,
        expression_attribute_values: Given | None = None,
        return_values_on_condition_check_failure: str = "NONE",
    ) -> dict[str, Any]:
        maybe_throttle_write(context)
        check_named(context, table_name)
        conditional = (
            condition_expression,
            expression_attribute_names,
            expression_attribute_values,
            expected,
            conditional_operator,
        )
        check_condition_parameters(*conditional)
        key = check_item(key)
        _check_return_values(return_values)
        condition = condition_expressions(*conditional)
        table = find_table(context, table_name)
        check_key(table.schema, key)
        table_key = table.schema.key_of(key)
        old = table.find(table_key)
        if condition is not None and not condition.matches(old):
            raise condition_failed(old, return_values_on_condition_check_failure)
        return _written(
            context,
            Change(table, table_key, old, None, key_item=key),
            table_name,
            old if return_values == "ALL_OLD" else None,
            return_consumed_capacity,
            return_item_collection_metrics,
        )


def updated(table: Table, old: Item | None, key: Item, update: Update | None) -> tuple[Item | None, Sequence[Path]]:
    """The item that an update makes, and the paths that it names. An item that is not there begins as its key.

    AWS: an update that only takes attributes away makes no item where there is none.
    """
    before = old if old is not None else dict(key)
    if update is None:
        return before, ()
    new, paths = update.apply(before, table.schema.names)
    tree = update.tree
    if old is None and (tree.removes or tree.deletes) and not (tree.sets or tree.adds):
        return None, paths
    check_update(table, old, new)
    return new, paths


def condition_failed(old: Item | None, wanted: str) -> Exception:
    """The refusal of a write whose condition does not hold, with the item if the caller wants to see it."""
    members = {"Item": old} if wanted == "ALL_OLD" and old is not None else {}
    return errors.ConditionalCheckFailedException("The conditional request failed", **members)


def _check_return_values(return_values: str) -> None:
    if return_values not in ("NONE", "ALL_OLD"):
        raise ValidationException("ReturnValues can only be ALL_OLD or NONE")


def _written(
    context: RequestContext[Any],
    change: Change,
    named: str,
    attributes: Item | None,
    return_consumed_capacity: str,
    return_item_collection_metrics: str,
) -> dict[str, Any]:
    table_units, index_units = apply_change(context, change)
    answer: dict[str, Any] = {"Attributes": attributes} if attributes else {}
    if return_consumed_capacity != "NONE":
        capacity = Capacity(change.table, named)
        capacity.add(table_units, index_units)
        answer["ConsumedCapacity"] = capacity.describe(return_consumed_capacity)
    if return_item_collection_metrics == "SIZE":
        answer["ItemCollectionMetrics"] = item_collection_metrics(change)
    return answer
