"""A table's changes as records of its Kinesis data streams.

Owns what such a record looks like. It is put through Kinesis's own API, so it arrives where that service is simulated.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from awsim.aws.dynamodb_items import Item, write_item
from awsim.services.dynamodb.attribute_values import same_items
from awsim.services.dynamodb.item_size import item_bytes
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.table_states import place

if TYPE_CHECKING:
    from awsim.context import RequestContext


def send_to_kinesis(
    context: RequestContext[Any], table: Table, old: Item | None, new: Item | None, *, by_service: bool = False
) -> None:
    """Put a change into each active destination, once the write is done. A write that changes nothing is none."""
    if same_items(old, new):
        return
    for destination in table.kinesis_destinations:
        state = context.transitional_state(destination_place(table, destination.stream_arn))
        if destination.status == "ACTIVE" and state != "ENABLING":
            data = _record(context, table, old, new, destination.precision, by_service=by_service)
            context.schedule(0, "put_kinesis_record", stream_arn=destination.stream_arn, data=data)


def destination_place(table: Table, stream_arn: str) -> str:
    """What a table's destination is called among what is under way."""
    return place(table, "kinesis", stream_arn)


def put_record(context: RequestContext[Any], stream_arn: str, data: str) -> None:
    """Put one record into a data stream."""
    keys = json.dumps(json.loads(data)["dynamodb"]["Keys"], sort_keys=True)
    client = context.client("kinesis", region=stream_arn.split(":")[3])
    # AWS: changes of one item go to one shard; how it makes the key is not told.
    partition_key = hashlib.sha256(keys.encode()).hexdigest()[:32].upper()
    client.put_record(StreamARN=stream_arn, Data=data.encode(), PartitionKey=partition_key)


def _record(
    context: RequestContext[Any],
    table: Table,
    old: Item | None,
    new: Item | None,
    precision: str | None,
    *,
    by_service: bool,
) -> str:
    keys = table.schema.extract(new if new is not None else old or {})
    images = [image for image in (old, new) if image is not None]
    change: dict[str, Any] = {
        "ApproximateCreationDateTime": _moment(context.time(), precision),
        "Keys": json.loads(write_item(keys)),
        "SizeBytes": item_bytes(keys) + sum(map(item_bytes, images)),
    }
    if precision == "MICROSECOND":
        change["ApproximateCreationDateTimePrecision"] = precision
    if new is not None:
        change["NewImage"] = json.loads(write_item(new))
    if old is not None:
        change["OldImage"] = json.loads(write_item(old))
    return json.dumps(
        {
            "awsRegion": table.region,
            "eventID": context.new_uuid(),
            "eventName": "INSERT" if old is None else "REMOVE" if new is None else "MODIFY",
            # AWS: so that who reads them can tell deletions by time to live from others.
            "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"} if by_service else None,
            "recordFormat": "application/json",
            "tableName": table.name,
            "dynamodb": change,
            "eventSource": "aws:dynamodb",
        }
    )


def _moment(now: float, precision: str | None) -> int:
    return int(now * (1_000_000 if precision == "MICROSECOND" else 1_000))
