"""CopyObject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.access.authorizer import authorize_action
from awsim.services.s3.copying import check_copy_size, find_source, source_version_id
from awsim.services.s3.errors import InvalidArgument, InvalidRequest
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.object_checksum import FULL_OBJECT, ObjectChecksum, calculate
from awsim.services.s3.object_encryption import SSE_S3
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

_DIRECTIVES = ("COPY", "REPLACE")
#: What makes a copy of an object onto itself worth its while, besides new metadata and another encryption.
_CHANGES = (
    "StorageClass",
    "WebsiteRedirectLocation",
    "ServerSideEncryption",
    "SSECustomerAlgorithm",
)


@aws_provider(api="s3")
class Copying(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def copy_object(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        copy_source: str,
        if_match: str | None = None,
        if_none_match: str | None = None,
        metadata_directive: str = "COPY",
        tagging_directive: str = "COPY",
        annotation_directive: str = "COPY",
        checksum_algorithm: str | None = None,
        expected_bucket_owner: str | None = None,
        **stored: Any,
    ) -> dict[str, Any]:
        request = context.service_request or {}
        found = find_bucket(context, bucket, expected_bucket_owner)
        _check_directive("x-amz-metadata-directive", metadata_directive)
        _check_directive("x-amz-tagging-directive", tagging_directive)
        source_bucket, source = find_source(context, request)
        check_copy_size(source.size)
        if tagging_directive == "COPY" and source.tags:
            # AWS: tags are read and written by leave of their own (API reference of CopyObject).
            authorize_action(context, source_bucket, "s3:GetObjectTagging", source.key, source_version_id(source))
            authorize_action(context, found, "s3:PutObjectTagging", key)
        version = draft_object(context, found, key, request)
        _check_change(found, source_bucket, source, version, request, metadata_directive)
        check_write_conditions(found, key, if_match, if_none_match)
        if metadata_directive == "COPY":
            _copy_metadata(source, version)
        if tagging_directive == "COPY":
            version.tags = dict(source.tags) if source.tags else None
        if annotation_directive == "COPY":
            version.annotations = dict(source.annotations) if source.annotations else None
        version.grants = grants_of_request(context, found, version.account_id, request)
        version.body = source.body
        version.checksum = _checksum(source, checksum_algorithm)
        version.etag = _etag(context, found, source, version)
        store_version(context, found, version)
        tell_created(context, found, "Copy", version)
        answer = written(found, version)
        # AWS: unlike other writes, a copy tells the version id "null" of a bucket whose versions are suspended.
        answer["VersionId"] = version.version_id if found.is_versioned else None
        answer["SSEKMSEncryptionContext"] = version.encryption.kms_context
        answer["CopySourceVersionId"] = source_version_id(source)
        answer["CopyObjectResult"] = {
            "ETag": version.quoted_etag,
            "LastModified": version.last_modified,
            version.checksum.member: version.checksum.value,
            "ChecksumType": version.checksum.type,
        }
        return answer


def _check_directive(header: str, value: str) -> None:
    if value not in _DIRECTIVES:
        raise InvalidArgument(f"Unknown {header.removeprefix('x-amz-').replace('-', ' ')}.", header, value)


def _check_change(
    bucket: Bucket,
    source_bucket: Bucket,
    source: ObjectVersion,
    version: ObjectVersion,
    request: Mapping[str, Any],
    metadata_directive: str,
) -> None:
    """Refuse to copy an object onto itself if that changed nothing. Raises InvalidRequest.

    An older version copied over the newest does change something.
    """
    if source_bucket is not bucket or source.key != version.key or bucket.objects.current(source.key) is not source:
        return
    # AWS: where the bucket itself says how objects are encrypted, a copy does as if it were encrypted anew (recorded).
    changed = (
        metadata_directive == "REPLACE"
        or any(name in request for name in _CHANGES)
        or bucket.configuration.encryption_was_put
    )
    if not changed and version.encryption == source.encryption:
        raise InvalidRequest(
            "This copy request is illegal because it is trying to copy an object to itself without changing the "
            "object's metadata, storage class, website redirect location or encryption attributes."
        )


def _copy_metadata(source: ObjectVersion, version: ObjectVersion) -> None:
    headers = dict(source.headers or {})
    # AWS: the redirect is not copied; it is that of the request (API reference of CopyObject).
    headers.pop("WebsiteRedirectLocation", None)
    redirect = (version.headers or {}).get("WebsiteRedirectLocation")
    if redirect is not None:
        headers["WebsiteRedirectLocation"] = redirect
    version.headers = headers or None
    version.expires = source.expires
    version.metadata = dict(source.metadata) if source.metadata else None


def _checksum(source: ObjectVersion, algorithm: str | None) -> ObjectChecksum:
    """The checksum of the copy, which is one object whatever the source was put together from."""
    checksum = source.checksum
    assert checksum is not None
    if checksum.type == FULL_OBJECT and algorithm in (None, checksum.algorithm):
        return checksum
    return calculate(algorithm or checksum.algorithm, source.body)


def _etag(context: RequestContext[S3Store], bucket: Bucket, source: ObjectVersion, version: ObjectVersion) -> str:
    if bucket.zone is None and source.encryption == version.encryption == SSE_S3 and source.parts is None:
        return source.etag
    return etag_for(context, bucket, version.body, version.encryption)
