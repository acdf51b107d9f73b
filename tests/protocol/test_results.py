"""What a provider may give as a result, and how a result that does not fit is refused."""

from __future__ import annotations

import enum
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType, SimpleNamespace
from typing import Any

import pytest

from awsim import spec
from awsim.errors import ResultError
from awsim.json_answer import JsonAnswer
from awsim.protocol.codec import OperationCodec, operation_codec
from awsim.protocol.http import Response
from tests.protocol.wire import read_by_botocore


def codec(service: str, name: str, protocol: str | None = None) -> OperationCodec:
    return operation_codec(spec.load_service(service).operation_model(name), protocol)


def received(service: str, name: str, result: Any, protocol: str) -> dict[str, Any]:
    """What boto3's caller gets for a provider's result."""
    operation = spec.load_service(service).operation_model(name)
    parsed = read_by_botocore(operation_codec(operation, protocol).serialize(result, "id"), operation, protocol)
    del parsed["ResponseMetadata"]
    return parsed


# Answers that are JSON in part


def test_what_is_json_already_is_sent_as_it_is() -> None:
    answer = JsonAnswer({"Count": 1}, {"Items": '[{"id": {"S": "\\u00fc"}}]'}, json.loads)
    operation = codec("dynamodb", "Scan")
    assert operation.serialize(answer, "id").body == b'{"Count":1,"Items":[{"id": {"S": "\\u00fc"}}]}'
    assert operation.serialize(JsonAnswer({}, {"Count": "3"}, json.loads), "id").body == b'{"Count":3}'
    with pytest.raises(ResultError, match="Scan result: unknown member 'Itms'"):
        operation.serialize(JsonAnswer({}, {"Itms": "[]"}, json.loads), "id")


def test_an_answer_that_is_json_in_part_is_a_mapping_of_values() -> None:
    read = []

    def decode(text: str) -> Any:
        read.append(text)
        return json.loads(text)

    answer = JsonAnswer({"Count": 1}, {"Items": '[{"a":{"N":"1"}}]'}, decode)
    assert read == []
    assert dict(answer) == {"Count": 1, "Items": [{"a": {"N": "1"}}]}
    assert answer["Items"] == [{"a": {"N": "1"}}]
    assert len(read) == 1
    assert len(answer) == 2
    assert "Other" not in answer


# What does not fit

MISFITS = [
    ("sqs", "SendMessage", "json", {"MesageId": "x"}, "SendMessage result: unknown member 'MesageId'"),
    ("sqs", "SendMessage", "json", {"MesageId": None}, "SendMessage result: unknown member 'MesageId'"),
    ("sqs", "SendMessage", "json", {"MessageId": 1}, "SendMessage result: MessageId: expected a string, got int 1"),
    (
        "sqs",
        "ReceiveMessage",
        "json",
        {"Messages": [{"Body": "a"}, {"Bdy": "b"}]},
        "ReceiveMessage result: Messages[1]: unknown member 'Bdy'",
    ),
    (
        "sqs",
        "GetQueueAttributes",
        "json",
        {"Attributes": {"DelaySeconds": 5}},
        "GetQueueAttributes result: Attributes['DelaySeconds']: expected a string, got int 5",
    ),
    (
        "sqs",
        "ListQueues",
        "json",
        {"QueueUrls": "one"},
        "ListQueues result: QueueUrls: expected a list, got str 'one'",
    ),
    (
        "sts",
        "AssumeRole",
        "query",
        {"Credentials": {"Expiration": "soon"}},
        "AssumeRole result: Credentials.Expiration: expected an ISO 8601 timestamp, got str 'soon'",
    ),
    (
        "ec2",
        "DescribeVpcs",
        "ec2",
        {"Vpcs": [{"IsDefault": "yes"}]},
        "DescribeVpcs result: Vpcs[0].IsDefault: expected a boolean, got str 'yes'",
    ),
    (
        "s3",
        "GetObject",
        "rest-xml",
        {"Metadata": {"a": "x\r\nSet-Cookie: y"}},
        "GetObject result: Metadata['a']: "
        "expected a header's value without line breaks, got str 'x\\r\\nSet-Cookie: y'",
    ),
    (
        "s3",
        "GetObject",
        "rest-xml",
        {"Bdy": b""},
        "GetObject result: unknown member 'Bdy'",
    ),
    (
        "lambda",
        "GetFunction",
        "rest-json",
        {"Configuration": {"Timeout": True}},
        "GetFunction result: Configuration.Timeout: expected an integer, got bool True",
    ),
    (
        "cloudwatch",
        "GetMetricStatistics",
        "smithy-rpc-v2-cbor",
        {"Datapoints": [{"Sum": "1"}]},
        "GetMetricStatistics result: Datapoints[0].Sum: expected a number, got str '1'",
    ),
    ("sqs", "DeleteMessage", "json", {"Anything": 1}, "DeleteMessage result: unknown member 'Anything'"),
    ("sqs", "SendMessage", "json", ["x"], "SendMessage result: expected a structure, got list ['x']"),
    (
        "sqs",
        "SendMessage",
        "json",
        SimpleNamespace(colour="red"),
        "SendMessage result: expected a structure, got SimpleNamespace namespace(colour='red')",
    ),
]


