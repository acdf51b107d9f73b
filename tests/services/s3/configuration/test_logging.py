"""Server access logging of buckets."""

from __future__ import annotations

import boto3
import pytest

LOGS = "http://acs.amazonaws.com/groups/s3/LogDelivery"


@pytest.fixture
def logs(s3, bucket):
    """The name of a second bucket."""
    s3.create_bucket(Bucket="logs")
    return "logs"


def enabled(target, **more):
    return {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "log", **more}}


def test_logging_is_kept_until_it_is_put_without(s3, bucket, logs, answer):
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=enabled(logs))
    assert answer(s3.get_bucket_logging, Bucket=bucket) == enabled(logs)
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})
    assert answer(s3.get_bucket_logging, Bucket=bucket) == {}


def test_a_grantee_is_told_by_what_names_it(s3, bucket, logs):
    grants = [{"Grantee": {"Type": "Group", "URI": LOGS}, "Permission": "WRITE"}]
    status = enabled(logs, TargetGrants=grants, TargetObjectKeyFormat={"SimplePrefix": {}})
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=status)
    assert s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]["TargetGrants"] == grants


def test_a_grantee_may_have_what_only_acls_grant(s3, bucket, logs, refusal):
    grants = [{"Grantee": {"Type": "Group", "URI": LOGS}, "Permission": right} for right in ("WRITE", "READ_ACP")]
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=enabled(logs, TargetGrants=grants))
    assert s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]["TargetGrants"] == grants
    for wrong in (
        {"TargetGrants": [{**grants[0], "Permission": "ALL"}]},
        {"TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "Never"}}},
    ):
        status = enabled(logs, **wrong)
        assert refusal(s3.put_bucket_logging, Bucket=bucket, BucketLoggingStatus=status)["Code"] == "MalformedXML"


def test_logs_go_to_a_bucket_that_is_there(s3, bucket, refusal):
    assert refusal(s3.put_bucket_logging, Bucket=bucket, BucketLoggingStatus=enabled("nowhere")) == {
        "Status": 400,
        "Code": "InvalidTargetBucketForLogging",
        "Message": "The target bucket for logging does not exist",
        "TargetBucket": "nowhere",
    }


def test_logs_stay_with_the_owner(s3, bucket, refusal):
    boto3.client(
        "s3", aws_access_key_id="111122223333", aws_secret_access_key="x", region_name="us-east-1"
    ).create_bucket(Bucket="theirs")
    assert refusal(s3.put_bucket_logging, Bucket=bucket, BucketLoggingStatus=enabled("theirs")) == {
        "Status": 400,
        "Code": "InvalidTargetBucketForLogging",
        "Message": "The owner for the bucket to be logged and the target bucket must be the same.",
        "TargetBucket": "theirs",
    }


def test_logs_stay_in_the_region(s3, bucket, refusal):
    s3.create_bucket(Bucket="far-away", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert refusal(s3.put_bucket_logging, Bucket=bucket, BucketLoggingStatus=enabled("far-away")) == {
        "Status": 403,
        "Code": "CrossLocationLoggingProhibitted",
        "Message": "Cross S3 location logging not allowed. ",
        "SourceBucketLocation": "us-east-1",
        "TargetBucketLocation": "eu-west-1",
    }
