"""AwsTestCase: unittest's tests, each with a Cloud of its own."""

from __future__ import annotations

import unittest
from typing import Any

import boto3
import pytest

from awsim import AwsTestCase, MisuseError, active


def run(case: type[unittest.TestCase]) -> None:
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    assert [text for _, text in (*result.errors, *result.failures)] == []
    assert result.testsRun == 2
    assert not active.any_active()


def queue_urls() -> Any:
    return boto3.client("sqs").list_queues().get("QueueUrls", [])


def test_each_test_has_a_cloud_of_its_own_from_set_up_to_tear_down() -> None:
    class Case(AwsTestCase, unittest.TestCase):
        aws_options = {"region": "eu-west-1"}  # noqa: RUF012

        def setUp(self) -> None:
            self.aws.client("sqs").create_queue(QueueName="from-set-up")

        def tearDown(self) -> None:
            assert len(queue_urls()) == 2

        def test_one(self) -> None:
            boto3.client("sqs").create_queue(QueueName="one")
            assert self.aws.settings.region == "eu-west-1"

        def test_two(self) -> None:
            boto3.client("sqs").create_queue(QueueName="two")

    run(Case)


def test_what_the_class_sets_up_each_test_has_as_a_fork() -> None:
    class Base(AwsTestCase, unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            boto3.client("sqs").create_queue(QueueName="of-the-class")

        def test_one(self) -> None:
            assert len(queue_urls()) == 1
            boto3.client("sqs").create_queue(QueueName="one")

        def test_two(self) -> None:
            assert len(queue_urls()) == 1
            boto3.client("sqs").create_queue(QueueName="two")

    class Derived(Base):
        @classmethod
        def setUpClass(cls) -> None:
            super().setUpClass()
            assert len(queue_urls()) == 1

    for case in (Base, Derived, Base):
        run(case)


def test_coroutines_are_tests_too() -> None:
    class Case(AwsTestCase, unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self) -> None:
            self.aws.client("sqs").create_queue(QueueName="q")

        async def test_one(self) -> None:
            assert len(queue_urls()) == 1

        async def test_two(self) -> None:
            assert len(queue_urls()) == 1

    run(Case)


def test_the_tear_down_of_a_class_finds_what_its_set_up_made() -> None:
    found: list[Any] = []

    class Case(AwsTestCase, unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            boto3.client("sqs").create_queue(QueueName=f"run-{len(found)}")

        @classmethod
        def tearDownClass(cls) -> None:
            found.append([url.rpartition("/")[2] for url in queue_urls()])

        def test_one(self) -> None:
            boto3.client("sqs").create_queue(QueueName="one")

        def test_two(self) -> None:
            assert len(queue_urls()) == 1

    run(Case)
    run(Case)  # anew
    assert found == [["run-0"], ["run-1"]]


def test_a_class_with_a_tear_down_alone_has_a_cloud_there() -> None:
    found: list[Any] = []

    class Case(AwsTestCase, unittest.TestCase):
        @classmethod
        def tearDownClass(cls) -> None:
            found.append(queue_urls())

        def test_one(self) -> None:
            boto3.client("sqs").create_queue(QueueName="one")

        def test_two(self) -> None:
            assert queue_urls() == []

    run(Case)
    assert found == [[]]


@pytest.mark.parametrize("base", [unittest.TestCase, unittest.IsolatedAsyncioTestCase])
def test_behind_a_test_case_it_is_refused_as_its_tests_would_reach_aws(base: Any) -> None:
    with pytest.raises(MisuseError) as refused:
        type("Case", (base, AwsTestCase), {})
    assert str(refused.value) == "AwsTestCase comes before TestCase: class Case(AwsTestCase, TestCase)"


def test_without_a_test_case_it_says_what_it_goes_with() -> None:
    class Case(AwsTestCase):
        pass

    with pytest.raises(MisuseError) as refused:
        Case().aws  # noqa: B018  # asking is what is refused
    assert str(refused.value) == "AwsTestCase goes with a TestCase: class Case(AwsTestCase, TestCase)"
