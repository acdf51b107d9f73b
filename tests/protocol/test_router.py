"""Requests on the wire find their operation, with nothing to go by but what real clients send."""

from __future__ import annotations

import io
import json
import os
import random
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.tokens import FrozenAuthToken
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from awsim import spec
from awsim.errors import ServiceException
from awsim.protocol.http import Request
from awsim.protocol.router import Route, UnroutableError, route

#: Operations that nothing in their requests tells apart, and the services they are routed to instead.
INDISTINCT = {
    # AWS: one endpoint and one version for three services; RDS answers what it has, for the others too.
    "docdb": "rds",
    "neptune": "rds",
    # One host, signing name and set of paths; the older name for the newer service and the other way round.
    "qconnect": "wisdom",
    "pinpoint-sms-voice": "sms-voice",
    # One host and signing name, and some paths in common: tags, and the account's role.
    "greengrassv2": "greengrass",
    "lambda-microvms": "lambda",
    # Signer's deprecated operation goes to the host of its successor.
    "signer": "signer-data",
}
#: Of S3, the deprecated forms of operations share their successors' requests.
DEPRECATED = {
    ("s3", "GetBucketLifecycle"): "GetBucketLifecycleConfiguration",
    ("s3", "PutBucketLifecycle"): "PutBucketLifecycleConfiguration",
    ("s3", "GetBucketNotification"): "GetBucketNotificationConfiguration",
    ("s3", "PutBucketNotification"): "PutBucketNotificationConfiguration",
}
#: botocore sends this one's query string as a form, which the model does not tell of.
REWRITTEN = {("cloudsearchdomain", "Search")}


class Sent(Exception):
    """Carries the request out of botocore."""


