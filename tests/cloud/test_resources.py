"""aws.resources(): what exists."""

from __future__ import annotations

import pytest

from awsim import Cloud, MisuseError
from awsim.cloud import Resource


def test_it_lists_what_exists_in_all_services_accounts_and_regions(aws: Cloud) -> None:
    aws.client("sqs").create_queue(QueueName="q")
    aws.client(
        "sqs", region_name="eu-west-1", aws_access_key_id="111122223333", aws_secret_access_key="testing"
    ).create_queue(QueueName="q")
    aws.client("s3").create_bucket(Bucket="photos")
    aws.client("dynamodb").create_table(
        TableName="things",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert aws.resources() == [
        Resource("dynamodb", "table", "arn:aws:dynamodb:us-east-1:123456789012:table/things"),
        Resource("s3", "bucket", "arn:aws:s3:::photos"),
        Resource("sqs", "queue", "arn:aws:sqs:eu-west-1:111122223333:q"),
        Resource("sqs", "queue", "arn:aws:sqs:us-east-1:123456789012:q"),
    ]
    assert aws.resources("s3") == [Resource("s3", "bucket", "arn:aws:s3:::photos")]
    assert str(aws.resources("s3")[0]) == "s3 bucket arn:aws:s3:::photos"


def test_looking_at_a_fork_copies_nothing(aws: Cloud) -> None:
    aws.client("sqs").create_queue(QueueName="q")
    child = aws.fork()
    assert [resource.arn for resource in child.resources()] == ["arn:aws:sqs:us-east-1:123456789012:q"]
    assert child.stores == {}


def test_resources_of_a_service_that_aws_does_not_have_are_misuse(aws: Cloud) -> None:
    assert aws.resources("sqs") == aws.resources("ec2") == []
    with pytest.raises(MisuseError) as refused:
        aws.resources("sqss")
    assert str(refused.value) == "AWS has no service 'sqss'. Did you mean sqs?"
