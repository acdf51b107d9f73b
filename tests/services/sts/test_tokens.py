"""Session tokens, federation tokens, delegated access tokens and web identity tokens for others."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import boto3
import pytest

from .conftest import ACCOUNT, ALLOW_ALL, NOW, OTHER, ROLE, identity_of, members_of, web_token


def claims_of(token):
    header, payload, signature = (base64.urlsafe_b64decode(part + "==") for part in token.split("."))
    return json.loads(header), json.loads(payload), signature


class TestSessionToken:
    def test_it_stands_for_the_caller(self, sts, client_of):
        answer = members_of(sts.get_session_token())
        assert identity_of(client_of(answer)) == identity_of(sts)
        token = answer["Credentials"]["SessionToken"]
        assert answer.pop("Credentials")["Expiration"] == NOW + timedelta(hours=12)
        assert answer == {"SessionTokenSize": len(token), "SessionTokenUtilization": -(-len(token) * 100 // 4096)}

    def test_it_lasts_up_to_a_day_and_a_half(self, sts):
        answer = sts.get_session_token(DurationSeconds=129_600)
        assert answer["Credentials"]["Expiration"] == NOW + timedelta(hours=36)

    def test_root_users_get_an_hour(self, cloud, sts, client_of):
        from awsim.aws.credentials import Credentials, CredentialStore

        key = Credentials("AKIAROOTROOTROOTROOT", "secret", ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)
        cloud.store(CredentialStore, "", "us-east-1").keys[key.access_key_id] = key
        root = boto3.client(
            "sts", region_name="us-east-1", aws_access_key_id=key.access_key_id, aws_secret_access_key="secret"
        )
        answer = root.get_session_token(DurationSeconds=7200)
        assert answer["Credentials"]["Expiration"] == NOW + timedelta(hours=1)

    def test_a_device_and_its_code_are_taken_together_only(self, sts, refusal):
        device = f"arn:aws:iam::{ACCOUNT}:mfa/jane"
        assert "Credentials" in sts.get_session_token(SerialNumber=device, TokenCode="123456")
        assert refusal(sts.get_session_token, SerialNumber=device) == (
            403,
            "AccessDenied",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
        )

    def test_session_credentials_cannot_ask_for_one(self, assume, client_of, refusal):
        assert refusal(client_of(assume()).get_session_token) == (
            403,
            "AccessDenied",
            "Cannot call GetSessionToken with session credentials",
        )

    def test_it_is_good_for_roles_but_not_for_other_operations_of_sts(self, sts, assume, client_of, refusal):
        client = client_of(sts.get_session_token())
        assert assume(client)["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{OTHER}:assumed-role/Deploy/release"
        assert refusal(client.get_access_key_info, AccessKeyId="ASIAQNZGKIQY56JQ7WML") == (
            403,
            "AccessDenied",
            f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: sts:GetAccessKeyInfo",
        )


class TestFederationToken:
    def test_it_stands_for_a_federated_user(self, sts, client_of):
        answer = members_of(sts.get_federation_token(Name="bob"))
        assert identity_of(client_of(answer)) == {
            "UserId": f"{ACCOUNT}:bob",
            "Account": ACCOUNT,
            "Arn": f"arn:aws:sts::{ACCOUNT}:federated-user/bob",
        }
        token = answer["Credentials"]["SessionToken"]
        assert answer.pop("Credentials")["Expiration"] == NOW + timedelta(hours=12)
        assert answer == {
            "FederatedUser": {
                "FederatedUserId": f"{ACCOUNT}:bob",
                "Arn": f"arn:aws:sts::{ACCOUNT}:federated-user/bob",
            },
            "PackedPolicySize": 0,
            "SessionTokenSize": len(token),
            "SessionTokenUtilization": -(-len(token) * 100 // 4096),
        }

    def test_policies_and_tags_are_packed(self, sts):
        answer = sts.get_federation_token(Name="bob", Policy=ALLOW_ALL, Tags=[{"Key": "Project", "Value": "Ark"}])
        assert answer["PackedPolicySize"] == 5

    def test_a_policy_must_be_one(self, sts, refusal):
        assert refusal(sts.get_federation_token, Name="bob", Policy="{") == (
            400,
            "MalformedPolicyDocument",
            "This policy contains invalid Json",
        )

    def test_session_credentials_cannot_ask_for_one(self, assume, client_of, refusal):
        assert refusal(client_of(assume()).get_federation_token, Name="bob") == (
            403,
            "AccessDenied",
            "Cannot call GetFederationToken with session credentials",
        )

    def test_it_is_good_for_nothing_else_in_sts(self, sts, assume, client_of, refusal):
        client = client_of(sts.get_federation_token(Name="bob"))
        assert refusal(assume, client) == (
            403,
            "AccessDenied",
            f"User: arn:aws:sts::{ACCOUNT}:federated-user/bob is not authorized to perform: sts:AssumeRole",
        )


class TestDelegatedAccessToken:
    EXPIRES = int(NOW.timestamp()) + 60

    @pytest.mark.parametrize(
        ("principal", "user_id"),
        [
            (f"arn:aws:iam::{OTHER}:root", OTHER),
            (f"arn:aws:iam::{OTHER}:user/jane", "AIDAWGV5U75BH6GMSSTOF"),
            (ROLE, "AROA2JJV5DTKANUTOKH4J"),
            (f"arn:aws:sts::{OTHER}:assumed-role/Deploy/jane", "AROA2JJV5DTKANUTOKH4J:jane"),
        ],
    )
    def test_a_trade_in_token_gives_credentials_of_its_principal(self, sts, client_of, principal, user_id):
        answer = members_of(sts.get_delegated_access_token(TradeInToken=web_token(sub=principal, exp=self.EXPIRES)))
        assert identity_of(client_of(answer)) == {"UserId": user_id, "Account": OTHER, "Arn": principal}
        assert answer.pop("Credentials")["Expiration"] == NOW + timedelta(hours=1)
        assert answer == {"AssumedPrincipal": principal, "PackedPolicySize": 0}

    def test_a_trade_in_token_expires(self, sts, refusal, advance):
        advance(60)
        assert refusal(sts.get_delegated_access_token, TradeInToken=web_token(sub=ROLE, exp=self.EXPIRES)) == (
            400,
            "ExpiredTradeInTokenException",
            "The trade-in token provided in the request has expired and can no longer be exchanged for credentials.",
        )

    @pytest.mark.parametrize(
        "token", ["nonsense", web_token(sub="jane", exp=EXPIRES), web_token(sub=ROLE), web_token(sub=ROLE, exp="soon")]
    )
    def test_other_tokens_are_refused(self, sts, refusal, token):
        assert refusal(sts.get_delegated_access_token, TradeInToken=token) == (
            400,
            "ValidationError",
            "The trade-in token provided in the request is invalid.",
        )


class TestWebIdentityToken:
    def test_it_tells_who_the_caller_is(self, sts):
        answer = members_of(sts.get_web_identity_token(Audience=["https://api.example.com"], SigningAlgorithm="ES384"))
        header, claims, signature = claims_of(answer.pop("WebIdentityToken"))
        assert answer == {"Expiration": NOW + timedelta(minutes=5)}
        assert header == {"kid": "ES_abb014d2", "typ": "JWT", "alg": "ES384"}
        assert len(signature) == 96
        assert claims.pop("jti")
        assert claims == {
            "iss": "https://abb014d2-8717-21f1-6665-60c4feaa4a5c.tokens.sts.global.api.aws",
            "aud": "https://api.example.com",
            "sub": f"arn:aws:iam::{ACCOUNT}:root",
            "iat": int(NOW.timestamp()),
            "exp": int(NOW.timestamp()) + 300,
            "https://sts.amazonaws.com/": {"aws_account": ACCOUNT, "source_region": "us-east-1"},
        }

    def test_it_names_the_role_of_a_session_with_its_path_and_its_tags(self, assume, client_of):
        arn = f"arn:aws:iam::{OTHER}:role/service-role/Deploy"
        client = client_of(assume(RoleArn=arn, Tags=[{"Key": "Project", "Value": "Ark"}]), region="eu-west-1")
        answer = client.get_web_identity_token(
            Audience=["one", "two"],
            SigningAlgorithm="RS256",
            DurationSeconds=60,
            Tags=[{"Key": "job", "Value": "17"}],
        )
        _, claims, signature = claims_of(answer["WebIdentityToken"])
        assert len(signature) == 256
        assert (claims["sub"], claims["aud"], claims["exp"] - claims["iat"]) == (arn, ["one", "two"], 60)
        assert claims["https://sts.amazonaws.com/"] == {
            "aws_account": OTHER,
            "source_region": "eu-west-1",
            "principal_tags": {"Project": "Ark"},
            "request_tags": {"job": "17"},
        }

    def test_it_does_not_outlive_the_session(self, assume, client_of, refusal):
        client = client_of(assume(DurationSeconds=900))
        asked = {"Audience": ["x"], "SigningAlgorithm": "RS256"}
        assert "WebIdentityToken" in client.get_web_identity_token(DurationSeconds=900, **asked)
        assert refusal(client.get_web_identity_token, DurationSeconds=901, **asked) == (
            403,
            "SessionDurationEscalationException",
            "The requested token duration would extend the session beyond its original expiration time.",
        )

    def test_other_algorithms_are_refused(self, sts, refusal):
        assert refusal(sts.get_web_identity_token, Audience=["x"], SigningAlgorithm="HS256") == (
            400,
            "ValidationError",
            "1 validation error detected: Value 'HS256' at 'signingAlgorithm' failed to satisfy constraint: Member "
            "must satisfy enum value set: [RS256, ES384]",
        )

    def test_it_must_not_grow_too_large(self, sts, refusal):
        tags = [{"Key": f"Key{number}", "Value": "v" * 256} for number in range(50)]
        assert refusal(sts.get_web_identity_token, Audience=["x"], SigningAlgorithm="RS256", Tags=tags) == (
            400,
            "JWTPayloadSizeExceededException",
            "The requested token payload size exceeds the maximum allowed size.",
        )

    def test_the_global_endpoint_does_not_know_it(self, cloud, refusal):
        sts = boto3.client("sts", region_name="us-east-1", endpoint_url="https://sts.amazonaws.com")
        assert refusal(sts.get_web_identity_token, Audience=["x"], SigningAlgorithm="RS256") == (
            400,
            "InvalidAction",
            "Could not find operation GetWebIdentityToken for version 2011-06-15",
        )

    def test_another_account_takes_it_for_a_role(self, sts):
        token = sts.get_web_identity_token(Audience=["x"], SigningAlgorithm="RS256")["WebIdentityToken"]
        answer = sts.assume_role_with_web_identity(RoleArn=ROLE, RoleSessionName="job", WebIdentityToken=token)
        assert answer["SubjectFromWebIdentityToken"] == f"arn:aws:iam::{ACCOUNT}:root"
