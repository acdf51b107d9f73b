"""Vector indexes as callers define them, checked."""

# Deviation: what is refused is the Developer Guide's, the words are ours.

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from awsim.services.dynamodb.addressing import errors
from awsim.services.dynamodb.errors import ValidationException, invalid_parameter_values
from awsim.services.dynamodb.index_definitions import attribute_types, projection
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.vector_index import VectorIndex

#: AWS: the most numbers of a vector that is searched for (the model's SearchVectorList).
_DIMENSIONS_MAX = 4096


def add_vector_index(table: Table, definition: Mapping[str, Any]) -> None:
    """Give a table a new vector index. Raises ValidationException."""
    name = definition["IndexName"]
    if name in table.vector_indexes or name in table.indexes:
        raise invalid_parameter_values(f"Duplicate index name: {name}")
    # AWS: only tables on demand have vector indexes (Developer Guide, "Requirements and limitations").
    if not table.is_on_demand:
        raise invalid_parameter_values("Vector indexes are supported only when BillingMode is PAY_PER_REQUEST")
    if definition["Dimensions"] > _DIMENSIONS_MAX:
        raise invalid_parameter_values(f"Dimensions must be less than or equal to {_DIMENSIONS_MAX} for index: {name}")
    attribute = definition["VectorAttribute"]["AttributeName"]
    for other in table.vector_indexes.values():
        if other.attribute_name == attribute and other.dimensions != definition["Dimensions"]:
            raise invalid_parameter_values(
                f"Vector indexes of the attribute {attribute} must have the same number of dimensions"
            )
    schema = {
        element["AttributeName"]: element["SearchSchemaElementType"] for element in definition.get("SearchSchema") or ()
    }
    undefined = [key for key in schema if key not in table.attribute_types]
    if undefined:
        raise invalid_parameter_values(
            "Some index key attributes are not defined in AttributeDefinitions. "
            f"Keys: [{', '.join(undefined)}], AttributeDefinitions: [{', '.join(table.attribute_types)}]"
        )
    projection_type, non_key_attributes = projection(definition.get("Projection") or {})
    table.vector_indexes[name] = VectorIndex(
        name=name,
        arn=f"{table.arn}/index/{name}",
        attribute_name=attribute,
        dimensions=definition["Dimensions"],
        distance_function=definition["DistanceFunction"],
        projection_type=projection_type,
        non_key_attributes=non_key_attributes,
        search_schema=schema,
        key_names=list(table.schema.names),
    )


def update_vector_indexes(
    table: Table, definitions: Sequence[Mapping[str, Any]] | None, updates: Sequence[Mapping[str, Any]]
) -> None:
    """Add and delete vector indexes. ``definitions`` are of attributes that new ones are searched by. Raises
    ValidationException, ResourceNotFoundException."""
    table.attribute_types = {**table.attribute_types, **attribute_types(definitions or ())}
    try:
        _update(table, updates)
    finally:
        table.forget_unused_types()


def _update(table: Table, updates: Sequence[Mapping[str, Any]]) -> None:
    for update in updates:
        given = [kind for kind in ("Create", "Delete") if update.get(kind) is not None]
        if len(given) != 1:
            raise ValidationException("Each VectorIndexUpdate must have exactly one of Create and Delete")
        if given[0] == "Create":
            add_vector_index(table, update["Create"])
            continue
        name = update["Delete"]["IndexName"]
        if table.vector_indexes.pop(name, None) is None:
            raise errors.ResourceNotFoundException(
                f"Requested resource not found: Index: {name} for table: {table.name} not found"
            )


def searched_names(definitions: Iterable[Mapping[str, Any]]) -> list[str]:
    """The attributes that search schemas name, which count as used by keys."""
    return [element["AttributeName"] for one in definitions for element in one.get("SearchSchema") or ()]
