"""Directory buckets (S3 Express One Zone): their names and zones, their sessions, and what differs about objects."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.config import Config

from .conftest import OTHER_ACCOUNT, answer, client_of

NAME = "fast--use1-az4--x-s3"
CONFIGURATION = {
    "Location": {"Type": "AvailabilityZone", "Name": "use1-az4"},
    "Bucket": {"Type": "Directory", "DataRedundancy": "SingleAvailabilityZone"},
}
ARN = f"arn:aws:s3express:us-east-1:123456789012:bucket/{NAME}"


@pytest.fixture
def fast(s3: Any) -> str:
    s3.create_bucket(Bucket=NAME, CreateBucketConfiguration=CONFIGURATION)
    return NAME


def test_it_is_made_found_and_deleted(s3, cloud):
    made = s3.create_bucket(Bucket=NAME, CreateBucketConfiguration=CONFIGURATION)
    location = f"https://{NAME}.s3express-use1-az4.us-east-1.amazonaws.com/"
    assert answer(made) == {"Location": location, "BucketArn": ARN}
    assert answer(s3.head_bucket(Bucket=NAME)) == {
        "BucketRegion": "us-east-1",
        "AccessPointAlias": False,
        "BucketArn": ARN,
        "BucketLocationType": "AvailabilityZone",
        "BucketLocationName": "use1-az4",
    }
    assert answer(s3.list_directory_buckets()) == {
        "Buckets": [
            {
                "Name": NAME,
                "CreationDate": s3.list_directory_buckets()["Buckets"][0]["CreationDate"],
                "BucketRegion": "us-east-1",
                "BucketArn": ARN,
            }
        ]
    }
    assert s3.list_buckets()["Buckets"] == []
    s3.delete_bucket(Bucket=NAME)
    assert s3.list_directory_buckets()["Buckets"] == []


def test_they_are_listed_in_pages(s3):
    names = [f"b{number}--use1-az4--x-s3" for number in range(3)]
    for name in names:
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=CONFIGURATION)
    pages = s3.get_paginator("list_directory_buckets").paginate(PaginationConfig={"PageSize": 2})
    assert [[one["Name"] for one in page["Buckets"]] for page in pages] == [names[:2], names[2:]]


@pytest.mark.parametrize(
    ("name", "configuration", "code"),
    [
        ("fast", CONFIGURATION, "InvalidBucketName"),
        ("fast--use1-az5--x-s3", CONFIGURATION, "InvalidRequest"),
        (NAME, {"Location": CONFIGURATION["Location"]}, "InvalidRequest"),
        (NAME, {}, "InvalidBucketName"),
    ],
)
def test_name_and_zone_must_agree(s3, refusal, name, configuration, code):
    told = refusal(s3.create_bucket, Bucket=name, CreateBucketConfiguration=configuration)
    assert (told["Status"], told["Code"]) == (400, code)


def test_objects_are_used_in_a_session(fast, cloud):
    s3 = cloud.client("s3")  # others keep the sessions of other tests
    put = s3.put_object(Bucket=fast, Key="a/cat", Body=b"meow")
    assert put["ETag"] != '"4a4be40c96ac6314e91d93f38043a634"'
    got = s3.get_object(Bucket=fast, Key="a/cat")
    assert (got["Body"].read(), got["StorageClass"], got["ETag"]) == (b"meow", "EXPRESS_ONEZONE", put["ETag"])
    (listed,) = s3.list_objects_v2(Bucket=fast, Prefix="a/", Delimiter="/")["Contents"]
    assert (listed["Key"], listed["StorageClass"]) == ("a/cat", "EXPRESS_ONEZONE")
    assert "CreateSession" in [call.operation for call in cloud.calls]


def test_a_session_may_be_for_reading_and_ends(s3, fast, refusal, advance):
    s3.put_object(Bucket=fast, Key="cat", Body=b"meow")
    keys = s3.create_session(Bucket=fast, SessionMode="ReadOnly")["Credentials"]
    session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], "us-east-1")
    reader = session.client("s3", config=Config(s3={"disable_s3_express_session_auth": True}))
    assert reader.get_object(Bucket=fast, Key="cat")["Body"].read() == b"meow"
    assert refusal(reader.put_object, Bucket=fast, Key="cat") == {
        "Status": 403,
        "Code": "AccessDenied",
        "Message": "Access Denied",
    }
    advance(301)
    assert refusal(reader.get_object, Bucket=fast, Key="cat")["Code"] == "ExpiredToken"


def test_an_object_grows_at_its_end(s3, fast, refusal):
    s3.put_object(Bucket=fast, Key="log", Body=b"one ", ContentType="text/plain")
    assert s3.put_object(Bucket=fast, Key="log", Body=b"two", WriteOffsetBytes=4)["Size"] == 7
    got = s3.get_object(Bucket=fast, Key="log")
    assert (got["Body"].read(), got["ContentType"]) == (b"one two", "text/plain")
    assert refusal(s3.put_object, Bucket=fast, Key="log", Body=b"!", WriteOffsetBytes=4) == {
        "Status": 400,
        "Code": "InvalidWriteOffset",
        "Message": "The write offset value that you specified does not match the current object size.",
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"Body": b""}, "Request body cannot be empty when 'write offset' is specified."),
        (
            {"Body": b"x", "Metadata": {"a": "b"}},
            "Cannot specify both a write offset value and user-defined object metadata for existing objects.",
        ),
        (
            {"Body": b"x", "ChecksumAlgorithm": "SHA1"},
            "Checksum Type mismatch occurred, expected checksum Type: crc32, actual checksum Type: sha1",
        ),
    ],
)
def test_what_is_appended_is_some_bytes_and_nothing_else(s3, fast, refusal, arguments, message):
    s3.put_object(Bucket=fast, Key="log", Body=b"one", ChecksumAlgorithm="CRC32")
    refused = refusal(s3.put_object, Bucket=fast, Key="log", WriteOffsetBytes=3, **arguments)
    assert refused == {"Status": 400, "Code": "InvalidRequest", "Message": message}
    assert s3.get_object(Bucket=fast, Key="log")["Body"].read() == b"one"


class TestRenaming:
    """RenameObject moves an object within its bucket, at once."""

    def test_an_object_gets_another_key(self, s3, fast):
        put = s3.put_object(Bucket=fast, Key="a b", Body=b"meow", Metadata={"mood": "sleepy"})
        s3.rename_object(Bucket=fast, Key="c", RenameSource="a%20b")
        got = s3.get_object(Bucket=fast, Key="c")
        assert (got["Body"].read(), got["Metadata"], got["ETag"]) == (b"meow", {"mood": "sleepy"}, put["ETag"])
        assert [one["Key"] for one in s3.list_objects_v2(Bucket=fast)["Contents"]] == ["c"]

    def test_it_replaces_unless_it_must_not(self, s3, fast, refusal):
        for key in ("a", "b"):
            s3.put_object(Bucket=fast, Key=key, Body=key.encode())
        told = refusal(s3.rename_object, Bucket=fast, Key="b", RenameSource="a", DestinationIfNoneMatch="*")
        assert (told["Status"], told["Code"], told["Condition"]) == (412, "PreconditionFailed", "If-None-Match")
        told = refusal(s3.rename_object, Bucket=fast, Key="b", RenameSource="a", SourceIfMatch="no")
        assert told["Condition"] == "x-amz-rename-source-If-Match"
        s3.rename_object(Bucket=fast, Key="b", RenameSource=f"/{fast}/a")
        assert s3.get_object(Bucket=fast, Key="b")["Body"].read() == b"a"

    def test_a_repeated_request_is_done_once(self, s3, fast, refusal):
        s3.put_object(Bucket=fast, Key="a")
        for _ in range(2):
            s3.rename_object(Bucket=fast, Key="b", RenameSource="a", ClientToken="token")
        told = refusal(s3.rename_object, Bucket=fast, Key="c", RenameSource="b", ClientToken="token")
        assert told["Code"] == "IdempotencyParameterMismatch"

    def test_what_is_missing_is_told(self, s3, fast, refusal):
        told = refusal(s3.rename_object, Bucket=fast, Key="b", RenameSource="a")
        assert (told["Code"], told["Key"]) == ("NoSuchKey", "a")

    def test_other_buckets_do_not_rename(self, s3, bucket, refusal):
        s3.put_object(Bucket=bucket, Key="a")
        told = refusal(s3.rename_object, Bucket=bucket, Key="b", RenameSource="a")
        assert (told["Status"], told["Code"]) == (501, "NotImplemented")


def test_what_it_cannot_is_refused(s3, fast, refusal):
    told = refusal(s3.put_bucket_versioning, Bucket=fast, VersioningConfiguration={"Status": "Enabled"})
    assert (told["Status"], told["Code"], told["Message"]) == (
        501,
        "NotImplemented",
        "This bucket does not support PutBucketVersioning.",
    )
    assert refusal(s3.put_object, Bucket=fast, Key="a", Tagging="a=b")["Header"] == "x-amz-tagging"
    assert refusal(s3.put_object, Bucket=fast, Key="a", StorageClass="STANDARD")["Code"] == "InvalidStorageClass"
    assert refusal(s3.list_objects_v2, Bucket=fast, Prefix="a")["Code"] == "NotImplemented"


def test_deletions_may_depend_on_size_and_time(s3, fast, refusal):
    s3.put_object(Bucket=fast, Key="a", Body=b"abc")
    told = refusal(s3.delete_object, Bucket=fast, Key="a", IfMatchSize=4)
    assert (told["Code"], told["Condition"]) == ("PreconditionFailed", "x-amz-if-match-size")
    moment = s3.head_object(Bucket=fast, Key="a")["LastModified"]
    s3.delete_object(Bucket=fast, Key="a", IfMatchSize=3, IfMatchLastModifiedTime=moment)
    assert s3.list_objects_v2(Bucket=fast)["KeyCount"] == 0


def test_it_survives_a_fork(s3, fast, cloud):
    s3.put_object(Bucket=fast, Key="a", Body=b"abc")
    assert cloud.fork().client("s3").get_object(Bucket=fast, Key="a")["Body"].read() == b"abc"


def policy_for(principal: Any, mode: str = "*") -> str:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3express:CreateSession",
        "Resource": ARN,
        "Condition": {"StringLike": {"s3express:SessionMode": mode}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_policy_names_the_bucket_as_s3_express_does_and_lets_others_in(s3, fast, refusal):
    other = client_of("us-east-1", OTHER_ACCOUNT)
    session = {"Bucket": fast, "SessionMode": "ReadOnly"}
    assert refusal(other.create_session, **session)["Code"] == "AccessDenied"
    for mode, is_let_in in (("ReadWrite", False), ("ReadOnly", True)):
        text = policy_for({"AWS": OTHER_ACCOUNT}, mode)
        s3.put_bucket_policy(Bucket=fast, Policy=text)
        assert s3.get_bucket_policy(Bucket=fast)["Policy"] == text
        if is_let_in:
            assert "Credentials" in other.create_session(**session)
        else:
            assert refusal(other.create_session, **session)["Code"] == "AccessDenied"


def test_no_policy_makes_one_public(s3, fast, refusal):
    assert refusal(s3.put_bucket_policy, Bucket=fast, Policy=policy_for("*")) == {
        "Status": 403,
        "Code": "AccessDenied",
        "Message": "Access Denied",
    }


@pytest.mark.parametrize(
    "action",
    [
        {"Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]},
        {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}},
    ],
)
def test_a_lifecycle_only_lets_objects_expire(s3, fast, refusal, advance, action):
    def put(**actions: Any) -> None:
        rules = [{"ID": "all", "Status": "Enabled", "Filter": {}, **actions}]
        s3.put_bucket_lifecycle_configuration(Bucket=fast, LifecycleConfiguration={"Rules": rules})

    assert refusal(put, **action)["Code"] == "NotImplemented"
    s3.put_object(Bucket=fast, Key="a")
    put(Expiration={"Days": 1})
    advance(3 * 86_400)
    assert client_of().list_objects_v2(Bucket=fast)["KeyCount"] == 0


def test_torrents_are_no_more(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="a")
    assert refusal(s3.get_object_torrent, Bucket=bucket, Key="a") == {
        "Status": 405,
        "Code": "MethodNotAllowed",
        "Message": "The specified method is not allowed against this resource.",
        "Method": "GET",
        "ResourceType": "TORRENT",
    }
    assert refusal(s3.get_object_torrent, Bucket=bucket, Key="b")["Code"] == "NoSuchKey"


def test_no_request_waits_for_an_object_lambdas_response(cloud, refusal):
    told = refusal(client_of().write_get_object_response, RequestRoute="route", RequestToken="token")
    assert (told["Status"], told["Code"], told["Message"]) == (400, "ValidationError", "Invalid token")


@pytest.mark.parametrize("endpoint", ["http://localhost:4566", "http://127.0.0.1:4566"])
def test_at_an_endpoint_of_the_users_own_it_is_made_and_used_as_at_awss(endpoint, cloud):
    s3 = cloud.client("s3", endpoint_url=endpoint)
    s3.create_bucket(Bucket=NAME, CreateBucketConfiguration=CONFIGURATION)
    s3.put_object(Bucket=NAME, Key="cat", Body=b"meow")
    assert s3.get_object(Bucket=NAME, Key="cat")["Body"].read() == b"meow"
    assert [one["Name"] for one in s3.list_directory_buckets()["Buckets"]] == [NAME]


def test_of_a_bucket_that_is_not_there_it_tells_at_the_users_own_endpoint_too(cloud, refusal):
    s3 = cloud.client("s3", endpoint_url="http://localhost:4566")
    assert refusal(s3.put_object, Bucket=NAME, Key="cat") == {
        "Code": "NoSuchBucket",
        "Message": "The specified bucket does not exist",
        "BucketName": NAME,
        "Status": 404,
    }
    assert refusal(cloud.client("s3").put_object, Bucket=NAME, Key="cat")["Code"] == "NoSuchBucket"
