"""Server access logs: what they say of requests, under which keys, and whom a bucket lets write them."""

from __future__ import annotations

import json
import re

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from awsim.services.s3.owners import canonical_user_id

from .conftest import ACCOUNT, BUCKET

LOGS = "http://acs.amazonaws.com/groups/s3/LogDelivery"
OWNER = canonical_user_id(ACCOUNT)
#: A line's fields: what is in brackets or quotes is one.
FIELD = re.compile(r'\[[^]]*\]|"[^"]*"|\S+')
HOUR = 3_600


def lets_logs_in(**statement):
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "logging.s3.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": "arn:aws:s3:::logs/*",
                "Condition": {
                    "ArnLike": {"aws:SourceArn": f"arn:aws:s3:::{BUCKET}"},
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                },
                **statement,
            },
        }
    )


@pytest.fixture
def logs(s3, bucket):
    """The name of a bucket that lets in the first one's logs."""
    s3.create_bucket(Bucket="logs")
    s3.put_bucket_policy(Bucket="logs", Policy=lets_logs_in())
    return "logs"


@pytest.fixture
def log(s3, bucket):
    """Have the bucket log."""

    def log(**more):
        enabled = {"TargetBucket": "logs", "TargetPrefix": "log/", **more}
        s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": enabled})

    return log


@pytest.fixture
def delivered(s3, cloud):
    """What the logs have got an hour later: their keys, and the fields of their lines."""

    def delivered():
        cloud.clock.advance(seconds=HOUR)
        keys = [found["Key"] for found in s3.list_objects_v2(Bucket="logs").get("Contents", [])]
        texts = [s3.get_object(Bucket="logs", Key=key)["Body"].read().decode() for key in keys]
        assert all(text.endswith("\n") for text in texts)
        return keys, [FIELD.findall(line) for text in texts for line in text.splitlines()]

    return delivered


def test_a_line_tells_of_a_request_and_its_answer(s3, versioned, logs, log, delivered):
    log()
    version_id = s3.put_object(Bucket=versioned, Key="a cat", Body=b"meow")["VersionId"]
    got = s3.get_object(Bucket=versioned, Key="a cat", VersionId=version_id)["ResponseMetadata"]
    _, (_, line) = delivered()
    assert line[:2] == [OWNER, versioned]
    assert re.fullmatch(r"\[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000\]", line[2])
    assert line[3:8] == ["127.0.0.1", OWNER, got["RequestId"], "REST.GET.OBJECT", "a%20cat"]
    assert re.fullmatch(rf'"GET \S*/a%20cat\?versionId={version_id} HTTP/1\.1"', line[8])
    assert line[9:16] == ["200", "-", "4", "4", "0", "0", '"-"']
    assert line[16].startswith('"Boto3/')
    assert line[17:20] == [version_id, got["HTTPHeaders"]["x-amz-id-2"], "SigV4"]
    assert line[21] == "AuthHeader"
    assert line[24:] == ["-", "-"]


def test_a_line_names_the_operation_as_logs_do(s3, bucket, logs, log, delivered):
    log()
    s3.put_object(Bucket=bucket, Key="a")
    s3.head_object(Bucket=bucket, Key="a")
    s3.copy_object(Bucket=bucket, Key="b", CopySource=f"{bucket}/a")
    s3.put_object_tagging(Bucket=bucket, Key="a", Tagging={"TagSet": []})
    s3.list_objects_v2(Bucket=bucket, Prefix="a", Delimiter="/")
    s3.list_object_versions(Bucket=bucket)
    s3.get_bucket_versioning(Bucket=bucket)
    s3.get_bucket_logging(Bucket=bucket)
    upload = {"Bucket": bucket, "Key": "a"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    s3.upload_part(PartNumber=1, **upload)
    s3.abort_multipart_upload(**upload)
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "b"}]})
    s3.delete_object(Bucket=bucket, Key="a")
    _, lines = delivered()
    assert [line[6] for line in lines] == [
        "REST.PUT.OBJECT",
        "REST.HEAD.OBJECT",
        "REST.COPY.OBJECT",
        "REST.PUT.OBJECT_TAGGING",
        "REST.GET.BUCKET",
        "REST.GET.BUCKETVERSIONS",
        "REST.GET.VERSIONING",
        "REST.GET.LOGGING_STATUS",
        "REST.POST.UPLOADS",
        "REST.PUT.PART",
        "REST.DELETE.UPLOAD",
        "REST.POST.MULTI_OBJECT_DELETE",
        "REST.DELETE.OBJECT",
    ]


