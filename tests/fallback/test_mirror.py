"""moto's services that look into S3, SQS and DynamoDB see awsim's, and what they make there is awsim's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

import awsim
from awsim import Cloud, mock_aws
from awsim.cloud import Resource

QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:orders"


@pytest.fixture
def aws() -> Iterator[Cloud]:
    with mock_aws(fallback="moto") as cloud:
        yield cloud


@pytest.fixture
def queue_url(aws: Cloud) -> str:
    return str(aws.client("sqs").create_queue(QueueName="orders")["QueueUrl"])


def bodies(aws: Cloud, queue_url: str) -> list[str]:
    return [message["Body"] for message in aws.client("sqs").receive_message(QueueUrl=queue_url).get("Messages", [])]


def test_sns_delivers_to_a_queue(aws: Cloud, queue_url: str) -> None:
    sns = aws.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE_ARN, Attributes={"RawMessageDelivery": "true"})
    sns.publish(
        TopicArn=topic, Message="hello", MessageAttributes={"kind": {"DataType": "String", "StringValue": "greeting"}}
    )
    received = aws.client("sqs").receive_message(QueueUrl=queue_url, MessageAttributeNames=["All"])["Messages"]
    assert [(message["Body"], message["MessageAttributes"]) for message in received] == [
        ("hello", {"kind": {"DataType": "String", "StringValue": "greeting"}})
    ]
    delivery = aws.calls("sqs.SendMessage")[0]
    assert (delivery.source_service, delivery.tier) == ("sns", "simulated")


def test_events_reach_a_queue(aws: Cloud, queue_url: str) -> None:
    events = aws.client("events")
    events.put_rule(Name="r", EventPattern=json.dumps({"source": ["shop"]}))
    events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": QUEUE_ARN}])
    events.put_events(Entries=[{"Source": "shop", "DetailType": "sold", "Detail": '{"sku": 7}'}])
    assert [json.loads(body)["detail"] for body in bodies(aws, queue_url)] == [{"sku": 7}]


def test_firehose_writes_into_a_bucket(aws: Cloud) -> None:
    s3, firehose = aws.client("s3"), aws.client("firehose")
    s3.create_bucket(Bucket="lake")
    destination = {"RoleARN": "arn:aws:iam::123456789012:role/r", "BucketARN": "arn:aws:s3:::lake"}
    firehose.create_delivery_stream(DeliveryStreamName="f", S3DestinationConfiguration=destination)
    firehose.put_record(DeliveryStreamName="f", Record={"Data": b"abc"})
    found = s3.list_objects_v2(Bucket="lake")["Contents"]
    assert [s3.get_object(Bucket="lake", Key=item["Key"])["Body"].read() for item in found] == [b"abc"]


TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "made", "DelaySeconds": 5}},
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"BucketName": "made", "Tags": [{"Key": "a", "Value": "b"}]},
        },
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "TableName": "made",
                "BillingMode": "PAY_PER_REQUEST",
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            },
        },
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "made"}},
    }
}


@pytest.mark.parametrize("address", ["http://{}/templates/a/stack.json", "http://templates.localhost:80/a/stack.json"])
def test_a_template_is_found_at_the_servers_own_address(aws: Cloud, address: str) -> None:
    aws.client("s3").create_bucket(Bucket="templates")
    aws.client("s3").put_object(Bucket="templates", Key="a/stack.json", Body=json.dumps(TEMPLATE).encode())
    with awsim.serve(aws) as server:
        cloudformation = aws.client("cloudformation", endpoint_url=server.url)
        url = address.format(server.url.partition("//")[2])
        cloudformation.create_stack(StackName="s", TemplateURL=url)
        (stack,) = cloudformation.describe_stacks(StackName="s")["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert Resource("sqs", "queue", "arn:aws:sqs:us-east-1:123456789012:made") in aws.resources()


def test_a_stack_makes_and_deletes_real_resources(aws: Cloud) -> None:
    s3, cloudformation = aws.client("s3"), aws.client("cloudformation")
    s3.create_bucket(Bucket="templates")
    s3.put_object(Bucket="templates", Key="stack.json", Body=json.dumps(TEMPLATE).encode())
    before = aws.resources()
    cloudformation.create_stack(StackName="s", TemplateURL="https://templates.s3.amazonaws.com/stack.json")
    assert set(aws.resources()) - set(before) == {
        Resource("dynamodb", "table", "arn:aws:dynamodb:us-east-1:123456789012:table/made"),
        Resource("s3", "bucket", "arn:aws:s3:::made"),
        Resource("sqs", "queue", "arn:aws:sqs:us-east-1:123456789012:made"),
    }
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName="made")["QueueUrl"]
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])["Attributes"] == {
        "DelaySeconds": "5"
    }
    assert s3.get_bucket_tagging(Bucket="made")["TagSet"] == [{"Key": "a", "Value": "b"}]
    aws.client("dynamodb").put_item(TableName="made", Item={"id": {"S": "1"}})
    cloudformation.update_stack(StackName="s", TemplateBody=_with_timeout(90))
    timeout = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert timeout == {"VisibilityTimeout": "90"}
    cloudformation.delete_stack(StackName="s")
    assert aws.resources() == before


def _with_timeout(seconds: int) -> str:
    template = json.loads(json.dumps(TEMPLATE))
    template["Resources"]["Queue"]["Properties"]["VisibilityTimeout"] = seconds
    return json.dumps(template)


def test_a_failing_call_leaves_nothing_of_awsims_in_moto(aws: Cloud, queue_url: str) -> None:
    from moto.sqs.models import sqs_backends

    with pytest.raises(Exception, match="Topic does not exist"):
        aws.client("sns").subscribe(
            TopicArn="arn:aws:sns:us-east-1:123456789012:none", Protocol="sqs", Endpoint=QUEUE_ARN
        )
    assert dict(sqs_backends) == {}
    assert bodies(aws, queue_url) == []


def test_a_buckets_event_reaches_a_topic_and_from_there_a_queue(aws: Cloud, queue_url: str) -> None:
    s3, sns = aws.client("s3"), aws.client("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE_ARN, Attributes={"RawMessageDelivery": "true"})
    s3.create_bucket(Bucket="photos")
    configuration = {"TopicConfigurations": [{"TopicArn": topic, "Events": ["s3:ObjectCreated:*"]}]}
    s3.put_bucket_notification_configuration(
        Bucket="photos", NotificationConfiguration=configuration, SkipDestinationValidation=True
    )
    s3.put_object(Bucket="photos", Key="cat.png", Body=b"x")
    records = [record for body in bodies(aws, queue_url) for record in json.loads(body).get("Records", [])]
    assert [record["s3"]["object"]["key"] for record in records] == ["cat.png"]
    assert aws.schedule.failures == []
