"""What a user's type checker must see where boto3's stubs are installed (`boto3-stubs[sqs,s3]`)."""

from __future__ import annotations

from mypy_boto3_s3.service_resource import S3ServiceResource
from mypy_boto3_sqs.client import SQSClient
from typing_extensions import assert_type

from awsim import Cloud, mock_aws


def clients_of_a_cloud_are_typed(aws: Cloud) -> None:
    assert_type(aws.client("sqs"), SQSClient)
    assert_type(aws.resource("s3"), S3ServiceResource)
    assert_type(aws.session(region_name="eu-west-1").client("sqs"), SQSClient)
    assert_type(aws.client("sqs").create_queue(QueueName="q")["QueueUrl"], str)


def so_are_those_of_the_context_manager() -> None:
    with mock_aws(region="eu-west-1") as aws:
        assert_type(aws.client("sqs"), SQSClient)
