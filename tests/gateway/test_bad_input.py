"""Whatever arrives over the wire, the answer is an AWS error of that service: never a traceback, never a hang."""

from __future__ import annotations

import io
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from xml.etree import ElementTree as ET

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awsim import Cloud, mock_aws
from awsim.protocol.http import Request, Response

SCOPE = "AKID/20240101/us-east-1/{}/aws4_request"
JSON = "application/x-amz-json-1.0"
FORM = "application/x-www-form-urlencoded"


def send(
    body: bytes | io.BytesIO,
    *,
    service: str = "sqs",
    target: str | None = "AmazonSQS.SendMessage",
    content_type: str = JSON,
    method: str = "POST",
    path: str = "/",
    query: str = "",
    **headers: str,
) -> tuple[int, str, str]:
    """Status, error code and message of the answer to a request."""
    authorization = f"AWS4-HMAC-SHA256 Credential={SCOPE.format(service)}, SignedHeaders=host, Signature=0"
    all_headers = {"content-type": content_type, "authorization": authorization, **headers}
    if target is not None:
        all_headers["x-amz-target"] = target
    response = Response()
    host = f"{service}.us-east-1.amazonaws.com"
    Cloud().gateway.process(Request(method, path, query, all_headers, body, host), response)
    return response.status_code, *error_of(response)


def error_of(response: Response) -> tuple[str, str]:
    """Code and message, read as a client of the response's content type would."""
    content = response.read()
    kind = response.header("content-type") or ""
    if "json" in kind:
        document = json.loads(content)
        code = str(document.get("__type", "")).rpartition("#")[2]
        return code, str(document.get("message") or document.get("Message") or "")
    if "xml" in kind:
        # AWS: S3 writes control characters as references, which XML 1.0 does not allow and strict parsers refuse.
        root = ET.fromstring(re.sub(rb"&#x[0-9A-Fa-f]+;|&#\d+;", b"?", content))
        found = {element.tag.rpartition("}")[2]: element.text or "" for element in root.iter()}
        return found.get("Code", ""), found.get("Message", "")
    return "", ""


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"QueueUrl": "\xff"}',
        b"[]",
        b"null",
        b'"text"',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"QueueUrl": {"nested": 1}, "MessageBody": []}',
        b'{"QueueUrl": "u", "MessageBody": "b", "DelaySeconds": "soon"}',
        b'{"QueueUrl": "u", "MessageBody": "b", "DelaySeconds": 1e999}',
        b'{"QueueUrl": "u", "MessageBody": "b", "DelaySeconds": ' + b"9" * 10_000 + b"}",
    ],
    ids=range(12),
)
def test_a_body_that_cannot_be_read_is_a_client_error_of_the_service(body: bytes) -> None:
    status, code, _ = send(body)
    assert status == 400
    assert code in {"SerializationException", "MissingParameter", "InvalidAddress", "QueueDoesNotExist"}


def test_an_unknown_operation_is_told() -> None:
    assert send(b"{}", target="AmazonSQS.Nonsense")[1] == "UnknownOperationException"
    status, code, _ = send(b"Action=Nonsense&Version=2011-06-15", service="sts", target=None, content_type=FORM)
    assert (status, code) == (400, "InvalidAction")


def test_a_request_that_names_no_service_is_told() -> None:
    response = Response()
    Cloud().gateway.process(Request("BREW", "/nothing", host="example.com"), response)
    assert 400 <= response.status_code < 500


def test_a_truncated_stream_is_an_incomplete_body() -> None:
    body = io.BytesIO(b"400;chunk-signature=0\r\nonly a little")
    status, code, _ = send(
        body,
        **{
            "content-encoding": "aws-chunked",
            "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "x-amz-decoded-content-length": "1024",
        },
    )
    assert (status, code) == (400, "IncompleteBody")


def test_a_body_that_claims_to_be_compressed_and_is_not_is_refused() -> None:
    status, _, _ = send(b"not gzip", **{"content-encoding": "gzip"})
    assert status == 400


def test_absurd_list_indices_cost_nothing() -> None:
    body = b"Action=SendMessageBatch&SendMessageBatchRequestEntry.999999999.Id=a&QueueUrl=u&Version=2012-11-05"
    status, _, _ = send(body, target=None, content_type=FORM)
    assert status == 400


texts = st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=40)
bodies = st.one_of(
    st.binary(max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    ).map(lambda value: json.dumps(value).encode()),
    st.dictionaries(
        st.sampled_from(["Action", "Version", "QueueUrl", "Attribute.1.Name", "Attribute..Name", "Tag.-1.Key"]), texts
    ).map(lambda form: "&".join(f"{name}={value}" for name, value in form.items()).encode()),
)


@settings(max_examples=300, deadline=None)
@given(
    body=bodies,
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "BREW"]),
    path=st.one_of(st.just("/"), texts.map("/".__add__), st.just("/service/X/operation/Y")),
    query=st.one_of(st.just(""), texts, st.just("Action=ListQueues"), st.just("%zz=%ff&&=&a")),
    target=st.sampled_from([None, "AmazonSQS.CreateQueue", "AmazonSQS.", "x", "DynamoDB_20120810.PutItem"]) | texts,
    content_type=st.sampled_from([JSON, FORM, "application/cbor", "text/xml", "", "x/y; charset=utf-99"]) | texts,
    service=st.sampled_from(["sqs", "sts", "s3", "dynamodb", "lambda", "nothing", ""]),
    more=st.dictionaries(
        st.sampled_from(
            ["smithy-protocol", "content-encoding", "content-md5", "x-amz-content-sha256", "x-amz-checksum-crc32"]
        ),
        st.sampled_from(["rpc-v2-cbor", "aws-chunked", "gzip", "AAAA", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"]) | texts,
        max_size=2,
    ),
)
def test_whatever_arrives_is_answered(
    body: bytes,
    method: str,
    path: str,
    query: str,
    target: str | None,
    content_type: str,
    service: str,
    more: dict[str, str],
) -> None:
    status, _, _ = send(
        body,
        service=service,
        target=target,
        content_type=content_type,
        method=method,
        path=path,
        query=query,
        **more,
    )
    assert 200 <= status <= 501
    assert status != 500, "an internal failure is a bug, whatever was sent"


def test_eight_threads_lose_no_message() -> None:
    with mock_aws():
        url = boto3.client("sqs").create_queue(QueueName="q")["QueueUrl"]
        start = threading.Barrier(8)

        def send_hundred(worker: int) -> None:
            client = boto3.Session().client("sqs")
            start.wait(30)
            for number in range(100):
                client.send_message(QueueUrl=url, MessageBody=f"{worker}-{number}")

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(send_hundred, range(8)))
        client = boto3.client("sqs")
        received: list[Any] = []
        while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            received += [message["Body"] for message in messages]
    assert sorted(received) == sorted(f"{worker}-{number}" for worker in range(8) for number in range(100))
