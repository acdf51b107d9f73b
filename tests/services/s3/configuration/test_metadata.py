"""The metadata tables of buckets."""

from __future__ import annotations

import re

from .conftest import ACCOUNT

TABLES = f"arn:aws:s3tables:us-east-1:{ACCOUNT}:bucket/aws-s3"
JOURNAL = {"RecordExpiration": {"Expiration": "ENABLED", "Days": 30}}


def missing(bucket):
    return {
        "Status": 404,
        "Code": "MetadataConfigurationNotFound",
        "Message": "The metadata configuration does not exist",
        "BucketName": bucket,
    }


def configured(s3, bucket):
    answer = s3.get_bucket_metadata_configuration(Bucket=bucket)
    return answer["GetBucketMetadataConfigurationResult"]["MetadataConfigurationResult"]


def test_a_configured_bucket_names_its_tables(s3, bucket):
    configuration = {
        "JournalTableConfiguration": JOURNAL,
        "InventoryTableConfiguration": {"ConfigurationState": "DISABLED"},
    }
    s3.create_bucket_metadata_configuration(Bucket=bucket, MetadataConfiguration=configuration)
    found = configured(s3, bucket)
    arn = found["JournalTableConfigurationResult"].pop("TableArn")
    assert re.fullmatch(re.escape(TABLES) + r"/table/[0-9a-f-]{36}", arn)
    assert found == {
        "DestinationResult": {
            "TableBucketType": "aws",
            "TableBucketArn": TABLES,
            "TableNamespace": "b_photos",
        },
        "JournalTableConfigurationResult": {"TableStatus": "ACTIVE", "TableName": "journal", **JOURNAL},
        "InventoryTableConfigurationResult": {"ConfigurationState": "DISABLED"},
    }


def test_tables_are_changed_one_by_one(s3, bucket, refusal):
    journal = {"RecordExpiration": {"Expiration": "DISABLED"}}
    update = {"Bucket": bucket, "JournalTableConfiguration": journal}
    assert refusal(s3.update_bucket_metadata_journal_table_configuration, **update) == missing(bucket)
    s3.create_bucket_metadata_configuration(Bucket=bucket, MetadataConfiguration={"JournalTableConfiguration": JOURNAL})
    s3.update_bucket_metadata_journal_table_configuration(**update)
    s3.update_bucket_metadata_inventory_table_configuration(
        Bucket=bucket, InventoryTableConfiguration={"ConfigurationState": "ENABLED"}
    )
    s3.update_bucket_metadata_annotation_table_configuration(
        Bucket=bucket, AnnotationTableConfiguration={"ConfigurationState": "DISABLED", "Role": "r"}
    )
    found = configured(s3, bucket)
    assert found["JournalTableConfigurationResult"]["RecordExpiration"] == {"Expiration": "DISABLED"}
    assert found["InventoryTableConfigurationResult"]["TableName"] == "inventory"
    assert found["AnnotationTableConfigurationResult"] == {"ConfigurationState": "DISABLED", "Role": "r"}


def test_a_bucket_is_configured_once(s3, bucket, refusal):
    create = {"Bucket": bucket, "MetadataConfiguration": {"JournalTableConfiguration": JOURNAL}}
    s3.create_bucket_metadata_configuration(**create)
    assert refusal(s3.create_bucket_metadata_configuration, **create) == {
        "Status": 409,
        "Code": "InvalidBucketState",
        "Message": "A metadata configuration already exists for this bucket",
    }
    s3.delete_bucket_metadata_configuration(Bucket=bucket)
    for call in (s3.get_bucket_metadata_configuration, s3.delete_bucket_metadata_configuration):
        assert refusal(call, Bucket=bucket) == missing(bucket)


def test_records_are_kept_for_a_week_at_least(s3, bucket, refusal):
    journal = {"RecordExpiration": {"Expiration": "ENABLED", "Days": 6}}
    configuration = {"JournalTableConfiguration": journal}
    error = refusal(s3.create_bucket_metadata_configuration, Bucket=bucket, MetadataConfiguration=configuration)
    assert error == {
        "Status": 400,
        "Code": "InvalidArgument",
        "Message": "The record expiration must be at least 7 days.",
        "ArgumentName": "Days",
    }


def test_a_table_of_ones_own_is_named_too(s3, bucket, refusal):
    destination = {"TableBucketArn": f"arn:aws:s3tables:us-east-1:{ACCOUNT}:bucket/mine", "TableName": "about"}
    assert refusal(s3.get_bucket_metadata_table_configuration, Bucket=bucket) == missing(bucket)
    s3.create_bucket_metadata_table_configuration(
        Bucket=bucket, MetadataTableConfiguration={"S3TablesDestination": destination}
    )
    result = s3.get_bucket_metadata_table_configuration(Bucket=bucket)["GetBucketMetadataTableConfigurationResult"]
    found = result["MetadataTableConfigurationResult"]["S3TablesDestinationResult"]
    assert found.pop("TableArn").startswith(f"{destination['TableBucketArn']}/table/")
    assert found == {**destination, "TableNamespace": "aws_s3_metadata"}
    assert result["Status"] == "ACTIVE"
    for _ in range(2):
        s3.delete_bucket_metadata_table_configuration(Bucket=bucket)
    assert refusal(s3.get_bucket_metadata_table_configuration, Bucket=bucket) == missing(bucket)
