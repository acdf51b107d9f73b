"""Whatever arrives, a parser answers with members or with an error of AWS, never with another exception."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from awsim import spec
from awsim.errors import ServiceException
from awsim.protocol.codec import operation_codec
from awsim.protocol.http import Request
from tests.protocol.strategies import inputs
from tests.protocol.wire import sent_by_botocore

#: Operations with every kind of member, and the codes with which their protocols refuse what they cannot read.
TARGETS = [
    ("sqs", "SendMessageBatch", "json", {"SerializationException"}),
    ("dynamodb", "BatchWriteItem", "json", {"SerializationException"}),
    ("sns", "PublishBatch", "query", {"MalformedInput", "MalformedQueryString"}),
    ("ec2", "RunInstances", "ec2", {"MalformedInput", "MalformedQueryString"}),
    ("lambda", "CreateFunction", "rest-json", {"SerializationException"}),
    ("apigateway", "PutRestApi", "rest-json", {"SerializationException"}),
    ("s3", "PutBucketLifecycleConfiguration", "rest-xml", {"MalformedXML", "InvalidArgument"}),
    ("s3", "ListObjectsV2", "rest-xml", {"MalformedXML", "InvalidArgument"}),
    ("cloudfront", "CreateDistribution", "rest-xml", {"MalformedXML", "InvalidArgument"}),
    ("cloudwatch", "PutMetricData", "smithy-rpc-v2-cbor", {"SerializationException"}),
]
targets = pytest.mark.parametrize(("service", "name", "protocol", "codes"), TARGETS)
fuzzed = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck), database=None)


def parse_or_refuse(service: str, name: str, protocol: str, codes: set[str], request: Request) -> None:
    codec = operation_codec(spec.load_service(service).operation_model(name), protocol)
    refused: ServiceException | None = None
    try:
        assert isinstance(codec.parse(request), dict)
    except ServiceException as error:
        refused = error
    assert refused is None or (refused.code in codes and 400 <= refused.status_code < 500)


def refusal(service: str, name: str, protocol: str, body: bytes, **request: Any) -> ServiceException:
    codec = operation_codec(spec.load_service(service).operation_model(name), protocol)
    with pytest.raises(ServiceException) as caught:
        codec.parse(Request("POST", body=body, **request))
    return caught.value


@targets
def test_arbitrary_bytes_are_read_or_refused(service: str, name: str, protocol: str, codes: set[str]) -> None:
    texts = st.text(max_size=20)

    @fuzzed
    @given(st.binary(max_size=200), texts, texts, st.dictionaries(texts, texts, max_size=3))
    def check(body: bytes, path: str, query: str, headers: dict[str, str]) -> None:
        parse_or_refuse(service, name, protocol, codes, Request("POST", f"/{path}", query, headers, body))

    check()


@targets
def test_damaged_requests_are_read_or_refused(service: str, name: str, protocol: str, codes: set[str]) -> None:
    operation = spec.load_service(service).operation_model(name)
    edits = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 6), st.binary(max_size=6)), min_size=1, max_size=4)

    @fuzzed
    @given(inputs(operation.input_shape, protocol), edits)
    def check(params: dict[str, Any], edits: list[tuple[float, int, bytes]]) -> None:
        request = sent_by_botocore(operation, protocol, params)
        body = request.read()
        for place, length, replacement in edits:
            at = int(place * len(body))
            body = body[:at] + replacement + body[at + length :]
        request.body = body
        parse_or_refuse(service, name, protocol, codes, request)

    check()


@targets
def test_a_body_that_is_a_file_is_read_like_bytes(service: str, name: str, protocol: str, codes: set[str]) -> None:
    parse_or_refuse(service, name, protocol, codes, Request("POST", "/a/b", body=io.BytesIO(b"\xff{<[")))


# Depth


def test_json_that_nests_without_end_is_refused() -> None:
    error = refusal("sqs", "SendMessage", "json", b"[" * 200_000)
    assert (error.code, error.status_code) == ("SerializationException", 400)
    assert error.message == "Could not parse request body into json: nested too deeply"


def test_members_nested_deeper_than_100_levels_are_refused() -> None:
    body = b'{"TableName":"t","Item":{"a":' + b'{"M":{"a":' * 60 + b'{"S":"x"}' + b"}}" * 60 + b"}}"
    error = refusal("dynamodb", "PutItem", "json", body)
    assert (error.code, error.message) == ("SerializationException", "nested deeper than 100 levels")


def test_members_nested_within_100_levels_are_read() -> None:
    body = b'{"TableName":"t","Item":{"a":' + b'{"M":{"a":' * 40 + b'{"S":"x"}' + b"}}" * 40 + b"}}"
    codec = operation_codec(spec.load_service("dynamodb").operation_model("PutItem"), "json")
    value = codec.parse(Request("POST", body=body))["Item"]["a"]
    for _ in range(40):
        value = value["M"]["a"]
    assert value == {"S": "x"}


def test_many_values_side_by_side_are_not_taken_for_depth() -> None:
    body = b'{"TableName":"t","Item":{' + b",".join(b'"%d":{"S":"x"}' % index for index in range(500)) + b"}}"
    codec = operation_codec(spec.load_service("dynamodb").operation_model("PutItem"), "json")
    assert len(codec.parse(Request("POST", body=body))["Item"]) == 500


def test_cbor_that_nests_without_end_is_refused() -> None:
    error = refusal("cloudwatch", "PutMetricData", "smithy-rpc-v2-cbor", b"\x9f" * 100_000)
    assert error.code == "SerializationException"
    assert error.message == "Could not parse request body into CBOR: nested deeper than 100 levels"


def test_xml_that_nests_without_end_is_refused() -> None:
    body = b"<CreateBucketConfiguration>" + b"<a>" * 50_000
    assert refusal("s3", "CreateBucket", "rest-xml", body).code == "MalformedXML"


def test_form_names_that_nest_without_end_are_refused() -> None:
    error = refusal("sns", "Publish", "query", b"a" + b".a" * 100_000 + b"=1")
    assert (error.code, error.message) == ("MalformedInput", "Parameter names nest too deeply")


# Sizes


def test_a_huge_index_stands_for_one_item() -> None:
    codec = operation_codec(spec.load_service("sts").operation_model("AssumeRole"), "query")
    members = codec.parse(Request("POST", body=b"Tags.member.999999999.Key=b&Tags.member.7.Key=a"))
    assert members == {"Tags": [{"Key": "a"}, {"Key": "b"}]}


def test_a_cbor_length_beyond_the_body_is_refused_unallocated() -> None:
    for head in (b"\x9b", b"\xbb", b"\x7b", b"\x5b"):
        body = b"\xa1jMetricData" + head + b"\x7f" + b"\xff" * 7
        assert refusal("cloudwatch", "PutMetricData", "smithy-rpc-v2-cbor", body).code == "SerializationException"


def test_a_number_of_a_million_digits_is_refused() -> None:
    body = b'{"DelaySeconds":' + b"9" * 1_000_000 + b"}"
    assert refusal("sqs", "SendMessage", "json", body).code == "SerializationException"
    form = b"DurationSeconds=" + b"9" * 1_000_000
    assert refusal("sts", "AssumeRole", "query", form).code == "MalformedInput"


# Tricks


def test_entities_of_a_document_type_are_not_expanded() -> None:
    body = (
        b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>'
        b"<CreateBucketConfiguration><LocationConstraint>&c;</LocationConstraint></CreateBucketConfiguration>"
    )
    error = refusal("s3", "CreateBucket", "rest-xml", body)
    assert error.code == "MalformedXML"
    assert error.message == "The XML you provided was not well-formed or did not validate against our published schema"


def test_a_document_type_in_another_encoding_is_refused_too() -> None:
    body = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'.encode("utf-16")
    assert refusal("s3", "CreateBucket", "rest-xml", body).code == "MalformedXML"


@pytest.mark.parametrize(
    ("service", "name", "protocol", "body"),
    [
        ("sts", "AssumeRole", "query", b"RoleArn=a&RoleArn=b"),
        ("sts", "AssumeRole", "query", b"Tags=a&Tags.member.1.Key=b"),
        ("sts", "AssumeRole", "query", b"RoleArn.x=b"),
        ("sts", "AssumeRole", "query", b"Tags.member.x.Key=b"),
        ("sts", "AssumeRole", "query", b"Tags=b"),
        ("sts", "AssumeRole", "query", b"DurationSeconds=1_000"),
        ("sts", "AssumeRole", "query", b"DurationSeconds="),
        ("ec2", "RunInstances", "ec2", b"EbsOptimized=maybe"),
        ("s3", "CreateBucket", "rest-xml", b"<CreateBucketConfiguration>"),
        ("s3", "CreateBucket", "rest-xml", b"<Wrong/>"),
        (
            "s3",
            "CreateBucket",
            "rest-xml",
            b"<CreateBucketConfiguration><LocationConstraint>a</LocationConstraint>"
            b"<LocationConstraint>b</LocationConstraint></CreateBucketConfiguration>",
        ),
        ("sqs", "SendMessage", "json", b"null"),
        ("sqs", "SendMessage", "json", b'{"DelaySeconds":NaN}'),
        ("sqs", "SendMessage", "json", b'{"MessageAttributes":{"a":{"BinaryValue":"not base64"}}}'),
        ("sqs", "SendMessage", "json", b"\xef\xbb\xbf{}"),
        ("cloudwatch", "PutMetricData", "smithy-rpc-v2-cbor", b"\xa0\xa0"),
        ("cloudwatch", "PutMetricData", "smithy-rpc-v2-cbor", b"\xa1\x01\x01"),
        ("cloudwatch", "PutMetricData", "smithy-rpc-v2-cbor", b"\xff"),
    ],
)
def test_contradictions_are_refused(service: str, name: str, protocol: str, body: bytes) -> None:
    codes = {"query": "MalformedInput", "ec2": "MalformedInput", "rest-xml": "MalformedXML"}
    assert refusal(service, name, protocol, body).code == codes.get(protocol, "SerializationException")


def test_a_form_that_is_not_utf_8_is_a_malformed_query_string() -> None:
    for body in (b"RoleArn=\xff", b"RoleArn=%ff"):
        error = refusal("sts", "AssumeRole", "query", body)
        assert (error.code, error.message) == ("MalformedQueryString", "The query string contains a syntax error.")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"QueueUrl":true}', "class java.lang.Boolean can not be converted to an String"),
        (b'{"DelaySeconds":"5"}', "class java.lang.String can not be converted to an Integer"),
        (b'{"QueueUrl":{}}', "Start of structure or map found where not expected."),
        (b'{"QueueUrl":[]}', "Start of list found where not expected"),
        (b'{"MessageAttributes":"a"}', "Unrecognized collection type class java.lang.String"),
    ],
)
def test_json_of_the_wrong_type_is_refused_naming_both_types(body: bytes, message: str) -> None:
    error = refusal("sqs", "SendMessage", "json", body)
    assert (error.code, error.message, error.status_code) == ("SerializationException", message, 400)


@pytest.mark.parametrize("body", [b"", b"{}", b'{"Unheard":1,"Of":{"x":[]}}', b'{"QueueUrl":null}'])
def test_unknown_members_and_nulls_are_passed_over(body: bytes) -> None:
    codec = operation_codec(spec.load_service("sqs").operation_model("SendMessage"), "json")
    assert codec.parse(Request("POST", body=body)) == {}


def test_a_label_that_is_not_utf_8_is_refused() -> None:
    codec = operation_codec(spec.load_service("lambda").operation_model("GetFunction"))
    with pytest.raises(ServiceException) as caught:
        codec.parse(Request("GET", "/2015-03-31/functions/%ff"))
    assert caught.value.code == "SerializationException"
