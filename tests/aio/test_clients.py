"""aiobotocore's clients: every call is answered in-process, on the loop."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import subprocess
import sys
from typing import Any

import aiobotocore.endpoint
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.credentials import AioRefreshableCredentials
from aiobotocore.session import AioSession, get_session
from botocore.exceptions import ClientError, HTTPClientError

from awsim import Cloud, NotSimulatedError, mock_aws


@pytest.fixture(autouse=True)
def no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(self: Any, address: Any) -> None:
        raise AssertionError(f"connected to {address}")

    monkeypatch.setattr(socket.socket, "connect", connect)


def test_a_call_is_answered(aws: Cloud) -> None:
    async def main() -> None:
        async with get_session().create_client("sqs") as sqs:
            url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
            await sqs.send_message(QueueUrl=url, MessageBody="hi")
            received = await sqs.receive_message(QueueUrl=url)
            assert [message["Body"] for message in received["Messages"]] == ["hi"]

    asyncio.run(main())
    assert [call.operation for call in aws.calls] == ["CreateQueue", "SendMessage", "ReceiveMessage"]


def test_both_kinds_of_client_see_one_cloud(aws: Cloud) -> None:
    async def main() -> list[str]:
        async with get_session().create_client("s3") as s3:
            return [bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"]]

    aws.client("s3").create_bucket(Bucket="ours")
    assert asyncio.run(main()) == ["ours"]


def test_errors_are_the_services(aws: Cloud) -> None:
    async def main() -> None:
        async with get_session().create_client("sqs") as sqs:
            with pytest.raises(sqs.exceptions.QueueDoesNotExist) as caught:
                await sqs.get_queue_url(QueueName="none")
            assert caught.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"

    asyncio.run(main())


def test_what_is_not_simulated_is_told_as_to_boto3(aws: Cloud) -> None:
    async def main() -> None:
        async with get_session().create_client("groundstation") as client:
            with pytest.raises(NotSimulatedError, match=r"^awsim does not simulate groundstation\.ListSatellites\."):
                await client.list_satellites()

    asyncio.run(main())


def test_a_client_made_before_the_mock_and_without_credentials_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    async def main() -> None:
        async with get_session().create_client("sts", region_name="eu-west-1") as sts:
            with mock_aws() as aws:
                assert (await sts.get_caller_identity())["Account"] == "123456789012"
                aws.calls.assert_called("sts.GetCallerIdentity", times=1)
            with pytest.raises(Exception, match=r"Unable to locate credentials|NoCredentials"):
                await sts.get_caller_identity()

    asyncio.run(main())


def test_the_region_is_the_mocks() -> None:
    async def main() -> str:
        async with AioSession().create_client("sqs") as sqs:
            return str(sqs.meta.region_name)

    with mock_aws(region="eu-central-1"):
        assert asyncio.run(main()) == "eu-central-1"


def test_tasks_have_a_world_each() -> None:
    @mock_aws(isolated=True)
    async def world(number: int) -> tuple[list[str], str]:
        async with get_session().create_client("s3") as s3:
            await asyncio.sleep(0)
            await s3.create_bucket(Bucket=f"box{number}")
            await asyncio.sleep(0)
            names = [bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"]]
            await asyncio.sleep(0)
            return names, str(s3.meta.region_name)

    async def main() -> list[tuple[list[str], str]]:
        return await asyncio.gather(*(world(number) for number in range(4)))

    assert asyncio.run(main()) == [([f"box{number}"], "us-east-1") for number in range(4)]


def test_a_session_of_an_isolated_world_belongs_to_it_in_other_tasks_too() -> None:
    async def main() -> None:
        with mock_aws(isolated=True):
            session = get_session()
            async with session.create_client("s3") as s3:
                await s3.create_bucket(Bucket="mine")
                with mock_aws(isolated=True):
                    names = [bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"]]
        assert names == ["mine"]

    asyncio.run(main())


def test_a_presigned_url_is_signed_by_it(aws: Cloud) -> None:
    async def main() -> str:
        async with get_session().create_client("s3") as s3:
            return str(await s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"}))

    assert "Signature=" in asyncio.run(main())


def test_presigned_urls_and_forms_are_dated_by_aws_clock(aws: Cloud) -> None:
    async def main() -> tuple[str, Any]:
        config = AioConfig(signature_version="s3v4")
        async with get_session().create_client("s3", config=config) as s3:
            url = await s3.generate_presigned_url("get_object", Params={"Bucket": "cats", "Key": "k"})
            return str(url), await s3.generate_presigned_post("cats", "k", ExpiresIn=60)

    with aws.clock.freeze("2024-02-29T12:00:00Z"):
        url, form = asyncio.run(main())
    assert "X-Amz-Date=20240229T120000Z" in url
    assert form["fields"]["x-amz-date"] == "20240229T120000Z"
    assert json.loads(base64.b64decode(form["fields"]["policy"]))["expiration"] == "2024-02-29T12:01:00Z"


def test_credentials_are_renewed_by_aws_clock(aws: Cloud) -> None:
    keys: list[str] = []

    async def assume() -> dict[str, str]:
        async with get_session().create_client("sts") as sts:
            got = await sts.assume_role(RoleArn="arn:aws:iam::111122223333:role/r", RoleSessionName="session")
        keys.append(got["Credentials"]["AccessKeyId"])
        return {
            "access_key": keys[-1],
            "secret_key": got["Credentials"]["SecretAccessKey"],
            "token": got["Credentials"]["SessionToken"],
            "expiry_time": got["Credentials"]["Expiration"].isoformat(),
        }

    async def main() -> None:
        session = get_session()
        session._credentials = AioRefreshableCredentials.create_from_metadata(await assume(), assume, "test")
        async with session.create_client("sts") as sts:
            for number in (1, 2, 3):
                await sts.get_caller_identity()
                await sts.get_caller_identity()
                assert len(keys) == number
                aws.clock.advance(hours=1)

    with aws.clock.freeze("2024-02-29T12:00:00Z"):
        asyncio.run(main())


def test_without_a_mock_requests_leave() -> None:
    async def main() -> None:
        config = AioConfig(retries={"total_max_attempts": 1})
        client = get_session().create_client(
            "sqs",
            region_name="us-east-1",
            endpoint_url="http://127.0.0.1:9",
            config=config,
            aws_access_key_id="a",
            aws_secret_access_key="b",
        )
        async with client as sqs:
            await sqs.list_queues()

    with mock_aws():
        asyncio.run(main())
    with pytest.raises(HTTPClientError, match="connected to"):
        asyncio.run(main())


def test_everything_is_put_back() -> None:
    endpoint = aiobotocore.endpoint.AioEndpoint
    before = (endpoint._send, endpoint._do_get_response, AioSession._create_client, aiobotocore.endpoint.asyncio)
    with mock_aws():
        assert endpoint._send is not before[0]
        with mock_aws():
            pass
        assert endpoint._send is not before[0]
    after = (endpoint._send, endpoint._do_get_response, AioSession._create_client, aiobotocore.endpoint.asyncio)
    assert after == before


def test_it_is_served_when_it_is_imported_later() -> None:
    code = """