def test_refused_requests_are_logged_with_their_error(cloud, s3, bucket, logs, log, delivered):
    log()
    nobody = boto3.client("s3", "us-east-1", config=Config(signature_version=UNSIGNED))
    other = boto3.Session("210987654321", "x", region_name="us-east-1").client("s3")
    for client in (s3, other, nobody):
        with pytest.raises(ClientError):
            client.get_object(Bucket=bucket, Key="none")
    _, lines = delivered()
    assert [(line[4], *line[9:11], line[12], line[19], line[21]) for line in lines] == [
        (OWNER, "404", "NoSuchKey", "-", "SigV4", "AuthHeader"),
        (canonical_user_id("210987654321"), "403", "AccessDenied", "-", "SigV4", "AuthHeader"),
        ("-", "403", "AccessDenied", "-", "-", "-"),
    ]


def test_a_log_is_named_by_when_it_is_delivered(s3, bucket, logs, log, delivered):
    log()
    s3.list_objects_v2(Bucket=bucket)
    ((key,), _) = delivered()
    assert re.fullmatch(r"log/\d{4}-\d\d-\d\d-\d\d-00-00-[0-9A-F]{16}", key)


@pytest.mark.parametrize(("source", "time"), [("DeliveryTime", r"\d\d-00-00"), ("EventTime", "00-00-00")])
def test_a_log_may_be_named_by_its_source(s3, bucket, logs, log, delivered, source, time):
    log(TargetObjectKeyFormat={"PartitionedPrefix": {"PartitionDateSource": source}})
    s3.list_objects_v2(Bucket=bucket)
    ((key,), _) = delivered()
    found = re.fullmatch(
        rf"log/{ACCOUNT}/us-east-1/{bucket}/(\d{{4}})/(\d\d)/(\d\d)/(\d{{4}}-\d\d-\d\d)-{time}-[0-9A-F]{{16}}", key
    )
    assert found is not None
    assert "-".join(found.groups()[:3]) == found[4]


def test_logs_come_every_hour_in_which_there_were_requests(s3, cloud, bucket, logs, log, delivered):
    log()
    for _ in range(2):
        s3.list_objects_v2(Bucket=bucket)
        cloud.clock.advance(seconds=HOUR)
    cloud.clock.advance(seconds=5 * HOUR)
    keys, lines = delivered()
    assert (len(keys), len(lines)) == (2, 2)


def test_a_bucket_without_logging_has_no_logs(s3, bucket, logs, log, delivered):
    s3.list_objects_v2(Bucket=bucket)
    assert delivered() == ([], [])


@pytest.mark.parametrize(
    "policy",
    [
        None,
        lets_logs_in(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:::others"}}),
        lets_logs_in(Resource="arn:aws:s3:::logs/other/*"),
        lets_logs_in(Principal={"Service": "cloudtrail.amazonaws.com"}),
    ],
)
def test_a_bucket_that_does_not_let_logs_in_gets_none(s3, bucket, logs, log, delivered, policy):
    s3.delete_bucket_policy(Bucket=logs)
    if policy is not None:
        s3.put_bucket_policy(Bucket=logs, Policy=policy)
    log()
    s3.list_objects_v2(Bucket=bucket)
    assert delivered() == ([], [])


def test_an_acl_lets_logs_in_where_acls_count(s3, bucket, logs, log, delivered):
    s3.delete_bucket_policy(Bucket=logs)
    s3.put_bucket_ownership_controls(
        Bucket=logs, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    )
    s3.put_bucket_acl(Bucket=logs, ACL="log-delivery-write")
    log()
    s3.list_objects_v2(Bucket=bucket)
    _, lines = delivered()
    assert [line[6] for line in lines] == ["REST.GET.BUCKET"]
