"""Access points and their policies."""

from __future__ import annotations

import json
import re

import pytest

from .conftest import ACCOUNT

ARN = f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint"
SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@pytest.fixture
def create(control, bucket):
    def create(name, **arguments):
        return control.create_access_point(**{"AccountId": ACCOUNT, "Name": name, "Bucket": bucket, **arguments})

    return create


def missing(name):
    return {
        "Status": 404,
        "Code": "NoSuchAccessPoint",
        "Message": "The specified accesspoint does not exist",
        "AccessPointName": name,
    }


def test_an_access_point_is_described(control, bucket, create, answer):
    created = create("first")
    assert created["AccessPointArn"] == f"{ARN}/first"
    assert re.fullmatch("first-[a-z0-9]{34}-s3alias", created["Alias"])
    found = answer(control.get_access_point, AccountId=ACCOUNT, Name="first")
    assert found.pop("CreationDate")
    assert found == {
        "Name": "first",
        "Bucket": bucket,
        "BucketAccountId": ACCOUNT,
        "NetworkOrigin": "Internet",
        "AccessPointArn": f"{ARN}/first",
        "Alias": created["Alias"],
        "PublicAccessBlockConfiguration": dict.fromkeys(SETTINGS, True),
        "Endpoints": {
            "ipv4": "s3-accesspoint.us-east-1.amazonaws.com",
            "dualstack": "s3-accesspoint.dualstack.us-east-1.amazonaws.com",
            "fips": "s3-accesspoint-fips.us-east-1.amazonaws.com",
            "fips_dualstack": "s3-accesspoint-fips.dualstack.us-east-1.amazonaws.com",
        },
    }


@pytest.mark.parametrize(
    ("given", "settings"),
    [
        ({}, dict.fromkeys(SETTINGS, False)),
        ({"BlockPublicAcls": False}, dict.fromkeys(SETTINGS, False)),
        ({"BlockPublicAcls": True}, {**dict.fromkeys(SETTINGS, False), "BlockPublicAcls": True}),
    ],
)
def test_what_a_block_leaves_out_is_not_blocked(control, create, given, settings):
    create("first", PublicAccessBlockConfiguration=given)
    found = control.get_access_point(AccountId=ACCOUNT, Name="first")
    assert found["PublicAccessBlockConfiguration"] == settings


def test_one_in_a_vpc_says_so(control, create):
    create("first", VpcConfiguration={"VpcId": "vpc-1"})
    found = control.get_access_point(AccountId=ACCOUNT, Name="first")
    assert (found["NetworkOrigin"], found["VpcConfiguration"]) == ("VPC", {"VpcId": "vpc-1"})


def test_a_name_is_taken_once(create, refusal):
    create("first")
    assert refusal(lambda: create("first")) == {
        "Status": 409,
        "Code": "AccessPointAlreadyOwnedByYou",
        "Message": "Your previous request to create the named accesspoint succeeded and you already own it.",
    }


@pytest.mark.parametrize("name", ["xn-_test-alias", "xn--test", "Capital", "mine-s3alias", "x" * 51])
def test_a_name_is_checked(create, refusal, name):
    assert refusal(lambda: create(name)) == {
        "Status": 400,
        "Code": "InvalidURI",
        "Message": "Couldn't parse the specified URI.",
        "URI": f"accesspoint/{name}",
    }


def test_the_bucket_is_there_and_whose_it_is_said_to_be(create, refusal):
    assert refusal(lambda: create("first", Bucket="nowhere"))["Code"] == "NoSuchBucket"
    assert refusal(lambda: create("first", BucketAccountId="111122223333"))["Code"] == "AccessDenied"


def test_what_was_deleted_is_absent(control, create, refusal):
    create("first")
    control.delete_access_point(AccountId=ACCOUNT, Name="first")
    for call in (control.delete_access_point, control.get_access_point):
        assert refusal(call, AccountId=ACCOUNT, Name="first") == missing("first")


def test_access_points_are_listed_by_name_in_pages(control, s3, create):
    s3.create_bucket(Bucket="other")
    for name, bucket in (("ccc", "photos"), ("aaa", "photos"), ("bbb", "other")):
        create(name, Bucket=bucket)
    names = []
    arguments = {}
    while True:
        page = control.list_access_points(AccountId=ACCOUNT, MaxResults=1, **arguments)
        names += [one["Name"] for one in page["AccessPointList"]]
        if "NextToken" not in page:
            break
        arguments = {"NextToken": page["NextToken"]}
    assert names == ["aaa", "bbb", "ccc"]
    of_bucket = control.list_access_points(AccountId=ACCOUNT, Bucket="photos")["AccessPointList"]
    assert [one["Name"] for one in of_bucket] == ["aaa", "ccc"]
    assert set(of_bucket[0]) == {"Name", "NetworkOrigin", "Bucket", "AccessPointArn", "Alias", "BucketAccountId"}


