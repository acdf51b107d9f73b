"""What a test decides of S3: how long a restore, a replication and a metadata table take, and which ids come next."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

ONGOING = 'ongoing-request="true"'


@pytest.fixture
def frozen(s3: Any, bucket: str) -> dict[str, str]:
    s3.put_object(Bucket=bucket, Key="mammoth", Body=b"old", StorageClass="GLACIER")
    return {"Bucket": bucket, "Key": "mammoth"}


@pytest.fixture
def replicated(s3: Any, versioned: str) -> str:
    """A bucket that replicates into "copies"."""
    s3.create_bucket(Bucket="copies")
    s3.put_bucket_versioning(Bucket="copies", VersioningConfiguration={"Status": "Enabled"})
    rule = {
        "Status": "Enabled",
        "Prefix": "logs/",
        "Destination": {"Bucket": "arn:aws:s3:::copies"},
    }
    s3.put_bucket_replication(
        Bucket=versioned,
        ReplicationConfiguration={"Role": "arn:aws:iam::123456789012:role/replicator", "Rules": [rule]},
    )
    return versioned


class TestRestores:
    def test_one_lasts_as_many_looks_as_the_test_says(self, cloud: Any, s3: Any, frozen: dict[str, str]) -> None:
        cloud.transitions.set("s3.restore", after_calls=2)
        s3.restore_object(**frozen, RestoreRequest={"Days": 1})
        assert [s3.head_object(**frozen)["Restore"] for _ in range(2)] == [ONGOING, ONGOING]
        assert s3.head_object(**frozen)["Restore"].startswith('ongoing-request="false", expiry-date="')
        assert s3.get_object(**frozen)["Body"].read() == b"old"

    def test_one_lasts_as_long_as_the_test_says(
        self, cloud: Any, s3: Any, frozen: dict[str, str], advance: Any, refusal: Any
    ) -> None:
        cloud.transitions.set("s3", after_seconds=5)
        s3.restore_object(**frozen, RestoreRequest={"Days": 1})
        assert refusal(s3.restore_object, **frozen, RestoreRequest={"Days": 1})["Code"] == "RestoreAlreadyInProgress"
        assert refusal(s3.get_object, **frozen)["Code"] == "InvalidObjectState"
        listed = s3.list_objects_v2(Bucket="photos", OptionalObjectAttributes=["RestoreStatus"])["Contents"]
        assert listed[0]["RestoreStatus"] == {"IsRestoreInProgress": True}
        advance(5)
        assert s3.get_object(**frozen)["Body"].read() == b"old"
        advance(3 * 86_400)
        assert "Restore" not in s3.head_object(**frozen)

    def test_one_whose_object_is_gone_ends_without_a_trace(
        self, cloud: Any, s3: Any, frozen: dict[str, str], advance: Any
    ) -> None:
        cloud.transitions.set("s3.restore", after_seconds=5)
        s3.restore_object(**frozen, RestoreRequest={"Days": 1})
        s3.delete_object(**frozen)
        advance(6)
        assert "Contents" not in s3.list_objects_v2(Bucket="photos")


class TestReplications:
    def test_a_version_waits_for_its_replica(self, cloud: Any, s3: Any, replicated: str) -> None:
        cloud.transitions.set("s3.replication", after_calls=2)
        s3.put_object(Bucket=replicated, Key="logs/1", Body=b"x")
        seen = [s3.head_object(Bucket=replicated, Key="logs/1")["ReplicationStatus"] for _ in range(3)]
        assert seen == ["PENDING", "PENDING", "COMPLETED"]
        assert s3.head_object(Bucket="copies", Key="logs/1")["ReplicationStatus"] == "REPLICA"

    def test_what_changes_meanwhile_is_replicated_with_it(
        self, cloud: Any, s3: Any, replicated: str, advance: Any
    ) -> None:
        cloud.transitions.set("s3.replication", after_seconds=60)
        s3.put_object(Bucket=replicated, Key="logs/1", Body=b"x")
        s3.put_object_tagging(Bucket=replicated, Key="logs/1", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
        assert "Contents" not in s3.list_objects_v2(Bucket="copies")
        advance(60)
        assert s3.get_object_tagging(Bucket="copies", Key="logs/1")["TagSet"] == [{"Key": "a", "Value": "b"}]

    def test_what_no_rule_is_for_waits_for_nothing(self, cloud: Any, s3: Any, replicated: str) -> None:
        cloud.transitions.set("s3.replication", after_seconds=60)
        s3.put_object(Bucket=replicated, Key="other", Body=b"x")
        assert "ReplicationStatus" not in s3.head_object(Bucket=replicated, Key="other")


def test_metadata_tables_take_as_long_as_the_test_says(cloud: Any, s3: Any, bucket: str) -> None:
    cloud.transitions.set("s3.metadata-table", after_calls=1)
    journal = {"RecordExpiration": {"Expiration": "DISABLED"}}
    s3.create_bucket_metadata_configuration(Bucket=bucket, MetadataConfiguration={"JournalTableConfiguration": journal})

    def status() -> str:
        found = s3.get_bucket_metadata_configuration(Bucket=bucket)["GetBucketMetadataConfigurationResult"]
        return str(found["MetadataConfigurationResult"]["JournalTableConfigurationResult"]["TableStatus"])

    assert [status(), status()] == ["CREATING", "ACTIVE"]


class TestIds:
    def test_versions_and_delete_markers_take_the_chosen_ids(self, cloud: Any, s3: Any, versioned: str) -> None:
        cloud.ids.next("s3.version", "v1", "v2")
        assert s3.put_object(Bucket=versioned, Key="a", Body=b"1")["VersionId"] == "v1"
        assert s3.delete_object(Bucket=versioned, Key="a")["VersionId"] == "v2"
        assert s3.get_object(Bucket=versioned, Key="a", VersionId="v1")["Body"].read() == b"1"
        assert len(s3.put_object(Bucket=versioned, Key="a", Body=b"2")["VersionId"]) == 32

    def test_what_has_no_version_takes_none(self, cloud: Any, s3: Any, bucket: str, versioned: str) -> None:
        cloud.ids.next("s3.version", "v1")
        assert "VersionId" not in s3.put_object(Bucket=bucket, Key="a", Body=b"1")
        assert s3.put_object(Bucket=versioned, Key="a", Body=b"1")["VersionId"] == "v1"

    def test_uploads_take_the_chosen_ids(self, cloud: Any, s3: Any, bucket: str) -> None:
        cloud.ids.next("s3.upload", "upload-1")
        assert s3.create_multipart_upload(Bucket=bucket, Key="a")["UploadId"] == "upload-1"
        s3.upload_part(Bucket=bucket, Key="a", UploadId="upload-1", PartNumber=1, Body=b"x")

    def test_access_points_take_the_chosen_alias(self, cloud: Any, s3: Any, bucket: str) -> None:
        control = boto3.client("s3control", region_name="us-east-1")
        cloud.ids.next("s3control.alias", "mine-s3alias")
        created = control.create_access_point(AccountId="123456789012", Name="mine", Bucket=bucket)
        assert created["Alias"] == "mine-s3alias"
        s3.put_object(Bucket="mine-s3alias", Key="a", Body=b"1")
        tag = {"Key": "_custom_id_", "Value": "tagged-s3alias"}
        created = control.create_access_point(AccountId="123456789012", Name="other", Bucket=bucket, Tags=[tag])
        assert created["Alias"] == "tagged-s3alias"

    def test_temporary_credentials_take_the_chosen_key(self, cloud: Any) -> None:
        sts = boto3.client("sts", region_name="us-east-1")
        cloud.ids.next("sts.access_key", "ASIAMYOWNKEY00000001")
        role = sts.assume_role(RoleArn="arn:aws:iam::210987654321:role/worker", RoleSessionName="session")
        credentials = role["Credentials"]
        assert credentials["AccessKeyId"] == "ASIAMYOWNKEY00000001"
        session = boto3.Session(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
        assert session.client("sts", region_name="us-east-1").get_caller_identity()["Account"] == "210987654321"
