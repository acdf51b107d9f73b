"""botocore's own waits pass on AWS's clock: no test sleeps for a waiter or a retry."""

from __future__ import annotations

import time
from typing import Any

import boto3
import botocore.endpoint
import botocore.waiter
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

from awsim import Cloud, ServiceException, mock_aws
from awsim.context import RequestContext
from awsim.services.plugins import Service, ServiceProvider
from awsim.services.skeleton import Skeleton
from awsim.spec import load_service


@pytest.fixture(autouse=True)
def nobody_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(seconds: float) -> None:
        raise AssertionError(f"slept {seconds} seconds")

    monkeypatch.setattr(time, "sleep", sleep)


class Streams(ServiceProvider[Any]):
    """A stream that is there a minute and a half after it was first asked for."""

    service = "kinesis"

    def __init__(self) -> None:
        self.began: float | None = None

    def describe_stream(self, context: RequestContext[Any], request: Any) -> dict[str, Any]:
        self.began = self.began or context.time()
        status = "ACTIVE" if context.time() - self.began >= 90 else "CREATING"
        return {"StreamDescription": {"StreamName": request["StreamName"], "StreamStatus": status}}


def test_a_waiter_moves_aws_clock_until_what_it_waits_for_is_there(aws: Cloud) -> None:
    aws.services.add_service(Service("kinesis", skeleton=Skeleton(load_service("kinesis"), Streams())))
    before = aws.clock.offset_seconds
    boto3.client("kinesis").get_waiter("stream_exists").wait(StreamName="s")
    assert aws.clock.offset_seconds - before == pytest.approx(90, abs=1)


def test_a_waiter_that_waits_in_vain_ends_as_on_aws(aws: Cloud) -> None:
    aws.services.add_service(Service("kinesis", skeleton=Skeleton(load_service("kinesis"), Streams())))
    waiter = boto3.client("kinesis").get_waiter("stream_exists")
    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        waiter.wait(StreamName="s", WaiterConfig={"Delay": 1, "MaxAttempts": 3})


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_retries_back_off_on_aws_clock(aws: Cloud, mode: str) -> None:
    failures = [ServiceException("ThrottlingException", "Rate exceeded")] * 2

    def throttle(chain: Any, context: RequestContext[Any], response: Any) -> None:
        if failures:
            raise failures.pop()

    aws.gateway.request_handlers.insert(-1, throttle)
    client = boto3.client("sqs", config=Config(retries={"mode": mode, "max_attempts": 5}))
    assert client.list_queues()["ResponseMetadata"]["RetryAttempts"] == 2
    assert aws.clock.offset_seconds > 0


def test_retries_end_where_the_user_said(aws: Cloud) -> None:
    def fail(chain: Any, context: RequestContext[Any], response: Any) -> None:
        raise ServiceException("ServiceUnavailable", "Try later", status_code=503)

    aws.gateway.request_handlers.insert(-1, fail)
    client = boto3.client("sqs", config=Config(retries={"max_attempts": 2, "mode": "standard"}))
    with pytest.raises(ClientError, match=r"\(reached max retries: 2\)"):
        client.list_queues()


def test_with_real_waits_they_sleep(aws: Cloud) -> None:
    aws.settings.real_waits = True
    aws.services.add_service(Service("kinesis", skeleton=Skeleton(load_service("kinesis"), Streams())))
    with pytest.raises(AssertionError, match=r"^slept 10 seconds$"):
        boto3.client("kinesis").get_waiter("stream_exists").wait(StreamName="s")


def test_botocores_time_is_put_back() -> None:
    with mock_aws():
        assert botocore.endpoint.time is not time
    assert botocore.endpoint.time is time
    assert botocore.waiter.time is time
