"""Recorded answers that are not asked again, and why: the only ones."""

from __future__ import annotations

_S3 = "s3/test_s3.json"
_API = "s3/test_s3_api.json"
_NO_CHECKSUM = "It is older than December 2024, since when S3 puts a checksum on every object and tells it."

#: By file and test, and where it is not the whole test, by the answer's name.
EXCEPTIONS: dict[tuple[str, ...], str] = {
    (_S3, "TestS3::test_s3_batch_delete_objects_using_requests_with_acl"): "Nothing of it was recorded.",
    (_S3, "TestS3::test_s3_copy_object_src_not_exists", "put-obj-versioned"): _NO_CHECKSUM,
    (_S3, "TestS3::test_s3_copy_object_src_not_exists", "copy-object-src-target-object-version"): _NO_CHECKSUM,
    (_S3, "TestS3::test_s3_sse_validate_kms_key", "create-kms-key"): "KMS gives it, not S3.",
    (_API, "TestS3BucketEncryption::test_s3_bucket_encryption_sse_kms_aws_managed_key", "managed-kms-key"): (
        "KMS gives it, not S3."
    ),
    (_API, "TestS3BucketEncryption::test_s3_default_bucket_encryption", "get-bucket-no-encryption"): (
        "It tells of no encryption, and not even an empty one as botocore reads from every answer; AWS puts "
        "SSE-S3 back (its documentation), and ours tells so."
    ),
    (_API, "TestS3PublicAccessBlock::test_public_access_block_exc"): "Nothing of it was recorded.",
}
