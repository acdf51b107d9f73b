"""The account's block of public access, and that S3 heeds it."""

from __future__ import annotations

import json

import pytest

from .conftest import ACCOUNT

ALL = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def put(control, **settings):
    control.put_public_access_block(AccountId=ACCOUNT, PublicAccessBlockConfiguration=settings)


def test_what_is_put_is_answered_with_all_settings(control, answer):
    put(control, BlockPublicAcls=True)
    assert answer(control.get_public_access_block, AccountId=ACCOUNT) == {
        "PublicAccessBlockConfiguration": {name: name == "BlockPublicAcls" for name in ALL}
    }


def test_what_was_deleted_is_absent_and_may_be_deleted_again(control, refusal):
    put(control, BlockPublicAcls=True)
    for _ in range(2):
        control.delete_public_access_block(AccountId=ACCOUNT)
    assert refusal(control.get_public_access_block, AccountId=ACCOUNT) == {
        "Status": 404,
        "Code": "NoSuchPublicAccessBlockConfiguration",
        "Message": "The public access block configuration was not found",
        "AccountId": ACCOUNT,
    }


def test_other_accounts_are_closed(control, refusal):
    denied = {"Status": 403, "Code": "AccessDenied", "Message": "Access Denied"}
    assert refusal(control.get_public_access_block, AccountId="111122223333") == denied


@pytest.mark.parametrize("blocked", [True, False])
def test_a_block_of_the_account_holds_for_its_buckets(control, s3, bucket, refusal, blocked):
    s3.delete_public_access_block(Bucket=bucket)
    put(control, BlockPublicPolicy=blocked)
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::photos"}
    arguments = {"Bucket": bucket, "Policy": json.dumps({"Statement": [statement]})}
    if blocked:
        assert refusal(s3.put_bucket_policy, **arguments)["Code"] == "AccessDenied"
    else:
        s3.put_bucket_policy(**arguments)
    control.delete_public_access_block(AccountId=ACCOUNT)
    s3.put_bucket_policy(**arguments)
