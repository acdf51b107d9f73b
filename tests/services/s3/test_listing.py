"""ListObjects and ListObjectsV2: order, prefixes, delimiters, pages, encoding."""

from __future__ import annotations

import pytest

from .conftest import OWNER, answer, no_such_bucket

ETAG = '"d41d8cd98f00b204e9800998ecf8427e"'
FOLDER = ["folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file2"]


@pytest.fixture
def fill(s3, bucket):
    def fill(*keys):
        for key in keys:
            s3.put_object(Bucket=bucket, Key=key, Body=b"")

    return fill


def names(page):
    """The keys and the common prefixes of a page."""
    keys = [one["Key"] for one in page.get("Contents", [])]
    return keys, [one["Prefix"] for one in page.get("CommonPrefixes", [])]


def entry(key, **more):
    return {
        "Key": key,
        "ETag": ETAG,
        "Size": 0,
        "StorageClass": "STANDARD",
        "ChecksumAlgorithm": ["CRC32"],
        "ChecksumType": "FULL_OBJECT",
        **more,
    }


def test_objects_are_listed_in_the_order_of_their_utf8_bytes(s3, bucket, fill):
    keys = ["B", "a", "a/", "a0", "Z", "ä", "z", "😀", "\uffee", "日"]
    fill(*keys)
    assert names(s3.list_objects_v2(Bucket=bucket))[0] == sorted(keys, key=str.encode)


def test_version_one_tells_everything_and_the_owner(s3, bucket, fill):
    fill("a", "b")
    listed = answer(s3.list_objects(Bucket=bucket))
    assert all(one.pop("LastModified") for one in listed["Contents"])
    assert listed == {
        "Name": bucket,
        "Prefix": "",
        "Marker": "",
        "MaxKeys": 1000,
        "EncodingType": "url",
        "IsTruncated": False,
        "Contents": [entry("a", Owner=OWNER), entry("b", Owner=OWNER)],
    }


def test_version_two_tells_the_owner_only_on_demand(s3, bucket, fill):
    fill("a")
    listed = answer(s3.list_objects_v2(Bucket=bucket))
    assert listed["Contents"][0].pop("LastModified")
    assert listed == {
        "Name": bucket,
        "Prefix": "",
        "MaxKeys": 1000,
        "EncodingType": "url",
        "IsTruncated": False,
        "KeyCount": 1,
        "Contents": [entry("a")],
    }
    assert s3.list_objects_v2(Bucket=bucket, FetchOwner=True)["Contents"][0]["Owner"] == OWNER


def test_an_empty_bucket_has_no_contents(s3, bucket):
    assert answer(s3.list_objects_v2(Bucket=bucket)) == {
        "Name": bucket,
        "Prefix": "",
        "MaxKeys": 1000,
        "EncodingType": "url",
        "IsTruncated": False,
        "KeyCount": 0,
    }


def test_a_bucket_that_does_not_exist_lists_nothing(s3, refusal):
    for call in (s3.list_objects, s3.list_objects_v2, s3.list_object_versions, s3.list_multipart_uploads):
        assert refusal(call, Bucket="nothing") == no_such_bucket("nothing")


@pytest.mark.parametrize(
    ("prefix", "delimiter", "keys", "prefixes"),
    [
        ("", "", FOLDER, []),
        ("", "/", [], ["folder/"]),
        ("folder/", "/", ["folder/file1", "folder/file2"], ["folder/aSubfolder/"]),
        ("folder/f", "/", ["folder/file1", "folder/file2"], []),
        ("folder", "/", [], ["folder/"]),
        ("folder/file1", "/", ["folder/file1"], []),
        ("other", "/", [], []),
        ("", "file", FOLDER[:2], ["folder/file"]),
        ("folder/", "le", [], ["folder/aSubfolder/subFile", "folder/file"]),
    ],
)
def test_keys_are_rolled_up_at_the_first_delimiter_behind_the_prefix(
    s3, bucket, fill, prefix, delimiter, keys, prefixes
):
    fill(*FOLDER)
    for call in (s3.list_objects, s3.list_objects_v2):
        assert names(call(Bucket=bucket, Prefix=prefix, Delimiter=delimiter)) == (keys, prefixes)


def test_a_page_counts_keys_and_prefixes_alike(s3, bucket, fill):
    fill(*FOLDER)
    first = s3.list_objects_v2(Bucket=bucket, Prefix="folder/", Delimiter="/", MaxKeys=1)
    assert (names(first), first["KeyCount"], first["IsTruncated"]) == (([], ["folder/aSubfolder/"]), 1, True)
    token = first["NextContinuationToken"]
    second = s3.list_objects_v2(Bucket=bucket, Prefix="folder/", Delimiter="/", MaxKeys=1, ContinuationToken=token)
    assert (names(second), second["ContinuationToken"]) == ((["folder/file1"], []), token)


