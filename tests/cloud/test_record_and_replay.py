"""Calls recorded in a file and answered from it: the simulator's, and those of the real AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
import requests
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from awsim import Cloud, MisuseError, RecordingError, ReplayError, mock_aws, record_aws


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "calls.json"


def plain(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what differs between any two calls."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def scenario() -> list[Any]:
    """What code under test sees, of several protocols, with bodies, errors, times and numbers."""
    seen: list[Any] = []
    s3, sqs, dynamodb, sts = (boto3.client(name) for name in ("s3", "sqs", "dynamodb", "sts"))
    s3.create_bucket(Bucket="box")
    s3.put_object(Bucket="box", Key="text", Body=b"hello", Metadata={"a": "1"})
    s3.put_object(Bucket="box", Key="bytes", Body=bytes(range(256)))
    for key in ("text", "bytes"):
        answer = s3.get_object(Bucket="box", Key=key)
        seen.append((answer["Body"].read(), answer["ETag"], answer["LastModified"], answer["Metadata"]))
    try:
        s3.get_object(Bucket="box", Key="none")
    except ClientError as error:
        seen.append((error.response["Error"], type(error).__name__))
    try:
        s3.head_object(Bucket="box", Key="none")
    except ClientError as error:
        seen.append(error.response["Error"])
    seen.append(plain(s3.list_objects_v2(Bucket="box")))
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    seen.append(sqs.send_message(QueueUrl=url, MessageBody="hi")["MessageId"])
    seen.append(plain(sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["All"])))
    seen.append(plain(sqs.receive_message(QueueUrl=url)))
    try:
        sqs.get_queue_url(QueueName="none")
    except sqs.exceptions.QueueDoesNotExist as error:
        seen.append(error.response["Error"])
    key = {"AttributeName": "id", "KeyType": "HASH"}
    attribute = {"AttributeName": "id", "AttributeType": "S"}
    dynamodb.create_table(
        TableName="things", KeySchema=[key], AttributeDefinitions=[attribute], BillingMode="PAY_PER_REQUEST"
    )
    item = {"id": {"S": "1"}, "n": {"N": "1.5"}, "b": {"B": b"\xff\x00"}}
    dynamodb.put_item(TableName="things", Item=item)
    seen.append(plain(dynamodb.get_item(TableName="things", Key={"id": {"S": "1"}})))
    try:
        dynamodb.put_item(
            TableName="things",
            Item=item,
            ConditionExpression="attribute_not_exists(id)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except dynamodb.exceptions.ConditionalCheckFailedException as error:
        seen.append((error.response["Error"], error.response["Item"]))
    seen.append(plain(sts.get_caller_identity()))
    return seen


def test_what_was_recorded_is_seen_again_without_the_services(path: Path) -> None:
    with mock_aws() as aws, aws.record(path) as recorder:
        first = scenario()
    assert len(recorder.calls) == len(aws.calls)
    with mock_aws(seed="another", services=["s3", "sqs", "dynamodb", "sts"]) as aws, aws.replay(path) as replay:
        assert scenario() == first
        replay.assert_all_used()
    assert not [store for store in aws.stores if store[0].__name__ != "CredentialStore"]


def test_two_recordings_of_the_same_calls_are_the_same_file(tmp_path: Path) -> None:
    for name in ("one", "two"):
        with mock_aws() as aws, aws.record(tmp_path / name):
            aws.clock.freeze(datetime(2026, 1, 31, 12, tzinfo=timezone.utc))
            scenario()
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_file_reads_well(path: Path) -> None:
    with mock_aws() as aws, aws.record(path):
        sqs = boto3.client("sqs")
        sqs.create_queue(QueueName="q")
        with pytest.raises(ClientError):
            sqs.get_queue_url(QueueName="none")
        boto3.client("s3").create_bucket(Bucket="box")
    assert json.loads(path.read_text()) == {
        "format": "awsim-recording",
        "version": 1,
        "calls": [
            {
                "operation": "sqs.CreateQueue",
                "region": "us-east-1",
                "parameters": {"QueueName": "q"},
                "response": {"QueueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/q"},
            },
            {
                "operation": "sqs.GetQueueUrl",
                "region": "us-east-1",
                "parameters": {"QueueName": "none"},
                "error": {
                    "code": "QueueDoesNotExist",
                    "message": "The specified queue does not exist.",
                    "status": 400,
                },
            },
            {
                "operation": "s3.CreateBucket",
                "region": "us-east-1",
                "parameters": {"Bucket": "box"},
                "response": {"Location": "/box", "BucketArn": "arn:aws:s3:::box"},
            },
        ],
    }


def test_calls_between_services_are_no_part_of_it(path: Path) -> None:
    with mock_aws() as aws, aws.record(path) as recorder:
        s3, sqs = boto3.client("s3"), boto3.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        policy = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}]}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
        s3.create_bucket(Bucket="box")
        rule = {"QueueArn": "arn:aws:sqs:us-east-1:123456789012:q", "Events": ["s3:ObjectCreated:*"]}
        s3.put_bucket_notification_configuration(
            Bucket="box", NotificationConfiguration={"QueueConfigurations": [rule]}
        )
        s3.put_object(Bucket="box", Key="k", Body=b"1")
    made = [call.name for call in recorder.calls]
    assert made == [
        "sqs.CreateQueue",
        "sqs.SetQueueAttributes",
        "s3.CreateBucket",
        "s3.PutBucketNotificationConfiguration",
        "s3.PutObject",
    ]
    assert len(aws.calls) > len(made)


# -- which recorded call answers ---------------------------------------------------------------------------------------


def record_polls(path: Path) -> None:
    with mock_aws() as aws, aws.record(path):
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        for body in ("one", "two"):
            sqs.send_message(QueueUrl=url, MessageBody=body)
            sqs.receive_message(QueueUrl=url)


URL = "https://sqs.us-east-1.amazonaws.com/123456789012/q"


def test_equal_calls_are_answered_in_order_and_then_no_more(path: Path) -> None:
    record_polls(path)
    with mock_aws() as aws, aws.replay(path) as replay:
        sqs = boto3.client("sqs")
        bodies = [sqs.receive_message(QueueUrl=URL)["Messages"][0]["Body"] for _ in range(2)]
        assert bodies == ["one", "two"]
        with pytest.raises(ReplayError) as caught:
            sqs.receive_message(QueueUrl=URL)
        with pytest.raises(AssertionError) as unused:
            replay.assert_all_used()
    assert str(caught.value) == (
        "the recording has this call of sqs.ReceiveMessage 2 times, and it has been replayed as often already"
    )
    assert str(unused.value) == (
        "of the 5 recorded calls these were not made: sqs.CreateQueue, sqs.SendMessage (2 times)"
    )


def test_a_call_that_was_not_recorded_is_told_with_the_nearest(path: Path) -> None:
    record_polls(path)
    with mock_aws() as aws, aws.replay(path):
        with pytest.raises(ReplayError) as caught:
            boto3.client("sqs").send_message(QueueUrl=URL, MessageBody="three", DelaySeconds=1)
        with pytest.raises(ReplayError) as elsewhere:
            boto3.client("sqs", region_name="eu-west-1").create_queue(QueueName="q")
        with pytest.raises(ReplayError) as other:
            boto3.client("sts").get_caller_identity()
    assert str(caught.value) == (
        "the recording has no such call of sqs.SendMessage. The nearest that it has differs:\n"
        "  MessageBody: recorded 'one', was sent 'three'\n"
        "  DelaySeconds: recorded nothing, was sent 1"
    )
    assert str(elsewhere.value).endswith("  the region: recorded 'us-east-1', was sent 'eu-west-1'")
    assert str(other.value) == (
        "the recording has no call of sts.GetCallerIdentity;"
        " it has sqs.CreateQueue, sqs.ReceiveMessage, sqs.SendMessage"
    )


def test_what_was_not_recorded_is_simulated_if_that_is_wanted(path: Path) -> None:
    record_polls(path)
    with mock_aws(account_id="111122223333") as aws, aws.replay(path, strict=False):
        sqs = boto3.client("sqs")
        assert sqs.create_queue(QueueName="q")["QueueUrl"] == URL
        assert sqs.create_queue(QueueName="r")["QueueUrl"] == "https://sqs.us-east-1.amazonaws.com/111122223333/r"


def test_after_the_block_the_services_answer_again(path: Path) -> None:
    record_polls(path)
    with mock_aws() as aws:
        before = list(aws.gateway.request_handlers), list(aws.gateway.response_handlers)
        with aws.replay(path), aws.record(path.with_name("again")):
            boto3.client("sqs").create_queue(QueueName="q")
        assert (aws.gateway.request_handlers, aws.gateway.response_handlers) == before
        assert boto3.client("sqs").list_queues().get("QueueUrls") is None


def test_tokens_that_botocore_makes_up_do_not_count(path: Path) -> None:
    def transact() -> None:
        dynamodb = boto3.client("dynamodb")
        check = {"TableName": "none", "Key": {"id": {"S": "1"}}, "ConditionExpression": "attribute_exists(id)"}
        with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
            dynamodb.transact_write_items(TransactItems=[{"ConditionCheck": check}])

    with mock_aws() as aws, aws.record(path):
        transact()
    assert "ClientRequestToken" not in path.read_text()
    with mock_aws() as aws, aws.replay(path):
        transact()


def test_faults_strike_a_replayed_call_and_the_log_has_it(path: Path) -> None:
    record_polls(path)
    with mock_aws() as aws, aws.replay(path):
        aws.faults.add("sqs.CreateQueue", error="ThrottlingException", times=1)
        sqs = boto3.client("sqs")
        # The retry finds the answer, which the try that failed has not used up.
        answer = sqs.create_queue(QueueName="q")
        assert (answer["QueueUrl"], answer["ResponseMetadata"]["RetryAttempts"]) == (URL, 1)
        sqs.send_message(QueueUrl=URL, MessageBody="one")
        aws.calls.assert_called("sqs.SendMessage", MessageBody="one", times=1)


def test_requests_over_http_are_replayed_too(path: Path) -> None:
    url = "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15"
    with mock_aws() as aws, aws.record(path):
        boto3.client("sts").get_caller_identity()
    with mock_aws(account_id="111122223333") as aws, aws.replay(path):
        assert "<Account>123456789012</Account>" in requests.get(url, timeout=5).text


# -- the real AWS ------------------------------------------------------------------------------------------------------


@pytest.fixture
def real(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Any], None]], None]:
    """Stands for the real AWS: botocore's HTTP client, answered by a Cloud that no mock has made active."""
    from awsim.context import RequestContext
    from awsim.intercept.botocore import to_aws_response, to_request
    from awsim.protocol.http import Response

    cloud = Cloud()

    def send(self: Any, prepared: Any) -> AWSResponse:
        response = Response()
        body = prepared.body.read() if hasattr(prepared.body, "read") else prepared.body
        cloud.gateway.handle(RequestContext(cloud, to_request(prepared, body)), response)
        return to_aws_response(prepared.url, response, streaming=prepared.stream_output)

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", send)
    for name, value in {"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_SECRET_ACCESS_KEY": "hidden"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    return cloud  # type: ignore[return-value]


def test_the_real_aws_is_recorded_and_replayed(real: Any, path: Path) -> None:
    boto3.setup_default_session()
    with record_aws(boto3.DEFAULT_SESSION, path) as recorder:
        first = scenario()
    assert recorder.calls
    assert not any(secret in path.read_text() for secret in ("AKIAREAL", "hidden", "Authorization"))
    with mock_aws() as aws, aws.replay(path) as replay:
        assert scenario() == first
        replay.assert_all_used()


def test_credentials_and_what_the_model_marks_are_redacted(real: Any, path: Path) -> None:
    session = boto3.Session()
    with record_aws(session, path):
        answer = session.client("sts").get_session_token()
    recorded = json.loads(path.read_text())
    assert recorded["redacted"] == {"also": [], "kept": []}
    hidden = recorded["calls"][0]["response"]["Credentials"]
    assert {name: hidden[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")} == dict.fromkeys(
        ("AccessKeyId", "SecretAccessKey", "SessionToken"), "REDACTED"
    )
    assert answer["Credentials"]["SecretAccessKey"] not in path.read_text()


def test_what_to_hide_and_to_keep_is_the_users(real: Any, path: Path) -> None:
    session = botocore.session.get_session()
    client_made_before = session.create_client("sqs")
    with record_aws(
        client_made_before, path, redact=["MessageBody"], keep=["Nothing"], replace={"123456789012": "000000000000"}
    ):
        url = client_made_before.create_queue(QueueName="q")["QueueUrl"]
        client_made_before.send_message(QueueUrl=url, MessageBody="a secret")
    assert "a secret" not in path.read_text()
    assert "123456789012" not in path.read_text()
    with mock_aws() as aws, aws.replay(path):
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        assert url.endswith("/000000000000/q")
        sqs.send_message(QueueUrl=url, MessageBody="whatever")


def test_after_the_block_a_client_is_recorded_no_more(real: Any, path: Path) -> None:
    sqs = boto3.client("sqs")
    with record_aws(sqs, path) as recorder:
        sqs.list_queues()
    sqs.list_queues()
    assert len(recorder.calls) == 1


def test_what_was_recorded_before_a_failure_is_written(path: Path) -> None:
    def fail() -> None:
        boto3.client("sqs").create_queue(QueueName="q")
        raise ZeroDivisionError

    with mock_aws() as aws, pytest.raises(ZeroDivisionError), aws.record(path):
        fail()
    assert len(json.loads(path.read_text())["calls"]) == 1


def test_events_that_stream_are_recorded_one_by_one(path: Path) -> None:
    events = [{"PayloadChunk": {"Payload": b"one"}}, {"InvokeComplete": {"LogResult": "done"}}]

    def ask() -> list[Any]:
        answer = boto3.client("lambda").invoke_with_response_stream(FunctionName="f", Payload=b"{}")
        return list(answer["EventStream"])

    with mock_aws() as aws, aws.record(path):
        aws.results.add("lambda.InvokeWithResponseStream", {"StatusCode": 200, "EventStream": events})
        assert ask() == events
    recorded = json.loads(path.read_text())["calls"][0]
    assert recorded["parameters"] == {"FunctionName": "f", "Payload": "{}"}
    assert recorded["response"]["EventStream"] == [
        {"PayloadChunk": {"Payload": "one"}},
        {"InvokeComplete": {"LogResult": "done"}},
    ]
    with mock_aws() as aws, aws.replay(path):
        assert ask() == events


# -- mistakes, broken and hostile files --------------------------------------------------------------------------------


def test_what_cannot_be_recorded_is_told_at_once(tmp_path: Path, aws: Cloud) -> None:
    with pytest.raises(MisuseError, match="^calls are recorded of a boto3 or botocore session, or of"):
        record_aws(3, tmp_path / "a")
    wrong: Any
    for wrong in (["1"], {"": "x"}, {"1": 2}):
        with pytest.raises(MisuseError) as refused:
            record_aws(boto3.Session(), tmp_path / "a", replace=wrong)
        assert str(refused.value) == f"replace= is {{text: what is written instead}}, not {wrong!r}"
    recorder = aws.record(tmp_path / "none" / "a")
    with pytest.raises(MisuseError, match="^the recording cannot be written: there is no folder "):
        recorder.__enter__()
    recorder = aws.record(tmp_path)
    with pytest.raises(MisuseError, match="^the recording cannot be written: .* is a folder$"):
        recorder.__enter__()


def test_others_may_read_a_recording_as_any_new_file(tmp_path: Path, aws: Cloud) -> None:
    with aws.record(tmp_path / "a.json"):
        aws.client("sqs").list_queues()
    (tmp_path / "other").write_text("")
    assert (tmp_path / "a.json").stat().st_mode == (tmp_path / "other").stat().st_mode
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "other"]


def entry(**changes: Any) -> dict[str, Any]:
    call = {"operation": "sqs.CreateQueue", "region": "us-east-1", "parameters": {"QueueName": "q"}, "response": {}}
    call.update(changes)
    return {"format": "awsim-recording", "version": 1, "calls": [{k: v for k, v in call.items() if v is not None}]}


ERROR = {"code": "QueueDoesNotExist", "message": "gone", "status": 400}
BROKEN: dict[str, tuple[Any, str]] = {
    "no json": ("{", "is no recording: Expecting property name"),
    "deep": ("[" * 100_000, "is no recording: "),
    "a constant": ('{"format": NaN}', "is no recording: NaN is no JSON"),
    "another format": ({"format": "awsim-snapshot"}, "is no recording of awsim"),
    "a list": ([], "is no recording of awsim"),
    "another version": ({"format": "awsim-recording", "version": 2}, "has version 2 of the format; this awsim reads 1"),
    "no calls": ({"format": "awsim-recording", "version": 1}, "is damaged: calls is a list, not NoneType"),
    "more": ({"format": "awsim-recording", "version": 1, "calls": [], "x": 1}, "is damaged: the file has no 'x'"),
    "a call of another kind": (
        {"format": "awsim-recording", "version": 1, "calls": [1]},
        "is damaged: calls[0]: a call is an object, not int",
    ),
    "an operation that is none": (
        entry(operation="sqs.CreateQeue"),
        "is damaged: calls[0]: sqs has no operation 'CreateQeue'. Did you mean CreateQueue or DeleteQueue or ",
    ),
    "a wildcard": (entry(operation="sqs.*"), "is damaged: calls[0]: operation is one of AWS's as 'sqs.SendMessage', n"),
    "no region": (entry(region=None), "is damaged: calls[0]: region is a text, not NoneType"),
    "no answer": (entry(response=None), "is damaged: calls[0]: a call has a response or an error"),
    "two answers": (entry(error=ERROR), "is damaged: calls[0]: a call has a response or an error"),
    "a parameter that is none": (
        entry(parameters={"QueueNam": "q"}),
        "is damaged: calls[0]: parameters has no member 'QueueNam'",
    ),
    "a member of another type": (
        entry(response={"QueueUrl": 3}),
        "is damaged: calls[0]: response.QueueUrl is of type string, not int",
    ),
    "a status that is none": (
        entry(response=None, error={**ERROR, "status": 200}),
        "is damaged: calls[0]: error.status is from 300 to 599, not 200",
    ),
    "a truth for a number": (
        entry(response=None, error={**ERROR, "status": True}),
        "is damaged: calls[0]: error.status is a whole number, not bool",
    ),
    "a member that an error lacks": (
        entry(response=None, error={**ERROR, "members": {"x": 1}}),
        "is damaged: calls[0]: error.members.x is a text, not int",
    ),
    "no base64": (
        entry(operation="s3.GetObject", parameters={"Bucket": "b", "Key": "k"}, response={"Body": {"base64": "%"}}),
        "is damaged: calls[0]: response.Body is no base64: ",
    ),
    "no moment": (
        entry(operation="s3.GetObject", parameters={}, response={"LastModified": "yesterday"}),
        "is damaged: calls[0]: response.LastModified is a moment as 2026-01-31T12:00:00Z, not 'yesterday'",
    ),
    "a header within a header": (
        entry(operation="s3.GetObject", parameters={}, response={"ETag": "a\r\nSet-Cookie: b"}),
        "is damaged: calls[0]: ",
    ),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_file_that_is_no_recording_is_refused_and_changes_nothing(aws: Cloud, path: Path, broken: str) -> None:
    content, message = BROKEN[broken]
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    before = list(aws.gateway.request_handlers)
    with pytest.raises(RecordingError) as caught:
        aws.replay(path)
    assert str(caught.value).startswith(f"{path} {message}")
    assert aws.gateway.request_handlers == before


def test_a_file_of_no_text_is_refused(aws: Cloud, path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RecordingError, match="is no recording: 'utf-8' codec"):
        aws.replay(path)


def test_a_file_that_is_not_there_is_pythons_own_error(aws: Cloud, path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        aws.replay(path)
