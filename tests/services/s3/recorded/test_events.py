"""Events of buckets, as recorded where queues, topics, functions and EventBridge received them."""

from __future__ import annotations

import functools
import json
from typing import Any

import boto3
import pytest
import requests
from boto3.dynamodb.types import TypeSerializer

from tests.services.s3.event_targets import start_targets

from ..conftest import client_of
from .conftest import ACCOUNT
from .recording import Recording, recorded

SQS = "s3/test_s3_notifications_sqs.json"
SNS = "s3/test_s3_notifications_sns.json"
LAMBDA = "s3/test_s3_notifications_lambda.json"
EVENTBRIDGE = "s3/test_s3_notifications_eventbridge.json"
REGION = "us-east-1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:events"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:events"
CREATED = ["s3:ObjectCreated:*"]


@functools.cache
def sqs_client(region: str = REGION) -> Any:
    return boto3.Session(ACCOUNT, "testing", region_name=region).client("sqs")


class Queue:
    """A new queue, and what it received."""

    def __init__(self, name: str = "my-queue-1", region: str = REGION) -> None:
        self.sqs = sqs_client(region)
        self.url = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        self.arn = f"arn:aws:sqs:{region}:{ACCOUNT}:{name}"

    def messages(self) -> list[Any]:
        """The messages of events, in the order in which they came, with their bodies as data."""
        found: list[Any] = []
        while received := self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, AttributeNames=["AWSTraceHeader"]
        ).get("Messages"):
            found += received
        for message in found:
            message["Body"] = json.loads(message["Body"])
        return [message for message in found if "Records" in message["Body"]]

    def records(self) -> list[Any]:
        return sorted(
            (record for message in self.messages() for record in message["Body"]["Records"]),
            key=lambda record: record["s3"]["object"]["key"],
        )


@pytest.fixture
def queue(cloud: Any) -> Queue:
    return Queue()


@pytest.fixture
def sent(cloud: Any) -> list[Any]:
    return start_targets(cloud)


def notify(s3: Any, bucket: str, **configuration: Any) -> None:
    """Say where a bucket's events go."""
    skip = {"SkipDestinationValidation": True} if configuration.pop("skip", False) else {}
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration, **skip)


def to_queues(*arns: str, events: list[str] = CREATED, **more: Any) -> dict[str, Any]:
    return {"QueueConfigurations": [{"QueueArn": arn, "Events": events, **more} for arn in arns]}


@recorded(SQS, "TestS3NotificationsToSQS::test_object_created_put")
def test_a_queue_is_told_of_puts(s3, bucket, queue: Queue, recording: Recording):
    notify(s3, bucket, **to_queues(queue.arn))
    s3.put_object(Bucket=bucket, Key="my_key_0", Body=b"something")
    s3.put_object(Bucket=bucket, Key="my_key_1", Body=b"something else")
    recording.equals("receive_messages", {"messages": queue.records()})


@recorded(SQS, "TestS3NotificationsToSQS::test_object_created_complete_multipart_upload")
def test_a_queue_is_told_of_completed_uploads(s3, bucket, queue: Queue, recording: Recording):
    notify(s3, bucket, **to_queues(queue.arn))
    upload = {"Bucket": bucket, "Key": "test-key"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    part = s3.upload_part(**upload, PartNumber=1, Body=b"1" * 6144)
    parts = [{"ETag": part["ETag"], "PartNumber": 1}]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    recording.equals("receive_messages", {"messages": queue.records()})


@recorded(SQS, "TestS3NotificationsToSQS::test_object_created_put_with_presigned_url_upload")
def test_a_queue_is_told_of_uploads_by_url_in_the_region_of_the_bucket(cloud, recording: Recording):
    for name, region in {"receive_messages": REGION, "receive_messages_region_2": "us-west-2"}.items():
        s3, queue, bucket = client_of(region, ACCOUNT), Queue(region=region), f"photos-{region}"
        elsewhere = {} if region == REGION else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **elsewhere)
        notify(s3, bucket, **to_queues(queue.arn))
        url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "key-by-hostname"})
        assert requests.put(url, data=b"something").status_code == 200
        recording.equals(name, {"messages": queue.records()})