def test_version_one_goes_on_from_the_next_marker(s3, bucket, fill):
    fill(*FOLDER)
    arguments = {"Bucket": bucket, "Prefix": "folder/", "Delimiter": "/", "MaxKeys": 1}
    first = s3.list_objects(**arguments)
    assert (names(first), first["NextMarker"]) == (([], ["folder/aSubfolder/"]), "folder/aSubfolder/")
    second = s3.list_objects(Marker=first["NextMarker"], **arguments)
    assert (names(second), second["NextMarker"]) == ((["folder/file1"], []), "folder/file1")
    last = s3.list_objects(Marker=second["NextMarker"], **arguments)
    assert (names(last), last["IsTruncated"], "NextMarker" in last) == ((["folder/file2"], []), False, False)


def test_a_marker_within_a_common_prefix_skips_it(s3, bucket, fill):
    fill(*FOLDER)
    page = s3.list_objects(
        Bucket=bucket, Prefix="folder/", Delimiter="/", MaxKeys=1, Marker="folder/aSubfolder/subFile1"
    )
    assert names(page) == (["folder/file1"], [])


def test_without_a_delimiter_there_is_no_next_marker(s3, bucket, fill):
    fill("a", "b")
    page = s3.list_objects(Bucket=bucket, MaxKeys=1)
    assert (page["IsTruncated"], "NextMarker" in page) == (True, False)


def test_start_after_need_not_exist_and_gives_way_to_a_token(s3, bucket, fill):
    fill("a", "b", "c", "d")
    first = s3.list_objects_v2(Bucket=bucket, StartAfter="aa", MaxKeys=2)
    assert (names(first)[0], first["StartAfter"]) == (["b", "c"], "aa")
    rest = s3.list_objects_v2(Bucket=bucket, StartAfter="aa", ContinuationToken=first["NextContinuationToken"])
    assert (names(rest)[0], "StartAfter" in rest) == (["d"], False)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_pages_of_any_size_show_everything_once(s3, bucket, fill, size):
    keys = [f"{folder}/{number}" for folder in "abc" for number in range(4)] + ["top"]
    fill(*keys)
    for arguments, expected in (({}, (sorted(keys), [])), ({"Delimiter": "/"}, (["top"], ["a/", "b/", "c/"]))):
        shown = ([], [])
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, PaginationConfig={"PageSize": size}, **arguments
        )
        for page in pages:
            for found, more in zip(shown, names(page), strict=True):
                found.extend(more)
        assert shown == expected


def test_a_page_has_at_most_a_thousand_entries(s3, bucket, fill):
    fill(*(f"{number:04d}" for number in range(1001)))
    page = s3.list_objects_v2(Bucket=bucket, MaxKeys=5000)
    assert (len(page["Contents"]), page["MaxKeys"], page["IsTruncated"]) == (1000, 1000, True)


def test_a_page_of_nothing_is_not_truncated(s3, bucket, fill):
    fill("a")
    page = s3.list_objects_v2(Bucket=bucket, MaxKeys=0)
    assert (names(page), page["IsTruncated"], page["KeyCount"]) == (([], []), False, 0)


def test_a_negative_page_size_and_a_false_token_are_refused(s3, bucket, refusal):
    assert refusal(s3.list_objects_v2, Bucket=bucket, MaxKeys=-1) == {
        "Status": 400,
        "Code": "InvalidArgument",
        "Message": "Argument maxKeys must be an integer between 0 and 2147483647",
        "ArgumentName": "maxKeys",
        "ArgumentValue": "-1",
    }
    assert refusal(s3.list_objects_v2, Bucket=bucket, ContinuationToken="%") == {
        "Status": 400,
        "Code": "InvalidArgument",
        "Message": "The continuation token provided is incorrect",
        "ArgumentName": "continuation-token",
    }


def test_names_are_encoded_where_the_caller_asks(s3, bucket, fill):
    fill("date=2026-03-01/a b", "x~y/z")
    page = s3.list_objects_v2(
        Bucket=bucket, EncodingType="url", Delimiter="/", StartAfter="a=", Prefix="date=", MaxKeys=2
    )
    # An EncodingType of the caller's own is left for the caller to decode.
    assert page["CommonPrefixes"] == [{"Prefix": "date%3D2026-03-01/"}]
    assert (page["Prefix"], page["StartAfter"], page["EncodingType"]) == ("date%3D", "a%3D", "url")
    assert s3.list_objects_v2(Bucket=bucket, EncodingType="url", Prefix="date=")["Contents"][0]["Key"] == (
        "date%3D2026-03-01/a+b"
    )


def test_an_encoding_that_is_none_is_refused(s3, bucket, refusal):
    assert refusal(s3.list_objects, Bucket=bucket, EncodingType="base64") == {
        "Status": 400,
        "Code": "InvalidArgument",
        "Message": "Invalid Encoding Method specified in Request",
        "ArgumentName": "encoding-type",
        "ArgumentValue": "base64",
    }
