"""The chain's promises: order, stop, terminate, errors, and extension at run time."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from awsim import Cloud, ServiceException
from awsim.context import RequestContext
from awsim.gateway.chain import HandlerChain
from awsim.protocol.http import Request, Response


def run(requests: list[Any], responses: list[Any], exceptions: list[Any]) -> HandlerChain:
    chain = HandlerChain(requests, responses, exceptions)
    chain.handle(RequestContext(Cloud(), Request("GET")), Response())
    return chain


def noting(notes: list[str], name: str, then: str = "") -> Any:
    def handler(chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
        notes.append(name)
        if then == "fail":
            raise ValueError(name)
        if then:
            getattr(chain, then)()

    return handler


def test_request_handlers_run_in_order_and_then_response_handlers() -> None:
    notes: list[str] = []
    run([noting(notes, "a"), noting(notes, "b")], [noting(notes, "c")], [])
    assert notes == ["a", "b", "c"]


def test_a_stopped_chain_goes_on_with_the_response_handlers() -> None:
    notes: list[str] = []
    run([noting(notes, "a", "stop"), noting(notes, "b")], [noting(notes, "c")], [])
    assert notes == ["a", "c"]


def test_a_terminated_chain_runs_nothing_more() -> None:
    notes: list[str] = []
    run([noting(notes, "a", "terminate"), noting(notes, "b")], [noting(notes, "c")], [])
    assert notes == ["a"]


def test_a_failing_request_handler_hands_over_to_exception_handlers_and_then_response_handlers() -> None:
    notes: list[str] = []

    def on_error(chain: HandlerChain, error: Exception, context: Any, response: Response) -> None:
        notes.append(f"caught {error}")

    chain = run([noting(notes, "a", "fail"), noting(notes, "b")], [noting(notes, "c")], [on_error])
    assert notes == ["a", "caught a", "c"]
    assert isinstance(chain.error, ValueError)


def test_a_failing_response_handler_does_not_lose_the_response(caplog: pytest.LogCaptureFixture) -> None:
    notes: list[str] = []
    run([noting(notes, "a")], [noting(notes, "b", "fail"), noting(notes, "c")], [])
    assert notes == ["a", "b", "c"]
    assert "a response handler failed" in caplog.text


def test_an_exception_handler_that_raises_ends_the_call_with_that() -> None:
    def on_error(chain: HandlerChain, error: Exception, context: Any, response: Response) -> None:
        raise error

    notes: list[str] = []
    with pytest.raises(ValueError, match="^a$"):
        run([noting(notes, "a", "fail")], [noting(notes, "b")], [on_error])
    assert notes == ["a"]


class TestExtension:
    """A Cloud's gateway takes further handlers while it runs."""

    def test_a_request_handler_may_refuse_calls(self, aws: Cloud) -> None:
        def refuse(chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
            assert context.operation is not None
            if context.operation.name == "ListQueues":
                raise ServiceException("ThrottlingException", "Rate exceeded")

        aws.gateway.request_handlers.insert(-1, refuse)
        client = aws.client("sqs")
        client.create_queue(QueueName="q")
        with pytest.raises(ClientError) as caught:
            client.list_queues()
        assert caught.value.response["Error"]["Code"] == "ThrottlingException"
        assert caught.value.response["Error"]["Message"] == "Rate exceeded"

    def test_a_response_handler_sees_what_happened(self, aws: Cloud) -> None:
        seen = []

        def see(chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
            assert context.operation is not None
            seen.append((context.service_name, context.operation.name, context.service_request, response.status_code))

        aws.gateway.response_handlers.append(see)
        aws.client("sqs").create_queue(QueueName="q")
        with pytest.raises(ClientError):
            aws.client("sqs").get_queue_url(QueueName="none")
        assert seen == [
            ("sqs", "CreateQueue", {"QueueName": "q"}, 200),
            ("sqs", "GetQueueUrl", {"QueueName": "none"}, 400),
        ]

    def test_another_cloud_is_not_extended(self, aws: Cloud) -> None:
        aws.gateway.request_handlers.clear()
        assert len(Cloud().gateway.request_handlers) > 5


class TestEdgeRoutes:
    """Plain HTTP routes beside AWS's APIs."""

    def answer(self, cloud: Cloud, method: str, path: str, host: str = "localhost") -> tuple[int, bytes]:
        response = Response()
        cloud.gateway.process(Request(method, path, host=host), response)
        return response.status_code, response.read()

    def test_a_route_answers_its_path_with_its_variables(self) -> None:
        cloud = Cloud()
        cloud.gateway.edge.add(
            "/_awsim/{kind}/{rest+}",
            lambda request, variables: Response(201, {}, f"{variables['kind']}:{variables['rest']}".encode()),
            methods=("GET",),
        )
        assert self.answer(cloud, "GET", "/_awsim/queues/a/b%20c") == (201, b"queues:a/b c")
        assert self.answer(cloud, "POST", "/_awsim/queues/a")[0] != 201

    def test_a_route_may_be_bound_to_hosts(self) -> None:
        cloud = Cloud()
        cloud.gateway.edge.add(
            "/{path+}",
            lambda request, variables: Response(200, {}, variables["api"].encode()),
            host="{api}.execute-api.{rest+}",
        )
        assert self.answer(cloud, "GET", "/x", "abc.execute-api.us-east-1.amazonaws.com:443") == (200, b"abc")
        assert self.answer(cloud, "GET", "/x", "abc.example.com")[1] != b"abc"

    def test_a_removed_route_answers_no_more(self) -> None:
        cloud = Cloud()
        route = cloud.gateway.edge.add("/health", lambda request, variables: Response())
        assert self.answer(cloud, "GET", "/health")[0] == 200
        cloud.gateway.edge.remove(route)
        assert self.answer(cloud, "GET", "/health")[0] != 200

    def test_boto3_calls_pass_routes_by(self, aws: Cloud) -> None:
        aws.gateway.edge.add("/{any+}", lambda request, variables: Response(418))
        aws.gateway.edge.add("/", lambda request, variables: Response(418))
        assert boto3.client("sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
