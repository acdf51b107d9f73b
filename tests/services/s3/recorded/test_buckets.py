"""Buckets: where they are, who may have them, their policies and versioning, as recorded."""

from __future__ import annotations

import json

from ..conftest import OTHER_ACCOUNT, client_of
from .conftest import ACCOUNT
from .recording import Recording, recorded

S3 = "s3/test_s3.json"


def policy(bucket: str) -> str:
    """A policy that lets the account read."""
    arn = f"arn:aws:s3:::{bucket}"
    statement = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "s3:GetObject", "Resource": f"{arn}/*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@recorded(
    S3,
    "TestS3::test_bucket_constraint_aws_global[us-east-1]",
    "TestS3::test_bucket_constraint_aws_global[us-west-1]",
)
def test_aws_global_is_no_location_of_a_bucket(cloud, recording: Recording):
    s3 = client_of(recording.parameter, ACCOUNT)
    recording.refuses(
        "aws-global-constraint",
        s3.create_bucket,
        Bucket="photos",
        CreateBucketConfiguration={"LocationConstraint": "aws-global"},
    )


@recorded(S3, "TestS3::test_bucket_does_not_exist")
def test_a_bucket_that_does_not_exist_is_named(s3, recording: Recording):
    recording.refuses("list_object", s3.list_objects, Bucket="photos")
    recording.refuses("list_object_vhost", s3.list_objects, Bucket="photos")


@recorded(S3, "TestS3::test_bucket_exists")
def test_a_bucket_that_exists_tells_its_acl_and_cors(s3, bucket, recording: Recording):
    rule = {"AllowedMethods": ["GET", "POST", "PUT", "DELETE"], "AllowedOrigins": ["localhost"]}
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    recording.equals("get-bucket-cors", s3.get_bucket_cors(Bucket=bucket))
    recording.equals("get-bucket-acl", s3.get_bucket_acl(Bucket=bucket))
    recording.refuses("get-bucket-not-exists", s3.get_bucket_acl, Bucket="bucket-not-exists")


@recorded(S3, "TestS3::test_create_bucket_with_existing_name")
def test_a_bucket_that_its_owner_has_is_made_in_no_region_again(cloud, recording: Recording):
    client_of("us-east-1", ACCOUNT).create_bucket(Bucket="photos")
    for region in "us-east-2", "us-west-1":
        recording.refuses(
            f"create-bucket-{region}",
            client_of(region, ACCOUNT).create_bucket,
            Bucket="photos",
            CreateBucketConfiguration={"LocationConstraint": region},
        )


@recorded(
    S3,
    "TestS3::test_create_bucket_with_invalid_location_constraint[us-east-1-us-east-1]",
    "TestS3::test_create_bucket_with_invalid_location_constraint[us-east-1-foo]",
    "TestS3::test_create_bucket_with_invalid_location_constraint[eu-west-1-bar]",
)
def test_a_location_is_a_region_and_us_east_1_is_none(cloud, recording: Recording):
    region, location = recording.parameter[:9], recording.parameter[10:]
    recording.refuses(
        f"{region}-location-constraint-{location}-error",
        client_of(region, ACCOUNT).create_bucket,
        Bucket="photos",
        CreateBucketConfiguration={"LocationConstraint": location},
    )


@recorded(S3, "TestS3::test_different_location_constraint")
def test_a_bucket_is_located_where_the_request_is_sent(cloud, recording: Recording):
    east_1, east_2, west_1 = (client_of(region, ACCOUNT) for region in ("us-east-1", "us-east-2", "us-west-1"))

    def constraint(location: str) -> dict[str, str]:
        return {"LocationConstraint": location}

    east_1.create_bucket(Bucket="photos")
    recording.equals("get-bucket-location-bucket-us-east-1", east_1.get_bucket_location(Bucket="photos"))
    refused = "create-bucket-constraint-us-east-1"
    us_east_1 = constraint("us-east-1")
    recording.refuses(refused, east_1.create_bucket, Bucket="more", CreateBucketConfiguration=us_east_1)
    made = east_1.create_bucket(Bucket="more", CreateBucketConfiguration={})
    recording.equals("create-bucket-constraint-us-east-1-with-None", made)

    refused = "create-bucket-us-east-2-no-constraint-exc"
    recording.refuses(refused, east_2.create_bucket, Bucket="other")
    refused = "create-bucket-constraint-us-east-2-with-None"
    recording.refuses(refused, east_2.create_bucket, Bucket="other", CreateBucketConfiguration={})
    east_2.create_bucket(Bucket="other", CreateBucketConfiguration=constraint("us-east-2"))
    recording.equals("get-bucket-location-bucket-us-east-2", east_2.get_bucket_location(Bucket="other"))

    for s3, region, location in (
        (east_2, "us-east-2", "us-west-1"),
        (west_1, "us-west-1", "us-east-2"),
        (west_1, "us-west-1", "us-east-1"),
    ):
        recording.refuses(
            f"create-bucket-{region}-constraint-to-{location}",
            s3.create_bucket,
            Bucket="elsewhere",
            CreateBucketConfiguration=constraint(location),
        )
    recording.refuses("get-bucket-location-non-existent-bucket", east_1.get_bucket_location, Bucket="elsewhere")


@recorded(S3, "TestS3::test_get_object_no_such_bucket")
def test_an_object_is_not_read_of_a_bucket_that_does_not_exist(s3, recording: Recording):
    recording.refuses("expected_error", s3.get_object, Bucket="photos", Key="cat")


@recorded(S3, "TestS3::test_delete_bucket_policy")
def test_a_policy_once_deleted_is_there_no_more(s3, bucket, recording: Recording):
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket))
    recording.equals("delete-bucket-policy", s3.delete_bucket_policy(Bucket=bucket))
    recording.refuses("get-bucket-policy-no-such-bucket-policy", s3.get_bucket_policy, Bucket=bucket)


@recorded(S3, "TestS3::test_put_bucket_policy_expected_bucket_owner")
def test_a_policy_is_put_where_the_owner_is_the_expected_one(s3, bucket, recording: Recording):
    recording.refuses(
        "put-bucket-policy-with-expected-bucket-owner-error",
        s3.put_bucket_policy,
        Bucket=bucket,
        Policy=policy(bucket),
        ExpectedBucketOwner=OTHER_ACCOUNT,
    )
    put = s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket), ExpectedBucketOwner=ACCOUNT)
    recording.equals("put-bucket-policy-with-expected-bucket-owner", put)


@recorded(
    S3,
    *(
        f"TestS3::test_put_bucket_policy_invalid_account_id[{account}]"
        for account in ("0000", "0000000000020", "abcd", "aa000000000$")
    ),
)
def test_the_expected_owner_is_an_account(s3, bucket, recording: Recording):
    recording.refuses(
        "put-bucket-policy-invalid-bucket-owner",
        s3.put_bucket_policy,
        Bucket=bucket,
        Policy=policy(bucket),
        ExpectedBucketOwner=recording.parameter,
    )


@recorded(S3, "TestS3::test_get_bucket_versioning_order")
def test_a_bucket_lists_the_versions_of_each_object_from_the_latest(s3, bucket, recording: Recording):
    recording.equals("list_object_versions_before", s3.list_object_versions(Bucket=bucket))
    enabled = s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    recording.equals("put_bucket_versioning", enabled)
    recording.equals("get_bucket_versioning", s3.get_bucket_versioning(Bucket=bucket))
    for key in "test", "test", "test2":
        s3.put_object(Bucket=bucket, Key=key, Body=b"body")
    recording.equals("list_object_versions", s3.list_object_versions(Bucket=bucket))
