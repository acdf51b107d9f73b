"""ExecuteStatement, BatchExecuteStatement and ExecuteTransaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.aws.dynamodb_items import Item
from awsim.errors import ServiceException
from awsim.services.dynamodb.access import STATEMENT
from awsim.services.dynamodb.addressing import errors, find_table
from awsim.services.dynamodb.capacity import Capacity, describe_all
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.items import condition_failed, updated
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.partiql import Delete, Exists, Insert, Select, UpdateStatement, parse, primary_key
from awsim.services.dynamodb.partiql.statements import Statement
from awsim.services.dynamodb.partiql_reads import Answer, read_token, run_select, write_token
from awsim.services.dynamodb.partiql_writes import DUPLICATE, write_action
from awsim.services.dynamodb.paths import Path
from awsim.services.dynamodb.transactions import commit, is_repeated, remember, repeated_capacity
from awsim.services.dynamodb.updated_attributes import updated_attributes
from awsim.services.dynamodb.writing import Change, apply_change
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

_RETURN_VALUES = {
    "ALL OLD": "ALL_OLD",
    "ALL NEW": "ALL_NEW",
    "MODIFIED OLD": "UPDATED_OLD",
    "MODIFIED NEW": "UPDATED_NEW",
    None: "NONE",
}
#: The codes that a statement of a batch fails with, where they are not the error's own without "Exception".
_BATCH_CODES = {"ValidationException": "ValidationError", "DuplicateItemException": "DuplicateItem"}


@aws_provider(api="dynamodb")
class PartiqlStatements(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore

    def execute_statement(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        statement: str,
        parameters: Sequence[Mapping[str, Any]] = (),
        consistent_read: bool = False,
        next_token: str | None = None,
        return_consumed_capacity: str = "NONE",
        limit: int | None = None,
        return_values_on_condition_check_failure: str = "NONE",
    ) -> dict[str, Any]:
        tree = parse(statement, parameters)
        if isinstance(tree, Exists):
            raise ValidationException("EXISTS clause is only supported in ExecuteTransaction")
        if isinstance(tree, Select):
            after = read_token(next_token, statement, parameters) if next_token is not None else None
            answer = run_select(context, tree, consistent=consistent_read, limit=limit, after=after)
            last_key = answer.last_key
            return {
                "Items": answer.items,
                "NextToken": write_token(last_key, statement, parameters) if last_key is not None else None,
                "LastEvaluatedKey": last_key,
                "ConsumedCapacity": answer.capacity.describe(return_consumed_capacity),
            }
        shown, capacity = _write(context, tree, return_values_on_condition_check_failure)
        return {
            "Items": [shown] if shown else [],
            "ConsumedCapacity": capacity.describe(return_consumed_capacity),
        }

    def batch_execute_statement(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        statements: Sequence[Mapping[str, Any]],
        return_consumed_capacity: str = "NONE",
    ) -> dict[str, Any]:
        trees = [_parse_or_error(statement) for statement in statements]
        if len({isinstance(tree, Select) for tree in trees if not isinstance(tree, ServiceException)}) > 1:
            raise ValidationException(
                "The entire batch must consist of either read statements or write statements, you cannot mix both in "
                "one batch"
            )
        responses = []
        capacities: list[Capacity] = []
        for statement, tree in zip(statements, trees, strict=True):
            responses.append(_batch_response(context, statement, tree, capacities))
        return {
            "Responses": responses,
            "ConsumedCapacity": describe_all(_merged(capacities), return_consumed_capacity),
        }

    def execute_transaction(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        transact_statements: Sequence[Mapping[str, Any]],
        client_request_token: str | None = None,
        return_consumed_capacity: str = "NONE",
    ) -> dict[str, Any]:
        trees = [parse(one["Statement"], one.get("Parameters") or ()) for one in transact_statements]
        reads = [tree for tree in trees if isinstance(tree, Select)]
        if reads:
            if len(reads) < len(trees):
                raise ValidationException(
                    "The entire transaction must consist of either read statements or write statements, you cannot "
                    "mix both in one transaction"
                )
            answers = [_get(context, tree, transactional=True) for tree in reads]
            capacities = _merged([answer.capacity for answer in answers])
            return {
                "Responses": [{"Item": answer.items[0]} if answer.items else {} for answer in answers],
                "ConsumedCapacity": describe_all(capacities, return_consumed_capacity, "ReadCapacityUnits"),
            }
        actions = []
        for one, tree in zip(transact_statements, trees, strict=True):
            assert not isinstance(tree, Select)
            show_old = one.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
            actions.append(write_action(context, tree, show_old=show_old))
        if is_repeated(context, client_request_token, transact_statements):
            return {"Responses": [], **repeated_capacity(actions, return_consumed_capacity)}
        _, capacities = commit(context, actions)
        remember(context, client_request_token, transact_statements)
        # AWS: nothing for each write, not even an empty answer (recorded).
        return {
            "Responses": [],
            "ConsumedCapacity": describe_all(capacities, return_consumed_capacity, "WriteCapacityUnits"),
        }


def _write(
    context: RequestContext[Any], tree: Insert | UpdateStatement | Delete, show_old: str
) -> tuple[dict[str, Any] | None, Capacity]:
    """Do one write. Returns what RETURNING shows, and what it took."""
    action = write_action(context, tree)
    old = action.old
    if action.condition is not None and not action.condition.matches(old):
        if action.refusal == DUPLICATE:
            raise errors.DuplicateItemException(DUPLICATE[1])
        raise condition_failed(old, show_old)
    new: Item | None = action.given
    paths: Sequence[Path] = ()
    if isinstance(tree, UpdateStatement):
        new, paths = updated(action.table, old, action.given, tree.update)
    change = Change(action.table, action.key, old, None if isinstance(tree, Delete) else new)
    capacity = Capacity(action.table, action.named)
    capacity.add(*apply_change(context, change))
    returning = None if isinstance(tree, Insert) else tree.returning
    return updated_attributes(_RETURN_VALUES[returning], old, new, paths), capacity


def _get(
    context: RequestContext[Any], tree: Select, *, transactional: bool = False, consistent: bool = False
) -> Answer:
    """The one item that a statement of a batch or transaction reads."""
    table = find_table(context, tree.table_name, "PartiQLSelect", {STATEMENT: tree}, tree.index_name)
    if tree.index_name is None:
        try:
            primary_key(tree.where, table.schema.names)
        except ValidationException:
            operation = "ExecuteTransaction" if transactional else "BatchExecuteStatement"
            raise ValidationException(
                f"Select statements within {operation} must specify the primary key in the where clause."
            ) from None
    answer = run_select(context, tree, consistent=consistent or transactional, limit=None, after=None)
    if transactional:
        answer.capacity.table_units *= 2
    return answer


def _parse_or_error(statement: Mapping[str, Any]) -> Statement | ServiceException:
    try:
        return parse(statement["Statement"], statement.get("Parameters") or ())
    except ServiceException as error:
        return error


def _batch_response(
    context: RequestContext[Any],
    statement: Mapping[str, Any],
    tree: Statement | ServiceException,
    capacities: list[Capacity],
) -> dict[str, Any]:
    try:
        if isinstance(tree, ServiceException):
            raise tree
        if isinstance(tree, Exists):
            raise ValidationException("EXISTS clause is only supported in ExecuteTransaction")
        if isinstance(tree, Select):
            answer = _get(context, tree, consistent=bool(statement.get("ConsistentRead")))
            capacities.append(answer.capacity)
            return {"TableName": tree.table_name, "Item": answer.items[0] if answer.items else None}
        show_old = statement.get("ReturnValuesOnConditionCheckFailure") or "NONE"
        shown, capacity = _write(context, tree, show_old)
        capacities.append(capacity)
        return {"TableName": tree.table_name, "Item": shown or None}
    except ServiceException as error:
        code = _BATCH_CODES.get(error.code, error.code.removesuffix("Exception"))
        failure = {"Code": code, "Message": error.message, "Item": error.members.get("Item")}
        named = None if isinstance(tree, (ServiceException, Exists)) else tree.table_name
        return {"Error": failure, "TableName": named}


def _merged(capacities: Sequence[Capacity]) -> list[Capacity]:
    """The sums per table."""
    merged: dict[str, Capacity] = {}
    for capacity in capacities:
        total = merged.setdefault(capacity.named, Capacity(capacity.table, capacity.named))
        total.add(capacity.table_units, capacity.index_units)
    return list(merged.values())
