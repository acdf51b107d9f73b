"""The tags and the access control lists of objects."""

from __future__ import annotations

import pytest
from botocore.config import Config

from .conftest import OWNER, answer, no_such_key

FULL_CONTROL = {"Grantee": {"Type": "CanonicalUser", **OWNER}, "Permission": "FULL_CONTROL"}
EVERYBODY = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}


@pytest.fixture
def cat(s3, bucket):
    s3.put_object(Bucket=bucket, Key="cat")
    return {"Bucket": bucket, "Key": "cat"}


def tags(**pairs):
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


class TestTags:
    def test_tags_come_in_a_header(self, s3, cat):
        s3.put_object(Tagging="mood=very%20sleepy&age=7&plain", **cat)
        assert s3.get_object_tagging(**cat)["TagSet"] == tags(mood="very sleepy", age="7", plain="")
        assert s3.get_object(**cat)["TagCount"] == 3
        assert s3.head_object(**cat)["TagCount"] == 3

    def test_tags_are_replaced_as_a_whole_and_removed(self, s3, cat):
        s3.put_object_tagging(Tagging={"TagSet": tags(a="1", b="2")}, **cat)
        s3.put_object_tagging(Tagging={"TagSet": tags(c="3")}, **cat)
        assert s3.get_object_tagging(**cat)["TagSet"] == tags(c="3")
        s3.delete_object_tagging(**cat)
        assert s3.get_object_tagging(**cat)["TagSet"] == []
        assert "TagCount" not in s3.head_object(**cat)

    def test_an_overwritten_object_loses_its_tags(self, s3, cat):
        s3.put_object_tagging(Tagging={"TagSet": tags(a="1")}, **cat)
        s3.put_object(**cat)
        assert s3.get_object_tagging(**cat)["TagSet"] == []

    def test_a_document_without_a_tag_set_takes_them_all(self, cloud, s3, cat, refusal):
        unchecked = cloud.client("s3", config=Config(parameter_validation=False))
        s3.put_object_tagging(Tagging={"TagSet": tags(a="1")}, **cat)
        assert answer(unchecked.put_object_tagging(Tagging={}, **cat)) == {}
        assert s3.get_object_tagging(**cat)["TagSet"] == []
        s3.put_bucket_tagging(Bucket=cat["Bucket"], Tagging={"TagSet": tags(a="1")})
        assert answer(unchecked.put_bucket_tagging(Bucket=cat["Bucket"], Tagging={})) == {}
        assert refusal(s3.get_bucket_tagging, Bucket=cat["Bucket"])["Code"] == "NoSuchTagSet"

    def test_each_version_has_its_own(self, s3, versioned):
        first = s3.put_object(Bucket=versioned, Key="cat", Tagging="a=1")["VersionId"]
        second = s3.put_object(Bucket=versioned, Key="cat", Tagging="a=2")["VersionId"]
        told = answer(s3.get_object_tagging(Bucket=versioned, Key="cat", VersionId=first))
        assert told == {"VersionId": first, "TagSet": tags(a="1")}
        assert s3.get_object_tagging(Bucket=versioned, Key="cat")["VersionId"] == second

    @pytest.mark.parametrize(
        ("given", "refused"),
        [
            (
                [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}],
                {"Message": "Cannot provide multiple Tags with the same key", "TagKey": "a"},
            ),
            (
                [{"Key": "Key1,Key2", "Value": "1"}],
                {"Message": "The TagKey you have provided is invalid", "TagKey": "Key1,Key2"},
            ),
            (
                [{"Key": "a", "Value": "1,2"}],
                {"Message": "The TagValue you have provided is invalid", "TagKey": "a", "TagValue": "1,2"},
            ),
            (
                [{"Key": "aws:a", "Value": "1"}],
                {"Message": "Your TagKey cannot be prefixed with aws:", "TagKey": "aws:a"},
            ),
        ],
    )
    def test_tags_that_s3_does_not_take(self, s3, cat, refusal, given, refused):
        assert refusal(s3.put_object_tagging, Tagging={"TagSet": given}, **cat) == {
            "Status": 400,
            "Code": "InvalidTag",
            **refused,
        }

    def test_an_object_has_at_most_ten(self, s3, cat, refusal):
        many = tags(**{f"key{number}": "" for number in range(11)})
        assert refusal(s3.put_object_tagging, Tagging={"TagSet": many}, **cat) == {
            "Status": 400,
            "Code": "BadRequest",
            "Message": "Object tags cannot be greater than 10",
        }

    def test_a_header_names_each_tag_once(self, s3, cat, refusal):
        assert refusal(s3.put_object, Tagging="a=1&a=2", **cat) == {
            "Status": 400,
            "Code": "InvalidArgument",
            "Message": "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters "
            "without tag name duplicates.",
            "ArgumentName": "x-amz-tagging",
            "ArgumentValue": "a=1&a=2",
        }

    def test_what_is_not_there_has_no_tags(self, s3, bucket, refusal):
        for call, arguments in (
            (s3.get_object_tagging, {}),
            (s3.delete_object_tagging, {}),
            (s3.put_object_tagging, {"Tagging": {"TagSet": []}}),
        ):
            assert refusal(call, Bucket=bucket, Key="dog", **arguments) == no_such_key("dog")


