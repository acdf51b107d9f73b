"""Replication: which configurations a bucket takes, and the replicas that it makes."""

from __future__ import annotations

from datetime import datetime, timezone

import boto3
import pytest

from .conftest import ACCOUNT, MALFORMED

ROLE = f"arn:aws:iam::{ACCOUNT}:role/replicator"
VERSIONED = {"Status": "Enabled"}


def rule(**changes):
    return {
        "ID": "all",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": "arn:aws:s3:::copies"},
        **changes,
    }


@pytest.fixture
def copies(s3):
    """The name of another bucket with versions, in another region."""
    s3.create_bucket(Bucket="copies", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_versioning(Bucket="copies", VersioningConfiguration=VERSIONED)
    return "copies"


@pytest.fixture
def replicate(s3, versioned, copies):
    def put(*rules):
        s3.put_bucket_replication(Bucket=versioned, ReplicationConfiguration={"Role": ROLE, "Rules": list(rules)})

    return put


def invalid(message):
    return {"Status": 400, "Code": "InvalidRequest", "Message": message}


def test_what_is_put_is_answered(s3, versioned, replicate, answer):
    rtc = {
        "Bucket": "arn:aws:s3:::copies",
        "StorageClass": "STANDARD",
        "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
        "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
    }
    rules = [rule(Filter={"Prefix": "Tax"}), rule(ID="rtc", Status="Disabled", Priority=0, Destination=rtc)]
    replicate(*rules)
    assert answer(s3.get_bucket_replication, Bucket=versioned) == {
        "ReplicationConfiguration": {"Role": ROLE, "Rules": rules}
    }


def test_what_was_deleted_is_absent_and_may_be_deleted_again(s3, versioned, replicate, refusal):
    replicate(rule())
    for _ in range(2):
        assert s3.delete_bucket_replication(Bucket=versioned)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refusal(s3.get_bucket_replication, Bucket=versioned) == {
        "Status": 404,
        "Code": "ReplicationConfigurationNotFoundError",
        "Message": "The replication configuration was not found",
        "BucketName": versioned,
    }


def test_both_buckets_keep_versions(s3, bucket, copies, refusal):
    put = {"Bucket": bucket, "ReplicationConfiguration": {"Role": ROLE, "Rules": [rule()]}}
    error = invalid("Versioning must be 'Enabled' on the bucket to apply a replication configuration")
    assert refusal(s3.put_bucket_replication, **put) == error
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=VERSIONED)
    error = invalid("Destination bucket must have versioning enabled.")
    s3.create_bucket(Bucket="plain")
    for name in ("plain", "nowhere"):
        put["ReplicationConfiguration"]["Rules"] = [rule(Destination={"Bucket": f"arn:aws:s3:::{name}"})]
        assert refusal(s3.put_bucket_replication, **put) == error
    put["ReplicationConfiguration"]["Rules"] = [rule(Destination={"Bucket": f"arn:aws:s3:::{bucket}"})]
    error = invalid("Destination bucket cannot be the same as the source bucket.")
    assert refusal(s3.put_bucket_replication, **put) == error


def test_a_rule_for_the_whole_bucket_has_an_empty_filter_or_prefix(replicate, refusal):
    second = rule()
    replicate(second)
    first = {"ID": "all", "Status": "Enabled", "Prefix": "", "Destination": second["Destination"]}
    replicate(first)
    del first["Prefix"], second["Filter"]
    for neither in first, second:
        assert refusal(lambda neither=neither: replicate(neither)) == MALFORMED


def test_rules_that_say_nonsense_are_refused(replicate, refusal):
    assert refusal(replicate) == MALFORMED
    assert refusal(lambda: replicate(rule(Prefix="both"))) == MALFORMED
    without = rule()
    del without["Priority"]
    assert refusal(lambda: replicate(without)) == invalid(
        "Priority must be specified for this version of Cross Region Replication configuration schema. Please refer "
        "to S3 Developer Guide for more information."
    )


