"""The pytest plug-in: the aws fixture, its ini options and marker, and what it does not cost."""

from __future__ import annotations

import pytest

from awsim.settings import Settings


def test_the_fixture_is_a_fresh_cloud_for_each_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3

        def test_one(aws):
            boto3.client("sqs").create_queue(QueueName="q")
            assert len(aws.client("sqs").list_queues()["QueueUrls"]) == 1
            assert aws.resource("sqs").get_queue_by_name(QueueName="q").url
            assert aws.session(region_name="eu-west-1").client("sts").get_caller_identity()["Account"] == "123456789012"

        def test_two(aws):
            assert "QueueUrls" not in boto3.client("sqs").list_queues()
        """
    )
    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=2)


def test_ini_options_and_the_marker_set_the_cloud(pytester: pytest.Pytester) -> None:
    pytester.makeini(
        """
        [pytest]
        awsim_region = eu-west-1
        awsim_account_id = 111122223333
        awsim_strict = true
        awsim_services = sqs sts
        awsim_seed = 9
        """
    )
    pytester.makepyfile(
        """
        import pytest

        def test_ini(aws):
            settings = aws.settings
            assert (settings.region, settings.account_id, settings.strict) == ("eu-west-1", "111122223333", True)
            assert (settings.services, settings.seed) == (frozenset({"sqs", "sts"}), "9")

        @pytest.mark.aws(region="us-west-2", strict=False)
        def test_marker(aws):
            assert (aws.settings.region, aws.settings.strict) == ("us-west-2", False)
            assert aws.settings.account_id == "111122223333"
        """
    )
    pytester.runpytest().assert_outcomes(passed=2)


def test_ini_options_hold_for_every_cloud_of_the_run(pytester: pytest.Pytester) -> None:
    pytester.makeini(
        """
        [pytest]
        awsim_region = eu-west-1
        awsim_account_id = 111122223333
        awsim_services = sqs
        awsim_passthrough = athena
        """
    )
    pytester.makepyfile(
        """
        import os

        import boto3
        from awsim import Cloud, mock_aws

        @mock_aws
        def test_decorated():
            assert os.environ["AWS_DEFAULT_REGION"] == "eu-west-1"
            url = boto3.client("sqs").create_queue(QueueName="orders")["QueueUrl"]
            assert url == "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"

        def test_its_own_options_come_first():
            with mock_aws(region="us-west-2", services=["sqs", "sts"]) as aws:
                assert (aws.settings.region, aws.settings.account_id) == ("us-west-2", "111122223333")
                assert aws.settings.services == {"sqs", "sts"}

        def test_session(aws_session, aws):
            assert aws_session.settings.passthrough_services == aws.settings.passthrough_services == {"athena"}
            assert aws.settings.region == Cloud().settings.region == "eu-west-1"
        """
    )
    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=3)
    assert Settings.from_environment().account_id == "123456789012"


def test_a_marker_with_a_positional_argument_is_a_usage_error(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.aws("eu-west-1")
        def test_it(aws): ...
        """
    )
    result = pytester.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*takes options by name: @pytest.mark.aws(region='eu-west-1')*"])


def test_a_suite_that_does_not_use_it_imports_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_it():
            assert not {"botocore", "boto3", "attrs", "awsim.cloud", "awsim.mock"} & set(sys.modules)
        """
    )
    pytester.runpytest_subprocess("-p", "no:hypothesispytest", "-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_a_session_is_seeded_once_and_forked_for_each_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3
        import pytest

        seedings = []

        @pytest.fixture(scope="session")
        def orders(aws_session):
            seedings.append(1)
            return aws_session.client("sqs").create_queue(QueueName="orders")["QueueUrl"]

        @pytest.mark.parametrize("number", range(2))
        def test_forks(aws, orders, number):
            sqs = boto3.client("sqs")
            assert sqs.list_queues()["QueueUrls"] == [orders]
            sqs.create_queue(QueueName="another")
            assert len(sqs.list_queues()["QueueUrls"]) == 2
            assert seedings == [1]

        @pytest.mark.aws(strict=True, services=["sqs"])
        def test_options_of_a_fork(aws, orders):
            assert (aws.settings.strict, aws.settings.services) == (True, frozenset({"sqs"}))

        def test_without_it_a_cloud_is_empty(aws):
            assert "QueueUrls" not in boto3.client("sqs").list_queues()
            assert not aws.settings.strict
        """
    )
    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=4)


