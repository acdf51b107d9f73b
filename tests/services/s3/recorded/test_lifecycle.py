"""Lifecycle configurations: put, refused, deleted, and what objects tell of them, as recorded."""

from __future__ import annotations

import datetime as dt
from typing import Any

from .recording import Recording, recorded

S3 = "s3/test_s3.json"
EXPIRATION = {"Days": 7}
WHOLE_BUCKET = {"Expiration": EXPIRATION, "ID": "wholebucket", "Filter": {"Prefix": ""}, "Status": "Enabled"}


def configure(s3: Any, bucket: str, rules: list[dict[str, Any]], **asked: Any) -> Any:
    configuration = {"Rules": rules}
    return s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=configuration, **asked)


def configured(s3: Any, bucket: str) -> Any:
    """The configuration, a word in the place of each rule's expiration as in the recordings."""
    found = s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    assert all(rule["Expiration"] == EXPIRATION for rule in found["Rules"])
    return {**found, "Rules": [{**rule, "Expiration": "expiration"} for rule in found["Rules"]]}


@recorded(S3, "TestS3BucketLifecycle::test_delete_bucket_lifecycle_configuration")
def test_a_configuration_once_deleted_is_there_no_more(s3, bucket, recording: Recording):
    read = s3.get_bucket_lifecycle_configuration
    recording.refuses("get-bucket-lifecycle-exc-1", read, Bucket=bucket)
    # AWS deletes what is not there without a word.
    recording.equals("delete-bucket-lifecycle-no-bucket", s3.delete_bucket_lifecycle(Bucket=bucket))
    configure(s3, bucket, [WHOLE_BUCKET])
    recording.equals("get-bucket-lifecycle-conf", read(Bucket=bucket))
    s3.delete_bucket_lifecycle(Bucket=bucket)
    recording.refuses("get-bucket-lifecycle-exc-2", read, Bucket=bucket)


@recorded(S3, "TestS3BucketLifecycle::test_delete_lifecycle_configuration_on_bucket_deletion")
def test_a_configuration_is_gone_with_its_bucket(s3, bucket, recording: Recording):
    configure(s3, bucket, [WHOLE_BUCKET])
    read = s3.get_bucket_lifecycle_configuration
    recording.equals("get-bucket-lifecycle-conf", read(Bucket=bucket))
    s3.delete_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    recording.refuses("get-bucket-lifecycle-exc", read, Bucket=bucket)


@recorded(S3, "TestS3BucketLifecycle::test_s3_transition_default_minimum_object_size")
def test_the_smallest_object_that_moves_is_the_buckets_choice(s3, bucket, recording: Recording):
    for name, asked in {
        "default": {},
        "varies-by-storage": {"TransitionDefaultMinimumObjectSize": "varies_by_storage_class"},
        "all-storage": {"TransitionDefaultMinimumObjectSize": "all_storage_classes_128K"},
    }.items():
        recording.equals(name, configure(s3, bucket, [WHOLE_BUCKET], **asked))
        recording.equals(f"get-{name}", s3.get_bucket_lifecycle_configuration(Bucket=bucket))
    bad = {"TransitionDefaultMinimumObjectSize": "value"}
    recording.refuses("bad-value", configure, s3=s3, bucket=bucket, rules=[WHOLE_BUCKET], **bad)


@recorded(S3, "TestS3BucketLifecycle::test_bucket_lifecycle_object_size_rules")
def test_objects_expire_by_their_size(s3, bucket, recording: Recording):
    expires = {"Expiration": EXPIRATION, "Status": "Enabled"}
    big, small = {"ObjectSizeGreaterThan": 20}, {"ObjectSizeLessThan": 10}
    rules = [{"ID": "rule_one", "Filter": big, **expires}, {"ID": "rule_two", "Filter": small, **expires}]
    configure(s3, bucket, rules)
    recording.equals("get-bucket-lifecycle-conf", configured(s3, bucket))
    for name, size in {"match-rule-1": 22, "match-rule-2": 5, "no-match": 15}.items():
        recording.equals(f"put-object-{name}", s3.put_object(Bucket=bucket, Key=name, Body=b"a" * size))


@recorded(S3, "TestS3BucketLifecycle::test_object_expiry_after_bucket_lifecycle_configuration")
def test_objects_expire_that_were_there_before_the_rule(s3, bucket, recording: Recording):
    before, after = ({"Bucket": bucket, "Key": key} for key in ("before", "after"))
    recording.equals("put-object-before", s3.put_object(Body=b"test", **before))
    configure(s3, bucket, [{"ID": "rule3", "Filter": {}, "Expiration": EXPIRATION, "Status": "Enabled"}])
    recording.equals("get-bucket-lifecycle-conf", configured(s3, bucket))
    recording.equals("put-object-after", s3.put_object(Body=b"test", **after))
    recording.equals("head-object-expiry-before", s3.head_object(**before))
    recording.equals("head-object-expiry-after", s3.head_object(**after))


@recorded(S3, "TestS3BucketLifecycle::test_put_bucket_lifecycle_conf_exc")
def test_a_rule_that_makes_no_sense_is_refused(s3, bucket, recording: Recording):
    on, week = {"ID": "rule", "Status": "Enabled"}, {"Expiration": EXPIRATION}
    tag = {"Key": "kind", "Value": "cat"}
    noon = dt.datetime(2030, 1, 1, 12, tzinfo=dt.timezone.utc)
    for name, rule in {
        # Without an ID alone S3 would give it one.
        "missing-id": {"Status": "Enabled", **week},
        "missing-filter": {**week, **on},
        "missing-noncurrent-version-expiration-data": {"Filter": {}, "NoncurrentVersionExpiration": {}, **on},
        "wrong-filter-and-plus-prefix": {
            "Filter": {"Prefix": "a", "And": {"Prefix": "b", "ObjectSizeGreaterThan": 500}},
            **week,
            **on,
        },
        "wrong-filter-and-and-object-size": {
            "Filter": {"ObjectSizeGreaterThan": 500, "And": {"Prefix": "b", "ObjectSizeLessThan": 600}},
            **week,
            **on,
        },
        "expired-delete-marker-and-days": {
            "Filter": {},
            "Expiration": {"Days": 1, "ExpiredObjectDeleteMarker": True},
            **on,
        },
        "duplicate-tag-keys": {"Filter": {"And": {"Tags": [tag, tag]}}, **week, **on},
        "wrong-data-no-midnight": {"Filter": {}, "Expiration": {"Date": noon}, **on},
    }.items():
        recording.refuses(name, configure, s3=s3, bucket=bucket, rules=[rule])
