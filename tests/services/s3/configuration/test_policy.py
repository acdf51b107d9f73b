"""Policies of buckets: which S3 takes, and which make a bucket public."""

from __future__ import annotations

import json

import pytest

from .conftest import ACCOUNT, BUCKET

ARN = f"arn:aws:s3:::{BUCKET}"


def policy(**changes):
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "s3:GetObject",
        "Resource": f"{ARN}/*",
        **changes,
    }
    return {"Version": "2012-10-17", "Statement": [{k: v for k, v in statement.items() if v is not None}]}


def test_a_policy_is_answered_as_it_was_put(s3, bucket):
    text = json.dumps(policy(), indent=3)
    put = s3.put_bucket_policy(Bucket=bucket, Policy=text)
    assert put["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert s3.get_bucket_policy(Bucket=bucket)["Policy"] == text


def test_what_was_deleted_is_absent_and_may_be_deleted_again(s3, bucket, refusal):
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy()))
    for _ in range(2):
        assert s3.delete_bucket_policy(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] == 204
    for get in (s3.get_bucket_policy, s3.get_bucket_policy_status):
        assert refusal(get, Bucket=bucket) == {
            "Status": 404,
            "Code": "NoSuchBucketPolicy",
            "Message": "The bucket policy does not exist",
            "BucketName": bucket,
        }


def test_the_bucket_must_be_whose_it_is_said_to_be(s3, bucket, refusal):
    text = json.dumps(policy())
    s3.put_bucket_policy(Bucket=bucket, Policy=text, ExpectedBucketOwner=ACCOUNT)
    assert refusal(s3.put_bucket_policy, Bucket=bucket, Policy=text, ExpectedBucketOwner="000000000002") == {
        "Status": 403,
        "Code": "AccessDenied",
        "Message": "Access Denied",
    }
    for owner in ("0000", "0000000000020", "abcd", "aa000000000$"):
        assert refusal(s3.put_bucket_policy, Bucket=bucket, Policy=text, ExpectedBucketOwner=owner) == {
            "Status": 400,
            "Code": "InvalidBucketOwnerAWSAccountID",
            "Message": f"The value of the expected bucket owner parameter must be an AWS Account ID... [{owner}]",
        }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Policies must be valid JSON and the first byte must be '{'"),
        ("random text", "Policies must be valid JSON and the first byte must be '{'"),
        ("[]", "Policies must be valid JSON and the first byte must be '{'"),
        ('{"a', "Policies must be valid JSON and the first byte must be '{'"),
        ('{"a":' * 100_000, "Policies must be valid JSON and the first byte must be '{'"),
        ("{}", "Missing required field Statement"),
        ('{"Statement": []}', "Could not parse the policy: Statement is empty!"),
        ('{"Statement": ["x"]}', "Invalid policy syntax."),
        ('{"Version": "2024-01-01", "Statement": []}', "The policy must contain a valid version string"),
        ('{"Foo": 1, "Statement": []}', "Unknown field Foo"),
        (policy(Effect=None), "Missing required field Effect"),
        (policy(Principal=None), "Missing required field Principal"),
        (policy(Action=None), "Missing required field Action"),
        (policy(Resource=None), "Missing required field Resource"),
        (policy(Effect="Perhaps"), "Invalid effect: Perhaps"),
        (policy(Color="red"), "Unknown field Color"),
        (policy(Action="sqs:SendMessage"), "Policy has invalid action"),
        (policy(Action=["s3:GetObject", "GetObject"]), "Policy has invalid action"),
        (policy(Action="s3:Foo"), "Policy has invalid action"),
        # Operations, but not the actions that they need.
        (policy(Action="s3:HeadObject"), "Policy has invalid action"),
        (policy(Action="s3:ListObjects", Resource=ARN), "Policy has invalid action"),
        (policy(Action="s3:PutLifecycleConfiguration"), "Action does not apply to any resource(s) in statement"),
        (policy(Sid="é" * 10_240), "Normalized policy document exceeds the maximum allowed size of 20480 bytes"),
        (policy(Principal="me"), "Invalid policy syntax."),
        (policy(Condition="always"), "Invalid policy syntax."),
        (policy(Condition={"StringEqual": {"aws:userid": "x"}}), "Invalid Condition type : StringEqual"),
        (policy(Resource=ARN), "Action does not apply to any resource(s) in statement"),
        (policy(Action=["s3:GetObject", "s3:ListBucket"]), "Action does not apply to any resource(s) in statement"),
    ],
)
def test_a_malformed_policy_is_refused(s3, bucket, refusal, text, message):
    text = text if isinstance(text, str) else json.dumps(text)
    error = {"Status": 400, "Code": "MalformedPolicy", "Message": message}
    assert refusal(s3.put_bucket_policy, Bucket=bucket, Policy=text) == error


