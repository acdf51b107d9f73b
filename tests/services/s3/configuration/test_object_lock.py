"""Object lock of buckets."""

from __future__ import annotations

import pytest

from .conftest import MALFORMED

ENABLED = {"ObjectLockEnabled": "Enabled"}


def test_it_needs_versions(s3, bucket, refusal):
    error = {
        "Status": 409,
        "Code": "InvalidBucketState",
        "Message": "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    }
    for _ in range(2):
        assert refusal(s3.put_object_lock_configuration, Bucket=bucket, ObjectLockConfiguration=ENABLED) == error
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


def test_a_bucket_without_it_says_so(s3, bucket, refusal):
    assert refusal(s3.get_object_lock_configuration, Bucket=bucket) == {
        "Status": 404,
        "Code": "ObjectLockConfigurationNotFoundError",
        "Message": "Object Lock configuration does not exist for this bucket",
        "BucketName": bucket,
    }


@pytest.mark.parametrize(
    "configuration",
    [
        ENABLED,
        {**ENABLED, "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}}},
        {**ENABLED, "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 1}}},
    ],
)
def test_what_is_put_is_answered(s3, versioned, answer, configuration):
    assert answer(s3.put_object_lock_configuration, Bucket=versioned, ObjectLockConfiguration=configuration) == {}
    assert answer(s3.get_object_lock_configuration, Bucket=versioned) == {"ObjectLockConfiguration": configuration}


@pytest.mark.parametrize(
    "configuration",
    [
        {},
        {"ObjectLockEnabled": "On"},
        {**ENABLED, "Rule": {}},
        {**ENABLED, "Rule": {"DefaultRetention": {"Days": 3}}},
        {**ENABLED, "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE"}}},
        {**ENABLED, "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 3, "Years": 1}}},
    ],
)
def test_what_does_not_fit_the_schema_is_refused(s3, versioned, refusal, configuration):
    error = refusal(s3.put_object_lock_configuration, Bucket=versioned, ObjectLockConfiguration=configuration)
    assert error == MALFORMED


@pytest.mark.parametrize(
    ("days", "message", "argument"),
    [
        (0, "Default retention period must be a positive integer value.", {"ArgumentName": "Days"}),
        (36_501, "Default retention period is too large.", {}),
    ],
)
def test_the_period_must_make_sense(s3, versioned, refusal, days, message, argument):
    configuration = {**ENABLED, "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": days}}}
    error = refusal(s3.put_object_lock_configuration, Bucket=versioned, ObjectLockConfiguration=configuration)
    assert error == {"Status": 400, "Code": "InvalidArgument", "Message": message, **argument}


def test_it_keeps_versioning_on(s3, versioned, refusal):
    s3.put_object_lock_configuration(Bucket=versioned, ObjectLockConfiguration=ENABLED)
    suspended = {"Status": "Suspended"}
    assert refusal(s3.put_bucket_versioning, Bucket=versioned, VersioningConfiguration=suspended) == {
        "Status": 409,
        "Code": "InvalidBucketState",
        "Message": (
            "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
        ),
    }
    s3.put_bucket_versioning(Bucket=versioned, VersioningConfiguration={"Status": "Enabled"})


def test_requester_pays_is_told_to_who_pays(s3, versioned, answer):
    arguments = {"Bucket": versioned, "ObjectLockConfiguration": ENABLED, "RequestPayer": "requester"}
    assert answer(s3.put_object_lock_configuration, **arguments) == {}
    s3.put_bucket_request_payment(Bucket=versioned, RequestPaymentConfiguration={"Payer": "Requester"})
    assert answer(s3.put_object_lock_configuration, **arguments) == {"RequestCharged": "requester"}
    accelerate = answer(s3.get_bucket_accelerate_configuration, Bucket=versioned, RequestPayer="requester")
    assert accelerate == {"RequestCharged": "requester"}
