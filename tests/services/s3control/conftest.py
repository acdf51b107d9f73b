"""A fresh Cloud for each test, and clients of S3 Control and S3 in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from awsim import mock_aws

ACCOUNT = "123456789012"
REGION = "us-east-1"


@pytest.fixture
def cloud() -> Iterator[Any]:
    with mock_aws(strict=True) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def clients() -> dict[str, Any]:
    """Clients made before any Cloud: making one costs more than most tests."""
    session = boto3.Session("testing", "testing", region_name=REGION)
    return {name: session.client(name) for name in ("s3", "s3control")}


@pytest.fixture
def control(cloud: Any, clients: dict[str, Any]) -> Any:
    return clients["s3control"]


@pytest.fixture
def s3(cloud: Any, clients: dict[str, Any]) -> Any:
    return clients["s3"]


@pytest.fixture
def bucket(s3: Any) -> str:
    """The name of a new bucket."""
    s3.create_bucket(Bucket="photos")
    return "photos"


@pytest.fixture
def refusal() -> Callable[..., dict[str, Any]]:
    """What a refused call is answered: the whole error, with the HTTP status."""

    def refusal(call: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
        with pytest.raises(ClientError) as caught:
            call(**arguments)
        response = caught.value.response
        return {"Status": response["ResponseMetadata"]["HTTPStatusCode"], **response["Error"]}

    return refusal


@pytest.fixture
def answer() -> Callable[..., dict[str, Any]]:
    """A call's answer without its metadata."""

    def answer(call: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
        response: dict[str, Any] = call(**arguments)
        del response["ResponseMetadata"]
        return response

    return answer