@recorded(SQS, "TestS3NotificationsToSQS::test_object_tagging_delete_event")
def test_a_queue_is_told_of_tags_that_go(s3, bucket, queue: Queue, recording: Recording):
    notify(s3, bucket, **to_queues(queue.arn, events=["s3:ObjectTagging:Delete"]))
    etag = s3.put_object(Bucket=bucket, Key="cat", Body=b"meow")["ETag"]
    recording.unknown("f3e6da48d914f3f04f6bd9cb092c044d", etag)
    s3.put_object_tagging(Bucket=bucket, Key="cat", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3.delete_object_tagging(Bucket=bucket, Key="cat")
    recording.equals("receive_messages", {"messages": queue.records()})


@recorded(SQS, "TestS3NotificationsToSQS::test_xray_header")
def test_a_message_carries_the_trace_of_the_call(cloud, queue: Queue, recording: Recording):
    trace = recording.answers["receive_messages"]["messages"][0]["Attributes"]["AWSTraceHeader"]
    s3 = boto3.Session(ACCOUNT, "testing", region_name=REGION).client("s3")
    s3.create_bucket(Bucket="photos")
    notify(s3, "photos", **to_queues(queue.arn))
    s3.meta.events.register("before-send.s3.*", lambda request, **_: request.headers.update({"X-Amzn-Trace-Id": trace}))
    s3.put_object(Bucket="photos", Key="test-data", Body=b"something")
    recording.equals("receive_messages", {"messages": queue.messages()})


@recorded(
    SQS,
    "TestS3NotificationsToSQS::test_filter_rules_case_insensitive",
    "TestS3NotificationsToSQS::test_filter_rules_empty_value",
)
def test_names_of_filters_are_told_with_a_capital(s3, bucket, queue: Queue, recording: Recording):
    rules = [{"Name": "suffix", "Value": ""}]
    if "case_insensitive" in recording.test:
        rules = [{"Name": "prefix", "Value": "notif-"}, {"Name": "SUFFIX", "Value": ".txt"}]
    notify(s3, bucket, **to_queues(queue.arn, Filter={"Key": {"FilterRules": rules}}))
    recording.equals("bucket_notification_configuration", s3.get_bucket_notification_configuration(Bucket=bucket))


@recorded(SQS, "TestS3NotificationsToSQS::test_invalid_sqs_arn")
def test_a_queue_must_be_an_arn_and_be_there_unless_it_is_not_looked_for(s3, bucket, recording: Recording):
    for name, skip in {"invalid_not_skip": False, "invalid_skip": True}.items():
        recording.refuses(name, notify, s3=s3, bucket=bucket, **to_queues("invalid-queue"), skip=skip)
    absent = to_queues(f"arn:aws:sqs:{REGION}:{ACCOUNT}:my-queue", Id="id123")
    recording.refuses("queue-does-not-exist", notify, s3=s3, bucket=bucket, **absent)
    notify(s3, bucket, **absent, skip=True)
    recording.equals("skip_destination_validation", s3.get_bucket_notification_configuration(Bucket=bucket))


@recorded(SQS, "TestS3NotificationsToSQS::test_multiple_invalid_sqs_arns")
def test_the_last_arn_that_is_none_is_named_or_all_queues_that_are_not_there(s3, bucket, recording: Recording):
    one, other = (f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}" for name in ("my-queue", "my-queue-2"))
    for name, arns in {
        "two-queue-arns-invalid": ("invalid_arn", "invalid_arn_2"),
        "one-queue-invalid-one-not-existent": (one, "invalid_arn_2"),
        "multiple-queues-do-not-exist": (one, other),
    }.items():
        recording.refuses(name, notify, s3=s3, bucket=bucket, **to_queues(*arns))


def published(recorded: dict[str, Any], call: dict[str, Any]) -> dict[str, Any]:
    """A notification of SNS: its envelope is taken as recorded; what S3 says are topic, subject and message."""
    message = {"Message": json.loads(call["Message"]), "Subject": call["Subject"], "TopicArn": call["TopicArn"]}
    return {**recorded, **message}


@recorded(SNS, "TestS3NotificationsToSns::test_object_created_put")
def test_a_topic_is_told_of_puts(s3, bucket, sent, recording: Recording):
    notify(s3, bucket, TopicConfigurations=[{"TopicArn": TOPIC, "Events": CREATED}])
    for body in (b"first event", b"second event"):
        s3.put_object(Bucket=bucket, Key="bucket-key", Body=body)
    envelopes = recording.answers["receive_messages"]["messages"]
    calls = [call for _, _, call in sent if "Records" in call["Message"]]
    told = [published(envelope, call) for envelope, call in zip(envelopes, calls, strict=True)]
    recording.equals("receive_messages", {"messages": told})


@recorded(SNS, "TestS3NotificationsToSns::test_bucket_notifications_with_filter")
def test_a_topic_is_told_what_passes_its_filter(s3, bucket, sent, recording: Recording):
    rules = [{"Name": "Prefix", "Value": "testupload/"}, {"Name": "Suffix", "Value": "testfile.txt"}]
    topic = {"TopicArn": TOPIC, "Events": CREATED, "Filter": {"Key": {"FilterRules": rules}}}
    notify(s3, bucket, TopicConfigurations=[topic])
    s3.put_object(Bucket=bucket, Key="dir1/testfile.txt")
    etag = s3.put_object(Bucket=bucket, Key="testupload/dir1/testfile.txt", Body=b"." * 35)["ETag"]
    recording.unknown("f5260f0f41af2722d9fe17a57dfa9da5", etag)
    (call,) = (call for _, _, call in sent if "Records" in call["Message"])
    recording.equals("message", published(recording.answers["message"], call))


@recorded(SNS, "TestS3NotificationsToSns::test_bucket_not_exist")
def test_a_bucket_that_is_not_there_tells_nobody(s3, sent, recording: Recording):
    topics = [{"TopicArn": TOPIC, "Events": CREATED}]
    recording.refuses("bucket_not_exists", notify, s3=s3, bucket="photos", TopicConfigurations=topics)


def as_items(sent: list[Any]) -> list[dict[str, Any]]:
    """The records that a function was handed, as it would store them in DynamoDB."""
    records = [record for _, _, call in sent for record in json.loads(call["Payload"])["Records"]]
    return [TypeSerializer().serialize(record) for record in records]


@recorded(LAMBDA, "TestS3NotificationsToLambda::test_create_object_put_via_dynamodb")
def test_a_function_is_told_of_puts(s3, bucket, sent, recording: Recording):
    notify(s3, bucket, LambdaFunctionConfigurations=[{"LambdaFunctionArn": FUNCTION, "Events": CREATED}])
    etag = s3.put_object(Bucket=bucket, Key="cat", Body=b"eleven byte")["ETag"]
    recording.unknown("e9fb1ed1d5eaa36781088aae37acffbd", etag)
    (item,) = as_items(sent)
    recording.equals("table_content", item)


@recorded(LAMBDA, "TestS3NotificationsToLambda::test_create_object_by_presigned_request_via_dynamodb")
def test_a_function_is_told_of_uploads_by_form_and_by_url(s3, bucket, sent, recording: Recording):
    notify(s3, bucket, LambdaFunctionConfigurations=[{"LambdaFunctionArn": FUNCTION, "Events": CREATED}])
    form = s3.generate_presigned_post(bucket, "cat")
    posted = requests.post(form["url"], data=form["fields"], files={"file": b"by_presigned_pos"})
    recording.unknown("232d7472010db416df31c55fdc0490a5", posted.headers["ETag"])
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "cat"})
    requests.put(url, data=b"by_presigned_put")
    ids = [item["uuid"] for item in recording.answers["items"]]  # the function's own
    recording.equals("items", [{"data": item, "uuid": id} for id, item in zip(ids, as_items(sent), strict=True)])


