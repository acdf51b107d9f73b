"""Copies into and within buckets that encrypt by default, as recorded."""

from __future__ import annotations

from .recording import Recording, recorded

S3 = "s3/test_s3.json"
KEY = "134f2428-cec1-4b25-a1ae-9048164dba47"


@recorded(S3, "TestS3::test_copy_in_place_with_bucket_encryption")
def test_an_object_is_copied_onto_itself_where_its_bucket_encrypts(s3, bucket, recording: Recording):
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
    rules = {"Rules": [default]}
    encrypted = s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=rules)
    recording.equals("put-bucket-encryption", encrypted)
    cat = {"Bucket": bucket, "Key": "cat"}
    recording.equals("put-obj", s3.put_object(Body=b"", **cat))
    recording.equals("copy-obj", s3.copy_object(CopySource=cat, **cat))


@recorded(S3, "TestS3::test_copy_object_kms")
def test_a_copy_is_encrypted_under_a_key_that_its_source_was_not(s3, bucket, recording: Recording):
    cat, copy = ({"Bucket": bucket, "Key": name} for name in ("cat", "copy"))
    s3.put_object(Body=b"hello world", **cat)
    recording.equals("get-object", s3.get_object(**cat))
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": KEY, "BucketKeyEnabled": True}
    copied = s3.copy_object(CopySource=cat, **copy, **encryption)
    # Words stand for the tag with its quotes: under a key of KMS it tells nothing of the content.
    result = copied["CopyObjectResult"]
    assert result["ETag"] == s3.head_object(**copy)["ETag"]
    recording.equals("copy-object", {**copied, "CopyObjectResult": {**result, "ETag": "copy-etag"}})
    recording.equals("get-copied-object", s3.get_object(**copy))
