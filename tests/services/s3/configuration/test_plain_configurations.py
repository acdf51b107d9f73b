"""Configurations of which a bucket has one, and which are only kept: what is put is answered, and absence is told."""

from __future__ import annotations

import pytest

from .conftest import BUCKET, MALFORMED

NO_BUCKET = {
    "Status": 404,
    "Code": "NoSuchBucket",
    "Message": "The specified bucket does not exist",
    "BucketName": "nowhere",
}

#: Operation's name behind put/get/delete -> (input member, what is put, what is answered).
KEPT = {
    "bucket_tagging": ("Tagging", {"TagSet": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]}, None),
    "bucket_versioning": ("VersioningConfiguration", {"Status": "Suspended"}, None),
    "bucket_accelerate_configuration": ("AccelerateConfiguration", {"Status": "Enabled"}, None),
    "bucket_request_payment": ("RequestPaymentConfiguration", {"Payer": "Requester"}, None),
    "bucket_cors": (
        "CORSConfiguration",
        {
            "CORSRules": [
                {
                    "ID": "one",
                    "AllowedMethods": ["GET", "PUT"],
                    "AllowedOrigins": ["https://*.example.com"],
                    "AllowedHeaders": ["x-AMZ-server-SIDE-encryption"],
                    "ExposeHeaders": ["ETag"],
                    "MaxAgeSeconds": 3000,
                },
                {"AllowedMethods": ["GET", "PUT", "HEAD"], "AllowedOrigins": [""]},
            ]
        },
        None,
    ),
    "bucket_website": (
        "WebsiteConfiguration",
        {
            "IndexDocument": {"Suffix": "index.html"},
            "ErrorDocument": {"Key": "error.html"},
            "RoutingRules": [
                {
                    "Condition": {"KeyPrefixEquals": "old/", "HttpErrorCodeReturnedEquals": "404"},
                    "Redirect": {"ReplaceKeyPrefixWith": "new/", "HttpRedirectCode": "302", "Protocol": "https"},
                }
            ],
        },
        None,
    ),
    "bucket_encryption": (
        "ServerSideEncryptionConfiguration",
        {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}, "BucketKeyEnabled": True}]},
        "ServerSideEncryptionConfiguration",
    ),
    "bucket_ownership_controls": (
        "OwnershipControls",
        {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
        "OwnershipControls",
    ),
    "public_access_block": (
        "PublicAccessBlockConfiguration",
        {
            "BlockPublicAcls": True,
            "IgnorePublicAcls": False,
            "BlockPublicPolicy": False,
            "RestrictPublicBuckets": True,
        },
        "PublicAccessBlockConfiguration",
    ),
    "bucket_abac": ("AbacStatus", {"Status": "Enabled"}, "AbacStatus"),
}


@pytest.mark.parametrize("name", sorted(KEPT))
def test_what_is_put_is_answered(s3, bucket, answer, name):
    member, configuration, wrapper = KEPT[name]
    getattr(s3, f"put_{name}")(Bucket=bucket, **{member: configuration})
    assert answer(getattr(s3, f"get_{name}"), Bucket=bucket) == ({wrapper: configuration} if wrapper else configuration)


@pytest.mark.parametrize("name", sorted(KEPT))
def test_a_bucket_that_is_not_there_has_no_configuration(s3, refusal, name):
    member, configuration, _ = KEPT[name]
    assert refusal(getattr(s3, f"put_{name}"), Bucket="nowhere", **{member: configuration}) == NO_BUCKET
    assert refusal(getattr(s3, f"get_{name}"), Bucket="nowhere") == NO_BUCKET
    if hasattr(s3, f"delete_{name}"):
        assert refusal(getattr(s3, f"delete_{name}"), Bucket="nowhere") == NO_BUCKET