TAG = {"Key": "keep", "Value": "no"}
REFER = "Please refer to S3 Developer Guide for more information."
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"
COPIES = "arn:aws:s3:::copies"
KMS = {"SseKmsEncryptedObjects": {"Status": "Enabled"}}


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (rule(Filter={"Prefix": "a", "Tag": TAG}), MALFORMED),
        (rule(ExistingObjectReplication={"Status": "Enabled"}), MALFORMED),
        *(
            (
                rule(Filter=filter, DeleteMarkerReplication={"Status": "Enabled"}),
                invalid(f"Delete marker replication is not supported if any Tag filter is specified. {REFER}"),
            )
            for filter in (
                {"Tag": TAG},
                {"And": {"Tags": [TAG]}},
                {"Not": {"Tag": TAG}},
                {"Not": {"Or": {"Tags": [TAG]}}},
            )
        ),
        (
            rule(SourceSelectionCriteria=KMS),
            invalid("ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present."),
        ),
        (
            rule(Destination={"Bucket": COPIES, "EncryptionConfiguration": {"ReplicaKmsKeyID": KEY}}),
            invalid("SseKmsEncryptedObjects must be specified if EncryptionConfiguration is present."),
        ),
        (
            rule(
                Destination={"Bucket": COPIES, "EncryptionConfiguration": {"ReplicaKmsKeyID": "mine"}},
                SourceSelectionCriteria=KMS,
            ),
            {"Status": 400, "Code": "InvalidArgument", "Message": "Invalid ReplicaKmsKeyID ARN."},
        ),
    ],
)
def test_what_a_rule_asks_for_goes_together(replicate, refusal, wrong, error):
    assert refusal(lambda: replicate(wrong)) == error


def timed(**changes):
    """The destination of copies in 15 minutes, changed; None leaves a member out."""
    minutes = {"Minutes": 15}
    found = {
        "Bucket": COPIES,
        "ReplicationTime": {"Status": "Enabled", "Time": minutes},
        "Metrics": {"Status": "Enabled", "EventThreshold": minutes},
        **changes,
    }
    return {name: value for name, value in found.items() if value is not None}


@pytest.mark.parametrize(
    ("destination", "code", "message"),
    [
        (
            timed(Metrics=None),
            "InvalidRequest",
            "Replication destination must contain both ReplicationTime and Metrics or neither.",
        ),
        (
            timed(ReplicationTime={"Status": "Enabled", "Time": {"Minutes": 10}}),
            "InvalidArgument",
            "Replication-ReplicationTimeValue-Minutes value must be 15.",
        ),
        (
            timed(Metrics={"Status": "Enabled"}),
            "InvalidArgument",
            "ReplicationMetrics must contain an EventThreshold.",
        ),
        (
            timed(Metrics={"Status": "Enabled", "EventThreshold": {"Minutes": 10}}),
            "InvalidArgument",
            "EventThreshold-ReplicationTimeValue-Minutes value must be 15.",
        ),
        (
            timed(Metrics={"Status": "Disabled", "EventThreshold": {"Minutes": 15}}),
            "InvalidRequest",
            "ReplicationTime and ReplicationMetrics must have the same status.",
        ),
        (
            {"Bucket": COPIES, "AccessControlTranslation": {"Owner": "Destination"}},
            "InvalidRequest",
            "If the <Owner> in <AccessControlTranslation> has a value, the <Account> element must be specified.",
        ),
        (
            {"Bucket": COPIES, "Account": ""},
            "InvalidArgument",
            "The <Account> element is empty. It must contain a valid account ID.",
        ),
        (
            {"Bucket": COPIES, "Account": "210987654321"},
            "InvalidArgument",
            "The AWS account specified in the <Account> element must match the destination bucket owner.",
        ),
    ],
)
def test_a_destination_says_what_goes_together(replicate, refusal, destination, code, message):
    error = {"Status": 400, "Code": code, "Message": message}
    assert refusal(lambda: replicate(rule(Destination=destination))) == error


