"""An upload in parts counts from when it began: its object dates from then, and what began later is newer."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import Any

import pytest

from .conftest import no_such_key


def begin(s3: Any, bucket: str, body: bytes) -> dict[str, Any]:
    """An upload with a part; what completes it."""
    named = {"Bucket": bucket, "Key": "cat"}
    upload_id = s3.create_multipart_upload(**named)["UploadId"]
    part = s3.upload_part(**named, UploadId=upload_id, PartNumber=1, Body=body)
    return {**named, "UploadId": upload_id, "MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}}


def body_of(s3: Any, bucket: str, **version: str) -> bytes:
    body: bytes = s3.get_object(Bucket=bucket, Key="cat", **version)["Body"].read()
    return body


def history(s3: Any, bucket: str) -> list[str]:
    """The ids of versions, the newest first."""
    return [one["VersionId"] for one in s3.list_object_versions(Bucket=bucket).get("Versions", [])]


def test_an_object_in_parts_dates_from_when_its_upload_began(s3, bucket, advance):
    upload = begin(s3, bucket, b"parts")
    begun = s3.list_multipart_uploads(Bucket=bucket)["Uploads"][0]["Initiated"]
    advance(3600)
    s3.complete_multipart_upload(**upload)
    assert s3.head_object(Bucket=bucket, Key="cat")["LastModified"] == begun
    assert s3.list_objects_v2(Bucket=bucket)["Contents"][0]["LastModified"] == begun
    s3.put_object(Bucket=bucket, Key="dog")
    assert s3.head_object(Bucket=bucket, Key="dog")["LastModified"] >= begun + timedelta(hours=1)


def test_a_version_that_began_later_stays_the_current_one(s3, versioned):
    first = begin(s3, versioned, b"first")
    second = begin(s3, versioned, b"second")
    put = s3.put_object(Bucket=versioned, Key="cat", Body=b"put")["VersionId"]
    second_id = s3.complete_multipart_upload(**second)["VersionId"]
    first_id = s3.complete_multipart_upload(**first)["VersionId"]
    assert history(s3, versioned) == [put, second_id, first_id]
    assert body_of(s3, versioned) == b"put"
    assert body_of(s3, versioned, VersionId=first_id) == b"first"
    s3.delete_object(Bucket=versioned, Key="cat", VersionId=put)
    assert body_of(s3, versioned) == b"second"


def test_an_upload_that_began_later_and_was_completed_first_is_the_newest(s3, versioned):
    first, second = begin(s3, versioned, b"first"), begin(s3, versioned, b"second")
    first_id = s3.complete_multipart_upload(**first)["VersionId"]
    second_id = s3.complete_multipart_upload(**second)["VersionId"]
    assert (history(s3, versioned), body_of(s3, versioned)) == ([second_id, first_id], b"second")


def test_what_is_deleted_while_it_is_uploaded_stays_deleted(s3, versioned, refusal):
    upload = begin(s3, versioned, b"parts")
    marker = s3.delete_object(Bucket=versioned, Key="cat")["VersionId"]
    version_id = s3.complete_multipart_upload(**upload)["VersionId"]
    assert refusal(s3.get_object, Bucket=versioned, Key="cat") == no_such_key("cat")
    s3.delete_object(Bucket=versioned, Key="cat", VersionId=marker)
    assert s3.get_object(Bucket=versioned, Key="cat")["VersionId"] == version_id


@pytest.mark.parametrize("status", ["Suspended", None])
def test_without_versions_what_is_completed_last_is_the_object(s3, bucket, status):
    if status is not None:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})
    upload = begin(s3, bucket, b"parts")
    s3.put_object(Bucket=bucket, Key="cat", Body=b"put")
    s3.complete_multipart_upload(**upload)
    assert body_of(s3, bucket) == b"parts"
    assert len(history(s3, bucket)) == 1


def test_an_upload_is_told_when_a_rule_of_the_lifecycle_aborts_it(s3, bucket, advance, refusal):
    def rule(name: str, prefix: str, days: int) -> dict[str, Any]:
        abort = {"DaysAfterInitiation": days}
        return {
            "ID": name,
            "Status": "Enabled",
            "Filter": {"Prefix": prefix},
            "AbortIncompleteMultipartUpload": abort,
        }

    rules = [rule("all of them", "", 7), rule("soon", "c", 2), rule("others", "d", 1)]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    begun = s3.create_multipart_upload(Bucket=bucket, Key="cat")
    named = {"Bucket": bucket, "Key": "cat", "UploadId": begun["UploadId"]}
    initiated = s3.list_multipart_uploads(Bucket=bucket)["Uploads"][0]["Initiated"].astimezone(timezone.utc)
    midnight = initiated.replace(hour=0, minute=0, second=0) + timedelta(days=3)
    for told in (begun, s3.list_parts(**named)):
        assert (told["AbortDate"], told["AbortRuleId"]) == (midnight, "soon")
    advance((midnight - initiated).total_seconds())
    assert refusal(s3.list_parts, **named)["Code"] == "NoSuchUpload"
