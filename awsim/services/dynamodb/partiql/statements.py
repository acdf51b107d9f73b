"""PartiQL statements as plain trees, for whoever executes them."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from awsim.services.dynamodb.attribute_values import Item
from awsim.services.dynamodb.expressions.conditions import Condition
from awsim.services.dynamodb.expressions.projections import Projection
from awsim.services.dynamodb.expressions.updates import Update


@attrs.frozen
class Select:
    """SELECT. ``projection`` is None for ``*``; ``order_by`` has attributes and whether they descend."""

    table_name: str
    index_name: str | None
    projection: Projection | None
    where: Condition | None
    order_by: tuple[tuple[str, bool], ...] = ()


@attrs.frozen
class Insert:
    """INSERT of an item, whose values have been checked and normalised."""

    table_name: str
    item: Item


@attrs.frozen
class UpdateStatement:
    """UPDATE. ``returning`` is ALL OLD, MODIFIED OLD, ALL NEW, MODIFIED NEW or None."""

    table_name: str
    update: Update
    where: Condition | None
    returning: str | None = None


@attrs.frozen
class Delete:
    """DELETE. ``returning`` is ALL OLD or None."""

    table_name: str
    where: Condition | None
    returning: str | None = None


@attrs.frozen
class Exists:
    """EXISTS(SELECT …): the condition check of a transaction."""

    select: Select


Statement: TypeAlias = Select | Insert | UpdateStatement | Delete | Exists