def test_metrics_go_without_a_time(replicate):
    replicate(rule(Destination={"Bucket": COPIES, "Metrics": {"Status": "Enabled"}}))


def test_a_rules_id_is_ascii(replicate, refusal):
    assert refusal(lambda: replicate(rule(ID="für alles"))) == {
        "Status": 400,
        "Code": "InvalidArgument",
        "Message": "Rule ID must not contain non-ASCII characters.",
    }


def test_rules_of_the_first_version_say_less(s3, versioned, copies, replicate, refusal):
    def first(**changes):
        return {"ID": "a", "Status": "Enabled", "Prefix": "a", "Destination": {"Bucket": COPIES}, **changes}

    for member, value in (("Priority", 1), ("DeleteMarkerReplication", {"Status": "Disabled"})):
        one = first(**{member: value})
        assert refusal(lambda one=one: replicate(one)) == invalid(
            f"{member} cannot be used for this version of Cross Region Replication configuration schema. {REFER}"
        )
    minutes = {"Minutes": 15}
    rtc = {
        "Bucket": COPIES,
        "ReplicationTime": {"Status": "Enabled", "Time": minutes},
        "Metrics": {"Status": "Enabled", "EventThreshold": minutes},
    }
    assert refusal(lambda: replicate(first(Destination=rtc))) == invalid(
        "ReplicationTime cannot be used for this version of the replication configuration schema"
    )
    s3.create_bucket(Bucket="more")
    s3.put_bucket_versioning(Bucket="more", VersioningConfiguration=VERSIONED)
    more = first(ID="b", Destination={"Bucket": "arn:aws:s3:::more"})
    assert refusal(lambda: replicate(first(), more)) == invalid(
        "Number of distinct destination bucket ARNs cannot exceed 1"
    )


def test_versions_stay_while_they_are_replicated(s3, versioned, replicate, refusal):
    replicate(rule())
    suspended = {"Status": "Suspended"}
    assert refusal(s3.put_bucket_versioning, Bucket=versioned, VersioningConfiguration=suspended) == {
        "Status": 409,
        "Code": "InvalidBucketState",
        "Message": (
            "A replication configuration is present on this bucket, so the versioning state cannot be changed."
        ),
    }


@pytest.fixture
def far(cloud):
    """A client where the copies are."""
    return boto3.Session("testing", "testing", region_name="eu-west-1").client("s3")


def test_an_object_is_replicated_with_all_it_has(s3, far, versioned, copies, replicate):
    replicate(rule(Destination={"Bucket": f"arn:aws:s3:::{copies}", "StorageClass": "STANDARD_IA"}))
    put = s3.put_object(
        Bucket=versioned, Key="a", Body=b"data", Metadata={"of": "mine"}, ContentType="text/plain", Tagging="k=v"
    )
    source = s3.head_object(Bucket=versioned, Key="a")
    replica = far.get_object(Bucket=copies, Key="a")
    assert source["ReplicationStatus"] == "COMPLETED"
    assert replica["ReplicationStatus"] == "REPLICA"
    assert replica["Body"].read() == b"data"
    assert replica["StorageClass"] == "STANDARD_IA"
    same = ("ETag", "VersionId", "LastModified", "Metadata", "ContentType")
    assert {name: replica[name] for name in same} == {name: source[name] for name in same}
    assert replica["VersionId"] == put["VersionId"]
    assert far.get_object_tagging(Bucket=copies, Key="a")["TagSet"] == [{"Key": "k", "Value": "v"}]


