"""Hosts: the service and the bucket that they name."""

from __future__ import annotations

import pytest

from awsim.protocol.hosts import read_host, virtual_bucket


@pytest.mark.parametrize(
    ("host", "service_name"),
    [
        ("sqs.us-east-1.amazonaws.com", "sqs"),
        ("SQS.us-east-1.amazonaws.com.", "sqs"),
        ("sqs.us-east-1.amazonaws.com:443", "sqs"),
        ("queue.amazonaws.com", "sqs"),
        ("eu-west-1.queue.amazonaws.com", "sqs"),
        ("sts.amazonaws.com", "sts"),
        ("sqs.cn-north-1.amazonaws.com.cn", "sqs"),
        ("sqs.us-gov-west-1.amazonaws.com", "sqs"),
        ("sqs.us-iso-east-1.c2s.ic.gov", "sqs"),
        ("sqs-fips.us-east-1.amazonaws.com", "sqs"),
        ("sqs-fips.us-east-1.api.aws", "sqs"),
        ("ec2.us-east-1.api.aws", "ec2"),
        ("monitoring.us-east-1.amazonaws.com", "cloudwatch"),
        ("streams.dynamodb.us-east-1.amazonaws.com", "dynamodbstreams"),
        ("123456789012.ddb.us-east-1.amazonaws.com", "dynamodb"),
        ("123456789012.s3-control.us-east-1.amazonaws.com", "s3control"),
        ("abc.execute-api.us-east-1.amazonaws.com", "apigatewaymanagementapi"),
        ("us-east-1.signin.aws.amazon.com", "signin"),
        ("sqs.localhost.localstack.cloud:4566", "sqs"),
        ("sqs.us-east-2.localhost.localstack.cloud:4566", "sqs"),
        ("lambda.localhost:4566", "lambda"),
        ("s3.amazonaws.com", "s3"),
        ("s3-us-west-2.amazonaws.com", "s3"),
        ("s3.dualstack.eu-west-1.amazonaws.com", "s3"),
        ("s3-fips.us-east-1.amazonaws.com", "s3"),
        ("s3.localhost.localstack.cloud:4566", "s3"),
    ],
)
def test_a_host_of_aws_names_its_service(host: str, service_name: str) -> None:
    found = read_host(host)
    assert found.services[0].name == service_name
    assert found.bucket is None


@pytest.mark.parametrize(
    ("host", "bucket"),
    [
        ("photos.s3.amazonaws.com", "photos"),
        ("photos.s3.us-east-1.amazonaws.com", "photos"),
        ("my.dotted.bucket.s3.us-east-1.amazonaws.com", "my.dotted.bucket"),
        ("photos.s3-us-west-2.amazonaws.com", "photos"),
        ("photos.s3.dualstack.us-east-1.amazonaws.com", "photos"),
        ("photos.s3-accelerate.amazonaws.com", "photos"),
        ("photos.s3.cn-north-1.amazonaws.com.cn", "photos"),
        ("photos.s3.localhost.localstack.cloud:4566", "photos"),
        ("photos.s3.us-east-1.localhost.localstack.cloud:4566", "photos"),
        ("sqs.s3.us-east-1.amazonaws.com", "sqs"),
        ("s3.s3.us-east-1.amazonaws.com", "s3"),
        ("photos--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com", "photos--use1-az4--x-s3"),
    ],
)
def test_what_is_before_s3_in_a_host_is_a_bucket(host: str, bucket: str) -> None:
    assert virtual_bucket(host) == bucket
    assert read_host(host).services[0].name == "s3"


@pytest.mark.parametrize(
    "host", ["", "localhost", "localhost:4566", "127.0.0.1:4566", "[::1]:4566", "example.com", "amazonaws.com",
             "foo.amazonaws.com", "s3.example.com", "a" * 300 + ".s3.amazonaws.com", ".amazonaws.com", "..localhost"]
)  # fmt: skip
def test_any_other_host_names_nothing(host: str) -> None:
    assert read_host(host) == ((), None)
