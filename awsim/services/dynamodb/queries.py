"""Query and Scan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs

from awsim.aws.dynamodb_items import Item
from awsim.services.dynamodb import legacy
from awsim.services.dynamodb.addressing import find_index, find_table
from awsim.services.dynamodb.attribute_values import check_item
from awsim.services.dynamodb.capacity import Capacity
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expressions.conditions import Condition, condition
from awsim.services.dynamodb.expressions.key_conditions import KeyCondition, key_condition
from awsim.services.dynamodb.expressions.placeholders import Placeholders
from awsim.services.dynamodb.expressions.projections import Projection, projection
from awsim.services.dynamodb.item_size import read_units
from awsim.services.dynamodb.keys import KeySchema
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.pages import (
    Bounds,
    last_evaluated_key,
    partition_bounds,
    read_page,
    segment_bounds,
    start_key,
)
from awsim.services.dynamodb.request_expressions import Given, Names, check_not_mixed, check_placeholders
from awsim.services.dynamodb.secondary_index import SecondaryIndex
from awsim.services.dynamodb.selection import Selection, select
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.throttling import maybe_throttle_read
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="dynamodb")
class Queries(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore

    def query(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        index_name: str | None = None,
        select: str | None = None,
        attributes_to_get: Sequence[str] | None = None,
        limit: int | None = None,
        consistent_read: bool = False,
        key_conditions: Given | None = None,
        query_filter: Given | None = None,
        conditional_operator: str | None = None,
        scan_index_forward: bool = True,
        exclusive_start_key: Given | None = None,
        return_consumed_capacity: str = "NONE",
        projection_expression: str | None = None,
        filter_expression: str | None = None,
        key_condition_expression: str | None = None,
        expression_attribute_names: Names | None = None,
        expression_attribute_values: Given | None = None,
    ) -> dict[str, Any]:
        maybe_throttle_read(context)
        old = {
            "AttributesToGet": attributes_to_get,
            "QueryFilter": query_filter,
            "ConditionalOperator": conditional_operator,
            "KeyConditions": key_conditions,
        }
        new = {
            "ProjectionExpression": projection_expression,
            "FilterExpression": filter_expression,
            "KeyConditionExpression": key_condition_expression,
        }
        check_not_mixed(old, new)
        check_placeholders(
            None if any(one is not None for one in new.values()) else expression_attribute_names,
            expression_attribute_values if filter_expression is key_condition_expression is None else None,
            ("FilterExpression", "KeyConditionExpression"),
        )
        if key_conditions is None and key_condition_expression is None:
            raise ValidationException(
                "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
            )
        placeholders = Placeholders(expression_attribute_names, expression_attribute_values)
        filter_ = _filter(placeholders, filter_expression, query_filter, conditional_operator)
        projected = _projection(placeholders, projection_expression, attributes_to_get)
        start = check_item(exclusive_start_key) if exclusive_start_key is not None else None
        table = find_table(context, table_name)
        index = find_index(table, index_name) if index_name is not None else None
        schema = table.schema if index is None else index.schema
        keys = _key_condition(placeholders, key_condition_expression, key_conditions, schema)
        placeholders.check_unused()
        if filter_ is not None:
            _check_filter(filter_, schema, "Filter Expression" if filter_expression is not None else "QueryFilter")
        _check_key_values(keys, schema)
        reading = Reading(context, table, table_name, index, limit, return_consumed_capacity, consistent_read, filter_)
        reading.selection = _selection(reading, select, projected, projection_expression, attributes_to_get)
        bounds = partition_bounds(keys.hash_value, keys.range_operator, list(keys.range_operands))
        return reading.page(bounds, start, forward=scan_index_forward, outside=_OUTSIDE_QUERY)

    def scan(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        index_name: str | None = None,
        attributes_to_get: Sequence[str] | None = None,
        limit: int | None = None,
        select: str | None = None,
        scan_filter: Given | None = None,
        conditional_operator: str | None = None,
        exclusive_start_key: Given | None = None,
        return_consumed_capacity: str = "NONE",
        total_segments: int | None = None,
        segment: int | None = None,
        projection_expression: str | None = None,
        filter_expression: str | None = None,
        expression_attribute_names: Names | None = None,
        expression_attribute_values: Given | None = None,
        consistent_read: bool = False,
    ) -> dict[str, Any]:
        maybe_throttle_read(context)
        old = {
            "AttributesToGet": attributes_to_get,
            "ScanFilter": scan_filter,
            "ConditionalOperator": conditional_operator,
        }
        new = {"ProjectionExpression": projection_expression, "FilterExpression": filter_expression}
        check_not_mixed(old, new)
        check_placeholders(
            expression_attribute_names if projection_expression is None and filter_expression is None else None,
            expression_attribute_values if filter_expression is None else None,
            ("FilterExpression",),
        )
        _check_segments(segment, total_segments)
        placeholders = Placeholders(expression_attribute_names, expression_attribute_values)
        filter_ = _filter(placeholders, filter_expression, scan_filter, conditional_operator)
        projected = _projection(placeholders, projection_expression, attributes_to_get)
        placeholders.check_unused()
        start = check_item(exclusive_start_key) if exclusive_start_key is not None else None
        table = find_table(context, table_name)
        index = find_index(table, index_name) if index_name is not None else None
        reading = Reading(context, table, table_name, index, limit, return_consumed_capacity, consistent_read, filter_)
        reading.selection = _selection(reading, select, projected, projection_expression, attributes_to_get)
        total = total_segments or 1
        outside = (
            "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with "
            f"correct Segment. TotalSegments: {total} Segment: {segment or 0}"
        )
        return reading.page(segment_bounds(segment or 0, total), start, forward=True, outside=outside)


@attrs.define
class Reading:
    """One Query or Scan, once its parameters are understood."""

    context: RequestContext[Any]
    table: Table
    #: The table as the caller named it.
    named: str
    index: SecondaryIndex | None
    limit: int | None
    return_consumed_capacity: str
    consistent: bool
    filter_: Condition | None
    selection: Selection = attrs.field(init=False)

    def page(self, bounds: Bounds, start: Item | None, *, forward: bool, outside: str) -> dict[str, Any]:
        """The answer. ``outside`` says what is wrong with a start key that is not within the bounds."""
        if self.consistent and self.index is not None and self.index.is_global:
            raise ValidationException("Consistent reads are not supported on global secondary indexes")
        start_at = start_key(self.table, self.index, start) if start is not None else None
        if start_at is not None and not bounds.low <= start_at < bounds.high:
            raise ValidationException(outside)
        selection = self.selection
        page = read_page(
            self.table,
            self.index,
            bounds,
            start=start_at,
            forward=forward,
            limit=self.limit,
            filter_=self.filter_,
            keep_items=not selection.count_only,
            fetch=selection.fetch,
        )
        answer: dict[str, Any] = {"Count": page.count, "ScannedCount": page.scanned_count}
        if not selection.count_only:
            wanted = selection.projection
            answer["Items"] = page.items if wanted is None else [wanted.apply(item) for item in page.items]
        if page.last_item is not None:
            answer["LastEvaluatedKey"] = last_evaluated_key(self.table, self.index, page.last_item)
        if self.return_consumed_capacity != "NONE":
            answer["ConsumedCapacity"] = self._capacity(page.size_bytes, page.fetched_sizes)
        return answer

    def _capacity(self, size_bytes: int, fetched_sizes: list[int]) -> dict[str, Any] | None:
        capacity = Capacity(self.table, self.named)
        units = read_units(size_bytes, consistent=self.consistent)
        if self.index is None:
            capacity.add(units)
        else:
            fetched = sum(read_units(size, consistent=self.consistent) for size in fetched_sizes)
            capacity.add(fetched, {self.index.name: units})
        return capacity.describe(self.return_consumed_capacity)


_OUTSIDE_QUERY = "The provided starting key is outside query boundaries based on provided conditions"


def _filter(
    placeholders: Placeholders, expression: str | None, old: Given | None, conditional_operator: str | None
) -> Condition | None:
    if expression is not None:
        return condition(expression, placeholders, "FilterExpression")
    legacy.check_conditional_operator(conditional_operator, old)
    return legacy.condition_from_filter(old, conditional_operator) if old else None


def _projection(
    placeholders: Placeholders, expression: str | None, attributes_to_get: Sequence[str] | None
) -> Projection | None:
    if expression is not None:
        return projection(expression, placeholders)
    if attributes_to_get is not None:
        return legacy.projection_from_attributes_to_get(attributes_to_get)
    return None


def _key_condition(
    placeholders: Placeholders, expression: str | None, old: Given | None, schema: KeySchema
) -> KeyCondition:
    types = dict(schema.attributes)
    if expression is not None:
        return key_condition(expression, placeholders, schema.hash_name, schema.range_name, types)
    assert old is not None
    return legacy.key_condition_from_key_conditions(old, schema.hash_name, schema.range_name, types)


def _check_filter(filter_: Condition, schema: KeySchema, parameter: str) -> None:
    """AWS: a filter comes after the keys, and may not speak of them."""
    for path in filter_.paths:
        if path[0] in schema.names:
            reason = f"{parameter} can only contain non-primary key attributes: Primary key attribute: {path[0]}"
            raise ValidationException(reason)


def _check_key_values(keys: KeyCondition, schema: KeySchema) -> None:
    values = [(schema.hash_name, keys.hash_value)]
    if schema.range_name is not None and keys.range_operator == "=":
        values += [(schema.range_name, operand) for operand in keys.range_operands]
    for name, value in values:
        for kind, content in value.items():
            if not content:
                raise ValidationException(
                    "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
                    f"contain an empty {'string' if kind == 'S' else 'binary'} value. Key: {name}"
                )


def _check_segments(segment: int | None, total: int | None) -> None:
    if segment is None and total is not None:
        raise ValidationException(
            "The Segment parameter is required but was not present in the request when parameter TotalSegments is "
            "present"
        )
    if segment is None:
        return
    if total is None:
        raise ValidationException(
            "The TotalSegments parameter is required but was not present in the request when Segment parameter is "
            "present"
        )
    if segment >= total:
        raise ValidationException(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: "
            f"{segment} is not less than TotalSegments: {total}"
        )


def _selection(
    reading: Reading,
    wanted: str | None,
    projected: Projection | None,
    expression: str | None,
    attributes_to_get: Sequence[str] | None,
) -> Selection:
    parameter = "ProjectionExpression" if expression is not None else "AttributesToGet" if attributes_to_get else None
    return select(reading.index, wanted, projected, parameter)


__all__ = ["Queries", "Reading"]
