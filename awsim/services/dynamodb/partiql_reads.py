"""PartiQL's SELECT: which keys a statement reads, in which order, page by page."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from awsim.aws.dynamodb_items import Item, read_item, write_item
from awsim.services.dynamodb.access import STATEMENT
from awsim.services.dynamodb.addressing import find_index, find_table
from awsim.services.dynamodb.capacity import Capacity
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expressions import KeyCondition, KeyTerm
from awsim.services.dynamodb.item_size import read_units
from awsim.services.dynamodb.keys import KeySchema
from awsim.services.dynamodb.pages import (
    Bounds,
    last_evaluated_key,
    partition_bounds,
    read_page,
    segment_bounds,
    start_key,
)
from awsim.services.dynamodb.partiql import Select, choices, key_terms, listed
from awsim.services.dynamodb.selection import select_from
from awsim.services.dynamodb.sort_order import sort_text

if TYPE_CHECKING:
    from awsim.context import RequestContext


@attrs.define
class Answer:
    """One page of a SELECT."""

    items: list[Item]
    last_key: Item | None
    capacity: Capacity


_LISTED_KEYS_MAX = 50
_LISTED_PAGE = 10
_DIGEST_BYTES = 32

Parameters: TypeAlias = Sequence[Mapping[str, Any]]


def run_select(
    context: RequestContext[Any], statement: Select, *, consistent: bool, limit: int | None, after: Item | None
) -> Answer:
    """Read one page, ``after`` a key. Raises ValidationException, ResourceNotFoundException."""
    table = find_table(context, statement.table_name, "PartiQLSelect", {STATEMENT: statement}, statement.index_name)
    index = find_index(context, table, statement.index_name) if statement.index_name is not None else None
    if consistent and index is not None and index.is_global:
        raise ValidationException("Consistent reads are not supported on global secondary indexes")
    schema = table.schema if index is None else index.schema
    values = listed(statement.where, schema.hash_name)
    if values is not None:
        # AWS: up to 50 hash keys can be listed, and their items come in pages of ten (Developer Guide, PartiQL's
        # operators).
        # Deviation: the words of the refusal are those of its expressions.
        if len(values) > _LISTED_KEYS_MAX:
            raise ValidationException(
                f"The IN operator is provided with too many operands; number of operands: {len(values)}"
            )
        limit = min(limit or _LISTED_PAGE, _LISTED_PAGE)
    all_bounds, forward = _order(statement, schema)
    selection = select_from(index, None, statement.projection)
    start = start_key(table, index, after) if after is not None else None
    capacity = Capacity(table, statement.table_name)
    items: list[Item] = []
    last_key = None
    left = limit
    for bounds in all_bounds:
        if start is not None and not bounds.low <= start < bounds.high:
            continue
        page = read_page(
            table,
            index,
            bounds,
            start=start,
            forward=forward,
            limit=left,
            filter_=statement.where,
            fetch=selection.fetch,
        )
        start = None
        units = read_units(page.size_bytes, consistent=consistent)
        fetched = sum(read_units(size, consistent=consistent) for size in page.fetched_sizes)
        if index is None:
            capacity.add(units)
        else:
            capacity.add(fetched, {index.name: units})
        items += page.items
        if page.last_item is not None:
            last_key = last_evaluated_key(table, index, page.last_item)
            break
        left = left - page.scanned_count if left is not None else None
    projection = statement.projection
    return Answer(items if projection is None else [projection.apply(item) for item in items], last_key, capacity)


def write_token(key: Item, statement: str, parameters: Parameters) -> str:
    """The NextToken that goes on after a key, with this statement only."""
    return base64.b64encode(_digest(statement, parameters) + write_item(key).encode()).decode()


def read_token(token: str, statement: str, parameters: Parameters) -> Item:
    """The key that a NextToken goes on after. Raises ValidationException."""
    try:
        content = base64.b64decode(token, validate=True)
        item = read_item(content[_DIGEST_BYTES:].decode())
    except (binascii.Error, ValueError):
        item = None
    if not isinstance(item, dict):
        raise ValidationException("Invalid NextToken")
    if content[:_DIGEST_BYTES] != _digest(statement, parameters):
        # AWS: so is one with its clauses in another order (github.com/aws/aws-sdk-js-v3/issues/4424).
        raise ValidationException("NextToken does not match request")
    return item


def _digest(statement: str, parameters: Parameters) -> bytes:
    text = json.dumps([statement, list(parameters)], sort_keys=True, default=lambda value: bytes(value).hex())
    return hashlib.sha256(text.encode()).digest()


def _order(statement: Select, schema: KeySchema) -> tuple[list[Bounds], bool]:
    """Where to look, in order, and whether forward there."""
    # Deviation: of an index with several hash keys all is looked at, whatever the clause says of them.
    values = choices(statement.where, schema.hash_name) if len(schema.hash_attributes) == 1 else None
    order = dict(statement.order_by)
    if order:
        _check_order(statement, order, schema, values)
    if values is None or any(schema.hash_attributes[0][1] not in value for value in values):
        return [segment_bounds(0, 1)], True
    term = _range_term(statement, schema)
    unique = {sort_text(value): value for value in values}
    texts = sorted(unique, reverse=order.get(schema.hash_name, False))
    bounds = [partition_bounds(schema, KeyCondition((unique[text],), term)) for text in texts]
    return bounds, not order.get(schema.range_name or "", False)


def _check_order(
    statement: Select, order: dict[str, bool], schema: KeySchema, values: tuple[dict[str, Any], ...] | None
) -> None:
    if statement.where is None:
        raise ValidationException("Must have WHERE clause in the statement when using ORDER BY clause.")
    if values is None:
        raise ValidationException(
            "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause."
        )
    for name in order:
        if name not in schema.names:
            raise ValidationException(f"Variable reference {name} in ORDER BY clause must be part of the primary key")


def _range_term(statement: Select, schema: KeySchema) -> KeyTerm | None:
    if not schema.range_attributes:
        return None
    name, kind = schema.range_attributes[0]
    for term in key_terms(statement.where):
        if term.attribute == name and all(kind in operand for operand in term.operands):
            return term
    return None
