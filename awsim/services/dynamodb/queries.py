"""Query and Scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from awsim.aws.dynamodb_items import Item, read_items_text
from awsim.json_answer import JsonAnswer
from awsim.services.dynamodb import legacy
from awsim.services.dynamodb.addressing import check_named, find_index, find_table
from awsim.services.dynamodb.attribute_values import check_item
from awsim.services.dynamodb.capacity import Capacity
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expressions.conditions import Condition, condition
from awsim.services.dynamodb.expressions.key_conditions import KeyCondition, choose, key_terms
from awsim.services.dynamodb.expressions.placeholders import Placeholders
from awsim.services.dynamodb.expressions.projections import Projection, projection
from awsim.services.dynamodb.item_size import read_units
from awsim.services.dynamodb.keys import KeySchema
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.ordered_map import Key
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
from awsim.services.dynamodb.selection import Selection, check_select, select_from
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
    ) -> Mapping[str, Any]:
        maybe_throttle_read(context)
        check_named(context, table_name)
        old = {
            "AttributesToGet": attributes_to_get,
            "QueryFilter": query_filter,
            "ConditionalOperator": conditional_operator,
            # AWS: KeyConditions go with the other expressions (mappers of the Java SDK send them so).
            "KeyConditions": key_conditions if key_condition_expression is not None else None,
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
        start = _given_start(exclusive_start_key)
        placeholders = Placeholders(expression_attribute_names, expression_attribute_values)
        filter_ = _filter(placeholders, filter_expression, query_filter, conditional_operator)
        projected = _projection(placeholders, projection_expression, attributes_to_get)
        if key_condition_expression is not None:
            terms = key_terms(key_condition_expression, placeholders)
        else:
            terms = legacy.terms_from_key_conditions(key_conditions or {})
        placeholders.check_unused()
        parameter = _projecting_parameter(projection_expression, attributes_to_get)
        check_select(select, projected, parameter, has_index=index_name is not None)
        table = find_table(context, table_name)
        index = find_index(context, table, index_name) if index_name is not None else None
        schema = table.schema if index is None else index.schema
        reading = Reading(context, table, table_name, index, limit, return_consumed_capacity, consistent_read, filter_)
        reading.selection = select_from(index, select, projected)
        start_at = start_key(table, index, start) if start is not None else None
        keys = choose(terms, schema.hash_names, schema.range_names, dict(schema.attributes))
        if filter_ is not None:
            _check_filter(filter_, schema, "Filter Expression" if filter_expression is not None else "QueryFilter")
        if start is not None:
            _check_start(start, schema, keys)
        bounds = partition_bounds(schema, keys)
        return reading.page(bounds, start_at, forward=scan_index_forward, outside=_OUTSIDE_QUERY)

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
    ) -> Mapping[str, Any]:
        maybe_throttle_read(context)
        check_named(context, table_name)
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
        start = _given_start(exclusive_start_key)
        _check_segments(segment, total_segments)
        placeholders = Placeholders(expression_attribute_names, expression_attribute_values)
        filter_ = _filter(placeholders, filter_expression, scan_filter, conditional_operator)
        projected = _projection(placeholders, projection_expression, attributes_to_get)
        placeholders.check_unused()
        parameter = _projecting_parameter(projection_expression, attributes_to_get)
        check_select(select, projected, parameter, has_index=index_name is not None)
        table = find_table(context, table_name)
        index = find_index(context, table, index_name) if index_name is not None else None
        reading = Reading(context, table, table_name, index, limit, return_consumed_capacity, consistent_read, filter_)
        reading.selection = select_from(index, select, projected)
        start_at = start_key(table, index, start, of_scan=True) if start is not None else None
        total = total_segments or 1
        outside = (
            "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with "
            f"correct Segment. TotalSegments: {total} Segment: {segment or 0}"
        )
        return reading.page(segment_bounds(segment or 0, total), start_at, forward=True, outside=outside)


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

    def __attrs_post_init__(self) -> None:
        if self.consistent and self.index is not None and self.index.is_global:
            raise ValidationException("Consistent reads are not supported on global secondary indexes")

    def page(self, bounds: Bounds, start_at: Key | None, *, forward: bool, outside: str) -> Mapping[str, Any]:
        """The answer. ``outside`` says what is wrong with a start key that is not within the bounds."""
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
            fetch=selection.fetch,
        )
        answer: dict[str, Any] = {"Count": page.count, "ScannedCount": page.scanned_count}
        if page.last_item is not None:
            answer["LastEvaluatedKey"] = last_evaluated_key(self.table, self.index, page.last_item)
        if self.return_consumed_capacity != "NONE":
            answer["ConsumedCapacity"] = self._capacity(page.size_bytes, page.fetched_sizes)
        if selection.count_only:
            return answer
        return JsonAnswer(answer, {"Items": page.write(selection.projection)}, read_items_text)

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


def _given_start(given: Given | None) -> Item | None:
    if given is None:
        return None
    try:
        return check_item(given)
    except ValidationException as error:
        raise ValidationException(f"The provided starting key is invalid: {error.message}") from None


def _check_filter(filter_: Condition, schema: KeySchema, parameter: str) -> None:
    """AWS: a filter comes after the keys, and may not speak of them."""
    for path in filter_.paths:
        if path[0] in schema.names:
            reason = f"{parameter} can only contain non-primary key attributes: Primary key attribute: {path[0]}"
            raise ValidationException(reason)


def _check_start(start: Item, schema: KeySchema, keys: KeyCondition) -> None:
    """Refuse a start key of another partition, or one that the condition on the sort keys leaves out."""
    if any(start[name] != value for name, value in zip(schema.hash_names, keys.hash_values, strict=True)):
        raise ValidationException(_OUTSIDE_QUERY)
    leading = all(start[name] == value for name, value in zip(schema.range_names, keys.leading, strict=False))
    if not leading or (keys.range is not None and not keys.range.matches(start[keys.range.attribute])):
        # AWS: reported by users who paged with a start key of their own.
        raise ValidationException("The provided starting key does not match the range key predicate")


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


def _projecting_parameter(expression: str | None, attributes_to_get: Sequence[str] | None) -> str | None:
    """The parameter that says which attributes to answer."""
    return "ProjectionExpression" if expression is not None else "AttributesToGet" if attributes_to_get else None


__all__ = ["Queries", "Reading"]
