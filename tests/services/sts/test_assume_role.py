"""AssumeRole: what it answers, what its credentials are good for, and what it refuses."""

from __future__ import annotations

import base64
from datetime import timedelta

import boto3
import pytest

from awsim import mock_aws

from .conftest import ACCOUNT, ALLOW_ALL, NOW, OTHER, REGION, ROLE, ROLE_ID, identity_of, members_of


def test_the_answer_names_the_session_and_its_credentials(assume):
    answer = members_of(assume())
    credentials = answer.pop("Credentials")
    token = credentials.pop("SessionToken")
    assert credentials == {
        "AccessKeyId": "ASIARTX3GSDSW7IGUW2S",
        "SecretAccessKey": "urEvVdOhoaPb5u7HtbMo4CygHxpspk98S9WqLt6+",
        "Expiration": NOW + timedelta(hours=1),
    }
    assert answer == {
        "AssumedRoleUser": {
            "AssumedRoleId": f"{ROLE_ID}:release",
            "Arn": f"arn:aws:sts::{OTHER}:assumed-role/Deploy/release",
        },
        "SessionTokenSize": len(token),
        "SessionTokenUtilization": -(-len(token) * 100 // 4096),
    }
    assert base64.b64decode(token, validate=True).startswith(b"\x21\x0a\x09origin_ec")


def test_the_same_seed_and_calls_give_the_same_credentials():
    def answers(seed):
        with mock_aws(seed=seed):
            sts = boto3.client("sts", region_name=REGION)
            credentials = sts.assume_role(RoleArn=ROLE, RoleSessionName="release")["Credentials"]
            return {name: value for name, value in credentials.items() if name != "Expiration"}

    assert answers(1) == answers(1)
    assert answers(1) != answers(2)


def test_the_credentials_act_as_the_session(assume, client_of):
    assert identity_of(client_of(assume())) == {
        "UserId": f"{ROLE_ID}:release",
        "Account": OTHER,
        "Arn": f"arn:aws:sts::{OTHER}:assumed-role/Deploy/release",
    }


def test_the_credentials_act_in_the_account_of_the_role(assume, client_of):
    sqs = client_of(assume(), "sqs", "eu-west-1")
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    assert url == f"https://sqs.eu-west-1.amazonaws.com/{OTHER}/jobs"
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    assert arn == f"arn:aws:sqs:eu-west-1:{OTHER}:jobs"
    assert "QueueUrls" not in boto3.client("sqs", region_name="eu-west-1").list_queues()


def test_the_credentials_expire(assume, client_of, advance, refusal):
    answer = assume(DurationSeconds=900)
    message = "The security token included in the request is expired"
    advance(899)
    identity_of(client_of(answer))
    advance(1)
    assert refusal(client_of(answer).get_caller_identity) == (403, "ExpiredToken", message)
    assert refusal(client_of(answer, "sqs").list_queues) == (403, "ExpiredTokenException", message)


def test_the_credentials_are_nothing_without_their_token(assume, refusal):
    credentials = assume()["Credentials"]
    sts = boto3.client(
        "sts",
        region_name=REGION,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token="another",
    )
    assert refusal(sts.get_caller_identity) == (
        403,
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
    )


def test_a_role_has_one_id_whoever_assumes_it(assume):
    ids = {assume(RoleSessionName=name)["AssumedRoleUser"]["AssumedRoleId"] for name in ("one", "two")}
    assert ids == {f"{ROLE_ID}:one", f"{ROLE_ID}:two"}
    other = assume(RoleArn=f"arn:aws:iam::{OTHER}:role/Audit")["AssumedRoleUser"]["AssumedRoleId"]
    assert not other.startswith(ROLE_ID)


def test_the_path_of_a_role_is_not_part_of_its_sessions(assume):
    answer = assume(RoleArn=f"arn:aws:iam::{OTHER}:role/service-role/team/Deploy")
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{OTHER}:assumed-role/Deploy/release"


def test_a_role_of_another_partition_is_assumed_there(cloud):
    sts = boto3.client("sts", region_name="cn-north-1")
    answer = sts.assume_role(RoleArn=f"arn:aws-cn:iam::{OTHER}:role/Deploy", RoleSessionName="release")
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws-cn:sts::{OTHER}:assumed-role/Deploy/release"


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{OTHER}:user/Deploy",
        f"arn:aws:iam::{OTHER}:role/",
        f"arn:aws:iam:us-east-1:{OTHER}:role/Deploy",
        f"arn:aws:iam:{OTHER}:role/Deploy",
        "arn:aws:iam::1234:role/Deploy",
        f"arn:aws:sts::{OTHER}:assumed-role/Deploy/release",
        f"arn:aws-cn:iam::{OTHER}:role/Deploy",
        f"{ROLE}\n",
        "x" * 20,
    ],
)
def test_what_is_no_role_is_refused(assume, refusal, arn):
    # The blanks around an element's text are lost in XML, so that a message's end cannot tell them.
    status, code, message = refusal(assume, RoleArn=arn)
    assert (status, code, " ".join(message.split())) == (400, "ValidationError", f"{arn.strip()} is invalid")


