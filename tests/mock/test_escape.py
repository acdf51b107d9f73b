"""While a Cloud is active nothing bound for AWS leaves the process: an attempt is an error that says what it was."""

from __future__ import annotations

import http.client
import socket
from concurrent.futures import ThreadPoolExecutor

import botocore.endpoint
import botocore.signers
import pytest
import urllib3

from awsim import EscapeError, mock_aws

MESSAGE = (
    "a request for {} ({}) tried to leave the process for {} while a Cloud is active. "
    "Call AWS through boto3, or let it out on purpose with passthrough."
)
OUTSIDE = (
    "a request for {} ({}) tried to leave the process for {}. An isolated Cloud is active, but not in this thread or "
    "task. Start threads by asyncio.to_thread, which hands the context on, or make their clients from aws.session()."
)


def test_a_request_by_the_standard_library_names_host_service_and_operation() -> None:
    headers = {"X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"}
    connection = http.client.HTTPSConnection("dynamodb.eu-west-1.amazonaws.com")
    with mock_aws(isolated=True), ThreadPoolExecutor(1) as pool, pytest.raises(EscapeError) as caught:
        pool.submit(connection.request, "POST", "/", b"{}", headers).result()
    assert str(caught.value) == OUTSIDE.format("dynamodb", "ListTables", "dynamodb.eu-west-1.amazonaws.com")


def test_a_client_that_connects_before_it_writes_names_host_and_service() -> None:
    with mock_aws(), pytest.raises(EscapeError) as caught:
        socket.create_connection(("kinesis.eu-west-1.amazonaws.com", 443))
    unseen = "its operation cannot be seen here"
    assert str(caught.value) == MESSAGE.format("kinesis", unseen, "kinesis.eu-west-1.amazonaws.com")


@pytest.mark.parametrize(
    "host",
    [
        "bucket.s3.amazonaws.com",
        "sqs.cn-north-1.amazonaws.com.cn",
        "lambda.us-east-1.api.aws",
        "169.254.169.254",
        "S3.AMAZONAWS.COM",
    ],
)
def test_every_aws_host_is_guarded(host: str) -> None:
    with mock_aws(), pytest.raises(EscapeError):
        socket.getaddrinfo(host, 443)


def test_other_hosts_are_let_through() -> None:
    with mock_aws():
        assert socket.getaddrinfo("127.0.0.1", 80)
        assert socket.getaddrinfo(b"127.0.0.1", 80)
        assert socket.getaddrinfo(None, 80)


def test_the_guard_holds_in_threads_while_only_an_isolated_cloud_is_active() -> None:
    with mock_aws(isolated=True), ThreadPoolExecutor(1) as pool, pytest.raises(EscapeError) as caught:
        pool.submit(socket.getaddrinfo, "sqs.us-east-1.amazonaws.com", 443).result()
    unseen = "its operation cannot be seen here"
    assert str(caught.value) == OUTSIDE.format("sqs", unseen, "sqs.us-east-1.amazonaws.com")


def test_passthrough_lets_named_services_and_urls_out(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *args, **kwargs: asked.append(host) or [])
    config = {"core": {"passthrough": {"services": ["athena"], "urls": [r"https://real\.s3\."]}}}
    with mock_aws(config=config):
        socket.getaddrinfo("athena.us-east-1.amazonaws.com", 443)
        socket.getaddrinfo("real.s3.amazonaws.com", 443)
        with pytest.raises(EscapeError):
            socket.getaddrinfo("other.s3.amazonaws.com", 443)
    assert asked == ["athena.us-east-1.amazonaws.com", "real.s3.amazonaws.com"]


def test_botocore_still_has_what_is_patched_and_everything_is_put_back() -> None:
    endpoint, signer = botocore.endpoint.Endpoint, botocore.signers.RequestSigner
    pool = urllib3.connectionpool.HTTPConnectionPool
    before = (
        endpoint._send,
        endpoint._do_get_response,
        endpoint.__init__,
        botocore.session.Session.__init__,
        botocore.session.Session.create_client,
        signer.get_auth_instance,
        pool.urlopen,
        socket.getaddrinfo,
    )
    with mock_aws():
        assert endpoint._send is not before[0]
    after = (
        endpoint._send,
        endpoint._do_get_response,
        endpoint.__init__,
        botocore.session.Session.__init__,
        botocore.session.Session.create_client,
        signer.get_auth_instance,
        pool.urlopen,
        socket.getaddrinfo,
    )
    assert after == before
