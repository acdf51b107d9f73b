"""What boto3 sends, awsim reads; what awsim answers, boto3 reads: for every operation of every service.

botocore is the oracle: its serializer makes the request that awsim's parser has to turn back into the input, and its
parser has to turn awsim's response back into the output. Errors likewise, with each member that the model gives them.

A normal run tries a seeded sample over all protocols. With ``AWSIM_ROUND_TRIP=all`` (``tox -e whole``) it is all
operations, in every protocol that the service offers and botocore speaks.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.model import OperationModel, ServiceModel
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from awsim import spec
from awsim.errors import ServiceException
from awsim.protocol.codec import WireProtocol, wire_protocol
from awsim.protocol.error_shapes import message_member
from tests.protocol.equivalence import settled
from tests.protocol.strategies import inputs, outputs
from tests.protocol.whole_values import WholeValue
from tests.protocol.wire import error_by_botocore, read_by_botocore, sent_by_botocore

WHOLE = os.environ.get("AWSIM_ROUND_TRIP") == "all"
SEED = 20260801
#: How many operations of a service the sample tries, by protocol; services of rare protocols are all in it.
SAMPLE = {"rest-xml": 25, "ec2": 60, "query": 14, "smithy-rpc-v2-cbor": 8, "json": 5, "rest-json": 5}
ALWAYS = (
    *("cloudfront", "route53", "s3", "s3control"),
    *("cloudwatch", "dynamodb", "ec2", "iam", "rds", "sns", "sqs", "sts"),
)
SAMPLED_SERVICES = 40
EXAMPLES = 2 if WHOLE else 3

#: AWS answers GetBucketLocation with its member alone, which botocore's parser leaves to a handler of its S3 client.
UNREADABLE_OUTPUTS = {("s3", "GetBucketLocation")}
#: S3's old notifications hold two members, Event and Events, under one name: one text for two values.
AMBIGUOUS = {("s3", "PutBucketNotification"), ("s3", "GetBucketNotification")}
#: Headers that botocore sends whether or not the caller gives the member that is bound to them.
FILLED_IN = ("content-type", "content-length")
#: Members that an error's document in XML tells by its own elements, whatever their values in the model.
TOLD = ("Code", "Type")


def service_names() -> list[str]:
    names = sorted(spec.service_names())
    if WHOLE:
        return names
    others = random.Random(SEED).sample([name for name in names if name not in ALWAYS], SAMPLED_SERVICES)
    return sorted({*ALWAYS, *others})


def protocols(service: ServiceModel) -> list[str]:
    """The protocols that a service offers and botocore has a serializer for, by this model."""
    offered = service.metadata.get("protocols") or [service.metadata["protocol"]]
    if "query" in offered and "xmlNamespace" not in service.metadata:
        offered = [name for name in offered if name != "query"]
    return [name for name in offered if name != "json" or "jsonVersion" in service.metadata]


def sampled_operations(service: ServiceModel, protocol: str) -> list[OperationModel]:
    names = service.operation_names
    if not WHOLE:
        names = random.Random(f"{SEED}{service.service_name}").sample(names, min(SAMPLE[protocol], len(names)))
    return [service.operation_model(name) for name in names]


def triples(service_name: str) -> Iterator[tuple[OperationModel, str, WireProtocol]]:
    """The operations to try, each with a protocol and the compiler of its codec, which nobody keeps."""
    service = ServiceModel(spec.loader().load_service_model(service_name, "service-2"), service_name)
    for protocol, model in [*((name, service) for name in protocols(service)), *patched_models(service_name)]:
        compiler = wire_protocol(model, protocol)
        for operation in sampled_operations(model, protocol):
            yield operation, protocol, compiler


def patched_models(service_name: str) -> list[tuple[str, ServiceModel]]:
    """The models that awsim holds for protocols which botocore's model of a service has forgotten."""
    folder = Path(spec.__file__).parent / "services" / spec.package_name(service_name)
    names = [path.name.split(".")[1] for path in folder.glob("spec.*.json")]
    return [(name, spec.load_service(service_name, name)) for name in sorted(names)]


def holds(check: Callable[[dict[str, Any]], None], values: st.SearchStrategy[dict[str, Any]]) -> None:
    """Run a check on a few drawn values."""
    settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(given(values)(check))()


@contextmanager
def named(operation: OperationModel, protocol: str, shape: Any = None) -> Iterator[None]:
    """Say with a failure what it was about."""
    try:
        yield
    except Exception as error:
        error_name = "" if shape is None else f", its error {shape.name}"
        where = f"{operation.service_model.service_name}.{operation.name}{error_name} in {protocol}"
        raise AssertionError(f"{where}: {error!r}") from error


# Input


def expected_input(operation: OperationModel, protocol: str, params: dict[str, Any]) -> dict[str, Any]:
    shape = operation.input_shape
    expected = settled(params, shape, empty_is_absent=protocol in ("query", "ec2", "rest-xml"))
    for name, member in shape.members.items():
        if name in expected and protocol.startswith("rest") and unsaid(expected[name], shape, name, member):
            del expected[name]
    return expected


def unsaid(value: Any, shape: Any, name: str, member: Any) -> bool:
    """Whether a REST message has no way to tell a value from none: empty payloads, headers, parameters."""
    outside = member.serialization.get("location") is not None or shape.serialization.get("payload") == name
    return (
        outside
        and value in ({}, [], b"", "")
        and not (value == "" and member.serialization.get("location") == "querystring")
    )