def test_a_policy_is_answered_as_it_was_put(control, create, refusal, answer):
    create("first")
    about = {"AccountId": ACCOUNT, "Name": "first"}
    absent = {
        "Status": 404,
        "Code": "NoSuchAccessPointPolicy",
        "Message": "The specified accesspoint policy does not exist",
        "AccessPointName": "first",
    }
    assert refusal(control.get_access_point_policy, **about) == absent
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    control.put_access_point_policy(**about, Policy=policy)
    assert answer(control.get_access_point_policy, **about) == {"Policy": policy}
    assert refusal(control.put_access_point_policy, **about, Policy="no policy")["Code"] == "MalformedPolicy"
    control.delete_access_point_policy(**about)
    assert refusal(control.delete_access_point_policy, **about) == absent


def test_access_points_survive_being_saved(cloud, control, create, answer, tmp_path):
    create("first", Tags=[{"Key": "a", "Value": "1"}])
    before = answer(control.get_access_point, AccountId=ACCOUNT, Name="first")
    cloud.save(tmp_path / "state.json")
    cloud.reset()
    cloud.load(tmp_path / "state.json")
    assert answer(control.get_access_point, AccountId=ACCOUNT, Name="first") == before


def policy_for(principal):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_policy_may_make_it_public(s3, control, bucket, create, answer, refusal):
    create("door", PublicAccessBlockConfiguration={})
    s3.delete_public_access_block(Bucket=bucket)
    door = {"AccountId": ACCOUNT, "Name": "door"}
    assert refusal(control.get_access_point_policy_status, **door)["Code"] == "NoSuchAccessPointPolicy"
    for principal, public in (("*", True), ({"AWS": ACCOUNT}, False)):
        control.put_access_point_policy(**door, Policy=policy_for(principal))
        assert answer(control.get_access_point_policy_status, **door) == {"PolicyStatus": {"IsPublic": public}}


@pytest.mark.parametrize("blocker", ["access point", "bucket", "account"])
def test_a_public_policy_is_refused_where_a_block_says_so(s3, control, bucket, create, refusal, blocker):
    block = {"BlockPublicPolicy": True}
    create("door", PublicAccessBlockConfiguration=block if blocker == "access point" else {})
    if blocker != "bucket":
        s3.delete_public_access_block(Bucket=bucket)
    if blocker == "account":
        control.put_public_access_block(AccountId=ACCOUNT, PublicAccessBlockConfiguration=block)
    door = {"AccountId": ACCOUNT, "Name": "door"}
    denied = refusal(control.put_access_point_policy, **door, Policy=policy_for("*"))
    assert denied == {"Status": 403, "Code": "AccessDenied", "Message": "Access Denied"}
    assert refusal(control.get_access_point_policy, **door)["Code"] == "NoSuchAccessPointPolicy"
    control.put_access_point_policy(**door, Policy=policy_for({"AWS": ACCOUNT}))


def test_no_policy_makes_one_in_a_vpc_public(control, create, answer):
    create("inside", VpcConfiguration={"VpcId": "vpc-1"})
    inside = {"AccountId": ACCOUNT, "Name": "inside"}
    control.put_access_point_policy(**inside, Policy=policy_for("*"))
    assert answer(control.get_access_point_policy_status, **inside) == {"PolicyStatus": {"IsPublic": False}}


def test_a_bucket_goes_after_its_access_points(s3, control, bucket, create, refusal):
    create("door")
    assert refusal(s3.delete_bucket, Bucket=bucket) == {
        "Status": 400,
        "Code": "BucketHasAccessPointsAttached",
        "Message": (
            "The bucket you tried to delete has access points attached. Delete your access points before deleting your "
            "bucket."
        ),
        "BucketName": bucket,
    }
    control.delete_access_point(AccountId=ACCOUNT, Name="door")
    s3.delete_bucket(Bucket=bucket)


def test_deleting_one_answers_that_there_is_nothing_to_say(control, create):
    create("first")
    deleted = control.delete_access_point(AccountId=ACCOUNT, Name="first")
    assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
