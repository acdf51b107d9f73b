"""The source of a copy: found, readable, and as the caller expects it. Shared by CopyObject and UploadPartCopy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.s3.access.authorizer import authorize_action
from awsim.services.s3.conditions import ReadConditions
from awsim.services.s3.copy_source import CopySource
from awsim.services.s3.errors import InvalidRequest, MethodNotAllowed, ObjectNotInActiveTierError
from awsim.services.s3.lookup import find_bucket_anywhere, find_version
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.object_description import is_readable
from awsim.services.s3.object_encryption import check_customer_key
from awsim.services.s3.object_version import NULL_VERSION, ObjectVersion

if TYPE_CHECKING:
    from awsim.context import RequestContext

#: AWS: what can be copied in one request, in bytes.
_SIZE_MAX = 5 * 1024**3


def find_source(context: RequestContext[S3Store], request: Mapping[str, Any]) -> tuple[Bucket, ObjectVersion]:
    """The version that a request copies. Raises InvalidRequest, ObjectNotInActiveTierError, PreconditionFailed, and
    what finding and decrypting raise."""
    named = CopySource.parse(request["CopySource"])
    bucket = find_bucket_anywhere(context, named.bucket, request.get("ExpectedSourceBucketOwner"))
    read = "s3:GetObjectVersion" if named.version_id is not None else "s3:GetObject"
    authorize_action(context, bucket, read, named.key, named.version_id)
    try:
        version = find_version(context, bucket, named.key, named.version_id)
    except MethodNotAllowed:
        raise InvalidRequest(
            "The source of a copy request may not specifically refer to a delete marker by version id."
        ) from None
    check_customer_key(version.encryption, request, "CopySource")
    now = context.time()
    if version.is_archived and not is_readable(version, now):
        raise ObjectNotInActiveTierError
    ReadConditions(
        request.get("CopySourceIfMatch"),
        request.get("CopySourceIfNoneMatch"),
        request.get("CopySourceIfModifiedSince"),
        request.get("CopySourceIfUnmodifiedSince"),
    ).check_source(version.etag, version.last_modified, now)
    return bucket, version


def check_copy_size(size: int) -> None:
    """Raise InvalidRequest for more than one request may copy."""
    if size > _SIZE_MAX:
        raise InvalidRequest(
            f"The specified copy source is larger than the maximum allowable size for a copy source: {_SIZE_MAX}"
        )


def source_version_id(version: ObjectVersion) -> str | None:
    """The source's version id, as answers tell it. AWS: a null version goes unsaid (recorded)."""
    return version.version_id if version.version_id != NULL_VERSION else None
