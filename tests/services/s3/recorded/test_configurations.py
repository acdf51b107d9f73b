"""Ownership, policies, metrics and notifications of buckets, as recorded."""

from __future__ import annotations

import json
from typing import Any

from .recording import Recording, recorded

API = "s3/test_s3_api.json"


@recorded(API, "TestS3BucketOwnershipControls::test_crud_bucket_ownership_controls")
def test_ownership_is_told_until_it_is_taken_away(s3, bucket, recording: Recording):
    def get(bucket: str) -> Any:
        return s3.get_bucket_ownership_controls(Bucket=bucket)

    recording.equals("default-ownership", get(bucket))
    rules = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    recording.equals("put-ownership", s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=rules))
    recording.equals("get-ownership", get(bucket))
    recording.equals("delete-ownership", s3.delete_bucket_ownership_controls(Bucket=bucket))
    recording.refuses("get-ownership-after-delete", get, bucket=bucket)
    recording.equals("delete-ownership-after-delete", s3.delete_bucket_ownership_controls(Bucket=bucket))
    s3.create_bucket(Bucket="songs", ObjectOwnership="BucketOwnerPreferred")
    recording.equals("get-ownership-at-creation", get("songs"))


@recorded(API, "TestS3BucketPolicy::test_bucket_policy_crud")
def test_a_policy_is_told_until_it_is_taken_away(s3, bucket, recording: Recording):
    def refuses(name: str) -> None:
        recording.refuses(name, s3.get_bucket_policy, Bucket=bucket)

    refuses("get-bucket-default-policy")
    s3.delete_public_access_block(Bucket=bucket)
    allowed = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    recording.equals("put-bucket-policy", s3.put_bucket_policy(Bucket=bucket, Policy=policy))
    found = s3.get_bucket_policy(Bucket=bucket)
    recording.equals("get-bucket-policy", {**found, "Policy": json.loads(found["Policy"])})
    recording.equals("delete-bucket-policy", s3.delete_bucket_policy(Bucket=bucket))
    refuses("get-bucket-policy-after-delete")
    recording.equals("delete-bucket-policy-after-delete", s3.delete_bucket_policy(Bucket=bucket))


@recorded(API, "TestS3BucketPolicy::test_bucket_policy_exc")
def test_a_policy_is_an_object_with_statements(s3, bucket, recording: Recording):
    for name, policy in {"empty-bucket-policy": "", "bucket-policy-randomstring": "invalid json"}.items():
        recording.refuses(f"put-{name}", s3.put_bucket_policy, Bucket=bucket, Policy=policy)
    recording.refuses("put-bucket-policy-empty-json", s3.put_bucket_policy, Bucket=bucket, Policy="{}")


class TestMetrics:
    SUITE = "TestS3MetricsConfiguration::test"

    @staticmethod
    def put(s3: Any, bucket: str, id: str) -> None:
        configuration = {"Id": id, "Filter": {"Prefix": "logs/prefix"}}
        s3.put_bucket_metrics_configuration(Bucket=bucket, Id=id, MetricsConfiguration=configuration)

    @recorded(API, f"{SUITE}_get_bucket_metrics_configuration_not_exist")
    def test_what_is_not_configured_is_not_found(self, s3, bucket, recording: Recording):
        get = s3.get_bucket_metrics_configuration
        recording.refuses("get_bucket_metrics_configuration", get, Bucket=bucket, Id="does-not-exist")

    @recorded(API, f"{SUITE}_delete_metrics_configuration")
    def test_what_is_deleted_is_not_found(self, s3, bucket, recording: Recording):
        self.put(s3, bucket, "metrics")
        deleted = s3.delete_bucket_metrics_configuration(Bucket=bucket, Id="metrics")
        recording.equals("delete_bucket_metrics_configuration", deleted)
        get = s3.get_bucket_metrics_configuration
        recording.refuses("get_bucket_metrics_configuration", get, Bucket=bucket, Id="metrics")

    @recorded(API, f"{SUITE}_delete_metrics_configuration_twice")
    def test_what_is_deleted_is_not_deleted_again(self, s3, bucket, recording: Recording):
        self.put(s3, bucket, "metrics")
        delete = s3.delete_bucket_metrics_configuration
        recording.equals("delete_bucket_metrics_configuration_1", delete(Bucket=bucket, Id="metrics"))
        recording.refuses("delete_bucket_metrics_configuration_2", delete, Bucket=bucket, Id="metrics")

    @recorded(API, f"{SUITE}_list_bucket_metrics_configurations_paginated")
    def test_a_page_has_a_hundred_and_the_next_the_rest(self, s3, bucket, recording: Recording):
        for number in range(102):
            self.put(s3, bucket, f"metrics-{number}")
        token = s3.list_bucket_metrics_configurations(Bucket=bucket)["NextContinuationToken"]
        rest = s3.list_bucket_metrics_configurations(Bucket=bucket, ContinuationToken=token)
        recording.equals("list_bucket_metrics_configurations_page_2", rest)


@recorded(API, "TestS3BucketNotificationConfiguration::test_bucket_notification_with_invalid_filter_rules")
def test_a_filter_looks_at_prefixes_and_suffixes(s3, bucket, recording: Recording):
    queue = {
        "QueueArn": "arn:aws:sqs:us-east-1:111111111111:queue",
        "Events": ["s3:ObjectCreated:*"],
        "Filter": {"Key": {"FilterRules": [{"Name": "INVALID", "Value": "does not matter"}]}},
    }
    put = s3.put_bucket_notification_configuration
    recording.refuses(
        "invalid_filter_name", put, Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [queue]}
    )
