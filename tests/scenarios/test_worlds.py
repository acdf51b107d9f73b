"""Four worlds at once, in threads, tasks, processes and threads that run tests: none sees what another has."""

from __future__ import annotations

import asyncio
import contextvars
import io
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
import requests
from boto3.s3.transfer import TransferConfig

from awsim import Cloud, mock_aws

WORLDS = 4


def build(name: str, pause: Callable[[], None]) -> list[str]:
    """Build one world out of names that all worlds share, but for one of each; say what there is in the end."""
    s3, sqs, dynamodb = boto3.client("s3"), boto3.resource("sqs"), boto3.client("dynamodb")
    for bucket in ("shared", f"bucket-{name}"):
        place: Any = {"CreateBucketConfiguration": {"LocationConstraint": s3.meta.region_name}}
        s3.create_bucket(Bucket=bucket, **({} if s3.meta.region_name == "us-east-1" else place))
    pause()
    # In worker threads of s3transfer, which are in no context of this world.
    body = io.BytesIO(name.encode() * 100_000)
    s3.upload_fileobj(body, "shared", "key", Config=TransferConfig(use_threads=True))
    queue = sqs.create_queue(QueueName="shared")
    queue.send_message(MessageBody=name)
    pause()
    dynamodb.create_table(
        TableName=f"table-{name}",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.get_waiter("table_exists").wait(TableName=f"table-{name}")
    pause()
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "shared", "Key": "key"})
    return [
        *(bucket["Name"] for bucket in s3.list_buckets()["Buckets"]),
        s3.get_object(Bucket="shared", Key="key")["Body"].read(1).decode(),
        requests.get(url, timeout=5).text[:1],
        *(message.body for message in queue.receive_messages(MaxNumberOfMessages=10)),
        *dynamodb.list_tables()["TableNames"],
        boto3.client("sts").get_caller_identity()["Account"],
        str(boto3.client("sqs").meta.region_name),
    ]


def options(number: int) -> dict[str, Any]:
    return {"account_id": f"{number}" * 12, "region": ["us-east-1", "eu-west-1", "eu-central-1", "us-west-2"][number]}


def expected(number: int) -> list[str]:
    name = str(number)
    chosen = options(number)
    found = [f"bucket-{name}", "shared", name, name, name, f"table-{name}", chosen["account_id"]]
    return [*found, chosen["region"]]


def world(number: int, pause: Callable[[], None]) -> list[str]:
    with mock_aws(isolated=True, **options(number)):
        return build(str(number), pause)


def test_threads_have_a_world_each() -> None:
    before = dict(os.environ)
    barrier = threading.Barrier(WORLDS)

    def pause() -> None:
        barrier.wait(30)

    with ThreadPoolExecutor(WORLDS) as pool:
        for _ in range(2):  # the threads, and what they keep, are used again
            found = list(pool.map(lambda number: world(number, pause), range(WORLDS)))
            assert found == [expected(number) for number in range(WORLDS)]
    assert dict(os.environ) == before


def test_tasks_have_a_world_each() -> None:
    def buckets() -> list[str]:
        return [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]

    @mock_aws(isolated=True)
    async def task(number: int) -> list[str]:
        s3 = boto3.client("s3")
        for bucket in ("shared", f"bucket-{number}"):
            s3.create_bucket(Bucket=bucket)
            await asyncio.sleep(0)
            names = await asyncio.to_thread(buckets)
        return names

    async def main() -> list[list[str]]:
        return await asyncio.gather(*(task(number) for number in range(WORLDS)))

    assert asyncio.run(main()) == [[f"bucket-{number}", "shared"] for number in range(WORLDS)]


def test_a_client_belongs_to_its_world_wherever_it_is_used() -> None:
    with mock_aws(isolated=True) as aws:
        sqs = boto3.client("sqs")

        def elsewhere() -> tuple[int, Any]:
            aws.faults.add("sqs.ListQueues", error="ThrottlingException", times=2)
            return sqs.list_queues()["ResponseMetadata"]["RetryAttempts"], aws.calls.last.operation

        with ThreadPoolExecutor(1) as pool, mock_aws(isolated=True) as other:
            assert pool.submit(elsewhere).result() == (2, "ListQueues")
            assert len(other.calls) == 0
        # Its retries waited on the clock of its own world.
        assert aws.clock.offset_seconds > 0
        assert other.clock.offset_seconds == 0


def test_tests_that_run_in_threads_have_a_world_each() -> None:
    """A runner that has each of its threads set up, run and tear down one test after another."""
    problems: list[str] = []

    def run_test(number: int) -> None:
        with mock_aws(isolated=True) as aws:
            s3 = boto3.client("s3")
            s3.create_bucket(Bucket="shared")
            s3.put_object(Bucket="shared", Key=str(number), Body=b"")
            keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket="shared")["Contents"]]
            if keys != [str(number)] or len(aws.calls) != 3:
                problems.append(f"test {number} sees {keys} after {len(aws.calls)} calls")

    with ThreadPoolExecutor(WORLDS) as pool:
        # Each test in a context of its own, as of a thread of its own.
        futures = [pool.submit(contextvars.Context().run, run_test, number) for number in range(40)]
        for future in futures:
            future.result()
    assert problems == []


TESTS = """
import boto3
import pytest

@pytest.mark.parametrize("number", [
    *range(4), *(pytest.param(number, marks=pytest.mark.aws(isolated=True)) for number in range(4, 8))
])
def test_a_world(aws, number):
    s3 = boto3.client("s3")
    assert s3.list_buckets()["Buckets"] == []
    s3.create_bucket(Bucket="shared")
    s3.create_bucket(Bucket=f"bucket-{number}")
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [f"bucket-{number}", "shared"]
"""


def test_workers_of_xdist_have_a_world_for_each_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(TESTS)
    pytester.runpytest_subprocess("-n", str(WORLDS), "-q").assert_outcomes(passed=8)


def test_clouds_made_by_hand_need_no_mock() -> None:
    clouds = [Cloud() for _ in range(WORLDS)]

    def use(number: int) -> list[str]:
        s3 = clouds[number].client("s3")
        s3.create_bucket(Bucket=f"bucket-{number}")
        return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]

    with ThreadPoolExecutor(WORLDS) as pool:
        assert list(pool.map(use, range(WORLDS))) == [[f"bucket-{number}"] for number in range(WORLDS)]
