"""Answers that break off, or take real time; and botocore's retries against them."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiohttp
import boto3
import httpx
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ResponseStreamingError

from awsim import Cloud

ONCE = Config(retries={"total_max_attempts": 1})
BODY = b"0123456789" * 1000


@pytest.fixture
def s3(aws: Cloud) -> Any:
    client = boto3.client("s3")
    client.create_bucket(Bucket="box")
    client.put_object(Bucket="box", Key="k", Body=BODY)
    return client


class TestTruncated:
    def test_a_stream_gives_what_came_and_then_botocores_error(self, aws: Cloud, s3: Any) -> None:
        aws.faults.add("s3.GetObject", truncate=5000)
        answer = s3.get_object(Bucket="box", Key="k")
        assert answer["ContentLength"] == len(BODY)
        stream = answer["Body"]
        assert b"".join(stream.read(1000) for _ in range(5)) == BODY[:5000]
        with pytest.raises(ResponseStreamingError, match="a fault broke the connection: truncated"):
            stream.read(1000)

    def test_a_stream_that_is_read_at_once_is_an_error(self, aws: Cloud, s3: Any) -> None:
        aws.faults.add("s3.GetObject", truncate=5000)
        with pytest.raises(ResponseStreamingError):
            s3.get_object(Bucket="box", Key="k")["Body"].read()

    def test_the_last_byte_never_comes(self, aws: Cloud, s3: Any) -> None:
        aws.faults.add("s3.GetObject", truncate=10**9)
        stream = s3.get_object(Bucket="box", Key="k")["Body"]
        assert stream.read(len(BODY)) == BODY[:-1]

    def test_an_answer_without_a_body_stays_whole(self, aws: Cloud, s3: Any) -> None:
        aws.faults.add("s3.PutObject", truncate=0)
        s3.put_object(Bucket="box", Key="other", Body=b"1")

    def test_another_answer_is_a_connection_closed(self, aws: Cloud) -> None:
        aws.faults.add("sqs.ListQueues", truncate=3)
        with pytest.raises(ConnectionClosedError):
            boto3.client("sqs", config=ONCE).list_queues()

    def test_the_operation_was_carried_out_and_the_retry_is_another_call(self, aws: Cloud) -> None:
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        fault = aws.faults.add("sqs.SendMessage", truncate=3, times=1)
        answer = sqs.send_message(QueueUrl=url, MessageBody="hi")
        assert answer["ResponseMetadata"]["RetryAttempts"] == 1
        assert fault.hits == 1
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        assert attributes["Attributes"] == {"ApproximateNumberOfMessages": "2"}

    def test_a_transfer_starts_over(self, aws: Cloud, s3: Any) -> None:
        import io

        fault = aws.faults.add("s3.GetObject", truncate=5000, times=2)
        found = io.BytesIO()
        s3.download_fileobj("box", "k", found)
        assert found.getvalue() == BODY
        assert fault.hits == 2

    def test_http_clients_have_errors_of_their_own(self, aws: Cloud, s3: Any) -> None:
        aws.faults.add("s3.GetObject", truncate=5000)
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "box", "Key": "k"})

        async def fetch() -> bytes:
            async with aiohttp.ClientSession() as session, session.get(url) as response:
                return await response.read()

        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            requests.get(url, timeout=5)
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(url)
        with pytest.raises(aiohttp.ClientPayloadError):
            asyncio.run(fetch())


class TestRealLatency:
    def test_the_caller_waits_for_real_and_awss_clock_stays(self, aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        slept: list[float] = []
        monkeypatch.setattr(time, "sleep", slept.append)
        fault = aws.faults.add("sqs.ListQueues", real_latency=0.25)
        assert repr(fault) == "<Fault sqs.ListQueues: 0.25 seconds, 0 hits>"
        boto3.client("sqs").list_queues()
        assert slept == [0.25]
        assert aws.clock.offset_seconds == 0

    def test_other_callers_do_not_wait_with_it(self, aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        import threading

        started, done = threading.Event(), threading.Event()

        def sleep(seconds: float) -> None:
            started.set()
            assert done.wait(10)

        monkeypatch.setattr(time, "sleep", sleep)
        aws.faults.add("sqs.ListQueues", real_latency=1)
        sqs = boto3.client("sqs")
        slow = threading.Thread(target=sqs.list_queues)
        slow.start()
        assert started.wait(10)
        sqs.create_queue(QueueName="q")
        done.set()
        slow.join()


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
class TestRetries:
    """botocore's own retries, in each of their modes, against what can go wrong."""

    @pytest.fixture
    def sqs(self, aws: Cloud, mode: str) -> Any:
        return boto3.client("sqs", config=Config(retries={"mode": mode, "max_attempts": 5}))

    @pytest.mark.parametrize(
        "fault",
        [
            {"error": "ThrottlingException"},
            {"status": 500},
            {"status": 503},
            {"connection": "connect_timeout"},
            {"connection": "read_timeout"},
            {"connection": "reset"},
            {"connection": "closed"},
            {"truncate": 1},
        ],
    )
    def test_two_failures_are_got_over(self, aws: Cloud, sqs: Any, fault: dict[str, Any]) -> None:
        aws.faults.add("sqs.ListQueues", times=2, **fault)
        assert sqs.list_queues()["ResponseMetadata"]["RetryAttempts"] == 2

    def test_a_brownout_is_got_over(self, aws: Cloud, sqs: Any) -> None:
        fault = aws.faults.brownout("sqs", probability=0.3, latency=2)
        attempts = [sqs.list_queues()["ResponseMetadata"]["RetryAttempts"] for _ in range(10)]
        assert sum(attempts) == fault.hits > 0
        assert aws.clock.offset_seconds >= 2 * fault.hits

    def test_what_the_caller_is_to_blame_for_is_not_tried_again(self, aws: Cloud, sqs: Any) -> None:
        fault = aws.faults.add("sqs.ListQueues", status=403)
        with pytest.raises(sqs.exceptions.ClientError):
            sqs.list_queues()
        assert fault.hits == 1
