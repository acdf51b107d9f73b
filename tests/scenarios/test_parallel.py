"""Tests that a threaded runner runs in several threads at once: ``tox -e threads`` has each of them run in four.

Run one after the other they hold as well.
"""

from __future__ import annotations

import uuid

import boto3

from awsim import Cloud, mock_aws


def buckets() -> list[str]:
    return [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]


@mock_aws(isolated=True)
def test_an_isolated_mock_is_of_one_thread() -> None:
    for _ in range(5):
        assert buckets() == []
        boto3.client("s3").create_bucket(Bucket="shared")
        assert buckets() == ["shared"]
        boto3.client("s3").delete_bucket(Bucket="shared")


def test_worlds_within_worlds() -> None:
    with mock_aws(isolated=True, region="us-east-1"):
        boto3.client("s3").create_bucket(Bucket="outer")
        with mock_aws(isolated=True):
            assert buckets() == []
        assert buckets() == ["outer"]


def test_the_fixture_is_one_for_all_threads_of_a_test(aws: Cloud) -> None:
    name = f"bucket-{uuid.uuid4()}"
    aws.client("s3").create_bucket(Bucket=name)
    assert name in [bucket["Name"] for bucket in aws.client("s3").list_buckets()["Buckets"]]
    aws.calls.assert_called("s3.CreateBucket", Bucket=name, times=1)
