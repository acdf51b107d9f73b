"""The tags of buckets and of objects, as recorded."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import unchecked_client
from .recording import Recording, recorded

API = "s3/test_s3_api.json"
SUITE = "TestS3BucketObjectTagging::test"


@pytest.fixture
def photo(bucket: str) -> dict[str, str]:
    return {"Bucket": bucket, "Key": "cat"}


def tag_set(*tags: tuple[str | None, str | None]) -> dict[str, Any]:
    return {"TagSet": [{"Key": key, "Value": value} for key, value in tags]}


@recorded(API, f"{SUITE}_bucket_tagging_exc")
def test_no_bucket_has_no_tags(s3, recording: Recording):
    recording.refuses("get-no-bucket-tags", s3.get_bucket_tagging, Bucket="photos")
    recording.refuses("delete-no-bucket-tags", s3.delete_bucket_tagging, Bucket="photos")
    recording.refuses("put-no-bucket-tags", s3.put_bucket_tagging, Bucket="photos", Tagging=tag_set(("a", "b")))


@recorded(API, f"{SUITE}_create_bucket_with_empty_tags")
def test_a_bucket_is_created_with_no_tags_at_all(cloud, s3, recording: Recording):
    created = s3.create_bucket(Bucket="photos", CreateBucketConfiguration={"Tags": []})
    recording.equals("create-bucket-with-empty-tags", created)
    recording.refuses("get-bucket-tags", s3.get_bucket_tagging, Bucket="photos")
    created = unchecked_client("s3").create_bucket(Bucket="photos", CreateBucketConfiguration={"Tags": None})
    recording.equals("create-bucket-with-none-tags", created)


@recorded(API, f"{SUITE}_put_bucket_tagging_none_value")
def test_a_tag_set_that_is_not_there_takes_a_buckets_tags(s3, bucket, recording: Recording):
    put = s3.put_bucket_tagging(Bucket=bucket, Tagging=tag_set(("a", "b")))
    recording.equals("put-bucket-tags-origin", put)
    recording.equals(
        "put-none-tag-set", unchecked_client("s3").put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": None})
    )
    recording.refuses("no-such-tag-set", s3.get_bucket_tagging, Bucket=bucket)


@recorded(API, f"{SUITE}_put_object_tagging_none_value")
def test_a_tag_set_that_is_not_there_takes_an_objects_tags(s3, photo, recording: Recording):
    s3.put_object(Tagging="a=b", **photo)
    recording.equals("put-none-tag-set", unchecked_client("s3").put_object_tagging(Tagging={"TagSet": None}, **photo))
    recording.equals("get-object-tags-none", s3.get_object_tagging(**photo))


@recorded(API, f"{SUITE}_object_tags_delete_or_overwrite_object")
def test_an_object_that_is_put_again_has_none_of_its_tags(s3, photo, recording: Recording):
    s3.put_object(Tagging="tag1=val1", **photo)
    recording.equals("get-object-after-creation", s3.get_object_tagging(**photo))
    s3.put_object(**photo)
    recording.equals("get-object-after-overwrite", s3.get_object_tagging(**photo))
    s3.put_object_tagging(Tagging=tag_set(("tag1", "val1")), **photo)
    s3.delete_object(**photo)
    s3.put_object(**photo)
    recording.equals("get-object-after-recreation", s3.get_object_tagging(**photo))


@recorded(API, f"{SUITE}_put_object_with_tags")
def test_the_tags_of_a_header_are_a_query(s3, photo, recording: Recording):
    put = s3.put_object(Body="test-tagging", Tagging="tag&tag1=tag1&tag2=tag2", **photo)
    recording.equals("put-object", put)
    recording.equals("get-object-tags", s3.get_object_tagging(**photo))
    recording.equals("put-object-tags", s3.put_object_tagging(Tagging=tag_set(("tag3", "tag3")), **photo))
    recording.equals("get-object-tags-override", s3.get_object_tagging(**photo))
    recording.equals("get-obj", s3.get_object(**photo))
    recording.equals("head-obj", s3.head_object(**photo))
    for name, tagging in {"qs": "wrongagain&wrongquery", "qs-2": "key1&key2"}.items():
        s3.put_object(Tagging=tagging, **photo)
        recording.equals(f"get-object-tags-wrong-format-{name}", s3.get_object_tagging(**photo))


@recorded(API, f"{SUITE}_tagging_validation")
def test_a_tag_that_cannot_be_is_named(s3, bucket, photo, recording: Recording):
    s3.put_object(**photo)
    faults = {
        "aws-prefixed": [("aws:prefixed", "Val1")],
        "duplicate-keys": [("Key1", "Val1"), ("Key1", "Val2")],
        "none-key": [(None, "Val1")],
        "none-value": [("Key1", None)],
    }
    of_buckets = {"invalid-key": [("Key1,Key2", "Val1")], "invalid-value": [("Key1", "Val1,Val2")]}
    for name, tags in {**faults, **of_buckets}.items():
        put = unchecked_client("s3").put_bucket_tagging
        recording.refuses(f"put-bucket-tags-{name}", put, Bucket=bucket, Tagging=tag_set(*tags))
    for name, tags in {**faults, "invalid-field": [("Key1,Key2", "Val1,Val2")]}.items():
        put = unchecked_client("s3").put_object_tagging
        recording.refuses(f"put-object-tags-{name}", put, Tagging=tag_set(*tags), **photo)
