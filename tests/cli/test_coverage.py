"""`awsim coverage`: what is simulated, as the providers' code has it."""

from __future__ import annotations

import json

import pytest

from awsim import spec
from awsim.cli.coverage import coverage_of

OPERATIONS = spec.load_service("kinesis").operation_names
COUNT = len(OPERATIONS)


def members_of(operation):
    return list(spec.load_service("kinesis").operation_model(operation).input_shape.members)


MEMBERS = len(members_of("DeleteStream")) + len(members_of("ListStreams"))


@pytest.mark.parametrize("service", ["sqs", "sts"])
def test_all_of_a_service_is_simulated_down_to_the_last_member(service):
    coverage = coverage_of(service)
    missing = [
        f"{operation.name}.{member}"
        for operation in coverage.operations
        for member in (operation.not_honoured if operation.simulated else ("",))
    ]
    if missing and spec.is_newer_than_tested():
        pytest.skip(f"botocore is newer than awsim, and has learnt of {', '.join(missing)}")
    assert missing == []


def test_all_services_are_listed_with_how_much_of_them_is_simulated(run, kinesis):
    answer = run("coverage", "--plain")
    assert answer.exit_code == 0
    lines = answer.output.splitlines()
    assert lines[0].split() == ["Service", "Operations", "Members", "honoured"]
    assert f"kinesis  3 / {COUNT}      3 / {MEMBERS}" in lines
    assert lines[-1] == (
        f"3 of {len(spec.service_names())} services are simulated. `awsim coverage SERVICE` tells more of one."
    )


def test_machines_get_the_same_as_json(run, kinesis):
    answer = run("coverage", "--json")
    assert {
        "service": "kinesis",
        "operations_simulated": 3,
        "operations": COUNT,
        "members_honoured": 3,
        "members": MEMBERS,
    } in json.loads(answer.output)


def test_a_service_is_told_member_by_member(run, kinesis):
    operations = {
        each["operation"]: each for each in json.loads(run("coverage", "kinesis", "--json").output)["operations"]
    }
    assert list(operations) == sorted(OPERATIONS)
    assert operations["DeleteStream"] == {
        "operation": "DeleteStream",
        "simulated": True,
        "members_honoured": ["StreamName"],
        "members_not_honoured": [name for name in members_of("DeleteStream") if name != "StreamName"],
    }
    assert operations["ListStreams"] == {
        "operation": "ListStreams",
        "simulated": True,
        "members_honoured": ["Limit", "NextToken"],
        "members_not_honoured": ["ExclusiveStartStreamName"],
    }
    assert operations["DescribeLimits"] == {
        "operation": "DescribeLimits",
        "simulated": True,
        "members_honoured": [],
        "members_not_honoured": [],
    }
    assert operations["MergeShards"]["simulated"] is False


def test_a_scaffolded_method_that_is_not_written_yet_is_not_simulated(kinesis):
    coverage = {operation.name: operation for operation in coverage_of("kinesis").operations}
    assert (coverage["PutRecord"].simulated, coverage["PutRecord"].honoured) == (False, ())


def test_plain_columns_are_aligned(run, kinesis):
    lines = run("coverage", "kinesis", "--plain").output.splitlines()
    assert lines[0].startswith("Operation")
    assert lines[0].index(" Simulated ") == lines[1].index(" no ")
    assert [line.split() for line in lines if line.startswith("ListStreams")] == [
        ["ListStreams", "yes", "Limit,", "NextToken", "ExclusiveStartStreamName"]
    ]
    assert lines[-1] == f"kinesis: 3 of {COUNT} operations are simulated."
    assert "\x1b" not in "".join(lines)


def test_people_get_a_table(run, kinesis):
    lines = run("coverage", "kinesis").output.splitlines()
    assert lines[0].split() == ["Operation", "Simulated", "Members", "honoured", "Not", "honoured"]
    assert all(len(line) <= 120 for line in lines)
    assert any(line.startswith("DeleteStream") and " yes " in line for line in lines)


def test_a_service_without_a_provider_simulates_nothing(run):
    answer = run("coverage", "appsync", "--plain")
    assert answer.exit_code == 0
    assert answer.output.splitlines()[-1].startswith("appsync: 0 of ")


def test_a_service_may_be_written_as_python_or_in_capitals(run):
    assert run("coverage", "Cognito_IDP", "--plain").output.splitlines()[-1].startswith("cognito-idp: 0 of ")


def test_a_service_that_aws_has_not_is_refused_with_what_comes_close(run):
    answer = run("coverage", "kinesys")
    assert answer.exit_code == 2
    assert answer.output.splitlines()[-1].startswith("Error: AWS has no service 'kinesys'. Did you mean kinesis or ")
    assert run("coverage", "!").output.splitlines()[-1] == "Error: AWS has no service '!'."
