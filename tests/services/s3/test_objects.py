"""Objects: put, got, headed; their metadata and headers."""

from __future__ import annotations

import io
import re
from datetime import datetime, timezone

import pytest

from .conftest import answer, no_such_bucket, no_such_key, status

ETAG = '"4a4be40c96ac6314e91d93f38043a634"'  # MD5 of b"meow"


def test_an_object_comes_back_as_it_was_put(s3, bucket):
    assert answer(s3.put_object(Bucket=bucket, Key="cat", Body=b"meow")) == {
        "ETag": ETAG,
        "ChecksumCRC32": "ihBq/g==",
        "ChecksumType": "FULL_OBJECT",
        "ServerSideEncryption": "AES256",
    }
    found = answer(s3.get_object(Bucket=bucket, Key="cat"))
    assert found.pop("LastModified").tzinfo is not None
    assert found == {
        "AcceptRanges": "bytes",
        "Body": b"meow",
        "ChecksumCRC32": "ihBq/g==",
        "ChecksumType": "FULL_OBJECT",
        "ContentLength": 4,
        "ContentType": "binary/octet-stream",
        "ETag": ETAG,
        "Metadata": {},
        "ServerSideEncryption": "AES256",
    }


def test_a_head_tells_the_same_without_body_and_unasked_checksum(s3, bucket):
    s3.put_object(Bucket=bucket, Key="cat", Body=b"meow")
    found = answer(s3.head_object(Bucket=bucket, Key="cat"))
    del found["LastModified"]
    assert found == {
        "AcceptRanges": "bytes",
        "ContentLength": 4,
        "ContentType": "binary/octet-stream",
        "ETag": ETAG,
        "Metadata": {},
        "ServerSideEncryption": "AES256",
    }


def test_what_does_not_exist_is_not_found(s3, bucket, refusal):
    assert refusal(s3.get_object, Bucket=bucket, Key="dog") == no_such_key("dog")
    assert refusal(s3.head_object, Bucket=bucket, Key="dog") == {"Status": 404, "Code": "404", "Message": "Not Found"}
    assert refusal(s3.get_object, Bucket="nothing", Key="dog") == no_such_bucket("nothing")
    assert refusal(s3.put_object, Bucket="nothing", Key="dog") == no_such_bucket("nothing")


def test_a_put_replaces_the_whole_object(s3, bucket):
    s3.put_object(Bucket=bucket, Key="cat", Body=b"meow", Metadata={"a": "1"}, ContentType="text/plain", Tagging="a=1")
    s3.put_object(Bucket=bucket, Key="cat", Body=b"purr")
    found = answer(s3.get_object(Bucket=bucket, Key="cat"))
    assert (found["Body"], found["Metadata"], found["ContentType"]) == (b"purr", {}, "binary/octet-stream")
    assert "TagCount" not in found


def test_a_body_may_be_a_file_or_absent(s3, bucket):
    s3.put_object(Bucket=bucket, Key="file", Body=io.BytesIO(b"from a file"))
    s3.put_object(Bucket=bucket, Key="nothing")
    assert s3.get_object(Bucket=bucket, Key="file")["Body"].read() == b"from a file"
    assert s3.get_object(Bucket=bucket, Key="nothing")["Body"].read() == b""
    assert s3.head_object(Bucket=bucket, Key="nothing")["ETag"] == '"d41d8cd98f00b204e9800998ecf8427e"'


@pytest.mark.parametrize(
    "key",
    [
        "a/b//c",
        "/leading",
        "trailing/",
        "with space",
        "plus+and%20percent",
        "schön/日本/😀",
        "q?a=b&c#d",
        "..",
        "a/../b",
        "Ā0",
        "!-_.*'()",
    ],
)
def test_a_key_may_be_any_text(s3, bucket, key):
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    assert [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]] == [key]


def test_a_key_has_at_most_1024_bytes(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="ä" * 512)
    assert refusal(s3.put_object, Bucket=bucket, Key="ä" * 513) == {
        "Status": 400,
        "Code": "KeyTooLongError",
        "Message": "Your key is too long",
        "Size": "1026",
        "MaxSizeAllowed": "1024",
    }


