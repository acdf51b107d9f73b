"""Key schemas and secondary indexes as callers define them, checked.

Owns the rules of CreateTable and UpdateTable about attributes, keys, projections and indexes, in AWS's words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.keys import KeySchema
from awsim.services.dynamodb.secondary_index import SecondaryIndex, Throughput
from awsim.services.dynamodb.throughput_requests import check_on_demand

_INVALID = "One or more parameter values were invalid"
LOCAL_INDEXES_MAX = 5
GLOBAL_INDEXES_MAX = 20
#: AWS: of each kind, in a global index (Developer Guide, "Multi-attribute keys").
KEY_ATTRIBUTES_MAX = 4
_PROJECTED_ATTRIBUTES_MAX = 100
_THROUGHPUT_MAX = 1_000_000_000_000

Definition = Mapping[str, Any]


def attribute_types(definitions: Sequence[Definition]) -> dict[str, str]:
    """Attribute name -> type, in the caller's order."""
    types = {definition["AttributeName"]: definition["AttributeType"] for definition in definitions}
    if len(types) != len(definitions):
        raise ValidationException("Cannot have two attributes with the same name")
    return types


def key_schema(elements: Sequence[Definition], types: Mapping[str, str], *, is_global: bool = False) -> KeySchema:
    """A key schema of defined attributes; a global index's may have several of each kind."""
    names = [element["AttributeName"] for element in elements]
    roles = [element["KeyType"] for element in elements]
    if is_global and _is_multiple(roles):
        _check_multiple(names, roles)
    elif len(elements) > 2:
        raise ValidationException(
            f"1 validation error detected: Value '{_shown(elements)}' at 'keySchema' failed to satisfy constraint: "
            "Member must have length less than or equal to 2"
        )
    if roles[0] != "HASH":
        raise ValidationException("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
    if len(elements) == 2 and not (is_global and _is_multiple(roles)):
        if roles[1] != "RANGE":
            raise ValidationException("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
        if names[0] == names[1]:
            raise ValidationException("Both the Hash Key and the Range Key element in the KeySchema have the same name")
    if len(names) > len(types):
        # AWS: says this, without names, where there are too few definitions for the keys (reported by users).
        raise ValidationException("Invalid KeySchema: Some index key attribute have no definition")
    if any(name not in types for name in names):
        raise ValidationException(
            f"{_INVALID}: Some index key attributes are not defined in AttributeDefinitions. "
            f"Keys: [{', '.join(names)}], AttributeDefinitions: [{', '.join(types)}]"
        )
    pairs = [(name, types[name]) for name in names]
    return KeySchema(tuple(pairs[: roles.count("HASH")]), tuple(pairs[roles.count("HASH") :]))


def secondary_index(
    definition: Definition, table_schema: KeySchema, types: Mapping[str, str], table_arn: str, *, is_global: bool
) -> SecondaryIndex:
    """A new index, without entries."""
    name = definition["IndexName"]
    projection_type, non_key_attributes = projection(definition.get("Projection") or {})
    schema = key_schema(definition["KeySchema"], types, is_global=is_global)
    check_on_demand(definition.get("OnDemandThroughput"), f"index: {name}")
    if not is_global:
        _check_local(name, schema, table_schema)
    key_names = list(dict.fromkeys((*table_schema.names, *schema.names)))
    return SecondaryIndex(
        name=name,
        arn=f"{table_arn}/index/{name}",
        schema=schema,
        is_global=is_global,
        projection_type=projection_type,
        non_key_attributes=non_key_attributes,
        key_names=key_names,
        on_demand_throughput=definition.get("OnDemandThroughput"),
        warm_throughput=definition.get("WarmThroughput"),
    )


def secondary_indexes(
    local: Sequence[Definition] | None,
    global_: Sequence[Definition] | None,
    table_schema: KeySchema,
    types: Mapping[str, str],
    table_arn: str,
) -> dict[str, SecondaryIndex]:
    """All indexes of a new table, by name."""
    indexes: dict[str, SecondaryIndex] = {}
    for kind, definitions, limit in (("Local", local, LOCAL_INDEXES_MAX), ("Global", global_, GLOBAL_INDEXES_MAX)):
        if definitions is None:
            continue
        if not definitions:
            raise ValidationException(f"{_INVALID}: List of {kind}SecondaryIndexes is empty")
        if kind == "Local" and table_schema.range_name is None:
            raise ValidationException(
                f"{_INVALID}: Table KeySchema does not have a range key, which is required when specifying a "
                "LocalSecondaryIndex"
            )
        for definition in definitions:
            index = secondary_index(definition, table_schema, types, table_arn, is_global=kind == "Global")
            if index.name in indexes:
                raise ValidationException(f"{_INVALID}: Duplicate index name: {index.name}")
            indexes[index.name] = index
        if len(definitions) > limit:
            subject = (
                f"Number of {kind}SecondaryIndexes exceeds"
                if kind == "Local"
                else f"{kind}SecondaryIndex count exceeds the"
            )
            raise ValidationException(f"{_INVALID}: {subject} per-table limit of {limit}")
    check_projected_count(indexes.values())
    return indexes


def check_projected_count(indexes: Iterable[SecondaryIndex]) -> None:
    """Refuse more projected attributes than a table's indexes may have together."""
    # Deviation: AWS's words for it are not known; its limit is in the Developer Guide, "Quotas".
    count = sum(len(index.non_key_attributes) for index in indexes)
    if count > _PROJECTED_ATTRIBUTES_MAX:
        raise ValidationException(
            f"{_INVALID}: The total number of projected attributes across all indexes exceeds the limit of "
            f"{_PROJECTED_ATTRIBUTES_MAX}"
        )


def check_all_used(
    types: Mapping[str, str], schemas: Iterable[KeySchema], *, has_indexes: bool, searched: Iterable[str] = ()
) -> None:
    """Refuse definitions of attributes that are no keys. ``searched`` are those that vector indexes search by."""
    used = list(dict.fromkeys([*(name for schema in schemas for name in schema.names), *searched]))
    if all(name in used for name in types):
        return
    if not has_indexes:
        raise ValidationException(
            f"{_INVALID}: Number of attributes in KeySchema does not exactly match number of attributes defined in "
            "AttributeDefinitions"
        )
    raise ValidationException(
        f"{_INVALID}: Some AttributeDefinitions are not used. AttributeDefinitions: [{', '.join(types)}], "
        f"keys used: [{', '.join(used)}]"
    )


def throughput(given: Definition | None, *, on_demand: bool, index_name: str | None = None) -> Throughput:
    """The provisioned throughput of a new table or global index."""
    if on_demand:
        if given is not None and index_name is not None:
            raise ValidationException(
                f"{_INVALID}: ProvisionedThroughput should not be specified for index: {index_name} when BillingMode "
                "is PAY_PER_REQUEST"
            )
        if given is not None:
            raise ValidationException(
                f"{_INVALID}: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
                "PAY_PER_REQUEST"
            )
        return Throughput()
    if given is None and index_name is not None:
        # AWS: from CreateTable's answer in github.com/awsdocs/amazon-dynamodb-developer-guide/issues/246.
        raise ValidationException(f"{_INVALID}: ProvisionedThroughput is not specified for index: {index_name}")
    if given is None:
        raise ValidationException(
            f"{_INVALID}: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
            "PROVISIONED"
        )
    for member in ("ReadCapacityUnits", "WriteCapacityUnits"):
        if given[member] > _THROUGHPUT_MAX:
            raise ValidationException(
                f"Given value {given[member]} for {member} is out of bounds"
                + (f" for index {index_name}" if index_name is not None else "")
            )
    return Throughput(given["ReadCapacityUnits"], given["WriteCapacityUnits"])


def _is_multiple(roles: Sequence[str]) -> bool:
    return len(roles) > 2 or roles == ["HASH", "HASH"]


def _check_multiple(names: Sequence[str], roles: Sequence[str]) -> None:
    """Refuse keys of several attributes that no global index can have."""
    if roles[0] != "HASH":
        raise ValidationException("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
    if "HASH" in roles[roles.index("RANGE") :] if "RANGE" in roles else False:
        raise ValidationException("Invalid KeySchema: All HASH key types must come before any RANGE key type")
    for role in ("HASH", "RANGE"):
        if roles.count(role) > KEY_ATTRIBUTES_MAX:
            raise ValidationException(
                f"Invalid KeySchema: The number of {role} key types exceeds the limit of {KEY_ATTRIBUTES_MAX}"
            )
    if len(set(names)) < len(names):
        raise ValidationException("Both the Hash Key and the Range Key element in the KeySchema have the same name")


def _check_local(name: str, schema: KeySchema, table_schema: KeySchema) -> None:
    if schema.range_name is None:
        raise ValidationException(f"{_INVALID}: Index KeySchema does not have a range key for index: {name}")
    if schema.hash_name != table_schema.hash_name:
        raise ValidationException(
            f"{_INVALID}: Index KeySchema does not have the same leading hash key as table KeySchema for index: "
            f"{name}. index hash key: {schema.hash_name}, table hash key: {table_schema.hash_name}"
        )


def projection(given: Definition) -> tuple[str, list[str]]:
    """The type and the other attributes of a Projection."""
    kind = given.get("ProjectionType")
    names = given.get("NonKeyAttributes")
    if kind is None:
        raise ValidationException(f"{_INVALID}: Unknown ProjectionType: null")
    if kind == "INCLUDE":
        if not names:
            raise ValidationException(f"{_INVALID}: ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
    elif names is not None:
        raise ValidationException(f"{_INVALID}: ProjectionType is {kind}, but NonKeyAttributes is specified")
    return kind, list(names or ())


def _shown(elements: Sequence[Definition]) -> str:
    shown = (f"KeySchemaElement(attributeName={e['AttributeName']}, keyType={e['KeyType']})" for e in elements)
    return f"[{', '.join(shown)}]"
