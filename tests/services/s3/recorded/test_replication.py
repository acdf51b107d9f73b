"""Replication configurations, as recorded: both buckets must keep versions."""

from __future__ import annotations

from typing import Any

import pytest

from .recording import Recording, recorded

S3 = "s3/test_s3.json"
ROLE = "arn:aws:iam::111111111111:role/replication"


@pytest.fixture
def destination(s3: Any) -> str:
    """A bucket that keeps no versions yet."""
    s3.create_bucket(Bucket="copies")
    return "copies"


def keep_versions(s3: Any, bucket: str) -> None:
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def replicate(s3: Any, bucket: str, rules: list[dict[str, Any]]) -> Any:
    return s3.put_bucket_replication(Bucket=bucket, ReplicationConfiguration={"Role": ROLE, "Rules": rules})


def replication(s3: Any, bucket: str, destination: str) -> Any:
    """The configuration, with the words of the recordings in the place of the role and of the destination."""
    found = s3.get_bucket_replication(Bucket=bucket)
    configuration = found["ReplicationConfiguration"]
    (rule,) = configuration["Rules"]
    assert (configuration["Role"], rule["Destination"]["Bucket"]) == (ROLE, f"arn:aws:s3:::{destination}")
    rule = {**rule, "Destination": {**rule["Destination"], "Bucket": "dest-bucket"}}
    return {**found, "ReplicationConfiguration": {"Role": "role", "Rules": [rule]}}


@recorded(S3, "TestS3BucketReplication::test_replication_config")
def test_a_bucket_that_keeps_versions_is_replicated_to_another(s3, bucket, destination, recording: Recording):
    keep_versions(s3, destination)
    rule = {
        "ID": "id",
        "Priority": 1,
        "Filter": {"Prefix": "Tax"},
        "Status": "Enabled",
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{destination}"},
    }
    refused = "expected_error_versioning_not_enabled"
    recording.refuses(refused, replicate, s3=s3, bucket=bucket, rules=[rule])
    keep_versions(s3, bucket)
    recording.refuses("expected_error_no_replication_set", s3.get_bucket_replication, Bucket=bucket)
    recording.equals("put-bucket-replication", replicate(s3, bucket, [rule]))
    recording.equals("get-bucket-replication", replication(s3, bucket, destination))
    for name in "delete-bucket-replication", "delete-bucket-replication-idempotent":
        recording.equals(name, s3.delete_bucket_replication(Bucket=bucket))
    recording.refuses("put-empty-bucket-replication-rules", replicate, s3=s3, bucket=bucket, rules=[])


@recorded(S3, "TestS3BucketReplication::test_replication_config_without_filter")
def test_a_rule_with_an_empty_filter_is_for_the_whole_bucket(s3, versioned, destination, recording: Recording):
    quarter = {"Minutes": 15}
    rule = {
        "ID": "rtc",
        "Priority": 0,
        "Filter": {},
        "Status": "Disabled",
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {
            "Bucket": "arn:aws:s3:::nowhere",
            "StorageClass": "STANDARD",
            "ReplicationTime": {"Status": "Enabled", "Time": quarter},
            "Metrics": {"Status": "Enabled", "EventThreshold": quarter},
        },
    }
    recording.refuses("expected_error_dest_does_not_exist", replicate, s3=s3, bucket=versioned, rules=[rule])
    rule["Destination"]["Bucket"] = f"arn:aws:s3:::{destination}"
    recording.refuses("expected_error_dest_versioning_disabled", replicate, s3=s3, bucket=versioned, rules=[rule])
    keep_versions(s3, destination)
    recording.equals("put-bucket-replication", replicate(s3, versioned, [rule]))
    recording.equals("get-bucket-replication", replication(s3, versioned, destination))
