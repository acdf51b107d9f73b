"""Events on their way to topics, functions and EventBridge: each by the API of its service."""

from __future__ import annotations

import json
import re

import pytest

from tests.services.s3.event_targets import start_targets

from .conftest import ACCOUNT, REGION

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:events"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:events"


@pytest.fixture
def sent(cloud):
    """What was sent to the three services: the service that sent it, for which bucket, and the call's members."""
    return start_targets(cloud)


@pytest.fixture
def notify(s3, bucket):
    def notify(**configuration):
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration)

    return notify


SENDER = ("s3.amazonaws.com", "arn:aws:s3:::photos")


def test_a_topic_is_tried_and_told(s3, bucket, sent, notify):
    notify(TopicConfigurations=[{"TopicArn": TOPIC, "Events": ["s3:ObjectCreated:*"]}])
    s3.put_object(Bucket=bucket, Key="a")
    assert [call[:2] for call in sent] == [SENDER, SENDER]
    tried, told = (call[2] for call in sent)
    assert (told["TopicArn"], told["Subject"]) == (TOPIC, "Amazon S3 Notification")
    assert json.loads(tried["Message"])["Event"] == "s3:TestEvent"
    assert json.loads(told["Message"])["Records"][0]["s3"]["object"]["key"] == "a"


def test_a_topic_that_is_not_there_is_refused(sent, notify, refusal):
    configuration = {"TopicArn": f"{TOPIC}-2", "Events": ["s3:ObjectCreated:*"]}
    assert refusal(lambda: notify(TopicConfigurations=[configuration])) == {
        "Status": 400,
        "Code": "InvalidArgument",
        "Message": "Unable to validate the following destination configurations",
        "ArgumentName1": f"{TOPIC}-2",
        "ArgumentValue1": "The destination topic does not exist",
    }


def test_a_function_is_invoked_without_a_try(s3, bucket, sent, notify):
    notify(LambdaFunctionConfigurations=[{"LambdaFunctionArn": FUNCTION, "Events": ["s3:ObjectCreated:*"]}])
    s3.put_object(Bucket=bucket, Key="a")
    ((*sender, call),) = sent
    assert tuple(sender) == SENDER
    assert (call["FunctionName"], call["InvocationType"]) == (FUNCTION, "Event")
    assert json.loads(call["Payload"])["Records"][0]["eventName"] == "ObjectCreated:Put"


@pytest.fixture
def events(sent, notify):
    """What EventBridge was told, as (detail type, detail), once the bucket tells it."""
    notify(EventBridgeConfiguration={})

    def events():
        entries = [entry for _, _, call in sent for entry in call["Entries"]]
        assert {(entry["Source"], *entry["Resources"]) for entry in entries} <= {("aws.s3", "arn:aws:s3:::photos")}
        return [(entry["DetailType"], json.loads(entry["Detail"])) for entry in entries]

    return events


def test_eventbridge_is_told_of_everything(s3, bucket, events):
    put = s3.put_object(Bucket=bucket, Key="my key", Body=b"data")
    ((detail_type, detail),) = events()
    assert detail_type == "Object Created"
    assert detail["object"].pop("sequencer")
    assert detail == {
        "version": "0",
        "bucket": {"name": bucket},
        "object": {"key": "my key", "size": 4, "etag": "8d777f385d3dfec8815d20f7496026dc"},
        "request-id": put["ResponseMetadata"]["RequestId"],
        "requester": ACCOUNT,
        "source-ip-address": "127.0.0.1",
        "reason": "PutObject",
    }


def test_eventbridge_is_told_how_an_object_was_deleted(s3, versioned, events):
    version = s3.put_object(Bucket=versioned, Key="a")["VersionId"]
    marker = s3.delete_object(Bucket=versioned, Key="a")["VersionId"]
    s3.delete_object(Bucket=versioned, Key="a", VersionId=version)
    told = [
        (detail_type, detail["deletion-type"], detail["object"]["version-id"]) for detail_type, detail in events()[1:]
    ]
    assert told == [
        ("Object Deleted", "Delete Marker Created", marker),
        ("Object Deleted", "Permanently Deleted", version),
    ]


def test_eventbridge_is_told_of_restores(s3, cloud, bucket, events):
    s3.put_object(Bucket=bucket, Key="a", Body=b"something", StorageClass="GLACIER")
    asked = s3.restore_object(Bucket=bucket, Key="a", RestoreRequest={"Days": 2})
    cloud.clock.advance(hours=6)
    (_, (began, initiated), (ended, completed)) = events()
    assert (began, ended) == ("Object Restore Initiated", "Object Restore Completed")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", completed.pop("restore-expiry-time"))
    assert initiated.pop("request-id") == asked["ResponseMetadata"]["RequestId"]
    assert completed.pop("request-id")
    assert initiated.pop("requester") == ACCOUNT
    assert completed.pop("requester")
    assert initiated.pop("source-ip-address") == "127.0.0.1"
    # AWS: objects of restores have no sequencer, and what ends by itself has no address.
    about = {
        "version": "0",
        "bucket": {"name": bucket},
        "object": {"key": "a", "size": 9, "etag": "437b930db84b8079c2dd804a71936b5f"},
        "source-storage-class": "GLACIER",
    }
    assert (initiated, completed) == (about, about)


def test_eventbridge_is_told_of_null_versions_without_an_id_and_of_markers_that_go(s3, versioned, events):
    s3.put_bucket_versioning(Bucket=versioned, VersioningConfiguration={"Status": "Suspended"})
    s3.put_object(Bucket=versioned, Key="a", Body=b"data")
    s3.put_bucket_versioning(Bucket=versioned, VersioningConfiguration={"Status": "Enabled"})
    marker = s3.delete_object(Bucket=versioned, Key="a")["VersionId"]
    s3.delete_object(Bucket=versioned, Key="a", VersionId=marker)
    (created, put), _, (deleted, gone) = events()
    assert (created, deleted) == ("Object Created", "Object Deleted")
    assert put["object"].pop("sequencer")
    assert put["object"] == {"key": "a", "size": 4, "etag": "8d777f385d3dfec8815d20f7496026dc"}
    assert gone["object"].pop("sequencer")
    assert gone.pop("request-id")
    assert gone == {
        "version": "0",
        "bucket": {"name": versioned},
        "object": {"key": "a", "version-id": marker},
        "requester": ACCOUNT,
        "source-ip-address": "127.0.0.1",
        "reason": "DeleteObject",
        "deletion-type": "Permanently Deleted",
    }
