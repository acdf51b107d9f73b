"""Which table a caller means: by name or by ARN, of this account or of another.

Owns the refusal of names that are none and of tables that do not exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.errors import service_errors
from awsim.services.dynamodb.access import authorize, authorize_unknown
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.secondary_index import SecondaryIndex
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.table_states import check_readable, check_usable

if TYPE_CHECKING:
    from awsim.context import RequestContext

errors = service_errors("dynamodb")

_NAME = re.compile(r"[a-zA-Z0-9_.-]+")
_LENGTH_MIN = 3
_LENGTH_MAX = 255


def check_named(context: RequestContext[DynamoDbStore], *names: str) -> None:
    """Refuse what can name no table. AWS: before it looks at anything else of the request."""
    tables = context.store.tables
    for name in names:
        if name not in tables:
            table_name(name)


def find_table(
    context: RequestContext[DynamoDbStore],
    name_or_arn: str,
    action: str = "",
    members: Mapping[str, Any] | None = None,
    index_name: str | None = None,
) -> Table:
    """The table that items are read from or written to. ``action``, ``members`` and ``index_name`` say what is done to
    it, see ``access.authorize``. Raises ValidationException, ResourceNotFoundException, AccessDeniedException."""
    table = context.store.tables.get(name_or_arn)
    if table is None:
        table = look_up(context, name_or_arn, action, members, index_name)
    elif table.policies:
        authorize(context, table, action, members, index_name)
    if table is None:
        raise errors.ResourceNotFoundException("Requested resource not found")
    if context.cloud.known_transitions is not None:
        check_usable(context, table)
    return table


def find_table_by_name(context: RequestContext[DynamoDbStore], name_or_arn: str) -> Table:
    """The table that is itself asked about or changed; the refusal names it."""
    table = context.store.tables.get(name_or_arn)
    if table is None:
        table = look_up(context, name_or_arn)
    elif table.policies:
        authorize(context, table)
    if table is None:
        name = table_name(name_or_arn)
        raise errors.ResourceNotFoundException(f"Requested resource not found: Table: {name} not found")
    return table


def find_index(context: RequestContext[DynamoDbStore], table: Table, name: str) -> SecondaryIndex:
    """An index of a table, to be read. Raises ValidationException."""
    index = table.indexes.get(name)
    if index is None:
        raise ValidationException(f"The table does not have the specified index: {name}")
    if context.cloud.known_transitions is not None:
        check_readable(context, table, index)
    return index


def table_name(name_or_arn: str) -> str:
    """The name in what a caller gave as a table. Raises ValidationException for what can name none."""
    if name_or_arn.startswith("arn:"):
        resource = name_or_arn.split(":", 5)[-1]
        kind, _, name = resource.partition("/")
        if kind != "table" or not name:
            raise ValidationException(f"Invalid TableArn: {name_or_arn}")
        return name
    _check_constraints(name_or_arn)
    return name_or_arn


def check_table_name(name: str) -> None:
    """Refuse a name that no table can have, in the words of CreateTable."""
    if not _LENGTH_MIN <= len(name) <= _LENGTH_MAX:
        raise ValidationException(
            f"TableName must be at least {_LENGTH_MIN} characters long and at most {_LENGTH_MAX} characters long"
        )
    _check_constraints(name)


def same_table(context: RequestContext[DynamoDbStore], name: str, table_id: str) -> Table | None:
    """The table that later work was planned for; None if it is gone, even where another has its name now."""
    table = context.store.tables.get(name)
    return table if table is not None and table.table_id == table_id else None


def new_table_name(context: RequestContext[Any], name_or_arn: str) -> str:
    """The name of a table that is to be made. AWS: it may be given as the ARN that the table will have (API reference
    of CreateTable). Raises ValidationException."""
    name = name_or_arn.removeprefix(context.arn("table/"))
    check_table_name(name)
    return name


def _check_constraints(name: str) -> None:
    """Refuse a name as a model's constraints would; the model's own are those of ARNs, which are wider."""
    broken = []
    if not _NAME.fullmatch(name):
        broken.append(f"Member must satisfy regular expression pattern: {_NAME.pattern}")
    if len(name) < _LENGTH_MIN:
        broken.append(f"Member must have length greater than or equal to {_LENGTH_MIN}")
    if len(name) > _LENGTH_MAX:
        broken.append(f"Member must have length less than or equal to {_LENGTH_MAX}")
    if broken:
        failures = "; ".join(f"Value '{name}' at 'tableName' failed to satisfy constraint: {one}" for one in broken)
        plural = "s" if len(broken) > 1 else ""
        raise ValidationException(f"{len(broken)} validation error{plural} detected: {failures}")


def look_up(
    context: RequestContext[DynamoDbStore],
    name_or_arn: str,
    action: str = "",
    members: Mapping[str, Any] | None = None,
    index_name: str | None = None,
) -> Table | None:
    """The table of an ARN, for a caller who may do what is asked; None for a name. Raises AccessDeniedException."""
    name = table_name(name_or_arn)
    if name == name_or_arn:
        return None
    parts = name_or_arn.split(":")
    table = context.store_for(account_id=parts[4], region=parts[3]).tables.get(name)
    if table is not None:
        if table.policies or parts[4] != context.account_id:
            authorize(context, table, action, members, index_name)
    elif parts[4] != context.account_id:
        authorize_unknown(context, name_or_arn)
    return table
