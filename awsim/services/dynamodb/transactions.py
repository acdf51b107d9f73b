"""TransactGetItems and TransactWriteItems.

Every operation runs alone in the Cloud, so a transaction is one: all conditions are settled before the first change,
and nobody sees a part of it. For the same reason none conflicts with another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from awsim.aws.dynamodb_items import Item
from awsim.errors import ServiceException
from awsim.services.dynamodb.addressing import check_named, errors, find_table
from awsim.services.dynamodb.attribute_values import check_item
from awsim.services.dynamodb.capacity import Capacity, describe_all
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expressions import Projection, Update
from awsim.services.dynamodb.item_collections import item_collection_metrics
from awsim.services.dynamodb.item_size import item_bytes, read_units, write_units
from awsim.services.dynamodb.items import updated
from awsim.services.dynamodb.keys import EmptyKeyError, check_key
from awsim.services.dynamodb.models import DynamoDbStore, RememberedTransaction
from awsim.services.dynamodb.ordered_map import Key
from awsim.services.dynamodb.pages import Filter
from awsim.services.dynamodb.request_expressions import (
    check_condition_parameters,
    check_read_parameters,
    check_update_parameters,
    condition_expressions,
    item_read_expressions,
    update_expressions,
)
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.throttling import maybe_throttle_read, maybe_throttle_write
from awsim.services.dynamodb.writing import Change, apply_change, check_put, check_size
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

_ACTIONS = ("ConditionCheck", "Put", "Delete", "Update")
_TOKEN_SECONDS = 600.0
#: AWS: all items of a transaction together (Developer Guide, "Quotas").
_BYTES_MAX = 4 << 20


@attrs.define
class Action:
    """One action of a transaction: a change of one item, or only the check of a condition."""

    table: Table
    #: The table as the caller named it.
    named: str
    key: Key
    condition: Filter | None
    #: The item as it is.
    old: Item | None
    #: A put's item, or an update's key.
    given: Item
    kind: str
    update: Update | None = None
    show_old: bool = False
    #: Code and message of the reason where the condition does not hold.
    refusal: tuple[str, str] = ("ConditionalCheckFailed", "The conditional request failed")
    #: What is wrong with the item or key itself; then ``key`` is empty.
    problem: str | None = None

    def change(self) -> Change | None:
        """The change to make; None for a check."""
        if self.kind == "ConditionCheck":
            return None
        new: Item | None = None
        if self.kind == "Put":
            new = self.given
        elif self.kind == "Update":
            new, _ = updated(self.table, self.old, self.given, self.update)
        return Change(self.table, self.key, self.old, new, key_item=None if self.kind == "Put" else self.given)


@aws_provider(api="dynamodb")
class Transactions(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore

    def transact_write_items(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        transact_items: Sequence[Mapping[str, Any]],
        return_consumed_capacity: str = "NONE",
        return_item_collection_metrics: str = "NONE",
        client_request_token: str | None = None,
    ) -> dict[str, Any]:
        maybe_throttle_write(context)
        check_named(context, *(action["TableName"] for entry in transact_items for action in entry.values() if action))
        actions = [_action(context, entry) for entry in transact_items]
        if is_repeated(context, client_request_token, transact_items):
            return repeated_capacity(actions, return_consumed_capacity)
        changes, capacities = commit(context, actions)
        remember(context, client_request_token, transact_items)
        metrics: dict[str, list[Any]] = {}
        if return_item_collection_metrics == "SIZE":
            for action, change in zip(actions, changes, strict=True):
                metric = item_collection_metrics(change) if change is not None else None
                if metric is not None:
                    metrics.setdefault(action.named, []).append(metric)
        return {
            "ConsumedCapacity": describe_all(capacities, return_consumed_capacity, "WriteCapacityUnits"),
            "ItemCollectionMetrics": metrics or None,
        }

    def transact_get_items(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        transact_items: Sequence[Mapping[str, Any]],
        return_consumed_capacity: str = "NONE",
    ) -> dict[str, Any]:
        maybe_throttle_read(context)
        check_named(context, *(entry["Get"]["TableName"] for entry in transact_items))
        gets = [_get(context, entry["Get"]) for entry in transact_items]
        _refuse_repeated([(get.table, get.key) for get in gets if get.problem is None])
        if any(get.problem is not None for get in gets):
            raise canceled([_reason(get.problem) for get in gets])
        found = [get.table.items.get(get.key) for get in gets]
        if sum(stored.size for stored in found if stored is not None) > _BYTES_MAX:
            # Deviation: AWS refuses it (API reference); its words are those for writes.
            raise ValidationException(_TOO_LARGE)
        responses: list[dict[str, Any]] = []
        capacities: dict[str, Capacity] = {}
        for get, stored in zip(gets, found, strict=True):
            capacity = capacities.setdefault(get.named, Capacity(get.table, get.named))
            capacity.add(read_units(stored.size if stored is not None else 0, transactional=True))
            if stored is None:
                responses.append({})
            else:
                item = stored.read()
                responses.append({"Item": item if get.projection is None else get.projection.apply(item)})
        return {
            "ConsumedCapacity": describe_all(capacities.values(), return_consumed_capacity, "ReadCapacityUnits"),
            "Responses": responses,
        }


_TOO_LARGE = "Collection size of the items in the transaction cannot exceed 4MB"
_SAME_ITEM = "Transaction request cannot include multiple operations on one item"


def commit(context: RequestContext[Any], actions: Sequence[Action]) -> tuple[list[Change | None], list[Capacity]]:
    """Make all changes, or none. Raises TransactionCanceledException with a reason for each action."""
    _refuse_repeated([(action.table, action.key) for action in actions if action.problem is None])
    reasons: list[dict[str, Any]] = []
    changes: list[Change | None] = []
    for action in actions:
        reason, change = _settle(action)
        reasons.append(reason)
        changes.append(change)
    if any(reason["Code"] != "None" for reason in reasons):
        raise canceled(reasons)
    size = sum(item_bytes(change.new) for change in changes if change is not None and change.new is not None)
    if size > _BYTES_MAX:
        raise ValidationException(_TOO_LARGE)
    capacities: dict[str, Capacity] = {}
    for action, change in zip(actions, changes, strict=True):
        capacity = capacities.setdefault(action.named, Capacity(action.table, action.named))
        if change is None:
            size = item_bytes(action.old) if action.old is not None else 0
            capacity.add(write_units(size, transactional=True))
        else:
            table_units, index_units = apply_change(context, change)
            capacity.add(2 * table_units, index_units, 2.0)
    return changes, list(capacities.values())


def canceled(reasons: Sequence[Mapping[str, Any]]) -> Exception:
    """The refusal of a whole transaction."""
    codes = ", ".join(reason["Code"] for reason in reasons)
    return errors.TransactionCanceledException(
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
        CancellationReasons=list(reasons),
    )


def is_repeated(context: RequestContext[DynamoDbStore], token: str | None, request: Sequence[Any]) -> bool:
    """Whether a transaction was committed under this token before. Raises IdempotentParameterMismatchException where
    that was another one."""
    if token is None:
        return False
    remembered = context.store.transactions.get(token)
    if remembered is None or context.time() - remembered.committed_at > _TOKEN_SECONDS:
        return False
    if remembered.request_digest != _digest(request):
        raise errors.IdempotentParameterMismatchException(
            "An idempotent request was received with the same client request token but different parameters"
        )
    return True


def remember(context: RequestContext[DynamoDbStore], token: str | None, request: Sequence[Any]) -> None:
    """Keep a token for the ten minutes that it is good for."""
    if token is None:
        return
    transactions, now = context.store.transactions, context.time()
    transactions.pop(token, None)
    for old in list(transactions):  # oldest first
        if now - transactions[old].committed_at <= _TOKEN_SECONDS:
            break
        del transactions[old]
    transactions[token] = RememberedTransaction(_digest(request), now)


def _settle(action: Action) -> tuple[dict[str, Any], Change | None]:
    if action.problem is not None:
        return _reason(action.problem), None
    if action.condition is not None and not action.condition.matches(action.old):
        reason = {"Code": action.refusal[0], "Message": action.refusal[1]}
        if action.show_old and action.old is not None:
            return {**reason, "Item": action.old}, None
        return reason, None
    try:
        return {"Code": "None"}, action.change()
    except ServiceException as error:
        # AWS: an update that does not fit its item cancels the transaction.
        return _reason(error.message), None


def _reason(problem: str | None) -> dict[str, Any]:
    return {"Code": "None"} if problem is None else {"Code": "ValidationError", "Message": problem}


def _refuse_repeated(places: Sequence[tuple[Table, Key]]) -> None:
    if len({(table.arn, key) for table, key in places}) < len(places):
        raise ValidationException(_SAME_ITEM)


def _action(context: RequestContext[Any], entry: Mapping[str, Any]) -> Action:
    kinds = [kind for kind in _ACTIONS if entry.get(kind) is not None]
    if len(kinds) != 1:
        raise ValidationException("TransactItems can only contain one of Check, Put, Update or Delete")
    kind = kinds[0]
    members = entry[kind]
    names, values = members.get("ExpressionAttributeNames"), members.get("ExpressionAttributeValues")
    conditional = (members.get("ConditionExpression"), names, values)
    update = None
    if kind == "Update":
        check_update_parameters(members["UpdateExpression"], *conditional)
        given = check_item(members["Key"])
        update, condition = update_expressions(members["UpdateExpression"], *conditional)
    else:
        check_condition_parameters(*conditional)
        given = check_item(members["Item"] if kind == "Put" else members["Key"])
        if kind == "Put":
            check_size(given)
        condition = condition_expressions(*conditional)
    action_name = "ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item"
    table = find_table(context, members["TableName"], action_name, members)
    show_old = members.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    action = Action(table, members["TableName"], (), condition, None, given, kind, update, show_old)
    try:
        if kind == "Put":
            check_put(table, given)
        else:
            check_key(table.schema, given)
        if update is not None:
            update.check_keys(table.schema.names)
    except EmptyKeyError:
        raise
    except ValidationException as error:
        # AWS: what does not fit its table cancels the transaction; what is wrong in itself is refused before.
        action.problem = error.message
        return action
    action.key = table.schema.key_of(given)
    action.old = table.find(action.key)
    return action


@attrs.define
class _Get:
    """One read of a transaction."""

    table: Table
    named: str
    key: Key
    projection: Projection | None
    problem: str | None = None


def _get(context: RequestContext[Any], members: Mapping[str, Any]) -> _Get:
    expressions = (members.get("ProjectionExpression"), members.get("ExpressionAttributeNames"), None)
    check_read_parameters(*expressions)
    key = check_item(members["Key"])
    projection = item_read_expressions(*expressions)
    table = find_table(context, members["TableName"], "GetItem", members)
    get = _Get(table, members["TableName"], (), projection)
    try:
        check_key(table.schema, key)
    except EmptyKeyError:
        raise
    except ValidationException as error:
        get.problem = error.message
        return get
    get.key = table.schema.key_of(key)
    return get


def repeated_capacity(actions: Sequence[Action], return_consumed_capacity: str) -> dict[str, Any]:
    """AWS: a repeated transaction reads its items, and is answered with what that takes (API reference)."""
    capacities: dict[str, Capacity] = {}
    for action in actions:
        capacity = capacities.setdefault(action.named, Capacity(action.table, action.named))
        size = item_bytes(action.old) if action.old is not None else 0
        capacity.add(read_units(size, transactional=True))
    return {"ConsumedCapacity": describe_all(capacities.values(), return_consumed_capacity, "ReadCapacityUnits")}


def _digest(request: Sequence[Any]) -> str:
    # AWS: the order of members does not count (reported by users who compared).
    text = json.dumps(request, sort_keys=True, default=lambda value: bytes(value).hex())
    return hashlib.sha256(text.encode()).hexdigest()
