"""A fresh Cloud for each test, clients in it, and tables by a word or two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from awsim import mock_aws
from tests.services.dynamodb.definitions import key_schema

REGION = "us-east-1"


@pytest.fixture
def cloud() -> Iterator[Any]:
    with mock_aws(strict=True) as cloud:
        yield cloud


@pytest.fixture(scope="session")
def client() -> Any:
    """A client made before any Cloud: making one costs more than most tests."""
    return boto3.Session("testing", "testing", region_name=REGION).client("dynamodb")


@pytest.fixture(scope="session")
def resource_of_session() -> Any:
    return boto3.Session("testing", "testing", region_name=REGION).resource("dynamodb")


@pytest.fixture
def dynamodb(cloud: Any, client: Any) -> Any:
    return client


@pytest.fixture
def resource(cloud: Any, resource_of_session: Any) -> Any:
    return resource_of_session


@pytest.fixture
def advance(cloud: Any) -> Callable[[float], None]:
    """Let seconds pass in AWS."""
    return lambda seconds: cloud.clock.advance(seconds=seconds)


@pytest.fixture
def make_table(dynamodb: Any) -> Callable[..., dict[str, Any]]:
    """The description of a new table. Keys as ``"id:S r:N"``; ``also`` are attributes that indexes need."""

    def make(name: str = "music", keys: str = "id:S", also: str = "", **members: Any) -> dict[str, Any]:
        attributes = dict(key.split(":") for key in f"{keys} {also}".split())
        if "ProvisionedThroughput" not in members:
            members.setdefault("BillingMode", "PAY_PER_REQUEST")
        described: dict[str, Any] = dynamodb.create_table(
            TableName=name,
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": type_} for name, type_ in attributes.items()
            ],
            KeySchema=key_schema(keys),
            **members,
        )["TableDescription"]
        return described

    return make


@pytest.fixture
def refusal() -> Callable[..., tuple[str, str]]:
    """Code and message of what a refused call is answered."""

    def refusal(call: Callable[..., Any], **arguments: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            call(**arguments)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return refusal


@pytest.fixture
def invalid(refusal: Callable[..., tuple[str, str]]) -> Callable[..., str]:
    """The message of a ValidationException."""

    def invalid(call: Callable[..., Any], **arguments: Any) -> str:
        code, message = refusal(call, **arguments)
        assert code == "ValidationException"
        return message

    return invalid


@pytest.fixture
def contents(dynamodb: Any) -> Callable[..., list[dict[str, Any]]]:
    """All items of a table, ordered by their text."""

    def contents(name: str = "music", **members: Any) -> list[dict[str, Any]]:
        pages = dynamodb.get_paginator("scan").paginate(TableName=name, **members)
        return sorted((item for page in pages for item in page["Items"]), key=repr)

    return contents
