"""Time to live: UpdateTimeToLive, DescribeTimeToLive, and the deletion of items whose time has come."""

# Deviation: AWS deletes within a few days of the expiry. Here an item goes at the moment that it names, as the Cloud's
# clock reaches it; one that was already past it when it was written stays for the 48 hours that AWS names as typical.

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.addressing import find_table_by_name, same_table
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.expirations import due_entries, expect_expiry, expiry_of, plan_sweep
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.replication import replicas_of
from awsim.services.dynamodb.table import Table, TimeToLive
from awsim.services.dynamodb.table_states import place
from awsim.services.dynamodb.writing import Change, apply_change
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

_INTERVAL_SECONDS = 3600


@aws_provider(api="dynamodb")
class TimeToLives(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore
    transitions = ("time-to-live",)

    def update_time_to_live(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_name: str,
        time_to_live_specification: Mapping[str, Any],
    ) -> dict[str, Any]:
        table = find_table_by_name(context, table_name)
        enabled = time_to_live_specification["Enabled"]
        name = time_to_live_specification["AttributeName"]
        present, now = table.time_to_live, context.time()
        if context.transitional_state(_place(table)) is not None:
            raise _too_often()
        if present is None:
            if not enabled:
                raise ValidationException("TimeToLive is already disabled")
            _check_interval(table, now)
            for one in (table, *replicas_of(context, table)):
                one.time_to_live, one.time_to_live_changed_at = TimeToLive(name), now
                for key, stored in one.items.ascending():
                    expect_expiry(context, one, key, None, stored.read(), is_replicated=one is not table)
            context.begin_transition("time-to-live", _place(table), "ENABLING", "finish_enabling", table_arn=table.arn)
        else:
            if present.attribute_name != name:
                raise ValidationException(
                    f"TimeToLive is active on a different AttributeName: current AttributeName is "
                    f"{present.attribute_name}"
                )
            if enabled:
                raise ValidationException("TimeToLive is already enabled")
            _check_interval(table, now)
            for one in (table, *replicas_of(context, table)):
                one.time_to_live_changed_at = now
            names = {"table_name": table.name, "table_id": table.table_id}
            if not context.begin_transition("time-to-live", _place(table), "DISABLING", "finish_disabling", **names):
                _disable(context, table)
        return {"TimeToLiveSpecification": {"Enabled": enabled, "AttributeName": name}}

    def describe_time_to_live(self, context: RequestContext[DynamoDbStore], *, table_name: str) -> dict[str, Any]:
        table = find_table_by_name(context, table_name)
        state = context.transitional_state(_place(table), look=True)
        present = table.time_to_live
        if present is None:
            return {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}
        return {
            "TimeToLiveDescription": {"TimeToLiveStatus": state or "ENABLED", "AttributeName": present.attribute_name}
        }

    def expire_items(self, context: RequestContext[DynamoDbStore], *, table_arn: str) -> None:
        region, account_id, resource = table_arn.split(":")[3:6]
        store = context.store_for(account_id=account_id, region=region)
        table = store.tables.get(resource.removeprefix("table/"))
        if table is None or table.time_to_live is None:
            return
        # What expires before time to live is in force waits for that.
        if context.transitional_state(_place(table)) != "ENABLING":
            _sweep(context, table, table.time_to_live)

    def finish_enabling(self, context: RequestContext[DynamoDbStore], *, table_arn: str) -> None:
        """Delete what has expired while time to live was ENABLING."""
        self.expire_items(context, table_arn=table_arn)

    def finish_disabling(self, context: RequestContext[DynamoDbStore], *, table_name: str, table_id: str) -> None:
        """End time to live whose time in the state DISABLING is over."""
        table = same_table(context, table_name, table_id)
        if table is not None:
            _disable(context, table)


def _place(table: Table) -> str:
    return place(table, "time-to-live")


def _disable(context: RequestContext[DynamoDbStore], table: Table) -> None:
    for one in (table, *replicas_of(context, table)):
        one.time_to_live = None


def _check_interval(table: Table, now: float) -> None:
    # AWS: a change takes up to an hour, in which there is no other (API reference of UpdateTimeToLive).
    changed_at = table.time_to_live_changed_at
    if changed_at is not None and now - changed_at < _INTERVAL_SECONDS:
        raise _too_often()


def _too_often() -> Exception:
    return ValidationException("Time to live has been modified multiple times within a fixed interval")


def _sweep(context: RequestContext[Any], table: Table, lives: TimeToLive) -> None:
    """Delete the items whose time has come."""
    now = context.time()
    for entry in due_entries(lives, now):
        lives.expirations.remove(entry)
        key = entry[1:]
        item = table.find(key)
        expiry = expiry_of(lives, item)
        # An entry may have outlived the write that made it.
        if item is not None and expiry is not None and expiry <= now:
            apply_change(context, Change(table, key, item, None), by_service=True)
    lives.sweep_at = None
    for entry, _ in lives.expirations.ascending():
        plan_sweep(context, table, lives, entry[0])
        break
