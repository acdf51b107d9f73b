"""Keys of KMS that are not there, as recorded."""

from __future__ import annotations

from ..kms_keys import start_kms
from .recording import Recording, recorded

KEY = "134f2428-cec1-4b25-a1ae-9048164dba47"
ELSEWHERE = "0c4ee6ff-84a4-4f39-a9a2-5b2b3b4e2c11"


@recorded("s3/test_s3.json", "TestS3::test_s3_sse_validate_kms_key")
def test_a_key_must_be_there_in_the_buckets_region(cloud, s3, bucket, recording: Recording):
    start_kms(cloud, {})
    cat = {"Bucket": bucket, "Key": "cat"}
    s3.put_object(Body=b"test", **cat)
    fake = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "fake-key-id"}
    recording.refuses("put-obj-wrong-kms-key", s3.put_object, **cat, **fake)
    recording.refuses("create-multipart-wrong-kms-key", s3.create_multipart_upload, **cat, **fake)
    recording.refuses("copy-obj-wrong-kms-key", s3.copy_object, Bucket=bucket, Key="copy", CopySource=cat, **fake)
    arn = "arn:aws:kms:{}:111111111111:key/{}"
    for name, key in {
        "put-obj-wrong-kms-key-real-uuid": KEY,
        "put-obj-wrong-kms-key-real-uuid-arn": arn.format("us-east-1", KEY),
        "put-obj-different-region-kms-key": arn.format("us-west-2", ELSEWHERE),
        "put-obj-different-region-kms-key-no-arn": ELSEWHERE,
    }.items():
        recording.refuses(name, s3.put_object, ServerSideEncryption="aws:kms", SSEKMSKeyId=key, **cat)
