"""Every client is served, whenever and however it was made."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import boto3
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.stub import Stubber

from awsim import Cloud, Settings, mock_aws
from awsim.active import current_cloud

ACCOUNT = "https://sqs.us-east-1.amazonaws.com/123456789012"

early_client = boto3.client("sqs", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
early_session = boto3.Session(region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")


def test_a_client_made_before_the_mock_is_served() -> None:
    with mock_aws():
        assert early_client.create_queue(QueueName="q")["QueueUrl"] == f"{ACCOUNT}/q"
    with mock_aws():
        assert "QueueUrls" not in early_client.list_queues()


def test_a_client_made_before_without_any_credentials_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    client = boto3.Session().client("sqs", region_name="us-east-1")
    with mock_aws():
        assert client.create_queue(QueueName="q")["QueueUrl"] == f"{ACCOUNT}/q"


def test_sessions_resources_and_botocore_sessions_are_served() -> None:
    with mock_aws():
        assert early_session.client("sqs").create_queue(QueueName="a")["QueueUrl"] == f"{ACCOUNT}/a"
        assert boto3.resource("sqs").create_queue(QueueName="b").url == f"{ACCOUNT}/b"
        core = botocore.session.get_session().create_client("sqs")
        assert sorted(core.list_queues()["QueueUrls"]) == [f"{ACCOUNT}/a", f"{ACCOUNT}/b"]


def test_a_client_with_an_endpoint_of_its_own_is_served_too() -> None:
    with mock_aws():
        client = boto3.client("sqs", endpoint_url="http://localhost:4566")
        assert client.create_queue(QueueName="q")["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_threads_see_the_cloud_of_the_process() -> None:
    with mock_aws(), ThreadPoolExecutor(4) as pool:
        urls = list(pool.map(lambda n: boto3.Session().client("sqs").create_queue(QueueName=f"q{n}"), range(8)))
        assert len(urls) == 8
        assert len(boto3.client("sqs").list_queues()["QueueUrls"]) == 8


def test_a_stubber_and_a_handler_of_the_user_come_first() -> None:
    with mock_aws():
        client = boto3.client("sqs")
        with Stubber(client) as stubber:
            stubber.add_response("list_queues", {"QueueUrls": ["stubbed"]})
            assert client.list_queues()["QueueUrls"] == ["stubbed"]

        def canned(request: object, **_: object) -> AWSResponse:
            response = AWSResponse("", 200, {}, None)
            response._content = b'{"QueueUrls": ["canned"]}'
            return response

        client.meta.events.register("before-send.sqs.ListQueues", canned)
        assert client.list_queues()["QueueUrls"] == ["canned"]


def test_an_answer_has_the_metadata_of_aws() -> None:
    with mock_aws(seed=7) as aws:
        metadata = aws.client("sqs").list_queues()["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == 200
    assert metadata["RetryAttempts"] == 0
    assert set(metadata["HTTPHeaders"]) == {"x-amzn-requestid", "content-type", "content-length", "date"}
    assert metadata["HTTPHeaders"]["x-amzn-requestid"] == metadata["RequestId"]


class TestClientsOfACloud:
    """`aws.client` belongs to its Cloud, whatever else is active."""

    def test_a_cloud_by_hand_needs_no_mock(self) -> None:
        one, other = Cloud(Settings(region="eu-west-1")), Cloud()
        url = one.client("sqs").create_queue(QueueName="q")["QueueUrl"]
        assert url == "https://sqs.eu-west-1.amazonaws.com/123456789012/q"
        assert "QueueUrls" not in other.client("sqs").list_queues()
        assert current_cloud() is None

    def test_an_outer_clouds_client_is_not_answered_by_the_inner(self) -> None:
        with mock_aws() as outer, mock_aws(cloud=outer.fork()) as inner:
            outer.client("sqs").create_queue(QueueName="outer")
            inner.client("sqs").create_queue(QueueName="inner")
            assert boto3.client("sqs").list_queues()["QueueUrls"] == [f"{ACCOUNT}/inner"]
            assert outer.client("sqs").list_queues()["QueueUrls"] == [f"{ACCOUNT}/outer"]

    def test_an_isolated_clouds_clients_may_be_made_in_any_thread(self) -> None:
        with mock_aws(isolated=True) as aws, ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: aws.client("sqs").create_queue(QueueName="q")).result()
            assert boto3.client("sqs").list_queues()["QueueUrls"] == [f"{ACCOUNT}/q"]

    def test_a_users_handler_still_comes_first(self) -> None:
        with mock_aws() as aws:
            client = aws.client("sqs")
            response = AWSResponse("", 200, {}, None)
            response._content = b"{}"
            client.meta.events.register("before-send.sqs.CreateQueue", lambda **_: response)
            client.create_queue(QueueName="never")
            assert "QueueUrls" not in client.list_queues()


class TestIsolated:
    """An isolated Cloud is active for its context and for what was made in it, and for nobody else."""

    def test_threads_have_a_cloud_each(self) -> None:
        ready = threading.Barrier(4)

        def world(number: int) -> list[str]:
            with mock_aws(isolated=True) as aws:
                ready.wait(10)
                client = boto3.Session().client("sqs")
                client.create_queue(QueueName=f"q{number}")
                ready.wait(10)
                assert current_cloud() is aws
                return client.list_queues()["QueueUrls"]

        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(world, range(4)))
        assert found == [[f"{ACCOUNT}/q{number}"] for number in range(4)]
        assert current_cloud() is None

    def test_asyncio_tasks_have_a_cloud_each(self) -> None:
        import asyncio

        @mock_aws(isolated=True)
        async def world(number: int) -> list[str]:
            client = boto3.client("sqs")
            client.create_queue(QueueName=f"q{number}")
            await asyncio.sleep(0)
            return client.list_queues()["QueueUrls"]

        async def run() -> list[list[str]]:
            return await asyncio.gather(*(world(number) for number in range(4)))

        assert asyncio.run(run()) == [[f"{ACCOUNT}/q{number}"] for number in range(4)]

    def test_its_clients_work_in_worker_threads(self) -> None:
        with mock_aws(), mock_aws(isolated=True), ThreadPoolExecutor(2) as pool:
            client = boto3.client("sqs")
            pool.submit(client.create_queue, QueueName="mine").result()
            assert client.list_queues()["QueueUrls"] == [f"{ACCOUNT}/mine"]

    def test_its_sessions_make_clients_of_it_in_worker_threads(self) -> None:
        with mock_aws(), mock_aws(isolated=True), ThreadPoolExecutor(2) as pool:
            session = boto3.Session()
            pool.submit(lambda: session.client("sqs").create_queue(QueueName="mine")).result()
            assert session.client("sqs").list_queues()["QueueUrls"] == [f"{ACCOUNT}/mine"]
            others = pool.submit(lambda: boto3.Session().client("sqs").list_queues()).result()
            assert "QueueUrls" not in others

    def test_each_has_its_own_region(self) -> None:
        with mock_aws(isolated=True, region="eu-west-1"), mock_aws(isolated=True, region="eu-west-3"):
            url = boto3.Session().client("sqs").create_queue(QueueName="q")["QueueUrl"]
        assert url == "https://sqs.eu-west-3.amazonaws.com/123456789012/q"

    def test_after_it_its_clients_belong_to_whatever_is_active(self) -> None:
        with mock_aws(isolated=True):
            client = boto3.client("sqs")
            client.create_queue(QueueName="gone")
        with mock_aws():
            assert "QueueUrls" not in client.list_queues()
