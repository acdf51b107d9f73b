"""What awsim does not simulate, an installed moto answers, if asked for."""

from __future__ import annotations

import http.client
import subprocess
import sys
import threading
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

import awsim
from awsim import Cloud, MisuseError, NotSimulatedError, connect_to, mock_aws
from awsim.errors import AwsimError
from awsim.fallback import moto_call
from awsim.fallback.moto_call import FallbackMissingError


def vpc_count(cloud: Cloud) -> int:
    return len(cloud.client("ec2").describe_vpcs()["Vpcs"])


def test_an_operation_without_a_provider_is_answered_and_says_by_whom() -> None:
    with mock_aws(fallback="moto") as aws:
        iam = boto3.client("iam")
        iam.create_role(RoleName="worker", AssumeRolePolicyDocument="{}")
        assert [role["RoleName"] for role in iam.list_roles()["Roles"]] == ["worker"]
        boto3.client("sqs").create_queue(QueueName="q")
        assert [(call.name, call.tier) for call in aws.calls] == [
            ("iam.CreateRole", "moto"),
            ("iam.ListRoles", "moto"),
            ("sqs.CreateQueue", "simulated"),
        ]


def test_without_it_nothing_changes() -> None:
    with mock_aws() as aws:
        assert aws.fallback is None
        with pytest.raises(NotSimulatedError):
            boto3.client("iam").list_roles()


def test_one_service_alone_may_fall_back() -> None:
    with mock_aws(fallback={"iam": "moto"}):
        assert boto3.client("iam").list_roles()["Roles"] == []
        with pytest.raises(NotSimulatedError):
            boto3.client("glue").get_databases()


def test_what_moto_does_not_check_is_not_checked() -> None:
    with mock_aws(fallback="moto"):
        datasync = boto3.client("datasync")
        members = {"ServerHostname": "host", "Subdirectory": "/", "User": "", "Password": "", "AgentArns": ["stuff"]}
        arn = datasync.create_location_smb(**members)["LocationArn"]
        assert [location["LocationArn"] for location in datasync.list_locations()["Locations"]] == [arn]
        with pytest.raises(ClientError, match="Can only include alphanumeric characters, hyphens, or underscores"):
            boto3.client("sqs").create_queue(QueueName="a b")


def test_the_environment_can_ask_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWSIM_FALLBACK", "moto")
    with mock_aws() as aws:
        assert aws.settings.fallback == {"*": "moto"}


def test_errors_are_aws_errors_and_are_recorded() -> None:
    with mock_aws(fallback="moto") as aws:
        with pytest.raises(ClientError) as refused:
            boto3.client("iam").get_role(RoleName="nobody")
        assert refused.value.response["Error"]["Code"] == "NoSuchEntity"
        assert str(aws.calls.last.error) == "NoSuchEntity: Role nobody not found"


def test_no_header_comes_twice() -> None:
    with mock_aws(fallback="moto") as cloud, awsim.serve(cloud) as server:
        connection = http.client.HTTPConnection(server.host, server.port)
        scope = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0"
        body = "Action=ListRoles&Version=2010-05-08"
        form = "application/x-www-form-urlencoded"
        connection.request("POST", "/", body, {"authorization": scope, "content-type": form})
        answer = connection.getresponse()
        assert (answer.status, b"<ListRolesResult>" in answer.read()) == (200, True)
        names = [name.lower() for name, _ in answer.getheaders()]
        connection.close()
    assert {"date", "content-length"} <= set(names)
    assert len(names) == len(set(names))


def test_state_lives_and_dies_with_the_cloud() -> None:
    for _ in range(2):
        with mock_aws(fallback="moto") as aws:
            assert vpc_count(aws) == 1
            boto3.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
            assert vpc_count(aws) == 2
            aws.reset()
            assert vpc_count(aws) == 1


def test_a_nested_cloud_shares_and_isolated_ones_have_their_own() -> None:
    with mock_aws(fallback="moto") as outer:
        boto3.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
        with mock_aws() as inner:
            assert vpc_count(inner) == 2
        with mock_aws(isolated=True, fallback="moto") as isolated:
            assert vpc_count(isolated) == 1
            isolated.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
            isolated.client("ec2").create_vpc(CidrBlock="10.1.0.0/16")
        assert vpc_count(outer) == 2


