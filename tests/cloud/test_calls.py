"""The call log's promises: it shows what was sent and answered, finds calls, and tells why an assertion fails."""

from __future__ import annotations

import io
import threading
from datetime import datetime, timezone
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st

from awsim import CallsNotKeptError, Cloud, MisuseError, NotSimulatedError, Settings, connect_to
from awsim import calls as call_log
from awsim.call import STREAMED, CallError
from awsim.context import RequestContext
from awsim.services.plugins import Service, ServiceProvider
from awsim.services.skeleton import Skeleton
from awsim.spec import load_service

URL = "https://sqs.us-east-1.amazonaws.com/123456789012/q"


def add(aws: Cloud, provider: type[ServiceProvider[Any]]) -> None:
    name = provider.service
    aws.services.add_service(Service(name, skeleton=Skeleton(load_service(name), provider())))


class TestCall:
    """What a call tells."""

    def test_it_tells_who_called_what_with_which_parameters_and_what_was_answered(self, aws: Cloud) -> None:
        sqs = aws.client("sqs", region_name="eu-west-1", aws_access_key_id="111122223333", aws_secret_access_key="x")
        answer = sqs.create_queue(QueueName="q", Attributes={"DelaySeconds": "5"})
        call = aws.calls.last
        assert (call.service, call.operation, call.name) == ("sqs", "CreateQueue", "sqs.CreateQueue")
        assert call.parameters == {"QueueName": "q", "Attributes": {"DelaySeconds": "5"}}
        assert call.response == {"QueueUrl": answer["QueueUrl"]}
        assert call.error is None
        assert call.status_code == 200
        assert call.request_id == answer["ResponseMetadata"]["RequestId"]
        assert (call.account_id, call.region) == ("111122223333", "eu-west-1")
        assert call.caller_arn == "arn:aws:iam::111122223333:root"
        assert (call.source_service, call.source_arn) == ("", "")
        assert repr(call) == "<Call sqs.CreateQueue(QueueName='q', Attributes={'DelaySeconds': '5'})>"

    def test_it_tells_the_callers_role(self, aws: Cloud) -> None:
        credentials = aws.client("sts").assume_role(RoleArn="arn:aws:iam::123456789012:role/r", RoleSessionName="me")
        keys = credentials["Credentials"]
        boto3.client(
            "sqs",
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        ).list_queues()
        assert aws.calls.last.caller_arn == "arn:aws:sts::123456789012:assumed-role/r/me"

    def test_it_tells_aws_time(self, aws: Cloud) -> None:
        aws.clock.move_to(datetime(2030, 1, 2, tzinfo=timezone.utc).timestamp())
        aws.client("sqs").list_queues()
        assert aws.calls.last.time.replace(second=0, microsecond=0) == datetime(2030, 1, 2, tzinfo=timezone.utc)
        assert 0 <= aws.calls.last.duration_seconds < 5

    def test_it_tells_awss_error(self, aws: Cloud) -> None:
        with pytest.raises(ClientError):
            aws.client("sqs").get_queue_url(QueueName="none")
        call = aws.calls.last
        assert call.error == CallError("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
        assert call.status_code == 400
        assert call.response is None
        assert repr(call) == (
            "<Call sqs.GetQueueUrl(QueueName='none') failed: AWS.SimpleQueueService.NonExistentQueue:"
            " The specified queue does not exist.>"
        )

    def test_it_tells_awsims_own_error_and_a_broken_connection(self, aws: Cloud) -> None:
        with pytest.raises(NotSimulatedError):
            aws.client("kinesis").list_streams()
        assert aws.calls.last.error is not None
        assert aws.calls.last.error.code == "NotSimulatedError"
        aws.faults.add("sqs", connection="reset", times=1)
        aws.client("sqs").list_queues()
        assert aws.calls[-2].error == CallError("ConnectionFaultError", "a fault broke the connection: reset")
        assert aws.calls[-2].status_code == 0

    def test_a_request_that_cannot_be_read_has_no_parameters(self, aws: Cloud) -> None:
        def spoil(request: Any, **_: Any) -> None:
            request.data = b"{"

        sqs = aws.client("sqs")
        sqs.meta.events.register("request-created", spoil)
        with pytest.raises(ClientError):
            sqs.list_queues()
        assert aws.calls.last.parameters == {}
        assert aws.calls.last.error is not None

    @pytest.mark.parametrize(
        ("service", "method", "parameters"),
        [
            ("sts", "assume_role", {"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "me"}),
            ("s3", "put_object", {"Bucket": "bucket", "Key": "a/b c", "Body": b"bytes", "Metadata": {"a": "b"}}),
            ("ec2", "describe_vpcs", {"VpcIds": ["vpc-1", "vpc-2"], "MaxResults": 5}),
            ("lambda", "invoke", {"FunctionName": "f", "InvocationType": "Event", "Payload": b"{}"}),
            ("kinesis", "put_record", {"StreamName": "s", "Data": b"\x00\xff", "PartitionKey": "k"}),
        ],
    )
    def test_parameters_are_as_boto3_was_given_them(
        self, aws: Cloud, service: str, method: str, parameters: dict[str, Any]
    ) -> None:
        aws.faults.add(service, error="AccessDenied")
        with pytest.raises(ClientError):
            getattr(aws.client(service), method)(**parameters)
        sent = aws.calls.last.parameters
        assert {name: sent[name] for name in parameters} == parameters

    def test_a_file_sent_to_s3_shows_its_bytes(self, aws: Cloud) -> None:
        aws.faults.add("s3", error="AccessDenied")
        with pytest.raises(ClientError):
            aws.client("s3").put_object(Bucket="bucket", Key="k", Body=io.BytesIO(b"bytes"))
        assert aws.calls.last.parameters["Body"] == b"bytes"

    def test_a_body_that_is_no_text_is_shown(self, aws: Cloud) -> None:
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="k", Body=b"\xff\x00")
        s3.get_object(Bucket="bucket", Key="k")
        answer = aws.calls.last.response
        assert answer is not None
        assert answer["Body"] == b"\xff\x00"

    def test_streams_are_left_to_their_readers(self, aws: Cloud) -> None:
        class Objects(ServiceProvider[Any]):
            service = "s3"

            def put_object(self, context: RequestContext[Any], request: Any) -> dict[str, Any]:
                return {"ETag": str(len(request["Body"].read()))}

            def get_object(self, context: RequestContext[Any], request: Any) -> dict[str, Any]:
                return {"Body": io.BytesIO(b"bytes"), "ContentLength": 5}

        add(aws, Objects)
        config = Config(request_checksum_calculation="when_required", s3={"addressing_style": "path"})
        s3 = aws.client("s3", config=config)
        answer = s3.put_object(Bucket="bucket", Key="k", Body=io.BytesIO(b"bytes"))
        assert answer["ETag"] == "5"
        assert aws.calls.last.parameters == {"Bucket": "bucket", "Key": "k", "Body": STREAMED, "ContentLength": 5}
        assert repr(aws.calls.last.parameters["Body"]) == "<streamed>"
        body = s3.get_object(Bucket="bucket", Key="k")["Body"]
        assert aws.calls.last.response == {"Body": STREAMED, "ContentLength": 5, "Metadata": {}}
        assert body.read() == b"bytes"

    def test_each_try_is_a_call(self, aws: Cloud) -> None:
        aws.faults.add("sqs", error="ThrottlingException", times=2)
        aws.client("sqs", config=Config(retries={"mode": "standard"})).list_queues()
        assert [call.error and call.error.code for call in aws.calls] == [
            "ThrottlingException",
            "ThrottlingException",
            None,
        ]


class Greedy(ServiceProvider[Any]):
    """A provider that changes what it is given, and calls another service."""

    service = "kinesis"

    def put_record(self, context: RequestContext[Any], request: Any) -> dict[str, Any]:
        request.clear()
        return {"ShardId": "shard", "SequenceNumber": "1"}

    def add_tags_to_stream(self, context: RequestContext[Any], request: Any) -> dict[str, Any]:
        request["Tags"].clear()
        return {}

    def describe_stream(self, context: RequestContext[Any], request: Any) -> dict[str, Any]:
        context.client("sqs", source_arn="arn:stream").list_queues(QueueNamePrefix="q")
        return {"StreamDescription": {"StreamName": "s"}}


class TestTruth:
    """A call shows what was sent, and who sent it."""

    def test_what_a_provider_does_to_its_input_does_not_show(self, aws: Cloud) -> None:
        add(aws, Greedy)
        aws.client("kinesis").put_record(StreamName="s", Data=b"d", PartitionKey="k")
        assert aws.calls.last.parameters == {"StreamName": "s", "Data": b"d", "PartitionKey": "k"}

    def test_nor_in_calls_between_services(self, aws: Cloud) -> None:
        add(aws, Greedy)
        connect_to().kinesis.add_tags_to_stream(StreamName="s", Tags={"a": "b"})
        assert aws.calls.last.parameters == {"StreamName": "s", "Tags": {"a": "b"}}
        assert aws.calls.last.response == {}

    def test_a_call_from_another_service_tells_which(self, aws: Cloud) -> None:
        add(aws, Greedy)
        aws.client("kinesis").describe_stream(StreamName="s")
        inner, outer = aws.calls
        assert (inner.name, inner.source_service, inner.source_arn) == ("sqs.ListQueues", "kinesis", "arn:stream")
        assert (inner.parameters, inner.response) == ({"QueueNamePrefix": "q"}, {})
        assert (outer.name, outer.source_service, outer.source_arn) == ("kinesis.DescribeStream", "", "")

    def test_what_changes_later_does_not_show(self, aws: Cloud) -> None:
        queue = connect_to().sqs.create_queue(QueueName="q")
        connect_to().sqs.tag_queue(QueueUrl=queue["QueueUrl"], Tags={"a": "b"})
        connect_to().sqs.list_queue_tags(QueueUrl=queue["QueueUrl"])
        before = aws.calls.last
        connect_to().sqs.tag_queue(QueueUrl=queue["QueueUrl"], Tags={"c": "d"})
        assert before.response == {"Tags": {"a": "b"}}


class TestFinding:
    """Looking calls up."""

    @pytest.fixture
    def sqs(self, aws: Cloud) -> Any:
        sqs = aws.client("sqs")
        sqs.create_queue(QueueName="q")
        sqs.send_message(QueueUrl=URL, MessageBody="one")
        sqs.send_message(QueueUrl=URL, MessageBody="two", DelaySeconds=3)
        sqs.list_queues()
        return sqs

    @pytest.mark.usefixtures("sqs")
    @pytest.mark.parametrize(
        ("operation", "parameters", "found"),
        [
            ("sqs.SendMessage", {}, [1, 2]),
            ("sqs.send_message", {}, [1, 2]),
            ("sqs.*Queue*", {}, [0, 3]),
            ("*.send_*", {}, [1, 2]),
            ("sqs", {}, [0, 1, 2, 3]),
            ("sns", {}, []),
            ("sqs.SendMessage", {"MessageBody": "two"}, [2]),
            ("sqs.SendMessage", {"MessageBody": "two", "DelaySeconds": 4}, []),
            ("sqs", {"QueueUrl": URL}, [1, 2]),
        ],
    )
    def test_calls_are_found_by_operation_and_parameters(
        self, aws: Cloud, operation: str, parameters: dict[str, Any], found: list[int]
    ) -> None:
        everything = list(aws.calls)
        assert aws.calls(operation, **parameters) == [everything[index] for index in found]
        assert aws.calls() == everything

    @pytest.mark.usefixtures("sqs")
    def test_the_log_is_a_sequence_that_can_be_cleared(self, aws: Cloud) -> None:
        assert len(aws.calls) == 4
        assert aws.calls[0].operation == "CreateQueue"
        assert aws.calls[-1] is aws.calls.last
        aws.calls.clear()
        assert list(aws.calls) == []
        with pytest.raises(IndexError, match=r"^no call has been made$"):
            aws.calls.last  # noqa: B018  # asking is what is refused

    @pytest.mark.usefixtures("sqs")
    def test_a_fork_begins_with_an_empty_log_and_reset_empties_it(self, aws: Cloud) -> None:
        assert len(aws.fork().calls) == 0
        assert len(aws.calls) == 4
        aws.reset()
        assert len(aws.calls) == 0

    def test_text_and_its_bytes_are_the_same(self, aws: Cloud) -> None:
        add(aws, Greedy)
        aws.client("kinesis").put_record(StreamName="s", Data=b"text", PartitionKey="k")
        assert len(aws.calls("kinesis.PutRecord", Data="text")) == 1
        assert len(aws.calls("kinesis.PutRecord", Data=b"text")) == 1

    @pytest.mark.parametrize(
        ("operation", "parameters", "message"),
        [
            ("sqz", {}, "AWS has no service 'sqz'. Did you mean sqs?"),
            ("sqs.PurgeQ", {}, "sqs has no operation 'PurgeQ'. Did you mean PurgeQueue?"),
            (
                "sqs.SendMessage",
                {"Messagebody": "x"},
                "sqs.SendMessage has no parameter 'Messagebody'. Did you mean MessageBody?",
            ),
            ("sqs.ListQueues", {"zzz": "x"}, "sqs.ListQueues has no parameter 'zzz'."),
        ],
    )
    def test_what_cannot_be_called_is_an_error(
        self, aws: Cloud, operation: str, parameters: dict[str, Any], message: str
    ) -> None:
        for look in (aws.calls, aws.calls.assert_called, aws.calls.assert_not_called):
            with pytest.raises(MisuseError) as caught:
                look(operation, **parameters)
            assert str(caught.value) == message

    def test_times_is_a_count(self, aws: Cloud) -> None:
        with pytest.raises(MisuseError, match=r"^times= is how many calls there were, not -1$"):
            aws.calls.assert_called("sqs", times=-1)


def failure(assertion: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(AssertionError) as caught:
        assertion(*args, **kwargs)
    return str(caught.value)


class TestAsserting:
    """Assertions hold, or tell why they do not."""

    @pytest.fixture(autouse=True)
    def _calls(self, aws: Cloud) -> None:
        sqs = aws.client("sqs")
        sqs.create_queue(QueueName="q", Attributes={"DelaySeconds": "5"})
        sqs.send_message(QueueUrl=URL, MessageBody="ho")
        sqs.send_message(QueueUrl=URL, MessageBody="he", DelaySeconds=3)

    def test_what_holds_gives_the_calls(self, aws: Cloud) -> None:
        assert aws.calls.assert_called("sqs.SendMessage") == [aws.calls[1], aws.calls[2]]
        assert aws.calls.assert_called("sqs.SendMessage", times=2) == [aws.calls[1], aws.calls[2]]
        assert aws.calls.assert_called("sqs.SendMessage", times=1, MessageBody="ho") == [aws.calls[1]]
        assert aws.calls.assert_called("sqs.PurgeQueue", times=0) == []
        aws.calls.assert_not_called("sqs.SendMessage", MessageBody="hi")
        aws.calls.assert_not_called("sns")

    def test_the_nearest_calls_are_shown_with_what_differs(self, aws: Cloud) -> None:
        assert failure(aws.calls.assert_called, "sqs.SendMessage", times=1, MessageBody="hi", DelaySeconds=3) == (
            "expected 1 call of sqs.SendMessage with MessageBody='hi', DelaySeconds=3, but there was none.\n"
            "The nearest calls:\n"
            f"  sqs.SendMessage(QueueUrl='{URL}', MessageBody='he', DelaySeconds=3)\n"
            "    MessageBody: expected 'hi', was sent 'he'\n"
            f"  sqs.SendMessage(QueueUrl='{URL}', MessageBody='ho')\n"
            "    MessageBody: expected 'hi', was sent 'ho'\n"
            "    DelaySeconds: expected 3, was not sent"
        )

    def test_a_difference_within_a_parameter_is_told_by_its_path(self, aws: Cloud) -> None:
        message = failure(aws.calls.assert_called, "sqs.CreateQueue", Attributes={"DelaySeconds": "6", "X": "1"})
        assert message == (
            "expected at least one call of sqs.CreateQueue with Attributes={'DelaySeconds': '6', 'X': '1'},"
            " but there was none.\n"
            "The nearest calls:\n"
            "  sqs.CreateQueue(QueueName='q', Attributes={'DelaySeconds': '5'})\n"
            "    Attributes.DelaySeconds: expected '6', was sent '5'\n"
            "    Attributes.X: expected '1', was not sent"
        )

    def test_of_long_values_the_part_that_differs_is_shown(self, aws: Cloud) -> None:
        aws.client("sqs").send_message(QueueUrl=URL, MessageBody="a" * 200 + "b" + "c" * 10)
        aws.calls.assert_called("sqs.SendMessage", times=1, MessageBody="a" * 200 + "b" + "c" * 10)
        message = failure(aws.calls.assert_called, "sqs.SendMessage", MessageBody="a" * 200 + "x")
        assert f"    MessageBody: expected …'{'a' * 20}x', was sent …'{'a' * 20}bcccccccccc'\n" in message

    def test_too_many_calls_are_shown(self, aws: Cloud) -> None:
        assert failure(aws.calls.assert_called, "sqs.SendMessage", times=1) == (
            "expected 1 call of sqs.SendMessage, but there were 2.\n"
            "The calls that match:\n"
            f"  sqs.SendMessage(QueueUrl='{URL}', MessageBody='ho')\n"
            f"  sqs.SendMessage(QueueUrl='{URL}', MessageBody='he', DelaySeconds=3)"
        )

    def test_unwanted_calls_are_shown(self, aws: Cloud) -> None:
        assert failure(aws.calls.assert_not_called, "sqs.CreateQueue") == (
            "expected no call of sqs.CreateQueue, but there was 1.\n"
            "The calls that match:\n"
            "  sqs.CreateQueue(QueueName='q', Attributes={'DelaySeconds': '5'})"
        )

    def test_where_there_was_no_such_call_those_made_are_named(self, aws: Cloud) -> None:
        assert failure(aws.calls.assert_called, "sqs.ReceiveMessage") == (
            "expected at least one call of sqs.ReceiveMessage, but there was none.\n"
            "The calls made: sqs.CreateQueue, sqs.SendMessage (2 times)"
        )
        aws.calls.clear()
        assert failure(aws.calls.assert_called, "sqs.ReceiveMessage", times=2) == (
            "expected 2 calls of sqs.ReceiveMessage, but there was none.\nNo call was made at all."
        )


NOT_KEPT = (
    "whether there were such calls of {} cannot be told: {} earlier calls are no longer kept, or their parameters are"
    " not. Set aws.settings.calls_kept to more, or call aws.calls.clear() before what is looked at."
)


class TestKeeping:
    """The last calls are kept, and nothing is claimed about the others."""

    def test_as_many_are_kept_as_the_settings_say(self, aws: Cloud) -> None:
        aws.settings.calls_kept = 2
        for name in "abc":
            aws.client("sqs").create_queue(QueueName=name)
        assert [call.parameters["QueueName"] for call in aws.calls] == ["b", "c"]
        assert aws.calls.dropped == 1
        assert Cloud().settings.calls_kept == 1000

    def test_counts_are_known_of_calls_no_longer_kept(self, aws: Cloud) -> None:
        aws.settings.calls_kept = 1
        for name in "abc":
            aws.client("sqs").create_queue(QueueName=name)
        aws.calls.assert_called("sqs.CreateQueue", times=3)
        assert failure(aws.calls.assert_not_called, "sqs.CreateQueue").startswith(
            "expected no call of sqs.CreateQueue, but there were 3."
        )

    def test_an_assertion_that_needs_them_says_so(self, aws: Cloud) -> None:
        aws.settings.calls_kept = 1
        for name in "abc":
            aws.client("sqs").create_queue(QueueName=name)
        aws.calls.assert_called("sqs.CreateQueue", QueueName="c")
        aws.calls.assert_not_called("sqs.SendMessage", MessageBody="x")
        for assertion, times in (
            (aws.calls.assert_called, {"times": 1}),
            (aws.calls.assert_called, {}),
            (aws.calls.assert_not_called, {}),
        ):
            with pytest.raises(CallsNotKeptError) as caught:
                assertion("sqs.CreateQueue", QueueName="a", **times)
            assert str(caught.value) == NOT_KEPT.format("sqs.CreateQueue with QueueName='a'", 2)
        assert failure(aws.calls.assert_called, "sqs.CreateQueue", times=4, QueueName="a").startswith(
            "expected 4 calls"
        )

    def test_none_is_recorded_where_none_shall_be_kept(self) -> None:
        cloud = Cloud(Settings(calls_kept=0))
        cloud.client("sqs").list_queues()
        assert len(cloud.calls) == 0
        with pytest.raises(ValueError, match="calls_kept"):
            Settings(calls_kept=-1)

    @pytest.mark.parametrize("value", [-1, 1.5, "5", True, None])
    def test_how_many_are_kept_is_a_whole_number(self, aws: Cloud, value: Any) -> None:
        with pytest.raises(ValueError, match=f"^calls_kept is a whole number, at least 0, not {value!r}$"):
            aws.settings.calls_kept = value
        assert aws.settings.calls_kept == 1000

    def test_nothing_is_claimed_of_calls_that_were_not_recorded(self, aws: Cloud) -> None:
        sqs = aws.client("sqs")
        sqs.create_queue(QueueName="a")
        aws.settings.calls_kept = 0
        sqs.list_queues()
        aws.settings.calls_kept = 1000
        aws.calls.assert_called("sqs.CreateQueue")
        with pytest.raises(CallsNotKeptError) as caught:
            aws.calls.assert_not_called("sqs.ListQueues")
        assert str(caught.value) == (
            "whether there were such calls of sqs.ListQueues cannot be told: calls were made while"
            " aws.settings.calls_kept was 0, which records none. Set aws.settings.calls_kept to more, or call"
            " aws.calls.clear() before what is looked at."
        )
        aws.calls.clear()
        aws.calls.assert_not_called("sqs.ListQueues")

    def test_large_bodies_of_long_ago_are_let_go(self, aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(call_log, "REQUEST_BYTES_KEPT", 1000)
        monkeypatch.setattr(call_log, "RESPONSE_BYTES_KEPT", 100)
        aws.calls.clear()
        sqs = aws.client("sqs")
        sqs.create_queue(QueueName="q")
        for _ in range(3):
            sqs.send_message(QueueUrl=URL, MessageBody="x" * 600)
        assert aws.calls.last.parameters["MessageBody"] == "x" * 600
        assert aws.calls.last.response is not None
        with pytest.raises(CallsNotKeptError) as caught:
            aws.calls[1].parameters  # noqa: B018  # asking is what is refused
        assert str(caught.value) == "the parameters of this call of sqs.SendMessage are no longer kept: it was large"
        with pytest.raises(CallsNotKeptError) as caught:
            aws.calls[1].response  # noqa: B018  # asking is what is refused
        assert str(caught.value) == "the answer to this call of sqs.SendMessage is no longer kept: it was large"
        assert repr(aws.calls[1]) == "<Call sqs.SendMessage(parameters no longer kept)>"
        aws.calls.assert_called("sqs.SendMessage", times=3)
        with pytest.raises(CallsNotKeptError):
            aws.calls.assert_not_called("sqs.SendMessage", MessageBody="y")

    @given(kept=st.integers(1, 6), calls=st.integers(0, 12))
    @settings(max_examples=30, deadline=None)
    def test_kept_and_dropped_are_all(self, kept: int, calls: int) -> None:
        cloud = Cloud(Settings(calls_kept=kept))
        sqs = cloud.client("sqs")
        for _ in range(calls):
            sqs.list_queues()
        assert len(cloud.calls) == min(kept, calls)
        assert cloud.calls.dropped == max(0, calls - kept)
        cloud.calls.assert_called("sqs.ListQueues", times=calls)

    def test_threads_lose_no_call(self, aws: Cloud) -> None:
        aws.settings.calls_kept = 7
        sqs = aws.client("sqs")
        workers = [threading.Thread(target=lambda: [sqs.list_queues() for _ in range(10)]) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert len(aws.calls) == 7
        aws.calls.assert_called("sqs.ListQueues", times=40)


def test_a_slice_of_the_calls_is_a_list(aws: Cloud) -> None:
    sqs = aws.client("sqs")
    for name in ("a", "b", "c"):
        sqs.create_queue(QueueName=name)
    assert [call.parameters["QueueName"] for call in aws.calls[-2:]] == ["b", "c"]
