"""Plain HTTP clients: their requests for AWS are answered by the active Cloud, and no others."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable

import httpx
import pytest
import requests
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from awsim import EscapeError, NotSimulatedError, mock_aws

URL = "https://sqs.us-east-1.amazonaws.com/"
JSON = {"X-Amz-Target": "AmazonSQS.CreateQueue", "Content-Type": "application/x-amz-json-1.0"}
CREATED = {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/q"}


def signed(body: bytes) -> dict[str, str]:
    """The headers of a request for SQS, signed as by hand."""
    request = AWSRequest("POST", URL, data=body, headers=dict(JSON))
    SigV4Auth(Credentials("testing", "testing"), "sqs", "us-east-1").add_auth(request)
    return dict(request.headers.items())


def by_requests(body: bytes, headers: dict[str, str]) -> tuple[int, object]:
    response = requests.post(URL, data=body, headers=headers, timeout=5)
    return response.status_code, response.json()


def by_urllib3(body: bytes, headers: dict[str, str]) -> tuple[int, object]:
    response = urllib3.PoolManager().request("POST", URL, body=body, headers=headers)
    return response.status, response.json()


def by_httpx(body: bytes, headers: dict[str, str]) -> tuple[int, object]:
    response = httpx.post(URL, content=body, headers=headers)
    return response.status_code, response.json()


def by_async_httpx(body: bytes, headers: dict[str, str]) -> tuple[int, object]:
    async def post() -> tuple[int, object]:
        async with httpx.AsyncClient() as client:
            response = await client.post(URL, content=body, headers=headers)
            return response.status_code, response.json()

    return asyncio.run(post())


CLIENTS = [by_requests, by_urllib3, by_httpx, by_async_httpx]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_signed_request_is_answered(client: Callable[..., tuple[int, object]]) -> None:
    body = b'{"QueueName": "q"}'
    with mock_aws() as aws:
        assert client(body, signed(body)) == (200, CREATED)
        assert aws.client("sqs").list_queues()["QueueUrls"] == [CREATED["QueueUrl"]]


@pytest.mark.parametrize("client", CLIENTS)
def test_an_error_is_the_services(client: Callable[..., tuple[int, object]]) -> None:
    with mock_aws():
        status, answer = client(b"{", JSON)
    assert status == 400
    assert isinstance(answer, dict)
    assert answer["__type"] == "SerializationException"


@pytest.mark.parametrize("client", CLIENTS)
def test_what_is_not_simulated_is_told_as_to_boto3(client: Callable[..., tuple[int, object]]) -> None:
    headers = {"X-Amz-Target": "GroundStation.Nothing", "Content-Type": "application/x-amz-json-1.0"}
    headers["X-Amz-Target"] = "AmazonSSM.GetParameter"
    with mock_aws(), pytest.raises(NotSimulatedError, match=r"^awsim does not simulate ssm\.GetParameter\."):
        client(b'{"Name": "a"}', headers)


def test_query_requests_work_by_get() -> None:
    with mock_aws():
        response = requests.get("https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15", timeout=5)
    assert response.status_code == 200
    assert "<Arn>arn:aws:iam::123456789012:root</Arn>" in response.text


def test_instance_metadata_is_guarded_and_not_answered() -> None:
    with mock_aws(), pytest.raises(EscapeError, match="^a request for instance metadata "):
        urllib3.PoolManager().request("GET", "http://169.254.169.254/latest/meta-data/", retries=False)


def test_other_hosts_are_not_answered() -> None:
    with mock_aws():
        with pytest.raises(requests.ConnectionError):
            requests.get("http://127.0.0.1:9/", timeout=5)
        with pytest.raises(httpx.ConnectError):
            httpx.get("http://127.0.0.1:9/")


def test_everything_is_put_back() -> None:
    pool = urllib3.connectionpool.HTTPConnectionPool
    before = (pool.urlopen, httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request)
    with mock_aws():
        assert pool.urlopen is not before[0]
    after = (pool.urlopen, httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request)
    assert after == before


def test_httpx_is_served_when_it_is_imported_later() -> None:
    code = """
import sys
from awsim import mock_aws
with mock_aws():
    assert "httpx" not in sys.modules
    import httpx
    url = "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15"
    print(httpx.get(url).status_code)
with mock_aws():
    print(httpx.get(url).status_code)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["200", "200"]
