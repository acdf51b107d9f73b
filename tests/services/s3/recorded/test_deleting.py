"""Objects deleted: several at once, in versioned buckets, by anybody, and what is not there, as recorded."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import requests

from .recording import Recording, recorded, xml

S3 = "s3/test_s3.json"


def delete(s3: Any, bucket: str, *objects: dict[str, str]) -> Any:
    return s3.delete_objects(Bucket=bucket, Delete={"Objects": list(objects)})


@recorded(S3, "TestS3::test_delete_keys_in_versioned_bucket")
def test_of_versions_only_a_marker_is_left_and_then_nothing(s3, versioned, recording: Recording):
    key = "test-key-versioned"
    for body in b"something", b"something-v2":
        s3.put_object(Bucket=versioned, Key=key, Body=body)
    recording.equals("list-objects-v2", s3.list_objects_v2(Bucket=versioned))
    deleted = recording.equals("delete-object", delete(s3, versioned, {"Key": key}))
    recording.equals("list-objects-v2-after-delete", s3.list_objects_v2(Bucket=versioned))
    found = recording.equals("list-object-version", s3.list_object_versions(Bucket=versioned))

    latest, first = ({"Key": key, "VersionId": version["VersionId"]} for version in found["Versions"])
    recording.equals("delete-object-version", delete(s3, versioned, first, latest))
    recording.equals("list-object-version-after-delete", s3.list_object_versions(Bucket=versioned))
    marker = {"Key": key, "VersionId": deleted["Deleted"][0]["DeleteMarkerVersionId"]}
    recording.equals("delete-object-delete-marker", delete(s3, versioned, marker))


@recorded(S3, "TestS3::test_delete_non_existing_keys")
def test_what_is_not_there_is_deleted_like_what_is(s3, bucket, recording: Recording):
    s3.put_object(Bucket=bucket, Key="test-key-nonexistent")
    keys = "test-key-nonexistent", "dummy1", "dummy2"
    deleted = delete(s3, bucket, *({"Key": key} for key in keys))
    recording.equals("deleted-resp", {**deleted, "Deleted": sorted(deleted["Deleted"], key=lambda one: one["Key"])})


@recorded(S3, "TestS3::test_delete_non_existing_keys_in_non_existing_bucket")
def test_nothing_is_deleted_of_a_bucket_that_does_not_exist(s3, recording: Recording):
    objects = {"Objects": [{"Key": "cat"}, {"Key": "dog"}]}
    recording.refuses("error-non-existent-bucket", s3.delete_objects, Bucket="photos", Delete=objects)


@recorded(S3, "TestS3::test_get_object_after_deleted_in_versioned_bucket")
def test_a_deleted_object_is_read_no_more(s3, versioned, recording: Recording):
    s3.put_object(Bucket=versioned, Key="my-key", Body=b"abcdefgh")
    recording.equals("get-object", s3.get_object(Bucket=versioned, Key="my-key"))
    s3.delete_object(Bucket=versioned, Key="my-key")
    recording.refuses("get-object-after-delete", s3.get_object, Bucket=versioned, Key="my-key")


@recorded(S3, "TestS3::test_put_object_acl_on_delete_marker")
def test_a_delete_marker_has_no_acl(s3, versioned, recording: Recording):
    cat = {"Bucket": versioned, "Key": "test-key-versioned"}
    recording.equals("put-obj-1", s3.put_object(Body=b"something", **cat))
    recording.equals("put-obj-2", s3.put_object(Body=b"something-v2", **cat))
    marker = recording.equals("delete-object", s3.delete_object(**cat))["VersionId"]
    recording.refuses("put-acl-delete-marker", s3.put_object_acl, ACL="public-read", **cat)
    recording.refuses("get-acl-delete-marker", s3.get_object_acl, **cat)
    cat["VersionId"] = marker
    recording.refuses("put-acl-delete-marker-version-id", s3.put_object_acl, ACL="public-read", **cat)
    recording.refuses("get-acl-delete-marker-version-id", s3.get_object_acl, **cat)


@recorded(S3, "TestS3::test_s3_batch_delete_public_objects_using_requests")
def test_anybody_deletes_of_a_bucket_that_is_everybodys(s3, bucket, recording: Recording):
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    url = f"https://{bucket}.s3.amazonaws.com/"
    keys = "key-created-by-anonymous-1", "key-created-by-anonymous-2"
    for key in keys:
        assert requests.put(url + key, data=b"something", timeout=10).ok
    asked = "".join(f"<Object><Key>{key}</Key></Object>" for key in keys)
    body = f'<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{asked}</Delete>'.encode()
    digest = base64.b64encode(hashlib.md5(body).digest()).decode()
    deleted = requests.post(url + "?delete", data=body, headers={"Content-MD5": digest}, timeout=10)
    recording.equals("multi-delete-with-requests", xml(deleted.text))
    recording.equals("list-remaining-objects", s3.list_objects(Bucket=bucket))