def test_the_marker_adds_faults(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from botocore.exceptions import ClientError

        @pytest.mark.aws(faults={"sqs.ListQueues": {"error": "AccessDenied", "status": 403}})
        def test_it(aws):
            with pytest.raises(ClientError, match="AccessDenied"):
                aws.client("sqs").list_queues()
        """
    )
    pytester.runpytest().assert_outcomes(passed=1)


def test_the_closest_marker_decides(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.aws(region="eu-west-1", seed=3)

        @pytest.mark.aws(region="us-west-2")
        def test_it(aws):
            assert (aws.settings.region, aws.settings.seed) == ("us-west-2", 3)
        """
    )
    pytester.runpytest().assert_outcomes(passed=1)


def test_credentials_are_harmless_and_put_back(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    pytester.makepyfile(
        """
        import os

        def test_with(aws_credentials):
            assert os.environ["AWS_ACCESS_KEY_ID"] == aws_credentials["AWS_ACCESS_KEY_ID"] == "testing"
            assert "AWS_PROFILE" not in os.environ
            assert os.environ["AWS_DEFAULT_REGION"] == "us-east-1"

        def test_without():
            assert os.environ["AWS_PROFILE"] == "production"
            assert "AWS_DEFAULT_REGION" not in os.environ
        """
    )
    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=2)


def test_a_marker_with_options_gives_the_cloud_to_a_test_that_does_not_take_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3
        import pytest
        from awsim.active import current_cloud

        @pytest.mark.aws(region="eu-west-1")
        def test_marked():
            assert boto3.client("sqs").create_queue(QueueName="q")["QueueUrl"].startswith("https://sqs.eu-west-1.")

        @pytest.mark.aws
        def test_marked_as_a_suite_marks_its_own():
            assert current_cloud() is None

        @pytest.mark.aws(seed=7)
        class TestMarked:
            def test_one(self, request):
                assert current_cloud().settings.seed == 7
        """
    )
    pytester.runpytest().assert_outcomes(passed=3)


def test_the_marker_speaks_for_forks_of_the_session_too(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3
        import pytest

        @pytest.fixture(scope="session")
        def url(aws_session):
            return aws_session.client("sqs").create_queue(QueueName="orders")["QueueUrl"]

        sent = set()

        @pytest.mark.parametrize("seed", [pytest.param(n, marks=pytest.mark.aws(seed=n)) for n in (0, 1, 2, 1)])
        def test_seeds(aws, url, seed):
            sent.add(aws.client("sqs").send_message(QueueUrl=url, MessageBody="x")["MessageId"])

        def test_each_seed_had_ids_of_its_own(aws):
            assert len(sent) == 3

        @pytest.mark.aws(services="sqs", account_id="111122223333", config={"core": {"mock_credentials": False}})
        def test_all_options(aws, aws_session):
            assert aws.settings.services == {"sqs"}
            assert (aws.settings.account_id, aws_session.settings.account_id) == ("111122223333", "123456789012")
        """
    )
    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=6)


def test_what_is_wrong_with_a_marker_is_told(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.aws(regoin="eu-west-1")
        def test_option(aws):
            pass

        @pytest.mark.aws(regoin="eu-west-1")
        def test_option_of_a_fork(aws, aws_session):
            pass

        @pytest.mark.aws(faults="sqs.SendMessage")
        def test_faults(aws):
            pass
        """
    )
    result = pytester.runpytest()
    result.assert_outcomes(errors=3)
    text = result.stdout.str()
    # The tracebacks alone: pytest's summary tells a message too, and the whole of it only where CI is set.
    told = [line for line in text.splitlines() if line.startswith("E ") and line.endswith("Did you mean region?")]
    assert [line.split(None, 1)[1] for line in told] == [
        "awsim.errors.MisuseError: mock_aws has no option 'regoin'. Did you mean region?"
    ] * 2
    assert "@pytest.mark.aws takes faults as {operation: options}: faults={'sqs.SendMessage': {'error': " in text


def test_within_a_wider_mock_it_is_a_fork_of_its_cloud(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3
        import pytest
        from awsim import mock_aws

        @pytest.fixture(scope="module", autouse=True)
        def seeded():
            with mock_aws() as cloud:
                boto3.client("sqs").create_queue(QueueName="of-the-module")
                yield cloud

        @pytest.mark.parametrize("number", range(2))
        def test_what_it_makes_is_gone_in_the_next(aws, number):
            assert len(boto3.client("sqs").list_queues()["QueueUrls"]) == 1
            boto3.client("sqs").create_queue(QueueName="of-the-test")
            assert len(aws.client("sqs").list_queues()["QueueUrls"]) == 2

        @pytest.mark.aws(region="eu-west-1", account_id="111122223333")
        def test_options_are_its_own(aws, seeded):
            assert boto3.client("sqs").list_queues().get("QueueUrls") is None
            assert (aws.settings.account_id, seeded.settings.account_id) == ("111122223333", "123456789012")

        def test_the_module_has_its_own_again():
            assert len(boto3.client("sqs").list_queues()["QueueUrls"]) == 1
        """
    )
    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=4)
