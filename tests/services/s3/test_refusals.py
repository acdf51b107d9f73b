"""Refusals of requests that are wrong by themselves, in AWS's words."""

from __future__ import annotations

import json
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

from .conftest import client_of, invalid


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
    europe = client_of("eu-west-1")
    assert europe.list_buckets(BucketRegion="eu-west-1")["Buckets"] == []
    told = refusal(europe.list_buckets, BucketRegion="us-east-1")
    assert told == invalid("Argument value us-east-1 is not the Region of the endpoint", "bucket-region", "us-east-1")


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


class TestQueriesThatAuthenticate:
    """A presigned URL says who asks, completely and alone."""

    @pytest.fixture
    def cat(self, s3: Any, bucket: str) -> dict[str, str]:
        s3.put_object(Bucket=bucket, Key="cat", Body=b"meow")
        return {"Bucket": bucket, "Key": "cat"}

    def url(self, cat: dict[str, str], version: str) -> str:
        import boto3

        client = boto3.client("s3", region_name="us-east-1", config=Config(signature_version=version))
        url: str = client.generate_presigned_url("get_object", Params=cat)
        return url

    @pytest.mark.parametrize(
        ("sent", "instead", "message", "told"),
        [
            ("X-Amz-Expires=3600", "X-Amz-Expires=-1", "X-Amz-Expires must be non-negative", {}),
            ("X-Amz-Expires=3600", "X-Amz-Expires=soon", "X-Amz-Expires should be a number", {}),
            (
                "AWS4-HMAC-SHA256",
                "AWS4",
                'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"',
                {},
            ),
            (
                "aws4_request",
                "request",
                "Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "
                '"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
                {},
            ),
            (
                "%2Fus-east-1%2F",
                "%2Feu-west-1%2F",
                "Error parsing the X-Amz-Credential parameter; the region 'eu-west-1' is wrong; expecting 'us-east-1'",
                {"Region": "us-east-1"},
            ),
        ],
    )
    def test_version_4_says_it_right(
        self, cat: dict[str, str], sent: str, instead: str, message: str, told: dict[str, str]
    ) -> None:
        url = self.url(cat, "s3v4").replace("photos.s3.amazonaws.com", "photos.s3.us-east-1.amazonaws.com")
        found = error(requests.get(url.replace(sent, instead), timeout=5))
        assert found == {"Status": 400, "Code": "AuthorizationQueryParametersError", "Message": message, **told}

    @pytest.mark.parametrize("name", ["Algorithm", "Credential", "Date", "Expires", "Signature", "SignedHeaders"])
    def test_version_4_needs_everything(self, cat: dict[str, str], name: str) -> None:
        url = self.url(cat, "s3v4").replace(f"X-Amz-{name}=", "ignored=")
        assert error(requests.get(url, timeout=5)) == {
            "Status": 400,
            "Code": "AuthorizationQueryParametersError",
            "Message": "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
            "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
        }

    def test_version_2_needs_everything(self, cat: dict[str, str]) -> None:
        url = self.url(cat, "s3").replace("Expires=", "ignored=")
        assert error(requests.get(url, timeout=5)) == {
            "Status": 403,
            "Code": "AccessDenied",
            "Message": "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
        }

    def test_a_signature_beside_it_is_too_many(self, cat: dict[str, str]) -> None:
        told = error(requests.get(self.url(cat, "s3v4"), headers={"Authorization": "AWS testing:x"}, timeout=5))
        assert told == invalid(
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
            "parameter or the Authorization header should be specified",
            "Authorization",
            "AWS testing:x",
        )


def test_nobody_chooses_the_headers_of_an_answer(s3, bucket):
    url = f"https://{bucket}.s3.amazonaws.com/cat?response-content-type=text/plain"
    s3.put_object(Bucket=bucket, Key="cat", Body=b"meow")
    s3.delete_public_access_block(Bucket=bucket)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert error(requests.get(url, timeout=5)) == {
        "Status": 400,
        "Code": "InvalidRequest",
        "Message": "Request specific response headers cannot be used for anonymous GET requests.",
    }


@pytest.mark.parametrize(
    ("method", "target", "told"),
    [
        ("POST", "cat", "MethodNotAllowed"),
        ("POST", "cat?nonsense", "MethodNotAllowed"),
        ("PUT", "cat?partNumber=&uploadId=x", "InvalidArgument"),
        ("DELETE", "?inventory", "NoSuchConfiguration"),
        ("DELETE", "?analytics", "NoSuchConfiguration"),
        ("DELETE", "?metrics", "NoSuchConfiguration"),
        ("DELETE", "?intelligent-tiering", "NoSuchConfiguration"),
    ],
)
def test_what_a_request_leaves_out_is_an_error_of_its_sender(s3, bucket, method, target, told):
    s3.put_object(Bucket=bucket, Key="cat")
    response = send(method, f"https://{bucket}.s3.amazonaws.com/{target}")
    assert error(response)["Code"] == told


def test_what_is_locked_comes_with_a_digest(s3, cloud):
    s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    url = "https://locked.s3.us-east-1.amazonaws.com/cat"
    hold = {"x-amz-object-lock-legal-hold": "ON"}
    assert error(send("PUT", url, b"meow", hold)) == {
        "Status": 400,
        "Code": "InvalidRequest",
        "Message": "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock "
        "parameters",
    }
    assert send("PUT", url, b"meow", {**hold, "Content-MD5": b64encode(md5(b"meow").digest()).decode()}).ok
    assert s3.head_object(Bucket="locked", Key="cat")["ObjectLockLegalHoldStatus"] == "ON"
    s3.put_object(Bucket="locked", Key="dog", Body=b"wow", ObjectLockLegalHoldStatus="ON")


class TestLongKeys:
    """A key has 1,024 bytes at most, also where there could be no object of it."""

    KEY = "é" * 512 + "x"

    def test_none_is_longer(self, s3, bucket, refusal):
        for call in (s3.get_object, s3.get_object_tagging, s3.put_object, s3.delete_object):
            assert refusal(call, Bucket=bucket, Key=self.KEY) == {
                "Status": 400,
                "Code": "KeyTooLongError",
                "Message": "Your key is too long",
                "Size": "1025",
                "MaxSizeAllowed": "1024",
            }
        told = refusal(s3.head_object, Bucket=bucket, Key=self.KEY)
        assert told == {"Status": 400, "Code": "400", "Message": "Bad Request"}
        s3.put_object(Bucket=bucket, Key=self.KEY[:-1])
        assert s3.list_objects_v2(Bucket=bucket)["Contents"][0]["Key"] == self.KEY[:-1]

    def test_deleting_several_tells_of_each(self, s3, versioned):
        told = s3.delete_objects(Bucket=versioned, Delete={"Objects": [{"Key": self.KEY}, {"Key": "cat"}]})
        assert [one["Key"] for one in told["Deleted"]] == ["cat"]
        assert told["Errors"] == [{"Key": self.KEY, "Code": "KeyTooLongError", "Message": "Your key is too long"}]
