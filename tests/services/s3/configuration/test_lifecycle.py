"""What lifecycle rules do as AWS's clock goes on."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from awsim.services.s3.configuration.lifecycle_rules import expiration_header, midnight_after

#: A morning, so that so many days later there is a midnight to wait for.
START = datetime(2024, 1, 15, 10, 30, tzinfo=timezone.utc)


@pytest.fixture
def advance(cloud):
    """Let days pass in AWS."""
    return lambda days: cloud.clock.advance(seconds=days * 86_400)


@pytest.fixture(autouse=True)
def morning(cloud):
    """Start at half past ten in the morning."""
    now = cloud.clock.now()
    seconds = (34 - now.hour) % 24 * 3600 + 1800 - now.minute * 60 - now.second
    cloud.clock.advance(seconds=seconds % 86_400)


@pytest.fixture
def put_rules(s3, bucket):
    def put(*rules):
        rules = [{"ID": str(place), "Status": "Enabled", "Filter": {}, **rule} for place, rule in enumerate(rules)]
        s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})

    return put


@pytest.fixture
def keys(s3, bucket):
    return lambda: [found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


@pytest.fixture
def versions(s3, bucket):
    """The ids of the versions and of the delete markers of the bucket, the newest first."""

    def versions():
        found = s3.list_object_versions(Bucket=bucket)
        return [[one["VersionId"] for one in found.get(name, [])] for name in ("Versions", "DeleteMarkers")]

    return versions


def test_an_age_is_rounded_up_to_midnight():
    assert midnight_after(START.timestamp(), 3) == datetime(2024, 1, 19, tzinfo=timezone.utc).timestamp()


def test_objects_expire_at_the_midnight_after_their_days(s3, bucket, put_rules, keys, advance):
    put_rules({"Expiration": {"Days": 2}})
    s3.put_object(Bucket=bucket, Key="a")
    advance(2)
    assert keys() == ["a"]
    advance(0.6)
    assert keys() == []


def test_rules_are_for_objects_that_pass_their_filter(s3, bucket, put_rules, keys, advance):
    put_rules(
        {"Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 1}},
        {"Filter": {"Tag": {"Key": "keep", "Value": "no"}}, "Expiration": {"Days": 1}},
        {"Filter": {"ObjectSizeGreaterThan": 20}, "Expiration": {"Days": 1}},
        {"Filter": {"And": {"Prefix": "s", "ObjectSizeLessThan": 2}}, "Expiration": {"Days": 1}},
        {"Status": "Disabled", "Expiration": {"Days": 1}},
    )
    for key, size in (("a", 20), ("b", 21), ("s1", 1), ("s2", 2), ("tmp/x", 5)):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x" * size)
    s3.put_object(Bucket=bucket, Key="t1", Tagging="keep=no")
    s3.put_object(Bucket=bucket, Key="t2", Tagging="keep=yes")
    advance(2)
    assert keys() == ["a", "s2", "t2"]


def test_a_date_is_for_all_objects_before_and_after_it(cloud, s3, bucket, put_rules, keys, advance):
    s3.put_object(Bucket=bucket, Key="a")
    tomorrow = cloud.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    put_rules({"Expiration": {"Date": datetime.fromtimestamp(tomorrow.timestamp() + 86_400, timezone.utc)}})
    advance(1)
    assert keys() == []
    s3.put_object(Bucket=bucket, Key="b")
    advance(1)
    assert keys() == []


def test_rules_go_on_day_after_day_and_end_with_the_configuration(s3, bucket, put_rules, keys, advance, cloud):
    put_rules({"Expiration": {"Days": 1}})
    advance(10)
    s3.put_object(Bucket=bucket, Key="a")
    advance(2)
    assert keys() == []
    s3.put_object(Bucket=bucket, Key="b")
    s3.delete_bucket_lifecycle(Bucket=bucket)
    advance(10)
    assert keys() == ["b"]
    assert cloud.schedule.pending == []


def test_a_new_bucket_of_the_name_has_rules_of_its_own(cloud, s3, bucket, put_rules, keys, advance):
    put_rules({"Expiration": {"Days": 1}})
    s3.delete_bucket(Bucket=bucket)
    advance(0.1)
    s3.create_bucket(Bucket=bucket)
    put_rules({"Expiration": {"Days": 3}})
    s3.put_object(Bucket=bucket, Key="a")
    advance(3)
    assert keys() == ["a"]
    assert len(cloud.schedule.pending) == 1


def test_with_versions_expiry_adds_a_marker_which_goes_when_it_is_alone(s3, versioned, put_rules, versions, advance):
    put_rules({"Expiration": {"Days": 1}, "NoncurrentVersionExpiration": {"NoncurrentDays": 2}})
    version = s3.put_object(Bucket=versioned, Key="a")["VersionId"]
    advance(2)
    ((found,), (marker,)) = versions()
    assert found == version
    advance(2)
    assert versions() == [[version], [marker]]
    advance(1)
    assert versions() == [[], []]


def test_expired_markers_are_removed_on_request(s3, versioned, put_rules, versions, advance):
    put_rules({"Expiration": {"ExpiredObjectDeleteMarker": True}})
    s3.delete_object(Bucket=versioned, Key="gone")
    s3.put_object(Bucket=versioned, Key="kept")
    s3.delete_object(Bucket=versioned, Key="kept")
    advance(1)
    assert [len(ids) for ids in versions()] == [1, 1]


def test_some_noncurrent_versions_may_be_kept(s3, versioned, put_rules, versions, advance):
    put_rules({"NoncurrentVersionExpiration": {"NoncurrentDays": 1, "NewerNoncurrentVersions": 1}})
    ids = [s3.put_object(Bucket=versioned, Key="a", Body=str(n))["VersionId"] for n in range(4)]
    advance(1)
    assert versions()[0] == ids[::-1]
    advance(1)
    assert versions()[0] == [ids[3], ids[2]]


def test_a_locked_version_outlives_its_rule(s3, versioned, put_rules, versions, advance):
    s3.put_object_lock_configuration(Bucket=versioned, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})
    put_rules({"NoncurrentVersionExpiration": {"NoncurrentDays": 1}})
    locked = s3.put_object(Bucket=versioned, Key="a", ObjectLockLegalHoldStatus="ON")["VersionId"]
    current = s3.put_object(Bucket=versioned, Key="a")["VersionId"]
    advance(5)
    assert versions()[0] == [current, locked]
    hold = {"Status": "OFF"}
    s3.put_object_legal_hold(Bucket=versioned, Key="a", VersionId=locked, LegalHold=hold)
    advance(1)
    assert versions()[0] == [current]


def test_objects_move_from_class_to_class(s3, bucket, put_rules, advance):
    put_rules(
        {
            "Filter": {"ObjectSizeGreaterThan": 0},
            "Transitions": [{"Days": 1, "StorageClass": "GLACIER_IR"}, {"Days": 91, "StorageClass": "DEEP_ARCHIVE"}],
        }
    )
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    before = s3.head_object(Bucket=bucket, Key="a")
    classes = []
    for days in (1.5, 1.5, 87, 2):
        advance(days)
        classes.append(s3.head_object(Bucket=bucket, Key="a").get("StorageClass"))
    assert classes == [None, "GLACIER_IR", "GLACIER_IR", "DEEP_ARCHIVE"]
    after = s3.head_object(Bucket=bucket, Key="a")
    assert (after["LastModified"], after["ETag"]) == (before["LastModified"], before["ETag"])


@pytest.mark.parametrize(
    ("minimum", "moved"), [("all_storage_classes_128K", None), ("varies_by_storage_class", "GLACIER")]
)
def test_small_objects_stay_where_they_are(s3, bucket, advance, minimum, moved):
    rule = {
        "ID": "x",
        "Status": "Enabled",
        "Filter": {},
        "Transitions": [{"Days": 0, "StorageClass": "GLACIER"}],
    }
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": [rule]}, TransitionDefaultMinimumObjectSize=minimum
    )
    s3.put_object(Bucket=bucket, Key="small", Body=b"x")
    s3.put_object(Bucket=bucket, Key="large", Body=b"x" * 131_072)
    advance(1)
    assert s3.head_object(Bucket=bucket, Key="small").get("StorageClass") == moved
    assert s3.head_object(Bucket=bucket, Key="large")["StorageClass"] == "GLACIER"


def test_noncurrent_versions_move_too(s3, versioned, put_rules, advance):
    put_rules(
        {
            "Filter": {"ObjectSizeGreaterThan": 0},
            "NoncurrentVersionTransitions": [{"NoncurrentDays": 1, "StorageClass": "GLACIER"}],
        }
    )
    old = s3.put_object(Bucket=versioned, Key="a", Body=b"1")["VersionId"]
    s3.put_object(Bucket=versioned, Key="a", Body=b"2")
    advance(2)
    assert s3.head_object(Bucket=versioned, Key="a", VersionId=old)["StorageClass"] == "GLACIER"
    assert "StorageClass" not in s3.head_object(Bucket=versioned, Key="a")


def test_uploads_that_are_never_completed_are_aborted(s3, bucket, put_rules, advance):
    put_rules({"Filter": {"Prefix": "big/"}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}})
    for key in ("big/a", "small/a"):
        s3.create_multipart_upload(Bucket=bucket, Key=key)
    advance(2)
    assert [found["Key"] for found in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == ["small/a"]


def test_expiry_is_told_as_the_rules_doing(s3, bucket, put_rules, queue, messages, advance):
    events = ["s3:LifecycleExpiration:*", "s3:ObjectRemoved:*", "s3:LifecycleTransition"]
    s3.put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={"QueueConfigurations": [{"QueueArn": queue(), "Events": events}]},
    )
    messages()
    put_rules({"Expiration": {"Days": 1}})
    s3.put_object(Bucket=bucket, Key="a")
    advance(2)
    ((record,),) = [message["Records"] for message in messages()]
    assert (record["eventName"], record["eventVersion"]) == ("LifecycleExpiration:Delete", "2.3")
    assert record["requestParameters"] == {"sourceIPAddress": "s3.amazonaws.com"}


def test_an_object_says_when_it_expires():
    rules = [
        {"ID": "later", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 9}},
        {"ID": "rule 1", "Status": "Enabled", "Filter": {"Prefix": "a"}, "Expiration": {"Days": 3}},
        {"ID": "off", "Status": "Disabled", "Filter": {}, "Expiration": {"Days": 1}},
    ]
    header = expiration_header(rules, "a", 1, None, START.timestamp())
    assert header == 'expiry-date="Fri, 19 Jan 2024 00:00:00 GMT", rule-id="rule%201"'
    header = expiration_header(rules, "b", 1, None, START.timestamp())
    assert header == 'expiry-date="Thu, 25 Jan 2024 00:00:00 GMT", rule-id="later"'
    rules[0]["Expiration"]["Days"] = 2**31 - 1
    header = expiration_header(rules, "b", 1, None, START.timestamp())
    assert header == 'expiry-date="Fri, 31 Dec 9999 00:00:00 GMT", rule-id="later"'
    assert expiration_header(rules[2:], "b", 1, None, START.timestamp()) is None
    assert expiration_header(None, "b", 1, None, START.timestamp()) is None
