"""Versions: kept, found by id, deleted, hidden behind markers; with versions suspended the null version is replaced."""

from __future__ import annotations

from datetime import timezone
from email.utils import format_datetime

import pytest
from botocore.exceptions import ClientError

from .conftest import OWNER, answer, no_such_key, status


def suspend(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


def put(s3, bucket, body, key="cat"):
    return s3.put_object(Bucket=bucket, Key=key, Body=body).get("VersionId")


def history(s3, bucket):
    """What ListObjectVersions shows: (key, version id, is latest, whether it is a marker), the newest first."""
    listed = s3.list_object_versions(Bucket=bucket)
    versions = [(one, False) for one in listed.get("Versions", [])]
    markers = [(one, True) for one in listed.get("DeleteMarkers", [])]
    return {(one["Key"], one["VersionId"]): (one["IsLatest"], is_marker) for one, is_marker in versions + markers}


def body_of(s3, bucket, **version):
    return s3.get_object(Bucket=bucket, Key="cat", **version)["Body"].read()


def test_every_put_makes_a_version(s3, versioned):
    first, second = put(s3, versioned, b"1"), put(s3, versioned, b"2")
    assert first != second
    assert body_of(s3, versioned) == b"2"
    assert body_of(s3, versioned, VersionId=first) == b"1"
    found = s3.head_object(Bucket=versioned, Key="cat", VersionId=first)
    assert found["VersionId"] == first
    assert history(s3, versioned) == {("cat", first): (False, False), ("cat", second): (True, False)}


def test_a_deletion_hides_the_object_behind_a_marker(s3, versioned, refusal):
    version = put(s3, versioned, b"1")
    response = s3.delete_object(Bucket=versioned, Key="cat")
    marker = response["VersionId"]
    assert (status(response), answer(response)) == (204, {"DeleteMarker": True, "VersionId": marker})
    assert refusal(s3.get_object, Bucket=versioned, Key="cat") == no_such_key("cat")
    assert "Contents" not in s3.list_objects_v2(Bucket=versioned)
    assert body_of(s3, versioned, VersionId=version) == b"1"
    assert history(s3, versioned) == {("cat", version): (False, False), ("cat", marker): (True, True)}


def test_an_error_about_a_deleted_object_says_so_in_its_headers(s3, versioned):
    from botocore.exceptions import ClientError

    put(s3, versioned, b"1")
    marker = s3.delete_object(Bucket=versioned, Key="cat")["VersionId"]
    with pytest.raises(ClientError) as caught:
        s3.head_object(Bucket=versioned, Key="cat")
    headers = caught.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert (headers["x-amz-delete-marker"], headers["x-amz-version-id"]) == ("true", marker)


def test_a_key_that_never_was_gets_a_marker_too(s3, versioned):
    marker = s3.delete_object(Bucket=versioned, Key="dog")["VersionId"]
    assert history(s3, versioned) == {("dog", marker): (True, True)}


def test_deleting_the_marker_brings_the_object_back(s3, versioned):
    put(s3, versioned, b"1")
    marker = s3.delete_object(Bucket=versioned, Key="cat")["VersionId"]
    deleted = answer(s3.delete_object(Bucket=versioned, Key="cat", VersionId=marker))
    assert deleted == {"DeleteMarker": True, "VersionId": marker}
    assert body_of(s3, versioned) == b"1"


def test_deleting_a_version_is_for_good(s3, versioned, refusal):
    first, second = put(s3, versioned, b"1"), put(s3, versioned, b"2")
    assert answer(s3.delete_object(Bucket=versioned, Key="cat", VersionId=second)) == {"VersionId": second}
    assert body_of(s3, versioned) == b"1"
    assert refusal(s3.get_object, Bucket=versioned, Key="cat", VersionId=second) == {
        "Status": 404,
        "Code": "NoSuchVersion",
        "Message": "The specified version does not exist.",
        "Key": "cat",
        "VersionId": second,
    }
    assert history(s3, versioned) == {("cat", first): (True, False)}


def test_a_marker_can_be_neither_read_nor_changed(s3, versioned, refusal):
    put(s3, versioned, b"1")
    marker = s3.delete_object(Bucket=versioned, Key="cat")["VersionId"]
    refused = {
        "Status": 405,
        "Code": "MethodNotAllowed",
        "Message": "The specified method is not allowed against this resource.",
        "ResourceType": "DeleteMarker",
    }
    named = {"Bucket": versioned, "Key": "cat"}
    assert refusal(s3.get_object, VersionId=marker, **named) == {**refused, "Method": "GET"}
    assert refusal(s3.get_object_acl, VersionId=marker, **named) == {**refused, "Method": "GET"}
    assert refusal(s3.put_object_acl, VersionId=marker, ACL="private", **named) == {**refused, "Method": "PUT"}
    assert refusal(s3.put_object_acl, ACL="private", **named) == {**refused, "Method": "PUT"}
    assert refusal(s3.get_object_acl, **named) == no_such_key("cat")


def test_an_id_that_is_none_is_refused(s3, versioned, refusal):
    put(s3, versioned, b"1")
    assert refusal(s3.get_object, Bucket=versioned, Key="cat", VersionId="short") == {
        "Status": 400,
        "Code": "InvalidArgument",
        "Message": "Invalid version id specified",
        "ArgumentName": "versionId",
        "ArgumentValue": "short",
    }


def test_what_was_there_before_versions_is_the_null_version(s3, bucket):
    assert put(s3, bucket, b"before") is None
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert s3.get_object(Bucket=bucket, Key="cat")["VersionId"] == "null"
    version = put(s3, bucket, b"after")
    assert body_of(s3, bucket, VersionId="null") == b"before"
    assert history(s3, bucket) == {("cat", "null"): (False, False), ("cat", version): (True, False)}


class TestSuspended:
    def test_a_put_replaces_the_null_version_and_keeps_the_others(self, s3, versioned):
        kept = put(s3, versioned, b"1")
        suspend(s3, versioned)
        assert put(s3, versioned, b"2") is None
        assert put(s3, versioned, b"3") is None
        assert history(s3, versioned) == {("cat", kept): (False, False), ("cat", "null"): (True, False)}
        assert (body_of(s3, versioned), body_of(s3, versioned, VersionId=kept)) == (b"3", b"1")
        assert s3.head_object(Bucket=versioned, Key="cat")["VersionId"] == "null"

    def test_a_deletion_puts_a_null_marker_in_the_null_versions_place(self, s3, versioned):
        kept = put(s3, versioned, b"1")
        suspend(s3, versioned)
        put(s3, versioned, b"2")
        for _ in range(2):
            deleted = answer(s3.delete_object(Bucket=versioned, Key="cat"))
            assert deleted == {"DeleteMarker": True, "VersionId": "null"}
            assert history(s3, versioned) == {("cat", kept): (False, False), ("cat", "null"): (True, True)}


class TestListing:
    @pytest.fixture
    def nine(self, s3, versioned):
        """Of three keys: the first two put, deleted and put again, the third put twice and deleted."""
        ids = {}
        for key in ("a", "b"):
            ids[key] = [put(s3, versioned, b"1", key), s3.delete_object(Bucket=versioned, Key=key)["VersionId"]]
            ids[key].append(put(s3, versioned, b"2", key))
        ids["c"] = [put(s3, versioned, body, "c") for body in (b"1", b"2")]
        ids["c"].append(s3.delete_object(Bucket=versioned, Key="c")["VersionId"])
        return ids

    def test_versions_are_listed_by_key_the_newest_first(self, s3, versioned, nine):
        listed = answer(s3.list_object_versions(Bucket=versioned))
        assert all(one.pop("LastModified") for one in listed["Versions"] + listed["DeleteMarkers"])
        version = {
            "ChecksumAlgorithm": ["CRC32"],
            "ChecksumType": "FULL_OBJECT",
            "Owner": OWNER,
            "Size": 1,
            "StorageClass": "STANDARD",
        }
        one, two = '"c4ca4238a0b923820dcc509a6f75849b"', '"c81e728d9d4c2f636f067f89cc14862c"'
        assert listed == {
            "Name": versioned,
            "Prefix": "",
            "KeyMarker": "",
            "VersionIdMarker": "",
            "MaxKeys": 1000,
            "EncodingType": "url",
            "IsTruncated": False,
            "Versions": [
                {**version, "Key": "a", "VersionId": nine["a"][2], "IsLatest": True, "ETag": two},
                {**version, "Key": "a", "VersionId": nine["a"][0], "IsLatest": False, "ETag": one},
                {**version, "Key": "b", "VersionId": nine["b"][2], "IsLatest": True, "ETag": two},
                {**version, "Key": "b", "VersionId": nine["b"][0], "IsLatest": False, "ETag": one},
                {**version, "Key": "c", "VersionId": nine["c"][1], "IsLatest": False, "ETag": two},
                {**version, "Key": "c", "VersionId": nine["c"][0], "IsLatest": False, "ETag": one},
            ],
            "DeleteMarkers": [
                {"Key": "a", "VersionId": nine["a"][1], "IsLatest": False, "Owner": OWNER},
                {"Key": "b", "VersionId": nine["b"][1], "IsLatest": False, "Owner": OWNER},
                {"Key": "c", "VersionId": nine["c"][2], "IsLatest": True, "Owner": OWNER},
            ],
        }

    def test_pages_of_any_size_show_everything_once(self, s3, versioned, nine):
        everything = {(key, version) for key, ids in nine.items() for version in ids}
        for size in range(1, 10):
            shown, markers = [], {}
            while True:
                page = s3.list_object_versions(Bucket=versioned, MaxKeys=size, **markers)
                entries = page.get("Versions", []) + page.get("DeleteMarkers", [])
                assert len(entries) <= size
                shown += [(one["Key"], one["VersionId"]) for one in entries]
                if not page["IsTruncated"]:
                    break
                markers = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}
            assert len(shown) == 9
            assert set(shown) == everything

    def test_a_key_marker_alone_skips_the_whole_key(self, s3, versioned, nine):
        page = s3.list_object_versions(Bucket=versioned, KeyMarker="b", MaxKeys=1)
        (marker,) = page["DeleteMarkers"]
        assert (marker["Key"], page["NextKeyMarker"], page["NextVersionIdMarker"]) == ("c", "c", nine["c"][2])
        last = s3.list_object_versions(Bucket=versioned, KeyMarker="c", MaxKeys=1)
        assert (last["IsTruncated"], "Versions" in last) == (False, False)

    def test_a_version_marker_needs_a_key_marker(self, s3, versioned, nine, refusal):
        version = nine["a"][0]
        assert refusal(s3.list_object_versions, Bucket=versioned, VersionIdMarker=version) == {
            "Status": 400,
            "Code": "InvalidArgument",
            "Message": "A version-id marker cannot be specified without a key marker.",
            "ArgumentName": "version-id-marker",
            "ArgumentValue": version,
        }

    def test_common_prefixes_stand_for_their_keys(self, s3, versioned):
        for key in ("docs/a", "docs/b", "docs/old/c", "readme"):
            put(s3, versioned, b"1", key)
            put(s3, versioned, b"2", key)
        listed = s3.list_object_versions(Bucket=versioned, Delimiter="/", Prefix="docs/")
        assert listed["CommonPrefixes"] == [{"Prefix": "docs/old/"}]
        assert [one["Key"] for one in listed["Versions"]] == ["docs/a", "docs/a", "docs/b", "docs/b"]