def test_changed_tags_follow(s3, far, versioned, copies, replicate):
    replicate(rule())
    s3.put_object(Bucket=versioned, Key="a")
    s3.put_object_tagging(Bucket=versioned, Key="a", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    assert far.get_object_tagging(Bucket=copies, Key="a")["TagSet"] == [{"Key": "k", "Value": "v"}]


def test_only_what_a_rule_is_for_is_replicated(s3, far, versioned, copies, replicate):
    replicate(
        rule(Filter={"Prefix": "in/"}),
        rule(ID="tagged", Priority=2, Filter={"Tag": {"Key": "copy", "Value": "yes"}}),
        rule(ID="off", Priority=3, Status="Disabled"),
    )
    s3.put_object(Bucket=versioned, Key="in/a")
    s3.put_object(Bucket=versioned, Key="out/a")
    s3.put_object(Bucket=versioned, Key="out/b", Tagging="copy=yes")
    listed = [found["Key"] for found in far.list_objects_v2(Bucket=copies)["Contents"]]
    assert listed == ["in/a", "out/b"]
    assert "ReplicationStatus" not in s3.head_object(Bucket=versioned, Key="out/a")


@pytest.mark.parametrize(("status", "markers"), [("Enabled", 1), ("Disabled", 0)])
def test_delete_markers_are_replicated_on_request_and_deletions_never(
    s3, far, versioned, copies, replicate, status, markers
):
    replicate(rule(DeleteMarkerReplication={"Status": status}))
    version = s3.put_object(Bucket=versioned, Key="a")["VersionId"]
    s3.delete_object(Bucket=versioned, Key="a")
    s3.delete_object(Bucket=versioned, Key="a", VersionId=version)
    found = far.list_object_versions(Bucket=copies)
    assert [one["VersionId"] for one in found["Versions"]] == [version]
    assert len(found.get("DeleteMarkers", [])) == markers


def test_replicas_are_not_replicated_again(s3, far, versioned, copies, replicate):
    replicate(rule())
    s3.create_bucket(Bucket="third")
    s3.put_bucket_versioning(Bucket="third", VersioningConfiguration=VERSIONED)
    onward = {"Role": ROLE, "Rules": [rule(Destination={"Bucket": "arn:aws:s3:::third"})]}
    far.put_bucket_replication(Bucket=copies, ReplicationConfiguration=onward)
    s3.put_object(Bucket=versioned, Key="a")
    assert "Contents" not in s3.list_objects_v2(Bucket="third")
    far.put_object(Bucket=copies, Key="b")
    assert [found["Key"] for found in s3.list_objects_v2(Bucket="third")["Contents"]] == ["b"]


def test_what_cannot_be_replicated_has_failed(s3, far, versioned, copies, replicate):
    replicate(rule())
    far.put_bucket_versioning(Bucket=copies, VersioningConfiguration={"Status": "Suspended"})
    s3.put_object(Bucket=versioned, Key="a")
    assert s3.head_object(Bucket=versioned, Key="a")["ReplicationStatus"] == "FAILED"


def test_replicas_go_to_other_accounts(s3, versioned, copies, replicate):
    theirs = boto3.Session("111122223333", "x", region_name="us-east-1").client("s3")
    theirs.create_bucket(Bucket="theirs")
    theirs.put_bucket_versioning(Bucket="theirs", VersioningConfiguration=VERSIONED)
    replicate(rule(Destination={"Bucket": "arn:aws:s3:::theirs", "Account": "111122223333"}))
    s3.put_object(Bucket=versioned, Key="a", Body=b"data")
    assert theirs.get_object(Bucket="theirs", Key="a")["Body"].read() == b"data"


@pytest.mark.parametrize(
    ("filter", "replicated"),
    [
        ({"Not": {"Prefix": "tmp/"}}, ["a", "tagged"]),
        ({"Not": {"Tag": TAG}}, ["a", "tmp/a"]),
        ({"Not": {"Or": {"Prefixes": ["tmp/", "x"], "Tags": [TAG]}}}, ["a"]),
        ({"And": {"Prefix": "t", "Not": {"Prefix": "tmp/"}}}, ["tagged"]),
    ],
)
def test_what_a_rule_excludes_is_not_replicated(s3, far, versioned, copies, replicate, filter, replicated):
    replicate(rule(Filter=filter))
    for key, tagging in (("a", ""), ("tmp/a", ""), ("tagged", "keep=no")):
        s3.put_object(Bucket=versioned, Key=key, Tagging=tagging)
    assert [found["Key"] for found in far.list_objects_v2(Bucket=copies)["Contents"]] == replicated


def test_what_was_there_before_its_rule_stays_alone(s3, far, versioned, copies, replicate):
    s3.put_object(Bucket=versioned, Key="a")
    replicate(rule())
    s3.put_object_tagging(Bucket=versioned, Key="a", Tagging={"TagSet": [TAG]})
    assert far.list_objects_v2(Bucket=copies)["KeyCount"] == 0
    assert "ReplicationStatus" not in s3.head_object(Bucket=versioned, Key="a")


def test_changes_of_replicas_go_back_on_request(s3, far, versioned, copies, replicate):
    replicate(rule())
    back = rule(
        Destination={"Bucket": f"arn:aws:s3:::{versioned}"},
        SourceSelectionCriteria={"ReplicaModifications": {"Status": "Disabled"}},
    )
    both = {"Bucket": copies, "ReplicationConfiguration": {"Role": ROLE, "Rules": [back]}}
    s3.put_object(Bucket=versioned, Key="a")
    for status, tags in (("Disabled", []), ("Enabled", [TAG])):
        back["SourceSelectionCriteria"]["ReplicaModifications"]["Status"] = status
        far.put_bucket_replication(**both)
        far.put_object_tagging(Bucket=copies, Key="a", Tagging={"TagSet": [TAG]})
        assert s3.get_object_tagging(Bucket=versioned, Key="a")["TagSet"] == tags
    assert [version["Key"] for version in s3.list_object_versions(Bucket=versioned)["Versions"]] == ["a"]


class TestLocks:
    @pytest.fixture
    def locked(self, s3, far, replicate):
        """A bucket with object lock that replicates to another, whose objects are kept for a day."""
        s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
        far.create_bucket(
            Bucket="kept",
            ObjectLockEnabledForBucket=True,
            CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
        )
        day = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
        far.put_object_lock_configuration(
            Bucket="kept", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": day}
        )
        rules = [rule(Destination={"Bucket": "arn:aws:s3:::kept"})]
        s3.put_bucket_replication(Bucket="locked", ReplicationConfiguration={"Role": ROLE, "Rules": rules})
        return "locked"

    def test_a_replica_has_its_originals_retention_or_else_its_buckets(self, s3, far, locked):
        until = datetime(2100, 1, 1, tzinfo=timezone.utc)
        s3.put_object(Bucket=locked, Key="own", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until)
        s3.put_object(Bucket=locked, Key="none")
        own = far.get_object_retention(Bucket="kept", Key="own")["Retention"]
        assert own == {"Mode": "COMPLIANCE", "RetainUntilDate": until}
        assert far.get_object_retention(Bucket="kept", Key="none")["Retention"]["Mode"] == "GOVERNANCE"
        assert "ObjectLockMode" not in s3.head_object(Bucket=locked, Key="none")

    def test_changed_locks_follow(self, s3, far, locked):
        s3.put_object(Bucket=locked, Key="a")
        retention = {"Mode": "COMPLIANCE", "RetainUntilDate": datetime(2100, 1, 1, tzinfo=timezone.utc)}
        s3.put_object_retention(Bucket=locked, Key="a", Retention=retention)
        s3.put_object_legal_hold(Bucket=locked, Key="a", LegalHold={"Status": "ON"})
        assert far.get_object_retention(Bucket="kept", Key="a")["Retention"] == retention
        assert far.get_object_legal_hold(Bucket="kept", Key="a")["LegalHold"] == {"Status": "ON"}

    def test_a_bucket_without_locks_takes_nothing_from_one_with_them(self, s3, far, copies, locked):
        s3.put_bucket_replication(Bucket=locked, ReplicationConfiguration={"Role": ROLE, "Rules": [rule()]})
        s3.put_object(Bucket=locked, Key="a")
        assert s3.head_object(Bucket=locked, Key="a")["ReplicationStatus"] == "FAILED"
        assert far.list_objects_v2(Bucket=copies)["KeyCount"] == 0