def check_input(operation: OperationModel, protocol: str, compiler: WireProtocol) -> None:
    shape = operation.input_shape
    parse = compiler.parser(operation)

    def check(params: dict[str, Any]) -> None:
        members = parse(sent_by_botocore(operation, protocol, params))
        if operation.has_event_stream_input:
            members.pop(shape.event_stream_name)
        for name, member in shape.members.items():
            if name not in params and member.serialization.get("name", "").lower() in FILLED_IN:
                members.pop(name, None)
        assert expected_input(operation, protocol, members) == expected_input(operation, protocol, params)

    check(WholeValue(request=True).top(shape, protocol))
    holds(check, inputs(shape, protocol))


@pytest.mark.parametrize("service_name", service_names())
def test_requests_of_boto3_are_read_back_into_the_input(service_name: str) -> None:
    for operation, protocol, compiler in triples(service_name):
        if operation.input_shape is not None and (service_name, operation.name) not in AMBIGUOUS:
            with named(operation, protocol):
                check_input(operation, protocol, compiler)


# Output


def expected_output(operation: OperationModel, protocol: str, output: dict[str, Any], body: bool) -> dict[str, Any]:
    """An output as botocore can give it back: nothing that the message had no place for."""
    shape = operation.output_shape
    expected = settled(output, shape)
    rest = protocol.startswith("rest")
    for name, member in shape.members.items():
        location = member.serialization.get("location") if rest else None
        if name not in expected:
            continue
        lost = not body and location not in ("header", "headers", "statusCode")
        if rest and (lost or unsaid(expected[name], shape, name, member)):
            del expected[name]
    return expected


def check_output(operation: OperationModel, protocol: str, compiler: WireProtocol) -> None:
    shape = operation.output_shape
    serialize = compiler.serializer(operation)

    def check(output: dict[str, Any]) -> None:
        response = serialize(output, "request-id")
        parsed = read_by_botocore(response, operation, protocol)
        drop_own_headers(shape, parsed)
        assert parsed.pop("ResponseMetadata")["RequestId"] == "request-id"
        body = response.body != b""
        assert expected_output(operation, protocol, parsed, body) == expected_output(operation, protocol, output, body)

    check(WholeValue(request=False).top(shape, protocol))
    holds(check, outputs(shape, protocol))


def drop_own_headers(shape: Any, parsed: dict[str, Any]) -> None:
    """Take out of a member that catches all headers those that every response has."""
    for name, member in shape.members.items():
        if member.serialization.get("location") == "headers" and not member.serialization.get("name"):
            own = ("x-amzn-requestid", "content-type")
            parsed[name] = {key: value for key, value in parsed[name].items() if key.lower() not in own}


@pytest.mark.parametrize("service_name", service_names())
def test_answers_are_read_back_by_boto3_into_the_output(service_name: str) -> None:
    for operation, protocol, compiler in triples(service_name):
        if operation.output_shape is None or operation.has_event_stream_output:
            continue
        if (service_name, operation.name) not in UNREADABLE_OUTPUTS | AMBIGUOUS:
            with named(operation, protocol):
                check_output(operation, protocol, compiler)


# Errors


def check_error(operation: OperationModel, protocol: str, compiler: WireProtocol, shape: Any) -> None:
    serialize_error = compiler.error_serializer(operation)
    message_name = message_member(shape)

    def check(members: dict[str, Any]) -> None:
        members.pop(message_name, None)
        if protocol in ("query", "ec2", "rest-xml"):
            members = {name: value for name, value in members.items() if name not in TOLD}
        error = modelled_error(shape, members)
        response = serialize_error(error, "request-id")
        parsed = error_by_botocore(response, operation, protocol, shape)
        assert parsed["Error"]["Code"] == error.code
        assert parsed["Error"]["Message"] == "The <message>."
        assert parsed["ResponseMetadata"]["RequestId"] == "request-id"
        assert response.status_code == error.status_code
        expected = settled(members, shape)
        if message_name == "Message" or (message_name and protocol not in ("query", "ec2", "rest-xml")):
            expected[message_name] = "The <message>."
        received = {name: value for name, value in parsed.items() if name in shape.members}
        if protocol in ("query", "ec2", "rest-xml"):
            received = {name: value for name, value in received.items() if name not in TOLD}
        assert said(settled(received, shape), shape) == said(expected, shape)

    check(WholeValue(request=False).top(shape, protocol))
    holds(check, outputs(shape, protocol))


@pytest.mark.parametrize("service_name", service_names())
def test_errors_are_read_back_by_boto3_with_their_members(service_name: str) -> None:
    tried = set()
    for operation, protocol, compiler in triples(service_name):
        for shape in operation.error_shapes:
            if (protocol, shape.name) not in tried and operation.http.get("method") != "HEAD":
                tried.add((protocol, shape.name))
                with named(operation, protocol, shape):
                    check_error(operation, protocol, compiler, shape)


def modelled_error(shape: Any, members: dict[str, Any]) -> ServiceException:
    model = shape.metadata.get("error", {})
    error = ServiceException(shape.error_code, "The <message>.", status_code=model.get("httpStatusCode", 400))
    error.shape_name = shape.name
    error.members = members
    return error


def said(members: dict[str, Any], shape: Any) -> dict[str, Any]:
    """An error's members without those that its status line and its type's header tell, and without empty ones."""
    return {
        name: value
        for name, value in members.items()
        if shape.members[name].serialization.get("location") != "statusCode"
        and shape.members[name].serialization.get("name") != "x-amzn-ErrorType"
        and value not in ({}, [])
    }


def test_the_sample_has_at_least_400_operations_of_all_protocols() -> None:
    tried = [(operation.name, protocol) for name in service_names() for operation, protocol, _ in triples(name)]
    assert len(tried) >= 400
    assert {protocol for _, protocol in tried} == set(SAMPLE)
