"""aws.results: answers of the test's own, for operations that awsim does not simulate, or for once."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from awsim import Cloud, MisuseError, NotSimulatedError, connect_to


def test_a_service_without_a_provider_is_answered_in_the_order_of_the_results(aws: Cloud) -> None:
    glue = aws.client("glue")
    aws.results.add("glue.GetDatabase", {"Database": {"Name": "one"}})
    aws.results.add("glue.get_database", {"Database": {"Name": "two"}})
    assert [glue.get_database(Name="x")["Database"] for _ in range(2)] == [{"Name": "one"}, {"Name": "two"}]
    with pytest.raises(NotSimulatedError):
        glue.get_database(Name="x")
    assert [call.tier for call in aws.calls("glue.GetDatabase")] == ["canned", "canned", "simulated"]


def test_a_streamed_body_is_read_as_ever(aws: Cloud) -> None:
    aws.results.add("bedrock-runtime.InvokeModel", {"body": b'{"completion": "hi"}', "contentType": "application/json"})
    answer = aws.client("bedrock-runtime").invoke_model(modelId="m", body=b"{}")
    assert (answer["body"].read(), answer["contentType"]) == (b'{"completion": "hi"}', "application/json")


def test_a_function_makes_the_answer_of_the_parameters(aws: Cloud) -> None:
    aws.results.add("glue.GetDatabase", lambda sent: {"Database": {"Name": sent["Name"].upper()}}, times=None)
    glue = aws.client("glue")
    assert [glue.get_database(Name=name)["Database"]["Name"] for name in "ab"] == ["A", "B"]


def test_a_simulated_operation_goes_on_where_the_result_is_not_meant(aws: Cloud) -> None:
    sqs = aws.client("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    result = aws.results.add(
        "sqs.SendMessage", {"MessageId": "canned"}, where=lambda sent: sent["MessageBody"] == "this one", times=None
    )
    assert sqs.send_message(QueueUrl=url, MessageBody="this one")["MessageId"] == "canned"
    assert sqs.send_message(QueueUrl=url, MessageBody="another")["MessageId"] != "canned"
    assert result.hits == 1
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=url)["Messages"]] == ["another"]


def test_requests_are_checked_as_ever(aws: Cloud) -> None:
    aws.results.add("kinesis.DeleteStream")
    kinesis = aws.client("kinesis")
    with pytest.raises(ClientError) as refused:
        kinesis.delete_stream(StreamName="no stream's name")
    assert refused.value.response["Error"] == {
        "Code": "ValidationException",
        "Message": "1 validation error detected: Value 'no stream's name' at 'streamName' failed to satisfy constraint:"
        " Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    }
    assert list(kinesis.delete_stream(StreamName="a-stream")) == ["ResponseMetadata"]


def test_services_that_call_services_get_them_too(aws: Cloud) -> None:
    aws.results.add("glue.GetDatabase", {"Database": {"Name": "one"}})
    assert connect_to().glue.get_database(Name="x") == {"Database": {"Name": "one"}}


def test_a_block_ends_its_result_and_a_call_without_any_does_no_work(aws: Cloud) -> None:
    before = list(aws.gateway.request_handlers)
    with aws.results.add("glue.GetDatabase", {"Database": {"Name": "one"}}):
        assert len(aws.results) == 1
    assert aws.gateway.request_handlers == before


def test_a_fault_strikes_first_where_it_was_added_first(aws: Cloud) -> None:
    aws.faults.add("glue.GetDatabase", error="EntityNotFoundException", times=1)
    aws.results.add("glue.GetDatabase", {"Database": {"Name": "one"}})
    glue = aws.client("glue")
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_database(Name="x")
    assert glue.get_database(Name="x")["Database"] == {"Name": "one"}


@pytest.mark.parametrize(
    ("operation", "result", "options", "message"),
    [
        (
            "glue.GetDatabase*",
            {},
            {},
            "a result is for one operation, as 'sqs.SendMessage', not for 'glue.GetDatabase*'",
        ),
        (
            "glue.GetDatabas",
            {},
            {},
            "glue has no operation 'GetDatabas'. Did you mean GetDatabase or GetDatabases or DeleteDatabase?",
        ),
        (
            "glue.GetDatabase",
            {"Database": {"Name": 7}},
            {},
            "GetDatabase result: Database.Name: expected a string, got int 7",
        ),
        ("glue.GetDatabase", {"Databse": {}}, {}, "GetDatabase result: unknown member 'Databse'"),
        ("glue.GetDatabase", [], {}, "a result is a mapping of members, or a function that makes one, not []"),
        (
            "glue.GetDatabase",
            {},
            {"times": 0},
            "times= is how many calls to answer, at least 1, or None for all, not 0",
        ),
        ("glue.GetDatabase", {}, {"where": 1}, "where= takes a function of the parameters, not 1"),
    ],
    ids=str,
)
def test_a_result_that_cannot_be_is_refused_and_changes_nothing(
    aws: Cloud, operation: str, result: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(MisuseError) as refused:
        aws.results.add(operation, result, **options)
    assert str(refused.value) == message
    assert len(aws.results) == 0


def test_a_result_may_be_given_by_name(aws: Cloud) -> None:
    aws.results.add("glue.GetDatabase", result={"Database": {"Name": "sales"}})
    assert aws.client("glue").get_database(Name="sales")["Database"] == {"Name": "sales"}
