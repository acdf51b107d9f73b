"""Who is let in: policies, ACLs and blocks of public access, for owners, other accounts and who does not sign."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3
import pytest
import requests
from botocore import UNSIGNED
from botocore.config import Config

from .conftest import ACCOUNT, OTHER_ACCOUNT, OWNER, client_of

DENIED = {"Status": 403, "Code": "AccessDenied", "Message": "Access Denied"}


@pytest.fixture
def anyone(cloud: Any) -> Any:
    """A client that does not sign."""
    return cloud.client("s3", config=Config(signature_version=UNSIGNED))


@pytest.fixture
def other(cloud: Any) -> Any:
    """A client of another account."""
    return client_of(account=OTHER_ACCOUNT)


@pytest.fixture
def photo(s3: Any, bucket: str) -> dict[str, str]:
    """An object in a bucket that blocks nothing and has ACLs."""
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    s3.put_object(Bucket=bucket, Key="cat", Body=b"meow")
    return {"Bucket": bucket, "Key": "cat"}


def put_policy(s3: Any, bucket: str, *statements: dict[str, Any]) -> None:
    resource = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    full = [{"Principal": "*", "Action": "s3:*", "Resource": resource, **one} for one in statements]
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": full}))


def explicitly(action: str, resource: str) -> dict[str, Any]:
    return {
        "Status": 403,
        "Code": "AccessDenied",
        "Message": f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: {action} on resource: "
        f'"arn:aws:s3:::{resource}" with an explicit deny in a resource-based policy',
    }


class TestAnyone:
    """Callers who do not sign get what is public."""

    def test_nothing_is_public_by_itself(self, s3, anyone, photo, refusal):
        assert refusal(anyone.get_object, **photo) == DENIED
        assert refusal(anyone.put_object, **photo) == DENIED
        assert refusal(anyone.list_objects_v2, Bucket=photo["Bucket"]) == DENIED
        assert refusal(anyone.delete_object, **photo) == DENIED
        assert refusal(anyone.get_bucket_policy, Bucket=photo["Bucket"]) == DENIED
        assert refusal(anyone.list_buckets) == DENIED
        assert refusal(anyone.create_bucket, Bucket="mine") == DENIED

    def test_a_missing_bucket_is_told(self, anyone, refusal):
        assert refusal(anyone.get_object, Bucket="nowhere", Key="cat")["Code"] == "NoSuchBucket"

    def test_an_objects_acl_lets_read_it(self, s3, anyone, photo, refusal):
        s3.put_object_acl(**photo, ACL="public-read")
        assert anyone.get_object(**photo)["Body"].read() == b"meow"
        assert refusal(anyone.get_object_acl, **photo) == DENIED
        assert refusal(anyone.put_object, **photo) == DENIED
        s3.put_object_acl(**photo, ACL="authenticated-read")
        assert refusal(anyone.get_object, **photo) == DENIED

    def test_a_buckets_acl_lets_list_and_write(self, s3, anyone, photo, refusal):
        bucket = photo["Bucket"]
        s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
        assert [one["Key"] for one in anyone.list_objects_v2(Bucket=bucket)["Contents"]] == ["cat"]
        assert refusal(anyone.put_object, Bucket=bucket, Key="dog") == DENIED
        assert refusal(anyone.get_object, **photo) == DENIED
        s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
        anyone.put_object(Bucket=bucket, Key="dog")
        anyone.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "dog"}]})

    def test_a_policy_lets_do_what_it_says(self, s3, anyone, photo, refusal):
        put_policy(s3, photo["Bucket"], {"Effect": "Allow", "Action": "s3:GetObject"})
        assert anyone.get_object(**photo)["Body"].read() == b"meow"
        assert refusal(anyone.get_object_tagging, **photo) == DENIED
        assert refusal(anyone.list_objects_v2, Bucket=photo["Bucket"]) == DENIED

    def test_who_may_not_list_is_not_told_what_is_missing(self, s3, anyone, photo, refusal):
        put_policy(s3, photo["Bucket"], {"Effect": "Allow", "Action": "s3:GetObject"})
        assert refusal(anyone.get_object, Bucket=photo["Bucket"], Key="none") == DENIED
        put_policy(s3, photo["Bucket"], {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"]})
        assert refusal(anyone.get_object, Bucket=photo["Bucket"], Key="none")["Code"] == "NoSuchKey"

    def test_blocks_come_before_policies_and_acls(self, s3, anyone, photo, refusal):
        s3.put_object_acl(**photo, ACL="public-read")
        put_policy(s3, photo["Bucket"], {"Effect": "Allow"})
        block = {"IgnorePublicAcls": True}
        s3.put_public_access_block(Bucket=photo["Bucket"], PublicAccessBlockConfiguration=block)
        assert anyone.get_object(**photo)["Body"].read() == b"meow"
        block = {"IgnorePublicAcls": True, "RestrictPublicBuckets": True}
        s3.put_public_access_block(Bucket=photo["Bucket"], PublicAccessBlockConfiguration=block)
        assert refusal(anyone.get_object, **photo) == DENIED

    def test_acls_count_only_while_there_are_any(self, s3, anyone, photo, refusal):
        s3.put_object_acl(**photo, ACL="public-read")
        enforced = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        s3.put_bucket_ownership_controls(Bucket=photo["Bucket"], OwnershipControls=enforced)
        assert refusal(anyone.get_object, **photo) == DENIED

    def test_plain_http_is_nobodys(self, s3, photo):
        url = f"https://{photo['Bucket']}.s3.amazonaws.com/cat"
        response = requests.get(url, timeout=5)
        assert response.status_code == 403
        assert "<Code>AccessDenied</Code><Message>Access Denied</Message>" in response.text
        s3.put_object_acl(**photo, ACL="public-read")
        assert requests.get(url, timeout=5).text == "meow"

    def test_what_they_write_is_nobodys(self, s3, anyone, photo, refusal):
        put_policy(s3, photo["Bucket"], {"Effect": "Allow"})
        dog = {"Bucket": photo["Bucket"], "Key": "dog"}
        anyone.put_object(Body=b"woof", **dog)
        nobody = "65a011a29cdf8ec533ec3d1ccaae921c"
        (listed,) = s3.list_objects_v2(Bucket=photo["Bucket"], Prefix="dog", FetchOwner=True)["Contents"]
        assert listed["Owner"] == {"ID": nobody}
        assert anyone.get_object(**dog)["Body"].read() == b"woof"
        assert refusal(s3.get_object, **dog) == DENIED
        full = {"Bucket": photo["Bucket"], "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}
        s3.put_bucket_ownership_controls(**full)
        anyone.put_object(Body=b"bark", **dog)
        assert s3.get_object(**dog)["Body"].read() == b"bark"

    def test_they_begin_no_upload_in_parts(self, s3, anyone, photo, refusal):
        put_policy(s3, photo["Bucket"], {"Effect": "Allow"})
        assert refusal(anyone.create_multipart_upload, **photo) == {
            **DENIED,
            "Message": "Anonymous users cannot initiate multipart uploads.  Please authenticate.",
        }

    def test_they_are_told_of_tags_only_where_they_may_read_them(self, s3, anyone, photo):
        s3.put_object(Tagging="a=b", **photo)
        put_policy(s3, photo["Bucket"], {"Effect": "Allow", "Action": "s3:GetObject"})
        assert "TagCount" not in anyone.get_object(**photo)
        assert s3.head_object(**photo)["TagCount"] == 1
        put_policy(s3, photo["Bucket"], {"Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectTagging"]})
        assert anyone.head_object(**photo)["TagCount"] == 1

    def test_a_form_of_nobodys_needs_a_bucket_that_is_open(self, s3, photo):
        url = f"https://{photo['Bucket']}.s3.amazonaws.com/"
        file = {"file": ("a", b"a")}
        assert requests.post(url, data={"key": "dog"}, files=file, timeout=5).status_code == 403
        s3.put_bucket_acl(Bucket=photo["Bucket"], ACL="public-read-write")
        assert requests.post(url, data={"key": "dog"}, files=file, timeout=5).status_code == 204


class TestOtherAccounts:
    """Callers of other accounts need a policy or an ACL that lets them."""

    def test_they_are_not_let_in_by_themselves(self, other, photo, refusal):
        assert refusal(other.get_object, **photo) == DENIED
        assert refusal(other.list_objects_v2, Bucket=photo["Bucket"]) == DENIED
        assert refusal(other.delete_bucket, Bucket=photo["Bucket"]) == DENIED
        told = refusal(other.head_bucket, Bucket=photo["Bucket"])
        assert told == {"Status": 403, "Code": "403", "Message": "Forbidden"}

    @pytest.mark.parametrize("principal", [OTHER_ACCOUNT, f"arn:aws:iam::{OTHER_ACCOUNT}:root"])
    def test_a_policy_may_name_them(self, s3, other, photo, refusal, principal):
        put_policy(s3, photo["Bucket"], {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "s3:Get*"})
        assert other.get_object(**photo)["Body"].read() == b"meow"
        assert refusal(other.put_object, **photo) == DENIED
        assert refusal(client_of(account="333333333333").get_object, **photo) == DENIED

    def test_an_acl_may_name_them(self, s3, other, photo, refusal):
        owner = other.list_buckets()["Owner"]["ID"]
        s3.put_object_acl(**photo, GrantRead=f'id="{owner}"')
        assert other.get_object(**photo)["Body"].read() == b"meow"
        assert refusal(other.get_object_acl, **photo) == DENIED
        s3.put_object_acl(**photo, ACL="authenticated-read")
        assert other.get_object(**photo)["Body"].read() == b"meow"

    def test_the_source_of_a_copy_must_be_readable(self, s3, other, photo, refusal):
        other.create_bucket(Bucket="theirs")
        copy = {"Bucket": "theirs", "Key": "cat", "CopySource": photo}
        assert refusal(other.copy_object, **copy) == DENIED
        put_policy(s3, photo["Bucket"], {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}})
        other.copy_object(**copy)

    def test_several_deletions_are_judged_one_by_one(self, s3, other, photo):
        bucket = photo["Bucket"]
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": OTHER_ACCOUNT},
            "Action": "s3:DeleteObject",
            "Resource": f"arn:aws:s3:::{bucket}/a*",
        }
        put_policy(s3, bucket, statement)
        told = other.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}, {"Key": "cat"}]})
        assert told["Deleted"] == [{"Key": "a"}]
        assert told["Errors"] == [{"Key": "cat", "Code": "AccessDenied", "Message": "Access Denied"}]

    def test_what_they_write_is_theirs(self, s3, other, photo, refusal):
        put_policy(s3, photo["Bucket"], {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}})
        other.put_object(Bucket=photo["Bucket"], Key="dog", Body=b"woof")
        dog = {"Bucket": photo["Bucket"], "Key": "dog"}
        assert refusal(s3.get_object, **dog) == DENIED
        owner = s3.list_buckets()["Owner"]["ID"]
        other.put_object_acl(**dog, GrantRead=f'id="{owner}"')
        assert s3.get_object(**dog)["Body"].read() == b"woof"
        s3.delete_object(**dog)

    def test_they_may_give_to_the_buckets_owner(self, s3, other, photo, refusal):
        put_policy(s3, photo["Bucket"], {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}})
        dog = {"Bucket": photo["Bucket"], "Key": "dog"}
        other.put_object(**dog, Body=b"woof", ACL="bucket-owner-read")
        assert s3.get_object(**dog)["Body"].read() == b"woof"
        assert refusal(s3.get_object_acl, **dog) == DENIED
        other.put_object(**dog, ACL="bucket-owner-full-control")
        granted = [grant["Permission"] for grant in s3.get_object_acl(**dog)["Grants"]]
        assert granted == ["FULL_CONTROL", "FULL_CONTROL"]

    def test_what_they_write_may_be_the_buckets_owners(self, s3, other, photo):
        put_policy(s3, photo["Bucket"], {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}})
        preferred = {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
        s3.put_bucket_ownership_controls(Bucket=photo["Bucket"], OwnershipControls=preferred)
        dog = {"Bucket": photo["Bucket"], "Key": "dog"}
        other.put_object(**dog, ACL="bucket-owner-full-control")
        owner = s3.list_buckets()["Owner"]["ID"]
        assert s3.get_object_acl(**dog)["Owner"]["ID"] == owner
        other.put_object(**dog)
        listed = s3.list_objects_v2(Bucket=photo["Bucket"], Prefix="dog", FetchOwner=True)["Contents"]
        assert listed[0]["Owner"]["ID"] != owner

    def test_where_the_requester_pays_they_must_say_so(self, s3, other, photo, refusal):
        put_policy(s3, photo["Bucket"], {"Effect": "Allow"})
        s3.put_bucket_request_payment(Bucket=photo["Bucket"], RequestPaymentConfiguration={"Payer": "Requester"})
        assert refusal(other.get_object, **photo) == DENIED
        got = other.get_object(**photo, RequestPayer="requester")
        assert (got["Body"].read(), got["RequestCharged"]) == (b"meow", "requester")
        put = other.put_object(Bucket=photo["Bucket"], Key="dog", RequestPayer="requester")
        assert put["RequestCharged"] == "requester"
        assert "RequestCharged" not in s3.get_object(**photo, RequestPayer="requester")

    def test_tags_of_what_is_written_need_leave_of_their_own(self, s3, other, photo, refusal):
        allow = {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}}
        dog = {"Bucket": photo["Bucket"], "Key": "dog", "Tagging": "a=b"}
        put_policy(s3, photo["Bucket"], {**allow, "Action": "s3:PutObject"})
        assert refusal(other.put_object, **dog) == DENIED
        assert refusal(other.create_multipart_upload, **dog) == DENIED
        put_policy(s3, photo["Bucket"], {**allow, "Action": ["s3:PutObject", "s3:PutObjectTagging"]})
        other.put_object(**dog)

    def test_an_acl_of_what_is_written_needs_none(self, s3, other, photo):
        full = {"GrantFullControl": f"id={OWNER['ID']}"}
        condition = {"StringEquals": {"s3:x-amz-grant-full-control": full["GrantFullControl"]}}
        allow = {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Condition": condition}
        put_policy(s3, photo["Bucket"], {**allow, "Action": "s3:PutObject"})
        other.put_object(Bucket=photo["Bucket"], Key="dog", **full)

    def test_tags_are_copied_by_leave_of_their_own(self, s3, other, photo, refusal):
        allow = {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}}
        s3.put_object_tagging(**photo, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
        copy = {"Bucket": photo["Bucket"], "Key": "copy", "CopySource": photo}
        put_policy(s3, photo["Bucket"], {**allow, "Action": ["s3:GetObject", "s3:PutObject"]})
        assert refusal(other.copy_object, **copy) == DENIED
        other.copy_object(**copy, TaggingDirective="REPLACE")
        actions = ["s3:GetObject", "s3:PutObject", "s3:GetObjectTagging", "s3:PutObjectTagging"]
        put_policy(s3, photo["Bucket"], {**allow, "Action": actions})
        other.copy_object(**copy)

    def test_locks_and_what_gets_round_them_need_leave(self, s3, other, advance, refusal):
        s3.create_bucket(Bucket="vault", ObjectLockEnabledForBucket=True)
        until = datetime(2040, 1, 1, tzinfo=timezone.utc)
        allow = {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}}
        put_policy(
            s3, "vault", {**allow, "Action": ["s3:PutObject", "s3:DeleteObjectVersion", "s3:PutObjectRetention"]}
        )
        locked = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": until}
        held = {"ObjectLockLegalHoldStatus": "ON"}
        assert refusal(other.put_object, Bucket="vault", Key="gold", Body=b"1", **held) == DENIED
        version_id = other.put_object(Bucket="vault", Key="gold", Body=b"1", **locked)["VersionId"]
        delete = {"Bucket": "vault", "Key": "gold", "VersionId": version_id, "BypassGovernanceRetention": True}
        assert refusal(other.delete_object, **delete) == DENIED
        several = {"Objects": [{"Key": "gold", "VersionId": version_id}]}
        answered = other.delete_objects(Bucket="vault", Delete=several, BypassGovernanceRetention=True)
        assert [error["Code"] for error in answered["Errors"]] == ["AccessDenied"]
        put_policy(s3, "vault", {**allow, "Action": ["s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"]})
        other.delete_object(**delete)

    def test_attributes_need_leave_of_their_own(self, s3, other, photo, refusal):
        allow = {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}}
        put_policy(s3, photo["Bucket"], {**allow, "Action": "s3:GetObject"})
        assert refusal(other.get_object_attributes, **photo, ObjectAttributes=["ObjectSize"]) == DENIED
        put_policy(s3, photo["Bucket"], {**allow, "Action": ["s3:GetObject", "s3:GetObjectAttributes"]})
        assert other.get_object_attributes(**photo, ObjectAttributes=["ObjectSize"])["ObjectSize"] == 4

    def test_who_begins_an_upload_may_list_its_parts_and_abort_it(self, s3, other, photo, refusal):
        put_policy(
            s3, photo["Bucket"], {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}, "Action": "s3:PutObject"}
        )
        mine = {"Bucket": photo["Bucket"], "Key": "film"}
        mine["UploadId"] = other.create_multipart_upload(**mine)["UploadId"]
        other.upload_part(**mine, PartNumber=1, Body=b"x")
        assert [part["Size"] for part in other.list_parts(**mine)["Parts"]] == [1]
        theirs = {"Bucket": photo["Bucket"], "Key": "film"}
        theirs["UploadId"] = s3.create_multipart_upload(**theirs)["UploadId"]
        assert refusal(other.list_parts, **theirs) == DENIED
        assert refusal(other.abort_multipart_upload, **theirs) == DENIED
        other.abort_multipart_upload(**mine)

    def test_a_policy_is_its_owners_whatever_it_allows(self, s3, other, photo, refusal):
        put_policy(s3, photo["Bucket"], {"Effect": "Allow", "Principal": {"AWS": OTHER_ACCOUNT}})
        for method, call in (("GET", other.get_bucket_policy), ("DELETE", other.delete_bucket_policy)):
            assert refusal(call, Bucket=photo["Bucket"]) == {
                "Status": 405,
                "Code": "MethodNotAllowed",
                "Message": "The specified method is not allowed against this resource.",
                "Method": method,
                "ResourceType": "BUCKETPOLICY",
            }


class TestTheOwner:
    """The bucket's own account may do everything but what a policy denies."""

    def test_a_denial_strikes_the_owner_too(self, s3, photo, refusal):
        put_policy(s3, photo["Bucket"], {"Effect": "Deny", "Action": "s3:DeleteObject"})
        assert refusal(s3.delete_object, **photo) == explicitly("s3:DeleteObject", f"{photo['Bucket']}/cat")
        assert s3.get_object(**photo)["Body"].read() == b"meow"

    def test_nobody_is_locked_out_of_the_policy_itself(self, s3, photo, refusal):
        bucket = photo["Bucket"]
        put_policy(s3, bucket, {"Effect": "Deny"})
        assert refusal(s3.get_bucket_tagging, Bucket=bucket) == explicitly("s3:GetBucketTagging", bucket)
        assert s3.get_bucket_policy(Bucket=bucket)["Policy"]
        s3.delete_bucket_policy(Bucket=bucket)
        assert s3.get_object(**photo)["Body"].read() == b"meow"

    def test_uploads_may_have_to_be_encrypted(self, s3, photo, refusal):
        condition = {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}
        put_policy(s3, photo["Bucket"], {"Effect": "Deny", "Action": "s3:PutObject", "Condition": condition})
        assert refusal(s3.put_object, **photo) == explicitly("s3:PutObject", f"{photo['Bucket']}/cat")
        s3.put_object(**photo, ServerSideEncryption="aws:kms")

    def test_http_may_be_forbidden(self, s3, cloud, photo, refusal):
        condition = {"Bool": {"aws:SecureTransport": "false"}}
        put_policy(s3, photo["Bucket"], {"Effect": "Deny", "Condition": condition})
        assert s3.get_object(**photo)["Body"].read() == b"meow"
        insecure = cloud.client("s3", use_ssl=False)
        assert refusal(insecure.get_object, **photo) == explicitly("s3:GetObject", f"{photo['Bucket']}/cat")
        local = cloud.client("s3", endpoint_url="http://localhost:4566")
        assert local.get_object(**photo)["Body"].read() == b"meow"

    def test_conditions_may_ask_for_prefixes_and_tags(self, s3, photo, refusal):
        bucket = photo["Bucket"]
        s3.put_object_tagging(**photo, Tagging={"TagSet": [{"Key": "secret", "Value": "yes"}]})
        put_policy(
            s3,
            bucket,
            {"Effect": "Deny", "Action": "s3:ListBucket", "Condition": {"StringNotLike": {"s3:prefix": "open/*"}}},
            {
                "Effect": "Deny",
                "Action": "s3:GetObject",
                "Condition": {"StringEquals": {"s3:ExistingObjectTag/secret": "yes"}},
            },
        )
        s3.list_objects_v2(Bucket=bucket, Prefix="open/")
        assert refusal(s3.list_objects_v2, Bucket=bucket, Prefix="shut/")["Code"] == "AccessDenied"
        assert refusal(s3.get_object, **photo)["Code"] == "AccessDenied"

    def test_a_policy_may_limit_how_long_objects_are_locked(self, s3, cloud, refusal):
        s3.create_bucket(Bucket="locks", ObjectLockEnabledForBucket=True)
        too_long = {"NumericGreaterThan": {"s3:object-lock-remaining-retention-days": "10"}}
        not_governed = {"StringEquals": {"s3:object-lock-mode": "COMPLIANCE"}}
        held = {"StringEquals": {"s3:object-lock-legal-hold": "ON"}}
        put_policy(
            s3,
            "locks",
            {"Effect": "Deny", "Action": "s3:PutObjectRetention", "Condition": too_long},
            {"Effect": "Deny", "Action": "s3:PutObjectRetention", "Condition": not_governed},
            {"Effect": "Deny", "Action": "s3:PutObjectLegalHold", "Condition": held},
        )
        cat = {"Bucket": "locks", "Key": "cat"}
        s3.put_object(**cat)
        for mode, days, may in (("GOVERNANCE", 11, False), ("COMPLIANCE", 9, False), ("GOVERNANCE", 9, True)):
            until = cloud.clock.now() + timedelta(days=days)
            retention = {"Mode": mode, "RetainUntilDate": until}
            locked = {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": until}
            if may:
                s3.put_object_retention(Retention=retention, **cat)
            else:
                assert refusal(s3.put_object_retention, Retention=retention, **cat)["Code"] == "AccessDenied"
                assert refusal(s3.put_object, **locked, **cat)["Code"] == "AccessDenied"
        assert refusal(s3.put_object_legal_hold, LegalHold={"Status": "ON"}, **cat)["Code"] == "AccessDenied"

    def test_a_policy_may_limit_the_age_of_presigned_urls(self, s3, cloud, photo):
        put_policy(
            s3,
            photo["Bucket"],
            {
                "Effect": "Deny",
                "Action": "s3:GetObject",
                "Condition": {"NumericGreaterThan": {"s3:signatureAge": "600000"}},
            },
        )
        signer = cloud.client("s3", config=Config(signature_version="s3v4"))
        url = signer.generate_presigned_url("get_object", Params=photo, ExpiresIn=3600)
        cloud.clock.advance(seconds=590)
        assert requests.get(url, timeout=5).status_code == 200
        cloud.clock.advance(seconds=20)
        assert requests.get(url, timeout=5).status_code == 403

    def test_a_role_may_be_denied_by_name(self, s3, cloud, photo, refusal):
        role = f"arn:aws:iam::{ACCOUNT}:role/worker"
        put_policy(s3, photo["Bucket"], {"Effect": "Deny", "Principal": {"AWS": role}, "Action": "s3:GetObject"})
        keys = cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="one")["Credentials"]
        session = boto3.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], "us-east-1")
        told = refusal(session.client("s3").get_object, **photo)
        assert told["Message"].startswith(f"User: arn:aws:sts::{ACCOUNT}:assumed-role/worker/one is not authorized")
        assert s3.get_object(**photo)["Body"].read() == b"meow"