class TestSeveralAtOnce:
    def test_deletions_tell_the_markers_they_made(self, s3, versioned):
        put(s3, versioned, b"1")
        deleted = s3.delete_objects(Bucket=versioned, Delete={"Objects": [{"Key": "cat"}, {"Key": "dog"}]})["Deleted"]
        assert [(one["Key"], one["DeleteMarker"]) for one in deleted] == [("cat", True), ("dog", True)]
        assert {("cat", deleted[0]["DeleteMarkerVersionId"]), ("dog", deleted[1]["DeleteMarkerVersionId"])} <= set(
            history(s3, versioned)
        )

    def test_deletions_by_id_tell_versions_from_markers(self, s3, versioned):
        version = put(s3, versioned, b"1")
        marker = s3.delete_object(Bucket=versioned, Key="cat")["VersionId"]
        objects = [{"Key": "cat", "VersionId": marker}, {"Key": "cat", "VersionId": version}]
        assert s3.delete_objects(Bucket=versioned, Delete={"Objects": objects})["Deleted"] == [
            {"Key": "cat", "VersionId": marker, "DeleteMarker": True, "DeleteMarkerVersionId": marker},
            {"Key": "cat", "VersionId": version},
        ]
        assert history(s3, versioned) == {}

    def test_an_id_of_no_version_is_an_error_of_that_one(self, s3, versioned):
        version = put(s3, versioned, b"1")
        objects = [{"Key": "dog", "VersionId": version}, {"Key": "cat", "VersionId": version}]
        answered = s3.delete_objects(Bucket=versioned, Delete={"Objects": objects})
        assert answered["Errors"] == [
            {
                "Key": "dog",
                "VersionId": version,
                "Code": "NoSuchVersion",
                "Message": "The specified version does not exist.",
            }
        ]
        assert answered["Deleted"] == [{"Key": "cat", "VersionId": version}]


