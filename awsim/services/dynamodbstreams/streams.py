"""ListStreams and DescribeStream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awsim.aws.dynamodb_access import check_access
from awsim.aws.dynamodb_streams import DynamoDbStreamStore, Stream
from awsim.errors import ModeledException, service_errors
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

errors = service_errors("dynamodbstreams")

_STREAMS_PAGE = 100
_SHARDS_PAGE = 100


class ValidationException(ModeledException):
    """What a refused parameter is answered with; the model lacks it."""

    code = "ValidationException"
    status_code = 400


@aws_provider(api="dynamodbstreams")
class Streams(ServiceProvider[DynamoDbStreamStore]):
    service = "dynamodbstreams"
    store = DynamoDbStreamStore

    def list_streams(
        self,
        context: RequestContext[DynamoDbStreamStore],
        *,
        table_name: str | None = None,
        limit: int = _STREAMS_PAGE,
        exclusive_start_stream_arn: str | None = None,
    ) -> dict[str, Any]:
        check_limit(limit, _STREAMS_PAGE)
        name = table_name.rpartition("table/")[2] if table_name is not None else None
        streams = sorted(context.store.streams.values(), key=lambda stream: stream.arn)
        found = [stream for stream in streams if name in (None, stream.table_name)]
        if exclusive_start_stream_arn is not None:
            found = [stream for stream in found if stream.arn > exclusive_start_stream_arn]
        page = found[:limit]
        return {
            "Streams": [
                {"StreamArn": stream.arn, "TableName": stream.table_name, "StreamLabel": stream.label}
                for stream in page
            ],
            "LastEvaluatedStreamArn": page[-1].arn if len(page) < len(found) else None,
        }

    def describe_stream(
        self,
        context: RequestContext[DynamoDbStreamStore],
        *,
        stream_arn: str,
        limit: int | None = None,
        exclusive_start_shard_id: str | None = None,
        shard_filter: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        check_limit(limit, _SHARDS_PAGE)
        stream = find_stream(context, stream_arn)
        state = context.transitional_state(stream.arn, look=True)
        shards = [_describe_shard(stream)]
        if exclusive_start_shard_id is not None and exclusive_start_shard_id >= stream.shard_id:
            shards = []
        if shard_filter is not None and shard_filter.get("ShardId") is not None:
            shards = []  # the only shard has no children
        return {
            "StreamDescription": {
                "StreamArn": stream.arn,
                "StreamLabel": stream.label,
                "StreamStatus": state or ("ENABLED" if stream.is_enabled else "DISABLED"),
                "StreamViewType": stream.view_type,
                "CreationRequestDateTime": stream.created_at,
                "TableName": stream.table_name,
                "KeySchema": [{"AttributeName": name, "KeyType": role} for name, role in stream.key_schema],
                "Shards": shards,
            }
        }


def check_limit(limit: int | None, most: int) -> None:
    """Refuse a limit past the most that AWS takes, which is not in its model."""
    if limit is not None and limit > most:
        raise ValidationException(
            f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: Member must have "
            f"value less than or equal to {most}"
        )


def find_stream(context: RequestContext[DynamoDbStreamStore], arn: str) -> Stream:
    """A stream of any account and region. Raises ResourceNotFoundException, AccessDeniedException."""
    parts = arn.split(":", 5)
    stream = None
    if len(parts) == 6:
        stream = context.store_for(account_id=parts[4], region=parts[3]).streams.get(arn)
        is_foreign = parts[4] != context.account_id
        policy = stream.policy if stream is not None else None
        if (is_foreign or policy is not None) and context.operation is not None:
            check_access(context, policy, f"dynamodb:{context.operation.name}", arn, {})
    if stream is None:
        raise errors.ResourceNotFoundException(f"Requested resource not found: Stream: {arn} not found")
    return stream


def _describe_shard(stream: Stream) -> dict[str, Any]:
    numbers = {"StartingSequenceNumber": str(stream.starting_sequence)}
    if not stream.is_enabled:
        numbers["EndingSequenceNumber"] = str(stream.next_sequence - 1)
    return {"ShardId": stream.shard_id, "SequenceNumberRange": numbers}
