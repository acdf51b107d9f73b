"""Buckets, as recorded."""

from __future__ import annotations

from ..conftest import client_of
from .conftest import ACCOUNT
from .recording import Recording, recorded

S3 = "s3/test_s3.json"


@recorded(
    S3,
    "TestS3::test_bucket_constraint_aws_global[us-east-1]",
    "TestS3::test_bucket_constraint_aws_global[us-west-1]",
)
def test_aws_global_is_no_location_of_a_bucket(cloud, recording: Recording):
    s3 = client_of(recording.parameter, ACCOUNT)
    recording.refuses(
        "aws-global-constraint",
        s3.create_bucket,
        Bucket="photos",
        CreateBucketConfiguration={"LocationConstraint": "aws-global"},
    )


@recorded(S3, "TestS3::test_bucket_does_not_exist")
def test_a_bucket_that_does_not_exist_is_named(s3, recording: Recording):
    recording.refuses("list_object", s3.list_objects, Bucket="photos")
    recording.refuses("list_object_vhost", s3.list_objects, Bucket="photos")


@recorded(S3, "TestS3::test_bucket_exists")
def test_a_bucket_that_exists_tells_its_acl_and_cors(s3, bucket, recording: Recording):
    rule = {"AllowedMethods": ["GET", "POST", "PUT", "DELETE"], "AllowedOrigins": ["localhost"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    recording.equals("get-bucket-cors", s3.get_bucket_cors(Bucket=bucket))
    recording.equals("get-bucket-acl", s3.get_bucket_acl(Bucket=bucket))
    recording.refuses("get-bucket-not-exists", s3.get_bucket_acl, Bucket="bucket-not-exists")
