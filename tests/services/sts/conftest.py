"""A fresh Cloud for each test at one fixed moment, a client in it, and clients of others."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from awsim import mock_aws

ACCOUNT = "123456789012"
OTHER = "111122223333"
REGION = "us-east-1"
NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=timezone.utc)
ROLE = f"arn:aws:iam::{OTHER}:role/Deploy"
ROLE_ID = "AROA2JJV5DTKANUTOKH4J"
ALLOW_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr("time.time", NOW.timestamp)
    with mock_aws(strict=True) as cloud:
        yield cloud


@pytest.fixture
def sts(cloud: Any) -> Any:
    return cloud.client("sts")


@pytest.fixture
def advance(cloud: Any) -> Callable[[float], None]:
    """Let seconds pass in AWS."""
    return lambda seconds: cloud.clock.advance(seconds=seconds)


@pytest.fixture
def client_of(cloud: Any) -> Callable[..., Any]:
    """A client with the temporary credentials of an answer."""

    def client_of(answer: dict[str, Any], service: str = "sts", region: str = REGION) -> Any:
        credentials = answer["Credentials"]
        return cloud.client(
            service,
            region_name=region,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )

    return client_of


@pytest.fixture
def assume(sts: Any) -> Callable[..., dict[str, Any]]:
    """The answer of AssumeRole, by the test's client or another's; members as keywords."""

    def assume(client: Any = None, **members: Any) -> dict[str, Any]:
        answer: dict[str, Any] = (client or sts).assume_role(
            **{"RoleArn": ROLE, "RoleSessionName": "release", **members}
        )
        return answer

    return assume


@pytest.fixture
def refusal() -> Callable[..., tuple[int, str, str]]:
    """What a refused call is answered: status, code and message."""

    def refusal(call: Callable[..., Any], *arguments: Any, **members: Any) -> tuple[int, str, str]:
        with pytest.raises(ClientError) as caught:
            call(*arguments, **members)
        response = caught.value.response
        error = response["Error"]
        assert error["Type"] == "Sender"
        return response["ResponseMetadata"]["HTTPStatusCode"], error["Code"], error["Message"]

    return refusal


def members_of(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what every answer has."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def identity_of(client: Any) -> dict[str, Any]:
    return members_of(client.get_caller_identity())


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def web_token(header: Any = None, **claims: Any) -> str:
    """A JSON web token with whatever claims, signed with noise."""
    head = header or {"alg": "RS256", "kid": "1", "typ": "JWT"}
    return ".".join(base64url(part) for part in (json.dumps(head).encode(), json.dumps(claims).encode(), b"signature"))
