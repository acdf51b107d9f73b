"""Faults' promises: calls fail as a test says, as AWS or a broken network would have them fail, and no others do."""

from __future__ import annotations

import threading
import time
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    ReadTimeoutError,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from awsim import Cloud, ConnectionFaultError, MisuseError, ServiceException, connect_to
from awsim.context import RequestContext
from awsim.services.plugins import Service, ServiceProvider
from awsim.services.skeleton import Skeleton
from awsim.spec import load_service

ONCE = Config(retries={"total_max_attempts": 1})


def outcome(call: Any, **parameters: Any) -> tuple[str, str, int] | None:
    """The code, message and status of the error that a call gets; None for an answer."""
    try:
        call(**parameters)
    except ClientError as error:
        response = error.response
        return response["Error"]["Code"], response["Error"]["Message"], response["ResponseMetadata"]["HTTPStatusCode"]
    return None


class TestErrors:
    """What a call gets."""

    def test_an_error_common_to_all_services_has_awss_status_and_message(self, aws: Cloud) -> None:
        aws.faults.add("sqs.ListQueues", error="ThrottlingException")
        assert outcome(aws.client("sqs", config=ONCE).list_queues) == ("ThrottlingException", "Rate exceeded", 400)

    def test_a_modelled_error_has_the_models_status_and_the_members_given(self, aws: Cloud) -> None:
        aws.faults.add(
            "dynamodb.PutItem",
            error="ConditionalCheckFailedException",
            message="The conditional request failed",
            Item={"id": {"S": "1"}},
        )
        with pytest.raises(ClientError) as caught:
            aws.client("dynamodb").put_item(TableName="things", Item={"id": {"S": "1"}})
        assert caught.value.response["Error"] == {
            "Code": "ConditionalCheckFailedException",
            "Message": "The conditional request failed",
        }
        assert caught.value.response["Item"] == {"id": {"S": "1"}}
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400

    def test_a_modelled_error_is_the_clients_exception(self, aws: Cloud) -> None:
        sqs = aws.client("sqs")
        aws.faults.add("sqs.GetQueueUrl", error="QueueDoesNotExist")
        with pytest.raises(sqs.exceptions.QueueDoesNotExist):
            sqs.get_queue_url(QueueName="q")

    def test_an_error_of_the_services_side_has_its_status(self, aws: Cloud) -> None:
        aws.faults.add("dynamodb.*", error="InternalServerError")
        dynamodb = aws.client("dynamodb", config=ONCE)
        assert outcome(dynamodb.list_tables) == ("InternalServerError", "Internal server error", 500)

    def test_status_and_message_can_be_given(self, aws: Cloud) -> None:
        aws.faults.add("sqs", error="Kaputt", message="No more", status=418)
        assert outcome(aws.client("sqs").list_queues) == ("Kaputt", "No more", 418)

    def test_a_status_alone_is_the_common_error_of_that_status(self, aws: Cloud) -> None:
        aws.faults.add("sqs", status=503)
        assert outcome(aws.client("sqs", config=ONCE).list_queues) == (
            "ServiceUnavailable",
            "The request has failed due to a temporary failure of the server.",
            503,
        )

    @pytest.mark.parametrize("service", ["ec2", "iam", "kinesis", "lambda", "s3", "cloudwatch"])
    def test_faults_speak_every_protocol_and_need_no_provider(self, aws: Cloud, service: str) -> None:
        calls = {
            "ec2": ("describe_vpcs", "DescribeVpcs"),
            "iam": ("list_users", "ListUsers"),
            "kinesis": ("list_streams", "ListStreams"),
            "lambda": ("list_functions", "ListFunctions"),
            "s3": ("list_buckets", "ListBuckets"),
            "cloudwatch": ("list_metrics", "ListMetrics"),
        }
        method, operation = calls[service]
        aws.faults.add(f"{service}.{operation}", error="AccessDenied", message="No")
        assert outcome(getattr(aws.client(service), method)) == ("AccessDenied", "No", 403)

    def test_an_error_that_a_service_declares_without_words_has_those_that_all_services_have(self, aws: Cloud) -> None:
        aws.faults.add("sts", error="AccessDenied")
        assert outcome(aws.client("sts").get_caller_identity) == ("AccessDenied", "Access Denied", 403)

    def test_a_failed_call_does_nothing(self, aws: Cloud) -> None:
        sqs = aws.client("sqs", config=ONCE)
        with aws.faults.add("sqs.CreateQueue", status=500):
            assert outcome(sqs.create_queue, QueueName="q") is not None
        assert "QueueUrls" not in sqs.list_queues()


