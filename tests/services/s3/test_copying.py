"""CopyObject: what comes along, what does not, on what conditions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from .conftest import answer, no_such_bucket, no_such_key, precondition_failed

ETAG = '"4a4be40c96ac6314e91d93f38043a634"'
ILLEGAL = {
    "Status": 400,
    "Code": "InvalidRequest",
    "Message": "This copy request is illegal because it is trying to copy an object to itself without changing the "
    "object's metadata, storage class, website redirect location or encryption attributes.",
}


@pytest.fixture
def cat(s3, bucket):
    s3.put_object(
        Bucket=bucket,
        Key="cat",
        Body=b"meow",
        ContentType="text/plain",
        Metadata={"mood": "sleepy"},
        Tagging="a=1",
        StorageClass="STANDARD_IA",
        WebsiteRedirectLocation="/dog",
    )
    return {"Bucket": bucket, "Key": "cat"}


def copy(s3, source, key="copy", **arguments):
    return s3.copy_object(**{"Bucket": source["Bucket"], "Key": key, "CopySource": source, **arguments})


def test_a_copy_is_told_with_its_checksum(s3, cat):
    copied = answer(copy(s3, cat))
    assert copied["CopyObjectResult"].pop("LastModified")
    assert copied == {
        "CopyObjectResult": {"ETag": ETAG, "ChecksumCRC32": "ihBq/g==", "ChecksumType": "FULL_OBJECT"},
        "ServerSideEncryption": "AES256",
    }


def test_metadata_and_tags_come_along_but_not_class_redirect_and_acl(s3, cat, bucket):
    copy(s3, cat)
    found = s3.get_object(Bucket=bucket, Key="copy")
    assert (found["Body"].read(), found["ContentType"], found["Metadata"]) == (
        b"meow",
        "text/plain",
        {"mood": "sleepy"},
    )
    assert "StorageClass" not in found
    assert "WebsiteRedirectLocation" not in found
    assert s3.get_object_tagging(Bucket=bucket, Key="copy")["TagSet"] == [{"Key": "a", "Value": "1"}]


def test_metadata_and_tags_are_replaced_on_demand_alone(s3, cat, bucket):
    copy(s3, cat, Metadata={"mood": "awake"}, ContentType="text/html", Tagging="b=2")
    assert s3.head_object(Bucket=bucket, Key="copy")["Metadata"] == {"mood": "sleepy"}
    copy(
        s3,
        cat,
        MetadataDirective="REPLACE",
        TaggingDirective="REPLACE",
        Metadata={"mood": "awake"},
        Tagging="b=2",
    )
    found = s3.head_object(Bucket=bucket, Key="copy")
    assert (found["Metadata"], found["ContentType"]) == ({"mood": "awake"}, "binary/octet-stream")
    assert s3.get_object_tagging(Bucket=bucket, Key="copy")["TagSet"] == [{"Key": "b", "Value": "2"}]


def test_a_copy_and_its_source_go_their_own_ways(s3, cat, bucket):
    copy(s3, cat)
    s3.put_object_tagging(Bucket=bucket, Key="copy", Tagging={"TagSet": []})
    s3.put_object(Bucket=bucket, Key="cat", Body=b"purr")
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == b"meow"


def test_objects_are_copied_between_buckets_and_regions(s3, cat):
    s3.create_bucket(Bucket="abroad", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    copy(s3, cat, Bucket="abroad")
    assert s3.get_object(Bucket="abroad", Key="copy")["Body"].read() == b"meow"


@pytest.mark.parametrize("key", ["a b", "a+b", "a%20b", "schön/😀", "a?versionId", "x&y=z"])
def test_a_source_may_have_any_key(s3, bucket, key):
    s3.put_object(Bucket=bucket, Key=key, Body=b"meow")
    copy(s3, {"Bucket": bucket, "Key": key})
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == b"meow"


@pytest.mark.parametrize("source", ["photos/cat", "/photos/cat"])
def test_a_source_may_be_text(s3, cat, bucket, source):
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=source)
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == b"meow"


def test_what_is_not_there_cannot_be_copied(s3, cat, bucket, refusal):
    assert refusal(copy, s3=s3, source={"Bucket": bucket, "Key": "dog"}) == no_such_key("dog")
    source = {"Bucket": "nothing", "Key": "cat"}
    assert refusal(copy, s3=s3, source=source, Bucket=bucket) == no_such_bucket("nothing")
    assert refusal(copy, s3=s3, source=cat, Bucket="nothing") == no_such_bucket("nothing")


class TestOntoItself:
    def test_it_must_change_something(self, s3, bucket, refusal):
        s3.put_object(Bucket=bucket, Key="cat", Body=b"meow")
        cat = {"Bucket": bucket, "Key": "cat"}
        assert refusal(copy, s3=s3, source=cat, key="cat") == ILLEGAL
        assert refusal(copy, s3=s3, source=cat, key="cat", Metadata={"a": "b"}) == ILLEGAL
        assert refusal(copy, s3=s3, source=cat, key="cat", ACL="private") == ILLEGAL

    def test_anything_goes_where_the_bucket_says_how_to_encrypt(self, s3, cat, bucket, refusal):
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
        assert copy(s3, cat, "cat")["CopyObjectResult"]["ETag"] == ETAG
        s3.delete_bucket_encryption(Bucket=bucket)
        assert refusal(copy, s3=s3, source=cat, key="cat") == ILLEGAL

    @pytest.mark.parametrize(
        "change",
        [
            {"MetadataDirective": "REPLACE"},
            {"StorageClass": "STANDARD"},
            {"WebsiteRedirectLocation": "/dog"},
            {"ServerSideEncryption": "AES256"},
        ],
    )
    def test_these_are_changes(self, s3, cat, change):
        assert copy(s3, cat, key="cat", **change)["CopyObjectResult"]["ETag"] == ETAG

    def test_another_storage_class_takes_effect(self, s3, cat):
        copy(s3, cat, key="cat", StorageClass="STANDARD")
        assert "StorageClass" not in s3.head_object(**cat)

    def test_an_older_version_may_become_the_newest_again(self, s3, versioned):
        old = s3.put_object(Bucket=versioned, Key="cat", Body=b"1")["VersionId"]
        s3.put_object(Bucket=versioned, Key="cat", Body=b"2")
        copied = copy(s3, {"Bucket": versioned, "Key": "cat", "VersionId": old}, key="cat")
        assert copied["CopySourceVersionId"] == old
        assert s3.get_object(Bucket=versioned, Key="cat")["Body"].read() == b"1"
        assert s3.head_object(Bucket=versioned, Key="cat")["VersionId"] == copied["VersionId"] != old


class TestVersions:
    def test_a_copy_of_a_marker_is_refused(self, s3, versioned, refusal):
        s3.put_object(Bucket=versioned, Key="cat")
        marker = s3.delete_object(Bucket=versioned, Key="cat")["VersionId"]
        cat = {"Bucket": versioned, "Key": "cat"}
        assert refusal(copy, s3=s3, source=cat) == no_such_key("cat")
        assert refusal(copy, s3=s3, source={**cat, "VersionId": marker}) == {
            "Status": 400,
            "Code": "InvalidRequest",
            "Message": "The source of a copy request may not specifically refer to a delete marker by version id.",
        }

    def test_in_a_suspended_bucket_the_null_version_is_told_of_the_copy_but_not_of_the_source(self, s3, versioned):
        source = s3.put_object(Bucket=versioned, Key="cat")["VersionId"]
        s3.put_bucket_versioning(Bucket=versioned, VersioningConfiguration={"Status": "Suspended"})
        cat = {"Bucket": versioned, "Key": "cat"}
        first = copy(s3, cat, key="cat", MetadataDirective="REPLACE")
        assert (first["VersionId"], first["CopySourceVersionId"]) == ("null", source)
        second = copy(s3, cat, key="cat", MetadataDirective="REPLACE")
        assert (second["VersionId"], "CopySourceVersionId" in second) == ("null", False)


class TestChecksums:
    @pytest.mark.parametrize(
        ("algorithm", "value"),
        [
            ("CRC32C", "078Ilw=="),
            ("CRC64NVME", "pX30eiUx5C0="),
            ("SHA1", "5zXdjmjYk4EJ8Cw4PMnQVslCpRQ="),
            ("SHA256", "lyTB4g5uPk1/V+0l+dTvsAblCFkNUoyQ2ll/andcE+U="),
        ],
    )
    def test_a_copy_may_have_another_checksum(self, s3, bucket, algorithm, value):
        s3.put_object(Bucket=bucket, Key="json", Body=b'{"key": "value"}')
        copied = copy(s3, {"Bucket": bucket, "Key": "json"}, ChecksumAlgorithm=algorithm)
        assert copied["CopyObjectResult"][f"Checksum{algorithm}"] == value
        headed = s3.head_object(Bucket=bucket, Key="copy", ChecksumMode="ENABLED")
        assert (headed[f"Checksum{algorithm}"], "ChecksumCRC32" in headed) == (value, False)


class TestConditions:
    def test_tags_of_the_source(self, s3, cat, refusal):
        assert copy(s3, cat, CopySourceIfMatch=ETAG)
        assert copy(s3, cat, CopySourceIfNoneMatch='"other"')
        failed = precondition_failed("x-amz-copy-source-If-Match")
        assert refusal(copy, s3=s3, source=cat, CopySourceIfMatch='"other"') == failed
        failed = precondition_failed("x-amz-copy-source-If-None-Match")
        assert refusal(copy, s3=s3, source=cat, CopySourceIfNoneMatch=ETAG) == failed

    def test_dates_of_the_source(self, s3, cat, advance, refusal):
        advance(60)
        changed = s3.head_object(**cat)["LastModified"]
        second, day = timedelta(seconds=1), timedelta(days=1)
        assert copy(s3, cat, CopySourceIfModifiedSince=changed - second)
        assert copy(s3, cat, CopySourceIfModifiedSince=changed + day)
        assert copy(s3, cat, CopySourceIfUnmodifiedSince=changed)
        failed = precondition_failed("x-amz-copy-source-If-Modified-Since")
        assert refusal(copy, s3=s3, source=cat, CopySourceIfModifiedSince=changed) == failed
        failed = precondition_failed("x-amz-copy-source-If-Unmodified-Since")
        assert refusal(copy, s3=s3, source=cat, CopySourceIfUnmodifiedSince=changed - second) == failed

    def test_of_the_object_that_is_written(self, s3, cat, refusal):
        assert refusal(copy, s3=s3, source=cat, IfMatch=ETAG) == no_such_key("copy")
        assert copy(s3, cat, IfNoneMatch="*")
        assert refusal(copy, s3=s3, source=cat, IfNoneMatch="*") == precondition_failed("If-None-Match")
        assert refusal(copy, s3=s3, source=cat, IfMatch='"other"') == precondition_failed("If-Match")
        assert copy(s3, cat, IfMatch=ETAG)
