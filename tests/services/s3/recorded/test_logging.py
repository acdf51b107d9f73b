"""Where a bucket's accesses are logged, as recorded."""

from __future__ import annotations

from typing import Any

import pytest

from awsim.services.s3.owners import canonical_user_id

from .conftest import ACCOUNT
from .recording import Recording, recorded

S3 = "s3/test_s3.json"


@pytest.fixture
def logs(s3: Any) -> str:
    s3.create_bucket(Bucket="logs")
    return "logs"


def log(s3: Any, bucket: str, **logging: Any) -> Any:
    return s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=logging)


@recorded(S3, "TestS3BucketLogging::test_put_bucket_logging")
def test_logging_is_turned_on_and_off(s3, bucket, logs, recording: Recording):
    recording.equals("get-bucket-logging-default", s3.get_bucket_logging(Bucket=bucket))
    recording.unknown("owner-id", canonical_user_id(ACCOUNT))
    recording.equals("get-bucket-default-acl", s3.get_bucket_acl(Bucket=bucket))
    recording.equals(
        "put-bucket-logging", log(s3, bucket, LoggingEnabled={"TargetBucket": logs, "TargetPrefix": "log"})
    )
    recording.equals("get-bucket-logging", s3.get_bucket_logging(Bucket=bucket))
    recording.equals("put-bucket-logging-delete", log(s3, bucket))


@recorded(S3, "TestS3BucketLogging::test_put_bucket_logging_accept_wrong_grants")
def test_logging_is_told_with_its_grants(s3, bucket, logs, recording: Recording):
    s3.put_bucket_ownership_controls(Bucket=logs, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    delivery = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}
    grants = [{"Grantee": delivery, "Permission": permission} for permission in ("WRITE", "READ_ACP")]
    enabled = {"TargetBucket": logs, "TargetPrefix": "log", "TargetGrants": grants}
    recording.equals("put-bucket-logging", log(s3, bucket, LoggingEnabled=enabled))
    recording.equals("get-bucket-logging", s3.get_bucket_logging(Bucket=bucket))