def test_where_mfa_delete_is_on_a_version_goes_only_with_a_second_factor(s3, versioned, refusal):
    s3.put_bucket_versioning(
        Bucket=versioned, VersioningConfiguration={"Status": "Enabled", "MFADelete": "Enabled"}, MFA="serial 123456"
    )
    cat = {"Bucket": versioned, "Key": "cat", "VersionId": put(s3, versioned, b"1")}
    assert refusal(s3.delete_object, **cat) == {
        "Status": 403,
        "Code": "AccessDenied",
        "Message": "Mfa Authentication must be used for this request",
    }
    assert status(s3.delete_object(MFA="serial 123456", **cat)) == 204


def test_a_marker_tells_when_it_was_made(s3, versioned, refusal):
    put(s3, versioned, b"1")
    marker = s3.delete_object(Bucket=versioned, Key="cat")["VersionId"]
    made = s3.list_object_versions(Bucket=versioned)["DeleteMarkers"][0]["LastModified"]
    for call in (s3.get_object, s3.head_object):
        with pytest.raises(ClientError) as caught:
            call(Bucket=versioned, Key="cat", VersionId=marker)
        told = caught.value.response["ResponseMetadata"]
        assert told["HTTPStatusCode"] == 405
        assert told["HTTPHeaders"]["last-modified"] == format_datetime(made.astimezone(timezone.utc), usegmt=True)


def test_without_a_second_factor_none_of_several_is_deleted(s3, versioned, refusal):
    s3.put_bucket_versioning(
        Bucket=versioned, VersioningConfiguration={"Status": "Enabled", "MFADelete": "Enabled"}, MFA="serial 123456"
    )
    version_id = put(s3, versioned, b"1")
    named = [{"Key": "other"}, {"Key": "cat", "VersionId": version_id}]
    assert refusal(s3.delete_objects, Bucket=versioned, Delete={"Objects": named})["Code"] == "AccessDenied"
    assert history(s3, versioned) == {("cat", version_id): (True, False)}
    deleted = s3.delete_objects(Bucket=versioned, Delete={"Objects": named}, MFA="serial 123456")["Deleted"]
    assert [one["Key"] for one in deleted] == ["other", "cat"]
