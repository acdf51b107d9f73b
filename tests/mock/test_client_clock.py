"""botocore's own looks at the time go by AWS's clock where AWS compares them with it."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import botocore.auth
import botocore.credentials
import botocore.signers
import pytest
import urllib3
from botocore.config import Config
from botocore.credentials import DeferredRefreshableCredentials, RefreshableCredentials
from botocore.session import get_session

from awsim import Cloud, mock_aws

LEAP_DAY = "2024-02-29T12:00:00Z"
CLOCK_OF_AWS = pytest.mark.skipif(
    not hasattr(botocore.auth, "get_current_datetime"), reason="this botocore presigns by the process's clock"
)
CONFIGS = {
    "v4": Config(signature_version="s3v4"),
    "v2": Config(signature_version="s3"),
}


@pytest.fixture
def http() -> urllib3.PoolManager:
    return urllib3.PoolManager()


@pytest.fixture(params=CONFIGS)
def s3(request: pytest.FixtureRequest, aws: Cloud) -> Any:
    """A client of each version of signatures, thirty days after its bucket and object were made."""
    client = aws.client("s3", config=CONFIGS[request.param])
    client.create_bucket(Bucket="cats")
    client.put_object(Bucket="cats", Key="k", Body=b"meow")
    aws.clock.advance(days=30)
    return client


@CLOCK_OF_AWS
def test_a_url_made_after_the_clock_was_moved_is_good_for_as_long_as_any(
    aws: Cloud, s3: Any, http: urllib3.PoolManager
) -> None:
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "cats", "Key": "k"}, ExpiresIn=60)
    assert http.request("GET", url).data == b"meow"
    aws.clock.advance(seconds=61)
    assert http.request("GET", url).status == 403


@CLOCK_OF_AWS
def test_a_form_made_after_the_clock_was_moved_is_good_for_as_long_as_any(
    aws: Cloud, s3: Any, http: urllib3.PoolManager
) -> None:
    form = s3.generate_presigned_post("cats", "k", ExpiresIn=60)
    fields = {**form["fields"], "file": ("k", b"meow")}
    assert http.request("POST", form["url"], fields=fields).status == 204
    aws.clock.advance(seconds=61)
    assert http.request("POST", form["url"], fields=fields).status == 403


@CLOCK_OF_AWS
def test_signatures_fit_such_a_date(aws: Cloud, http: urllib3.PoolManager) -> None:
    aws.settings.s3_skip_signature_validation = False
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="cats")
    with aws.clock.freeze(LEAP_DAY):
        url = s3.generate_presigned_url("put_object", Params={"Bucket": "cats", "Key": "k"})
        form = s3.generate_presigned_post("cats", "k")
        assert http.request("PUT", url, body=b"meow").status == 200
        assert http.request("POST", form["url"], fields={**form["fields"], "file": ("k", b"meow")}).status == 204


@CLOCK_OF_AWS
def test_the_date_is_that_of_the_cloud_that_is_active_here() -> None:
    def date_of(client: Any) -> str:
        url = client.generate_presigned_url("get_object", Params={"Bucket": "cats", "Key": "k"})
        return parse_qs(urlsplit(url).query)["X-Amz-Date"][0]

    with mock_aws() as outer, outer.clock.freeze(LEAP_DAY):
        s3 = boto3.client("s3", config=CONFIGS["v4"])
        with mock_aws(isolated=True) as inner, inner.clock.freeze("2031-01-01T00:00:00Z"):
            assert date_of(boto3.client("s3", config=CONFIGS["v4"])) == "20310101T000000Z"
        assert date_of(s3) == "20240229T120000Z"
        token = boto3.client("rds").generate_db_auth_token("db.example.com", 5432, "me")
        assert "X-Amz-Date=20240229T120000Z" in token
    assert date_of(s3)[:8] == time.strftime("%Y%m%d", time.gmtime())


@pytest.mark.parametrize("passthrough", ["s3", "*.amazonaws.com"])
def test_what_is_for_the_real_aws_is_dated_by_its_time(passthrough: str) -> None:
    with mock_aws(passthrough=[passthrough]) as aws, aws.clock.freeze(LEAP_DAY):
        s3 = boto3.client("s3", region_name="eu-west-1", config=CONFIGS["v4"])
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "cats", "Key": "k"})
    assert f"X-Amz-Date={datetime.now(timezone.utc):%Y%m%d}T" in url


def _renewed(aws: Cloud) -> tuple[RefreshableCredentials, list[str]]:
    """Credentials of a role, which are got again where botocore deems it time, and the keys that were got."""
    keys: list[str] = []

    def assume() -> dict[str, str]:
        answer = aws.client("sts").assume_role(RoleArn="arn:aws:iam::111122223333:role/r", RoleSessionName="session")
        got = answer["Credentials"]
        keys.append(got["AccessKeyId"])
        return {
            "access_key": got["AccessKeyId"],
            "secret_key": got["SecretAccessKey"],
            "token": got["SessionToken"],
            "expiry_time": got["Expiration"].isoformat(),
        }

    return RefreshableCredentials.create_from_metadata(assume(), assume, "test"), keys


def test_credentials_are_renewed_before_they_expire(aws: Cloud) -> None:
    credentials, keys = _renewed(aws)
    session = get_session()
    session._credentials = credentials
    sts = boto3.Session(botocore_session=session, region_name="us-east-1").client("sts")
    for hours in range(1, 4):
        sts.get_caller_identity()
        sts.get_caller_identity()
        assert len(keys) == hours
        aws.clock.advance(hours=1)


@pytest.mark.parametrize("moment", [LEAP_DAY, "2040-01-01T00:00:00Z"])
def test_credentials_are_good_in_other_years(aws: Cloud, moment: str) -> None:
    with aws.clock.freeze(moment):
        credentials, keys = _renewed(aws)
        aws.clock.advance(minutes=59)
        assert [credentials.get_frozen_credentials().access_key for _ in range(2)] == [keys[1]] * 2


def test_a_profile_with_a_role_is_renewed(aws: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile base]\naws_access_key_id = 444455556666\naws_secret_access_key = x\n"
        "[profile r]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = base\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    session = boto3.Session(profile_name="r", region_name="us-east-1")
    before = session.client("sts").get_caller_identity()
    aws.clock.advance(hours=2)
    assert session.client("sts").get_caller_identity() | {"ResponseMetadata": 0} == before | {"ResponseMetadata": 0}
    assert [call.operation for call in aws.calls if call.operation == "AssumeRole"] == ["AssumeRole"] * 2


def test_credentials_that_go_by_the_real_time_are_not_refused(aws: Cloud) -> None:
    aws.clock.advance(days=1)
    real = {
        "access_key": "a",
        "secret_key": "b",
        "token": "c",
        "expiry_time": datetime.fromtimestamp(time.time() + 3600, timezone.utc).isoformat(),
    }
    given = RefreshableCredentials.create_from_metadata(real, lambda: real, "test")
    # As a profile with a role has them, made while the Cloud is active.
    of_a_role = DeferredRefreshableCredentials(lambda: real, "test", botocore.credentials._local_now)
    for credentials in (given, of_a_role):
        assert credentials.get_frozen_credentials().token == "c"


def test_a_clock_of_the_users_own_rules(aws: Cloud) -> None:
    aws.clock.advance(days=1)
    now, end = (datetime(2020, 1, day, tzinfo=timezone.utc) for day in (1, 2))
    credentials = RefreshableCredentials("a", "b", "c", end, None, "t", lambda: now)
    assert credentials.get_frozen_credentials().access_key == "a"


def test_all_is_put_back() -> None:
    def taken() -> list[Any]:
        return [
            getattr(botocore.auth, "get_current_datetime", None),
            getattr(botocore.signers, "get_current_datetime", None),
            botocore.auth.time,
            botocore.signers.S3PostPresigner.generate_presigned_post,
            botocore.signers.RequestSigner.generate_presigned_url,
            botocore.credentials._local_now,
            RefreshableCredentials.refresh_needed,
        ]

    before = taken()
    with mock_aws() as aws:
        aws.client("s3").generate_presigned_url("list_buckets")
        assert all(ours is not real for ours, real in zip(taken(), before, strict=True) if real is not None)
    assert taken() == before


@pytest.mark.parametrize("moment", [LEAP_DAY, "2040-01-01T00:00:00Z"])
def test_sessions_of_directory_buckets_are_renewed(aws: Cloud, moment: str) -> None:
    location = {"Type": "AvailabilityZone", "Name": "use1-az4"}
    kind = {"Type": "Directory", "DataRedundancy": "SingleAvailabilityZone"}
    with aws.clock.freeze(moment):
        s3 = aws.client("s3")
        bucket = "fast--use1-az4--x-s3"
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"Location": location, "Bucket": kind})
        for sessions in (1, 1, 2):
            s3.put_object(Bucket=bucket, Key="k", Body=b"meow")
            assert len([call for call in aws.calls if call.operation == "CreateSession"]) == sessions
            aws.clock.advance(minutes=3)
