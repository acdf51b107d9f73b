"""A new table as CreateTable or ImportTable defines it, checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.index_definitions import (
    Definition,
    attribute_types,
    check_all_used,
    key_schema,
    secondary_indexes,
    throughput,
)
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.vector_definitions import add_vector_index, searched_names

if TYPE_CHECKING:
    from awsim.context import RequestContext


def new_table(
    context: RequestContext[DynamoDbStore],
    name: str,
    definitions: Sequence[Definition] | None,
    elements: Sequence[Definition] | None,
    local: Sequence[Definition] | None,
    global_: Sequence[Definition] | None,
    billing_mode: str | None,
    provisioned: Definition | None,
    vector: Sequence[Definition] = (),
) -> Table:
    """The table, without items and in no store yet. ``local``, ``global_`` and ``vector`` define its indexes. Raises
    ValidationException."""
    if definitions is None or elements is None:
        missing = "AttributeDefinitions" if definitions is None else "KeySchema"
        raise ValidationException(f"One or more parameter values were invalid: {missing} must be specified")
    on_demand = billing_mode == "PAY_PER_REQUEST"
    units = throughput(provisioned, on_demand=on_demand)
    types = attribute_types(definitions)
    schema = key_schema(elements, types)
    arn = context.arn(f"table/{name}")
    indexes = secondary_indexes(local, global_, schema, types, arn)
    for definition in global_ or ():
        index = indexes[definition["IndexName"]]
        index.throughput = throughput(
            definition.get("ProvisionedThroughput"), on_demand=on_demand, index_name=index.name
        )
    check_all_used(
        types,
        [schema, *(index.schema for index in indexes.values())],
        has_indexes=bool(indexes or vector),
        searched=searched_names(vector),
    )
    now = context.time()
    table = Table(
        name=name,
        arn=arn,
        table_id=context.new_uuid(),
        created_at=now,
        attribute_types=types,
        schema=schema,
        billing_mode=billing_mode,
        on_demand_since=now if on_demand else None,
        throughput=units,
        indexes=indexes,
    )
    for definition in vector:
        add_vector_index(table, definition)
    return table
