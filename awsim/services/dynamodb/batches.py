"""BatchGetItem and BatchWriteItem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.addressing import check_named, find_table
from awsim.services.dynamodb.attribute_values import check_item
from awsim.services.dynamodb.capacity import Capacity, describe_all
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.item_collections import item_collection_metrics
from awsim.services.dynamodb.item_size import read_units
from awsim.services.dynamodb.keys import check_key
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.ordered_map import Key
from awsim.services.dynamodb.request_expressions import check_read_parameters, item_read_expressions
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.throttling import leaves_read, leaves_write
from awsim.services.dynamodb.writing import Change, apply_change, check_put, check_size
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

_GETS_MAX = 100
_WRITES_MAX = 25
#: AWS: a batch of reads ends before the item that takes it past this; the keys left are answered as unprocessed.
_GET_BYTES_MAX = 16 << 20

_DUPLICATES = "Provided list of item keys contains duplicates"


@aws_provider(api="dynamodb")
class Batches(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore

    def batch_get_item(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        request_items: Mapping[str, Mapping[str, Any]],
        return_consumed_capacity: str = "NONE",
    ) -> dict[str, Any]:
        check_named(context, *request_items)
        if sum(len(request["Keys"]) for request in request_items.values()) > _GETS_MAX:
            raise ValidationException("Too many items requested for the BatchGetItem call")
        gets = [_TableGets(context, named, request) for named, request in request_items.items()]
        _refuse_duplicates([(get.table, key) for get in gets for key in get.keys])
        answered: dict[str, Any] = {}
        unprocessed: dict[str, Any] = {}
        room = _GET_BYTES_MAX
        for get in gets:
            room, left = get.read(context, room)
            answered[get.named] = get.items
            if left:
                unprocessed[get.named] = {**get.request, "Keys": left}
        return {
            "Responses": answered,
            "UnprocessedKeys": unprocessed,
            "ConsumedCapacity": describe_all([get.capacity for get in gets], return_consumed_capacity),
        }

    def batch_write_item(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        request_items: Mapping[str, Sequence[Mapping[str, Any]]],
        return_consumed_capacity: str = "NONE",
        return_item_collection_metrics: str = "NONE",
    ) -> dict[str, Any]:
        check_named(context, *request_items)
        if sum(map(len, request_items.values())) > _WRITES_MAX:
            raise ValidationException("Too many items requested for the BatchWriteItem call")
        changes: dict[str, list[Change]] = {}
        for named, requests in request_items.items():
            table = find_table(context, named, members={"Requests": requests})
            changes[named] = [_change(table, request) for request in requests]
        _refuse_duplicates([(change.table, change.key) for some in changes.values() for change in some])
        capacities = []
        metrics: dict[str, list[Any]] = {}
        unprocessed: dict[str, list[Any]] = {}
        for named, some in changes.items():
            capacity = Capacity(some[0].table, named)
            capacities.append(capacity)
            for request, change in zip(request_items[named], some, strict=True):
                if leaves_write(context):
                    unprocessed.setdefault(named, []).append(request)
                    continue
                change.old = change.table.find(change.key)
                capacity.add(*apply_change(context, change))
                if return_item_collection_metrics == "SIZE":
                    metric = item_collection_metrics(change)
                    if metric is not None:
                        metrics.setdefault(named, []).append(metric)
        return {
            "UnprocessedItems": unprocessed,
            "ItemCollectionMetrics": metrics or None,
            "ConsumedCapacity": describe_all(capacities, return_consumed_capacity),
        }


class _TableGets:
    """The reads of one table in a batch."""

    def __init__(self, context: RequestContext[Any], named: str, request: Mapping[str, Any]) -> None:
        self.named = named
        self.request = request
        expressions = (
            request.get("ProjectionExpression"),
            request.get("ExpressionAttributeNames"),
            request.get("AttributesToGet"),
        )
        check_read_parameters(*expressions)
        given = [check_item(key) for key in request["Keys"]]
        self.projection = item_read_expressions(*expressions)
        self.table = find_table(context, named, members=request)
        for key in given:
            check_key(self.table.schema, key)
        self.keys = [self.table.schema.key_of(key) for key in given]
        self.capacity = Capacity(self.table, named)
        self.items: list[Any] = []

    def read(self, context: RequestContext[Any], room: int) -> tuple[int, list[Any]]:
        """Read as long as there is room; returns what room is left and the keys that were not read."""
        consistent = bool(self.request.get("ConsistentRead"))
        left: list[Any] = []
        for index, key in enumerate(self.keys):
            stored = self.table.items.get(key)
            size = stored.size if stored is not None else 0
            if size > room:
                return 0, [*left, *self.request["Keys"][index:]]
            if leaves_read(context):
                left.append(self.request["Keys"][index])
                continue
            room -= size
            self.capacity.add(read_units(size, consistent=consistent))
            if stored is not None:
                item = stored.read()
                self.items.append(item if self.projection is None else self.projection.apply(item))
        return room, left


def _change(table: Table, request: Mapping[str, Any]) -> Change:
    asked = [name for name in ("PutRequest", "DeleteRequest") if request.get(name) is not None]
    if len(asked) != 1:
        raise ValidationException(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
            "datatypes"
            if asked
            else "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
        )
    if asked[0] == "PutRequest":
        item = check_item(request["PutRequest"]["Item"])
        check_size(item)
        # AWS: says of a put's keys what it says of a deletion's (recorded), unlike PutItem.
        if not table.schema.fits(item):
            raise ValidationException("The provided key element does not match the schema")
        check_put(table, item)
        return Change(table, table.schema.key_of(item), None, item)
    key = check_item(request["DeleteRequest"]["Key"])
    check_key(table.schema, key)
    return Change(table, table.schema.key_of(key), None, None, key_item=key)


def _refuse_duplicates(places: list[tuple[Table, Key]]) -> None:
    if len({(table.arn, key) for table, key in places}) < len(places):
        raise ValidationException(_DUPLICATES)
