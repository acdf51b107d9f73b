"""Whatever is sent to SQS, it answers as AWS would: an error of the caller's, never a failure of its own."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from awsim import mock_aws, spec
from awsim.protocol.http import Request, Response

from .conftest import ACCOUNT

ARN = f"arn:aws:sqs:us-east-1:{ACCOUNT}"
QUEUES = ("standard", "fifo.fifo")
_POLICY = json.dumps({"deadLetterTargetArn": f"{ARN}:standard", "maxReceiveCount": 1})

#: What gets further than noise does.
_PLAUSIBLE = st.sampled_from(
    [
        *QUEUES,
        *(f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/{name}" for name in QUEUES),
        *(f"{ARN}:{name}" for name in QUEUES),
        *("", "0", "1", "true", "All", "String", "Number", "Binary", "a", "SendMessage", ACCOUNT, "queue", "x.*"),
        *(_POLICY, '{"redrivePermission": "allowAll"}', '{"Statement": [{}]}', "[]", "{}"),
    ]
)
_TEXTS = _PLAUSIBLE | st.text(max_size=20)
_SCALARS = {
    "string": _TEXTS,
    "integer": st.integers(-1, 50) | st.integers(),
    "long": st.integers(),
    "boolean": st.booleans(),
    "blob": st.sampled_from(["", "AAE=", "no base64"]),
}


def values(shape):
    """JSON values that mostly fit a shape."""
    if shape.type_name == "structure":
        required = {name: values(shape.members[name]) for name in shape.required_members}
        optional = {name: values(child) for name, child in shape.members.items() if name not in required}
        return st.fixed_dictionaries(required, optional=optional)
    if shape.type_name == "list":
        return st.lists(values(shape.member), max_size=3)
    if shape.type_name == "map":
        keys = st.sampled_from(shape.key.enum) if shape.key.enum else _TEXTS
        return st.dictionaries(keys, values(shape.value), max_size=3)
    scalars = st.sampled_from(shape.enum) | _TEXTS if getattr(shape, "enum", None) else _SCALARS[shape.type_name]
    return st.one_of(scalars, scalars, scalars, st.none())


def calls():
    service = spec.load_service("sqs")
    operations = [service.operation_model(name) for name in service.operation_names]
    return st.lists(
        st.sampled_from(operations).flatmap(lambda one: st.tuples(st.just(one.name), values(one.input_shape))),
        min_size=1,
        max_size=6,
    )


@pytest.fixture(autouse=True)
def transport() -> None:
    """These requests are made by hand."""


def answer(cloud, operation_name, members):
    request = Request(
        "POST",
        headers={
            "Host": "sqs.us-east-1.amazonaws.com",
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": f"AmazonSQS.{operation_name}",
        },
        body=json.dumps(members).encode(),
    )
    response = Response()
    cloud.gateway.process(request, response)
    return response


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(calls())
def test_no_input_makes_sqs_fail(calls):
    with mock_aws() as cloud:
        for name in QUEUES:
            attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"} if "." in name else {}
            assert answer(cloud, "CreateQueue", {"QueueName": name, "Attributes": attributes}).status_code == 200
        for operation_name, members in calls:
            response = answer(cloud, operation_name, members)
            body = json.loads(response.read() or b"{}")
            assert response.status_code < 500, body
            if response.status_code >= 400:
                assert body["__type"]
                assert body["message"]
        assert cloud.schedule.failures == []
