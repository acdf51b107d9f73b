"""Lifecycle configurations: which a bucket takes, and how they are answered."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from .conftest import MALFORMED

WHOLE = {"ID": "whole", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 7}}


def rule(**changes):
    """The rule for the whole bucket, changed; None leaves a member out."""
    return {name: value for name, value in {**WHOLE, **changes}.items() if value is not None}


@pytest.fixture
def put(s3, bucket):
    def put(*rules, **arguments):
        return s3.put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration={"Rules": list(rules)}, **arguments
        )

    return put


def invalid(code, message, name=None, value=None):
    error = {"Status": 400, "Code": code, "Message": message}
    if name is not None:
        error["ArgumentName"] = name
    if value is not None:
        error["ArgumentValue"] = value
    return error


@pytest.mark.parametrize("minimum", [None, "all_storage_classes_128K", "varies_by_storage_class"])
def test_what_is_put_is_answered(s3, bucket, put, answer, minimum):
    rules = [
        WHOLE,
        rule(
            ID="all actions",
            Filter={"And": {"Prefix": "x", "Tags": [{"Key": "a", "Value": "1"}], "ObjectSizeGreaterThan": 5}},
            Expiration={"Days": 100},
            Transitions=[{"Days": 1, "StorageClass": "GLACIER"}, {"Days": 91, "StorageClass": "DEEP_ARCHIVE"}],
            NoncurrentVersionTransitions=[{"NoncurrentDays": 30, "StorageClass": "STANDARD_IA"}],
            NoncurrentVersionExpiration={"NoncurrentDays": 60, "NewerNoncurrentVersions": 2},
        ),
        rule(ID="date", Expiration={"Date": datetime(2030, 1, 1, tzinfo=timezone.utc)}, Filter={}),
        rule(ID="abort", Expiration=None, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1}),
    ]
    arguments = {"TransitionDefaultMinimumObjectSize": minimum} if minimum else {}
    told = {"TransitionDefaultMinimumObjectSize": minimum or "all_storage_classes_128K"}
    put_answer = put(*rules, **arguments)
    del put_answer["ResponseMetadata"]
    assert put_answer == told
    assert answer(s3.get_bucket_lifecycle_configuration, Bucket=bucket) == {"Rules": rules, **told}


def test_what_was_deleted_is_absent_and_may_be_deleted_again(s3, bucket, put, refusal):
    put(WHOLE)
    for _ in range(2):
        assert s3.delete_bucket_lifecycle(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refusal(s3.get_bucket_lifecycle_configuration, Bucket=bucket) == {
        "Status": 404,
        "Code": "NoSuchLifecycleConfiguration",
        "Message": "The lifecycle configuration does not exist",
        "BucketName": bucket,
    }


def test_a_rule_without_an_id_gets_one(s3, bucket, put):
    put(rule(ID=None), rule(ID=None, Filter={"Prefix": "x"}))
    ids = [found["ID"] for found in s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]]
    assert [len(id) for id in ids] == [48, 48]
    assert ids[0] != ids[1]


@pytest.mark.parametrize(
    "wrong",
    [
        rule(Filter=None),
        rule(Prefix="both"),
        rule(Status="On"),
        rule(Filter={"Prefix": "a", "Tag": {"Key": "a", "Value": "b"}}),
        rule(Filter={"And": {"Prefix": "a", "ObjectSizeLessThan": 5}, "ObjectSizeGreaterThan": 1}),
        rule(Filter={"And": {"Prefix": "a", "ObjectSizeLessThan": 5}, "Prefix": "a"}),
        rule(Expiration={"Days": 1, "ExpiredObjectDeleteMarker": True}),
        rule(Expiration={"Days": 1, "Date": datetime(2030, 1, 1, tzinfo=timezone.utc)}),
        rule(NoncurrentVersionExpiration={"NewerNoncurrentVersions": 1}),
        rule(Expiration=None, NoncurrentVersionExpiration={}),
        rule(Expiration=None, Transitions=[{"StorageClass": "GLACIER"}]),
        rule(Expiration=None, Transitions=[{"Days": 1, "StorageClass": "FREEZER"}]),
        rule(Expiration=None, NoncurrentVersionTransitions=[{"StorageClass": "GLACIER"}]),
    ],
)
def test_what_does_not_fit_the_schema_is_refused(put, refusal, wrong):
    assert refusal(lambda: put(wrong)) == MALFORMED


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (
            rule(Expiration=None),
            invalid("InvalidRequest", "At least one action needs to be specified in a rule"),
        ),
        (
            rule(ID="x" * 256),
            invalid("InvalidArgument", "ID length should not exceed allowed limit of 255", "ID", "x" * 256),
        ),
        (
            rule(Filter={"And": {"Prefix": "a", "Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}}),
            invalid("InvalidRequest", "Duplicate Tag Keys are not allowed."),
        ),
        (
            rule(Filter={"And": {"ObjectSizeGreaterThan": 5, "ObjectSizeLessThan": 5}}),
            invalid("InvalidRequest", "'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'."),
        ),
        (
            rule(Expiration={"Date": datetime(2030, 1, 1, 12, tzinfo=timezone.utc)}),
            invalid("InvalidArgument", "'Date' must be at midnight GMT", "Date", "2030-01-01T12:00:00.000Z"),
        ),
        (
            rule(Expiration={"Days": 0}),
            invalid("InvalidArgument", "'Days' for Expiration action must be a positive integer", "Days", "0"),
        ),
        (
            rule(Transitions=[{"Days": 29, "StorageClass": "STANDARD_IA"}], Expiration=None),
            invalid(
                "InvalidArgument",
                "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'",
                "Days",
                "29",
            ),
        ),
        (
            rule(Transitions=[{"Days": 7, "StorageClass": "GLACIER"}], Filter={"Prefix": "a"}),
            invalid(
                "InvalidArgument",
                "'Days' in the Expiration action for filter '(prefix=a)' must be greater than 'Days' in the "
                "Transition action",
                "Days",
                "7",
            ),
        ),
        (
            rule(
                Transitions=[{"Date": datetime(2030, 1, 1, tzinfo=timezone.utc), "StorageClass": "GLACIER"}],
                Filter={"Prefix": "a"},
            ),
            invalid(
                "InvalidRequest",
                "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for filter "
                "'(prefix=a)'",
            ),
        ),
        (
            rule(Transitions=[{"Days": days, "StorageClass": "GLACIER"} for days in (1, 2)]),
            invalid(
                "InvalidRequest",
                "'StorageClass' must be different for 'Transition' actions in same 'Rule' with filter '(prefix=)'",
            ),
        ),
        (
            rule(NoncurrentVersionExpiration={"NoncurrentDays": 1, "NewerNoncurrentVersions": 101}),
            invalid(
                "InvalidArgument",
                "'NewerNoncurrentVersions' for NoncurrentVersionExpiration action must be between 1 and 100",
                "NewerNoncurrentVersions",
                "101",
            ),
        ),
        (
            rule(Filter={"Tag": {"Key": "a", "Value": "1"}}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1}),
            invalid("InvalidRequest", "AbortIncompleteMultipartUpload cannot be specified with Tags."),
        ),
        (
            rule(Filter={"Tag": {"Key": "a", "Value": "1"}}, Expiration={"ExpiredObjectDeleteMarker": True}),
            invalid("InvalidRequest", "ExpiredObjectDeleteMarker cannot be specified with Tags."),
        ),
    ],
)
def test_a_rule_that_says_nonsense_is_refused(put, refusal, wrong, error):
    assert refusal(lambda: put(wrong)) == error


def too_soon(later, days, earlier, stay):
    return invalid(
        "InvalidArgument",
        f"'Days' in the 'Transition' action for StorageClass '{later}' for filter '(prefix=a)' must be {stay} days "
        f"more than 'filter '(prefix=a)'' in the 'Transition' action for StorageClass '{earlier}'",
        "Days",
        days,
    )


@pytest.mark.parametrize(
    ("transitions", "error"),
    [
        (
            [{"Days": 60, "StorageClass": "STANDARD_IA"}, {"Days": 30, "StorageClass": "GLACIER"}],
            too_soon("GLACIER", "30", "STANDARD_IA", 30),
        ),
        (
            [{"Days": 59, "StorageClass": "GLACIER"}, {"Days": 30, "StorageClass": "ONEZONE_IA"}],
            too_soon("GLACIER", "59", "ONEZONE_IA", 30),
        ),
        (
            [{"Days": 0, "StorageClass": "GLACIER_IR"}, {"Days": 89, "StorageClass": "GLACIER"}],
            too_soon("GLACIER", "89", "GLACIER_IR", 90),
        ),
        (
            [{"Days": 10, "StorageClass": "INTELLIGENT_TIERING"}, {"Days": 10, "StorageClass": "DEEP_ARCHIVE"}],
            too_soon("DEEP_ARCHIVE", "10", "INTELLIGENT_TIERING", 1),
        ),
    ],
)
def test_a_rule_moves_objects_down_the_classes_and_lets_them_stay_in_each(put, refusal, transitions, error):
    changes = {"Expiration": None, "Filter": {"Prefix": "a"}}
    assert refusal(lambda: put(rule(Transitions=transitions, **changes))) == error
    noncurrent = [{"NoncurrentDays": one["Days"], "StorageClass": one["StorageClass"]} for one in transitions]
    message = error["Message"].replace("'Days'", "'NoncurrentDays'").replace("'Tr", "'NoncurrentVersionTr")
    assert refusal(lambda: put(rule(NoncurrentVersionTransitions=noncurrent, **changes))) == {
        **error,
        "Message": message,
        "ArgumentName": "NoncurrentDays",
    }


def test_a_rule_that_lets_objects_stay_long_enough_in_each_class_is_taken(put):
    days = {"STANDARD_IA": 30, "ONEZONE_IA": 60, "GLACIER_IR": 90, "GLACIER": 180, "DEEP_ARCHIVE": 270}
    put(rule(Expiration=None, Transitions=[{"Days": day, "StorageClass": name} for name, day in days.items()]))


def test_noncurrent_versions_expire_after_they_were_moved(put, refusal):
    wrong = rule(
        NoncurrentVersionTransitions=[{"NoncurrentDays": 30, "StorageClass": "STANDARD_IA"}],
        NoncurrentVersionExpiration={"NoncurrentDays": 30},
    )
    assert refusal(lambda: put(wrong)) == invalid(
        "InvalidArgument",
        "'NoncurrentDays' in the NoncurrentVersionExpiration action for filter '(prefix=)' must be greater than "
        "'NoncurrentDays' in the NoncurrentVersionTransition action",
        "NoncurrentDays",
        "30",
    )


def test_no_rules_are_no_request(s3, bucket, refusal):
    for put in (s3.put_bucket_lifecycle_configuration, s3.put_bucket_lifecycle):
        assert refusal(put, Bucket=bucket) == invalid("MissingRequestBodyError", "Request Body is empty")


def test_there_are_rules_but_not_too_many(put, refusal):
    assert refusal(put) == MALFORMED
    rules = [rule(ID=str(number)) for number in range(1_001)]
    put(*rules[1:])
    assert refusal(lambda: put(*rules)) == invalid(
        "InvalidRequest", "The number of lifecycle rules must not exceed the allowed limit of 1000 rules."
    )


def test_rules_go_together(put, refusal):
    assert refusal(lambda: put(WHOLE, WHOLE)) == invalid(
        "InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule", "ID"
    )
    assert refusal(lambda: put(WHOLE, rule(ID="old", Filter=None, Prefix="x"))) == invalid(
        "InvalidRequest",
        "Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the Filter.",
    )


def test_the_least_size_is_one_that_s3_knows(put, refusal):
    assert refusal(lambda: put(WHOLE, TransitionDefaultMinimumObjectSize="value")) == invalid(
        "InvalidRequest", "Invalid TransitionDefaultMinimumObjectSize found: value"
    )


def test_the_first_version_of_the_operations_speaks_of_the_same_rules(s3, bucket, answer):
    old = {
        "ID": "old",
        "Prefix": "logs/",
        "Status": "Enabled",
        "Expiration": {"Days": 7},
        "Transition": {"Days": 1, "StorageClass": "GLACIER"},
    }
    s3.put_bucket_lifecycle(Bucket=bucket, LifecycleConfiguration={"Rules": [old]})
    assert answer(s3.get_bucket_lifecycle, Bucket=bucket) == {"Rules": [old]}
    (new,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert new["Transitions"] == [old["Transition"]]
