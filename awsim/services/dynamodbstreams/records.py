"""GetShardIterator and GetRecords, and what an iterator says."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs

from awsim.aws.dynamodb_items import read_item
from awsim.aws.dynamodb_streams import DynamoDbStreamStore, Stream, StreamRecord
from awsim.services.dynamodbstreams.streams import ValidationException, check_limit, errors, find_stream
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

_RECORDS_MAX = 1000
_PAGE_BYTES_MAX = 1 << 20
_ITERATOR_SECONDS = 15 * 60


@attrs.frozen
class ShardIterator:
    """A place in a shard: the sequence number of the next record to read."""

    stream_arn: str
    sequence: int
    issued_at: float

    def text(self) -> str:
        """As callers see it. AWS: the stream's ARN and some base64, with bars between."""
        place = base64.b64encode(json.dumps([self.sequence, self.issued_at]).encode()).decode()
        return f"{self.stream_arn}|1|{place}"

    @classmethod
    def read(cls, text: str) -> ShardIterator:
        """The iterator that a text stands for. Raises ValidationException."""
        arn, _, rest = text.partition("|1|")
        try:
            sequence, issued_at = json.loads(base64.b64decode(rest, validate=True))
            return cls(arn, int(sequence), float(issued_at))
        except (binascii.Error, ValueError, TypeError):
            raise ValidationException("Invalid ShardIterator") from None


@aws_provider(api="dynamodbstreams")
class Records(ServiceProvider[DynamoDbStreamStore]):
    service = "dynamodbstreams"
    store = DynamoDbStreamStore

    def get_shard_iterator(
        self,
        context: RequestContext[DynamoDbStreamStore],
        *,
        stream_arn: str,
        shard_id: str,
        shard_iterator_type: str,
        sequence_number: str | None = None,
        timestamp: datetime | None = None,
    ) -> dict[str, Any]:
        stream = find_stream(context, stream_arn)
        if shard_id != stream.shard_id:
            raise errors.ResourceNotFoundException(
                f"Requested resource not found: Shard: {shard_id} in Stream: {stream_arn} not found"
            )
        stream.trim(context.time())
        if shard_iterator_type == "AT_TIMESTAMP":
            sequence = _first_since(stream, timestamp)
        else:
            sequence = _first_sequence(stream, shard_iterator_type, sequence_number)
        return {"ShardIterator": ShardIterator(stream_arn, sequence, context.time()).text()}

    def get_records(
        self, context: RequestContext[DynamoDbStreamStore], *, shard_iterator: str, limit: int = _RECORDS_MAX
    ) -> dict[str, Any]:
        check_limit(limit, _RECORDS_MAX)
        iterator = ShardIterator.read(shard_iterator)
        now = context.time()
        stream = find_stream(context, iterator.stream_arn)
        if now - iterator.issued_at > _ITERATOR_SECONDS:
            raise errors.ExpiredIteratorException(
                "Iterator expired. The iterator was created at an earlier time than the 15 minutes for which it is "
                "valid."
            )
        stream.trim(now)
        if iterator.sequence < _oldest(stream):
            raise _trimmed()
        start = stream.position(iterator.sequence)
        page = _page(stream.records[start : start + limit])
        sequence = page[-1].sequence + 1 if page else iterator.sequence
        at_end = not stream.is_enabled and sequence >= stream.next_sequence
        region = stream.arn.split(":")[3]
        return {
            "Records": [_describe_record(stream, record, region) for record in page],
            "NextShardIterator": None if at_end else ShardIterator(stream.arn, sequence, now).text(),
        }


def _first_sequence(stream: Stream, kind: str, sequence_number: str | None) -> int:
    if kind == "TRIM_HORIZON":
        return _oldest(stream)
    if kind == "LATEST":
        return stream.next_sequence
    if sequence_number is None:
        raise ValidationException(f"SequenceNumber is required when ShardIteratorType is {kind}")
    if not sequence_number.isdigit() or not stream.starting_sequence <= int(sequence_number) <= stream.next_sequence:
        raise ValidationException(
            f"Invalid SequenceNumber: {sequence_number} is not a sequence number of shard {stream.shard_id}"
        )
    sequence = int(sequence_number) + (1 if kind == "AFTER_SEQUENCE_NUMBER" else 0)
    if sequence == stream.starting_sequence:
        sequence += 1  # the shard's own number, at which no record stands
    if sequence < _oldest(stream):
        raise _trimmed()
    return sequence


def _first_since(stream: Stream, moment: datetime | None) -> int:
    if moment is None:
        raise ValidationException("Timestamp is required when ShardIteratorType is AT_TIMESTAMP")
    since = moment.timestamp()
    later = (record.sequence for record in stream.records if record.created_at >= since)
    return next(later, stream.next_sequence)


def _oldest(stream: Stream) -> int:
    return stream.records[0].sequence if stream.records else stream.next_sequence


def _trimmed() -> Exception:
    return errors.TrimmedDataAccessException(
        "The operation attempted to read past the oldest stream record in a shard."
    )


def _page(records: list[StreamRecord]) -> list[StreamRecord]:
    size = 0
    for index, record in enumerate(records):
        size += record.size_bytes
        if size > _PAGE_BYTES_MAX and index:
            return records[:index]
    return records


def _describe_record(stream: Stream, record: StreamRecord, region: str) -> dict[str, Any]:
    change: dict[str, Any] = {
        "ApproximateCreationDateTime": record.created_at,
        "Keys": read_item(record.keys),
        "NewImage": read_item(record.new_image) if record.new_image is not None else None,
        "OldImage": read_item(record.old_image) if record.old_image is not None else None,
        "SequenceNumber": str(record.sequence),
        "SizeBytes": record.size_bytes,
        "StreamViewType": stream.view_type,
    }
    described: dict[str, Any] = {
        "eventID": record.event_id,
        "eventName": record.event_name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": region,
        "dynamodb": change,
    }
    if record.by_service:
        described["userIdentity"] = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}
    return described
