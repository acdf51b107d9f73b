"""What passes from session to session: tags, the source identity, and a shorter life."""

from __future__ import annotations

from datetime import timedelta

import pytest

from .conftest import NOW, OTHER, ROLE

NEXT_ROLE = f"arn:aws:iam::{OTHER}:role/Next"
CONFLICT = (
    400,
    "InvalidParameterValue",
    "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the "
    "calling session.",
)


def tags(**pairs):
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


def credentials_in(cloud, answer):
    from awsim.aws.credentials import CredentialStore

    return cloud.store(CredentialStore, "", "us-east-1").keys[answer["Credentials"]["AccessKeyId"]]


def test_tags_belong_to_the_session_and_count_as_packed(cloud, assume):
    answer = assume(Tags=tags(Project="Ark", Team="Noah"))
    assert answer["PackedPolicySize"] == 2
    session = credentials_in(cloud, answer)
    assert (session.session_tags, session.transitive_tag_keys) == ({"Project": "Ark", "Team": "Noah"}, [])


def test_only_transitive_tags_pass_on_and_then_stay(cloud, assume, client_of):
    first = assume(Tags=tags(Project="Ark", Team="Noah"), TransitiveTagKeys=["Project"])
    second = assume(client_of(first), RoleArn=NEXT_ROLE, Tags=tags(Team="Shem"))
    third = assume(client_of(second))
    session = credentials_in(cloud, second)
    assert (session.session_tags, session.transitive_tag_keys) == ({"Project": "Ark", "Team": "Shem"}, ["Project"])
    session = credentials_in(cloud, third)
    assert (session.session_tags, session.transitive_tag_keys) == ({"Project": "Ark"}, ["Project"])


@pytest.mark.parametrize("key", ["SessionTag1", "sessiontag1"])
def test_a_transitive_tag_cannot_be_set_anew(assume, client_of, refusal, key):
    first = assume(Tags=tags(SessionTag1="one"), TransitiveTagKeys=["SessionTag1"])
    client = client_of(first)
    assert refusal(assume, client, RoleArn=NEXT_ROLE, Tags=tags(**{key: "two"}), TransitiveTagKeys=[key]) == CONFLICT
    assert refusal(assume, client, RoleArn=NEXT_ROLE, Tags=tags(**{key: "two"})) == CONFLICT


def test_a_transitive_key_must_be_among_the_tags(assume, refusal):
    assert refusal(assume, Tags=tags(Project="Ark"), TransitiveTagKeys=["Team"]) == (
        400,
        "InvalidParameterValue",
        "The specified transitive tag key must be included in the requested tags.",
    )


def test_a_transitive_key_is_found_among_the_tags_in_whatever_case(cloud, assume):
    session = credentials_in(cloud, assume(Tags=tags(Project="Ark"), TransitiveTagKeys=["PROJECT"]))
    assert session.transitive_tag_keys == ["Project"]


def test_keys_that_differ_by_case_alone_are_refused(assume, refusal):
    assert refusal(assume, Tags=tags(Project="Ark", project="Ark")) == (
        400,
        "InvalidParameterValue",
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    )


def test_keys_of_aws_itself_are_refused(assume, refusal):
    assert refusal(assume, Tags=tags(**{"aws:project": "Ark"})) == (
        400,
        "InvalidParameterValue",
        "aws: prefixed tag key names are not allowed for external use.",
    )


def test_tags_must_fit_when_packed(assume, refusal):
    many = tags(**{f"Key{number}": "v" * 256 for number in range(12)})
    assert refusal(assume, Tags=many) == (
        400,
        "PackedPolicyTooLarge",
        "Packed size of session tags consumes 126% of allotted space.",
    )


def test_a_chained_session_lasts_an_hour_at_most(sts, assume, client_of, refusal):
    message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    for first in (assume(), sts.get_session_token()):
        client = client_of(first)
        assert refusal(assume, client, DurationSeconds=3601) == (400, "ValidationError", message)
        chained = assume(client, DurationSeconds=3600)
        assert chained["Credentials"]["Expiration"] == NOW + timedelta(hours=1)


def test_the_source_identity_stays_with_the_chain(cloud, assume, client_of):
    first = assume(SourceIdentity="jane")
    assert first["SourceIdentity"] == "jane"
    second = assume(client_of(first), RoleArn=NEXT_ROLE)
    assert second["SourceIdentity"] == "jane"
    assert assume(client_of(second), SourceIdentity="jane")["SourceIdentity"] == "jane"
    assert "SourceIdentity" not in assume()


def test_the_source_identity_cannot_change(assume, client_of, refusal):
    client = client_of(assume(SourceIdentity="jane"))
    assert refusal(assume, client, RoleArn=NEXT_ROLE, SourceIdentity="john") == (
        403,
        "AccessDenied",
        f"User: arn:aws:sts::{OTHER}:assumed-role/Deploy/release is not authorized to perform: sts:SetSourceIdentity "
        f"on resource: {NEXT_ROLE}",
    )


def test_the_caller_s_own_session_may_assume_its_role_again(assume, client_of):
    again = assume(client_of(assume()), RoleArn=ROLE, RoleSessionName="again")
    assert again["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{OTHER}:assumed-role/Deploy/again"
