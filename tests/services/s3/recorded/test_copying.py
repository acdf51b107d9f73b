"""Copies: onto the object itself, from versions, and from what is not there, as recorded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..conftest import OWNER
from .recording import Recording, recorded

S3 = "s3/test_s3.json"
JSON = '{"key": "value"}'


@pytest.fixture
def cat(bucket: str) -> dict[str, str]:
    return {"Bucket": bucket, "Key": "cat"}


def onto_itself(s3: Any, photo: dict[str, str], **changes: Any) -> Any:
    return s3.copy_object(CopySource=photo, **photo, **changes)


def storage_class(s3: Any, photo: dict[str, str]) -> Any:
    return s3.get_object_attributes(ObjectAttributes=["StorageClass"], **photo)


def read(s3: Any, photo: dict[str, str]) -> Any:
    """The object, its JSON read."""
    found = s3.get_object(**photo)
    return {**found, "Body": json.load(found["Body"])}


@recorded(S3, "TestS3::test_s3_copy_metadata_directive_copy")
def test_a_copy_has_the_sources_metadata_whatever_the_request_says_of_it(s3, bucket, cat, recording: Recording):
    put = s3.put_object(Body=b"test", Metadata={"key": "value"}, ContentLanguage="en-US", **cat)
    recording.equals("put-object", put)
    recording.equals("head-object", s3.head_object(**cat))
    copied = s3.copy_object(
        Bucket=bucket,
        Key="copy",
        CopySource=cat,
        MetadataDirective="COPY",
        Metadata={"another": "value"},
        ContentLanguage="en-GB",
    )
    recording.equals("copy-object", copied)
    recording.equals("head-object-copy", s3.head_object(Bucket=bucket, Key="copy"))


@recorded(S3, "TestS3::test_s3_copy_object_in_place")
def test_a_copy_onto_itself_must_change_more_than_the_acl(s3, bucket, cat, recording: Recording):
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    # The recorded object belongs to one account, and another has all its permissions.
    put = s3.put_object(
        Body=JSON,
        ContentType="application/json",
        Metadata={"key": "value"},
        GrantFullControl=f'id="{OWNER["ID"]}"',
        **cat,
    )
    recording.equals("put_object", put)
    recording.equals("head_object", s3.head_object(**cat))
    recording.equals("object-acl", s3.get_object_acl(**cat))
    recording.equals("object-attrs", storage_class(s3, cat))
    recording.refuses("copy-object-in-place-no-change", onto_itself, s3=s3, photo=cat)
    recording.refuses("copy-object-in-place-with-acl", onto_itself, s3=s3, photo=cat, ACL="public-read")
    copied = onto_itself(s3, cat, StorageClass="STANDARD", ChecksumAlgorithm="SHA256")
    recording.equals("copy-object-in-place-with-storage-class", copied)
    recording.equals("object-attrs-after-copy", storage_class(s3, cat))


@recorded(S3, "TestS3::test_s3_copy_object_in_place_metadata_directive")
def test_metadata_is_changed_in_place_by_a_directive_alone(s3, cat, recording: Recording):
    put = s3.put_object(Body=JSON, ContentType="application/json", Metadata={"key": "value"}, **cat)
    recording.equals("put_object", put)
    recording.equals("head_object", s3.head_object(**cat))
    new, newer = {"key2": "value2"}, {"key3": "value3"}
    recording.refuses("no-metadata-directive-fail", onto_itself, s3=s3, photo=cat, Metadata=new)
    for name, change in {
        "replace-directive": {"MetadataDirective": "REPLACE", "Metadata": new},
        "copy-directive": {"MetadataDirective": "COPY", "StorageClass": "STANDARD"},
        "copy-directive-ignore": {"MetadataDirective": "COPY", "StorageClass": "STANDARD", "Metadata": newer},
        "replace-directive-empty": {"MetadataDirective": "REPLACE"},
    }.items():
        recording.equals(f"copy-{name}", onto_itself(s3, cat, **change))
        recording.equals(f"head-{name}", s3.head_object(**cat))


@recorded(S3, "TestS3::test_s3_copy_object_in_place_versioned")
def test_a_copy_onto_itself_makes_a_version_and_names_the_one_it_was_made_of(s3, versioned, recording: Recording):
    cat = {"Bucket": versioned, "Key": "cat"}
    put = s3.put_object(Body=JSON, ContentType="application/json", Metadata={"key": "value"}, **cat)
    recording.equals("put_object", put)
    recording.equals("head_object", s3.head_object(**cat))
    recording.equals("object-attrs", storage_class(s3, cat))
    recording.refuses("copy-object-in-place-no-change", onto_itself, s3=s3, photo=cat)

    copied = recording.equals("copy-in-place-versioned", onto_itself(s3, cat, MetadataDirective="REPLACE"))
    recording.equals("head-object-copied", s3.head_object(**cat))
    recording.equals("get-object-copied", read(s3, cat))

    s3.put_bucket_versioning(Bucket=versioned, VersioningConfiguration={"Status": "Suspended"})
    recording.equals("copy-in-place-versioned-suspended", onto_itself(s3, cat, MetadataDirective="REPLACE"))
    recording.equals("head-object-copied-suspended", s3.head_object(**cat))
    recording.equals("get-object-copied-suspended", read(s3, cat))
    previous = s3.head_object(VersionId=copied["VersionId"], **cat)
    recording.equals("head-object-previous-version-suspended", previous)

    s3.put_bucket_versioning(Bucket=versioned, VersioningConfiguration={"Status": "Enabled"})
    recording.equals("copy-in-place-versioned-re-enabled", onto_itself(s3, cat, MetadataDirective="REPLACE"))


@recorded(S3, "TestS3::test_s3_copy_object_in_place_with_encryption")
def test_a_copy_onto_itself_is_encrypted_as_its_request_says(s3, cat, recording: Recording):
    put = s3.put_object(
        Body=b"test",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId="134f2428-cec1-4b25-a1ae-9048164dba47",
        BucketKeyEnabled=True,
        **cat,
    )
    # Under a key of KMS an entity tag tells nothing of the content, and is another each time.
    recording.unknown('"b00b3bfc95beb7094e6a43eaa2ca08ab"', put["ETag"])
    recording.equals("put-object-with-kms-encryption", put)
    recording.equals("head-object", s3.head_object(**cat))
    copied = onto_itself(s3, cat, ServerSideEncryption="aws:kms")
    recording.unknown('"a92b4ea5fde51dc81ab84292dfee0367"', copied["CopyObjectResult"]["ETag"])
    recording.equals("copy-object-in-place-with-sse", copied)
    recording.equals("head-copy-with-sse", s3.head_object(**cat))
    recording.equals("copy-object-in-place-without-kms-sse", onto_itself(s3, cat))
    recording.equals("head-copy-without-kms-sse", s3.head_object(**cat))
    recording.equals("copy-object-in-place-with-aes", onto_itself(s3, cat, ServerSideEncryption="AES256"))
    recording.equals("head-copy-with-aes", s3.head_object(**cat))


@recorded(S3, "TestS3::test_s3_copy_object_src_not_exists")
def test_a_source_is_a_version_that_is_there_and_no_marker(s3, versioned, recording: Recording):
    def copy(source: str) -> Any:
        return s3.copy_object(Bucket=versioned, Key="copy", CopySource=source)

    key = "random-src-key"
    recording.refuses("copy-object-src-bucket-not-exists", copy, source=f"random-src-bucket/{key}")
    recording.refuses("copy-object-src-object-not-exists", copy, source=f"{versioned}/{key}")
    put = s3.put_object(Bucket=versioned, Key=key)
    deleted = recording.equals("del-obj-versioned", s3.delete_object(Bucket=versioned, Key=key))
    recording.refuses("copy-object-src-delete-marker-current-version", copy, source=f"{versioned}/{key}")
    copied = copy(f"{versioned}/{key}?versionId={put['VersionId']}")
    assert copied["CopySourceVersionId"] == put["VersionId"] != copied["VersionId"]
    marker = f"{versioned}/{key}?versionId={deleted['VersionId']}"
    recording.refuses("copy-object-src-target-delete-marker", copy, source=marker)


@recorded(S3, "TestS3::test_s3_copy_object_storage_class")
def test_a_copy_onto_itself_may_change_the_storage_class(s3, cat, recording: Recording):
    recording.equals("put-object", s3.put_object(Body=b"test", StorageClass="STANDARD_IA", **cat))
    recording.equals("head-object", s3.head_object(**cat))
    recording.equals("object-attrs", storage_class(s3, cat))
    recording.refuses("exc-invalid-request-storage-class", onto_itself, s3=s3, photo=cat)
    recording.equals("copy-object-in-place-with-storage-class", onto_itself(s3, cat, StorageClass="STANDARD"))
    recording.equals("object-attrs-after-copy", storage_class(s3, cat))
