"""Legal holds and retention of versions, as recorded: what they keep from being deleted, and until when."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from .recording import Recording, recorded

S3 = "s3/test_s3.json"
HOLD = "TestS3ObjectLockLegalHold"
RETENTION = "TestS3ObjectLockRetention"


@pytest.fixture
def safe(s3: Any) -> str:
    """A bucket whose versions can be locked."""
    s3.create_bucket(Bucket="safe", ObjectLockEnabledForBucket=True)
    return "safe"


@pytest.fixture
def later(cloud: Any) -> Any:
    """A moment that so many seconds are to pass to."""
    return lambda seconds: cloud.clock.now() + dt.timedelta(seconds=seconds)


def governed(until: dt.datetime) -> dict[str, Any]:
    return {"Mode": "GOVERNANCE", "RetainUntilDate": until}


def locked(until: dt.datetime) -> dict[str, Any]:
    """The lock of an object as its upload asks for it."""
    return {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until}


def hold(s3: Any, version: dict[str, str], status: str) -> Any:
    return s3.put_object_legal_hold(LegalHold={"Status": status}, **version)


@recorded(S3, f"{HOLD}::test_put_get_object_legal_hold")
def test_a_hold_is_told_once_it_was_put(s3, safe, recording: Recording):
    cat = {"Bucket": safe, "Key": "cat"}
    recording.equals("put-obj", s3.put_object(Body=b"test", **cat))
    recording.refuses("get-legal-hold-unset", s3.get_object_legal_hold, **cat)
    recording.equals("put-object-legal-hold", hold(s3, cat, "ON"))
    recording.equals("head-object-with-legal-hold", s3.head_object(**cat))
    recording.equals("get-legal-hold-set", s3.get_object_legal_hold(**cat))
    recording.equals("put-object-legal-hold-off", hold(s3, cat, "OFF"))


@recorded(S3, f"{HOLD}::test_delete_locked_object")
def test_a_held_version_is_not_deleted(s3, safe, recording: Recording):
    cat = {"Bucket": safe, "Key": "test-delete-locked"}
    version = recording.equals("put-obj", s3.put_object(Body=b"test", **cat))["VersionId"]
    recording.equals("put-object-legal-hold", hold(s3, cat, "ON"))
    recording.refuses("delete-object-locked", s3.delete_object, VersionId=version, **cat)
    several = {"Objects": [{"Key": cat["Key"], "VersionId": version}]}
    recording.equals("delete-objects-locked", s3.delete_objects(Bucket=safe, Delete=several))
    recording.equals("put-object-legal-hold-off", hold(s3, cat, "OFF"))


@recorded(S3, f"{HOLD}::test_s3_legal_hold_lock_versioned")
def test_each_version_is_held_by_itself(s3, safe, recording: Recording):
    cat = {"Bucket": safe, "Key": "cat"}

    def put(name: str) -> dict[str, str]:
        return {**cat, "VersionId": recording.equals(name, s3.put_object(Body=b"test", **cat))["VersionId"]}

    first = put("put-object")
    recording.equals("put-object-legal-hold-ver1", hold(s3, first, "ON"))
    recording.equals("head-object-ver1", s3.head_object(**first))
    second = put("put-object-2")
    recording.equals("put-object-legal-hold-ver2", hold(s3, second, "ON"))
    recording.equals("head-object-ver2", s3.head_object(**second))
    recording.equals("remove-object-legal-hold-ver1", hold(s3, first, "OFF"))
    recording.equals("head-object-ver1-no-lock", s3.head_object(**first))
    recording.equals("delete-object-ver1", s3.delete_object(**first))


@recorded(S3, f"{RETENTION}::test_s3_object_retention")
def test_a_retained_version_is_not_deleted_but_by_who_bypasses_it(s3, safe, later, advance, recording: Recording):
    cat = {"Bucket": safe, "Key": "cat"}
    put = s3.put_object(Body=b"test", **locked(later(30)), **cat)
    first = {**cat, "VersionId": recording.equals("put-obj-locked-1", put)["VersionId"]}
    recording.equals("head-object-locked", s3.head_object(**first))
    recording.refuses("delete-obj-locked", s3.delete_object, **first)
    shorter = {"Retention": governed(later(10)), **first}
    recording.refuses("update-retention-locked-object", s3.put_object_retention, **shorter)
    bypassed = s3.put_object_retention(Retention={}, BypassGovernanceRetention=True, **first)
    recording.equals("put-object-empty-retention", bypassed)
    longer = governed(later(60))
    recording.equals("update-retention-object", s3.put_object_retention(Retention=longer, **first))
    deleted = s3.delete_object(BypassGovernanceRetention=True, **first)
    recording.equals("delete-obj-locked-bypass", deleted)

    put = s3.put_object(Body=b"test", **cat)
    second = {**cat, "VersionId": recording.equals("put-obj-locked-2", put)["VersionId"]}
    retained = s3.put_object_retention(Retention=governed(later(5)), **second)
    recording.equals("put-object-retention-on-key-1", retained)
    recording.equals("get-object-retention-on-key-1", s3.get_object_retention(**second))
    advance(6)
    s3.delete_object(**second)


@recorded(S3, f"{RETENTION}::test_object_lock_extend_duration")
def test_retention_is_extended_and_not_reduced(s3, safe, later, recording: Recording):
    cat = {"Bucket": safe, "Key": "cat"}
    put = s3.put_object(Body=b"test-put-object-lock", **locked(later(10)), **cat)
    recording.equals("put-object-with-lock", put)
    recording.equals("head-object-with-lock", s3.head_object(**cat))
    recording.equals("put-object-retention-extend", s3.put_object_retention(Retention=governed(later(20)), **cat))
    recording.equals("head-object-with-lock-extended", s3.head_object(**cat))
    sooner = governed(later(5))
    recording.refuses("put-object-retention-reduce", s3.put_object_retention, Retention=sooner, **cat)


@recorded(S3, f"{RETENTION}::test_s3_copy_object_retention_lock")
def test_a_copy_is_not_retained_as_its_source_is(s3, safe, later, recording: Recording):
    cat, copy = ({"Bucket": safe, "Key": key} for key in ("cat", "copy"))
    put = s3.put_object(Body='{"key": "value"}', **locked(later(10)), **cat)
    recording.equals("put-source-object", put)
    recording.equals("head-source-object", s3.head_object(**cat))
    recording.equals("copy-lock", s3.copy_object(CopySource=cat, **copy))
    recording.equals("head-dest-key", s3.head_object(**copy))
