"""Buckets: made, found, listed, deleted; where they are and whose."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from .conftest import ACCOUNT, OTHER_ACCOUNT, OWNER, answer, client_of, no_such_bucket, status

ILLEGAL = "The {} location constraint is incompatible for the region specific endpoint this request was sent to."


def create(client, name, constraint=None, **arguments):
    if constraint is not None:
        arguments["CreateBucketConfiguration"] = {"LocationConstraint": constraint}
    return client.create_bucket(Bucket=name, **arguments)


def test_a_bucket_in_the_first_region_is_located_by_its_path(s3):
    assert answer(create(s3, "photos")) == {"Location": "/photos", "BucketArn": "arn:aws:s3:::photos"}


def test_a_bucket_elsewhere_is_located_by_its_url(cloud):
    client = client_of("eu-west-1")
    assert answer(create(client, "photos", "eu-west-1")) == {
        "Location": "http://photos.s3.amazonaws.com/",
        "BucketArn": "arn:aws:s3:::photos",
    }


@pytest.mark.parametrize("constraint", ["us-east-1", "aws-global", "nowhere-1"])
def test_the_first_region_takes_no_constraint_that_names_itself_or_nothing(s3, refusal, constraint):
    assert refusal(create, client=s3, name="photos", constraint=constraint) == {
        "Status": 400,
        "Code": "InvalidLocationConstraint",
        "Message": "The specified location-constraint is not valid",
        "LocationConstraint": constraint,
    }


@pytest.mark.parametrize(
    ("constraint", "named"), [(None, "unspecified"), ("us-east-1", "us-east-1"), ("eu-west-1", "eu-west-1")]
)
def test_any_other_region_takes_only_its_own_constraint(cloud, refusal, constraint, named):
    assert refusal(create, client=client_of("us-west-2"), name="photos", constraint=constraint) == {
        "Status": 400,
        "Code": "IllegalLocationConstraintException",
        "Message": ILLEGAL.format(named),
    }


def test_the_first_region_makes_buckets_in_every_other(s3):
    create(s3, "europe", "eu-west-1")
    assert s3.head_bucket(Bucket="europe")["BucketRegion"] == "eu-west-1"


@pytest.mark.parametrize(
    "name", ["Photos", "ph", "a" * 64, "photos-", ".photos", "pho..tos", "pho_tos", "10.0.0.1", "xn--photos"]
)
def test_names_that_no_bucket_may_have_are_refused(s3, refusal, name):
    assert refusal(s3.create_bucket, Bucket=name) == {
        "Status": 400,
        "Code": "InvalidBucketName",
        "Message": "The specified bucket is not valid.",
        "BucketName": name,
    }


def test_a_name_belongs_to_one_account_alone(s3, bucket, refusal):
    other = client_of(account=OTHER_ACCOUNT)
    assert refusal(other.create_bucket, Bucket=bucket) == {
        "Status": 409,
        "Code": "BucketAlreadyExists",
        "Message": "The requested bucket name is not available. The bucket namespace is shared by all users of the "
        "system. Please select a different name and try again.",
        "BucketName": bucket,
    }
    assert "Buckets" not in answer(other.list_buckets()) or other.list_buckets()["Buckets"] == []


def test_creating_again_succeeds_in_the_first_region_alone(s3, bucket, refusal):
    assert answer(create(s3, bucket)) == {"Location": "/photos", "BucketArn": "arn:aws:s3:::photos"}
    west = client_of("us-west-2")
    create(west, "west", "us-west-2")
    owned = {
        "Status": 409,
        "Code": "BucketAlreadyOwnedByYou",
        "Message": "Your previous request to create the named bucket succeeded and you already own it.",
    }
    assert refusal(create, client=west, name="west", constraint="us-west-2") == {**owned, "BucketName": "west"}
    assert refusal(create, client=west, name=bucket, constraint="us-west-2") == {**owned, "BucketName": bucket}


def test_creating_again_keeps_what_is_in_the_bucket(s3, bucket):
    s3.put_object(Bucket=bucket, Key="cat", Body=b"meow")
    create(s3, bucket)
    assert s3.get_object(Bucket=bucket, Key="cat")["Body"].read() == b"meow"


def test_a_bucket_can_be_born_with_tags_locks_and_ownership(s3):
    s3.create_bucket(
        Bucket="photos",
        CreateBucketConfiguration={"Tags": [{"Key": "team", "Value": "cats"}]},
        ObjectLockEnabledForBucket=True,
        ObjectOwnership="ObjectWriter",
    )
    assert s3.get_bucket_tagging(Bucket="photos")["TagSet"] == [{"Key": "team", "Value": "cats"}]
    assert s3.get_bucket_versioning(Bucket="photos")["Status"] == "Enabled"
    locked = s3.get_object_lock_configuration(Bucket="photos")["ObjectLockConfiguration"]
    assert locked == {"ObjectLockEnabled": "Enabled"}
    rules = s3.get_bucket_ownership_controls(Bucket="photos")["OwnershipControls"]["Rules"]
    assert rules == [{"ObjectOwnership": "ObjectWriter"}]


def test_a_bucket_cannot_be_born_with_an_acl_that_its_ownership_rules_out(s3, refusal):
    assert refusal(s3.create_bucket, Bucket="photos", ACL="public-read") == {
        "Status": 400,
        "Code": "InvalidBucketAclWithObjectOwnership",
        "Message": "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    }
    assert refusal(s3.create_bucket, Bucket="photos", ACL="public-read", ObjectOwnership="ObjectWriter") == {
        "Status": 400,
        "Code": "InvalidBucketAclWithBlockPublicAccessError",
        "Message": "Bucket cannot have public ACLs set with BlockPublicAccess enabled",
    }
    assert refusal(s3.head_bucket, Bucket="photos")["Status"] == 404


def test_heading_a_bucket_tells_its_region(s3, bucket):
    assert answer(s3.head_bucket(Bucket=bucket)) == {
        "BucketRegion": "us-east-1",
        "BucketArn": "arn:aws:s3:::photos",
        "AccessPointAlias": False,
    }


def test_heading_a_bucket_that_does_not_exist_answers_without_a_body(s3, refusal):
    assert refusal(s3.head_bucket, Bucket="nothing") == {"Status": 404, "Code": "404", "Message": "Not Found"}


def test_only_an_empty_bucket_is_deleted(s3, bucket, refusal):
    s3.put_object(Bucket=bucket, Key="cat")
    assert refusal(s3.delete_bucket, Bucket=bucket) == {
        "Status": 409,
        "Code": "BucketNotEmpty",
        "Message": "The bucket you tried to delete is not empty",
        "BucketName": bucket,
    }
    s3.delete_object(Bucket=bucket, Key="cat")
    assert status(s3.delete_bucket(Bucket=bucket)) == 204
    assert refusal(s3.list_objects_v2, Bucket=bucket) == no_such_bucket(bucket)


def test_a_bucket_with_nothing_but_old_versions_is_not_empty(s3, versioned, refusal):
    s3.put_object(Bucket=versioned, Key="cat")
    s3.delete_object(Bucket=versioned, Key="cat")
    assert refusal(s3.delete_bucket, Bucket=versioned) == {
        "Status": 409,
        "Code": "BucketNotEmpty",
        "Message": "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
        "BucketName": versioned,
    }


def test_another_owner_than_expected_is_refused(s3, bucket, refusal):
    denied = {"Status": 403, "Code": "AccessDenied", "Message": "Access Denied"}
    for call in (s3.list_objects_v2, s3.delete_bucket, s3.get_bucket_location):
        assert refusal(call, Bucket=bucket, ExpectedBucketOwner=OTHER_ACCOUNT) == denied
    assert refusal(s3.list_objects_v2, Bucket=bucket, ExpectedBucketOwner="abcd") == {
        "Status": 400,
        "Code": "InvalidBucketOwnerAWSAccountID",
        "Message": "The value of the expected bucket owner parameter must be an AWS Account ID... [abcd]",
    }


class TestListing:
    def test_buckets_are_listed_by_name_with_where_they_are(self, s3):
        create(s3, "zebras")
        create(s3, "apes", "eu-west-1")
        listed = answer(s3.list_buckets())
        created = [one.pop("CreationDate") for one in listed["Buckets"]]
        assert all(moment.tzinfo is not None for moment in created)
        assert listed == {
            "Owner": OWNER,
            "Buckets": [
                {"Name": "apes", "BucketRegion": "eu-west-1", "BucketArn": "arn:aws:s3:::apes"},
                {"Name": "zebras", "BucketRegion": "us-east-1", "BucketArn": "arn:aws:s3:::zebras"},
            ],
        }

    def test_a_listing_goes_on_page_by_page(self, s3):
        for name in ("aaa", "bbb", "ccc"):
            create(s3, name)
        first = s3.list_buckets(MaxBuckets=2)
        assert [one["Name"] for one in first["Buckets"]] == ["aaa", "bbb"]
        rest = s3.list_buckets(MaxBuckets=2, ContinuationToken=first["ContinuationToken"])
        assert [one["Name"] for one in rest["Buckets"]] == ["ccc"]
        assert "ContinuationToken" not in rest

    def test_a_listing_is_narrowed_by_prefix_and_region(self, s3):
        for name, region in (("cats-1", None), ("cats-2", "eu-west-1"), ("dogs-1", "eu-west-1")):
            create(s3, name, region)

        def names(**arguments):
            return [one["Name"] for one in s3.list_buckets(**arguments)["Buckets"]]

        assert names(Prefix="cats") == ["cats-1", "cats-2"]
        assert names(BucketRegion="eu-west-1") == ["cats-2", "dogs-1"]
        assert names(Prefix="cats", BucketRegion="eu-west-1") == ["cats-2"]
        assert s3.list_buckets(Prefix="cats")["Prefix"] == "cats"

    def test_a_token_that_is_none_is_refused(self, s3, refusal):
        assert refusal(s3.list_buckets, ContinuationToken="%%%") == {
            "Status": 400,
            "Code": "InvalidArgument",
            "Message": "The continuation token provided is incorrect",
            "ArgumentName": "continuation-token",
        }


class TestOtherRegions:
    def test_boto3_finds_a_bucket_wherever_it_is(self, s3):
        create(s3, "europe", "eu-west-1")
        s3.put_object(Bucket="europe", Key="cat", Body=b"meow")
        assert s3.get_object(Bucket="europe", Key="cat")["Body"].read() == b"meow"
        assert status(s3.delete_object(Bucket="europe", Key="cat")) == 204

    def test_the_redirect_names_the_region_and_the_endpoint(self, s3):
        """As a client sees it that does not know botocore's way of following it."""
        create(s3, "europe", "eu-west-1")
        client = client_of.__wrapped__("us-west-2")  # botocore's clients remember where buckets are
        seen = []
        client.meta.events.register_first("needs-retry.s3.ListObjects", lambda **event: seen.append(event["response"]))
        assert client.list_objects(Bucket="europe")["Name"] == "europe"
        http_response, parsed = seen[0]
        assert http_response.status_code == 301
        assert parsed["Error"] == {
            "Code": "PermanentRedirect",
            "Message": "The bucket you are attempting to access must be addressed using the specified endpoint. Please "
            "send all future requests to this endpoint.",
            "Endpoint": "europe.s3.eu-west-1.amazonaws.com",
            "Bucket": "europe",
        }
        assert http_response.headers["x-amz-bucket-region"] == "eu-west-1"

    def test_who_may_not_look_is_sent_on_before_it_is_refused(self, s3):
        create(s3, "europe", "eu-west-1")
        stranger = client_of.__wrapped__("us-west-2", OTHER_ACCOUNT)
        seen = []
        stranger.meta.events.register_first(
            "needs-retry.s3.HeadBucket", lambda **event: seen.append(event["response"][0].status_code)
        )
        with pytest.raises(ClientError) as caught:
            stranger.head_bucket(Bucket="europe")
        assert seen[0] == 301
        assert seen[-1] == 403
        assert caught.value.response["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == "eu-west-1"

    @pytest.mark.parametrize("constraint", [None, "eu-west-1", "EU"])
    def test_the_location_is_told_from_everywhere(self, s3, constraint):
        create(s3, "somewhere", constraint)
        response = client_of("us-west-2").get_bucket_location(Bucket="somewhere")
        assert answer(response) == {"LocationConstraint": constraint}


@pytest.mark.parametrize("style", ["path", "virtual"])
def test_a_bucket_is_addressed_in_the_path_or_in_the_host(cloud, s3, bucket, style):
    import boto3
    from botocore.config import Config

    config = Config(s3={"addressing_style": style})
    client = boto3.Session("testing", "testing", region_name="us-east-1").client("s3", config=config)
    client.put_object(Bucket=bucket, Key="a folder/cat & dog", Body=b"meow")
    assert s3.get_object(Bucket=bucket, Key="a folder/cat & dog")["Body"].read() == b"meow"


def test_an_account_has_a_name_space_of_its_own_in_each_region(s3, refusal):
    own = f"data-{ACCOUNT}-us-east-1-an"
    s3.create_bucket(Bucket=own, BucketNamespace="account-regional")
    assert s3.head_bucket(Bucket=own)["BucketRegion"] == "us-east-1"
    for name, options in (
        ("data", {"BucketNamespace": "account-regional"}),
        (f"other-{ACCOUNT}-us-east-1-an", {}),
        (f"data-{OTHER_ACCOUNT}-us-east-1-an", {"BucketNamespace": "account-regional"}),
        (f"data-{ACCOUNT}-us-west-2-an", {"BucketNamespace": "account-regional"}),
    ):
        assert refusal(s3.create_bucket, Bucket=name, **options)["Code"] == "InvalidBucketName"


def test_partitions_do_not_share_names(s3, bucket):
    china = client_of("cn-north-1")
    created = create(china, bucket, "cn-north-1")
    assert answer(created)["BucketArn"] == "arn:aws-cn:s3:::photos"