def test_system_headers_are_kept(s3, bucket):
    expires = datetime(2030, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    headers = {
        "CacheControl": "max-age=60",
        "ContentDisposition": 'attachment; filename="cat.txt"',
        "ContentEncoding": "gzip",
        "ContentLanguage": "de",
        "ContentType": "text/plain; charset=utf-8",
        "WebsiteRedirectLocation": "/dog",
    }
    s3.put_object(Bucket=bucket, Key="cat", Body=b"meow", Expires=expires, **headers)
    for call in (s3.get_object, s3.head_object):
        found = call(Bucket=bucket, Key="cat")
        assert {name: found[name] for name in headers} == headers
        assert found["Expires"] == expires


def test_user_metadata_is_kept_under_lower_case_names(s3, bucket):
    s3.put_object(Bucket=bucket, Key="cat", Metadata={"Mood": "Sleepy", "x-y": "a, b"})
    assert s3.head_object(Bucket=bucket, Key="cat")["Metadata"] == {"mood": "Sleepy", "x-y": "a, b"}


def test_user_metadata_has_at_most_2_kb(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="cat", Metadata={"a": "x" * 2047})
    assert refusal(s3.put_object, Bucket=bucket, Key="cat", Metadata={"a": "x" * 2048}) == {
        "Status": 400,
        "Code": "MetadataTooLarge",
        "Message": "Your metadata headers exceed the maximum allowed metadata size",
        "Size": "2049",
        "MaxSizeAllowed": "2048",
    }


def test_a_read_can_ask_for_other_headers(s3, bucket):
    s3.put_object(Bucket=bucket, Key="cat", Body=b"meow", ContentType="text/plain")
    found = s3.get_object(
        Bucket=bucket,
        Key="cat",
        ResponseContentType="text/html",
        ResponseCacheControl="no-cache",
        ResponseContentDisposition="inline",
        ResponseContentEncoding="identity",
        ResponseContentLanguage="en",
        ResponseExpires=datetime(2031, 1, 1, tzinfo=timezone.utc),
    )
    assert found["ContentType"] == "text/html"
    assert found["CacheControl"] == "no-cache"
    assert found["ContentDisposition"] == "inline"
    assert found["ContentEncoding"] == "identity"
    assert found["ContentLanguage"] == "en"
    assert found["Expires"] == datetime(2031, 1, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize("value", ["a—b", "a\nb", "a\r\nset-cookie: b", "\r"])
def test_a_header_that_http_cannot_carry_is_refused(s3, bucket, refusal, value):
    s3.put_object(Bucket=bucket, Key="cat")
    refused = refusal(s3.get_object, Bucket=bucket, Key="cat", ResponseCacheControl=value)
    # Not all XML parsers read line breaks alike.
    assert {**refused, "ArgumentValue": re.sub(r"[\r\n]", "", refused["ArgumentValue"])} == {
        "Status": 400,
        "Code": "InvalidArgument",
        "Message": "Header value cannot be represented using ISO-8859-1.",
        "ArgumentName": "response-cache-control",
        "ArgumentValue": re.sub(r"[\r\n]", "", value),
    }


@pytest.mark.parametrize("storage_class", ["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"])
def test_a_storage_class_is_told_unless_it_is_the_usual_one(s3, bucket, storage_class):
    s3.put_object(Bucket=bucket, Key="cold", StorageClass=storage_class)
    s3.put_object(Bucket=bucket, Key="usual", StorageClass="STANDARD")
    assert s3.head_object(Bucket=bucket, Key="cold")["StorageClass"] == storage_class
    assert "StorageClass" not in s3.head_object(Bucket=bucket, Key="usual")
    listed = {one["Key"]: one["StorageClass"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]}
    assert listed == {"cold": storage_class, "usual": "STANDARD"}


@pytest.mark.parametrize("storage_class", ["LUKEWARM", "OUTPOSTS", "EXPRESS_ONEZONE"])
def test_a_storage_class_that_is_none_is_refused(s3, bucket, refusal, storage_class):
    assert refusal(s3.put_object, Bucket=bucket, Key="cat", StorageClass=storage_class) == {
        "Status": 400,
        "Code": "InvalidStorageClass",
        "Message": "The storage class you specified is not valid",
        "StorageClassRequested": storage_class,
    }


def test_times_are_whole_seconds_of_the_clouds_clock(s3, bucket, cloud, advance):
    before = cloud.clock.now().replace(microsecond=0)
    s3.put_object(Bucket=bucket, Key="cat")
    advance(3600)
    s3.put_object(Bucket=bucket, Key="dog")
    cat, dog = (s3.head_object(Bucket=bucket, Key=key)["LastModified"] for key in ("cat", "dog"))
    assert 0 <= (cat - before).total_seconds() <= 2
    assert 3600 <= (dog - cat).total_seconds() <= 3602
    assert (cat.microsecond, dog.microsecond) == (0, 0)


class TestRanges:
    @pytest.fixture
    def cat(self, s3, bucket):
        s3.put_object(Bucket=bucket, Key="cat", Body=b"0123456789")
        return {"Bucket": bucket, "Key": "cat"}

    @pytest.mark.parametrize(
        ("header", "body", "told"),
        [
            ("bytes=0-3", b"0123", "bytes 0-3/10"),
            ("bytes=4-4", b"4", "bytes 4-4/10"),
            ("bytes=7-", b"789", "bytes 7-9/10"),
            ("bytes=7-99", b"789", "bytes 7-9/10"),
            ("bytes=-3", b"789", "bytes 7-9/10"),
            ("bytes=-99", b"0123456789", "bytes 0-9/10"),
        ],
    )
    def test_part_of_an_object_is_answered_as_such(self, s3, cat, header, body, told):
        response = s3.get_object(Range=header, **cat)
        assert status(response) == 206
        assert (response["ContentRange"], response["ContentLength"]) == (told, len(body))
        assert response["Body"].read() == body
        assert "ChecksumCRC32" not in response
        headed = s3.head_object(Range=header, **cat)
        assert (status(headed), headed["ContentRange"], headed["ContentLength"]) == (206, told, len(body))

    @pytest.mark.parametrize("header", ["bytes=3-1", "bytes=0-1,4-5", "lines=1-2", "bytes=x", "bytes=-"])
    def test_what_is_no_range_is_ignored(self, s3, cat, header):
        response = s3.get_object(Range=header, **cat)
        assert (status(response), response["Body"].read()) == (200, b"0123456789")

    @pytest.mark.parametrize("header", ["bytes=10-", "bytes=1024-4096", "bytes=-0"])
    def test_a_range_behind_the_end_is_refused(self, s3, cat, refusal, header):
        assert refusal(s3.get_object, Range=header, **cat) == {
            "Status": 416,
            "Code": "InvalidRange",
            "Message": "The requested range is not satisfiable",
            "ActualObjectSize": "10",
            "RangeRequested": header,
        }

    def test_a_range_of_what_is_not_there_is_not_found(self, s3, bucket, refusal):
        assert refusal(s3.get_object, Bucket=bucket, Key="dog", Range="bytes=0-1") == no_such_key("dog")


class TestPartNumbers:
    def test_an_object_that_was_put_whole_is_one_part(self, s3, bucket, refusal):
        s3.put_object(Bucket=bucket, Key="cat", Body=b"meow")
        response = s3.get_object(Bucket=bucket, Key="cat", PartNumber=1)
        found = answer(response)
        assert status(response) == 206
        assert (found["Body"], found["ContentRange"]) == (b"meow", "bytes 0-3/4")
        assert found["ChecksumCRC32"] == "ihBq/g=="
        assert "PartsCount" not in found
        assert refusal(s3.get_object, Bucket=bucket, Key="cat", PartNumber=2) == {
            "Status": 416,
            "Code": "InvalidPartNumber",
            "Message": "The requested partnumber is not satisfiable",
            "ActualPartCount": "1",
            "PartNumberRequested": "2",
        }

    def test_a_part_and_a_range_exclude_each_other(self, s3, bucket, refusal):
        s3.put_object(Bucket=bucket, Key="cat", Body=b"meow")
        assert refusal(s3.get_object, Bucket=bucket, Key="cat", PartNumber=1, Range="bytes=0-1") == {
            "Status": 400,
            "Code": "InvalidRequest",
            "Message": "Cannot specify both Range header and partNumber query parameter",
        }


def test_what_a_lifecycle_rule_will_end_tells_when(s3, bucket):
    rule = {"ID": "tidy up", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 1}}
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
    put = s3.put_object(Bucket=bucket, Key="logs/today", Body=b"x")
    assert put["Expiration"].endswith(' 00:00:00 GMT", rule-id="tidy%20up"')
    assert s3.head_object(Bucket=bucket, Key="logs/today")["Expiration"] == put["Expiration"]
    assert s3.get_object(Bucket=bucket, Key="logs/today")["Expiration"] == put["Expiration"]
    assert "Expiration" not in s3.put_object(Bucket=bucket, Key="other", Body=b"x")


def test_another_service_reads_and_writes_without_http(s3, bucket):
    from awsim import connect_to
    from awsim.errors import ServiceException

    inside = connect_to(region_name="eu-west-1").s3
    put = inside.put_object(Bucket=bucket, Key="cat", Body=b"meow", Metadata={"a": "b"})
    assert put["ETag"] == ETAG
    assert inside.get_object(Bucket=bucket, Key="cat", Range="bytes=1-2")["Body"] == b"eo"
    assert [one["Key"] for one in inside.list_objects_v2(Bucket=bucket)["Contents"]] == ["cat"]
    with pytest.raises(ServiceException, match="NoSuchKey: The specified key does not exist"):
        inside.get_object(Bucket=bucket, Key="dog")
    assert s3.head_object(Bucket=bucket, Key="cat")["Metadata"] == {"a": "b"}


def test_encoded_metadata_comes_back_plain_where_it_can(s3, bucket):
    sent = {
        "ascii-in-base64": "=?UTF-8?B?YWJj?=",
        "ascii-quoted": "=?UTF-8?Q?actually-ascii?=",
        "replacements": "=?UTF-8?B?77+977+977+977+977+977+977+9?=",
        "binary": "=?UTF-8?B?AAECAw==?=",
        "signs": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    }
    s3.put_object(Bucket=bucket, Key="cat", Metadata=sent)
    assert s3.get_object(Bucket=bucket, Key="cat")["Metadata"] == {
        **sent,
        "ascii-in-base64": "abc",
        "ascii-quoted": "actually-ascii",
    }
