"""Versions, as recorded."""

from __future__ import annotations

from .recording import Recording, recorded


@recorded("s3/test_s3.json", "TestS3::test_s3_put_object_versioned")
def test_what_was_there_before_versions_and_after_them_is_the_null_version(s3, bucket, recording: Recording):
    early, later = "non-version-bucket-key", "versioned-bucket-key"

    def put(key: str, body: str) -> dict[str, str]:
        return s3.put_object(Bucket=bucket, Key=key, Body=body)

    def get(key: str) -> dict[str, str]:
        return s3.get_object(Bucket=bucket, Key=key)

    recording.equals("put-pre-versioned", put(early, "non-versioned-key"))
    recording.equals("get-pre-versioned", get(early))
    recording.equals("list-object-pre-versioned", s3.list_object_versions(Bucket=bucket))

    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    recording.equals("get-post-versioned", get(early))
    recording.equals("put-obj-versioned-1", put(later, "versioned-key"))
    recording.equals("put-obj-versioned-2", put(later, "versioned-key-updated"))
    recording.equals("get-obj-versioned", get(later))
    recording.equals("list-object-versioned", s3.list_object_versions(Bucket=bucket))

    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    recording.equals("list-bucket-suspended", s3.list_object_versions(Bucket=bucket))
    recording.equals("get-obj-versioned-disabled", get(later))
    recording.equals("get-obj-non-versioned-disabled", get(early))
    recording.equals("put-non-versioned-post-disable", put(early, "non-versioned-key-post"))
    recording.equals("get-non-versioned-post-disable", get(early))
