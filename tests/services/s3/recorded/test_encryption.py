"""How a bucket encrypts what is put into it, as recorded."""

from __future__ import annotations

from typing import Any

from .recording import Recording, recorded

API = "s3/test_s3_api.json"
SUITE = "TestS3BucketEncryption::test_s3"


def rules(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"ServerSideEncryptionConfiguration": {"Rules": list(rules)}}


def by_default(algorithm: str, **default: str) -> dict[str, Any]:
    return {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm, **default}}


@recorded(API, f"{SUITE}_default_bucket_encryption")
def test_the_encryption_of_a_bucket_is_taken_away_more_than_once(s3, bucket, recording: Recording):
    recording.equals("default-bucket-encryption", s3.get_bucket_encryption(Bucket=bucket))
    recording.equals("delete-bucket-encryption", s3.delete_bucket_encryption(Bucket=bucket))
    recording.equals("delete-bucket-encryption-idempotent", s3.delete_bucket_encryption(Bucket=bucket))


@recorded(API, f"{SUITE}_default_bucket_encryption_exc")
def test_a_bucket_has_one_rule_and_a_key_only_with_kms(s3, bucket, recording: Recording):
    put = s3.put_bucket_encryption
    rule = by_default("AES256")
    recording.refuses("get-bucket-enc-no-bucket", s3.get_bucket_encryption, Bucket="nothing")
    recording.refuses("delete-bucket-enc-no-bucket", s3.delete_bucket_encryption, Bucket="nothing")
    recording.refuses("put-bucket-enc-no-bucket", put, Bucket="nothing", **rules(rule))
    for name, refused in {
        "no-rules": [],
        "two-rules": [rule, rule],
        "kms-with-aes": [by_default("AES256", KMSMasterKeyID="key")],
    }.items():
        recording.refuses(f"put-bucket-encryption-{name}", put, Bucket=bucket, **rules(*refused))


@recorded(API, f"{SUITE}_bucket_encryption_sse_kms_aws_managed_key")
def test_a_bucket_without_a_key_of_its_own_takes_the_managed_one(s3, bucket, recording: Recording):
    rule = {**by_default("aws:kms"), "BucketKeyEnabled": True}
    recording.equals("put-bucket-enc", s3.put_bucket_encryption(Bucket=bucket, **rules(rule)))
    recording.equals("get-bucket-enc", s3.get_bucket_encryption(Bucket=bucket))
    photo = {"Bucket": bucket, "Key": "cat"}
    put = s3.put_object(Body="test-encrypted", **photo)
    # Of what KMS encrypts it is no digest of the content.
    recording.unknown('"ec9f92ff18167a8c0cbff69597b6abf1"', put["ETag"])
    recording.equals("put-object-encrypted", put)
    recording.equals("head-object-encrypted", s3.head_object(**photo))
    recording.equals("get-object-encrypted", s3.get_object(**photo))
