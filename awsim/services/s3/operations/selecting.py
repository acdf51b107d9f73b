"""SelectObjectContent: an SQL expression over one object. The engine is ``select``'s; this is the request around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.errors import InvalidObjectState
from awsim.services.s3.lookup import find_bucket, find_version
from awsim.services.s3.models import S3Store
from awsim.services.s3.object_description import is_readable
from awsim.services.s3.object_encryption import check_customer_key

if TYPE_CHECKING:
    from awsim.context import RequestContext

_CHUNK_LENGTH = 64 * 1024
_NONE: Mapping[str, Any] = {}


@aws_provider(api="s3")
class Selecting(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def select_object_content(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        expression: str,
        expression_type: str,
        input_serialization: Mapping[str, Any],
        output_serialization: Mapping[str, Any],
        request_progress: Mapping[str, Any] = _NONE,
        scan_range: Mapping[str, int] | None = None,
        expected_bucket_owner: str | None = None,
        sse_customer_algorithm: str | None = None,
        sse_customer_key: str | None = None,
        sse_customer_key_md5: str | None = None,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        version = find_version(context, found, key)
        if version.is_archived and not is_readable(version, context.time()):
            raise InvalidObjectState(StorageClass=version.storage_class)
        check_customer_key(version.encryption, context.service_request or {})
        # Here, since what they stand on is an extra.
        from awsim.services.s3.select.errors import InvalidExpressionType
        from awsim.services.s3.select.expression import parse_query
        from awsim.services.s3.select.output import record_writer
        from awsim.services.s3.select.source import read_records

        if expression_type.upper() != "SQL":
            raise InvalidExpressionType
        write = record_writer(output_serialization)
        records, processed = read_records(version.body.read(), input_serialization, scan_range)
        first = next(iter(records), None)
        query = parse_query(expression, now=context.now(), columns=_columns(first, input_serialization))
        rows = query.run(_again(first, records))
        # All at once, so that an error is the answer and not within it.
        return {"Payload": list(_events([write(row) for row in rows], version.size, processed, request_progress))}


def _columns(first: Any, serialization: Mapping[str, Any]) -> frozenset[str] | None:
    """The names of a CSV's columns, where its header says them."""
    if first is not None and (serialization.get("CSV") or {}).get("FileHeaderInfo") == "USE":
        return frozenset(first)
    return None


def _again(first: Any, rest: Iterable[Any]) -> Iterator[Any]:
    if first is not None:
        yield first
        yield from rest


def _events(
    rows: list[bytes], scanned: int, processed: int, progress: Mapping[str, Any]
) -> Iterator[dict[str, dict[str, Any]]]:
    returned = 0
    chunk = bytearray()
    for row in rows:
        if chunk and len(chunk) + len(row) > _CHUNK_LENGTH:
            yield {"Records": {"Payload": bytes(chunk)}}
            chunk.clear()
        chunk += row
        returned += len(row)
    if chunk:
        yield {"Records": {"Payload": bytes(chunk)}}
    details = {"BytesScanned": scanned, "BytesProcessed": processed, "BytesReturned": returned}
    if progress.get("Enabled"):
        yield {"Progress": {"Details": details}}
    yield {"Stats": {"Details": details}}
    yield {"End": {}}
