"""What a user's type checker must see of awsim's own names, with boto3's stubs or without."""

from __future__ import annotations

import unittest

from typing_extensions import assert_type

from awsim import Cloud, mock_aws
from awsim.call import Call
from awsim.cloud import Resource
from awsim.faults import Fault


@mock_aws
def decorated(name: str) -> int:
    return len(name)


@mock_aws(strict=True)
async def decorated_coroutine(name: str) -> int:
    return len(name)


@mock_aws
class DecoratedClass(unittest.TestCase):
    number: int = 1


def decorators_keep_the_types() -> None:
    assert_type(decorated("a"), int)
    assert_type(DecoratedClass().number, int)


async def coroutines_too() -> None:
    assert_type(await decorated_coroutine("a"), int)


def the_cloud(aws: Cloud) -> None:
    assert_type(aws.calls("sqs.SendMessage"), list[Call])
    assert_type(aws.faults.add("sqs.SendMessage", error="ThrottlingException"), Fault)
    assert_type(aws.resources(), list[Resource])
    assert_type(aws.fork(), Cloud)
    aws.clock.advance(hours=1)
    aws.transitions.set("dynamodb.table", after_seconds=1)


def wrong_uses_are_told(aws: Cloud) -> None:
    aws.clock.advance(1)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue]
    mock_aws(regoin="eu-west-1")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
