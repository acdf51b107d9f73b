"""Deleting at once what has expired: ``DELETE /_aws/dynamodb/expired``, as LocalStack's users know it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.context import RequestContext
from awsim.services.dynamodb.expirations import expiry_of
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.writing import Change, apply_change
from awsim.services.plugins import DeveloperEndpoint

if TYPE_CHECKING:
    from awsim.services.dynamodb.table import Table


def _delete_expired(context: RequestContext[DynamoDbStore], variables: Mapping[str, str]) -> dict[str, Any]:
    """Of all tables of all accounts and regions; also what would be kept for its days of grace."""
    cloud = context.cloud
    cloud.touch_all()
    count = 0
    for (store_class, account_id, region), store in list(cloud.stores.items()):
        if store_class is DynamoDbStore and isinstance(store, DynamoDbStore):
            where = _context_in(context, account_id, region)
            count += sum(_sweep(where, table) for table in list(store.tables.values()))
    return {"ExpiredItems": count}


def _context_in(context: RequestContext[DynamoDbStore], account_id: str, region: str) -> RequestContext[DynamoDbStore]:
    where: RequestContext[DynamoDbStore] = RequestContext(context.cloud, in_process=True)
    where.service_name, where.service = context.service_name, context.service
    where.store_class = DynamoDbStore
    where.account_id, where.region = account_id, region
    return where


def _sweep(context: RequestContext[DynamoDbStore], table: Table) -> int:
    lives = table.time_to_live
    if lives is None:
        return 0
    now, count = context.time(), 0
    for entry, _ in list(lives.expirations.ascending()):
        key = entry[1:]
        item = table.find(key)
        expiry = expiry_of(lives, item)
        if item is not None and expiry is not None and expiry <= now:
            apply_change(context, Change(table, key, item, None), by_service=True)
            count += 1
    return count


ENDPOINTS = (DeveloperEndpoint(("DELETE",), "/expired", _delete_expired, DynamoDbStore),)
