"""Notifications: which configurations a bucket takes, and what they are told."""

from __future__ import annotations

import re

import pytest
import requests

from .conftest import ACCOUNT, BUCKET, REGION

QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:events"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:events"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:events"


def to_queue(*events, arn=QUEUE, **rules):
    configuration = {"QueueArn": arn, "Events": list(events) or ["s3:ObjectCreated:*"]}
    if rules:
        filter_rules = [{"Name": name, "Value": value} for name, value in rules.items()]
        configuration["Filter"] = {"Key": {"FilterRules": filter_rules}}
    return configuration


@pytest.fixture
def notify(s3, bucket):
    """Configure the bucket's notification; queues by position."""

    def put(*queues, **arguments):
        configuration = {"QueueConfigurations": list(queues)} if queues else {}
        configuration.update(arguments.pop("more", {}))
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration, **arguments)

    return put


@pytest.fixture
def told(queue, messages, notify):
    """What the queue was told since the test message, once notified of these events: (event name, object)."""
    queue()

    def tell(*events, **rules):
        notify(to_queue(*events, **rules))
        messages()
        return lambda: [
            (record["eventName"], record["s3"]["object"]) for message in messages() for record in message["Records"]
        ]

    return tell


def invalid(message, **arguments):
    return {"Status": 400, "Code": "InvalidArgument", "Message": message, **arguments}


def test_what_is_put_is_answered_with_ids_and_capitals(s3, bucket, queue, notify, answer):
    queue()
    topic = {"Id": "topic", "TopicArn": TOPIC, "Events": ["s3:ObjectRemoved:*"]}
    function = {"Id": "function", "LambdaFunctionArn": FUNCTION, "Events": ["s3:ObjectRestore:Post"]}
    more = {"TopicConfigurations": [topic], "LambdaFunctionConfigurations": [function], "EventBridgeConfiguration": {}}
    notify(to_queue(prefix="in/", suffix=""), more=more)
    found = answer(s3.get_bucket_notification_configuration, Bucket=bucket)
    assert re.fullmatch("[0-9a-f-]{36}", found["QueueConfigurations"][0].pop("Id"))
    assert found == {"QueueConfigurations": [to_queue(Prefix="in/", Suffix="")], **more}
    notify()
    assert answer(s3.get_bucket_notification_configuration, Bucket=bucket) == {}


def test_a_destination_is_tried(queue, messages, notify):
    queue()
    notify(to_queue())
    (message,) = messages()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", message.pop("Time"))
    assert message.pop("RequestId")
    assert message.pop("HostId")
    assert message == {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET}


def test_no_two_configurations_have_an_id_in_common(queue, notify, refusal):
    queue()
    created, removed = (
        {"Id": "mine", "QueueArn": to_queue()["QueueArn"], "Events": [f"s3:Object{what}:*"]}
        for what in ("Created", "Removed")
    )
    assert refusal(lambda: notify(created, removed)) == {
        "Status": 400,
        "Code": "InvalidArgument",
        "Message": "Same ID used for multiple configurations. IDs must be unique.",
    }


def test_what_is_put_into_the_bucket_is_told(s3, bucket, queue, messages, notify, cloud):
    queue()
    notify({**to_queue(), "Id": "mine"})
    messages()
    put = s3.put_object(Bucket=bucket, Key="my key/ü+.txt", Body=b"something")
    (message,) = messages()
    (record,) = message["Records"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", record.pop("eventTime"))
    assert re.fullmatch("[0-9A-F]{18}", record["s3"]["object"].pop("sequencer"))
    assert re.fullmatch("A[0-9A-F]{13}", record["s3"]["bucket"]["ownerIdentity"].pop("principalId"))
    assert record["responseElements"].pop("x-amz-id-2") == put["ResponseMetadata"]["HostId"]
    assert record == {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": f"AWS:{ACCOUNT}"},
        "requestParameters": {"sourceIPAddress": "127.0.0.1"},
        "responseElements": {"x-amz-request-id": put["ResponseMetadata"]["RequestId"]},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "mine",
            "bucket": {"name": BUCKET, "ownerIdentity": {}, "arn": f"arn:aws:s3:::{BUCKET}"},
            "object": {
                "key": "my+key/%C3%BC%2B.txt",
                "size": 9,
                "eTag": "437b930db84b8079c2dd804a71936b5f",
            },
        },
    }


def test_events_are_in_order_by_their_sequencers(s3, bucket, told):
    heard = told("s3:ObjectCreated:*", "s3:ObjectRemoved:*")
    for _ in range(3):
        s3.put_object(Bucket=bucket, Key="a")
    s3.delete_object(Bucket=bucket, Key="a")
    events = heard()
    assert [name for name, _ in events] == ["ObjectCreated:Put"] * 3 + ["ObjectRemoved:Delete"]
    sequencers = [about["sequencer"] for _, about in events]
    assert sequencers == sorted(set(sequencers))
    assert set(events[-1][1]) == {"key", "sequencer"}