class TestAcls:
    @pytest.fixture
    def open_bucket(self, s3):
        """A bucket that takes ACLs, public ones too."""
        s3.create_bucket(Bucket="open", ObjectOwnership="ObjectWriter")
        s3.delete_public_access_block(Bucket="open")
        return "open"

    def test_an_object_is_its_owners_alone(self, s3, cat):
        assert answer(s3.get_object_acl(**cat)) == {"Owner": OWNER, "Grants": [FULL_CONTROL]}

    def test_a_canned_acl_is_spelled_out(self, s3, open_bucket):
        s3.put_object(Bucket=open_bucket, Key="cat", ACL="public-read")
        granted = [FULL_CONTROL, {"Grantee": EVERYBODY, "Permission": "READ"}]
        assert s3.get_object_acl(Bucket=open_bucket, Key="cat")["Grants"] == granted
        s3.put_object_acl(Bucket=open_bucket, Key="cat", ACL="private")
        assert s3.get_object_acl(Bucket=open_bucket, Key="cat")["Grants"] == [FULL_CONTROL]

    def test_grants_come_in_headers_and_documents(self, s3, open_bucket):
        cat = {"Bucket": open_bucket, "Key": "cat"}
        s3.put_object(GrantRead=f'uri="{EVERYBODY["URI"]}"', **cat)
        assert s3.get_object_acl(**cat)["Grants"] == [{"Grantee": EVERYBODY, "Permission": "READ"}]
        s3.put_object_acl(AccessControlPolicy={"Owner": OWNER, "Grants": [FULL_CONTROL]}, **cat)
        assert s3.get_object_acl(**cat)["Grants"] == [FULL_CONTROL]

    def test_a_bucket_whose_owner_has_everything_takes_no_acl(self, s3, cat, refusal):
        refused = {
            "Status": 400,
            "Code": "AccessControlListNotSupported",
            "Message": "The bucket does not allow ACLs",
        }
        assert refusal(s3.put_object, ACL="public-read", **cat) == refused
        assert refusal(s3.put_object_acl, ACL="public-read", **cat) == refused
        s3.put_object(ACL="bucket-owner-full-control", **cat)
        s3.put_object_acl(ACL="bucket-owner-full-control", **cat)

    def test_public_acls_are_blocked_where_the_bucket_blocks_them(self, s3, refusal):
        s3.create_bucket(Bucket="writers", ObjectOwnership="ObjectWriter")
        refused = refusal(s3.put_object, Bucket="writers", Key="cat", ACL="public-read")
        assert (refused["Status"], refused["Code"]) == (403, "AccessDenied")


def test_a_public_acl_of_an_object_is_refused_where_those_are_blocked(s3, bucket, refusal):
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    s3.put_object(Bucket=bucket, Key="cat.jpg", Body=b"meow")
    assert refusal(s3.put_object_acl, Bucket=bucket, Key="cat.jpg", ACL="public-read") == {
        "Status": 403,
        "Code": "AccessDenied",
        "Message": "User: arn:aws:iam::123456789012:root is not authorized to perform: s3:PutObjectAcl on resource: "
        '"arn:aws:s3:::photos/cat.jpg" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block '
        "Public Access.",
    }


def test_without_acls_only_the_owners_full_control_can_be_asked_for(s3, bucket, refusal):
    refused = {"Status": 400, "Code": "AccessControlListNotSupported", "Message": "The bucket does not allow ACLs"}
    cat = {"Bucket": bucket, "Key": "cat"}
    s3.put_object(ACL="bucket-owner-full-control", **cat)
    s3.put_object(GrantFullControl=f"id={OWNER['ID']}", **cat)
    s3.put_object(ACL="private", **cat)  # a deviation
    for canned in ("bucket-owner-read", "public-read"):
        assert refusal(s3.put_object, ACL=canned, **cat) == refused
        assert refusal(s3.put_object_acl, ACL=canned, **cat) == refused
        assert refusal(s3.create_multipart_upload, ACL=canned, **cat) == refused
        assert refusal(s3.copy_object, ACL=canned, CopySource=cat, Bucket=bucket, Key="copy") == refused
