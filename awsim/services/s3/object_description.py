"""What answers say of a version of an object. Knows no requests."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

from awsim.services.s3.configuration.lifecycle_rules import expiration_header
from awsim.services.s3.models import Bucket
from awsim.services.s3.object_metadata import DEFAULT_CONTENT_TYPE, encoded_metadata
from awsim.services.s3.object_version import STANDARD, ObjectVersion


def describe(bucket: Bucket, version: ObjectVersion, now: float) -> dict[str, Any]:
    """The members that GetObject and HeadObject have in common."""
    answer = version.encryption.members()
    answer["ETag"] = version.quoted_etag
    answer["LastModified"] = version.last_modified
    answer["ContentType"] = DEFAULT_CONTENT_TYPE
    if version.headers is not None:
        answer.update(version.headers)
    if version.metadata is not None:
        answer["Metadata"] = encoded_metadata(version.metadata)
    if version.expires is not None:
        answer["Expires"] = version.expires
    # AWS: the default class goes unsaid.
    if version.storage_class != STANDARD:
        answer["StorageClass"] = version.storage_class
    if bucket.is_versioned:
        answer["VersionId"] = version.version_id
    if version.tags:
        answer["TagCount"] = len(version.tags)
    if version.lock_mode is not None:
        answer["ObjectLockMode"] = version.lock_mode
        answer["ObjectLockRetainUntilDate"] = version.retain_until
    if version.legal_hold is not None:
        answer["ObjectLockLegalHoldStatus"] = version.legal_hold
    if version.replication_status is not None:
        answer["ReplicationStatus"] = version.replication_status
    if version.restored_until is not None:
        answer["Restore"] = restore_header(version, now)
    if bucket.configuration.lifecycle_rules:
        answer["Expiration"] = expiration(bucket, version)
    return answer


def expiration(bucket: Bucket, version: ObjectVersion) -> str | None:
    """The x-amz-expiration header, which only current versions have, and only where a lifecycle rule ends them."""
    rules = bucket.configuration.lifecycle_rules
    if not rules or bucket.objects.current(version.key) is not version:
        return None
    return expiration_header(rules, version.key, version.size, version.tags, version.last_modified)


def is_readable(version: ObjectVersion, now: float) -> bool:
    """Whether an archived object has a restored copy at this moment."""
    return (
        version.restored_at is not None
        and version.restored_until is not None
        and version.restored_at <= now < version.restored_until
    )


def restore_header(version: ObjectVersion, now: float) -> str | None:
    """The x-amz-restore header; None where there is no restored copy any more."""
    assert version.restored_until is not None
    assert version.restored_at is not None
    if now < version.restored_at:
        return 'ongoing-request="true"'
    if now < version.restored_until:
        return f'ongoing-request="false", expiry-date="{formatdate(version.restored_until, usegmt=True)}"'
    return None


def restore_status(version: ObjectVersion, now: float) -> dict[str, Any] | None:
    """RestoreStatus in listings; None for what was never restored."""
    if version.restored_at is None or version.restored_until is None or now >= version.restored_until:
        return None
    if now < version.restored_at:
        return {"IsRestoreInProgress": True}
    return {"IsRestoreInProgress": False, "RestoreExpiryDate": version.restored_until}