def test_a_policy_of_20_kb_is_taken_whatever_the_space_between(s3, bucket):
    room = 20_480 - len(json.dumps(policy(Sid=""), separators=(",", ":")))
    text = json.dumps(policy(Sid="x" * room), indent=20)
    s3.put_bucket_policy(Bucket=bucket, Policy=text)
    assert s3.get_bucket_policy(Bucket=bucket)["Policy"] == text


@pytest.mark.parametrize("action", ["S3:getobject", "s3:*", "s3:Get*", "s3:GetObjectVersionForReplication", "*"])
def test_a_policy_names_actions_in_any_case_and_with_wildcards(s3, bucket, action):
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy(Action=action)))


def test_a_policy_names_who_exists_and_what_is_the_buckets(s3, bucket, refusal):
    text = json.dumps(policy(Principal={"AWS": "arn:aws:s3:::nobody"}))
    assert refusal(s3.put_bucket_policy, Bucket=bucket, Policy=text) == {
        "Status": 400,
        "Code": "MalformedPolicy",
        "Message": "Invalid principal in policy",
        "Detail": '"AWS" : "arn:aws:s3:::nobody"',
    }
    text = json.dumps(policy(Resource=[ARN, "arn:aws:s3:::other/*"]))
    assert refusal(s3.put_bucket_policy, Bucket=bucket, Policy=text) == {
        "Status": 400,
        "Code": "MalformedPolicy",
        "Message": "Policy has invalid resource",
        "Detail": "arn:aws:s3:::other/*",
    }


@pytest.mark.parametrize(
    ("changes", "public"),
    [
        ({}, False),
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": [ACCOUNT, "*"]}}, True),
        ({"Principal": {"Service": "logging.s3.amazonaws.com"}}, False),
        ({"Principal": None, "NotPrincipal": {"AWS": ACCOUNT}}, True),
        ({"Principal": "*", "Effect": "Deny"}, False),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-91237329"}}}, False),
        ({"Principal": "*", "Condition": {"StringLike": {"aws:SourceVpc": "vpc-*"}}}, True),
        ({"Principal": "*", "Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-91237329"}}}, True),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:Referer": "https://example.com"}}}, True),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}}}, False),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:userid": "${aws:username}"}}}, True),
        ({"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, False),
        ({"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "0.0.0.0/1"]}}}, True),
        ({"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}}, False),
        ({"Principal": "*", "Condition": {"IpAddress": {"aws:SourceIp": "anywhere"}}}, True),
        ({"Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, True),
        (
            {
                "Principal": "*",
                "Condition": {
                    "ArnLike": {"s3:DataAccessPointArn": f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/*"},
                },
            },
            False,
        ),
    ],
)
def test_a_policy_is_public_unless_it_is_for_fixed_values(s3, bucket, refusal, changes, public):
    text = json.dumps(policy(**changes))
    if public:
        assert refusal(s3.put_bucket_policy, Bucket=bucket, Policy=text) == {
            "Status": 403,
            "Code": "AccessDenied",
            "Message": (
                f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: s3:PutBucketPolicy on resource: "
                f'"{ARN}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public '
                "Access."
            ),
        }
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=text)
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"] == {"IsPublic": public}
