"""What pytest shows: of a failed test its Cloud, of a whole run its calls."""

from __future__ import annotations

import pytest

FAILING = """
    import unittest

    import boto3
    from awsim import AwsTestCase, mock_aws

    def use_sqs():
        sqs = boto3.client("sqs")
        url = sqs.create_queue(QueueName="orders")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="hi")

    def test_fixture(aws):
        use_sqs()
        assert False

    @mock_aws
    def test_decorator():
        use_sqs()
        assert False

    def test_context_manager():
        with mock_aws() as cloud:
            use_sqs()
            assert False

    class TestMixIn(AwsTestCase, unittest.TestCase):
        def test_mix_in(self):
            use_sqs()
            self.fail()

    @mock_aws
    class TestDecorated(unittest.TestCase):
        def test_decorated_case(self):
            use_sqs()
            self.fail()

    def test_of_something_else():
        assert False
"""


def test_a_failed_test_shows_what_existed_and_what_was_called(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(FAILING)
    for test in ("test_fixture", "test_decorator", "test_context_manager", "test_mix_in", "test_decorated_case"):
        result = pytester.runpytest("-k", test)
        result.assert_outcomes(failed=1, deselected=5)
        result.stdout.fnmatch_lines(
            [
                "*AWS resources*",
                "sqs queue arn:aws:sqs:us-east-1:123456789012:orders",
                "*AWS calls, the last of them last*",
                "sqs.CreateQueue(QueueName='orders')",
                "sqs.SendMessage(QueueUrl='https://sqs.us-east-1.amazonaws.com/123456789012/orders', MessageBody='hi')",
            ]
        )


def test_a_failure_without_a_cloud_shows_none(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(FAILING)
    result = pytester.runpytest("-k", "something_else")
    result.assert_outcomes(failed=1, deselected=5)
    result.stdout.no_fnmatch_line("*AWS*")


CALLING = """
    import pytest
    import boto3
    from botocore.exceptions import ClientError
    from awsim import NotSimulatedError, mock_aws

    @pytest.mark.parametrize("number", range(3))
    def test_calls(aws, number):
        sqs = aws.client("sqs")
        sqs.create_queue(QueueName="orders")
        with pytest.raises(ClientError):
            sqs.get_queue_url(QueueName="others")

    @mock_aws(warn=False, services=["sqs", "sts"])
    def test_others():
        boto3.client("sts").get_caller_identity()
        with pytest.raises(NotSimulatedError):
            boto3.client("ec2").describe_vpcs()
"""
EXPECTED = [
    "*= AWS =*",
    "operation              calls  answered by  errors",
    "ec2.DescribeVpcs           1  nobody       NotSimulatedError x1",
    "sqs.CreateQueue            3  simulated",
    "sqs.GetQueueUrl            3  simulated    AWS.SimpleQueueService.NonExistentQueue x3",
    "sts.GetCallerIdentity      1  simulated",
]


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["one process", "xdist"])
def test_the_report_counts_the_calls_of_the_whole_run(pytester: pytest.Pytester, processes: list[str]) -> None:
    pytester.makepyfile(CALLING)
    result = pytester.runpytest_subprocess("--aws-report", *processes)
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(EXPECTED)


def test_the_report_tells_members_that_were_not_honoured(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from awsim import mock_aws
        from awsim.services.plugins import Service, ServiceProvider
        from awsim.services.skeleton import Skeleton
        from awsim.spec import load_service

        class Glue(ServiceProvider):
            service = "glue"
            def get_database(self, context, *, name):
                return {"Database": {"Name": name}}

        def test_it():
            with mock_aws(warn=False) as aws:
                aws.services.add_service(Service("glue", skeleton=Skeleton(load_service("glue"), [Glue()])))
                glue = aws.client("glue")
                glue.get_database(Name="a", CatalogId="1")
                glue.get_database(Name="a", CatalogId="1")
        """
    )
    result = pytester.runpytest("--aws-report")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["sent, but not honoured:", "glue.GetDatabase.CatalogId x2"])


def test_a_run_without_calls_says_so(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(): ...")
    pytester.runpytest("--aws-report").stdout.fnmatch_lines(["no calls of AWS"])


def test_strict_holds_in_every_cloud_of_the_run_and_no_longer(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        from awsim import Cloud, mock_aws

        def test_fixture(aws):
            assert aws.settings.strict

        @mock_aws
        def test_decorator():
            from awsim.active import require_cloud
            assert require_cloud().settings.strict
        """
    )
    pytester.runpytest("--aws-strict").assert_outcomes(passed=2)
    pytester.runpytest().assert_outcomes(failed=2)