class TestConnections:
    """What a call gets when no answer comes."""

    @pytest.mark.parametrize(
        ("connection", "exception", "message"),
        [
            (
                "connect_timeout",
                ConnectTimeoutError,
                'Connect timeout on endpoint URL: "https://sqs.us-east-1.amazonaws.com/"',
            ),
            ("read_timeout", ReadTimeoutError, 'Read timeout on endpoint URL: "https://sqs.us-east-1.amazonaws.com/"'),
            (
                "reset",
                ConnectionClosedError,
                "Connection was closed before we received a valid response from endpoint URL: "
                '"https://sqs.us-east-1.amazonaws.com/".',
            ),
            (
                "closed",
                ConnectionClosedError,
                "Connection was closed before we received a valid response from endpoint URL: "
                '"https://sqs.us-east-1.amazonaws.com/".',
            ),
        ],
    )
    def test_boto3_raises_its_own_exception(
        self, aws: Cloud, connection: str, exception: type[Exception], message: str
    ) -> None:
        fault = aws.faults.add("sqs", connection=connection)
        with pytest.raises(exception) as caught:
            boto3.client("sqs", config=ONCE).list_queues()
        assert str(caught.value) == message
        assert isinstance(caught.value.__cause__, ConnectionFaultError)
        assert str(caught.value.__cause__) == f"a fault broke the connection: {connection}"
        assert fault.hits == 1

    def test_a_clouds_own_clients_raise_it_though_no_cloud_is_active(self) -> None:
        cloud = Cloud()
        cloud.faults.add("sqs", connection="reset")
        with pytest.raises(ConnectionClosedError):
            cloud.client("sqs", config=ONCE).list_queues()