import asyncio, sys
from awsim import mock_aws

async def account():
    from aiobotocore.session import get_session
    async with get_session().create_client("sts") as sts:
        return (await sts.get_caller_identity())["Account"]

with mock_aws() as aws:
    aws.client("sts").get_caller_identity()
    assert "aiobotocore" not in sys.modules and "aiohttp" not in sys.modules
    print(asyncio.run(account()))
with mock_aws():
    print(asyncio.run(account()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["123456789012"] * 2


def test_a_loop_is_not_held_up_by_real_waits(aws: Cloud) -> None:
    aws.settings.real_waits = True

    async def main() -> list[str]:
        events = []
        async with get_session().create_client("sqs") as sqs:
            url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]

            async def poll() -> None:
                received = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
                events.append(received["Messages"][0]["Body"])

            polling = asyncio.ensure_future(poll())
            while not aws._waiting:
                await asyncio.sleep(0)
            events.append("sending")
            await sqs.send_message(QueueUrl=url, MessageBody="hi")
            await polling
        return events

    assert asyncio.run(main()) == ["sending", "hi"]


def test_an_error_that_is_retried_counts_as_aws_counts(aws: Cloud) -> None:
    async def main() -> None:
        async with get_session().create_client("sqs", config=AioConfig(retries={"max_attempts": 1})) as sqs:
            with pytest.raises(ClientError, match="reached max retries: 1"):
                await sqs.list_queues()

    fault = aws.faults.add("sqs.ListQueues", error="ThrottlingException")
    asyncio.run(main())
    assert fault.hits == 2
