"""How an object is deleted: for good, or behind a delete marker. Shared by the operations that delete, and by expiry.

AWS: in a bucket with versions a plain delete only adds a marker, also for a key that has never been; with versions
suspended the marker takes the null version's place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awsim.services.s3.configuration.events import notify
from awsim.services.s3.errors import AccessDenied, NoSuchVersion
from awsim.services.s3.lookup import check_key, find_any_version
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.object_version import NULL_VERSION, ObjectVersion

if TYPE_CHECKING:
    from awsim.context import RequestContext

LOCKED = "Access Denied because object protected by object lock."


def delete_object(
    context: RequestContext[S3Store],
    bucket: Bucket,
    key: str,
    version_id: str | None = None,
    *,
    bypass_governance: bool = False,
) -> ObjectVersion | None:
    """Delete an object or one version of it. Returns the delete marker that was added or deleted, if one was.

    Raises AccessDenied for a locked version; NoSuchVersion, InvalidArgument for an id that is no version's.
    """
    if bucket.uploads.in_progress:
        bucket.uploads.overtake(key)
    if version_id is not None:
        return _delete_version(context, bucket, key, version_id, bypass_governance=bypass_governance)
    check_key(key)
    if bucket.is_versioned:
        return _add_marker(context, bucket, key)
    version = bucket.objects.current(key)
    if version is not None:
        bucket.objects.remove(version)
        notify(context, bucket, "ObjectRemoved:Delete", key)
    return None


def _delete_version(
    context: RequestContext[S3Store], bucket: Bucket, key: str, version_id: str, *, bypass_governance: bool
) -> ObjectVersion | None:
    try:
        version = find_any_version(bucket, key, version_id)
    except NoSuchVersion:
        if version_id == NULL_VERSION:
            return None  # AWS: there may always have been a null version.
        raise
    if version.is_locked(context.time(), bypass_governance=bypass_governance):
        raise AccessDenied(LOCKED)
    bucket.objects.remove(version)
    told_id = version_id if bucket.is_versioned else None
    notify(context, bucket, "ObjectRemoved:Delete", key, version_id=told_id)
    return version if version.is_delete_marker else None


def _add_marker(context: RequestContext[S3Store], bucket: Bucket, key: str) -> ObjectVersion:
    marker = ObjectVersion(
        key,
        bucket.new_version_id(context),
        float(int(context.time())),
        bucket.account_id,
        is_delete_marker=True,
    )
    bucket.objects.add(marker)
    if bucket.uploads.in_progress:
        bucket.uploads.overtake(key, marker.version_id)
    notify(context, bucket, "ObjectRemoved:DeleteMarkerCreated", key, version_id=marker.version_id)
    return marker
