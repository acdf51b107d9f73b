"""A fresh Cloud for each test, a client in it, and queues by their attributes."""

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
def client() -> Any:
    """A client made before any Cloud: making one costs more than most tests."""
    return boto3.Session("testing", "testing", region_name=REGION).client("sqs")


@pytest.fixture
def sqs(cloud: Any, client: Any) -> Any:
    return client


@pytest.fixture
def advance(cloud: Any) -> Callable[[float], None]:
    """Let seconds pass in AWS."""
    return lambda seconds: cloud.clock.advance(seconds=seconds)


@pytest.fixture
def make_queue(sqs: Any) -> Callable[..., str]:
    """The URL of a new queue; attributes as keywords."""

    def make(name: str = "orders", **attributes: str) -> str:
        if name.endswith(".fifo"):
            attributes = {"FifoQueue": "true", **attributes}
        url: str = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return url

    return make


@pytest.fixture
def receive(sqs: Any) -> Callable[..., list[dict[str, Any]]]:
    """The messages of one ReceiveMessage of up to ten."""

    def receive(url: str, **arguments: Any) -> list[dict[str, Any]]:
        answer = sqs.receive_message(QueueUrl=url, **{"MaxNumberOfMessages": 10, **arguments})
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    return receive


@pytest.fixture
def bodies(receive: Callable[..., list[dict[str, Any]]]) -> Callable[..., list[str]]:
    """The bodies of the messages of one ReceiveMessage of up to ten."""
    return lambda url, **arguments: [message["Body"] for message in receive(url, **arguments)]


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
def invalid_parameter() -> Callable[[str], dict[str, Any]]:
    """The whole error of an InvalidParameterValue with this message."""
    return lambda message: {
        "Status": 400,
        "Code": "InvalidParameterValue",
        "QueryErrorCode": "InvalidParameterValueException",
        "Type": "Sender",
        "Message": message,
    }
