"""AssumeRoot: short sessions as the root user of a member account."""

from __future__ import annotations

from datetime import timedelta

import boto3
import pytest

from .conftest import NOW, OTHER, identity_of, members_of

UNLOCK = {"arn": "arn:aws:iam::aws:policy/root-task/SQSUnlockQueuePolicy"}


@pytest.mark.parametrize("target", [OTHER, f"arn:aws:iam::{OTHER}:root"])
def test_a_root_session_lasts_a_quarter_of_an_hour(sts, client_of, target):
    answer = members_of(sts.assume_root(TargetPrincipal=target, TaskPolicyArn=UNLOCK))
    client = client_of(answer)
    assert answer.pop("Credentials")["Expiration"] == NOW + timedelta(minutes=15)
    assert answer == {"SessionTokenSize": 508, "SessionTokenUtilization": 13}
    assert identity_of(client) == {"UserId": OTHER, "Account": OTHER, "Arn": f"arn:aws:sts::{OTHER}:assumed-root"}


def test_the_source_identity_of_the_caller_stays(sts, assume, client_of):
    client = client_of(assume(SourceIdentity="jane"))
    assert client.assume_root(TargetPrincipal=OTHER, TaskPolicyArn=UNLOCK)["SourceIdentity"] == "jane"


def test_a_longer_session_is_refused(sts, refusal):
    assert refusal(sts.assume_root, TargetPrincipal=OTHER, TaskPolicyArn=UNLOCK, DurationSeconds=901) == (
        400,
        "ValidationError",
        "1 validation error detected: Value '901' at 'durationSeconds' failed to satisfy constraint: Member must have "
        "value less than or equal to 900",
    )


def test_only_the_policies_of_root_tasks_are_taken(sts, refusal):
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    assert refusal(sts.assume_root, TargetPrincipal=OTHER, TaskPolicyArn={"arn": arn}) == (
        400,
        "ValidationError",
        f"{arn} is invalid",
    )


def test_only_accounts_can_be_the_target(sts, refusal):
    arn = f"arn:aws:iam::{OTHER}:user/jane"
    assert refusal(sts.assume_root, TargetPrincipal=arn, TaskPolicyArn=UNLOCK) == (
        400,
        "ValidationError",
        f"{arn} is invalid",
    )


def test_the_global_endpoint_does_not_know_it(cloud, refusal):
    sts = boto3.client("sts", region_name="us-east-1", endpoint_url="https://sts.amazonaws.com")
    assert refusal(sts.assume_root, TargetPrincipal=OTHER, TaskPolicyArn=UNLOCK) == (
        400,
        "InvalidAction",
        "Could not find operation AssumeRoot for version 2011-06-15",
    )