class RawBody(io.BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()


class Client:
    """A boto3 client's worth of one service, whose requests are taken at the last moment."""

    session = botocore.session.Session()
    session.set_credentials("AKIDEXAMPLE", "secret")
    session.get_auth_token = lambda **_: FrozenAuthToken("token")

    def __init__(self, service_name: str) -> None:
        # Signature version 4A needs a library besides botocore; its scope reads like version 4's.
        signature_version = "v4" if service_name == "cloudfront-keyvaluestore" else None
        config = Config(
            retries={"total_max_attempts": 1}, parameter_validation=False, signature_version=signature_version
        )
        self.client = self.session.create_client(service_name, region_name="us-east-1", config=config)
        self.client.meta.events.register("before-send", self._take)
        self.operation_names = list(self.client.meta.service_model.operation_names)
        self._asked = ""

    def _take(self, request: Any, **_: Any) -> Any:
        target = request.headers.get("x-amz-target") or b""
        if target.endswith(b"DescribeEndpoints") and self._asked != "DescribeEndpoints":
            address = {"Address": urlsplit(request.url).netloc, "CachePeriodInMinutes": 1}
            return AWSResponse(request.url, 200, {}, RawBody(json.dumps({"Endpoints": [address]}).encode()))
        raise Sent(request)

    def request(self, operation_name: str) -> Request:
        """The request of an operation with the least input that it takes."""
        self._asked = operation_name
        shape = self.client.meta.service_model.operation_model(operation_name).input_shape
        with pytest.raises(Sent) as caught:
            self.client._make_api_call(operation_name, least(shape) if shape else {})
        sent = caught.value.args[0]
        url = urlsplit(sent.url)
        headers = {name: v.decode() if isinstance(v, bytes) else str(v) for name, v in sent.headers.items()}
        body = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
        return Request(sent.method, url.path or "/", url.query, headers, body, host=url.netloc)


NAMED = {
    "AccountId": "123456789012",
    "Bucket": "bucket-name",
    "KvsARN": "arn:aws:cloudfront::123456789012:key-value-store/a",
    "PredictEndpoint": "https://realtime.machinelearning.us-east-1.amazonaws.com",
}
ARN = "arn:aws:kinesis:us-east-1:123456789012:"
ARNS = {"QueueARN": f"{ARN}queue/a", "ChannelARN": f"{ARN}channel/a"}


def least(shape: Any, name: str = "") -> Any:
    """The least value of a shape: required members only, as short as may be."""
    length = shape.metadata.get("min") or 0
    if shape.type_name == "structure":
        names = list(shape.required_members)
        if shape.metadata.get("union"):
            containers = ("structure", "list", "map")
            names = [min(shape.members, key=lambda member: shape.members[member].type_name in containers)]
        return {member: least(shape.members[member], member) for member in names}
    if shape.type_name == "list":
        return [least(shape.member) for _ in range(length)]
    if shape.type_name == "map":
        keys = shape.key.enum or [
            f"k{number}".ljust(shape.key.metadata.get("min") or 0, "x") for number in range(length)
        ]
        return {key: least(shape.value) for key in keys[:length]}
    if shape.type_name == "string":
        if shape.serialization.get("jsonvalue"):
            return {}
        text = NAMED.get(name) or (ARNS.get(name, f"{ARN}stream/a") if name.endswith("ARN") else "a")
        return shape.enum[0] if shape.enum else text.ljust(length, "a")
    simple: dict[str, Any] = {"blob": b"x" * max(1, length), "boolean": True}
    simple["timestamp"] = datetime(2024, 1, 1, tzinfo=timezone.utc)
    return simple.get(shape.type_name, max(length, 1))


def misrouted(service_name: str, operation_names: list[str] | None = None) -> list[tuple[str, str, Route | str]]:
    """The operations of a service whose requests do not come back to it."""
    client = Client(service_name)
    found: list[tuple[str, str, Route | str]] = []
    for name in operation_names or client.operation_names:
        request = client.request(name)
        try:
            routed: Route | str = route(request)
        except ServiceException as error:
            routed = str(error)
        wanted = (service_name, DEPRECATED.get((service_name, name), name))
        indistinct = (INDISTINCT.get(service_name), name)
        if routed[:2] not in (wanted, indistinct) and (service_name, name) not in REWRITTEN:
            found.append((service_name, name, routed))
    return found


CHANCE = random.Random(20240101)
SAMPLE = sorted({"s3", "sqs", "sts", *CHANCE.sample(sorted(spec.service_names()), 20)})


@pytest.mark.parametrize("service_name", SAMPLE)
def test_what_botocore_sends_comes_back_to_its_operation(service_name: str) -> None:
    names = sorted(spec.load_service(service_name).operation_names)
    chosen = names if service_name == "s3" else random.Random(service_name).sample(names, min(30, len(names)))
    assert misrouted(service_name, chosen) == []


@pytest.mark.whole
@pytest.mark.skipif(os.environ.get("AWSIM_ROUND_TRIP") != "all", reason="takes a minute: AWSIM_ROUND_TRIP=all")
def test_what_botocore_sends_comes_back_to_its_operation_for_every_operation_of_every_service() -> None:
    assert [way for service_name in sorted(spec.service_names()) for way in misrouted(service_name)] == []


def test_the_exceptions_are_still_indistinct() -> None:
    for service_name, other in INDISTINCT.items():
        ours, theirs = spec.load_service(service_name), spec.load_service(other)
        assert ours.signing_name == theirs.signing_name
        assert set(ours.operation_names) & set(theirs.operation_names)


# Traces


def credential(service: str) -> str:
    return (
        f"AWS4-HMAC-SHA256 Credential=AKID/20240101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )


FORM = "application/x-www-form-urlencoded; charset=utf-8"


def form(body: bytes, **more: Any) -> Request:
    return Request("POST", more.pop("path", "/"), headers={"content-type": FORM, **more}, body=body, host="localhost")


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        # The target header needs nothing else.
        (
            Request("POST", headers={"X-Amz-Target": "AmazonSQS.SendMessage"}, host="anything"),
            Route("sqs", "SendMessage", "json"),
        ),
        (
            Request(
                "POST", "/service/GraniteServiceVersion20100801/operation/ListMetrics", "",
                {"smithy-protocol": "rpc-v2-cbor"},
            ),
            Route("cloudwatch", "ListMetrics", "smithy-rpc-v2-cbor"),
        ),
        (
            Request(
                "POST", "/prefix/service/com.amazonaws.GraniteServiceVersion20100801/operation/ListMetrics", "",
                {"smithy-protocol": "rpc-v2-cbor"},
            ),
            Route("cloudwatch", "ListMetrics", "smithy-rpc-v2-cbor"),
        ),
        # The query protocol: in a form or in the query string, signed or not.
        (form(b"Action=GetCallerIdentity&Version=2011-06-15"), Route("sts", "GetCallerIdentity", "query")),
        (form(b"Version=2011-06-15&Action=GetCallerIdentity"), Route("sts", "GetCallerIdentity", "query")),
        (form(b"Action=AssumeRoleWithSAML"), Route("sts", "AssumeRoleWithSAML", "query")),
        (
            form(b"Action=AddTagsToResource", authorization=credential("elasticache")),
            Route("elasticache", "AddTagsToResource", "query"),
        ),
        (form(b"Action=SendMessage&MessageBody=x", path="/123/queue"), Route("sqs", "SendMessage", "query")),
        (
            Request("GET", "/123/queue", "Action=ReceiveMessage", host="localhost:4566"),
            Route("sqs", "ReceiveMessage", "query"),
        ),
        (
            Request("GET", "/", "Action=DescribeVpcs&Version=2016-11-15", {"authorization": credential("ec2")}),
            Route("ec2", "DescribeVpcs", "ec2"),
        ),
        (
            form(
                b"Action=DescribeLoadBalancers&Version=2012-06-01", authorization=credential("elasticloadbalancing")
            ),
            Route("elb", "DescribeLoadBalancers", "query"),
        ),
        (
            form(
                b"Action=DescribeLoadBalancers&Version=2015-12-01", authorization=credential("elasticloadbalancing")
            ),
            Route("elbv2", "DescribeLoadBalancers", "query"),
        ),
        (
            form(b"Action=CreateGlobalCluster&Version=2014-10-31", authorization=credential("rds")),
            Route("rds", "CreateGlobalCluster", "query"),
        ),
        # Presigned.
        (
            Request(
                "GET", "/", "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential=AKID%2F20240101%2Fus-east-1"
                "%2Fsts%2Faws4_request", host="localhost",
            ),
            Route("sts", "GetCallerIdentity", "query"),
        ),
        (
            Request("GET", "/b/k", "X-Amz-Credential=A%2F20240101%2Fus-east-1%2Fs3%2Faws4_request", host="localhost"),
            Route("s3", "GetObject", "rest-xml"),
        ),
        (
            Request("GET", "/b", "", {"authorization": "AWS AKID:signature"}, host="localhost"),
            Route("s3", "ListObjects", "rest-xml"),
        ),
        # Signature version 4A has no region.
        (
            Request(
                "GET", "/b/k", "", host="localhost",
                headers={"authorization": "AWS4-ECDSA-P256-SHA256 Credential=AKID/20240101/s3/aws4_request, X=1"},
            ),
            Route("s3", "GetObject", "rest-xml"),
        ),
        # By name.
        (
            Request("GET", "/tags/arn", "", {"x-localstack-target": "apigateway"}, host="localhost"),
            Route("apigateway", "GetTags", "rest-json"),
        ),
        # By path alone.
        (
            Request("POST", "/2015-03-31/functions/f/invocations", host="localhost:4566"),
            Route("lambda", "Invoke", "rest-json"),
        ),
        (Request("PUT", "/bucket", host="127.0.0.1:4566"), Route("s3", "CreateBucket", "rest-xml")),
        (Request("GET", "/v2/apis", "", {"authorization": credential("apigateway")}),
         Route("apigatewayv2", "GetApis", "rest-json")),
        (Request("GET", "/restapis", "", {"authorization": credential("apigateway")}),
         Route("apigateway", "GetRestApis", "rest-json")),
        # A slash at the end, or none, does not matter.
        (Request("GET", "/2015-03-31/functions", "", {"authorization": credential("lambda")}),
         Route("lambda", "ListFunctions", "rest-json")),
        (Request("GET", "/2015-03-31/functions/", "", {"authorization": credential("lambda")}),
         Route("lambda", "ListFunctions", "rest-json")),
    ],
)  # fmt: skip
def test_each_trace_of_an_operation_is_followed(request_: Request, expected: Route) -> None:
    assert route(request_) == expected


