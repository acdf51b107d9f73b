"""What an in-process call costs, against botocore with an instant canned answer, and against moto.

Floor and subject are called in turn in one process, so that both see the same machine; the floor's canned answer is the
subject's own, headers and all, so that both parse the same bytes.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse

CREDENTIALS = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}


@dataclass
class Call:
    """One measured call. ``prepare`` gives the members, from a client that may make what the call needs."""

    service: str
    operation: str
    method: str
    prepare: Callable[[Any], dict[str, Any]]
    #: At most this many times the floor.
    bar: float = 1.25
    #: Measured in quick runs too.
    quick: bool = False


def _queue(client: Any) -> str:
    url: str = client.create_queue(QueueName="benchmark")["QueueUrl"]
    return url


def _full_queue(client: Any) -> dict[str, Any]:
    url = _queue(client)
    for _ in range(10):
        client.send_message(QueueUrl=url, MessageBody="hello")
    # Without a visibility timeout the message stays to be received again.
    return {"QueueUrl": url, "VisibilityTimeout": 0}


def _bucket(client: Any) -> str:
    client.create_bucket(Bucket="benchmark")
    client.put_object(Bucket="benchmark", Key="key", Body=_KIBIBYTE)
    return "benchmark"


def _table(client: Any) -> str:
    client.create_table(
        TableName="benchmark",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.put_item(TableName="benchmark", Item=_ITEM)
    return "benchmark"


_KIBIBYTE = b"x" * 1024
_ITEM = {"id": {"S": "a"}, "count": {"N": "1"}, "more": {"M": {"text": {"S": "b"}}}}

CALLS = [
    Call("sqs", "SendMessage", "send_message", lambda c: {"QueueUrl": _queue(c), "MessageBody": "hello"}, quick=True),
    Call("sqs", "ReceiveMessage", "receive_message", _full_queue, quick=True),
    Call("sts", "GetCallerIdentity", "get_caller_identity", lambda _: {}, quick=True),
    Call("s3", "PutObject", "put_object", lambda c: {"Bucket": _bucket(c), "Key": "key", "Body": _KIBIBYTE}, 1.3),
    Call("s3", "GetObject", "get_object", lambda c: {"Bucket": _bucket(c), "Key": "key"}, 1.3),
    Call("dynamodb", "PutItem", "put_item", lambda c: {"TableName": _table(c), "Item": _ITEM}),
    Call("dynamodb", "GetItem", "get_item", lambda c: {"TableName": _table(c), "Key": {"id": {"S": "a"}}}),
]


def client(service: str) -> Any:
    """A client with credentials of its own, as a user would have it."""
    return boto3.Session(**CREDENTIALS).client(service)


def floor_client(call: Call, answer: AWSResponse) -> Any:
    """A client whose answer is canned before it is sent."""
    url, status, headers, body = answer.url, answer.status_code, dict(answer.headers), answer.content

    def canned(**_: Any) -> AWSResponse:
        response = AWSResponse(url, status, headers, None)
        response._content = body
        return response

    floor = client(call.service)
    floor.meta.events.register(f"before-send.{call.service}.{call.operation}", canned)
    return floor


def _recorded(subject: Any, method: str, members: dict[str, Any]) -> AWSResponse:
    """The answer of a call, as botocore got it."""
    seen: list[AWSResponse] = []
    endpoint = subject._endpoint
    real = endpoint._send

    def recording(request: Any) -> AWSResponse:
        response: AWSResponse = real(request)
        seen.append(response)
        return response

    endpoint._send = recording
    try:
        getattr(subject, method)(**members)
    finally:
        del endpoint._send
    return seen[-1]


@dataclass
class Figures:
    """Medians in microseconds."""

    floor: float
    subject: float

    @property
    def ratio(self) -> float:
        return self.subject / self.floor

    @property
    def added(self) -> float:
        return self.subject - self.floor


def measure(call: Call, world: AbstractContextManager[Any], rounds: int, floor: Any = None) -> Figures:
    """Floor and subject in turn. Without a floor, the subject's own answer is canned for one."""
    with world:
        subject = client(call.service)
        members = call.prepare(subject)
        if floor is None:
            floor = floor_client(call, _recorded(subject, call.method, members))
        one, other = getattr(floor, call.method), getattr(subject, call.method)
        times: tuple[list[float], list[float]] = ([], [])
        clock = time.perf_counter
        for turn in range(rounds + 50):
            before = clock()
            one(**members)
            between = clock()
            other(**members)
            after = clock()
            if turn >= 50:  # the first calls compile and load
                times[0].append(between - before)
                times[1].append(after - between)
    return Figures(statistics.median(times[0]) * 1e6, statistics.median(times[1]) * 1e6)


def floor_of_awsim(call: Call) -> Any:
    """A floor with awsim's answer, for moto, which answers before botocore's last step and so cannot be recorded.

    Made before moto is imported: importing it hooks every session made from then on, and a hooked floor would pay for
    moto's answer too.
    """
    from awsim import mock_aws

    with mock_aws():
        subject = client(call.service)
        return floor_client(call, _recorded(subject, call.method, call.prepare(subject)))