@pytest.mark.parametrize(("service", "name", "protocol", "result", "message"), MISFITS)
def test_a_result_that_does_not_fit_is_refused_with_the_way_to_the_place(
    service: str, name: str, protocol: str, result: Any, message: str
) -> None:
    with pytest.raises(ResultError) as caught:
        codec(service, name, protocol).serialize(result, "id")
    assert str(caught.value) == message


# What fits


class Size(str, enum.Enum):
    LARGE = "large"


MOMENT = datetime(2024, 5, 6, 7, 8, 9, 123000, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "moment",
    [
        MOMENT,
        MOMENT.astimezone(timezone(timedelta(hours=5))),
        MOMENT.replace(tzinfo=None),
        MOMENT.timestamp(),
        Decimal("1714979289.123"),
        "2024-05-06T07:08:09.123Z",
        "2024-05-06T09:08:09.123+02:00",
    ],
)
def test_timestamps_may_be_datetimes_numbers_or_text(moment: Any) -> None:
    result = {"Credentials": {"Expiration": moment}}
    assert received("sts", "AssumeRole", result, "query") == {"Credentials": {"Expiration": MOMENT}}
    result = {"StackEvents": [{"Timestamp": moment}]}
    assert received("cloudformation", "DescribeStackEvents", result, "query") == {
        "StackEvents": [{"Timestamp": MOMENT}]
    }
    table = {"Table": {"CreationDateTime": moment}}
    assert received("dynamodb", "DescribeTable", table, "json") == {"Table": {"CreationDateTime": MOMENT}}
    points = {"Datapoints": [{"Timestamp": moment}]}
    assert received("cloudwatch", "GetMetricStatistics", points, "smithy-rpc-v2-cbor") == points | {
        "Datapoints": [{"Timestamp": MOMENT}]
    }


@pytest.mark.parametrize("blob", [b"a\xff", bytearray(b"a\xff"), memoryview(b"a\xff"), io.BytesIO(b"a\xff")])
def test_blobs_may_be_anything_that_gives_bytes(blob: Any) -> None:
    result = {"Plaintext": blob}
    assert received("kms", "Decrypt", result, "json") == {"Plaintext": b"a\xff"}


def test_numbers_may_be_decimals() -> None:
    result = {"Item": {}, "ConsumedCapacity": {"CapacityUnits": Decimal("0.5")}}
    assert received("dynamodb", "GetItem", result, "json") == {"Item": {}, "ConsumedCapacity": {"CapacityUnits": 0.5}}
    result = {"FunctionName": "f", "CodeSize": Decimal(7)}
    assert received("lambda", "CreateFunction", result, "rest-json") == {"FunctionName": "f", "CodeSize": 7}


def test_numbers_that_are_not_finite_are_named() -> None:
    assert codec("dynamodb", "GetItem", "json").serialize(
        {"ConsumedCapacity": {"CapacityUnits": float("-inf")}}, "id"
    ).body == (b'{"ConsumedCapacity":{"CapacityUnits":"-Infinity"}}')


def test_enumerations_of_strings_give_their_value() -> None:
    assert received("sqs", "SendMessage", {"MessageId": Size.LARGE}, "json") == {"MessageId": "large"}
    assert received("sts", "GetCallerIdentity", {"Arn": Size.LARGE}, "query") == {"Arn": "large"}


@pytest.mark.parametrize(
    ("service", "name", "protocol"),
    [
        ("sts", "GetCallerIdentity", "query"),
        ("dynamodb", "DeleteTable", "json"),
        ("lambda", "DeleteAlias", "rest-json"),
    ],
)
def test_no_result_is_an_empty_one(service: str, name: str, protocol: str) -> None:
    assert received(service, name, None, protocol) == received(service, name, {}, protocol) == {}


def test_members_that_are_none_are_absent() -> None:
    assert codec("sqs", "SendMessage").serialize({"MessageId": "a", "SequenceNumber": None}, "id").body == (
        b'{"MessageId":"a"}'
    )