def s3(method: str, path: str, query_string: str = "", host: str = "s3.us-east-1.amazonaws.com", **headers: str) -> str:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    routed = route(Request(method, path, query_string, {"authorization": credential("s3"), **named}, host=host))
    assert routed[::2] == ("s3", "rest-xml")
    return routed.operation_name


@pytest.mark.parametrize(
    ("method", "path", "query_string", "expected"),
    [
        ("GET", "/", "", "ListBuckets"),
        ("GET", "/b", "", "ListObjects"),
        ("GET", "/b/", "prefix=x", "ListObjects"),
        ("GET", "/b", "list-type=2&prefix=x", "ListObjectsV2"),
        ("GET", "/b", "list-type=1", "ListObjects"),
        ("GET", "/b", "versions", "ListObjectVersions"),
        ("GET", "/b", "acl", "GetBucketAcl"),
        ("GET", "/b", "acl=", "GetBucketAcl"),
        ("GET", "/b", "uploads", "ListMultipartUploads"),
        ("GET", "/b", "analytics", "ListBucketAnalyticsConfigurations"),
        ("GET", "/b", "analytics&id=1", "GetBucketAnalyticsConfiguration"),
        ("GET", "/b/k", "acl", "GetObjectAcl"),
        ("GET", "/b/k", "uploadId=1", "ListParts"),
        ("GET", "/b/a/b%2Fc//d/", "", "GetObject"),
        ("GET", "/b/%FF%00", "", "GetObject"),
        ("HEAD", "/b/k", "", "HeadObject"),
        ("PUT", "/b/k", "", "PutObject"),
        ("PUT", "/b/k", "partNumber=1&uploadId=2", "UploadPart"),
        ("POST", "/b/k", "uploads", "CreateMultipartUpload"),
        ("POST", "/b/k", "uploadId=1", "CompleteMultipartUpload"),
        ("DELETE", "/b/k", "uploadId=1", "AbortMultipartUpload"),
        ("DELETE", "/b/k", "versionId=1", "DeleteObject"),
        ("POST", "/b", "delete", "DeleteObjects"),
        ("POST", "/b/k", "select&select-type=2", "SelectObjectContent"),
    ],
)
def test_s3_tells_operations_apart_by_the_query_string(
    method: str, path: str, query_string: str, expected: str
) -> None:
    assert s3(method, path, query_string) == expected


