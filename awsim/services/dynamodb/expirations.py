"""When items expire: the plan that follows each write of a table with time to live.

Owns the order of expiries and the sweep that is scheduled next. The deletions themselves are ``time_to_live``'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awsim.aws.dynamodb_items import Item
from awsim.services.dynamodb.ordered_map import Key
from awsim.services.dynamodb.table import Table, TimeToLive

if TYPE_CHECKING:
    from awsim.context import RequestContext

_GRACE_SECONDS = 48 * 3600.0
#: How much later a replica would delete what the region deletes that wrote it. AWS: one region deletes an item of a
#: global table, and only that one's stream shows the deletion as the service's.
_REPLICA_SECONDS = 1.0
#: AWS: what expired more than five years ago is taken for a mistake and never deleted.
_OLDEST_SECONDS = 5 * 365 * 86_400.0


def expect_expiry(
    context: RequestContext[Any],
    table: Table,
    key: Key,
    old: Item | None,
    new: Item | None,
    *,
    is_replicated: bool = False,
) -> None:
    """Follow a write: plan the deletion of an item that names its time. ``old`` and ``new`` as it was and is."""
    lives = table.time_to_live
    if lives is None:
        return
    before = expiry_of(lives, old)
    if before is not None:
        lives.expirations.remove((before, *key))
        lives.expirations.remove((before + _REPLICA_SECONDS, *key))
    expiry = expiry_of(lives, new)
    now = context.time()
    if expiry is None or expiry < now - _OLDEST_SECONDS:
        return
    due = expiry if expiry > now else now + _GRACE_SECONDS
    if is_replicated:
        due += _REPLICA_SECONDS
    lives.expirations.set((due, *key), True)
    plan_sweep(context, table, lives, due)


def due_entries(lives: TimeToLive, now: float) -> list[Key]:
    """The entries whose time has come, in order."""
    due = []
    for entry in lives.expirations.ascending():
        if entry[0][0] > now:
            break
        due.append(entry[0])
    return due


def plan_sweep(context: RequestContext[Any], table: Table, lives: TimeToLive, due: float) -> None:
    """Have the table swept at a moment, unless that is planned for earlier."""
    if lives.sweep_at is None or due < lives.sweep_at:
        lives.sweep_at = due
        context.schedule(due - context.time(), "expire_items", table_arn=table.arn)


def expiry_of(lives: TimeToLive, item: Item | None) -> float | None:
    """The time that an item names, in epoch seconds."""
    value = item.get(lives.attribute_name) if item is not None else None
    return float(value["N"]) if value is not None and "N" in value else None
