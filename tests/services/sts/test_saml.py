"""AssumeRoleWithSAML: what an assertion is good for, and what is refused."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config

from .assertions import ISSUER, PROVIDER, encoded, response
from .conftest import ACCOUNT, ALLOW_ALL, NOW, OTHER, ROLE, ROLE_ID, identity_of, members_of

INVALID = (400, "InvalidIdentityToken", "Your request included an invalid SAML response.")


@pytest.fixture
def assume_with(sts):
    """The answer to an assertion; members as keywords."""

    def assume_with(document=None, **members):
        asked = {"RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": encoded(document or response()), **members}
        return sts.assume_role_with_saml(**asked)

    return assume_with


def test_the_answer_repeats_what_the_assertion_says(assume_with):
    answer = members_of(assume_with())
    credentials = answer.pop("Credentials")
    token = credentials["SessionToken"]
    assert credentials["Expiration"] == NOW + timedelta(hours=1)
    qualifier = base64.b64encode(hashlib.sha1(f"{ISSUER}{OTHER}/Acme".encode()).digest()).decode()
    assert answer == {
        "AssumedRoleUser": {
            "AssumedRoleId": f"{ROLE_ID}:jane@acme.example",
            "Arn": f"arn:aws:sts::{OTHER}:assumed-role/Deploy/jane@acme.example",
        },
        "Subject": "jane",
        "SubjectType": "persistent",
        "Issuer": ISSUER,
        "Audience": "https://signin.aws.amazon.com/saml",
        "NameQualifier": qualifier,
        "SessionTokenSize": len(token),
        "SessionTokenUtilization": -(-len(token) * 100 // 4096),
    }


def test_the_credentials_act_in_the_account_of_the_role(assume_with, client_of):
    answer = assume_with()
    assert identity_of(client_of(answer))["Arn"] == f"arn:aws:sts::{OTHER}:assumed-role/Deploy/jane@acme.example"
    url = client_of(answer, "sqs").create_queue(QueueName="jobs")["QueueUrl"]
    assert url == f"https://sqs.us-east-1.amazonaws.com/{OTHER}/jobs"


def test_it_needs_no_credentials(cloud):
    sts = boto3.client("sts", region_name="us-east-1", config=Config(signature_version=UNSIGNED))
    answer = sts.assume_role_with_saml(RoleArn=ROLE, PrincipalArn=PROVIDER, SAMLAssertion=encoded(response()))
    assert answer["Subject"] == "jane"


def test_a_format_that_is_not_of_saml_itself_is_told_whole(assume_with):
    assert assume_with(response(name_id_format="urn:acme:badge"))["SubjectType"] == "urn:acme:badge"


def test_role_and_provider_may_come_in_either_order_and_among_others(assume_with):
    pairs = ["arn:aws:iam::1:role/x,arn:aws:iam::1:saml-provider/y", f" {PROVIDER} , {ROLE} "]
    assert "Credentials" in assume_with(response({"Role": pairs}))


def test_attributes_of_china_are_read_too(assume_with):
    assert "Credentials" in assume_with(response(prefix="http://www.amazonaws.cn/SAML/Attributes/"))


def test_tags_and_source_identity_come_from_the_assertion(assume_with, client_of, assume):
    attributes = {
        "PrincipalTag:Project": ["Ark"],
        "PrincipalTag:Team": ["Noah"],
        "TransitiveTagKeys": ["Project"],
        "SourceIdentity": ["jane"],
    }
    answer = assume_with(response(attributes))
    assert (answer["SourceIdentity"], answer["PackedPolicySize"]) == ("jane", 2)
    chained = assume(client_of(answer))
    assert (chained["SourceIdentity"], "PackedPolicySize" in chained) == ("jane", True)


def test_policies_are_packed(assume_with):
    assert assume_with(Policy=ALLOW_ALL)["PackedPolicySize"] == 5


def test_a_session_ends_when_the_identity_provider_says_so(assume_with):
    answer = assume_with(response(session_ends=NOW + timedelta(minutes=20)), DurationSeconds=7200)
    assert answer["Credentials"]["Expiration"] == NOW + timedelta(minutes=20)
    answer = assume_with(response(session_ends=None), DurationSeconds=7200)
    assert answer["Credentials"]["Expiration"] == NOW + timedelta(hours=2)


def test_the_duration_of_console_sessions_has_no_part_in_it(assume_with):
    answer = assume_with(response({"SessionDuration": ["43200"]}))
    assert answer["Credentials"]["Expiration"] == NOW + timedelta(hours=1)


class TestRefusals:
    def test_an_assertion_must_be_redeemed_within_five_minutes(self, assume_with, refusal, advance):
        expected = (400, "ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance")
        late = response(expires=NOW + timedelta(hours=1))
        assert refusal(assume_with, response(expires=NOW)) == expected
        assert refusal(assume_with, response(session_ends=NOW)) == expected
        advance(299)
        assert "Credentials" in assume_with(late)
        advance(1)
        assert refusal(assume_with, late) == expected

    def test_a_role_that_the_assertion_does_not_name(self, assume_with, refusal):
        assert refusal(assume_with, RoleArn=f"arn:aws:iam::{OTHER}:role/Admin") == (
            403,
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithSAML",
        )

    @pytest.mark.parametrize("members", [{"RoleArn": PROVIDER, "PrincipalArn": ROLE}, {"PrincipalArn": ROLE}])
    def test_arns_that_are_no_role_or_no_provider(self, assume_with, refusal, members):
        assert refusal(assume_with, **members) == (400, "ValidationError", "Request ARN is invalid")

    def test_a_missing_session_name(self, assume_with, refusal):
        assert refusal(assume_with, response({"RoleSessionName": []})) == (
            400,
            "InvalidIdentityToken",
            "RoleSessionName is required in AuthnResponse",
        )

    def test_a_session_name_that_cannot_be_one(self, assume_with, refusal):
        assert refusal(assume_with, response({"RoleSessionName": ["Jane Doe"]})) == (
            400,
            "InvalidIdentityToken",
            "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}",
        )

    def test_a_source_identity_that_cannot_be_one(self, assume_with, refusal):
        assert refusal(assume_with, response({"SourceIdentity": ["aws:jane"]})) == (
            400,
            "InvalidIdentityToken",
            'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"',
        )

    def test_a_response_that_says_that_authentication_failed(self, assume_with, refusal):
        document = response(status="urn:oasis:names:tc:SAML:2.0:status:Responder")
        assert refusal(assume_with, document) == (
            403,
            "IDPRejectedClaim",
            "The identity provider (IdP) reported that authentication failed.",
        )

    def test_text_that_is_not_base64(self, assume_with, refusal):
        expected = (400, "InvalidIdentityToken", "Invalid base64 SAMLResponse")
        assert refusal(assume_with, SAMLAssertion="<Response/>") == expected
        assert refusal(assume_with, SAMLAssertion=encoded(response())[:-3]) == expected
        assert refusal(assume_with, SAMLAssertion="ümläut") == expected

    @pytest.mark.parametrize(
        "document",
        [
            "not xml",
            "<a/>",
            response()[:-20],
            response({"Role": []}),
            response(issuer=""),
            response().replace("IssueInstant=", "IssueInstant='yesterday' Was=", 2),
            response().encode() + b"\xff",
            "<!DOCTYPE a>" + response().partition("?>")[2],
            "<a>" * 5000,
        ],
        ids=range(9),
    )
    def test_documents_that_say_nothing(self, assume_with, refusal, document):
        assert refusal(assume_with, document) == INVALID

    def test_a_bomb_of_entities(self, assume_with, refusal):
        entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
        document = response().partition("?>")[2].replace(">jane<", ">&l11;<")
        assert refusal(assume_with, f'<!DOCTYPE r [<!ENTITY l0 "lol">{entities}]>{document}') == INVALID

    def test_a_file_by_way_of_an_entity(self, assume_with, refusal):
        document = response().partition("?>")[2].replace(">jane<", ">&f;<")
        assert refusal(assume_with, f'<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]>{document}') == INVALID


def test_the_caller_s_own_account_has_no_part_in_it(assume_with):
    assert ACCOUNT not in assume_with()["AssumedRoleUser"]["Arn"]