def test_versions_are_told(s3, versioned, told):
    heard = told("s3:ObjectCreated:*", "s3:ObjectRemoved:*")
    version = s3.put_object(Bucket=versioned, Key="a", Body=b"1")["VersionId"]
    marker = s3.delete_object(Bucket=versioned, Key="a")["VersionId"]
    s3.delete_object(Bucket=versioned, Key="a", VersionId=version)
    assert [(name, about["versionId"]) for name, about in heard()] == [
        ("ObjectCreated:Put", version),
        ("ObjectRemoved:DeleteMarkerCreated", marker),
        ("ObjectRemoved:Delete", version),
    ]


@pytest.mark.parametrize(
    ("rules", "keys"),
    [
        ({}, ["in/a.txt", "in/a.jpg", "out/a.txt"]),
        ({"prefix": "in/"}, ["in/a.txt", "in/a.jpg"]),
        ({"Suffix": ".txt"}, ["in/a.txt", "out/a.txt"]),
        ({"PREFIX": "in/", "suffix": ".txt"}, ["in/a.txt"]),
        ({"suffix": ""}, ["in/a.txt", "in/a.jpg", "out/a.txt"]),
    ],
)
def test_only_keys_that_pass_the_filter_are_told(s3, bucket, told, rules, keys):
    heard = told(**rules)
    for key in ("in/a.txt", "in/a.jpg", "out/a.txt"):
        s3.put_object(Bucket=bucket, Key=key)
    assert [about["key"] for _, about in heard()] == keys


def test_only_events_that_were_asked_for_are_told(s3, bucket, told):
    heard = told("s3:ObjectCreated:Copy")
    s3.put_object(Bucket=bucket, Key="a")
    s3.copy_object(Bucket=bucket, Key="b", CopySource={"Bucket": bucket, "Key": "a"})
    assert [(name, about["key"]) for name, about in heard()] == [("ObjectCreated:Copy", "b")]


def test_tagging_is_told_without_a_sequencer(s3, bucket, told):
    heard = told("s3:ObjectTagging:*")
    s3.put_object(Bucket=bucket, Key="a", Body=b"something")
    s3.put_object_tagging(Bucket=bucket, Key="a", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    s3.delete_object_tagging(Bucket=bucket, Key="a")
    about = {"key": "a", "eTag": "437b930db84b8079c2dd804a71936b5f"}
    assert heard() == [("ObjectTagging:Put", about), ("ObjectTagging:Delete", about)]


def test_an_upload_in_parts_and_a_form_are_told_by_their_names(s3, bucket, told):
    heard = told("s3:ObjectCreated:*")
    upload = {"Bucket": bucket, "Key": "a"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    part = s3.upload_part(**upload, PartNumber=1, Body=b"something")["ETag"]
    parts = [{"PartNumber": 1, "ETag": part}]
    tag = s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})["ETag"]
    form = s3.generate_presigned_post(bucket, "b")
    sent = requests.post(form["url"], data=form["fields"], files={"file": b"something"}, timeout=5)
    assert sent.status_code == 204
    found = heard()
    assert all(about.pop("sequencer") for _, about in found)
    assert found == [
        ("ObjectCreated:CompleteMultipartUpload", {"key": "a", "size": 9, "eTag": tag.strip('"')}),
        ("ObjectCreated:Post", {"key": "b", "size": 9, "eTag": "437b930db84b8079c2dd804a71936b5f"}),
    ]


def test_a_trace_goes_along(s3, sqs, bucket, queue, messages, notify):
    queue()
    notify(to_queue())
    messages()
    trace = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1"

    def add_trace(request, **_):
        request.headers["X-Amzn-Trace-Id"] = trace

    s3.meta.events.register("before-sign.s3.PutObject", add_trace)
    try:
        s3.put_object(Bucket=bucket, Key="a")
    finally:
        s3.meta.events.unregister("before-sign.s3.PutObject", add_trace)
    url = sqs.get_queue_url(QueueName="events")["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=url, AttributeNames=["AWSTraceHeader"])["Messages"]
    assert message["Attributes"] == {"AWSTraceHeader": trace}


def test_a_destination_that_went_away_fails_nobody(cloud, s3, sqs, bucket, queue, notify):
    queue()
    notify(to_queue())
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName="events")["QueueUrl"])
    assert s3.put_object(Bucket=bucket, Key="a")["ResponseMetadata"]["HTTPStatusCode"] == 200
    (failure,) = cloud.schedule.failures
    assert failure.task.handler == "deliver_event"


