"""aiobotocore's own waits pass on AWS's clock."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import WaiterError

from awsim import Cloud
from awsim.context import RequestContext
from awsim.services.plugins import Service, ServiceProvider
from awsim.services.skeleton import Skeleton
from awsim.spec import load_service


class Streams(ServiceProvider[Any]):
    """A stream that is there a minute and a half after it was first asked for."""

    service = "kinesis"

    def __init__(self) -> None:
        self.began: float | None = None

    def describe_stream(self, context: RequestContext[Any], request: Any) -> dict[str, Any]:
        self.began = self.began or context.time()
        status = "ACTIVE" if context.time() - self.began >= 90 else "CREATING"
        return {"StreamDescription": {"StreamName": request["StreamName"], "StreamStatus": status}}


@pytest.fixture
def streams(aws: Cloud) -> Cloud:
    aws.services.add_service(Service("kinesis", skeleton=Skeleton(load_service("kinesis"), Streams())))
    return aws


def test_a_waiter_moves_aws_clock_until_what_it_waits_for_is_there(streams: Cloud) -> None:
    async def main() -> None:
        async with get_session().create_client("kinesis") as kinesis:
            await kinesis.get_waiter("stream_exists").wait(StreamName="s")

    before = streams.clock.offset_seconds
    asyncio.run(main())
    assert streams.clock.offset_seconds - before == pytest.approx(90, abs=1)


def test_a_waiter_that_waits_in_vain_ends_as_on_aws(streams: Cloud) -> None:
    async def main() -> None:
        async with get_session().create_client("kinesis") as kinesis:
            waiter = kinesis.get_waiter("stream_exists")
            with pytest.raises(WaiterError, match="Max attempts exceeded"):
                await waiter.wait(StreamName="s", WaiterConfig={"Delay": 1, "MaxAttempts": 3})

    asyncio.run(main())


def test_with_real_waits_it_sleeps(streams: Cloud) -> None:
    async def main() -> None:
        async with get_session().create_client("kinesis") as kinesis:
            await kinesis.get_waiter("stream_exists").wait(StreamName="s")

    streams.settings.real_waits = True
    with pytest.raises(AssertionError, match=r"^slept 10 seconds$"):
        asyncio.run(main())


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_retries_back_off_on_aws_clock(aws: Cloud, mode: str) -> None:
    async def main() -> list[int]:
        config = AioConfig(retries={"mode": mode, "max_attempts": 5})
        async with get_session().create_client("sqs", config=config) as sqs:
            return [(await sqs.list_queues())["ResponseMetadata"]["RetryAttempts"] for _ in range(3)]

    aws.faults.add("sqs.ListQueues", error="ThrottlingException", times=3)
    assert asyncio.run(main()) == [3, 0, 0]
    assert aws.clock.offset_seconds > 0


@pytest.mark.parametrize("connection", ["connect_timeout", "read_timeout", "reset", "closed"])
def test_broken_connections_are_retried(aws: Cloud, connection: str) -> None:
    async def main() -> int:
        async with get_session().create_client("sqs") as sqs:
            return int((await sqs.list_queues())["ResponseMetadata"]["RetryAttempts"])

    aws.faults.add("sqs.ListQueues", connection=connection, times=1)
    assert asyncio.run(main()) == 1