def test_s3_tells_operations_apart_by_headers() -> None:
    assert s3("PUT", "/b/k", x_amz_copy_source="b/k") == "CopyObject"
    assert s3("PUT", "/b/k", "partNumber=1&uploadId=2", x_amz_copy_source="b/k") == "UploadPartCopy"
    assert s3("GET", "/b/k", "attributes", x_amz_object_attributes="ETag") == "GetObjectAttributes"
    assert s3("GET", "/b/k", "attributes") == "GetObjectAttributes"


def test_s3_takes_the_bucket_from_the_host() -> None:
    host = "photos.2024.s3.eu-west-1.amazonaws.com"
    assert s3("GET", "/", host=host) == "ListObjects"
    assert s3("GET", "/key", host=host) == "GetObject"
    assert s3("PUT", "/", "acl", host=host) == "PutBucketAcl"
    assert s3("POST", "/WriteGetObjectResponse", host="r.s3-object-lambda.us-east-1.amazonaws.com") == (
        "WriteGetObjectResponse"
    )
    assert s3("GET", "/", host="s3express-control.us-east-1.amazonaws.com") == "ListDirectoryBuckets"


def test_s3_control_shares_the_host_of_directory_buckets() -> None:
    scope = Client("s3control").request("PutAccessPointScope")
    assert scope.host == "s3express-control.us-east-1.amazonaws.com"
    assert route(scope)[:2] == ("s3control", "PutAccessPointScope")
    created = Request("PUT", "/photos--use1-az4--x-s3", headers={"authorization": credential("s3express")})
    created.host = scope.host
    assert route(created)[:2] == ("s3", "CreateBucket")


# Refusals


