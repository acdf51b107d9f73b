"""What a bucket's lifecycle rules do to it when their time has come."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from awsim.services.s3.configuration import lifecycle_rules as rules_
from awsim.services.s3.configuration.events import notify
from awsim.services.s3.deletion import delete_object
from awsim.services.s3.errors import AccessDenied

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.services.s3.configuration.lifecycle_rules import Rule
    from awsim.services.s3.models import Bucket, S3Store
    from awsim.services.s3.object_version import ObjectVersion


# Deviation: AWS acts within days of the moment that a rule names; here it is at that moment, a midnight.
def run_lifecycle(context: RequestContext[S3Store], bucket: Bucket) -> None:
    """Do everything that the bucket's enabled rules want done by now."""
    rules = [rule for rule in bucket.configuration.lifecycle_rules or () if rule["Status"] == "Enabled"]
    if not rules:
        return
    for key in list(bucket.objects.keys):
        _expire_noncurrent(context, bucket, rules, key)
        _expire_current(context, bucket, rules, key)
        _remove_expired_marker(context, bucket, rules, key)
        _move(context, bucket, rules, key)
    _abort_uploads(context, bucket, rules)


def _expire_current(context: RequestContext[S3Store], bucket: Bucket, rules: Sequence[Rule], key: str) -> None:
    version = bucket.objects.live(key)
    if version is None:
        return
    moments = rules_.expiring_rules(rules, key, version.size, version.tags, version.last_modified)
    if not any(moment <= context.time() for moment, _ in moments):
        return
    if bucket.is_versioned or not version.is_locked(context.time(), bypass_governance=False):
        delete_object(context, bucket, key)


def _expire_noncurrent(context: RequestContext[S3Store], bucket: Bucket, rules: Sequence[Rule], key: str) -> None:
    now = context.time()
    for version, since, newer in _noncurrent(bucket, key):
        for rule in rules:
            moment = rules_.noncurrent_expires_at(rule, since, newer)
            if moment is not None and moment <= now and rules_.matches(rule, key, version.size, version.tags):
                _delete_version(context, bucket, version)
                break


def _remove_expired_marker(context: RequestContext[S3Store], bucket: Bucket, rules: Sequence[Rule], key: str) -> None:
    versions = bucket.objects.versions.get(key, [])
    if len(versions) != 1 or not versions[0].is_delete_marker:
        return
    (marker,) = versions
    for rule in rules:
        # AWS: a rule by days removes such markers too, once they are as old as that (User Guide, "Removing expired
        # object delete markers").
        moment = rules_.expires_at(rule, marker.last_modified)
        by_age = "Days" in (rule.get("Expiration") or {}) and moment is not None and moment <= context.time()
        if (rules_.removes_expired_marker(rule) or by_age) and rules_.matches(rule, key, 0, None):
            _delete_version(context, bucket, marker)
            return


def _move(context: RequestContext[S3Store], bucket: Bucket, rules: Sequence[Rule], key: str) -> None:
    mode, now = bucket.configuration.transition_default_minimum_object_size, context.time()
    current = bucket.objects.live(key)
    if current is not None:
        for rule in rules:
            if rules_.matches(rule, key, current.size, current.tags):
                target = rules_.storage_class_at(rule, current.last_modified, current.size, mode, now)
                _move_to(context, bucket, current, target)
    for version, since, newer in _noncurrent(bucket, key):
        for rule in rules:
            if not version.is_delete_marker and rules_.matches(rule, key, version.size, version.tags):
                target = rules_.noncurrent_storage_class_at(rule, since, newer, version.size, mode, now)
                _move_to(context, bucket, version, target)


def _move_to(
    context: RequestContext[S3Store], bucket: Bucket, version: ObjectVersion, storage_class: str | None
) -> None:
    if storage_class is None or not rules_.may_move(version.storage_class, storage_class):
        return
    version.storage_class = storage_class
    notify(
        context,
        bucket,
        "LifecycleTransition",
        version.key,
        version_id=version.version_id if bucket.is_versioned else None,
        size=version.size,
        etag=version.etag,
        storage_class=storage_class,
    )


def _abort_uploads(context: RequestContext[S3Store], bucket: Bucket, rules: Sequence[Rule]) -> None:
    for upload in list(bucket.uploads.in_progress.values()):
        for rule in rules:
            moment = rules_.aborts_at(rule, upload.initiated)
            if moment is not None and moment <= context.time() and rules_.matches(rule, upload.key, 1, None):
                del bucket.uploads.in_progress[upload.upload_id]
                break


def _noncurrent(bucket: Bucket, key: str) -> list[tuple[ObjectVersion, float, int]]:
    """The noncurrent versions of a key, the newest first: each with since when, and how many are above it."""
    versions = bucket.objects.versions.get(key, [])[::-1]
    return [
        (version, newer.last_modified, place) for place, (newer, version) in enumerate(itertools.pairwise(versions))
    ]


def _delete_version(context: RequestContext[S3Store], bucket: Bucket, version: ObjectVersion) -> None:
    with contextlib.suppress(AccessDenied):  # Object lock is stronger than a rule.
        delete_object(context, bucket, version.key, version.version_id)
