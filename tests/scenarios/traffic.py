"""A scenario of several services, and all that goes over the wire meanwhile; run by itself it prints it.

Usage: python -m tests.scenarios.traffic SEED
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import sys
from datetime import datetime, timezone
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from awsim import Cloud, mock_aws
from awsim.protocol.http import Request

#: What botocore makes up with each call, or is of the machine.
_OF_THE_CLIENT = frozenset(
    {
        *("authorization", "x-amz-date", "amz-sdk-invocation-id", "user-agent", "x-amz-user-agent"),
        *("x-amz-content-sha256", "x-amz-trailer"),
    }
)


def run(aws: Cloud) -> None:
    """Files told to a queue, items with a stream, roles, multipart uploads, FIFO, versions, errors, time."""
    s3, sqs, sts = boto3.client("s3"), boto3.client("sqs"), boto3.client("sts")
    dynamodb, streams = boto3.client("dynamodb"), boto3.client("dynamodbstreams")
    url = sqs.create_queue(QueueName="arrivals", tags={"b": "1", "a": "2"})["QueueUrl"]
    policy = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    s3.create_bucket(Bucket="inbox")
    s3.put_bucket_versioning(Bucket="inbox", VersioningConfiguration={"Status": "Enabled"})
    rule = {
        "QueueArn": "arn:aws:sqs:us-east-1:123456789012:arrivals",
        "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
    }
    s3.put_bucket_notification_configuration(Bucket="inbox", NotificationConfiguration={"QueueConfigurations": [rule]})
    for body in (b"one", b"two", bytes(range(256))):
        s3.put_object(Bucket="inbox", Key="file", Body=body, Metadata={"z": "1", "y": "2", "x": "3"}, Tagging="q=1&p=2")
    s3.upload_fileobj(io.BytesIO(b"streamed" * 100), "inbox", "stream")
    upload = s3.create_multipart_upload(Bucket="inbox", Key="parts")["UploadId"]
    part = s3.upload_part(Bucket="inbox", Key="parts", UploadId=upload, PartNumber=1, Body=b"part")
    s3.complete_multipart_upload(
        Bucket="inbox",
        Key="parts",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    s3.list_object_versions(Bucket="inbox")
    s3.get_object(Bucket="inbox", Key="file")["Body"].read()
    s3.delete_object(Bucket="inbox", Key="file")
    received = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"]
    )
    for message in received["Messages"][:2]:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    aws.clock.advance(minutes=5)
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
    sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    fifo = sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true", "ContentBasedDeduplication": "true"})
    for group in ("b", "a"):
        sqs.send_message(QueueUrl=fifo["QueueUrl"], MessageBody=group, MessageGroupId=group)
    sqs.receive_message(QueueUrl=fifo["QueueUrl"], MaxNumberOfMessages=10, AttributeNames=["All"])

    table = dynamodb.create_table(
        TableName="things",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )["TableDescription"]
    for number in range(20):
        item = {"id": {"S": str(number)}, "tags": {"SS": ["c", "b", "a"]}, "map": {"M": {"k": {"N": "1.50"}}}}
        dynamodb.put_item(TableName="things", Item=item)
    dynamodb.update_item(
        TableName="things",
        Key={"id": {"S": "1"}},
        UpdateExpression="ADD tags :more SET n = :n",
        ExpressionAttributeValues={":more": {"SS": ["e", "d"]}, ":n": {"N": "7"}},
        ReturnValues="ALL_NEW",
    )
    dynamodb.scan(TableName="things", Limit=7)
    dynamodb.delete_item(TableName="things", Key={"id": {"S": "2"}}, ReturnValues="ALL_OLD")
    stream = table["LatestStreamArn"]
    shard = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=stream, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    streams.get_records(ShardIterator=iterator["ShardIterator"])

    role = sts.assume_role(RoleArn="arn:aws:iam::111122223333:role/worker", RoleSessionName="session")["Credentials"]
    boto3.client(
        "sts",
        aws_access_key_id=role["AccessKeyId"],
        aws_secret_access_key=role["SecretAccessKey"],
        aws_session_token=role["SessionToken"],
    ).get_caller_identity()
    aws.faults.add("sqs.ListQueues", error="ThrottlingException", probability=0.5)
    patient = boto3.client("sqs", config=Config(retries={"mode": "standard", "max_attempts": 20}))
    for _ in range(10):
        patient.list_queues()
    for call in (lambda: sqs.get_queue_url(QueueName="none"), lambda: s3.get_object(Bucket="inbox", Key="none")):
        with contextlib.suppress(ClientError):
            call()


def traffic(seed: int | str) -> bytes:
    """Every request, but for what botocore makes up, and every answer, to the byte."""
    written = io.BytesIO()

    def write(chain: Any, context: Any, response: Any) -> None:
        request: Request | None = context.request
        if request is None:
            written.write(f"{context!r} {dict(context.service_request)!r}\n".encode())
            return
        headers = {name: value for name, value in sorted(request.headers.items()) if name not in _OF_THE_CLIENT}
        written.write(f"{request!r} {headers}\n".encode() + request.read() + b"\n")
        written.write(f"{response!r} {response.headers}\n".encode() + response.read() + b"\n")

    random.seed(0)  # by which botocore draws how long it waits before it tries again
    with mock_aws(seed=seed) as aws:
        aws.clock.freeze(datetime(2026, 1, 31, 12, tzinfo=timezone.utc))
        aws.gateway.response_handlers.append(write)
        run(aws)
    return written.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(traffic(sys.argv[1]))