@pytest.mark.parametrize(
    ("request_", "status_code", "code", "message", "service_name", "protocol"),
    [
        (
            Request("POST", headers={"x-amz-target": "AmazonSQS.SendMesage"}),
            400, "UnknownOperationException", "Unknown operation: AmazonSQS.SendMesage", "sqs", "json",
        ),
        (
            Request("POST", headers={"x-amz-target": "Nonsense"}),
            400, "UnknownOperationException", "Unknown operation: Nonsense", None, "json",
        ),
        (
            Request("POST", headers={"x-amz-target": "x.y", "authorization": credential("dynamodb")}),
            400, "UnknownOperationException", "Unknown operation: x.y", "dynamodb", "json",
        ),
        (
            Request("POST", "/service/AmazonSQS/operation/SendMessage", "", {"smithy-protocol": "rpc-v2-cbor"}),
            404, "UnknownOperationException", "Unknown operation: /service/AmazonSQS/operation/SendMessage", None,
            "smithy-rpc-v2-cbor",
        ),
        (
            Request("POST", "/nowhere", "", {"smithy-protocol": "rpc-v2-cbor"}),
            404, "UnknownOperationException", "Unknown operation: /nowhere", None, "smithy-rpc-v2-cbor",
        ),
        (
            form(b"Action=Foo&Version=2011-06-15"),
            400, "InvalidAction", "Could not find operation Foo for version 2011-06-15", "sts", "query",
        ),
        (
            form(b"Action=Foo", authorization=credential("sqs")),
            400, "InvalidAction", "Could not find operation Foo for version NO_VERSION_SPECIFIED", "sqs", "query",
        ),
        (
            form(b"Action=Foo&Version=2016-11-15", authorization=credential("ec2")),
            400, "InvalidAction", "The action Foo is not valid for this web service.", "ec2", "ec2",
        ),
        (
            form(b"Foo=Bar", authorization=credential("ec2")),
            400, "MissingAction", "The request must contain the parameter Action", "ec2", "ec2",
        ),
        (
            form(b"Foo=Bar", authorization=credential("sts")),
            404, "UnknownOperationException", "Unknown operation: POST /", "sts", "query",
        ),
        (
            Request("GET", "/nowhere", "", {"authorization": credential("lambda")}),
            404, "UnknownOperationException", "Unknown operation: GET /nowhere", "lambda", "rest-json",
        ),
        (
            Request("PATCH", "/b/k", "", {"authorization": credential("s3")}),
            405, "MethodNotAllowed", "The specified method is not allowed against this resource.", "s3", "rest-xml",
        ),
        (
            Request("GET", "/", "x=%FF", {"authorization": credential("s3")}),
            400, "InvalidURI", "Couldn't parse the specified URI.", "s3", "rest-xml",
        ),
        (
            Request("GET", "/", host="localhost:4566"),
            404, "NotFound", "awsim cannot tell the AWS service of <Request GET https://localhost:4566/>", None, None,
        ),
        (
            form(b"Action=NoService"),
            404, "NotFound", "awsim cannot tell the AWS service of <Request POST https://localhost/>", None, None,
        ),
        (
            Request("GET", "/", headers={"authorization": credential("no-such-service")}, host="x"),
            404, "NotFound", "awsim cannot tell the AWS service of <Request GET https://x/>", None, None,
        ),
    ],
)  # fmt: skip
def test_what_fits_no_operation_is_refused_as_the_service_would(
    request_: Request, status_code: int, code: str, message: str, service_name: str | None, protocol: str | None
) -> None:
    with pytest.raises(UnroutableError) as caught:
        route(request_)
    error = caught.value
    assert (error.status_code, error.code, error.message) == (status_code, code, message)
    assert (error.service_name, error.protocol) == (service_name, protocol)


texts = st.text(max_size=40) | st.sampled_from(["", "/", "AmazonSQS.", ".", "a" * 5000, "s3", "%", "%FF", "\x00"])
header_values = texts | st.sampled_from(["sts", "s3", "ec2", "", "a/b/c"]).map(credential)
paths = texts.map(lambda text: "/" + text) | st.lists(st.sampled_from(["b", "k", "", "v20180820"]), max_size=99).map(
    lambda segments: "/" + "/".join(segments)
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "get", ""]),
    path=paths,
    query_string=texts | st.sampled_from(["Action=", "Action=X&Version=2011-06-15", "X-Amz-Credential=%2F%2F", "acl"]),
    headers=st.dictionaries(
        st.sampled_from(
            ["authorization", "x-amz-target", "smithy-protocol", "content-type", "x-localstack-target", "host"]
        ),
        header_values,
    ),
    body=st.binary(max_size=40) | st.sampled_from([b"Action=\xff", b"&Action=ListQueues", b"Action"]),
    host=texts | st.sampled_from(["s3.amazonaws.com", "x.s3.amazonaws.com:443", "sqs.us-east-1.amazonaws.com", ".:1"]),
)
def test_no_request_raises_anything_but_an_answer_of_aws(
    method: str, path: str, query_string: str, headers: dict[str, str], body: bytes, host: str
) -> None:
    try:
        routed = route(Request(method, path, query_string, headers, body, host))
    except UnroutableError:
        return
    assert routed.operation_name in spec.load_service(routed.service_name, routed.protocol).operation_names


def test_a_path_of_absurd_length_is_routed_in_no_time() -> None:
    assert s3("GET", "/b/" + "a/" * 100_000) == "GetObject"
    deep = Request("GET", "/v20180820/mrap/instances/" + "policy/" * 10_000, host="s3-control.us-east-1.amazonaws.com")
    assert route(deep).service_name == "s3control"