@pytest.mark.parametrize("skip", [False, True])
@pytest.mark.parametrize(
    ("configuration", "error"),
    [
        (
            to_queue(arn="invalid-queue"),
            invalid("The ARN could not be parsed", ArgumentName="Queue", ArgumentValue="invalid-queue"),
        ),
        (to_queue(arn=TOPIC), invalid("The ARN could not be parsed", ArgumentName="Queue", ArgumentValue=TOPIC)),
        (
            to_queue(arn=f"{QUEUE}.fifo"),
            invalid("FIFO SQS queues are not supported.", ArgumentName="Queue", ArgumentValue=f"{QUEUE}.fifo"),
        ),
        (
            to_queue(arn=QUEUE.replace(REGION, "eu-west-1")),
            invalid(
                "The notification destination service region is not valid for the bucket location constraint",
                ArgumentName="Queue",
                ArgumentValue=QUEUE.replace(REGION, "eu-west-1"),
            ),
        ),
        (
            to_queue("s3:Nothing"),
            invalid("The event is not supported for notifications", ArgumentName="Event", ArgumentValue="s3:Nothing"),
        ),
        (
            to_queue(INVALID="x"),
            invalid(
                "filter rule name must be either prefix or suffix",
                ArgumentName="FilterRule.Name",
                ArgumentValue="INVALID",
            ),
        ),
        (
            to_queue(prefix="x", Prefix="y"),
            invalid(
                "Cannot specify more than one prefix rule in a filter.",
                ArgumentName="FilterRule.Name",
                ArgumentValue="Prefix",
            ),
        ),
        (
            to_queue(prefix="x" * 1025),
            invalid(
                "Size of filter rule value cannot exceed 1024 bytes in UTF-8 representation",
                ArgumentName="FilterRule.Value",
                ArgumentValue="x" * 1025,
            ),
        ),
    ],
)
def test_a_configuration_that_says_nonsense_is_refused(notify, refusal, configuration, error, skip):
    assert refusal(lambda: notify(configuration, SkipDestinationValidation=skip)) == error


def test_queues_that_are_not_there_are_named_together(notify, refusal, queue, s3, bucket, answer):
    queue("there")
    others = [QUEUE, f"{QUEUE}-2"]
    configurations = [
        to_queue(arn=QUEUE, prefix="1"),
        to_queue(arn=QUEUE.replace("events", "there"), prefix="2"),
        to_queue(arn=f"{QUEUE}-2", prefix="3"),
    ]
    assert refusal(lambda: notify(*configurations)) == invalid(
        "Unable to validate the following destination configurations",
        ArgumentName1=others[0],
        ArgumentValue1="The destination queue does not exist",
        ArgumentName2=others[1],
        ArgumentValue2="The destination queue does not exist",
    )
    assert answer(s3.get_bucket_notification_configuration, Bucket=bucket) == {}
    notify({**to_queue(), "Id": "id123"}, SkipDestinationValidation=True)
    assert answer(s3.get_bucket_notification_configuration, Bucket=bucket) == {
        "QueueConfigurations": [{**to_queue(), "Id": "id123"}]
    }


def test_queues_that_are_not_there_are_told_before_an_overlap(notify, refusal):
    assert refusal(lambda: notify(to_queue(), to_queue(arn=f"{QUEUE}-2"))) == invalid(
        "Unable to validate the following destination configurations",
        ArgumentName1=QUEUE,
        ArgumentValue1="The destination queue does not exist",
        ArgumentName2=f"{QUEUE}-2",
        ArgumentValue2="The destination queue does not exist",
    )


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        (
            to_queue(),
            to_queue("s3:ObjectCreated:Put"),
            "Configurations overlap. Configurations on the same bucket cannot share a common event type.",
        ),
        (
            to_queue(prefix="in/"),
            to_queue(prefix="in/deep/"),
            "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are "
            "overlapping for the same event type.",
        ),
        (to_queue(prefix="in/"), to_queue(prefix="out/"), None),
        (to_queue(suffix=".a"), to_queue(suffix=".b"), None),
        (to_queue("s3:ObjectCreated:Put"), to_queue("s3:ObjectCreated:Copy"), None),
    ],
)
def test_an_event_is_for_one_configuration(queue, notify, refusal, one, other, message):
    queue()
    if message is None:
        notify(one, other)
    else:
        assert refusal(lambda: notify(one, other)) == invalid(message)


def test_the_first_version_of_the_operations_has_one_of_each(s3, bucket, queue, told, answer):
    queue()
    before = {"QueueConfiguration": {"Id": "q", "Queue": QUEUE, "Events": ["s3:ObjectCreated:*"]}}
    s3.put_bucket_notification(Bucket=bucket, NotificationConfiguration=before)
    assert answer(s3.get_bucket_notification, Bucket=bucket)["QueueConfiguration"]["Queue"] == QUEUE
    assert answer(s3.get_bucket_notification_configuration, Bucket=bucket) == {
        "QueueConfigurations": [{**to_queue(), "Id": "q"}]
    }


def test_a_bucket_that_is_not_there_notifies_nobody(s3, refusal):
    error = refusal(
        s3.put_bucket_notification_configuration,
        Bucket="nowhere",
        NotificationConfiguration={"QueueConfigurations": [to_queue()]},
    )
    assert (error["Code"], error["BucketName"]) == ("NoSuchBucket", "nowhere")
