"""Buckets with and without versions, and what is put and deleted in each, as recorded."""

from __future__ import annotations

from typing import Any

from .recording import Recording, recorded

API = "s3/test_s3_api.json"


def suspend(s3: Any, bucket: str) -> Any:
    return set_versioning(s3, bucket, "Suspended")


def set_versioning(s3: Any, bucket: str, status: str) -> Any:
    return s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def lists(recording: Recording, s3: Any, bucket: str, name: str) -> None:
    recording.equals(name, s3.list_object_versions(Bucket=bucket))


@recorded(API, "TestS3BucketVersioning::test_bucket_versioning_crud")
def test_versions_are_enabled_or_suspended_but_never_again_unknown(s3, bucket, recording: Recording):
    put, get = s3.put_bucket_versioning, s3.get_bucket_versioning
    recording.equals("get-versioning-before", get(Bucket=bucket))
    recording.equals("put-versioning-suspended-before", suspend(s3, bucket))
    for name, configuration in {
        "enabled-lowercase": {"Status": "enabled"},
        "disabled": {"Status": "Disabled"},
        "empty": {},
    }.items():
        recording.refuses(f"put-versioning-{name}", put, Bucket=bucket, VersioningConfiguration=configuration)
    recording.equals("put-versioning-enabled-capitalized", set_versioning(s3, bucket, "Enabled"))
    recording.equals("get-versioning-after-enabled", get(Bucket=bucket))
    recording.equals("put-versioning-suspended-after", suspend(s3, bucket))
    recording.equals("get-versioning-after-suspended", get(Bucket=bucket))
    enabled = {"Status": "Enabled"}
    recording.refuses("put-versioning-no-bucket", put, Bucket="nothing", VersioningConfiguration=enabled)
    recording.refuses("get-versioning-no-bucket", get, Bucket="nothing")


@recorded(API, "TestS3BucketCRUD::test_delete_bucket_with_objects")
def test_a_bucket_is_deleted_when_it_is_empty(s3, bucket, recording: Recording):
    s3.put_object(Bucket=bucket, Key="cat")
    recording.refuses("delete-with-obj", s3.delete_bucket, Bucket=bucket)
    recording.equals("delete-obj", s3.delete_object(Bucket=bucket, Key="cat"))
    recording.equals("delete-bucket", s3.delete_bucket(Bucket=bucket))


@recorded(API, "TestS3ObjectCRUD::test_delete_object_on_suspended_bucket")
def test_without_versions_a_deletion_leaves_the_null_marker(s3, versioned, recording: Recording):
    photo = {"Bucket": versioned, "Key": "test-delete-suspended"}

    for number in range(2):
        recording.equals(f"put-object-{number}", s3.put_object(Body=f"test-version-{number}", **photo))
    suspend(s3, versioned)
    lists(recording, s3, versioned, "list-suspended")
    recording.equals("delete-object-no-version", s3.delete_object(**photo))
    lists(recording, s3, versioned, "list-suspended-delete")
    recording.equals("put-object-suspended", s3.put_object(Body="test-version-suspended-after-delete", **photo))
    lists(recording, s3, versioned, "list-suspended-put")
    recording.equals("delete-object-no-version-after-put", s3.delete_object(**photo))
    lists(recording, s3, versioned, "list-suspended-after-put")


@recorded(API, "TestS3ObjectCRUD::test_put_object_on_suspended_bucket")
def test_without_versions_what_is_put_takes_the_null_versions_place(s3, versioned, recording: Recording):
    photo = {"Bucket": versioned, "Key": "test-version"}

    for number in range(3):
        recording.equals(f"put-object-{number}", s3.put_object(Body=f"test-version-{number}", **photo))
    lists(recording, s3, versioned, "list-enabled")
    suspend(s3, versioned)
    lists(recording, s3, versioned, "list-suspended")
    recording.equals("put-object-suspended", s3.put_object(Body="test-version-suspended", **photo))
    lists(recording, s3, versioned, "list-suspended-after-put")
    recording.equals("put-object-suspended-overwrite", s3.put_object(Body="test-version-suspended", **photo))
    lists(recording, s3, versioned, "list-suspended-after-overwrite")
    recording.equals("get-object-current", s3.get_object(**photo))


@recorded(API, "TestS3ObjectCRUD::test_delete_objects_versioned")
def test_of_several_each_deletion_tells_its_version_or_its_marker(s3, versioned, recording: Recording):
    key = "test-delete"
    put = recording.equals("put-object", s3.put_object(Bucket=versioned, Key=key, Body=key))
    other = s3.put_object(Bucket=versioned, Key="other")["VersionId"]

    def delete(name: str, *objects: dict[str, str]) -> Any:
        return recording.equals(name, s3.delete_objects(Bucket=versioned, Delete={"Objects": list(objects)}))

    marked = delete("delete-objects-no-version-id", *({"Key": one} for one in (key, "wrongkey", "wrongkey-x")))
    delete("delete-objects-version-id", {"Key": key, "VersionId": put["VersionId"]})
    wrong = ({"Key": one, "VersionId": other} for one in (key, "wrong-key-2"))
    delete("delete-objects-wrong-version-id", *wrong)
    marker = marked["Deleted"][0]["DeleteMarkerVersionId"]
    delete("delete-objects-marker", {"Key": key, "VersionId": marker})


@recorded(API, "TestS3ObjectLock::test_disable_versioning_on_locked_bucket")
def test_a_bucket_with_locks_keeps_its_versions(s3, recording: Recording):
    s3.create_bucket(Bucket="photos", ObjectLockEnabledForBucket=True)
    recording.refuses("disable-versioning-on-locked-bucket", suspend, s3=s3, bucket="photos")
    recording.equals("enable-versioning-again-on-locked-bucket", set_versioning(s3, "photos", "Enabled"))


@recorded(API, "TestS3ObjectLock::test_put_object_lock_configuration_on_existing_bucket")
def test_a_bucket_must_keep_versions_to_lock_them(s3, bucket, recording: Recording):
    enabled = {"ObjectLockEnabled": "Enabled"}

    def lock(bucket: str) -> Any:
        return s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=enabled)

    get, existing = s3.get_object_lock_configuration, "object-lock-existing-bucket"
    recording.refuses(f"get-{existing}-no-config", get, Bucket=bucket)
    recording.refuses(f"put-{existing}-no-versioning", lock, bucket=bucket)
    recording.equals("suspended-versioning", suspend(s3, bucket))
    recording.refuses(f"put-{existing}-versioning-disabled", lock, bucket=bucket)
    recording.equals("enabled-versioning", set_versioning(s3, bucket, "Enabled"))
    recording.equals(f"put-{existing}-enabled", lock(bucket))
    recording.equals(f"get-{existing}-enabled", get(Bucket=bucket))
