"""A fresh Cloud for each test, clients of several regions in it, and buckets."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from awsim import mock_aws
from awsim.services.s3.owners import canonical_user_id

ACCOUNT = "123456789012"
OTHER_ACCOUNT = "210987654321"
OWNER = {"ID": canonical_user_id(ACCOUNT)}
#: Keys that URLs write otherwise, or that look like what URLs write.
ODD_KEYS = (
    "a/%F0%9F%98%80/",
    *(f"date=2026-{month}-01/" for month in ("01", "02", "03", "05")),
    "file%2Fname",
    "test key/",
    "test key//",
    "test%123",
    "test%123/",
    "test%percent",
    "test@key/",
)


@pytest.fixture
def cloud() -> Iterator[Any]:
    with mock_aws(strict=True) as cloud:
        yield cloud


@functools.cache
def client_of(region: str = "us-east-1", account: str = "testing") -> Any:
    """A client; making one costs more than most tests, so they are shared and made before any Cloud."""
    return boto3.Session(account, "testing", region_name=region).client("s3")


@pytest.fixture
def s3(cloud: Any) -> Any:
    return client_of()


@pytest.fixture
def bucket(s3: Any) -> str:
    s3.create_bucket(Bucket="photos")
    return "photos"


@pytest.fixture
def versioned(s3: Any) -> str:
    """A bucket that keeps versions."""
    s3.create_bucket(Bucket="versions")
    s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    return "versions"


@pytest.fixture
def advance(cloud: Any) -> Callable[[float], None]:
    """Let seconds pass in AWS."""
    return lambda seconds: cloud.clock.advance(seconds=seconds)


@pytest.fixture
def refusal() -> Callable[..., dict[str, Any]]:
    """What a refused call is answered: the whole error, with the HTTP status."""

    def refusal(call: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
        with pytest.raises(ClientError) as caught:
            call(**arguments)
        response = caught.value.response
        return {"Status": response["ResponseMetadata"]["HTTPStatusCode"], **response["Error"]}

    return refusal


def answer(response: dict[str, Any]) -> dict[str, Any]:
    """A response without its metadata; a body as bytes."""
    found = {name: value for name, value in response.items() if name != "ResponseMetadata"}
    if "Body" in found:
        found["Body"] = found["Body"].read()
    return found


def status(response: dict[str, Any]) -> int:
    """A response's HTTP status."""
    code: int = response["ResponseMetadata"]["HTTPStatusCode"]
    return code


def no_such_bucket(bucket: str) -> dict[str, Any]:
    return {
        "Status": 404,
        "Code": "NoSuchBucket",
        "Message": "The specified bucket does not exist",
        "BucketName": bucket,
    }


def no_such_key(key: str) -> dict[str, Any]:
    return {"Status": 404, "Code": "NoSuchKey", "Message": "The specified key does not exist.", "Key": key}


def invalid(message: str, name: str, value: Any) -> dict[str, Any]:
    """The error of an argument that makes no sense."""
    return {
        "Status": 400,
        "Code": "InvalidArgument",
        "Message": message,
        "ArgumentName": name,
        "ArgumentValue": value,
    }


def precondition_failed(condition: str) -> dict[str, Any]:
    return {
        "Status": 412,
        "Code": "PreconditionFailed",
        "Message": "At least one of the pre-conditions you specified did not hold",
        "Condition": condition,
    }