class TestAccessPoints:
    """An access point stands for its bucket: by ARN, by alias, by host."""

    @pytest.fixture
    def point(self, s3: Any, cloud: Any, photo: dict[str, str]) -> dict[str, str]:
        control = cloud.client("s3control")
        made = control.create_access_point(AccountId=ACCOUNT, Name="door", Bucket=photo["Bucket"])
        return {"arn": made["AccessPointArn"], "alias": made["Alias"]}

    @pytest.mark.parametrize("name", ["arn", "alias"])
    def test_objects_are_reached_through_it(self, s3, point, photo, name):
        through = point[name]
        assert s3.get_object(Bucket=through, Key="cat")["Body"].read() == b"meow"
        s3.put_object(Bucket=through, Key="a b/dog", Body=b"woof")
        listed = s3.list_objects_v2(Bucket=through)
        assert [one["Key"] for one in listed["Contents"]] == ["a b/dog", "cat"]
        assert s3.head_bucket(Bucket=through)["AccessPointAlias"] is (name == "alias")
        s3.copy_object(Bucket=through, Key="copy", CopySource={"Bucket": through, "Key": "cat"})
        assert s3.get_object(Bucket=photo["Bucket"], Key="copy")["Body"].read() == b"meow"
        s3.delete_objects(Bucket=through, Delete={"Objects": [{"Key": "copy"}]})

    def test_what_only_buckets_have_is_not(self, s3, point, refusal):
        told = refusal(s3.get_bucket_versioning, Bucket=point["alias"])
        assert (told["Status"], told["Code"], told["ResourceType"]) == (405, "MethodNotAllowed", "ACCESSPOINT")

    def test_one_that_does_not_exist_is_told(self, s3, refusal):
        told = refusal(s3.get_object, Bucket=f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/none", Key="cat")
        assert told == {
            "Status": 404,
            "Code": "NoSuchAccessPoint",
            "Message": "The specified accesspoint does not exist",
            "AccessPointName": "none",
        }

    def test_its_policy_may_deny(self, s3, cloud, point, refusal):
        statement = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"{point['arn']}/object/*",
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        cloud.client("s3control").put_access_point_policy(AccountId=ACCOUNT, Name="door", Policy=policy)
        assert refusal(s3.get_object, Bucket=point["arn"], Key="cat")["Code"] == "AccessDenied"
        s3.put_object(Bucket=point["arn"], Key="cat")

    def test_for_others_both_policies_must_allow(self, s3, cloud, other, point, photo, refusal):
        through = {"Bucket": point["arn"], "Key": "cat"}
        delegation = {"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}}
        put_policy(s3, photo["Bucket"], {"Effect": "Allow", "Condition": delegation})
        assert refusal(other.get_object, **through) == DENIED
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": OTHER_ACCOUNT},
            "Action": "s3:GetObject",
            "Resource": f"{point['arn']}/object/*",
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        cloud.client("s3control").put_access_point_policy(AccountId=ACCOUNT, Name="door", Policy=policy)
        assert other.get_object(**through)["Body"].read() == b"meow"
        assert refusal(other.get_object, **photo) == DENIED
