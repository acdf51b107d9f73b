"""PartiQL's INSERT, UPDATE, DELETE and EXISTS as the actions that transactions are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from awsim.aws.dynamodb_items import Item
from awsim.services.dynamodb.access import STATEMENT
from awsim.services.dynamodb.addressing import find_table
from awsim.services.dynamodb.expressions import Condition
from awsim.services.dynamodb.keys import check_key
from awsim.services.dynamodb.partiql import Delete, Exists, Insert, UpdateStatement, primary_key
from awsim.services.dynamodb.transactions import Action
from awsim.services.dynamodb.writing import check_put, check_size

if TYPE_CHECKING:
    from awsim.context import RequestContext

#: What a statement needs permission for, besides inserting.
_ACTIONS = {UpdateStatement: "PartiQLUpdate", Delete: "PartiQLDelete", Exists: "PartiQLSelect"}
DUPLICATE = ("DuplicateItem", "Duplicate primary key exists in table")


class NotThere:
    """What INSERT asks: that there is no such item."""

    def matches(self, item: Item | None) -> bool:
        return item is None


@attrs.frozen
class IfThere:
    """What DELETE asks of an item that is there. AWS: deleting what is not there is no error."""

    condition: Condition | None

    def matches(self, item: Item | None) -> bool:
        return item is None or self.condition is None or self.condition.matches(item)


def write_action(
    context: RequestContext[Any], statement: Insert | UpdateStatement | Delete | Exists, *, show_old: bool = False
) -> Action:
    """The action that a statement stands for. Raises ValidationException, ResourceNotFoundException."""
    if isinstance(statement, Insert):
        check_size(statement.item)
        table = find_table(context, statement.table_name, "PartiQLInsert", {"Item": statement.item})
        check_put(table, statement.item)
        key = table.schema.key_of(statement.item)
        old = table.find(key)
        return Action(
            table, statement.table_name, key, NotThere(), old, statement.item, "Put", None, show_old, DUPLICATE
        )
    selected = statement.select if isinstance(statement, Exists) else statement
    table = find_table(context, selected.table_name, _ACTIONS[type(statement)], {STATEMENT: selected})
    given = primary_key(selected.where, table.schema.names)
    check_key(table.schema, given)
    key = table.schema.key_of(given)
    old = table.find(key)
    if isinstance(statement, UpdateStatement):
        statement.update.check_keys(table.schema.names)
        # Its keys are in the clause, so an item that is not there does not meet it.
        return Action(
            table,
            selected.table_name,
            key,
            selected.where,
            old,
            given,
            "Update",
            statement.update,
            show_old,
        )
    if isinstance(statement, Delete):
        return Action(table, selected.table_name, key, IfThere(selected.where), old, given, "Delete", None, show_old)
    return Action(table, selected.table_name, key, selected.where, old, given, "ConditionCheck", None, show_old)
