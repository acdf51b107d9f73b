"""Configurations of which a bucket has many: metrics, analytics, inventories, archive tiers."""

from __future__ import annotations

import pytest

from .conftest import MALFORMED

FAMILIES = {
    "Metrics": ("metrics", {"Filter": {"Prefix": "logs/"}}),
    "Analytics": ("analytics", {"StorageClassAnalysis": {}, "Filter": {"Prefix": "logs/"}}),
    "Inventory": (
        "inventory",
        {
            "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::reports", "Format": "CSV"}},
            "IsEnabled": True,
            "IncludedObjectVersions": "All",
            "Schedule": {"Frequency": "Daily"},
        },
    ),
    "IntelligentTiering": (
        "intelligent_tiering",
        {
            "Filter": {"Prefix": "logs/"},
            "Status": "Enabled",
            "Tierings": [{"AccessTier": "ARCHIVE_ACCESS", "Days": 90}],
        },
    ),
}
MISSING = {
    "Status": 404,
    "Code": "NoSuchConfiguration",
    "Message": "The specified configuration does not exist.",
}


@pytest.fixture(params=sorted(FAMILIES))
def family(request, s3, bucket):
    """A family's calls on the bucket, as functions of an id."""
    return Family(s3, bucket, request.param)


class Family:
    def __init__(self, s3, bucket, name):
        self.name, (snake, self.template) = name, FAMILIES[name]
        self.bucket = bucket
        self._put = getattr(s3, f"put_bucket_{snake}_configuration")
        self.get_ = getattr(s3, f"get_bucket_{snake}_configuration")
        self.delete_ = getattr(s3, f"delete_bucket_{snake}_configuration")
        self.list_ = getattr(s3, f"list_bucket_{snake}_configurations")

    def of(self, id):
        return {"Id": id, **self.template}

    def put(self, id, **changes):
        self._put(Bucket=self.bucket, Id=id, **{f"{self.name}Configuration": {**self.of(id), **changes}})

    def list(self, **arguments):
        found = self.list_(Bucket=self.bucket, **arguments)
        del found["ResponseMetadata"]
        return found


def test_what_is_put_is_answered(family, answer):
    family.put("one")
    assert answer(family.get_, Bucket=family.bucket, Id="one") == {f"{family.name}Configuration": family.of("one")}


def test_what_was_deleted_cannot_be_deleted_again(family, refusal):
    family.put("one")
    assert family.delete_(Bucket=family.bucket, Id="one")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert refusal(family.delete_, Bucket=family.bucket, Id="one") == MISSING
    assert refusal(family.get_, Bucket=family.bucket, Id="one") == MISSING


def test_configurations_are_listed_by_id(family):
    assert family.list() == {"IsTruncated": False}
    for id in ("two", "one", "two"):
        family.put(id)
    listed = [family.of("one"), family.of("two")]
    assert family.list() == {"IsTruncated": False, f"{family.name}ConfigurationList": listed}


def test_a_page_has_a_hundred(family):
    for number in range(102):
        family.put(f"{number:03d}")
    first = family.list()
    assert first["IsTruncated"] is True
    assert len(first[f"{family.name}ConfigurationList"]) == 100
    token = first["NextContinuationToken"]
    assert family.list(ContinuationToken=token) == {
        "ContinuationToken": token,
        "IsTruncated": False,
        f"{family.name}ConfigurationList": [family.of("100"), family.of("101")],
    }


def test_the_id_inside_is_the_id_outside(family, refusal):
    assert refusal(family.put, id="one", Id="two") == MALFORMED


def test_a_bucket_has_at_most_a_thousand(cloud, s3, bucket, refusal):
    family = Family(s3, bucket, "Metrics")
    from awsim.services.s3.models import S3Store

    metrics = cloud.store(S3Store, "123456789012", "us-east-1").buckets[bucket].configuration.metrics
    metrics.update({str(number): family.of(str(number)) for number in range(1_000)})
    family.put("7")
    assert refusal(family.put, id="new") == {
        "Status": 400,
        "Code": "TooManyConfigurations",
        "Message": (
            "You are attempting to create a new configuration but have already reached the 1,000-configuration limit."
        ),
    }


def test_what_does_not_fit_the_schema_is_refused(s3, bucket, refusal):
    assert refusal(Family(s3, bucket, "IntelligentTiering").put, id="x", Status="On") == MALFORMED
    tierings = [{"AccessTier": "DEEP_FREEZE", "Days": 90}]
    assert refusal(Family(s3, bucket, "IntelligentTiering").put, id="x", Tierings=tierings) == MALFORMED
    destination = {"S3BucketDestination": {"Bucket": "reports", "Format": "CSV"}}
    assert refusal(Family(s3, bucket, "Inventory").put, id="x", Destination=destination) == MALFORMED


def test_archive_tiers_have_a_least_age(s3, bucket, refusal):
    tierings = [{"AccessTier": "DEEP_ARCHIVE_ACCESS", "Days": 90}]
    assert refusal(Family(s3, bucket, "IntelligentTiering").put, id="x", Tierings=tierings) == {
        "Status": 400,
        "Code": "InvalidArgument",
        "Message": "Days specified in DEEP_ARCHIVE_ACCESS tier should not be less than 180",
        "ArgumentName": "Days",
        "ArgumentValue": "90",
    }
