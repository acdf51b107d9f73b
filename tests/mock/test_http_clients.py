"""Plain HTTP clients: their requests for AWS are answered by the active Cloud, and no others."""

from __future__ import annotations

import asyncio
import http.client
import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
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


def by_requests(body: bytes, headers: dict[str, str], url: str = URL) -> tuple[int, object]:
    response = requests.post(url, data=body, headers=headers, timeout=5)
    return response.status_code, response.json()


def by_urllib3(body: bytes, headers: dict[str, str], url: str = URL) -> tuple[int, object]:
    response = urllib3.PoolManager().request("POST", url, body=body, headers=headers)
    return response.status, response.json()


def by_httpx(body: bytes, headers: dict[str, str], url: str = URL) -> tuple[int, object]:
    response = httpx.post(url, content=body, headers=headers)
    return response.status_code, response.json()


def by_async_httpx(body: bytes, headers: dict[str, str], url: str = URL) -> tuple[int, object]:
    async def post() -> tuple[int, object]:
        async with httpx.AsyncClient() as client:
            response = await client.post(url, content=body, headers=headers)
            return response.status_code, response.json()

    return asyncio.run(post())


def by_aiohttp(body: bytes, headers: dict[str, str], url: str = URL) -> tuple[int, object]:
    async def post() -> tuple[int, object]:
        async with (
            aiohttp.ClientSession(trust_env=True) as session,
            session.post(url, data=body, headers=headers) as response,
        ):
            return response.status, await response.json(content_type=None)

    return asyncio.run(post())


def by_urllib(body: bytes, headers: dict[str, str], url: str = URL) -> tuple[int, object]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=5) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


CLIENTS = [by_requests, by_urllib3, by_urllib, by_httpx, by_async_httpx, by_aiohttp]


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


PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment of a network in which everything goes through a proxy, which does not answer here."""
    for name in PROXIES:
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setattr(urllib.request, "_opener", None)  # it knows the proxies of when it was made
    return "http://127.0.0.1:9"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_request_for_a_proxy_is_answered(client: Callable[..., tuple[int, object]], scheme: str, proxy: str) -> None:
    body = b'{"QueueName": "q"}'
    with mock_aws():
        status, created = client(body, signed(body), f"{scheme}://sqs.us-east-1.amazonaws.com/")
    url = CREATED["QueueUrl"].replace("https:", f"{scheme}:")
    assert (status, created) == (200, {"QueueUrl": url})


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_urllib3s_own_proxies_get_no_request_for_aws(scheme: str, proxy: str) -> None:
    with mock_aws():
        for url in ("?Action=GetCallerIdentity&Version=2011-06-15", "/?Action=GetCallerIdentity&Version=2011-06-15"):
            got = urllib3.ProxyManager(proxy).request("GET", f"{scheme}://sts.amazonaws.com{url}")
            assert b"<Account>123456789012</Account>" in got.data


def test_a_proxy_gets_what_is_for_others_and_what_passes_through(proxy: str) -> None:
    def refused(url: str) -> None:
        with pytest.raises(requests.exceptions.ProxyError):
            requests.get(url, timeout=5)
        with pytest.raises(urllib.error.URLError, match="refused"):
            urllib.request.urlopen(url, timeout=5)

    with mock_aws(passthrough=["real.s3.amazonaws.com"]):
        for scheme in ("http", "https"):
            refused(f"{scheme}://example.com/")
            refused(f"{scheme}://real.s3.amazonaws.com/cat")


@pytest.mark.parametrize("url", ["http://169.254.169.254/latest/meta-data/", "https://[fd00:ec2::254]/latest/"])
@pytest.mark.parametrize("client", CLIENTS)
def test_a_proxy_is_not_asked_for_instance_metadata(
    client: Callable[..., tuple[int, object]], url: str, proxy: str
) -> None:
    with mock_aws(), pytest.raises(EscapeError, match="^a request for instance metadata "):
        client(b"", {}, url)


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
        with pytest.raises(aiohttp.ClientConnectorError):
            asyncio.run(fetch_by_aiohttp("http://127.0.0.1:9/"))


async def fetch_by_aiohttp(url: str) -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.read()


def test_a_presigned_url_is_read_and_written_by_aiohttp() -> None:
    body = b"0123456789" * 100_000

    async def chunks() -> AsyncIterator[bytes]:
        yield body[:7]
        yield body[7:]

    async def use(put: str, get: str, head: str) -> tuple[list[int], bytes, str | None]:
        async with aiohttp.ClientSession() as session:
            written = []
            for data, headers in ((body, {}), (chunks(), {}), (chunks(), {"Content-Length": "1000000"})):
                async with session.put(put, data=data, headers=headers, expect100=True) as response:
                    written.append(response.status)
            async with session.get(get) as response:
                read = b"".join([chunk async for chunk in response.content.iter_chunked(4096)])
            async with session.head(head) as response:
                return written, read, response.headers.get("Content-Length")

    with mock_aws() as aws:
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="box")
        urls = [
            s3.generate_presigned_url(name, Params={"Bucket": "box", "Key": "k"})
            for name in ("put_object", "get_object", "head_object")
        ]
        assert asyncio.run(use(*urls)) == ([200, 501, 200], body, "1000000")  # S3 wants the length


def test_one_connection_of_the_standard_library_reads_and_writes_presigned_urls() -> None:
    connection = http.client.HTTPSConnection("box.s3.amazonaws.com", timeout=5)

    def sent(method: str, **options: Any) -> tuple[int, str | None, bytes]:
        operation = f"{method.lower()}_object"
        url = s3.generate_presigned_url(operation, Params={"Bucket": "box", "Key": "a key"})
        connection.request(method, url.removeprefix("https://box.s3.amazonaws.com"), **options)
        response = connection.getresponse()
        return response.status, response.getheader("Content-Length"), response.read()

    with mock_aws() as aws:
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="box")
        assert sent("PUT", body=b"0123456789") == (200, "0", b"")
        assert sent("PUT", body=iter([b"01"]))[0] == 501  # S3 wants the length
        assert sent("PUT", body=iter([b"01", b"23"]), headers={"Content-Length": "4"}) == (200, "0", b"")
        assert sent("HEAD") == (200, "4", b"")
        assert sent("GET") == (200, "4", b"0123")
        assert sent("DELETE") == (204, None, b"")
        assert sent("GET")[0] == 404
        assert s3.list_objects_v2(Bucket="box")["KeyCount"] == 0
    connection.request("GET", "/a%20key")
    with pytest.raises(http.client.RemoteDisconnected, match="no longer active"):
        connection.getresponse()


def test_a_body_that_breaks_off_is_incomplete_for_the_standard_library() -> None:
    with mock_aws() as aws:
        aws.faults.add("sts.GetCallerIdentity", truncate=10)
        url = "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15"
        with urllib.request.urlopen(url, timeout=5) as response, pytest.raises(http.client.IncompleteRead) as caught:
            response.read()
    assert len(caught.value.partial) == 10


def test_aiohttp_keeps_no_connection_beyond_the_mock() -> None:
    async def use() -> None:
        async with aiohttp.ClientSession() as session:
            with mock_aws():
                async with session.get("https://sts.amazonaws.com/?Action=GetCallerIdentity") as response:
                    assert response.status == 200
            assert not session.connector._conns  # type: ignore[union-attr]  # it has one

    asyncio.run(use())


BROKEN = {
    "connect_timeout": (requests.ConnectTimeout, httpx.ConnectTimeout, aiohttp.ServerTimeoutError, TimeoutError),
    "read_timeout": (requests.ReadTimeout, httpx.ReadTimeout, aiohttp.ServerTimeoutError, TimeoutError),
    "reset": (requests.ConnectionError, httpx.ReadError, aiohttp.ClientOSError, ConnectionResetError),
    "closed": (
        requests.ConnectionError,
        httpx.RemoteProtocolError,
        aiohttp.ServerDisconnectedError,
        http.client.RemoteDisconnected,
    ),
}


@pytest.mark.parametrize("connection", BROKEN)
def test_a_connection_that_a_fault_breaks_is_each_clients_own_error(connection: str) -> None:
    by_requests, by_httpx, by_aiohttp, by_urllib = BROKEN[connection]
    with mock_aws() as aws:
        aws.faults.add("sts", connection=connection)
        url = "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15"
        with pytest.raises(by_requests):
            requests.get(url, timeout=5)
        with pytest.raises(by_httpx):
            httpx.get(url)
        with pytest.raises(by_aiohttp):
            asyncio.run(fetch_by_aiohttp(url))
        with pytest.raises(by_urllib):
            urllib.request.urlopen(url, timeout=5)


def test_everything_is_put_back() -> None:
    pool = urllib3.connectionpool.HTTPConnectionPool

    def functions() -> list[object]:
        transports = [httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request]
        return [pool.urlopen, http.client.HTTPConnection.send, aiohttp.BaseConnector.connect, *transports]

    before = functions()
    with mock_aws():
        assert all(now is not then for now, then in zip(functions(), before, strict=True))
    assert functions() == before


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
