"""Providers and the specification: what binds, what is told to the user, what is refused."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import attrs
import boto3
import pytest

from awsim import Cloud, NotSimulatedError, ResultError, UnhonouredMemberError, UnhonouredMemberWarning, mock_aws
from awsim.context import RequestContext
from awsim.errors import MissingExtraError
from awsim.protocol.http import Request, Response
from awsim.services import plugins
from awsim.services.plugins import Service, ServiceManager, ServiceProvider, ServiceState, aws_provider
from awsim.services.skeleton import Skeleton, handler
from awsim.spec import load_service
from awsim.stores import Store


@attrs.define
class Shelf(Store):
    names: list[str] = attrs.Factory(list)


class ParameterProvider(ServiceProvider[Shelf]):
    """A little of SSM."""

    service = "ssm"
    store = Shelf

    def put_parameter(self, context: RequestContext[Shelf], *, name: str, value: str = "") -> dict[str, Any]:
        context.store.names.append(name)
        return {"Version": len(context.store.names)}

    def describe_parameters(self, context: RequestContext[Shelf]) -> dict[str, Any]:
        return context.page("Parameters", [{"Name": name} for name in context.store.names], limit=50)

    def get_parameter(self, context: RequestContext[Shelf], request: Mapping[str, Any]) -> dict[str, Any]:
        return {"Parameter": {"Name": request["Name"], "Nmae": "misspelt"}}

    def delete_parameter(self, context: RequestContext[Shelf], *, name: str) -> dict[str, Any]:
        raise RuntimeError("a bug in the provider")


def use(cloud: Cloud, *providers: Any) -> Any:
    skeleton = Skeleton(load_service("ssm"), list(providers))
    cloud.services.add_service(Service("ssm", skeleton=skeleton))
    return boto3.client("ssm")


@pytest.fixture
def ssm(aws: Cloud) -> Any:
    return use(aws, ParameterProvider())


def test_a_provider_added_at_run_time_answers(ssm: Any) -> None:
    assert ssm.put_parameter(Name="a", Value="1")["Version"] == 1
    assert ssm.put_parameter(Name="b", Value="1")["Version"] == 2


def test_an_operation_without_a_method_is_a_python_error_that_says_what_to_do(ssm: Any) -> None:
    with pytest.raises(NotSimulatedError) as caught:
        ssm.get_parameters(Names=["a"])
    assert str(caught.value) == (
        "awsim does not simulate ssm.GetParameters. `awsim coverage ssm` lists what it does simulate; "
        "`awsim scaffold ssm GetParameters` prints the provider method to add."
        " Simulated, and named alike: GetParameter, PutParameter, DeleteParameter."
    )
    assert isinstance(caught.value, NotImplementedError)


def test_a_service_without_a_provider_is_the_same_error(aws: Cloud) -> None:
    with pytest.raises(NotSimulatedError) as caught:
        boto3.client("groundstation").list_satellites()
    assert (caught.value.service_name, caught.value.operation_name) == ("groundstation", "ListSatellites")
    assert str(caught.value) == (
        "awsim does not simulate groundstation.ListSatellites. `awsim coverage groundstation` lists what it does"
        " simulate; `awsim scaffold groundstation ListSatellites` prints the provider method to add."
        ' Until then an installed moto may answer it: mock_aws(fallback="moto").'
    )


def over_http(cloud: Cloud, operation: str, body: bytes) -> tuple[int, bytes]:
    headers = {"x-amz-target": f"AmazonSSM.{operation}", "content-type": "application/x-amz-json-1.1"}
    response = Response()
    cloud.gateway.process(Request("POST", "/", "", headers, body, "ssm.us-east-1.amazonaws.com"), response)
    return response.status_code, response.read()


def test_over_http_an_operation_without_a_method_is_501(aws: Cloud, ssm: Any) -> None:
    status, body = over_http(aws, "GetParameters", b'{"Names": ["a"]}')
    assert status == 501
    assert b"awsim does not simulate ssm.GetParameters." in body


def test_over_http_a_member_that_is_not_honoured_is_501_in_strict_mode() -> None:
    with mock_aws(strict=True) as cloud:
        use(cloud, ParameterProvider())
        status, body = over_http(cloud, "PutParameter", b'{"Name": "a", "Value": "1", "Tier": "Advanced"}')
    assert status == 501
    assert b"Tier" in body


def test_over_http_an_extra_that_is_missing_is_501_and_named(aws: Cloud) -> None:
    class Needing:
        def get_parameters(self, context: RequestContext[Shelf], request: Mapping[str, Any]) -> dict[str, Any]:
            raise MissingExtraError("reading this needs that: pip install 'awsim[those]'")

    use(aws, Needing())
    status, body = over_http(aws, "GetParameters", b'{"Names": ["a"]}')
    assert status == 501
    assert b"reading this needs that: pip install 'awsim[those]'" in body


def test_a_providers_bug_raises_with_its_traceback_in_process(ssm: Any) -> None:
    with pytest.raises(RuntimeError, match="^a bug in the provider$") as caught:
        ssm.delete_parameter(Name="a")
    assert caught.traceback[-1].name == "delete_parameter"


def test_a_providers_bug_is_an_internal_failure_over_http(
    aws: Cloud, ssm: Any, caplog: pytest.LogCaptureFixture
) -> None:
    status, body = over_http(aws, "DeleteParameter", b'{"Name": "a"}')
    assert status == 500
    assert b"InternalFailure" in body
    assert b"a bug in" not in body
    assert "RuntimeError: a bug in the provider" in caplog.text


def test_an_answer_that_the_model_does_not_have_fails(ssm: Any) -> None:
    with pytest.raises(ResultError, match="Nmae"):
        ssm.get_parameter(Name="a")


def test_a_provider_calls_another_service_on_its_own_behalf(aws: Cloud) -> None:
    seen = []

    class Caller(ServiceProvider[Any]):
        service = "ssm"

        def put_parameter(self, context: RequestContext[Any], *, name: str, value: str) -> dict[str, Any]:
            sqs = context.client("sqs", source_arn=context.arn(f"parameter/{name}"))
            url = sqs.create_queue(QueueName=name)["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody=value)
            return {}

    aws.gateway.response_handlers.append(
        lambda chain, context, response: seen.append(
            (context.service_name, context.service_principal, context.source_arn)
        )
    )
    use(aws, Caller()).put_parameter(Name="jobs", Value="hello")
    url = aws.client("sqs").get_queue_url(QueueName="jobs")["QueueUrl"]
    assert aws.client("sqs").receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"
    arn = "arn:aws:ssm:us-east-1:123456789012:parameter/jobs"
    assert seen[:2] == [("sqs", "ssm.amazonaws.com", arn)] * 2


class TestUnhonouredMembers:
    """A member that is sent and not honoured is told once, at the line that sent it."""

    def test_is_warned_of_once_at_the_callers_line(self, ssm: Any) -> None:
        with pytest.warns(UnhonouredMemberWarning) as caught:
            ssm.put_parameter(Name="a", Value="1", Description="d")
            ssm.put_parameter(Name="b", Value="1", Description="d")
        (warning,) = caught
        assert str(warning.message) == (
            "awsim does not honour Description of ssm.PutParameter; "
            "`awsim coverage ssm` lists the members that it does."
        )
        assert warning.filename == __file__

    def test_is_an_error_when_strict(self) -> None:
        with mock_aws(strict=True) as aws:
            ssm = use(aws, ParameterProvider())
            with pytest.raises(UnhonouredMemberError, match="^awsim does not honour Description of ssm.PutParameter"):
                ssm.put_parameter(Name="a", Value="1", Description="d")
            assert aws.store(Shelf, "123456789012", "us-east-1").names == []

    def test_is_silent_on_request(self) -> None:
        with warnings.catch_warnings(), mock_aws(warn=False) as aws:
            warnings.simplefilter("error")
            assert use(aws, ParameterProvider()).put_parameter(Name="a", Value="1", Description="d")["Version"] == 1


def test_pages_follow_the_callers_limit_and_tokens(ssm: Any) -> None:
    for number in range(7):
        ssm.put_parameter(Name=f"p{number}", Value="1")
    pages = list(ssm.get_paginator("describe_parameters").paginate(PaginationConfig={"PageSize": 3}))
    assert [[item["Name"] for item in page["Parameters"]] for page in pages] == [
        ["p0", "p1", "p2"],
        ["p3", "p4", "p5"],
        ["p6"],
    ]
    with pytest.raises(Exception, match="Invalid or expired NextToken"):
        ssm.describe_parameters(NextToken="forged")


def test_an_answer_that_an_older_botocore_does_not_know_is_left_out(ssm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("awsim.spec.is_older_than_tested", lambda: True)
    assert ssm.get_parameter(Name="a")["Parameter"] == {"Name": "a"}


class TestBinding:
    """Signatures are checked against the model when the service loads."""

    def bind(self, method: Any) -> None:
        Skeleton(load_service("ssm"), type("Provider", (ServiceProvider,), {"put_parameter": method})())

    def test_a_misspelt_argument_is_refused(self) -> None:
        def put_parameter(self: Any, context: Any, *, nmae: str) -> None: ...

        with pytest.raises(TypeError, match=r"\(ssm\.PutParameter\) takes 'nmae', which is no member of its input: "):
            self.bind(put_parameter)

    def test_an_optional_member_that_an_older_botocore_lacks_is_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def put_parameter(self: Any, context: Any, *, name: str, added_next_year: str = "") -> None: ...

        with pytest.raises(TypeError, match="takes 'added_next_year'"):
            self.bind(put_parameter)
        monkeypatch.setattr("awsim.spec.is_older_than_tested", lambda: True)
        self.bind(put_parameter)

    def test_positional_members_are_refused(self) -> None:
        def put_parameter(self: Any, context: Any, name: str, value: str) -> None: ...

        with pytest.raises(TypeError, match="must take its members as keyword-only arguments"):
            self.bind(put_parameter)

    def test_a_method_without_context_is_refused(self) -> None:
        def put_parameter(self: Any) -> None: ...

        with pytest.raises(TypeError, match="must take the context as its first argument"):
            self.bind(put_parameter)

    def test_two_providers_of_one_operation_are_refused(self) -> None:
        with pytest.raises(TypeError, match="two providers of ssm have "):
            Skeleton(load_service("ssm"), [ParameterProvider(), ParameterProvider()])

    def test_a_method_of_any_name_may_be_bound_to_an_operation(self, aws: Cloud) -> None:
        class Named(ServiceProvider[Any]):
            service = "ssm"

            @handler("PutParameter")
            def keep(self, context: RequestContext[Any], request: Mapping[str, Any]) -> dict[str, Any]:
                return {"Version": len(request["Name"])}

        assert use(aws, Named()).put_parameter(Name="abc", Value="1")["Version"] == 3

    def test_what_is_only_kept_may_be_taken_as_a_rest(self, aws: Cloud) -> None:
        kept = {}

        class Keeper(ServiceProvider[Any]):
            service = "ssm"

            def put_parameter(self, context: RequestContext[Any], *, name: str, **stored: Any) -> dict[str, Any]:
                kept[name] = stored
                return {}

        use(aws, Keeper()).put_parameter(Name="a", Value="1", Description="d")
        assert kept == {"a": {"value": "1", "description": "d"}}


class TestPlugIns:
    """Services are found by folder, by registration and by entry point, and loaded when first asked for."""

    def test_a_service_is_available_until_its_first_request(self, aws: Cloud) -> None:
        assert aws.services.get_states()["sqs"] is ServiceState.AVAILABLE
        assert not aws.services.is_running("sqs")
        aws.client("sqs").list_queues()
        assert aws.services.get_states()["sqs"] is ServiceState.RUNNING
        assert aws.services.is_running("sqs")

    def test_a_service_that_is_not_enabled_is_disabled(self) -> None:
        with mock_aws(services=["sts"]) as aws:
            assert aws.services.get_states()["sqs"] is ServiceState.DISABLED

    def test_a_registered_class_makes_a_service(self, aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(plugins, "_plugins", dict(plugins._plugins))

        @aws_provider(api="mturk")
        class Turk(ServiceProvider[Any]):
            def get_account_balance(self, context: RequestContext[Any], request: Any) -> dict[str, Any]:
                return {"AvailableBalance": "10000.00"}

        assert boto3.client("mturk").get_account_balance()["AvailableBalance"] == "10000.00"

    def test_another_provider_of_a_service_is_chosen_by_name(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(plugins, "_plugins", dict(plugins._plugins))
        monkeypatch.setenv("PROVIDER_OVERRIDE_SQS", "tiny")

        @aws_provider(api="sqs", name="tiny")
        class Tiny(ServiceProvider[Any]):
            def list_queues(self, context: RequestContext[Any]) -> dict[str, Any]:
                return {"QueueUrls": ["tiny"]}

        with mock_aws():
            assert boto3.client("sqs").list_queues()["QueueUrls"] == ["tiny"]

    def test_an_entry_point_brings_a_service(self, aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        class EntryPoint:
            def load(self) -> Any:
                plugin = plugins.ServicePlugin("mturk", "default")
                plugin.providers.append(type("Turk", (ServiceProvider,), {"service": "mturk"}))
                return plugin

        monkeypatch.setattr(plugins, "_entry_points", lambda: {("mturk", "default"): EntryPoint()})
        with pytest.raises(NotSimulatedError, match="awsim does not simulate mturk.GetAccountBalance"):
            boto3.client("mturk").get_account_balance()
        assert aws.services.is_running("mturk")

    def test_an_unknown_provider_name_is_told(self) -> None:
        with mock_aws() as aws:
            aws.settings.providers["sqs"] = "nobody"
            with pytest.raises(LookupError, match="^no provider named 'nobody' is installed for sqs$"):
                boto3.client("sqs").list_queues()

    def test_a_plug_in_may_decline_to_load(self, aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(plugins, "_plugins", dict(plugins._plugins))
        aws_provider(api="mturk", should_load=lambda: False)(type("Turk", (ServiceProvider,), {}))
        with pytest.raises(NotSimulatedError):
            boto3.client("mturk").get_account_balance()

    def test_a_failing_start_leaves_the_service_in_error(self) -> None:
        def start() -> None:
            raise OSError("no backend")

        manager = ServiceManager(Cloud().settings)
        manager.add_service(Service("mturk", start=start))
        with pytest.raises(OSError, match="^no backend$"):
            manager.require("mturk")
        assert manager.get_states()["mturk"] is ServiceState.ERROR
        with pytest.raises(Exception, match="mturk is error"):
            manager.require("mturk")
