"""The states through which a table passes, where a test has asked for them: CREATING, UPDATING, DELETING.

Owns what can be done with a table in each. How long they last is the Cloud's business (``aws.transitions``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awsim.errors import service_errors
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.table import Table

if TYPE_CHECKING:
    from awsim.context import RequestContext

errors = service_errors("dynamodb")

_DOING = {"CREATING": "created", "UPDATING": "updated", "DELETING": "deleted"}


def state_of(context: RequestContext[DynamoDbStore], table: Table, *, look: bool = False) -> str:
    """The TableStatus. ``look`` for the call that shows it."""
    return context.transitional_state(table.arn, look=look) or "ACTIVE"


def check_usable(context: RequestContext[DynamoDbStore], table: Table) -> None:
    """Refuse items of a table that is not there yet or no more. AWS: one that is updated can be read and written."""
    if context.transitional_state(table.arn) in ("CREATING", "DELETING"):
        raise errors.ResourceNotFoundException("Requested resource not found")


def check_settled(context: RequestContext[DynamoDbStore], table: Table) -> None:
    """Refuse changes to a table that is under way."""
    state = context.transitional_state(table.arn)
    if state is not None:
        raise errors.ResourceInUseException(
            f"Attempt to change a resource which is still in use: Table is being {_DOING[state]}: {table.name}"
        )
