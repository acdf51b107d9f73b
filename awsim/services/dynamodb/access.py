"""Whether a caller may do to a table what is asked: its resource policy, and the condition keys of DynamoDB.

A caller of the table's own account may do everything that the policy does not deny explicitly; one of another account
needs a policy that allows it. Most calls come from the owner of a table without a policy, and never get here.

Facts from the Developer Guide's "Using IAM policy conditions for fine-grained access control".
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.aws.dynamodb_access import check_access
from awsim.services.dynamodb.expressions import KeyTerm, Placeholders, projection, update
from awsim.services.dynamodb.expressions.key_conditions import key_terms
from awsim.services.dynamodb.legacy import terms_from_key_conditions
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.partiql import Select, UpdateStatement, choices
from awsim.services.dynamodb.table import Table

if TYPE_CHECKING:
    from awsim.context import RequestContext

Members = Mapping[str, Any]

#: Operations whose parts need permissions of their own, which the condition key EnclosingOperation tells apart.
_ENCLOSING = frozenset({"TransactGetItems", "TransactWriteItems", "ExecuteTransaction", "BatchExecuteStatement"})
#: The place of a PartiQL statement, parsed, among the members.
STATEMENT = "PartiQL"
#: Member of an input -> the condition key that has its value.
_MEMBERS = {
    "Select": "dynamodb:select",
    "ReturnValues": "dynamodb:returnvalues",
    "ReturnConsumedCapacity": "dynamodb:returnconsumedcapacity",
}


def authorize(
    context: RequestContext[DynamoDbStore],
    table: Table,
    action: str = "",
    members: Members | None = None,
    index_name: str | None = None,
) -> None:
    """Refuse the call if its caller may not make it. Raises AccessDeniedException.

    ``action`` is what is done, such as ``GetItem``, where that is not the operation itself; ``members`` the part of the
    input that says it, where that is not the whole input.
    """
    if context.operation is None:
        return
    operation = context.operation.name
    given = context.service_request or {}
    if members is None:
        members = given
    index_name = index_name or members.get("IndexName")
    arn = table.arn if index_name is None else f"{table.arn}/index/{index_name}"
    policy = table.policies.get(table.arn)
    values: dict[str, Any] = {}
    if policy is not None and "dynamodb:" in policy[0]:
        values = _condition_values(table, index_name, operation, given, members)
    check_access(context, policy[0] if policy is not None else None, f"dynamodb:{action or operation}", arn, values)


def authorize_unknown(context: RequestContext[DynamoDbStore], arn: str) -> None:
    """Refuse a caller from another account who asks for a table that there is not, as if it were there."""
    if context.operation is not None:
        check_access(context, None, f"dynamodb:{context.operation.name}", arn, {})


def _condition_values(
    table: Table, index_name: str | None, operation: str, given: Members, members: Members
) -> dict[str, Any]:
    values: dict[str, Any] = {key: given[name] for name, key in _MEMBERS.items() if name in given}
    if operation in _ENCLOSING:
        values["dynamodb:enclosingoperation"] = operation
    index = table.indexes.get(index_name) if index_name is not None else None
    hash_name = table.schema.hash_name if index is None else index.schema.hash_name
    keys = _leading_keys(members, hash_name)
    if keys:
        values["dynamodb:leadingkeys"] = keys
    attributes = _attributes(members)
    if attributes:
        values["dynamodb:attributes"] = sorted(attributes)
    # AWS: a SELECT that names no partition is one, too (Developer Guide, "IAM security policies with PartiQL").
    values["dynamodb:fulltablescan"] = operation == "Scan" or (_selects(members) and not keys)
    return values


def _selects(members: Members) -> bool:
    return isinstance(members.get(STATEMENT), Select)


def _leading_keys(members: Members, hash_name: str) -> list[str]:
    """The values of the hash keys that a call names. A call that reads whatever there is names none."""
    items: list[Mapping[str, Any]] = [members[name] for name in ("Key", "Item") if members.get(name)]
    items += members.get("Keys") or ()
    for request in members.get("Requests") or ():
        items += [one.get("Item") or one.get("Key") or {} for one in request.values() if one]
    found = [item[hash_name] for item in items if hash_name in item]
    for term in _key_terms(members):
        if term.attribute == hash_name:
            found += term.operands
    if members.get(STATEMENT) is not None:
        found += choices(members[STATEMENT].where, hash_name) or ()
    return [_text(value) for value in found]


def _key_terms(members: Members) -> Sequence[KeyTerm]:
    if members.get("KeyConditionExpression") is not None:
        return key_terms(members["KeyConditionExpression"], _placeholders(members))
    if members.get("KeyConditions") is not None:
        return terms_from_key_conditions(members["KeyConditions"])
    return ()


def _attributes(members: Members) -> set[str]:
    """The top-level attributes that a call names, other than in conditions."""
    # Deviation: AWS counts the attributes of conditions and filters, too.
    names: set[str] = set(members.get("AttributesToGet") or ())
    for name in ("Key", "Item", "AttributeUpdates", "Expected"):
        names |= set(members.get(name) or ())
    paths: Iterable[Any] = ()
    if members.get("ProjectionExpression") is not None:
        paths = projection(members["ProjectionExpression"], _placeholders(members)).paths
    if members.get("UpdateExpression") is not None:
        paths = update(members["UpdateExpression"], _placeholders(members)).paths
    statement = members.get(STATEMENT)
    if isinstance(statement, Select) and statement.projection is not None:
        paths = statement.projection.paths
    elif isinstance(statement, UpdateStatement):
        paths = statement.update.paths
    names |= {str(path[0]) for path in paths}
    return names | {term.attribute for term in _key_terms(members)}


def _placeholders(members: Members) -> Placeholders:
    return Placeholders(members.get("ExpressionAttributeNames"), members.get("ExpressionAttributeValues"))


def _text(value: Mapping[str, Any]) -> str:
    for kind, content in value.items():
        return base64.b64encode(content).decode() if kind == "B" else str(content)
    return ""
