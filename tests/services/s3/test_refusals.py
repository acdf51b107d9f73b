"""Refusals of requests that are wrong by themselves, in AWS's words."""

from __future__ import annotations

import zlib
from base64 import b64encode
from datetime import datetime, timezone
from hashlib import md5
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import requests
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from .conftest import client_of


def send(method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None, region: str = "us-east-1"):
    """A signed request of plain HTTP."""
    request = AWSRequest(method, url, data=body, headers=headers or {})
    S3SigV4Auth(Credentials("testing", "testing"), "s3", region).add_auth(request)
    return requests.request(method, url, data=body, headers=dict(request.headers), timeout=5)


def error(response: Any) -> dict[str, Any]:
    """An error's document, without the request's ids."""
    told = {element.tag: element.text for element in ET.fromstring(response.text)}
    del told["RequestId"], told["HostId"]
    return {"Status": response.status_code, **told}


def invalid(message: str, name: str, value: Any) -> dict[str, Any]:
    return {
        "Status": 400,
        "Code": "InvalidArgument",
        "Message": message,
        "ArgumentName": name,
        "ArgumentValue": value,
    }


def test_an_empty_version_id_is_none(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="cat")
    told = refusal(s3.get_object, Bucket=bucket, Key="cat", VersionId="")
    assert told == invalid("Version id cannot be the empty string", "versionId", None)


def test_an_upload_begins_with_an_algorithm_that_there_is(s3, bucket, refusal):
    assert refusal(s3.create_multipart_upload, Bucket=bucket, Key="cat", ChecksumAlgorithm="CRC8") == {
        "Status": 400,
        "Code": "InvalidRequest",
        "Message": "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
        "[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
    }


def test_a_bucket_is_born_with_an_ownership_that_there_is(s3, refusal):
    told = refusal(s3.create_bucket, Bucket="photos", ObjectOwnership="Nobody")
    assert told == invalid("Invalid x-amz-object-ownership header: Nobody", "x-amz-object-ownership", "Nobody")


def test_buckets_are_listed_by_what_could_be_a_region(s3, refusal):
    told = refusal(s3.list_buckets, BucketRegion="mars")
    assert told == invalid("Argument value mars is not a valid AWS Region", "bucket-region", "mars")
    assert s3.list_buckets(BucketRegion="eu-west-1")["Buckets"] == []


@pytest.mark.parametrize("location", ["dog", "ftp://example.com"])
def test_a_redirect_goes_to_a_key_or_a_website(s3, bucket, refusal, location):
    assert refusal(s3.put_object, Bucket=bucket, Key="cat", WebsiteRedirectLocation=location) == {
        "Status": 400,
        "Code": "InvalidRedirectLocation",
        "Message": "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
    }


def test_an_acl_names_its_owner(s3, bucket, refusal):
    policy = {"Owner": {"ID": "0" * 64}, "Grants": []}
    denied = {"Status": 403, "Code": "AccessDenied", "Message": "Access Denied"}
    assert refusal(s3.put_bucket_acl, Bucket=bucket, AccessControlPolicy=policy) == denied
    s3.put_object(Bucket=bucket, Key="cat")
    assert refusal(s3.put_object_acl, Bucket=bucket, Key="cat", AccessControlPolicy=policy) == denied


def test_a_retention_that_is_over_is_told_as_aws_writes_moments(s3, refusal):
    s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    s3.put_object(Bucket="locked", Key="cat")
    retention = {"Mode": "GOVERNANCE", "RetainUntilDate": datetime(2020, 1, 2, tzinfo=timezone.utc)}
    told = refusal(s3.put_object_retention, Bucket="locked", Key="cat", Retention=retention)
    message = "The retain until date must be in the future!"
    assert told == invalid(message, "RetainUntilDate", "2020-01-02T00:00:00Z")


class TestDigestsOfDeletions:
    """DeleteObjects wants to be sure of what is deleted."""

    URL = "https://photos.s3.us-east-1.amazonaws.com/?delete"
    DOCUMENT = b"<Delete><Object><Key>cat</Key></Object></Delete>"

    def test_a_document_without_one_is_refused(self, bucket: str) -> None:
        assert error(send("POST", self.URL, self.DOCUMENT)) == {
            "Status": 400,
            "Code": "InvalidRequest",
            "Message": "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
        }

    @pytest.mark.parametrize(
        "header",
        [
            {"Content-MD5": b64encode(md5(DOCUMENT).digest()).decode()},
            {"x-amz-checksum-crc32": b64encode(zlib.crc32(DOCUMENT).to_bytes(4, "big")).decode()},
        ],
    )
    def test_one_of_any_kind_will_do(self, bucket: str, header: dict[str, str]) -> None:
        assert send("POST", self.URL, self.DOCUMENT, header).status_code == 200


class TestRegions:
    """A request is signed for the region of its bucket."""

    @pytest.fixture
    def away(self, cloud: Any) -> str:
        location = {"LocationConstraint": "us-west-2"}
        client_of("us-west-2").create_bucket(Bucket="away", CreateBucketConfiguration=location)
        return "away"

    def test_a_signature_for_another_region_than_the_endpoints_is_malformed(self, away: str) -> None:
        response = send("GET", "https://away.s3.us-west-2.amazonaws.com/cat", region="eu-west-1")
        assert response.headers["x-amz-bucket-region"] == "us-west-2"
        assert error(response) == {
            "Status": 400,
            "Code": "AuthorizationHeaderMalformed",
            "Message": "The authorization header is malformed; the region 'eu-west-1' is wrong; expecting 'us-west-2'",
            "Region": "us-west-2",
        }

    def test_botocore_finds_the_way(self, away: str) -> None:
        import boto3

        config = Config(region_name="eu-west-1")
        client = boto3.client("s3", config=config, endpoint_url="https://s3.us-west-2.amazonaws.com")
        client.put_object(Bucket=away, Key="cat", Body=b"meow")
        assert client.get_object(Bucket=away, Key="cat")["Body"].read() == b"meow"
        assert client.head_bucket(Bucket=away)["BucketRegion"] == "us-west-2"
