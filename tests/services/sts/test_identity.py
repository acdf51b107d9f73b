"""Who calls, whose key that is, and what a refusal was about."""

from __future__ import annotations

import json

import boto3
import pytest

from awsim import mock_aws
from awsim.services.sts import authorization_message

from .conftest import ACCOUNT, OTHER, REGION, identity_of, members_of


def test_a_caller_is_the_root_user_of_the_account_unless_its_key_says_otherwise(sts):
    assert identity_of(sts) == {"UserId": ACCOUNT, "Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:root"}


def test_an_account_id_as_access_key_makes_the_caller_that_account(cloud):
    sts = boto3.client("sts", region_name=REGION, aws_access_key_id=OTHER, aws_secret_access_key="x")
    assert identity_of(sts) == {"UserId": OTHER, "Account": OTHER, "Arn": f"arn:aws:iam::{OTHER}:root"}


@pytest.mark.parametrize(
    ("region", "arn"),
    [
        ("eu-central-1", f"arn:aws:iam::{ACCOUNT}:root"),
        ("cn-north-1", f"arn:aws-cn:iam::{ACCOUNT}:root"),
        ("us-gov-west-1", f"arn:aws-us-gov:iam::{ACCOUNT}:root"),
    ],
)
def test_the_caller_is_of_the_partition_of_its_region(cloud, region, arn):
    assert identity_of(boto3.client("sts", region_name=region))["Arn"] == arn


def test_the_global_endpoint_answers_too(cloud):
    sts = boto3.client("sts", region_name=REGION, endpoint_url="https://sts.amazonaws.com")
    assert identity_of(sts)["Account"] == ACCOUNT


def test_the_account_is_the_one_that_the_user_has_set():
    with mock_aws(account_id=OTHER):
        assert identity_of(boto3.client("sts", region_name=REGION))["Account"] == OTHER


def test_a_key_that_was_handed_out_belongs_to_the_account_of_its_session(sts, assume):
    key = assume()["Credentials"]["AccessKeyId"]
    assert members_of(sts.get_access_key_info(AccessKeyId=key)) == {"Account": OTHER}


def test_a_key_that_nobody_knows_belongs_to_the_account_that_its_id_carries(sts):
    # A pair that write-ups on what key ids carry have published.
    assert members_of(sts.get_access_key_info(AccessKeyId="ASIAQNZGKIQY56JQ7WML")) == {"Account": "029608264753"}


def test_a_key_whose_id_carries_no_account_is_refused(sts, refusal):
    assert refusal(sts.get_access_key_info, AccessKeyId="0000000000000000") == (
        400,
        "ValidationError",
        "0000000000000000 is invalid",
    )


def test_an_encoded_authorization_message_is_decoded(sts):
    details = {"allowed": False, "explicitDeny": True, "context": {"action": "ec2:RunInstances"}}
    answer = sts.decode_authorization_message(EncodedMessage=authorization_message.encode(details))
    assert members_of(answer) == {"DecodedMessage": json.dumps(details, separators=(",", ":"))}


@pytest.mark.parametrize("message", ["x", "not a message", "bm90IGEgbWVzc2FnZSBhdCBhbGwsIGJ1dCBsb25n", "ü" * 40])
def test_a_message_that_was_not_encoded_here_is_refused(sts, refusal, message):
    assert refusal(sts.decode_authorization_message, EncodedMessage=message) == (
        400,
        "InvalidAuthorizationMessageException",
        "Message is not valid",
    )