class TestRetries:
    """botocore's own retries work against faults, and nobody sleeps."""

    @pytest.fixture(autouse=True)
    def _nobody_sleeps(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def sleep(seconds: float) -> None:
            raise AssertionError(f"slept {seconds} seconds")

        monkeypatch.setattr(time, "sleep", sleep)

    @pytest.mark.parametrize("mode", ["legacy", "standard"])
    @pytest.mark.parametrize(
        "options",
        [
            {"error": "ThrottlingException"},
            {"status": 503},
            {"status": 500},
            {"connection": "connect_timeout"},
            {"connection": "read_timeout"},
            {"connection": "reset"},
            {"connection": "closed"},
        ],
        ids=str,
    )
    def test_a_client_tries_again_until_the_fault_is_spent(
        self, aws: Cloud, mode: str, options: dict[str, Any]
    ) -> None:
        fault = aws.faults.add("sqs.ListQueues", times=2, **options)
        sqs = boto3.client("sqs", config=Config(retries={"mode": mode, "total_max_attempts": 3}))
        assert sqs.list_queues()["ResponseMetadata"]["RetryAttempts"] == 2
        assert fault.hits == 2
        assert fault.is_spent
        assert [call.error is None for call in aws.calls] == [False, False, True]

    @pytest.mark.parametrize("mode", ["legacy", "standard"])
    def test_a_client_gives_up_where_the_user_said(self, aws: Cloud, mode: str) -> None:
        fault = aws.faults.add("sqs.ListQueues", error="ThrottlingException")
        sqs = boto3.client("sqs", config=Config(retries={"mode": mode, "total_max_attempts": 3}))
        with pytest.raises(ClientError, match=r"\(reached max retries: 2\)"):
            sqs.list_queues()
        assert fault.hits == 3


class TestWhich:
    """Which calls a fault strikes."""

    @pytest.mark.parametrize(
        ("pattern", "struck"),
        [
            ("sqs", {"CreateQueue", "ListQueues"}),
            ("sqs.*", {"CreateQueue", "ListQueues"}),
            ("*", {"CreateQueue", "ListQueues"}),
            ("sq*.List*", {"ListQueues"}),
            ("*.create_*", {"CreateQueue"}),
            ("sqs.list_queues", {"ListQueues"}),
            ("sqs.ListQueues", {"ListQueues"}),
            ("sns", set()),
        ],
    )
    def test_a_pattern_names_services_and_operations(self, aws: Cloud, pattern: str, struck: set[str]) -> None:
        aws.faults.add(pattern, error="AccessDenied")
        sqs = aws.client("sqs")
        outcomes = {
            "CreateQueue": outcome(sqs.create_queue, QueueName="q"),
            "ListQueues": outcome(sqs.list_queues),
        }
        assert {name for name, error in outcomes.items() if error} == struck

    def test_where_chooses_by_parameters(self, aws: Cloud) -> None:
        sqs = aws.client("sqs")
        fault = aws.faults.add(
            "sqs.CreateQueue", error="AccessDenied", where=lambda parameters: parameters["QueueName"] == "bad"
        )
        assert outcome(sqs.create_queue, QueueName="good") is None
        assert outcome(sqs.create_queue, QueueName="bad") == ("AccessDenied", "Access Denied", 403)
        assert fault.hits == 1

    @given(after=st.integers(0, 4), times=st.none() | st.integers(1, 4), calls=st.integers(0, 10))
    @settings(max_examples=40, deadline=None)
    def test_after_so_many_calls_so_many_are_struck(self, after: int, times: int | None, calls: int) -> None:
        cloud = Cloud()
        fault = cloud.faults.add("sqs", error="AccessDenied", after=after, times=times)
        sqs = cloud.client("sqs")
        struck = [outcome(sqs.list_queues) is not None for _ in range(calls)]
        assert struck == [after <= n < after + (calls if times is None else times) for n in range(calls)]
        assert fault.hits == sum(struck)

    @given(times=st.integers(1, 20), threads=st.integers(2, 5))
    @settings(max_examples=10, deadline=None)
    def test_exactly_so_many_calls_are_struck_whatever_the_interleaving_of_threads(
        self, times: int, threads: int
    ) -> None:
        cloud = Cloud()
        fault = cloud.faults.add("sqs", error="AccessDenied", times=times)
        sqs = cloud.client("sqs")
        struck: list[bool] = []

        def call() -> None:
            for _ in range(10):
                struck.append(outcome(sqs.list_queues) is not None)

        workers = [threading.Thread(target=call) for _ in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert sum(struck) == fault.hits == min(times, 10 * threads)

    def test_faults_are_met_in_the_order_in_which_they_were_added(self, aws: Cloud) -> None:
        first = aws.faults.add("sqs", error="AccessDenied", times=1)
        second = aws.faults.add("sqs.ListQueues", error="OptInRequired")
        sqs = aws.client("sqs")
        errors = [outcome(sqs.list_queues) for _ in range(2)]
        assert [error and error[0] for error in errors] == ["AccessDenied", "OptInRequired"]
        assert (first.hits, second.hits) == (1, 1)

    def test_a_request_that_aws_refuses_meets_no_fault(self, aws: Cloud) -> None:
        fault = aws.faults.add("sqs", error="AccessDenied")
        sqs = aws.client("sqs", config=Config(parameter_validation=False))
        error = outcome(sqs.create_queue)
        assert error is not None
        assert error[0] != "AccessDenied"
        assert fault.hits == 0


class TestChance:
    """Chance is seeded, and a fault's own."""

    def struck(self, seed: int, **options: Any) -> list[bool]:
        cloud = Cloud()
        cloud.settings.seed = seed
        cloud.faults.add("sqs", error="AccessDenied", **options)
        sqs = cloud.client("sqs")
        return [outcome(sqs.list_queues) is not None for _ in range(40)]

    def test_the_same_seed_strikes_the_same_calls(self) -> None:
        once = self.struck(1, probability=0.5)
        assert once == self.struck(1, probability=0.5)
        assert once != self.struck(2, probability=0.5)
        assert 5 < sum(once) < 35

    def test_a_fault_changes_no_resources_ids(self) -> None:
        def ids(*, faulty: bool) -> list[str]:
            cloud = Cloud()
            sqs = cloud.client("sqs", config=Config(retries={"total_max_attempts": 10, "mode": "standard"}))
            url = sqs.create_queue(QueueName="q")["QueueUrl"]
            if faulty:
                cloud.faults.add("sqs.SendMessage", error="ThrottlingException", probability=0.3)
            return [sqs.send_message(QueueUrl=url, MessageBody="m")["MessageId"] for _ in range(10)]

        assert ids(faulty=True) == ids(faulty=False)

    def test_a_brownout_answers_some_calls_503(self, aws: Cloud) -> None:
        fault = aws.faults.brownout("sqs", probability=0.5)
        sqs = aws.client("sqs", config=ONCE)
        outcomes = [outcome(sqs.list_queues) for _ in range(40)]
        assert {error for error in outcomes if error} == {
            ("ServiceUnavailable", "The request has failed due to a temporary failure of the server.", 503)
        }
        assert 5 < fault.hits < 35
        assert fault.hits == sum(error is not None for error in outcomes)


class TestLatency:
    """Calls take their time on AWS's clock."""

    def test_latency_passes_on_awss_clock_and_the_call_goes_on(self, aws: Cloud) -> None:
        aws.faults.add("sqs.ListQueues", latency=30)
        before = aws.clock.offset_seconds
        assert outcome(aws.client("sqs").list_queues) is None
        assert aws.clock.offset_seconds - before == pytest.approx(30, abs=0.1)
        assert aws.calls.last.duration_seconds == pytest.approx(30, abs=0.5)

    def test_what_falls_due_meanwhile_is_there_for_the_call(self, aws: Cloud) -> None:
        sqs = aws.client("sqs")
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=20)
        aws.faults.add("sqs.ReceiveMessage", latency=30)
        assert [message["Body"] for message in sqs.receive_message(QueueUrl=url)["Messages"]] == ["late"]

    def test_a_slow_call_may_fail_too(self, aws: Cloud) -> None:
        aws.faults.add("sqs", latency=30, error="AccessDenied")
        before = aws.clock.offset_seconds
        assert outcome(aws.client("sqs").list_queues) is not None
        assert aws.clock.offset_seconds - before == pytest.approx(30, abs=0.1)

    def test_with_real_waits_it_is_waited_for(self, aws: Cloud) -> None:
        aws.settings.real_waits = True
        aws.faults.add("sqs", latency=0.05)
        before = time.monotonic()
        assert outcome(aws.client("sqs").list_queues) is None
        assert time.monotonic() - before >= 0.05
        assert aws.clock.offset_seconds == 0


class Streams(ServiceProvider[Any]):
    """A service that calls another, and tells what it got."""

    service = "kinesis"

    def describe_stream(self, context: RequestContext[Any], request: Any) -> dict[str, Any]:
        try:
            context.client("sqs", source_arn="arn:stream").list_queues(QueueNamePrefix="q")
            status = "ACTIVE"
        except ServiceException as error:
            status = f"{error.code} {error.status_code}"
        return {"StreamDescription": {"StreamName": request["StreamName"], "StreamStatus": status}}


class TestBetweenServices:
    """Services meet faults as users do."""

    def status(self, aws: Cloud) -> str:
        aws.services.add_service(Service("kinesis", skeleton=Skeleton(load_service("kinesis"), Streams())))
        answer = aws.client("kinesis").describe_stream(StreamName="s")
        status: str = answer["StreamDescription"]["StreamStatus"]
        return status

    def test_a_service_that_calls_another_meets_its_faults(self, aws: Cloud) -> None:
        aws.faults.add("sqs", error="AccessDenied")
        assert self.status(aws) == "AccessDenied 403"

    def test_a_broken_connection_between_services_is_an_unavailable_service(self, aws: Cloud) -> None:
        aws.faults.add("sqs", connection="reset")
        assert self.status(aws) == "ServiceUnavailable 503"

    def test_calls_of_internal_clients_meet_them_too(self, aws: Cloud) -> None:
        aws.faults.add("sqs", error="AccessDenied", message="No")
        with pytest.raises(ServiceException) as caught:
            connect_to().sqs.list_queues()
        assert str(caught.value) == "AccessDenied: No"


class TestLife:
    """From adding to taking out."""

    def test_a_fault_ends_with_its_block(self, aws: Cloud) -> None:
        sqs = aws.client("sqs")
        with aws.faults.add("sqs", error="AccessDenied") as fault:
            assert list(aws.faults) == [fault]
            assert outcome(sqs.list_queues) is not None
        assert outcome(sqs.list_queues) is None
        assert list(aws.faults) == []
        assert fault.hits == 1

    def test_it_ends_with_its_block_when_that_fails(self, aws: Cloud) -> None:
        with pytest.raises(KeyError), aws.faults.add("sqs", error="AccessDenied"):
            raise KeyError
        assert len(aws.faults) == 0

    def test_a_block_may_take_its_fault_out_itself(self, aws: Cloud) -> None:
        with aws.faults.add("sqs", error="AccessDenied"):
            aws.faults.clear()
            assert outcome(aws.client("sqs").list_queues) is None

    def test_a_fault_is_taken_out_once(self, aws: Cloud) -> None:
        fault = aws.faults.add("sqs", error="AccessDenied")
        other = aws.faults.add("sns", latency=1)
        aws.faults.remove(fault)
        with pytest.raises(MisuseError) as caught:
            aws.faults.remove(fault)
        assert str(caught.value) == "<Fault sqs: AccessDenied, 0 hits> is not among the faults"
        assert list(aws.faults) == [other]

    def test_without_faults_the_chain_is_as_it_was(self, aws: Cloud) -> None:
        before = list(aws.gateway.request_handlers)
        first, second = aws.faults.add("sqs", latency=1), aws.faults.add("sqs", latency=1)
        assert len(aws.gateway.request_handlers) == len(before) + 1
        aws.faults.remove(first)
        assert len(aws.gateway.request_handlers) == len(before) + 1
        aws.faults.remove(second)
        assert aws.gateway.request_handlers == before

    def test_reset_takes_them_out_and_a_fork_has_none(self, aws: Cloud) -> None:
        aws.faults.add("sqs", error="AccessDenied")
        assert len(aws.fork().faults) == 0
        aws.reset()
        assert len(aws.faults) == 0
        assert outcome(aws.client("sqs").list_queues) is None


NONE_KNOWN = "none of the errors that all services have, so its status is not known"


class TestMisuse:
    """What cannot be is said at once, and changes nothing."""

    @pytest.mark.parametrize(
        ("operation", "options", "message"),
        [
            ("sqz", {"status": 500}, "AWS has no service 'sqz'. Did you mean sqs?"),
            ("SQS", {"status": 500}, "AWS has no service 'SQS'. Did you mean sqs?"),
            (
                "sqs:SendMessage",
                {"status": 500},
                "AWS has no service 'sqs:SendMessage'. Did you mean sqs.SendMessage?",
            ),
            ("sqs.sendmessage", {"status": 500}, "sqs has no operation 'sendmessage'. Did you mean SendMessage?"),
            ("zz*.Put*", {"status": 500}, "no service of AWS matches 'zz*'"),
            ("sqs", {"error": 5}, "error= is an error's name, as AWS writes it, not 5"),
            ("sqs", {"error": ""}, "error= is an error's name, as AWS writes it, not ''"),
            ("sqs", {"error": ["x"]}, "error= is an error's name, as AWS writes it, not ['x']"),
            ("sqs", {"status": 500, "message": 5}, "message= is a text, not 5"),
            ("", {"status": 500}, "an operation is written 'sqs.SendMessage', not ''"),
            (
                "sqs.PurgeQ",
                {"status": 500},
                "sqs has no operation 'PurgeQ'. Did you mean PurgeQueue?",
            ),
            ("sqs.Zap*", {"status": 500}, "no operation of sqs matches 'Zap*'"),
            (
                "sqs.SendMessage",
                {},
                "say what shall happen to sqs.SendMessage: error=, status=, connection=, entries=, truncate= or "
                "latency=",
            ),
            ("sqs", {"status": 500, "times": 0}, "times= is how many calls to strike, at least 1, not 0"),
            ("sqs", {"status": 500, "times": -1}, "times= is how many calls to strike, at least 1, not -1"),
            ("sqs", {"status": 500, "times": 1.5}, "times= is how many calls to strike, at least 1, not 1.5"),
            ("sqs", {"status": 500, "after": -1}, "after= is how many calls to spare first, at least 0, not -1"),
            ("sqs", {"status": 500, "probability": 0}, "probability= is above 0 and at most 1, not 0"),
            ("sqs", {"status": 500, "probability": 1.1}, "probability= is above 0 and at most 1, not 1.1"),
            ("sqs", {"real_latency": -1}, "real_latency= is in seconds, at least 0 and at most a year, not -1"),
            ("sqs", {"truncate": -1}, "truncate= is how many bytes of the body come, at least 0, not -1"),
            ("sqs", {"truncate": True}, "truncate= is how many bytes of the body come, at least 0, not True"),
            (
                "sqs",
                {"truncate": 1, "error": "Throttling"},
                "the answer that breaks off is the operation's own, so truncate= rules out error",
            ),
            (
                "sqs",
                {"connection": "reset", "entries": True},
                "a connection that breaks gives no answer, so connection= rules out entries",
            ),
            ("sqs.SendMessage", {"entries": True}, "sqs.SendMessage has no entries that could fail one by one"),
            (
                "sqs",
                {"entries": 1, "status": 500},
                "entries that fail are told in the answer, so entries= rules out status",
            ),
            (
                "dynamodb.BatchWriteItem",
                {"entries": 1, "error": "Throttling"},
                "entries of dynamodb.BatchWriteItem are handed back unprocessed, without an error",
            ),
            *(
                (
                    "sqs.SendMessageBatch",
                    {"entries": chosen},
                    "entries= is True for all, how many, a share of them, their ids, or a function that says which, "
                    f"not {chosen!r}",
                )
                for chosen in (False, 0, -1, 1.5, "", [], [1])
            ),
            ("sqs", {"latency": -1}, "latency= is in seconds, at least 0 and at most a year, not -1"),
            ("sqs", {"latency": 1e30}, "latency= is in seconds, at least 0 and at most a year, not 1e+30"),
            ("sqs", {"latency": float("nan")}, "latency= is in seconds, at least 0 and at most a year, not nan"),
            ("sqs", {"status": 500, "where": "x"}, "where= takes a function of the parameters, not 'x'"),
            ("sqs", {"status": 200}, "an error's status is from 400 to 599, not 200"),
            ("sqs", {"status": 404}, "status=404 does not say which error it is; give error= too"),
            (
                "sqs",
                {"error": "OverLimitt"},
                "sqs is not known to answer 'OverLimitt'; give status= too. Did you mean OverLimit?",
            ),
            ("*", {"error": "Kaputt"}, f"'Kaputt' is {NONE_KNOWN} for '*'; give status= too."),
            (
                "*",
                {"status": 500, "Item": {}},
                "an error has members in one service, not in those of '*'",
            ),
            (
                "dynamodb.PutItem",
                {"error": "ConditionalCheckFailedException", "Itm": {}},
                "'Itm' is no option of a fault, and members of ConditionalCheckFailedException are: Item."
                " Did you mean Item?",
            ),
            (
                "sqs",
                {"error": "ThrottlingException", "tmies": 2},
                "'tmies' is no option of a fault, and ThrottlingException has no members. Did you mean times or "
                "entries?",
            ),
            ("sqs", {"latency": 1, "tmies": 2}, "'tmies' is no option of a fault. Did you mean times or entries?"),
            ("sqs", {"latency": 1, "message": "x"}, "message= is the message of an error; give error= too"),
            (
                "sqs",
                {"connection": "resett"},
                "connection= is one of connect_timeout, read_timeout, reset, closed, not 'resett'. Did you mean reset?",
            ),
            (
                "sqs",
                {"connection": "reset", "status": 503, "message": "x"},
                "a connection that breaks gives no answer, so connection= rules out message, status",
            ),
        ],
    )
    def test_it_is_an_error_at_once(self, operation: str, options: dict[str, Any], message: str) -> None:
        cloud = Cloud()
        before = list(cloud.gateway.request_handlers)
        with pytest.raises(MisuseError) as caught:
            cloud.faults.add(operation, **options)
        assert str(caught.value) == message
        assert len(cloud.faults) == 0
        assert cloud.gateway.request_handlers == before

    def test_a_member_of_a_wrong_type_is_an_error_at_once(self, aws: Cloud) -> None:
        with pytest.raises(MisuseError, match="^ConditionalCheckFailedException cannot be answered with these members"):
            aws.faults.add("dynamodb.PutItem", error="ConditionalCheckFailedException", Item=3)
        assert len(aws.faults) == 0
