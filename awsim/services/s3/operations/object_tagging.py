"""The tags of objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.events import notify
from awsim.services.s3.lookup import find_bucket, find_version
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.object_tags import tag_set, tags_of_set
from awsim.services.s3.object_version import ObjectVersion

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3")
class ObjectTagging(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def get_object_tagging(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        version_id: str | None = None,
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        version = find_version(context, found, key, version_id)
        return {"TagSet": tag_set(version.tags), "VersionId": _told_id(found, version)}

    def put_object_tagging(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        tagging: Mapping[str, Any],
        version_id: str | None = None,
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        version = find_version(context, found, key, version_id, method="PUT")
        version.tags = tags_of_set(tagging.get("TagSet") or ())
        _tell(context, found, "Put", version)
        return {"VersionId": _told_id(found, version)}

    def delete_object_tagging(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        version_id: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        version = find_version(context, found, key, version_id, method="DELETE")
        version.tags = None
        _tell(context, found, "Delete", version)
        return {"VersionId": _told_id(found, version)}


def _told_id(bucket: Bucket, version: ObjectVersion) -> str | None:
    return version.version_id if bucket.is_versioned else None


def _tell(context: RequestContext[S3Store], bucket: Bucket, what: str, version: ObjectVersion) -> None:
    notify(
        context,
        bucket,
        f"ObjectTagging:{what}",
        version.key,
        version_id=_told_id(bucket, version),
        etag=version.etag,
    )