@pytest.mark.parametrize("name", sorted(KEPT))
def test_a_bucket_of_somebody_else_than_expected_is_left_alone(s3, bucket, refusal, name):
    member, configuration, _ = KEPT[name]
    other = {"Bucket": bucket, "ExpectedBucketOwner": "111122223333"}
    denied = {"Status": 403, "Code": "AccessDenied", "Message": "Access Denied"}
    assert refusal(getattr(s3, f"put_{name}"), **other, **{member: configuration}) == denied
    assert refusal(getattr(s3, f"get_{name}"), **other) == denied
    if hasattr(s3, f"delete_{name}"):
        assert refusal(getattr(s3, f"delete_{name}"), **other) == denied


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("bucket_tagging", "NoSuchTagSet", "The TagSet does not exist"),
        ("bucket_cors", "NoSuchCORSConfiguration", "The CORS configuration does not exist"),
        (
            "bucket_website",
            "NoSuchWebsiteConfiguration",
            "The specified bucket does not have a website configuration",
        ),
        (
            "public_access_block",
            "NoSuchPublicAccessBlockConfiguration",
            "The public access block configuration was not found",
        ),
        (
            "bucket_ownership_controls",
            "OwnershipControlsNotFoundError",
            "The bucket ownership controls were not found",
        ),
    ],
)
def test_what_was_deleted_is_absent_and_may_be_deleted_again(s3, bucket, refusal, name, code, message):
    member, configuration, _ = KEPT[name]
    getattr(s3, f"put_{name}")(Bucket=bucket, **{member: configuration})
    for _ in range(2):
        deleted = getattr(s3, f"delete_{name}")(Bucket=bucket)
        assert deleted["ResponseMetadata"]["HTTPStatusCode"] == 204
    error = {"Status": 404, "Code": code, "Message": message, "BucketName": bucket}
    assert refusal(getattr(s3, f"get_{name}"), Bucket=bucket) == error


def test_a_new_bucket_is_configured_as_aws_does(s3, bucket, answer):
    assert answer(s3.get_bucket_versioning, Bucket=bucket) == {}
    assert answer(s3.get_bucket_accelerate_configuration, Bucket=bucket) == {}
    assert answer(s3.get_bucket_request_payment, Bucket=bucket) == {"Payer": "BucketOwner"}
    assert answer(s3.get_bucket_logging, Bucket=bucket) == {}
    assert answer(s3.get_bucket_abac, Bucket=bucket) == {"AbacStatus": {"Status": "Disabled"}}
    assert answer(s3.get_bucket_notification_configuration, Bucket=bucket) == {}
    assert answer(s3.get_bucket_encryption, Bucket=bucket) == {
        "ServerSideEncryptionConfiguration": {
            "Rules": [
                {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False},
            ]
        }
    }
    assert answer(s3.get_bucket_ownership_controls, Bucket=bucket) == {
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    }
    assert answer(s3.get_public_access_block, Bucket=bucket) == {
        "PublicAccessBlockConfiguration": {
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        }
    }


def test_a_public_access_block_has_all_settings(s3, bucket, answer):
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={"IgnorePublicAcls": True})
    assert answer(s3.get_public_access_block, Bucket=bucket)["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": False,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": False,
        "RestrictPublicBuckets": False,
    }


