"""The states through which tables, indexes and replicas pass, where a test has asked for them: CREATING, UPDATING,
DELETING.

Owns what can be done with them in each, and how DescribeTable shows it. How long they last is the Cloud's business
(``aws.transitions``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awsim.errors import service_errors
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.secondary_index import SecondaryIndex
from awsim.services.dynamodb.table import Table

if TYPE_CHECKING:
    from awsim.context import RequestContext

errors = service_errors("dynamodb")

_DOING = {"CREATING": "created", "UPDATING": "updated", "DELETING": "deleted"}


def place(table: Table, *parts: str) -> str:
    """What a part of a table is called among what is under way: ``place(table, "index", "by-artist")``. Another table
    of the same name has other places."""
    return "/".join((table.arn, table.table_id, *parts))


def state_of(context: RequestContext[DynamoDbStore], table: Table, *, look: bool = False) -> str:
    """The TableStatus. ``look`` for the call that shows it."""
    return context.transitional_state(table.arn, look=look) or "ACTIVE"


def check_usable(context: RequestContext[DynamoDbStore], table: Table) -> None:
    """Refuse items of a table that is not there yet or no more. AWS: one that is updated can be read and written."""
    if context.transitional_state(table.arn) in ("CREATING", "DELETING"):
        raise errors.ResourceNotFoundException("Requested resource not found")


def check_unprotected(table: Table) -> None:
    """Refuse to delete a table that is protected against that. AWS: each replica has a protection of its own."""
    if table.deletion_protected:
        raise ValidationException(
            "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection "
            "first."
        )


def check_settled(context: RequestContext[DynamoDbStore], table: Table) -> None:
    """Refuse changes to a table that is under way."""
    state = context.transitional_state(table.arn)
    if state is not None:
        raise errors.ResourceInUseException(
            f"Attempt to change a resource which is still in use: Table is being {_DOING[state]}: {table.name}"
        )


def check_index_settled(context: RequestContext[DynamoDbStore], table: Table, name: str) -> None:
    """Refuse changes to an index that is under way."""
    # Deviation: worded after what AWS says of tables.
    state = context.transitional_state(place(table, "index", name))
    if state is not None:
        raise errors.ResourceInUseException(
            f"Attempt to change a resource which is still in use: Index is being {_DOING[state]}: {name}"
        )


def check_one_index_at_a_time(context: RequestContext[DynamoDbStore], table: Table, deleting: str | None) -> None:
    """Refuse to make or drop an index while another is made or dropped. ``deleting`` names one that is to go: AWS
    takes one back that it is still making."""
    for name in (*table.indexes, *table.vector_indexes):
        state = context.transitional_state(place(table, "index", name))
        if state == "DELETING" or (state == "CREATING" and name != deleting):
            raise errors.LimitExceededException(
                "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table"
            )


def check_readable(context: RequestContext[DynamoDbStore], table: Table, index: SecondaryIndex) -> None:
    """Refuse to read an index that has not all items yet, or that is going."""
    state = context.transitional_state(place(table, "index", index.name))
    if state == "CREATING":
        raise ValidationException(f"Cannot read from backfilling global secondary index: {index.name}")
    if state == "DELETING":
        raise ValidationException(f"The table does not have the specified index: {index.name}")


def show_states(context: RequestContext[DynamoDbStore], table: Table, described: dict[str, Any]) -> None:
    """Show the states of a table's indexes and replicas in its description, for the call that looks at them."""
    if context.cloud.known_transitions is None:
        return
    for shown in described["GlobalSecondaryIndexes"] or ():
        state = context.transitional_state(place(table, "index", shown["IndexName"]), look=True)
        if state is not None:
            shown["IndexStatus"] = state
        if state == "CREATING":
            shown["Backfilling"] = True
    for shown in described["VectorIndexes"] or ():
        state = context.transitional_state(place(table, "index", shown["IndexName"]), look=True)
        shown["IndexStatus"] = state or shown["IndexStatus"]
    for shown in described["Replicas"] or ():
        state = context.transitional_state(place(table, "replica", shown["RegionName"]), look=True)
        shown["ReplicaStatus"] = state or shown["ReplicaStatus"]
    summary = described["RestoreSummary"]
    if summary is not None and described["TableStatus"] == "CREATING":
        described["RestoreSummary"] = {**summary, "RestoreInProgress": True}