def test_entities_stand_for_structures_by_their_attributes() -> None:
    class Vpc:
        vpc_id = "vpc-1"
        cidr_block = None
        tags = (MappingProxyType({"Key": "k", "Value": "v"}),)
        unrelated = "not a member"

        @property
        def is_default(self) -> bool:
            return True

    assert received("ec2", "DescribeVpcs", {"Vpcs": [Vpc()]}, "ec2") == {
        "Vpcs": [{"VpcId": "vpc-1", "Tags": [{"Key": "k", "Value": "v"}], "IsDefault": True}]
    }
    message = SimpleNamespace(message_id="m", body="b", md5_of_body="d")
    assert received("sqs", "ReceiveMessage", {"Messages": iter([message])}, "json") == {
        "Messages": [{"MessageId": "m", "MD5OfBody": "d", "Body": "b"}]
    }
    assert received("sts", "GetCallerIdentity", SimpleNamespace(account="1"), "query") == {"Account": "1"}


# The whole response


def test_a_json_response_in_full() -> None:
    response = codec("sqs", "SendMessage", "json").serialize({"MessageId": "é"}, "id")
    assert response.status_code == 200
    assert response.headers == {"x-amzn-RequestId": "id", "Content-Type": "application/x-amz-json-1.0"}
    assert response.body == '{"MessageId":"é"}'.encode()


def test_a_query_response_in_full() -> None:
    response = codec("sts", "GetCallerIdentity", "query").serialize({"Account": "<&>"}, "id")
    assert response.status_code == 200
    assert response.headers == {"x-amzn-RequestId": "id", "Content-Type": "text/xml"}
    assert response.body == (
        b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
        b"<GetCallerIdentityResult><Account>&lt;&amp;&gt;</Account></GetCallerIdentityResult>"
        b"<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></GetCallerIdentityResponse>"
    )


def test_an_ec2_response_in_full() -> None:
    response = codec("ec2", "CreateVpc", "ec2").serialize({"Vpc": {"VpcId": "vpc-1"}}, "id")
    assert response.headers == {"x-amzn-RequestId": "id", "Content-Type": "text/xml;charset=UTF-8"}
    assert response.body == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<CreateVpcResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15"><vpc><vpcId>vpc-1</vpcId></vpc>'
        b"<requestId>id</requestId></CreateVpcResponse>"
    )


def test_a_rest_json_response_in_full() -> None:
    result = {"StatusCode": 202, "Payload": b"{}", "ExecutedVersion": "$LATEST"}
    response = codec("lambda", "Invoke").serialize(result, "id")
    assert (response.status_code, response.body) == (202, b"{}")
    assert response.headers == {
        "x-amzn-RequestId": "id",
        "X-Amz-Executed-Version": "$LATEST",
        "Content-Type": "application/octet-stream",
    }


def test_a_cbor_response_in_full() -> None:
    response = codec("cloudwatch", "ListMetrics", "smithy-rpc-v2-cbor").serialize({"NextToken": "t"}, "id")
    assert response.headers == {
        "x-amzn-RequestId": "id",
        "smithy-protocol": "rpc-v2-cbor",
        "Content-Type": "application/cbor",
    }
    assert response.body == b"\xa1iNextTokenat"


def test_the_location_of_a_bucket_is_the_whole_document() -> None:
    response = codec("s3", "GetBucketLocation").serialize({"LocationConstraint": "eu-west-1"}, "id")
    assert response.read() == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        b"eu-west-1</LocationConstraint>"
    )


def test_streams_are_passed_on_unread() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"never read"

    for body in (io.BytesIO(b"data"), chunks()):
        response = codec("s3", "GetObject").serialize({"Body": body, "ContentType": "text/plain"}, "id")
        assert response.body is body
        assert response.headers["Content-Type"] == "text/plain"


def without_body(response: Response) -> bool:
    return response.body == b"" and "Content-Type" not in response.headers


def test_answers_to_head_and_without_content_have_no_body() -> None:
    assert without_body(codec("s3", "HeadBucket").serialize({"BucketRegion": "us-east-1"}, "id"))
    deleted = codec("lambda", "DeleteAlias").serialize({}, "id")
    assert deleted.status_code == 204
    assert without_body(deleted)


def test_a_codec_is_compiled_once() -> None:
    operation = spec.load_service("sqs").operation_model("SendMessage")
    assert operation_codec(operation, "json") is operation_codec(operation, "json")
    assert operation_codec(operation, "json") is not operation_codec(operation, "query")


def test_a_protocol_that_aws_does_not_have_is_refused() -> None:
    operation = spec.load_service("sqs").operation_model("SendMessage")
    with pytest.raises(ValueError, match="unknown protocol 'grpc'; AWS has json, query, ec2, rest-json"):
        operation_codec(operation, "grpc")