def test_a_session_name_is_held_to_the_model(assume, refusal):
    status, code, message = refusal(assume, RoleSessionName="my session")
    assert (status, code) == (400, "ValidationError")
    assert message == (
        "1 validation error detected: Value 'my session' at 'roleSessionName' failed to satisfy constraint: Member "
        r"must satisfy regular expression pattern: [\w+=,.@-]*"
    )


def test_a_session_lasts_twelve_hours_at_most(assume, refusal):
    assert assume(DurationSeconds=43_200)["Credentials"]["Expiration"] == NOW + timedelta(hours=12)
    assert refusal(assume, DurationSeconds=43_201) == (
        400,
        "ValidationError",
        "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must "
        "have value less than or equal to 43200",
    )


def test_an_external_id_is_taken(assume):
    assert "Credentials" in assume(ExternalId="customer-42")


class TestMfa:
    DEVICE = f"arn:aws:iam::{ACCOUNT}:mfa/jane"

    def test_a_device_and_its_code_are_taken(self, assume):
        assert "Credentials" in assume(SerialNumber=self.DEVICE, TokenCode="123456")

    @pytest.mark.parametrize("half", [{"SerialNumber": DEVICE}, {"TokenCode": "123456"}])
    def test_half_of_the_pair_is_refused(self, assume, refusal, half):
        assert refusal(assume, **half) == (
            403,
            "AccessDenied",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
        )


class TestSessionPolicies:
    def test_their_packed_size_is_told(self, assume):
        assert assume(Policy=ALLOW_ALL)["PackedPolicySize"] == 5
        arns = [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]
        assert assume(PolicyArns=arns)["PackedPolicySize"] == 3
        assert assume(Policy=ALLOW_ALL, PolicyArns=arns)["PackedPolicySize"] == 6

    @pytest.mark.parametrize(
        ("policy", "message"),
        [
            ("not json", "This policy contains invalid Json"),
            ('{"Statement":', "This policy contains invalid Json"),
            ("[" * 2000, "This policy contains invalid Json"),
            ("[]", "Syntax errors in policy."),
            ("{}", "Syntax errors in policy."),
            (ALLOW_ALL.replace("2012", "2013"), "Syntax errors in policy."),
            (ALLOW_ALL.replace("Allow", "Permit"), "Syntax errors in policy."),
            (ALLOW_ALL.replace("Action", "Deed"), "Policy statement must contain actions."),
            (ALLOW_ALL.replace("Resource", "Thing"), "Policy statement must contain resources."),
            (
                ALLOW_ALL.replace('"Effect"', '"Principal":"*","Effect"'),
                "Policy document should not specify a principal.",
            ),
        ],
    )
    def test_what_is_no_policy_is_refused(self, assume, refusal, policy, message):
        assert refusal(assume, Policy=policy) == (400, "MalformedPolicyDocument", message)

    def test_they_must_fit_in_plain(self, assume, refusal):
        policy = ALLOW_ALL + " " * (2049 - len(ALLOW_ALL))
        assert refusal(assume, Policy=policy) == (
            400,
            "ValidationError",
            f"1 validation error detected: Value '{policy}' at 'policy' failed to satisfy constraint: Member must have "
            "length less than or equal to 2048",
        )

    def test_they_must_fit_when_packed(self, assume, refusal):
        arns = [{"arn": f"arn:aws:iam::{OTHER}:policy/{'p' * 300}{number}"} for number in range(10)]
        assert refusal(assume, PolicyArns=arns) == (
            400,
            "PackedPolicyTooLarge",
            "Packed policy consumes 133% of allotted space, please use smaller policy.",
        )

    def test_ten_managed_ones_are_the_most(self, assume, refusal):
        arns = [{"arn": f"arn:aws:iam::aws:policy/Policy{number}"} for number in range(11)]
        assert "Credentials" in assume(PolicyArns=arns[:10])
        assert refusal(assume, PolicyArns=arns) == (
            400,
            "ValidationError",
            "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length "
            "less than or equal to 10",
        )

    def test_managed_ones_must_be_policies(self, assume, refusal):
        assert refusal(assume, PolicyArns=[{"arn": ROLE}]) == (400, "ValidationError", f"{ROLE} is invalid")


class TestProvidedContexts:
    PROVIDER = "arn:aws:iam::aws:contextProvider/IdentityCenter"

    def test_those_of_a_context_provider_are_taken(self, assume):
        contexts = [{"ProviderArn": self.PROVIDER, "ContextAssertion": "assertion"}]
        assert "Credentials" in assume(ProvidedContexts=contexts)

    def test_those_of_others_are_refused(self, assume, refusal):
        contexts = [{"ProviderArn": ROLE, "ContextAssertion": "assertion"}]
        assert refusal(assume, ProvidedContexts=contexts) == (400, "ValidationError", f"{ROLE} is invalid")


@pytest.mark.parametrize("size", [1, 1000, 2047, 4096])
def test_a_session_token_is_as_large_as_it_is_asked_to_be(assume, client_of, size):
    answer = assume(MinimumSessionTokenSize=size)
    length = len(answer["Credentials"]["SessionToken"])
    assert answer["SessionTokenSize"] == length
    assert answer["SessionTokenUtilization"] == -(-length * 100 // 4096)
    assert size <= length < max(size + 4, 500)
    assert identity_of(client_of(answer))["Account"] == OTHER
