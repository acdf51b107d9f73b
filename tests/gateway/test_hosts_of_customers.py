"""The hosts at which customers' own APIs answer, and those before which an SDK puts a bucket."""

from __future__ import annotations

import pytest

from awsim import Cloud
from awsim.protocol.hosts import read_host, virtual_bucket
from awsim.protocol.http import Request, Response


def answer(cloud: Cloud, request: Request) -> Response:
    response = Response()
    cloud.gateway.process(request, response)
    return response


@pytest.mark.parametrize(
    ("host", "body", "error_type"),
    [
        ("abc123.execute-api.us-east-1.amazonaws.com", b'{"message":"Forbidden"}', "ForbiddenException"),
        ("abc123.execute-api.localhost.localstack.cloud:4566", b'{"message":"Forbidden"}', "ForbiddenException"),
        ("abc123.lambda-url.us-east-1.on.aws", b'{"Message":"Forbidden"}', "AccessDeniedException"),
        ("abc123.lambda-url.us-east-1.localhost:4566", b'{"Message":"Forbidden"}', "AccessDeniedException"),
    ],
)
def test_a_host_that_is_no_ones_api_is_forbidden(host: str, body: bytes, error_type: str) -> None:
    response = answer(Cloud(), Request("GET", "/prod/pets", headers={"host": host}))
    assert (response.status_code, response.body) == (403, body)
    assert response.headers["x-amzn-ErrorType"] == error_type


def test_a_route_of_the_edge_takes_such_a_host_first() -> None:
    cloud = Cloud()
    cloud.gateway.edge.add("/{path+}", lambda request, variables: Response(200, {}, b"mine"), host="abc.{rest+}")
    response = answer(cloud, Request("GET", "/pets", headers={"host": "abc.execute-api.us-east-1.amazonaws.com"}))
    assert (response.status_code, response.body) == (200, b"mine")


@pytest.mark.parametrize(
    ("host", "bucket"),
    [
        ("photos.s3.localhost.localstack.cloud:4566", "photos"),
        ("photos.s3.eu-west-1.localhost.localstack.cloud:4566", "photos"),
        ("my.photos.s3.localhost:4566", "my.photos"),
        ("photos.localhost.localstack.cloud:4566", "photos"),
        ("photos.localhost:4566", "photos"),
        ("my.photos.localhost", "my.photos"),
        ("logs.localhost:4566", "logs"),
        ("s3.localhost:4566", None),
        ("localhost:4566", None),
        ("localhost.localstack.cloud:4566", None),
        ("127.0.0.1:4566", None),
    ],
)
def test_the_bucket_before_an_endpoint_of_this_machine(host: str, bucket: str | None) -> None:
    assert virtual_bucket(host) == bucket


def test_a_service_before_an_endpoint_of_this_machine() -> None:
    assert [entry.name for entry in read_host("logs.localhost:4566").services] == ["logs"]
