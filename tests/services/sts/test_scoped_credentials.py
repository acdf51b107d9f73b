"""GetScopedCredentials: the same identity, with less."""

from __future__ import annotations

from datetime import timedelta

import pytest

from awsim import spec

from .conftest import ALLOW_ALL, NOW, REGION, identity_of

pytestmark = pytest.mark.skipif(
    "GetScopedCredentials" not in spec.load_service("sts").operation_names,
    reason="the installed botocore does not know GetScopedCredentials",
)


@pytest.fixture
def session(assume, client_of):
    """A client of a session that lasts an hour, at a region's endpoint."""
    return client_of(assume(SourceIdentity="jane"), region=REGION)


def test_a_policy_narrows_a_session_that_stays_who_it_is(session, client_of):
    answer = session.get_scoped_credentials(Policy=ALLOW_ALL)
    token = answer["Credentials"]["SessionToken"]
    identity = identity_of(session)
    assert identity_of(client_of(answer)) == identity
    assert answer["Credentials"]["Expiration"] == NOW + timedelta(hours=1)
    del answer["Credentials"], answer["ResponseMetadata"]
    assert answer == {
        "SessionInfo": {"ScopedSessionId": identity["UserId"], "Arn": identity["Arn"]},
        "SessionTokenUtilization": -(-len(token) * 100 // 4096),
        "SessionTokenSize": len(token),
        "ScopedPoliciesCount": 1,
        "SourceIdentity": "jane",
    }


def test_it_can_be_cut_short_but_not_drawn_out(session, advance, refusal):
    advance(600)
    answer = session.get_scoped_credentials(DurationSeconds=3000)
    assert answer["Credentials"]["Expiration"] == NOW + timedelta(hours=1)
    assert answer["ScopedPoliciesCount"] == 0
    assert refusal(session.get_scoped_credentials, DurationSeconds=3001) == (
        400,
        "InsufficientSessionLifetime",
        "The requested DurationSeconds exceeds the remaining lifetime of the calling session.",
    )


def test_three_policies_are_the_most(session, client_of, refusal):
    client = session
    for count in (1, 2, 3):
        answer = client.get_scoped_credentials(Policy=ALLOW_ALL)
        assert answer["ScopedPoliciesCount"] == count
        client = client_of(answer)
    assert refusal(client.get_scoped_credentials, Policy=ALLOW_ALL) == (
        403,
        "AccessDenied",
        "A session can have at most 3 scope down policies",
    )
    assert client.get_scoped_credentials(DurationSeconds=60)["ScopedPoliciesCount"] == 3


def test_it_wants_temporary_credentials(sts, refusal):
    assert refusal(sts.get_scoped_credentials, DurationSeconds=60) == (
        403,
        "AccessDenied",
        "Cannot call GetScopedCredentials with long-term credentials",
    )


def test_it_wants_something_to_do(session, refusal):
    assert refusal(session.get_scoped_credentials) == (
        400,
        "ValidationError",
        "At least one of Policy or DurationSeconds must be specified.",
    )


def test_a_policy_must_be_one(session, refusal):
    assert refusal(session.get_scoped_credentials, Policy="{}")[:2] == (400, "MalformedPolicyDocument")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"SubjectMode": "OriginIdentity"},
            "The session has no identity context with the key aws:OriginIdentity/Subject.",
        ),
        ({"Scope": "read"}, "Scope can be specified only when SubjectMode is OriginIdentity."),
    ],
)
def test_no_session_has_an_origin_that_a_web_identity_token_could_name(sts, refusal, members, message):
    answer = refusal(sts.get_web_identity_token, Audience=["a"], SigningAlgorithm="RS256", **members)
    assert answer == (400, "ValidationError", message)
