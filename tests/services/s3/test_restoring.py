"""Archived objects: unreadable until they are restored, and again when the copy's time is over."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from .conftest import status
from .event_targets import start_targets

HOUR, DAY = 3600, 86_400


@pytest.fixture
def frozen(s3, bucket):
    s3.put_object(Bucket=bucket, Key="mammoth", Body=b"old", StorageClass="GLACIER")
    return {"Bucket": bucket, "Key": "mammoth"}


def restore(s3, frozen, tier="Standard", days=1):
    return s3.restore_object(RestoreRequest={"Days": days, "GlacierJobParameters": {"Tier": tier}}, **frozen)


def test_an_archived_object_can_be_headed_but_not_read_or_copied(s3, frozen, bucket, refusal):
    assert s3.head_object(**frozen)["StorageClass"] == "GLACIER"
    assert refusal(s3.get_object, **frozen) == {
        "Status": 403,
        "Code": "InvalidObjectState",
        "Message": "The operation is not valid for the object's storage class",
        "StorageClass": "GLACIER",
    }
    assert refusal(s3.copy_object, Bucket=bucket, Key="copy", CopySource=frozen) == {
        "Status": 403,
        "Code": "ObjectNotInActiveTierError",
        "Message": "The source object of the COPY action is not in the active tier and is only stored in Amazon S3 "
        "Glacier.",
    }


@pytest.mark.parametrize(("tier", "seconds"), [("Expedited", 60), ("Standard", 3 * HOUR), ("Bulk", 5 * HOUR)])
def test_a_restore_takes_its_time(s3, frozen, advance, refusal, tier, seconds):
    assert status(restore(s3, frozen, tier)) == 202
    assert s3.head_object(**frozen)["Restore"] == 'ongoing-request="true"'
    assert refusal(restore, s3=s3, frozen=frozen, tier=tier) == {
        "Status": 409,
        "Code": "RestoreAlreadyInProgress",
        "Message": "Object restore is already in progress",
    }
    advance(seconds + 1)
    assert s3.head_object(**frozen)["Restore"].startswith('ongoing-request="false", expiry-date="')
    assert s3.get_object(**frozen)["Body"].read() == b"old"


def test_the_copy_goes_at_the_midnight_after_its_last_day(s3, frozen, advance, cloud, refusal):
    restore(s3, frozen)
    advance(3 * HOUR + 1)
    header = s3.head_object(**frozen)["Restore"]
    expiry = datetime.strptime(header.split('"')[3], "%a, %d %b %Y %H:%M:%S %Z").replace(tzinfo=timezone.utc)
    assert (expiry.hour, expiry.minute, expiry.second) == (0, 0, 0)
    assert DAY - 5 <= (expiry - cloud.clock.now()).total_seconds() <= 2 * DAY
    advance((expiry - cloud.clock.now()).total_seconds() + 1)
    assert "Restore" not in s3.head_object(**frozen)
    assert refusal(s3.get_object, **frozen)["Code"] == "InvalidObjectState"
    assert status(restore(s3, frozen)) == 202


def test_restoring_again_only_moves_the_expiry(s3, frozen, advance):
    restore(s3, frozen)
    advance(4 * HOUR)
    before = s3.head_object(**frozen)["Restore"]
    assert status(restore(s3, frozen, days=10)) == 200
    assert s3.head_object(**frozen)["Restore"] != before
    advance(5 * DAY)
    assert s3.get_object(**frozen)["Body"].read() == b"old"


def test_only_what_is_archived_is_restored(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="cat")
    assert refusal(restore, s3=s3, frozen={"Bucket": bucket, "Key": "cat"}) == {
        "Status": 403,
        "Code": "InvalidObjectState",
        "Message": "Restore is not allowed for the object's current storage class",
        "StorageClass": "STANDARD",
    }


def test_deep_archives_have_no_fast_way_out(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="deep", StorageClass="DEEP_ARCHIVE")
    refused = refusal(restore, s3=s3, frozen={"Bucket": bucket, "Key": "deep"}, tier="Expedited")
    assert (refused["Code"], refused["ArgumentValue"]) == ("InvalidArgument", "Expedited")


def test_listings_tell_of_restores_on_demand(s3, frozen, bucket, advance):
    def told():
        (listed,) = s3.list_objects_v2(Bucket=bucket, OptionalObjectAttributes=["RestoreStatus"])["Contents"]
        return listed.get("RestoreStatus")

    assert told() is None
    restore(s3, frozen)
    assert told() == {"IsRestoreInProgress": True}
    advance(4 * HOUR)
    assert told()["IsRestoreInProgress"] is False
    assert "RestoreStatus" not in s3.list_objects_v2(Bucket=bucket)["Contents"][0]


def test_a_restore_under_way_can_be_made_faster_but_not_otherwise(s3, frozen, advance, refusal):
    restore(s3, frozen, "Bulk")
    in_progress = {
        "Status": 409,
        "Code": "RestoreAlreadyInProgress",
        "Message": "Object restore is already in progress",
    }
    assert refusal(restore, s3=s3, frozen=frozen, tier="Expedited", days=5) == in_progress
    assert status(restore(s3, frozen, "Expedited")) == 202
    assert refusal(restore, s3=s3, frozen=frozen, tier="Standard") == in_progress
    advance(61)
    assert s3.get_object(**frozen)["Body"].read() == b"old"


def test_a_restore_that_was_made_faster_is_told_once(s3, frozen, advance, cloud):
    sent = start_targets(cloud)
    topic = {"TopicArn": "arn:aws:sns:us-east-1:123456789012:events", "Events": ["s3:ObjectRestore:Completed"]}
    s3.put_bucket_notification_configuration(
        Bucket=frozen["Bucket"], NotificationConfiguration={"TopicConfigurations": [topic]}
    )
    sent.clear()
    restore(s3, frozen, "Bulk")
    restore(s3, frozen, "Expedited")
    advance(6 * HOUR)
    told = [json.loads(request["Message"])["Records"][0]["eventName"] for _, _, request in sent]
    assert told == ["ObjectRestore:Completed"]
