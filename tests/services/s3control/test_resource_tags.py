"""Tags of buckets and access points by ARN."""

from __future__ import annotations

import pytest

from .conftest import ACCOUNT

BUCKET_ARN = "arn:aws:s3:::photos"
ACCESS_POINT_ARN = f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/first"


@pytest.fixture(params=[BUCKET_ARN, ACCESS_POINT_ARN])
def arn(request, control, bucket):
    """The ARN of a bucket, or of an access point."""
    control.create_access_point(AccountId=ACCOUNT, Name="first", Bucket=bucket)
    return request.param


@pytest.fixture
def tags(control):
    def tags(arn):
        found = control.list_tags_for_resource(AccountId=ACCOUNT, ResourceArn=arn)["Tags"]
        return {tag["Key"]: tag["Value"] for tag in found}

    return tags


def tag(control, arn, **tags):
    tag_list = [{"Key": key, "Value": value} for key, value in tags.items()]
    control.tag_resource(AccountId=ACCOUNT, ResourceArn=arn, Tags=tag_list)


def test_tags_are_added_overwritten_and_removed(control, arn, tags):
    assert tags(arn) == {}
    tag(control, arn, a="1", b="2", c="3")
    tag(control, arn, b="changed")
    control.untag_resource(AccountId=ACCOUNT, ResourceArn=arn, TagKeys=["a", "unknown"])
    assert tags(arn) == {"b": "changed", "c": "3"}


def test_a_buckets_tags_are_those_of_s3(control, s3, bucket, tags):
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
    assert tags(BUCKET_ARN) == {"a": "1"}
    tag(control, BUCKET_ARN, b="2")
    assert len(s3.get_bucket_tagging(Bucket=bucket)["TagSet"]) == 2


def test_an_access_point_can_be_created_with_tags(control, bucket, tags):
    control.create_access_point(AccountId=ACCOUNT, Name="first", Bucket=bucket, Tags=[{"Key": "team", "Value": "a"}])
    assert tags(ACCESS_POINT_ARN) == {"team": "a"}


def test_reserved_keys_are_refused(control, arn, refusal):
    tags = [{"Key": "aws:x", "Value": "1"}]
    assert refusal(control.tag_resource, AccountId=ACCOUNT, ResourceArn=arn, Tags=tags) == {
        "Status": 400,
        "Code": "InvalidTag",
        "Message": "System tags cannot be added/updated by requester",
        "TagKey": "aws:x",
    }


@pytest.mark.parametrize("arn", ["arn:aws:s3:::nowhere", f"{ACCESS_POINT_ARN}-other"])
def test_what_is_not_there_has_no_tags(control, refusal, arn):
    assert refusal(control.list_tags_for_resource, AccountId=ACCOUNT, ResourceArn=arn) == {
        "Status": 404,
        "Code": "NoSuchResource",
        "Message": "The specified resource doesn't exist.",
    }