def test_forks_and_snapshots_have_what_was_made_until_then() -> None:
    with mock_aws(fallback="moto") as aws:
        ec2 = aws.client("ec2")
        ec2.create_vpc(CidrBlock="10.0.0.0/16")
        child, before = aws.fork(), aws.snapshot()
        ec2.create_vpc(CidrBlock="10.1.0.0/16")
        child.client("ec2").delete_vpc(
            VpcId=next(v["VpcId"] for v in ec2.describe_vpcs()["Vpcs"] if v["CidrBlock"] == "10.0.0.0/16")
        )
        assert (vpc_count(aws), vpc_count(child)) == (3, 1)
        for _ in range(2):
            aws.restore(before)
            assert vpc_count(aws) == 2
            ec2.create_vpc(CidrBlock="10.2.0.0/16")


def test_what_moto_has_made_cannot_be_saved_to_a_file(tmp_path: Any) -> None:
    with mock_aws(fallback="moto") as aws:
        aws.save(tmp_path / "fine.json")
        vpc_count(aws)
        with pytest.raises(MisuseError, match=r"^moto answered calls of this Cloud, and what it made cannot be saved"):
            aws.save(tmp_path / "state.json")
        assert not (tmp_path / "state.json").exists()


def test_four_worlds_at_once_in_threads() -> None:
    found: dict[int, list[str]] = {}

    def work(number: int) -> None:
        with mock_aws(isolated=True, fallback="moto") as aws:
            sns = aws.client("sns")
            for _ in range(5):
                sns.create_topic(Name=f"topic-{number}")
            found[number] = [topic["TopicArn"].rpartition(":")[2] for topic in sns.list_topics()["Topics"]]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [f"topic-{number}"] for number in range(4)}


def test_seed_account_region_and_clock_reach_it() -> None:
    def vpc_id(seed: int) -> str:
        with mock_aws(fallback="moto", seed=seed):
            return str(boto3.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])

    assert vpc_id(1) == vpc_id(1) != vpc_id(2)
    with mock_aws(fallback="moto", account_id="111122223333", region="eu-west-1") as aws:
        topic = boto3.client("sns").create_topic(Name="t")["TopicArn"]
        assert topic == "arn:aws:sns:eu-west-1:111122223333:t"
    with mock_aws(fallback="moto") as aws:
        with aws.clock.freeze("2031-01-02T03:04:05Z"):
            boto3.client("iam").create_user(UserName="jane")
            created = boto3.client("iam").get_user(UserName="jane")["User"]["CreateDate"]
        assert aws.clock.frozen_at is None
        assert created == datetime(2031, 1, 2, 3, 4, 5, tzinfo=timezone.utc)


def test_faults_strike_its_calls_and_services_of_awsim_call_it() -> None:
    with mock_aws(fallback="moto") as aws:
        aws.faults.add("iam.ListRoles", error="ServiceFailureException", times=1)
        iam = boto3.client("iam", config=boto3.session.Config(retries={"total_max_attempts": 1}))
        with pytest.raises(ClientError):
            iam.list_roles()
        assert iam.list_roles()["Roles"] == []
        assert connect_to().sns.create_topic(Name="t") == {"TopicArn": "arn:aws:sns:us-east-1:123456789012:t"}


def test_a_simulated_service_is_not_split() -> None:
    with mock_aws(fallback="moto"):
        control = boto3.client("s3control")
        with pytest.raises(NotSimulatedError, match=r"what it made of s3control awsim's s3control would not see"):
            control.list_jobs(AccountId="123456789012")
        config = {"Id": "lens", "IsEnabled": True, "AccountLevel": {"BucketLevel": {}}}
        control.put_storage_lens_configuration(
            ConfigId="lens", AccountId="123456789012", StorageLensConfiguration=config
        )
        found = control.get_storage_lens_configuration(ConfigId="lens", AccountId="123456789012")
        assert found["StorageLensConfiguration"]["Id"] == "lens"


def test_what_moto_does_not_know_either_is_refused_by_name() -> None:
    with mock_aws(fallback="moto"), pytest.raises(NotSimulatedError, match=r"Nor does moto, the fallback\.$"):
        boto3.client("outposts").list_outposts()


