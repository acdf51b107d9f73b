"""The streams that tables write: enabling, disabling, and a record for each change.

Owns what a record of a change looks like. The records are kept in the store that dynamodbstreams reads.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from awsim.aws.dynamodb_items import Item, write_item
from awsim.aws.dynamodb_streams import RETENTION_SECONDS, DynamoDbStreamStore, Stream, StreamRecord
from awsim.services.dynamodb.attribute_values import same_items
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.item_size import item_bytes
from awsim.services.dynamodb.table import Table
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="dynamodb")
class StreamExpiry(ServiceProvider[DynamoDbStreamStore]):
    """AWS: a disabled stream can be read for another day, then it is gone (Developer Guide, "Streams")."""

    service = "dynamodb"
    store = DynamoDbStreamStore
    transitions = ("stream",)

    def forget_stream(self, context: RequestContext[DynamoDbStreamStore], *, stream_arn: str) -> None:
        region, account_id = stream_arn.split(":")[3:5]
        context.store_for(account_id=account_id, region=region).streams.pop(stream_arn, None)


def check_stream_specification(specification: dict[str, Any]) -> None:
    """Refuse a StreamSpecification that contradicts itself."""
    enabled, view_type = specification["StreamEnabled"], specification.get("StreamViewType")
    if enabled and view_type is None:
        raise ValidationException(
            "One or more parameter values were invalid: StreamViewType must be specified when StreamEnabled is true"
        )
    if not enabled and view_type is not None:
        raise ValidationException(
            "One or more parameter values were invalid: StreamViewType may not be specified when StreamEnabled is false"
        )


def enable_stream(context: RequestContext[Any], table: Table, view_type: str) -> None:
    """Give a table a new stream."""
    now = context.time()
    streams = _streams(context, table)
    label = _label(now)
    while f"{table.arn}/stream/{label}" in streams:  # two streams of one table within a millisecond
        now += 0.001
        label = _label(now)
    arn = f"{table.arn}/stream/{label}"
    shard_id = f"shardId-{int(now * 1000):020d}-{context.random.getrandbits(32):08x}"
    streams[arn] = Stream(
        arn=arn,
        label=label,
        table_name=table.name,
        view_type=view_type,
        key_schema=[(element["AttributeName"], element["KeyType"]) for element in table.schema.elements()],
        created_at=now,
        shard_id=shard_id,
    )
    table.stream_arn, table.stream_view_type = arn, view_type
    _begin(context, table, arn, "ENABLING")


def disable_stream(context: RequestContext[Any], table: Table) -> None:
    """Close a table's stream, if it has one. Its records stay readable for a day."""
    if table.stream_view_type is None or table.stream_arn is None:
        return
    table.stream_view_type = None
    stream = _streams(context, table).get(table.stream_arn)
    if stream is not None:
        stream.disabled_at = context.time()
        _begin(context, table, stream.arn, "DISABLING")
        context.schedule(RETENTION_SECONDS, "forget_stream", stream_arn=stream.arn)


def _begin(context: RequestContext[Any], table: Table, arn: str, state: str) -> None:
    # A replica's stream settles at once: what is under way is kept by region, and this is another's.
    if table.region == context.region:
        context.begin_transition("stream", arn, state)


def set_stream_policy(context: RequestContext[Any], table: Table, arn: str, policy: str | None) -> None:
    """Give a stream its resource policy, if the ARN is a stream's."""
    stream = _streams(context, table).get(arn)
    if stream is not None:
        stream.policy = policy


def record_change(
    context: RequestContext[Any], table: Table, old: Item | None, new: Item | None, *, by_service: bool = False
) -> None:
    """Tell a table's stream of a change, if it has one. A write that changes nothing is no change."""
    if table.stream_view_type is None or table.stream_arn is None or same_items(old, new):
        return
    stream = _streams(context, table)[table.stream_arn]
    stream.append(change_record(context, table, stream, old, new, by_service=by_service))


def change_record(
    context: RequestContext[Any],
    table: Table,
    stream: Stream,
    old: Item | None,
    new: Item | None,
    *,
    by_service: bool = False,
) -> StreamRecord:
    """The record of a change, with the images that the stream's view type asks for."""
    keys = table.schema.extract(new if new is not None else old or {})
    new_image = new if stream.view_type in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES") else None
    old_image = old if stream.view_type in ("OLD_IMAGE", "NEW_AND_OLD_IMAGES") else None
    size = item_bytes(keys) + sum(item_bytes(image) for image in (new_image, old_image) if image is not None)
    return StreamRecord(
        event_id=f"{context.random.getrandbits(128):032x}",
        event_name="INSERT" if old is None else "REMOVE" if new is None else "MODIFY",
        sequence=stream.next_sequence,
        created_at=float(int(context.time())),
        keys=write_item(keys),
        new_image=write_item(new_image) if new_image is not None else None,
        old_image=write_item(old_image) if old_image is not None else None,
        size_bytes=size,
        by_service=by_service,
    )


def _streams(context: RequestContext[Any], table: Table) -> dict[str, Stream]:
    return context.cloud.store(DynamoDbStreamStore, table.account_id, table.region).streams


def _label(now: float) -> str:
    return datetime.fromtimestamp(now, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
