"""DeleteObject and DeleteObjects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from awsim.errors import ServiceException
from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.access.authorizer import authorize_action
from awsim.services.s3.conditions import check_etag
from awsim.services.s3.deletion import delete_object
from awsim.services.s3.errors import (
    InvalidRequest,
    MalformedXML,
    NoSuchKey,
    NotImplementedHeader,
    PreconditionFailed,
)
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.second_factor import asks_for_second_factor, check_second_factor

if TYPE_CHECKING:
    from awsim.context import RequestContext

_OBJECTS_MAX = 1000


@aws_provider(api="s3")
class Deleting(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def delete_object(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        version_id: str | None = None,
        bypass_governance_retention: bool = False,
        if_match: str | None = None,
        if_match_last_modified_time: datetime | None = None,
        if_match_size: int | None = None,
        mfa: str | None = None,
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        _check_moment_and_size(found, key, if_match_last_modified_time, if_match_size)
        if if_match is not None:
            _check_match(found, key, if_match)
        if version_id is not None and asks_for_second_factor(found):
            check_second_factor(mfa)
        marker = delete_object(context, found, key, version_id, bypass_governance=bypass_governance_retention)
        if not found.is_versioned:
            return {}
        deleted_id = version_id or (marker.version_id if marker is not None else None)
        return {"DeleteMarker": True if marker is not None else None, "VersionId": deleted_id}

    def delete_objects(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        delete: Mapping[str, Any],
        bypass_governance_retention: bool = False,
        mfa: str | None = None,
        request_payer: str | None = None,
        checksum_algorithm: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        _check_integrity(context)
        objects = delete["Objects"]
        if not 0 < len(objects) <= _OBJECTS_MAX or not all(one["Key"] for one in objects):
            raise MalformedXML
        if asks_for_second_factor(found) and any("VersionId" in named for named in objects):
            # AWS: without the second factor nothing at all is deleted (API reference).
            check_second_factor(mfa)
        deleted: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        for named in objects:
            try:
                version_id = named.get("VersionId")
                action = "s3:DeleteObject" if version_id is None else "s3:DeleteObjectVersion"
                authorize_action(context, found, action, named["Key"], version_id)
                if bypass_governance_retention:
                    authorize_action(context, found, "s3:BypassGovernanceRetention", named["Key"], version_id)
                deleted.append(_delete(context, found, named, bypass_governance=bypass_governance_retention))
            except ServiceException as error:
                errors.append(
                    {
                        "Code": error.code,
                        "Key": named["Key"],
                        "Message": error.message,
                        "VersionId": named.get("VersionId"),
                    }
                )
        return {"Deleted": deleted if not delete.get("Quiet") else None, "Errors": errors or None}


def _check_moment_and_size(bucket: Bucket, key: str, moment: datetime | None, size: int | None) -> None:
    """Check two conditions that only directory buckets take (recorded). Raises NotImplementedHeader, NoSuchKey,
    PreconditionFailed."""
    if moment is None and size is None:
        return
    if bucket.zone is None:
        header = "x-amz-if-match-last-modified-time" if moment is not None else "x-amz-if-match-size"
        raise NotImplementedHeader(Header=header)
    current = bucket.objects.live(key)
    if current is None:
        raise NoSuchKey(key)
    if moment is not None and moment.timestamp() != current.last_modified:
        raise PreconditionFailed("x-amz-if-match-last-modified-time")
    if size is not None and size != current.size:
        raise PreconditionFailed("x-amz-if-match-size")


def _check_match(bucket: Bucket, key: str, if_match: str) -> None:
    current = bucket.objects.live(key)
    check_etag(if_match, key, current.etag if current is not None else None)


def _delete(
    context: RequestContext[S3Store], bucket: Bucket, named: Mapping[str, Any], *, bypass_governance: bool
) -> dict[str, Any]:
    """Delete one of several objects, and what to answer about it."""
    key, version_id = named["Key"], named.get("VersionId")
    _check_moment_and_size(bucket, key, named.get("LastModifiedTime"), named.get("Size"))
    if "ETag" in named:
        _check_match(bucket, key, named["ETag"])
    marker = delete_object(context, bucket, key, version_id, bypass_governance=bypass_governance)
    return {
        "Key": key,
        "VersionId": version_id,
        "DeleteMarker": True if marker is not None else None,
        "DeleteMarkerVersionId": marker.version_id if marker is not None else None,
    }


def _check_integrity(context: RequestContext[S3Store]) -> None:
    """Refuse a request over HTTP with no digest of its document, for which S3 asks here. Raises InvalidRequest."""
    if context.request is None:
        return
    headers = context.request.headers
    if "content-md5" not in headers and not any(name.startswith("x-amz-checksum-") for name in headers):
        raise InvalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
