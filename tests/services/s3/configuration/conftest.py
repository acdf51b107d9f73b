"""A fresh Cloud for each test, clients of S3 in it, and a bucket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from awsim import mock_aws

ACCOUNT = "123456789012"
REGION = "us-east-1"
BUCKET = "photos"
MALFORMED = {
    "Status": 400,
    "Code": "MalformedXML",
    "Message": "The XML you provided was not well-formed or did not validate against our published schema",
}


@pytest.fixture
def cloud() -> Iterator[Any]:
    with mock_aws(strict=True) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def client() -> Any:
    """A client made before any Cloud: making one costs more than most tests."""
    return boto3.Session("testing", "testing", region_name=REGION).client("s3")


@pytest.fixture(scope="session")
def sqs_client() -> Any:
    return boto3.Session("testing", "testing", region_name=REGION).client("sqs")


@pytest.fixture
def s3(cloud: Any, client: Any) -> Any:
    return client


@pytest.fixture
def sqs(cloud: Any, sqs_client: Any) -> Any:
    return sqs_client


@pytest.fixture
def bucket(s3: Any) -> str:
    """The name of a new bucket."""
    s3.create_bucket(Bucket=BUCKET)
    return BUCKET


@pytest.fixture
def versioned(s3: Any, bucket: str) -> str:
    """The name of a new bucket with versions."""
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


@pytest.fixture
def open_bucket(s3: Any, bucket: str) -> str:
    """A bucket that takes ACLs and that may be public."""
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    )
    return bucket


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


@pytest.fixture
def queue(sqs: Any) -> Callable[..., str]:
    """The ARN of a new queue."""

    def make(name: str = "events") -> str:
        sqs.create_queue(QueueName=name)
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"

    return make


@pytest.fixture
def messages(sqs: Any) -> Callable[..., list[Any]]:
    """The messages of a queue as data; each is received once."""

    def receive(name: str = "events") -> list[Any]:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in found]

    return receive
