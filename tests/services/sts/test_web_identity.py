"""AssumeRoleWithWebIdentity: what a token is good for, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from freezegun import freeze_time

from .conftest import ALLOW_ALL, NOW, OTHER, ROLE, ROLE_ID, base64url, identity_of, members_of, web_token

ISSUER = "https://token.actions.example.com"
ISSUED = int(NOW.timestamp())
CLAIMS = {
    "iss": ISSUER,
    "sub": "repo:acme/site:ref:refs/heads/main",
    "aud": "sts.amazonaws.com",
    "iat": ISSUED,
    "exp": ISSUED + 300,
}
NOT_A_JWT = (
    400,
    "InvalidIdentityToken",
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
)


@pytest.fixture
def assume_with(sts):
    """The answer to a token of the usual claims, or of others; members as keywords."""

    def assume_with(claims=None, **members):
        token = web_token(**{**CLAIMS, **(claims or {})})
        asked = {"RoleArn": ROLE, "RoleSessionName": "build", "WebIdentityToken": token, **members}
        return sts.assume_role_with_web_identity(**asked)

    return assume_with


def test_the_answer_repeats_what_the_token_says(assume_with):
    answer = members_of(assume_with())
    credentials = answer.pop("Credentials")
    token = credentials["SessionToken"]
    assert credentials["Expiration"] == NOW + timedelta(hours=1)
    assert answer == {
        "AssumedRoleUser": {
            "AssumedRoleId": f"{ROLE_ID}:build",
            "Arn": f"arn:aws:sts::{OTHER}:assumed-role/Deploy/build",
        },
        "SubjectFromWebIdentityToken": "repo:acme/site:ref:refs/heads/main",
        "Provider": f"arn:aws:iam::{OTHER}:oidc-provider/token.actions.example.com",
        "Audience": "sts.amazonaws.com",
        "SessionTokenSize": len(token),
        "SessionTokenUtilization": -(-len(token) * 100 // 4096),
    }


def test_the_credentials_act_in_the_account_of_the_role(assume_with, client_of):
    answer = assume_with()
    assert identity_of(client_of(answer))["Arn"] == f"arn:aws:sts::{OTHER}:assumed-role/Deploy/build"
    url = client_of(answer, "sqs").create_queue(QueueName="jobs")["QueueUrl"]
    assert url == f"https://sqs.us-east-1.amazonaws.com/{OTHER}/jobs"


def test_it_needs_no_credentials(cloud):
    sts = boto3.client("sts", region_name="us-east-1", config=Config(signature_version=UNSIGNED))
    answer = sts.assume_role_with_web_identity(
        RoleArn=ROLE, RoleSessionName="build", WebIdentityToken=web_token(**CLAIMS)
    )
    assert answer["Audience"] == "sts.amazonaws.com"


def test_boto3_finds_its_credentials_this_way(cloud, monkeypatch, tmp_path):
    file = tmp_path / "token"
    file.write_text(web_token(**CLAIMS))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(file))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "pod")
    with freeze_time(NOW):  # boto3 looks at the expiration itself
        assert identity_of(boto3.Session(region_name="us-east-1").client("sts")) == {
            "UserId": f"{ROLE_ID}:pod",
            "Account": OTHER,
            "Arn": f"arn:aws:sts::{OTHER}:assumed-role/Deploy/pod",
        }


@pytest.mark.parametrize("issuer", ["accounts.google.com", "https://accounts.google.com"])
def test_google_needs_no_provider_in_iam(assume_with, issuer):
    assert assume_with({"iss": issuer})["Provider"] == "accounts.google.com"


def test_of_several_audiences_the_authorized_party_counts(assume_with):
    assert assume_with({"aud": ["one"]})["Audience"] == "one"
    assert assume_with({"aud": ["one", "two"]})["Audience"] == "one"
    assert assume_with({"aud": ["one", "two"], "azp": "two"})["Audience"] == "two"


def test_tags_and_source_identity_come_from_the_token(assume_with, assume, client_of):
    claims = {
        "https://aws.amazon.com/tags": {
            "principal_tags": {"Project": ["Ark"], "Team": "Noah"},
            "transitive_tag_keys": ["Project"],
        },
        "https://aws.amazon.com/source_identity": "jane",
    }
    answer = assume_with(claims)
    assert (answer["SourceIdentity"], answer["PackedPolicySize"]) == ("jane", 2)
    assert assume(client_of(answer))["SourceIdentity"] == "jane"


def test_policies_are_packed(assume_with):
    assert assume_with(Policy=ALLOW_ALL)["PackedPolicySize"] == 5


def test_an_access_token_of_amazon_is_taken_for_what_it_is(assume_with):
    answer = assume_with(WebIdentityToken="Atza|opaque", ProviderId="www.amazon.com")
    assert (answer["Provider"], answer["Audience"]) == ("www.amazon.com", "client.www.amazon.com")
    again = assume_with(WebIdentityToken="Atza|opaque", ProviderId="www.amazon.com")
    assert answer["SubjectFromWebIdentityToken"] == again["SubjectFromWebIdentityToken"]


class TestRefusals:
    def test_a_token_that_has_expired(self, assume_with, refusal, advance):
        advance(300)
        assert refusal(assume_with) == (
            400,
            "ExpiredTokenException",
            f"Token expired: current date/time {ISSUED + 300} must be before the expiration date/time {ISSUED + 300}",
        )

    @pytest.mark.parametrize("name", ["iss", "sub", "aud", "exp", "iat"])
    def test_a_claim_that_is_missing(self, assume_with, refusal, name):
        assert refusal(assume_with, {name: None}) == (
            400,
            "InvalidIdentityToken",
            f"Missing a required claim: {name}",
        )

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("exp", "tomorrow"),
            ("exp", 1.5),
            ("iat", True),
            ("exp", 10**400),
            ("iss", 7),
            ("sub", "jane\x00"),
            ("sub", "\ud800"),
            ("aud", [None]),
            ("https://aws.amazon.com/tags", 1),
            ("https://aws.amazon.com/tags", {"principal_tags": {"a": {}}}),
            ("https://aws.amazon.com/source_identity", []),
        ],
    )
    def test_a_claim_that_is_not_what_it_should_be(self, assume_with, refusal, name, value):
        assert refusal(assume_with, {name: value}) == (
            400,
            "InvalidIdentityToken",
            f"Invalid value of the claim: {name}",
        )

    @pytest.mark.parametrize(
        "token",
        [
            "opaque",
            "a.b.c",
            "a.b.c.d",
            "....",
            web_token(**CLAIMS).rpartition(".")[0] + ".",
            "e30." + base64url(b"[1]") + ".x",
            "e30." + base64url(b"\xff\xfe{}") + ".x",
            "e30." + base64url(b'{"a":' * 2000) + ".x",
            "ümläut.e30.x",
        ],
    )
    def test_what_is_no_token(self, assume_with, refusal, token):
        assert refusal(assume_with, WebIdentityToken=token) == NOT_A_JWT

    def test_a_provider_of_access_tokens_that_aws_does_not_know(self, assume_with, refusal):
        assert refusal(assume_with, ProviderId="accounts.example.com") == (
            400,
            "ValidationError",
            "accounts.example.com is invalid",
        )

    def test_what_is_no_role(self, assume_with, refusal):
        assert refusal(assume_with, RoleArn=f"arn:aws:iam::{OTHER}:user/jane") == (
            400,
            "ValidationError",
            "Request ARN is invalid",
        )