def delivered(sent: list[Any], region: str = REGION) -> list[dict[str, Any]]:
    """What EventBridge would deliver: its own envelope around each entry."""
    return [
        {
            "account": ACCOUNT,
            "detail": json.loads(entry["Detail"]),
            "detail-type": entry["DetailType"],
            "id": str(number),
            "region": region,
            "resources": entry["Resources"],
            "source": entry["Source"],
            "time": "",
            "version": "0",
        }
        for number, entry in enumerate(entry for _, _, call in sent for entry in call["Entries"])
    ]


@recorded(EVENTBRIDGE, "TestS3NotificationsToEventBridge::test_object_created_put_in_different_region")
def test_eventbridge_is_told_in_the_region_of_the_bucket(cloud, sent, recording: Recording):
    region = "us-west-2"
    s3 = client_of(region, ACCOUNT)
    s3.create_bucket(Bucket="photos", CreateBucketConfiguration={"LocationConstraint": region})
    notify(s3, "photos", EventBridgeConfiguration={})
    for client in (s3, client_of("eu-west-1", ACCOUNT)):
        client.put_object(Bucket="photos", Key="cat", Body=b"data")
    recording.equals("object-created-different-regions", {"messages": delivered(sent, region)})


@recorded(EVENTBRIDGE, "TestS3NotificationsToEventBridge::test_object_created_put_versioned")
def test_eventbridge_is_told_of_versions_and_of_null_versions_without_one(s3, versioned, sent, recording: Recording):
    notify(s3, versioned, EventBridgeConfiguration={})
    cat = {"Bucket": versioned, "Key": "cat"}

    def put_unknown(name: str) -> Any:
        put = s3.put_object(**cat, Body=b"thirteen more")
        for digest in ("ETag", "ChecksumCRC32"):
            recording.unknown(recording.answers[name][digest], put[digest])
        return put

    first = recording.equals("obj-ver1", s3.put_object(**cat, Body=b"data"))
    recording.equals("obj-ver2", put_unknown("obj-ver2"))
    marker = recording.equals("delete-marker", s3.delete_object(**cat))
    recording.equals("delete-version", s3.delete_object(**cat, VersionId=first["VersionId"]))
    sent.clear()

    s3.put_bucket_versioning(Bucket=versioned, VersioningConfiguration={"Status": "Suspended"})
    recording.equals("add-null-version", put_unknown("add-null-version"))
    recording.equals("del-delete-marker", s3.delete_object(**cat, VersionId=marker["VersionId"]))
    for name in ("message-versioning-active", "message-versioning-suspended"):
        recording.equals(name, delivered(sent))  # they hold the same


@recorded(EVENTBRIDGE, "TestS3NotificationsToEventBridge::test_restore_object")
def test_eventbridge_is_told_when_a_restore_begins_and_ends(s3, cloud, bucket, sent, recording: Recording):
    notify(s3, bucket, EventBridgeConfiguration={})
    s3.put_object(Bucket=bucket, Key="cat", Body=b"something", StorageClass="GLACIER")
    sent.clear()
    s3.restore_object(Bucket=bucket, Key="cat", RestoreRequest={"Days": 1})
    cloud.clock.advance(hours=6)
    recording.equals("messages", {"messages": delivered(sent)})
