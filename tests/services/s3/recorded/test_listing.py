"""Listings of buckets, objects and versions, as recorded."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import requests
from botocore.handlers import set_list_objects_encoding_type_url

from ..conftest import ODD_KEYS
from .conftest import ACCOUNT, NAMESPACE
from .recording import Recording, recorded, xml

FILE = "s3/test_s3_list_operations.json"
#: A folder that sorts before the files beside it.
FOLDER = ("folder/aSubfolder/subFile1", "folder/aSubfolder/subFile2", "folder/file1", "folder/file2")


@pytest.fixture
def unencoded(cloud: Any) -> Any:
    """A client that does not ask for encoded names by itself."""
    client = boto3.Session(ACCOUNT, "testing", region_name="us-east-1").client("s3")
    client.meta.events.unregister("before-parameter-build.s3.ListObjectsV2", set_list_objects_encoding_type_url)
    return client


def put(s3: Any, bucket: str, *keys: str, body: str = "content 123") -> None:
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=body)


@recorded(FILE, "TestS3ListBuckets::test_list_buckets_with_max_buckets")
def test_a_page_of_buckets_ends_with_a_token(s3, bucket, recording: Recording):
    s3.create_bucket(Bucket="songs")
    recording.equals("list-objects-with-max-buckets", s3.list_buckets(MaxBuckets=1))


@recorded(FILE, "TestS3ListBuckets::test_list_buckets_when_continuation_token_is_empty")
def test_an_empty_token_begins_with_the_first_bucket(s3, bucket, recording: Recording):
    s3.create_bucket(Bucket="songs")
    listed = s3.list_buckets(ContinuationToken="", MaxBuckets=1)
    recording.equals("list-objects-with-empty-continuation-token", listed)


@recorded(FILE, "TestS3ListObjects::test_s3_list_objects_empty_marker")
def test_an_empty_marker_is_told_back(s3, bucket, recording: Recording):
    recording.equals("list-objects", s3.list_objects(Bucket=bucket, Marker=""))


@recorded(FILE, "TestS3ListObjects::test_list_objects_marker_common_prefixes")
def test_a_marker_within_a_common_prefix_skips_it(s3, bucket, recording: Recording):
    put(s3, bucket, *FOLDER)
    recording.equals("list-objects-all-keys", s3.list_objects(Bucket=bucket))
    page = {"Bucket": bucket, "Prefix": "folder/", "Delimiter": "/", "MaxKeys": 1}
    start = recording.equals("list-objects-start", s3.list_objects(**page))
    following = recording.equals("list-objects-next-1", s3.list_objects(Marker=start["NextMarker"], **page))
    recording.equals("list-objects-end", s3.list_objects(Marker=following["NextMarker"], **page))
    recording.equals("list-objects-manual-first-file", s3.list_objects(Marker=FOLDER[0], **page))


@recorded(FILE, "TestS3ListObjectsV2::test_list_objects_v2_continuation_common_prefixes")
def test_a_token_goes_on_behind_a_common_prefix(s3, bucket, recording: Recording):
    put(s3, bucket, *FOLDER)
    recording.equals("list-objects-v2-all-keys", s3.list_objects_v2(Bucket=bucket))
    page = {"Bucket": bucket, "Prefix": "folder/", "Delimiter": "/", "MaxKeys": 1}
    found = recording.equals("list-objects-v2-start", s3.list_objects_v2(**page))
    for name in ("list-objects-v2-next-1", "list-objects-v2-end"):
        token = found["NextContinuationToken"]
        found = recording.equals(name, s3.list_objects_v2(ContinuationToken=token, **page))


@recorded(FILE, "TestS3ListObjectsV2::test_list_objects_v2_continuation_token_safe_chars")
def test_names_come_encoded_only_to_those_who_ask(s3, bucket, unencoded, recording: Recording):
    put(s3, bucket, *ODD_KEYS, body="")

    def follows(listed: dict[str, Any]) -> dict[str, Any]:
        return {"Bucket": bucket, "ContinuationToken": listed["NextContinuationToken"]}

    page = recording.equals("list-objects-v2-max-5", s3.list_objects_v2(Bucket=bucket, MaxKeys=5))
    recording.equals("list-objects-v2-rest", s3.list_objects_v2(**follows(page)))

    day = {"Bucket": bucket, "StartAfter": "date=2026-02-01/", "MaxKeys": 2}
    asked = s3.list_objects_v2(EncodingType="url", **day)
    recording.equals("list-objects-start-after-url-type", asked)
    recording.equals("list-objects-start-after", unencoded.list_objects_v2(**day))
    encoded = s3.list_objects_v2(Bucket=bucket, StartAfter="date%3D2026-02-01/", MaxKeys=2)
    recording.equals("list-objects-start-after-encoded", encoded)
    recording.equals("list-objects-continuation-token-2", s3.list_objects_v2(MaxKeys=2, **follows(encoded)))
    again = s3.list_objects_v2(StartAfter="date=2026-05-01/", MaxKeys=2, **follows(encoded))
    recording.equals("list-objects-start-after-token", again)


@recorded(FILE, "TestS3ListObjectsV2::test_list_objects_v2_with_prefix")
def test_a_prefix_need_not_end_where_a_folder_does(s3, bucket, unencoded, recording: Recording):
    put(s3, bucket, "test/foo/bar/123", "test/foo/bar/456", "test/bar/foo/123")
    for name, prefix in {"1": "test/", "2": "test/foo", "3": "test/foo/bar"}.items():
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix)
        recording.equals(f"list-objects-v2-{name}", listed)
    url = unencoded.generate_presigned_url("list_objects_v2", Params={"Bucket": bucket, "Prefix": "test/foo"})
    recording.equals("list-objects-v2-no-encoding", xml(requests.get(url).text.replace(NAMESPACE, "")))


@recorded(FILE, "TestS3ListObjectsV2::test_list_objects_v2_with_prefix_and_delimiter")
def test_a_prefix_is_followed_up_to_the_next_delimiter(s3, bucket, recording: Recording):
    put(s3, bucket, "test/foo/bar/123", "test/foo/bar/456", "test/bar/foo/123")
    for name, prefix in {"1": "test/", "2": "test/foo", "3": "test/foo/bar"}.items():
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=prefix, Delimiter="/")
        recording.equals(f"list-objects-v2-{name}", listed)
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="test/", Delimiter="/", MaxKeys=1)
    recording.equals("list-objects-v2-1-with-max-keys", listed)


@recorded(FILE, "TestS3ListObjectVersions::test_list_objects_versions_markers")
def test_versions_are_listed_on_from_a_key_and_from_one_of_its_versions(s3, versioned, recording: Recording):
    keys = [f"test_{number}" for number in range(3)]

    def write(key: str, body: str) -> str:
        return s3.put_object(Bucket=versioned, Key=key, Body=body)["VersionId"]

    def delete(key: str) -> str:
        return s3.delete_object(Bucket=versioned, Key=key)["VersionId"]

    written = [write(key, "version 1") for key in keys] + [write(keys[2], "version 2")]
    written += [delete(key) for key in keys] + [write(key, "version 2") for key in keys[:2]]
    recording.equals("version-order", {"Versions": [{"VersionId": one} for one in written]})

    recording.equals("list-objects-versions-all", s3.list_object_versions(Bucket=versioned))
    page = s3.list_object_versions(Bucket=versioned, MaxKeys=5)
    recording.equals("list-objects-versions-5", page)
    last_key, last_version = page["NextKeyMarker"], page["NextVersionIdMarker"]

    one = {"Bucket": versioned, "MaxKeys": 1}
    both = s3.list_object_versions(KeyMarker=last_key, VersionIdMarker=last_version, **one)
    recording.equals("list-objects-both-markers", both)
    both = s3.list_object_versions(KeyMarker=keys[2], VersionIdMarker=written[3], **one)
    recording.equals("list-objects-last-key-last-version", both)
    recording.refuses("list-objects-next-version-only", s3.list_object_versions, VersionIdMarker=last_version, **one)
    for name, marker in {"next-key-only": last_key, "next-key-last": keys[2], "next-key-empty": ""}.items():
        recording.equals(f"list-objects-{name}", s3.list_object_versions(KeyMarker=marker, **one))
