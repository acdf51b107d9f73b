"""PutObject."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from mmap import mmap
from typing import TYPE_CHECKING, Any

from awsim.protocol.spool import gather
from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.body import EMPTY, Body
from awsim.services.s3.errors import EntityTooLarge, InvalidRequest, InvalidWriteOffset, NotImplementedHeader
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.object_checksum import calculate, checksum_of_body, given_checksum
from awsim.services.s3.object_grants import grants_of_request
from awsim.services.s3.object_version import ObjectVersion
from awsim.services.s3.object_writing import (
    check_write_conditions,
    draft_object,
    etag_for,
    store_version,
    tell_created,
    written,
)

if TYPE_CHECKING:
    from awsim.context import RequestContext

#: AWS: what one request can put; anything longer needs parts.
_SIZE_MAX = 5 * 1024**3
_PIECE = 1 << 20


@aws_provider(api="s3")
class Writing(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store
    identifiers = ("version",)

    def put_object(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        body: Any = b"",
        if_match: str | None = None,
        if_none_match: str | None = None,
        write_offset_bytes: int | None = None,
        expected_bucket_owner: str | None = None,
        **stored: Any,
    ) -> dict[str, Any]:
        assert context.service_request is not None
        request = context.service_request
        found = find_bucket(context, bucket, expected_bucket_owner)
        if write_offset_bytes is not None and found.zone is None:
            # AWS: only directory buckets append.
            raise NotImplementedHeader(Header="x-amz-write-offset-bytes")
        version = draft_object(context, found, key, request)
        if version.lock_mode is not None or version.legal_hold is not None:
            _check_integrity(context, request)
        version.grants = grants_of_request(context, found, version.account_id, request)
        check_write_conditions(found, key, if_match, if_none_match)
        version.body = read_body(body)
        version.checksum = checksum_of_body(request, version.body)
        if write_offset_bytes is not None:
            _append(found, version, write_offset_bytes, given_checksum(request))
        version.etag = etag_for(context, found, version.body, version.encryption)
        store_version(context, found, version)
        tell_created(context, found, "Post" if context.origin is not None else "Put", version)
        answer = written(found, version)
        answer["SSEKMSEncryptionContext"] = version.encryption.kms_context
        answer["ETag"] = version.quoted_etag
        answer[version.checksum.member] = version.checksum.value
        answer["ChecksumType"] = version.checksum.type
        if write_offset_bytes is not None:
            answer["Size"] = version.size
        return answer


def _check_integrity(context: RequestContext[S3Store], request: Mapping[str, Any]) -> None:
    """Refuse a request over HTTP with no digest of what will be locked. Raises InvalidRequest."""
    if context.request is None or context.origin is not None:
        return
    if "ContentMD5" not in request and given_checksum(request) is None:
        raise InvalidRequest(
            "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters"
        )


def _append(bucket: Bucket, version: ObjectVersion, offset: int, given: tuple[str, str] | None) -> None:
    """Put what is already there in front of a draft's body. ``given`` is the request's checksum.

    Raises InvalidRequest (API reference of PutObject, "Errors"), InvalidWriteOffset.
    """
    if not version.size:
        raise InvalidRequest("Request body cannot be empty when 'write offset' is specified.")
    current = bucket.objects.live(version.key)
    if offset != (current.size if current is not None else 0):
        raise InvalidWriteOffset
    if current is not None:
        if version.metadata:
            raise InvalidRequest(
                "Cannot specify both a write offset value and user-defined object metadata for existing objects."
            )
        if given is not None and current.checksum is not None and given[0] != current.checksum.algorithm:
            raise InvalidRequest(
                f"Checksum Type mismatch occurred, expected checksum Type: {current.checksum.algorithm.lower()}, "
                f"actual checksum Type: {given[0].lower()}"
            )
        version.body = Body.join((current.body, version.body))
        assert version.checksum is not None
        version.checksum = calculate(version.checksum.algorithm, version.body)
        version.headers, version.metadata, version.expires = current.headers, current.metadata, current.expires


def read_body(body: Any) -> Body:
    """The body of a request, which may be a file. Raises EntityTooLarge."""
    data = body if isinstance(body, (bytes, mmap)) else gather(iter(partial(body.read, _PIECE), b""))
    if not len(data):
        return EMPTY
    if len(data) > _SIZE_MAX:
        raise EntityTooLarge(ProposedSize=len(data), MaxSizeAllowed=_SIZE_MAX)
    return Body.of(data)
