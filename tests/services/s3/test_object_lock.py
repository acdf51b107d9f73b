"""Object lock: retention, legal hold, and who may get round them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from botocore.exceptions import ClientError

from awsim.errors import NotSimulatedError

from .conftest import answer

LOCKED = {"Status": 403, "Code": "AccessDenied", "Message": "Access Denied because object protected by object lock."}
ABSENT = {
    "Status": 404,
    "Code": "NoSuchObjectLockConfiguration",
    "Message": "The specified object does not have a ObjectLock configuration",
}
DAY = timedelta(days=1)


@pytest.fixture
def safe(s3):
    s3.create_bucket(Bucket="safe", ObjectLockEnabledForBucket=True)
    return "safe"


@pytest.fixture
def today(cloud):
    return cloud.clock.now().replace(microsecond=0)


def put(s3, bucket, **arguments):
    version = s3.put_object(Bucket=bucket, Key="deed", Body=b"mine", **arguments)["VersionId"]
    return {"Bucket": bucket, "Key": "deed", "VersionId": version}


def retain(s3, deed, mode, until, **arguments):
    s3.put_object_retention(Retention={"Mode": mode, "RetainUntilDate": until}, **deed, **arguments)


class TestRetention:
    def test_a_retained_version_cannot_be_deleted_until_its_time(self, s3, safe, today, refusal, advance):
        deed = put(s3, safe, ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=today + DAY)
        assert refusal(s3.delete_object, **deed) == LOCKED
        advance(86_400)
        assert answer(s3.delete_object(**deed)) == {"VersionId": deed["VersionId"]}

    def test_governance_can_be_bypassed_and_compliance_cannot(self, s3, safe, today, refusal):
        governed, complied = put(s3, safe), put(s3, safe)
        retain(s3, governed, "GOVERNANCE", today + DAY)
        retain(s3, complied, "COMPLIANCE", today + DAY)
        assert refusal(s3.delete_object, BypassGovernanceRetention=True, **complied) == LOCKED
        assert s3.delete_object(BypassGovernanceRetention=True, **governed)

    def test_a_marker_can_always_be_put_on_top(self, s3, safe, today):
        put(s3, safe, ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=today + DAY)
        assert s3.delete_object(Bucket=safe, Key="deed")["DeleteMarker"] is True

    def test_retention_is_told(self, s3, safe, today):
        deed = put(s3, safe)
        retain(s3, deed, "GOVERNANCE", today + DAY)
        told = s3.get_object_retention(**deed)["Retention"]
        assert told == {"Mode": "GOVERNANCE", "RetainUntilDate": today + DAY}
        for call in (s3.get_object, s3.head_object):
            found = call(**deed)
            assert (found["ObjectLockMode"], found["ObjectLockRetainUntilDate"]) == ("GOVERNANCE", today + DAY)

    def test_retention_is_extended_freely_and_shortened_only_round_governance(self, s3, safe, today, refusal):
        deed = put(s3, safe)
        retain(s3, deed, "GOVERNANCE", today + 2 * DAY)
        retain(s3, deed, "GOVERNANCE", today + 3 * DAY)
        assert refusal(retain, s3=s3, deed=deed, mode="GOVERNANCE", until=today + DAY) == LOCKED
        assert refusal(s3.put_object_retention, Retention={}, **deed) == LOCKED
        retain(s3, deed, "GOVERNANCE", today + DAY, BypassGovernanceRetention=True)
        s3.put_object_retention(Retention={}, BypassGovernanceRetention=True, **deed)
        assert refusal(s3.get_object_retention, **deed) == ABSENT

    def test_compliance_is_never_weakened(self, s3, safe, today, refusal):
        deed = put(s3, safe)
        retain(s3, deed, "COMPLIANCE", today + 2 * DAY)
        for mode, until in (("COMPLIANCE", today + DAY), ("GOVERNANCE", today + 3 * DAY)):
            refused = refusal(retain, s3=s3, deed=deed, mode=mode, until=until, BypassGovernanceRetention=True)
            assert refused == LOCKED
        retain(s3, deed, "COMPLIANCE", today + 3 * DAY)

    def test_a_date_in_the_past_is_refused(self, s3, safe, today, refusal):
        refused = refusal(retain, s3=s3, deed=put(s3, safe), mode="GOVERNANCE", until=today - DAY)
        assert (refused["Code"], refused["Message"]) == (
            "InvalidArgument",
            "The retain until date must be in the future!",
        )

    def test_a_mode_needs_a_date(self, s3, safe, refusal):
        refused = refusal(s3.put_object, Bucket=safe, Key="deed", ObjectLockMode="GOVERNANCE")
        assert refused == {
            "Status": 400,
            "Code": "InvalidArgument",
            "Message": "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
            "ArgumentName": "x-amz-object-lock-mode",
        }

    def test_new_objects_get_the_buckets_default(self, s3, safe, cloud):
        s3.put_object_lock_configuration(
            Bucket=safe,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 2}},
            },
        )
        found = s3.head_object(**put(s3, safe))
        assert found["ObjectLockMode"] == "COMPLIANCE"
        remaining = found["ObjectLockRetainUntilDate"] - cloud.clock.now()
        assert 2 * DAY - timedelta(seconds=5) < remaining <= 2 * DAY

    def test_a_copy_is_not_retained(self, s3, safe, today):
        deed = put(s3, safe, ObjectLockMode="GOVERNANCE", ObjectLockRetainUntilDate=today + DAY)
        s3.copy_object(Bucket=safe, Key="copy", CopySource=deed)
        assert "ObjectLockMode" not in s3.head_object(Bucket=safe, Key="copy")


class TestLegalHold:
    def test_a_held_version_cannot_be_deleted(self, s3, safe, refusal):
        deed = put(s3, safe)
        s3.put_object_legal_hold(LegalHold={"Status": "ON"}, **deed)
        assert refusal(s3.delete_object, BypassGovernanceRetention=True, **deed) == LOCKED
        named = {name: deed[name] for name in ("Key", "VersionId")}
        answered = s3.delete_objects(Bucket=safe, Delete={"Objects": [named]})
        assert answered["Errors"] == [{**named, "Code": "AccessDenied", "Message": LOCKED["Message"]}]
        s3.put_object_legal_hold(LegalHold={"Status": "OFF"}, **deed)
        assert s3.delete_object(**deed)

    def test_a_hold_is_told_once_it_was_set(self, s3, safe, refusal):
        deed = put(s3, safe)
        assert refusal(s3.get_object_legal_hold, **deed) == ABSENT
        for status in ("ON", "OFF"):
            s3.put_object_legal_hold(LegalHold={"Status": status}, **deed)
            assert s3.get_object_legal_hold(**deed)["LegalHold"] == {"Status": status}
            assert s3.head_object(**deed)["ObjectLockLegalHoldStatus"] == status

    def test_a_hold_can_come_with_the_object(self, s3, safe):
        deed = put(s3, safe, ObjectLockLegalHoldStatus="ON")
        assert s3.get_object_legal_hold(**deed)["LegalHold"] == {"Status": "ON"}


def test_a_bucket_without_object_lock_takes_no_locks(s3, bucket, refusal, today):
    missing = {"Status": 400, "Code": "InvalidRequest", "Message": "Bucket is missing Object Lock Configuration"}
    cat = {"Bucket": bucket, "Key": "cat"}
    s3.put_object(**cat)
    assert refusal(s3.get_object_retention, **cat) == missing
    assert refusal(s3.put_object_legal_hold, LegalHold={"Status": "ON"}, **cat) == missing
    assert refusal(s3.put_object, ObjectLockLegalHoldStatus="ON", **cat) == missing


def test_holds_that_end_with_an_event_are_not_simulated_and_say_so(s3, safe, transport):
    member = "ObjectLockEventHold"
    if member not in s3.meta.service_model.operation_model("PutObject").input_shape.members:
        pytest.skip("this botocore does not know them")
    refused = (NotSimulatedError, ClientError)
    with pytest.raises(refused, match="does not simulate s3.PutObject with ObjectLockEventHold"):
        s3.put_object(Bucket=safe, Key="deed", ObjectLockEventHold="ON")
    s3.put_object(Bucket=safe, Key="deed")
    with pytest.raises(refused, match="does not simulate s3.PutObjectRetention with EventHold"):
        s3.put_object_retention(Bucket=safe, Key="deed", Retention={"EventHold": "ON"})


def test_a_retention_ends_at_a_millisecond(s3, safe):
    until = datetime(2130, 1, 1, 1, 2, 3, 456_789, tzinfo=timezone.utc)
    deed = {"Bucket": safe, "Key": "deed"}
    s3.put_object(**deed)
    s3.put_object_retention(Retention={"Mode": "GOVERNANCE", "RetainUntilDate": until}, **deed)
    told = until.replace(microsecond=456_000)
    assert s3.get_object_retention(**deed)["Retention"] == {"Mode": "GOVERNANCE", "RetainUntilDate": told}
    assert s3.head_object(**deed)["ObjectLockRetainUntilDate"] == told
