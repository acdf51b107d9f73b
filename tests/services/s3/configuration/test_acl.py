"""Access control lists of buckets."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from .conftest import ACCOUNT

ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
AUTHENTICATED = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
LOGS = "http://acs.amazonaws.com/groups/s3/LogDelivery"
SOMEBODY = "a" * 64


def group(uri, permission):
    return {"Grantee": {"Type": "Group", "URI": uri}, "Permission": permission}


@pytest.fixture
def owner(s3, open_bucket):
    return s3.get_bucket_acl(Bucket=open_bucket)["Owner"]


@pytest.fixture
def full_control(owner):
    return {"Grantee": {"Type": "CanonicalUser", "ID": owner["ID"]}, "Permission": "FULL_CONTROL"}


def test_a_new_bucket_is_its_owners(s3, open_bucket, owner, full_control, answer):
    assert answer(s3.get_bucket_acl, Bucket=open_bucket) == {"Owner": owner, "Grants": [full_control]}
    assert list(owner) == ["ID"]
    assert len(owner["ID"]) == 64


@pytest.mark.parametrize(
    ("acl", "grants"),
    [
        ("private", []),
        ("public-read", [group(ALL_USERS, "READ")]),
        ("public-read-write", [group(ALL_USERS, "READ"), group(ALL_USERS, "WRITE")]),
        ("authenticated-read", [group(AUTHENTICATED, "READ")]),
        ("log-delivery-write", [group(LOGS, "WRITE"), group(LOGS, "READ_ACP")]),
    ],
)
def test_a_canned_acl_is_spelled_out(s3, open_bucket, full_control, acl, grants):
    s3.put_bucket_acl(Bucket=open_bucket, ACL=acl)
    assert s3.get_bucket_acl(Bucket=open_bucket)["Grants"] == [full_control, *grants]


def test_grants_in_headers_are_all_that_is_granted(s3, open_bucket):
    s3.put_bucket_acl(
        Bucket=open_bucket, GrantRead=f'uri="{ALL_USERS}", id={SOMEBODY}', GrantWriteACP=f'id="{SOMEBODY}"'
    )
    somebody = {"Type": "CanonicalUser", "ID": SOMEBODY}
    assert s3.get_bucket_acl(Bucket=open_bucket)["Grants"] == [
        group(ALL_USERS, "READ"),
        {"Grantee": somebody, "Permission": "READ"},
        {"Grantee": somebody, "Permission": "WRITE_ACP"},
    ]


def test_grants_in_a_document_are_all_that_is_granted(s3, open_bucket, owner):
    grants = [
        {"Grantee": {"Type": "CanonicalUser", "ID": SOMEBODY}, "Permission": "READ_ACP"},
        group(LOGS, "WRITE"),
    ]
    s3.put_bucket_acl(Bucket=open_bucket, AccessControlPolicy={"Owner": owner, "Grants": grants})
    assert s3.get_bucket_acl(Bucket=open_bucket)["Grants"] == grants


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (
            {"ACL": "very-private"},
            {
                "Code": "InvalidArgument",
                "Message": None,
                "ArgumentName": "x-amz-acl",
                "ArgumentValue": "very-private",
            },
        ),
        (
            {"ACL": "private", "GrantRead": f"id={SOMEBODY}"},
            {
                "Code": "InvalidRequest",
                "Message": "Specifying both Canned ACLs and Header Grants is not allowed",
            },
        ),
        (
            {"ACL": "private", "AccessControlPolicy": {"Owner": {"ID": SOMEBODY}, "Grants": []}},
            {"Code": "UnexpectedContent", "Message": "This request does not support content"},
        ),
        (
            {},
            {
                "Code": "MissingSecurityHeader",
                "Message": "Your request was missing a required header",
                "MissingHeaderName": "x-amz-acl",
            },
        ),
        (
            {"GrantRead": "somebody"},
            {
                "Code": "InvalidArgument",
                "Message": "Argument format not recognized",
                "ArgumentName": "x-amz-grant-read",
                "ArgumentValue": "somebody",
            },
        ),
        (
            {"GrantWrite": "id=nobody"},
            {
                "Code": "InvalidArgument",
                "Message": "Invalid id",
                "ArgumentName": "CanonicalUser/ID",
                "ArgumentValue": "nobody",
            },
        ),
        (
            {"GrantReadACP": "uri=http://example.com/all"},
            {
                "Code": "InvalidArgument",
                "Message": "Invalid group uri",
                "ArgumentName": "uri",
                "ArgumentValue": "http://example.com/all",
            },
        ),
        (
            {"GrantFullControl": "emailAddress=nobody@example.com"},
            {
                "Status": 405,
                "Code": "MethodNotAllowed",
                "Message": "The specified method is not allowed against this resource.",
            },
        ),
        (
            {"AccessControlPolicy": {"Owner": {"ID": "me"}, "Grants": []}},
            {
                "Code": "InvalidArgument",
                "Message": "Invalid id",
                "ArgumentName": "CanonicalUser/ID",
                "ArgumentValue": "me",
            },
        ),
    ],
)
def test_an_acl_that_is_none_is_refused(s3, open_bucket, refusal, arguments, error):
    found = refusal(s3.put_bucket_acl, Bucket=open_bucket, **arguments)
    assert found == {"Status": 400, **error}


def test_acls_are_off_in_a_new_bucket(s3, bucket, refusal):
    for acl in ("private", "bucket-owner-full-control"):
        s3.put_bucket_acl(Bucket=bucket, ACL=acl)
    assert refusal(s3.put_bucket_acl, Bucket=bucket, ACL="public-read") == {
        "Status": 400,
        "Code": "AccessControlListNotSupported",
        "Message": "The bucket does not allow ACLs",
    }


def test_public_acls_are_blocked(s3, open_bucket, refusal, full_control):
    s3.put_public_access_block(Bucket=open_bucket, PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    s3.put_bucket_acl(Bucket=open_bucket, ACL="log-delivery-write")
    assert refusal(s3.put_bucket_acl, Bucket=open_bucket, ACL="public-read") == {
        "Status": 403,
        "Code": "AccessDenied",
        "Message": (
            f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: s3:PutBucketAcl on resource: "
            '"arn:aws:s3:::photos" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public '
            "Access."
        ),
    }
    assert s3.get_bucket_acl(Bucket=open_bucket)["Grants"][0] == full_control


def test_acls_cannot_be_switched_off_while_one_grants_something(s3, open_bucket, refusal):
    enforced = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    s3.put_bucket_acl(Bucket=open_bucket, ACL="public-read")
    assert refusal(s3.put_bucket_ownership_controls, Bucket=open_bucket, OwnershipControls=enforced) == {
        "Status": 400,
        "Code": "InvalidBucketAclWithObjectOwnership",
        "Message": "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    }
    s3.put_bucket_acl(Bucket=open_bucket, ACL="private")
    s3.put_bucket_ownership_controls(Bucket=open_bucket, OwnershipControls=enforced)


def test_buckets_of_before_april_2023_take_acls_and_block_nothing(cloud, s3):
    cloud.settings.s3_bucket_acls = True
    s3.create_bucket(Bucket="old", ACL="public-read")
    s3.put_object(Bucket="old", Key="k", Body=b"x", ACL="public-read")
    for answer in (s3.get_bucket_acl(Bucket="old"), s3.get_object_acl(Bucket="old", Key="k")):
        assert [grant["Permission"] for grant in answer["Grants"]] == ["FULL_CONTROL", "READ"]
    for ask, code in (
        (s3.get_public_access_block, "NoSuchPublicAccessBlockConfiguration"),
        (s3.get_bucket_ownership_controls, "OwnershipControlsNotFoundError"),
    ):
        with pytest.raises(ClientError) as refused:
            ask(Bucket="old")
        assert refused.value.response["Error"]["Code"] == code
    cloud.settings.s3_bucket_acls = False
    with pytest.raises(ClientError, match="InvalidBucketAclWithObjectOwnership"):
        s3.create_bucket(Bucket="new", ACL="public-read")
