"""Names of buckets and keys, and the locations made of them, as recorded."""

from __future__ import annotations

import boto3
from botocore.config import Config

from .conftest import ACCOUNT
from .recording import Recording, recorded

S3 = "s3/test_s3.json"


@recorded(S3, "TestS3::test_s3_uppercase_bucket_name")
def test_a_buckets_name_has_no_capitals(s3, recording: Recording):
    recording.refuses("uppercase-bucket", s3.create_bucket, Bucket="Photos")


@recorded(S3, "TestS3::test_url_encoded_key[False]", "TestS3::test_url_encoded_key[True]")
def test_a_key_is_not_decoded_twice(cloud, s3, bucket, recording: Recording):
    style = "virtual" if recording.parameter == "True" else "path"
    config = Config(s3={"addressing_style": style})
    addressing = boto3.Session(ACCOUNT, "testing", region_name="us-east-1").client("s3", config=config)
    for key, body in (
        ("test@key/", "test-non-encoded"),
        ("test%40key/", "test-encoded"),
        ("test%40key", "test-encoded-no-trailing"),
    ):
        addressing.put_object(Bucket=bucket, Key=key, Body=body)
    recording.equals("list-object-encoded-char", addressing.list_objects_v2(Bucket=bucket))


@recorded(S3, "TestS3::test_set_external_hostname")
def test_completing_an_upload_again_tells_the_same_location(s3, bucket, recording: Recording):
    upload = {"Bucket": bucket, "Key": "test.file"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    part = s3.upload_part(PartNumber=1, Body="test content 123", **upload)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    for name in ("multipart-upload", "get-object"):
        recording.equals(name, s3.complete_multipart_upload(MultipartUpload=parts, **upload))
