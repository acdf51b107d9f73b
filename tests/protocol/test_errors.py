"""Errors on the wire, whole."""

from __future__ import annotations

from typing import Any

import pytest

from awsim import spec
from awsim.errors import ResultError, ServiceException, service_errors
from awsim.protocol.cbor import load_cbor
from awsim.protocol.codec import operation_codec
from awsim.protocol.http import Response
from tests.protocol.wire import error_by_botocore


def answered(service: str, name: str, error: ServiceException, protocol: str | None = None) -> Response:
    return operation_codec(spec.load_service(service).operation_model(name), protocol).serialize_error(error, "id")


def received(service: str, name: str, response: Response, protocol: str) -> dict[str, Any]:
    return error_by_botocore(response, spec.load_service(service).operation_model(name), protocol)["Error"]


def test_a_json_error() -> None:
    error = service_errors("dynamodb").ConditionalCheckFailedException("no", Item={"a": {"S": "x"}})
    response = answered("dynamodb", "PutItem", error, "json")
    assert response.status_code == 400
    assert response.headers == {"x-amzn-RequestId": "id", "Content-Type": "application/x-amz-json-1.0"}
    assert response.body == (
        b'{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",'
        b'"message":"no","Item":{"a":{"S":"x"}}}'
    )


def test_an_error_of_a_service_that_spoke_query_before_tells_the_code_of_old() -> None:
    error = ServiceException("AWS.SimpleQueueService.NonExistentQueue", "gone")
    error.shape_name = "QueueDoesNotExist"
    response = answered("sqs", "SendMessage", error, "json")
    assert response.headers["x-amzn-query-error"] == "AWS.SimpleQueueService.NonExistentQueue;Sender"
    assert response.body == b'{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"gone"}'
    assert received("sqs", "SendMessage", response, "json") == {
        "Message": "gone",
        "Code": "AWS.SimpleQueueService.NonExistentQueue",
        "QueryErrorCode": "QueueDoesNotExist",
        "Type": "Sender",
    }


def test_a_fault_of_the_service_is_the_receivers() -> None:
    error = ServiceException("InternalFailure", "oops", status_code=500, sender_fault=False)
    response = answered("sqs", "SendMessage", error, "json")
    assert response.status_code == 500
    assert response.headers["x-amzn-query-error"] == "InternalFailure;Receiver"
    assert response.body == b'{"__type":"InternalFailure","message":"oops"}'


def test_a_query_error() -> None:
    error = service_errors("sts").MalformedPolicyDocumentException("bad <policy>")
    response = answered("sts", "AssumeRole", error, "query")
    assert response.status_code == 400
    assert response.headers == {"x-amzn-RequestId": "id", "Content-Type": "text/xml"}
    assert response.body == (
        b'<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
        b"<Code>MalformedPolicyDocument</Code><Message>bad &lt;policy&gt;</Message></Error>"
        b"<RequestId>id</RequestId></ErrorResponse>"
    )


def test_an_ec2_error() -> None:
    response = answered("ec2", "RunInstances", ServiceException("InvalidAMIID.NotFound", "none"))
    assert response.body == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>InvalidAMIID.NotFound</Code>'
        b"<Message>none</Message></Error></Errors><RequestID>id</RequestID></Response>"
    )


def test_a_rest_json_error() -> None:
    error = service_errors("lambda").ResourceNotFoundException("Function not found: f", Type="User")
    response = answered("lambda", "GetFunction", error)
    assert response.status_code == 404
    assert response.headers == {
        "x-amzn-RequestId": "id",
        "x-amzn-ErrorType": "ResourceNotFoundException",
        "Content-Type": "application/json",
    }
    assert response.body == b'{"Message":"Function not found: f","Type":"User"}'


def test_members_of_an_error_may_be_headers() -> None:
    error = service_errors("lambda").TooManyRequestsException("slow down", retryAfterSeconds="3")
    response = answered("lambda", "Invoke", error)
    assert response.headers["Retry-After"] == "3"
    assert response.body == b'{"message":"slow down"}'


def test_an_s3_error_stands_alone_with_what_no_model_mentions() -> None:
    error = ServiceException("NoSuchBucket", "The specified bucket does not exist", status_code=404, BucketName="b")
    response = answered("s3", "ListObjectsV2", error)
    assert response.status_code == 404
    assert response.headers == {
        "x-amz-request-id": "id",
        "x-amz-id-2": "aWQ=",
        "Server": "AmazonS3",
        "Content-Type": "application/xml",
    }
    assert response.body == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchBucket</Code>'
        b"<Message>The specified bucket does not exist</Message><BucketName>b</BucketName>"
        b"<RequestId>id</RequestId><HostId>aWQ=</HostId></Error>"
    )


def test_an_error_of_another_rest_xml_service_is_wrapped() -> None:
    error = service_errors("route53").NoSuchHostedZone("none")
    response = answered("route53", "GetHostedZone", error)
    assert response.body == (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<ErrorResponse><Error><Type>Sender</Type>'
        b"<Code>NoSuchHostedZone</Code><Message>none</Message></Error><RequestId>id</RequestId></ErrorResponse>"
    )


def test_errors_of_head_requests_and_unchanged_objects_have_no_body() -> None:
    missing = answered("s3", "HeadObject", ServiceException("404", "Not Found", status_code=404))
    assert (missing.status_code, missing.body) == (404, b"")
    unchanged = answered("s3", "GetObject", ServiceException("304", "Not Modified", status_code=304))
    assert (unchanged.status_code, unchanged.body) == (304, b"")


def test_a_cbor_error() -> None:
    error = service_errors("cloudwatch").ResourceNotFound("none")
    response = answered("cloudwatch", "PutMetricData", error, "smithy-rpc-v2-cbor")
    assert response.status_code == 404
    assert response.headers == {
        "x-amzn-RequestId": "id",
        "smithy-protocol": "rpc-v2-cbor",
        "Content-Type": "application/cbor",
        "x-amzn-query-error": f"{error.code};Sender",
    }
    assert load_cbor(response.read()) == {"__type": "ResourceNotFound", "message": "none"}


def test_an_error_without_a_message_says_none() -> None:
    response = answered("dynamodb", "PutItem", ServiceException("SerializationException"), "json")
    assert response.body == b'{"__type":"SerializationException"}'


def test_an_errors_member_that_does_not_fit_is_refused() -> None:
    error = service_errors("dynamodb").ConditionalCheckFailedException("no", Item="x")
    with pytest.raises(ResultError) as caught:
        answered("dynamodb", "PutItem", error, "json")
    assert str(caught.value) == "ConditionalCheckFailedException error: Item: expected a map, got str 'x'"