def test_deleted_encryption_is_that_of_a_new_bucket(s3, bucket, answer):
    before = answer(s3.get_bucket_encryption, Bucket=bucket)
    kms = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]}
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=kms)
    for _ in range(2):
        assert s3.delete_bucket_encryption(Bucket=bucket)["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert answer(s3.get_bucket_encryption, Bucket=bucket) == before


def test_empty_tags_are_no_tags(s3, bucket, refusal):
    put = s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
    assert put["ResponseMetadata"]["HTTPStatusCode"] == 204
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": []})
    assert refusal(s3.get_bucket_tagging, Bucket=bucket)["Code"] == "NoSuchTagSet"


@pytest.mark.parametrize(
    ("tags", "error"),
    [
        (
            {"aws:prefixed": "x"},
            {"Message": "System tags cannot be added/updated by requester", "TagKey": "aws:prefixed"},
        ),
        ({"Key1,Key2": "x"}, {"Message": "The TagKey you have provided is invalid", "TagKey": "Key1,Key2"}),
        ({"k" * 129: "x"}, {"Message": "The TagKey you have provided is invalid", "TagKey": "k" * 129}),
        (
            {"Key1": "Val1,Val2"},
            {"Message": "The TagValue you have provided is invalid", "TagKey": "Key1", "TagValue": "Val1,Val2"},
        ),
    ],
)
def test_tags_that_a_bucket_does_not_take_are_refused(s3, bucket, refusal, tags, error):
    tag_set = [{"Key": key, "Value": value} for key, value in tags.items()]
    found = refusal(s3.put_bucket_tagging, Bucket=bucket, Tagging={"TagSet": tag_set})
    assert found == {"Status": 400, "Code": "InvalidTag", **error}


def test_a_tag_key_comes_once(s3, bucket, refusal):
    tags = [{"Key": "Key1", "Value": "a"}, {"Key": "Key1", "Value": "b"}]
    assert refusal(s3.put_bucket_tagging, Bucket=bucket, Tagging={"TagSet": tags}) == {
        "Status": 400,
        "Code": "InvalidTag",
        "Message": "Cannot provide multiple Tags with the same key",
        "TagKey": "Key1",
    }


@pytest.mark.parametrize(
    ("name", "configuration"),
    [
        ("bucket_versioning", {"Status": "enabled"}),
        ("bucket_versioning", {"Status": "Disabled"}),
        ("bucket_request_payment", {"Payer": "Random"}),
        ("bucket_accelerate_configuration", {"Status": "Fast"}),
        ("bucket_ownership_controls", {"Rules": [{"ObjectOwnership": "Nobody"}]}),
        ("bucket_ownership_controls", {"Rules": [{"ObjectOwnership": "ObjectWriter"}] * 2}),
        ("bucket_encryption", {"Rules": []}),
        ("bucket_encryption", {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:fsx"}}]}),
        (
            "bucket_encryption",
            {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}] * 2},
        ),
        ("bucket_cors", {"CORSRules": []}),
    ],
)
def test_what_does_not_fit_the_schema_is_refused(s3, bucket, refusal, name, configuration):
    member = KEPT[name][0]
    assert refusal(getattr(s3, f"put_{name}"), Bucket=bucket, **{member: configuration}) == MALFORMED


def test_versioning_must_say_something(s3, bucket, refusal):
    assert refusal(s3.put_bucket_versioning, Bucket=bucket, VersioningConfiguration={}) == {
        "Status": 400,
        "Code": "IllegalVersioningConfigurationException",
        "Message": "The Versioning element must be specified",
    }


def test_with_mfa_delete_on_versioning_changes_only_with_a_second_factor(s3, bucket, answer, refusal):
    enabled = {"Bucket": bucket, "VersioningConfiguration": {"Status": "Enabled", "MFADelete": "Enabled"}}
    without = {"Bucket": bucket, "VersioningConfiguration": {"Status": "Suspended"}}
    denied = {"Status": 403, "Code": "AccessDenied", "Message": "Mfa Authentication must be used for this request"}
    assert refusal(s3.put_bucket_versioning, **enabled) == denied
    assert answer(s3.get_bucket_versioning, Bucket=bucket) == {}
    s3.put_bucket_versioning(MFA="arn:aws:iam::1:mfa/x 123456", **enabled)
    assert refusal(s3.put_bucket_versioning, **without) == denied
    assert refusal(s3.put_bucket_versioning, MFA="123456", **without) == {
        "Status": 400,
        "Code": "InvalidArgument",
        "Message": "Mfa header is invalid -- the header should be formatted as {serialNumber}(space){tokenCode}",
        "ArgumentName": "x-amz-mfa",
        "ArgumentValue": "123456",
    }
    s3.put_bucket_versioning(MFA="arn:aws:iam::1:mfa/x 123456", **without)
    assert answer(s3.get_bucket_versioning, Bucket=bucket) == {"Status": "Suspended", "MFADelete": "Enabled"}


def test_without_mfa_delete_versioning_needs_no_second_factor(s3, bucket, answer):
    disabled = {"Status": "Enabled", "MFADelete": "Disabled"}
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=disabled)
    assert answer(s3.get_bucket_versioning, Bucket=bucket) == disabled


def test_a_kms_key_goes_with_kms_alone(s3, bucket, refusal):
    default = {"SSEAlgorithm": "AES256", "KMSMasterKeyID": "alias/mine"}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    assert refusal(s3.put_bucket_encryption, Bucket=bucket, ServerSideEncryptionConfiguration=rules) == {
        "Status": 400,
        "Code": "InvalidArgument",
        "Message": ("a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse"),
        "ArgumentName": "ApplyServerSideEncryptionByDefault",
    }


def test_no_acceleration_for_names_with_dots(s3, refusal):
    s3.create_bucket(Bucket="my.photos")
    status = {"Status": "Enabled"}
    error = refusal(s3.put_bucket_accelerate_configuration, Bucket="my.photos", AccelerateConfiguration=status)
    assert error == {
        "Status": 400,
        "Code": "InvalidRequest",
        "Message": "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names",
    }


def test_a_configuration_is_the_buckets_not_the_names(s3, bucket, refusal):
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "1"}]})
    s3.delete_bucket(Bucket=BUCKET)
    s3.create_bucket(Bucket=BUCKET)
    assert refusal(s3.get_bucket_tagging, Bucket=bucket)["Code"] == "NoSuchTagSet"


def test_configurations_survive_being_saved(cloud, s3, bucket, answer, tmp_path):
    for name, (member, configuration, _) in KEPT.items():
        getattr(s3, f"put_{name}")(Bucket=bucket, **{member: configuration})
    before = {name: answer(getattr(s3, f"get_{name}"), Bucket=bucket) for name in KEPT}
    cloud.save(tmp_path / "state.json")
    cloud.reset()
    cloud.load(tmp_path / "state.json")
    assert {name: answer(getattr(s3, f"get_{name}"), Bucket=bucket) for name in KEPT} == before