def test_requests_to_other_endpoints_reach_it() -> None:
    with mock_aws(fallback="moto"):
        sns = boto3.client("sns", endpoint_url="https://sns.localhost:4566")
        assert sns.create_topic(Name="t")["TopicArn"] == "arn:aws:sns:us-east-1:123456789012:t"


@pytest.mark.parametrize("fallback", ["localstack", {"glue": "nothing"}])
def test_what_cannot_answer_is_refused_at_once(fallback: Any) -> None:
    with pytest.raises(ValueError, match=r"is one of moto, not '(localstack|nothing)'$"):
        mock_aws(fallback=fallback)


@pytest.mark.parametrize(
    ("version", "message"),
    [
        (None, "the fallback moto is not installed: pip install 'awsim[moto]'"),
        (
            "4.2.14",
            "the fallback moto is installed as 4.2.14, and awsim knows >=5.2,<6.0: pip install 'awsim[moto]'",
        ),
    ],
)
def test_a_missing_or_too_old_moto_is_a_clear_error_at_the_start(
    monkeypatch: pytest.MonkeyPatch, version: str | None, message: str
) -> None:
    def found(name: str) -> str:
        if version is None:
            raise moto_call.importlib.metadata.PackageNotFoundError(name)
        return version

    monkeypatch.setattr("importlib.metadata.version", found)
    moto_call.check_installed.cache_clear()
    try:
        with pytest.raises(FallbackMissingError) as missing:
            mock_aws(fallback="moto").start()
        assert isinstance(missing.value, AwsimError)
        assert str(missing.value) == message
    finally:
        moto_call.check_installed.cache_clear()


def test_moto_is_imported_at_the_first_such_call_only() -> None:
    code = """
import sys, boto3
from awsim import mock_aws
with mock_aws(fallback="moto"):
    boto3.client("sqs").create_queue(QueueName="q")
    assert "moto" not in sys.modules
    boto3.client("iam").list_roles()
    assert "moto" in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_motos_own_mock_beside_it_keeps_what_it_has() -> None:
    import moto

    with moto.mock_aws():
        boto3.client("sns", region_name="us-east-1").create_topic(Name="of-moto")
        with mock_aws(fallback="moto"):  # boto3's own calls are moto's here, whose handlers come first
            assert connect_to().sns.list_topics()["Topics"] == []
            connect_to().sns.create_topic(Name="of-awsim")
        topics = boto3.client("sns", region_name="us-east-1").list_topics()["Topics"]
        assert [topic["TopicArn"].rpartition(":")[2] for topic in topics] == ["of-moto"]


def test_pytest_says_at_the_end_what_was_answered(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nawsim_fallback = moto\n")
    pytester.makepyfile(
        """
        def test_it(aws):
            aws.client("iam").list_roles()
            aws.client("iam").list_users()
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["awsim: answered by moto: iam (ListRoles, ListUsers)"])


def test_a_batch_that_moto_answers_fails_as_a_whole_or_not_at_all() -> None:
    entries = [{"Id": one, "Message": one} for one in "ab"]
    with mock_aws(fallback="moto") as aws:
        sns = boto3.client("sns")
        topic = sns.create_topic(Name="news")["TopicArn"]
        with aws.faults.add("sns.PublishBatch", entries=True):
            answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
        assert [entry["Id"] for entry in answer["Failed"]] == ["a", "b"]
        with (
            aws.faults.add("sns.PublishBatch", entries="a"),
            pytest.raises(
                MisuseError, match=r"^sns\.PublishBatch is not awsim's to carry out in part: moto answers it"
            ),
        ):
            sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)


def test_what_moto_answers_is_recorded_and_replayed(tmp_path: Path) -> None:
    def topics() -> list[str]:
        sns = boto3.client("sns")
        sns.create_topic(Name="news")
        return [topic["TopicArn"] for topic in sns.list_topics()["Topics"]]

    with mock_aws(fallback="moto") as aws, aws.record(tmp_path / "calls"):
        found = topics()
    with mock_aws() as aws, aws.replay(tmp_path / "calls"):
        assert topics() == found
