"""mock_aws in each of its forms: the Cloud is active while the body runs, fresh for each run, and gone after."""

from __future__ import annotations

import asyncio
import os
import unittest
import warnings
from collections.abc import AsyncIterator, Iterator
from typing import Any

import boto3
import pytest

import awsim
from awsim import MisuseError, mock_aws
from awsim.active import current_cloud
from awsim.mock import MockAWS


def queue_names() -> list[str]:
    urls = boto3.client("sqs").list_queues().get("QueueUrls", [])
    return [url.rsplit("/", 1)[1] for url in urls]


def make_queue(name: str = "q") -> str:
    url: str = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return url


def test_a_decorated_function_runs_in_a_fresh_cloud_each_time() -> None:
    @mock_aws
    def body(name: str) -> list[str]:
        make_queue(name)
        return queue_names()

    assert body("a") == ["a"]
    assert body("b") == ["b"]
    assert current_cloud() is None


def test_the_decorator_may_be_called_with_options() -> None:
    @mock_aws(region="eu-west-1", account_id="111122223333")
    def body() -> str:
        return make_queue()

    assert body() == "https://sqs.eu-west-1.amazonaws.com/111122223333/q"


def test_a_decorated_function_keeps_its_name_and_signature() -> None:
    @mock_aws()
    def body(a: int, *, b: int = 2) -> int:
        """Adds."""
        return a + b

    assert (body.__name__, body.__doc__, body(1, b=3)) == ("body", "Adds.", 4)


def test_an_exception_in_the_body_leaves_no_cloud_active() -> None:
    @mock_aws
    def body() -> None:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="^mine$"):
        body()
    assert current_cloud() is None


def test_a_coroutine_function_has_its_cloud_while_its_body_runs() -> None:
    @mock_aws
    async def body() -> list[str]:
        make_queue()
        await asyncio.sleep(0)
        return queue_names()

    coroutine = body()
    assert current_cloud() is None, "nothing runs before the coroutine does"
    assert asyncio.run(coroutine) == ["q"]
    assert current_cloud() is None


def test_a_generator_has_its_cloud_from_its_first_step_to_its_last() -> None:
    @mock_aws
    def body() -> Iterator[list[str]]:
        make_queue()
        yield queue_names()
        yield queue_names()

    generator = body()
    assert current_cloud() is None
    assert next(generator) == ["q"]
    assert current_cloud() is not None
    assert list(generator) == [["q"]]
    assert current_cloud() is None


def test_an_async_generator_has_its_cloud_from_its_first_step_to_its_last() -> None:
    thrown = []

    @mock_aws
    async def body() -> AsyncIterator[object]:
        make_queue()
        try:
            sent = yield queue_names()  # type: ignore[misc]
            yield sent
        except KeyError as error:
            thrown.append(error)
            yield "caught"

    async def run() -> None:
        generator = body()
        assert await generator.__anext__() == ["q"]
        assert current_cloud() is not None
        assert await generator.asend("hello") == "hello"  # type: ignore[attr-defined]
        assert await generator.athrow(KeyError("k")) == "caught"  # type: ignore[attr-defined]
        with pytest.raises(StopAsyncIteration):
            await generator.__anext__()
        assert current_cloud() is None

    asyncio.run(run())
    assert len(thrown) == 1


def test_an_async_generator_closed_early_ends_its_cloud() -> None:
    @mock_aws
    async def body() -> AsyncIterator[int]:
        yield 1
        yield 2

    async def run() -> None:
        generator = body()
        assert await generator.__anext__() == 1
        await generator.aclose()  # type: ignore[attr-defined]

    asyncio.run(run())
    assert current_cloud() is None


def test_the_context_manager_gives_the_cloud() -> None:
    with mock_aws(region="eu-central-1") as aws:
        assert isinstance(aws, awsim.Cloud)
        assert current_cloud() is aws
        assert aws.settings.region == "eu-central-1"
        assert aws.client("sqs").meta.region_name == "eu-central-1"
    assert current_cloud() is None


def test_start_and_stop_bracket_a_cloud() -> None:
    mock = mock_aws()
    assert isinstance(mock, MockAWS)
    mock.start()
    make_queue()
    assert queue_names() == ["q"]
    mock.stop()
    assert current_cloud() is None
    with pytest.raises(RuntimeError, match=r"^mock_aws: stop\(\) without start\(\)$"):
        mock.stop()


def test_a_new_mock_stops_what_was_started_last() -> None:
    # As users of moto write it, whose mocks count their starts together.
    first = mock_aws().start()
    make_queue()
    second = mock_aws(isolated=True)
    assert mock_aws().start() is first
    mock_aws().stop()
    assert current_cloud() is first
    with pytest.raises(RuntimeError, match=r"^mock_aws: stop\(\) without start\(\)$"):
        second.stop()
    mock_aws().stop()
    assert current_cloud() is None
    with pytest.raises(RuntimeError, match=r"^mock_aws: stop\(\) without start\(\)$"):
        mock_aws().stop()


def test_a_mock_that_was_started_twice_and_stopped_once_is_not_the_last() -> None:
    first, second = mock_aws(), mock_aws()
    first.start()
    cloud = second.start()
    first.start()
    first.stop()
    mock_aws().stop()  # the second
    with pytest.raises(RuntimeError, match=r"^mock_aws: stop\(\) without start\(\)$"):
        second.stop()
    assert current_cloud() is cloud
    first.stop()
    assert current_cloud() is None


def test_stopping_twice_leaves_the_clouds_of_others() -> None:
    mine, other = mock_aws(), mock_aws()
    mine.start()
    cloud = other.start()
    mine.stop()
    with pytest.raises(RuntimeError, match=r"^mock_aws: stop\(\) without start\(\)$"):
        mine.stop()
    assert current_cloud() is cloud
    other.stop()
    assert current_cloud() is None


def test_a_new_mock_does_not_stop_a_with_block() -> None:
    with mock_aws() as aws:
        with pytest.raises(RuntimeError, match=r"^mock_aws: stop\(\) without start\(\)$"):
            mock_aws().stop()
        assert current_cloud() is aws


def test_starting_again_starts_afresh() -> None:
    mock = mock_aws()
    mock.start()
    make_queue()
    mock.stop()
    mock.start()
    try:
        assert queue_names() == []
    finally:
        mock.stop()


def test_an_inner_mock_shares_the_outer_cloud_and_only_the_outermost_resets() -> None:
    with mock_aws() as outer:
        make_queue("outer")
        with mock_aws() as inner:
            assert inner is outer
            make_queue("inner")
        assert queue_names() == ["inner", "outer"] or queue_names() == ["outer", "inner"]

        @mock_aws
        def decorated() -> list[str]:
            return sorted(queue_names())

        assert decorated() == ["inner", "outer"]
    with mock_aws():
        assert queue_names() == []


def test_an_inner_mock_may_have_another_default_region() -> None:
    with mock_aws(region="us-west-2"):
        with mock_aws(region="eu-west-1"):
            assert make_queue() == "https://sqs.eu-west-1.amazonaws.com/123456789012/q"
        assert make_queue() == "https://sqs.us-west-2.amazonaws.com/123456789012/q"


def test_an_option_that_an_inner_mock_cannot_have_is_warned_of() -> None:
    expected = "mock_aws inside another shares its Cloud; account_id='111122223333' has no effect"
    with mock_aws(), pytest.warns(UserWarning, match=f"^{expected}"), mock_aws(account_id="111122223333"):
        assert make_queue() == "https://sqs.us-east-1.amazonaws.com/123456789012/q"


def test_an_account_id_must_have_twelve_digits() -> None:
    with pytest.raises(ValueError, match="^an account id has twelve digits, not '42'$"):
        mock_aws(account_id="42").start()
    assert current_cloud() is None


def test_environment_and_default_session_are_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREALREALREALREAL")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    monkeypatch.setenv("AWS_PROFILE", "work")
    names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_PROFILE"]
    before = {name: os.environ.get(name) for name in names}
    session = boto3.DEFAULT_SESSION
    with mock_aws():
        inside = {name: os.environ.get(name) for name in names}
        make_queue()
        assert boto3.DEFAULT_SESSION is not None
    assert inside == {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_PROFILE": None,
    }
    assert {name: os.environ.get(name) for name in names} == before
    assert boto3.DEFAULT_SESSION is session


def test_a_region_that_the_environment_sets_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-southeast-2")
    with mock_aws():
        assert make_queue() == "https://sqs.ap-southeast-2.amazonaws.com/123456789012/q"


def test_the_environment_may_set_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWSIM_ACCOUNT_ID", "210987654321")
    with mock_aws():
        assert make_queue() == "https://sqs.us-east-1.amazonaws.com/210987654321/q"


def test_an_account_id_as_access_key_chooses_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111111111111")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with mock_aws():
        assert make_queue() == "https://sqs.us-east-1.amazonaws.com/111111111111/q"


def test_only_the_enabled_services_answer() -> None:
    with mock_aws(services=["sts"]):
        with pytest.raises(awsim.NotSimulatedError) as caught:
            queue_names()
        assert str(caught.value).endswith("The services enabled here are: sts.")


def test_services_may_be_one_text() -> None:
    with mock_aws(services="sqs, sts") as aws:
        assert aws.settings.services == {"sqs", "sts"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"regoin": "x"}, "mock_aws has no option 'regoin'. Did you mean region?"),
        (
            {"real_waits": True},
            "mock_aws has no option 'real_waits'; the Cloud has such a setting: aws.settings.real_waits = …",
        ),
        ({"region": 5}, "region= is a region's name, as 'eu-west-1', not 5"),
        ({"region": ""}, "region= is a region's name, as 'eu-west-1', not ''"),
        ({"services": ["sqss"]}, "AWS has no service 'sqss'. Did you mean sqs?"),
        ({"cloud": "mine"}, "cloud= is a Cloud, not 'mine'"),
        ({"config": "x"}, "config= is moto's, as {'core': {'mock_credentials': False}}, not 'x'"),
        (
            {"target": "eu-west-1"},
            "mock_aws takes its options by name, as mock_aws(region='eu-west-1'), not 'eu-west-1' alone",
        ),
    ],
    ids=str,
)
def test_an_option_that_cannot_be_is_told_and_changes_nothing(options: dict[str, Any], message: str) -> None:
    before = dict(os.environ)
    with pytest.raises(MisuseError) as refused:
        mock_aws(**options)
    assert str(refused.value) == message
    assert (dict(os.environ), current_cloud()) == (before, None)


def test_an_account_id_is_a_text() -> None:
    account_id: Any = 123456789012
    with pytest.raises(ValueError, match="^an account id has twelve digits, not 123456789012$"):
        mock_aws(account_id=account_id).start()
    assert current_cloud() is None


def test_an_option_beside_a_cloud_that_has_its_settings_is_warned_of() -> None:
    expected = "the Cloud that was given has its settings already; seed=5 has no effect"
    with pytest.warns(UserWarning, match=f"^{expected}$"), mock_aws(cloud=awsim.Cloud(), seed=5):
        pass


def test_a_plain_mock_inside_an_isolated_one_shares_its_cloud() -> None:
    with mock_aws(isolated=True) as outer:
        make_queue("outer")
        with mock_aws() as inner:
            assert inner is outer
            assert queue_names() == ["outer"]
            inner.calls.assert_called("sqs.ListQueues", times=1)
        with pytest.warns(UserWarning, match="region='eu-west-1' has no effect"), mock_aws(region="eu-west-1"):
            pass
    assert current_cloud() is None


def test_a_cloud_that_is_given_is_active_inside_an_isolated_one() -> None:
    given = awsim.Cloud()
    with mock_aws(isolated=True) as outer:
        with mock_aws(cloud=given):
            make_queue("given")
        make_queue("outer")
        assert [names_in(cloud) for cloud in (given, outer)] == [["given"], ["outer"]]
    assert current_cloud() is None


def names_in(cloud: awsim.Cloud) -> list[str]:
    return [resource.arn.rpartition(":")[2] for resource in cloud.resources()]


def test_static_and_class_methods_are_decorated_above_or_below() -> None:
    class Some:
        @mock_aws
        @staticmethod
        def static() -> str:
            return make_queue("static")

        @mock_aws(region="eu-west-1")
        @classmethod
        def of_class(cls) -> str:
            return make_queue(cls.__name__)

    assert Some.static() == Some().static() == "https://sqs.us-east-1.amazonaws.com/123456789012/static"
    assert Some.of_class() == Some().of_class() == "https://sqs.eu-west-1.amazonaws.com/123456789012/Some"


@pytest.mark.skipif(pytest.version_tuple < (8, 4), reason="an older pytest's fixture is a plain function")
def test_above_a_fixture_it_says_that_it_goes_beneath() -> None:
    with pytest.raises(MisuseError) as refused:
        mock_aws(pytest.fixture(lambda: None))
    expected = "mock_aws goes beneath @pytest.fixture: write @pytest.fixture in the line above @mock_aws"
    assert str(refused.value) == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"region": "eu-west-1"}, {"region": "us-west-2"}),
        ({"region": "eu-west-1"}, {}),
        ({"isolated": True}, {"isolated": True}),
        ({"region": "eu-west-1"}, {"isolated": True}),
    ],
    ids=str,
)
def test_mocks_that_end_in_the_order_of_their_starts_put_everything_back(
    monkeypatch: pytest.MonkeyPatch, first: dict[str, Any], second: dict[str, Any]
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREALREALREALREAL")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    session = boto3.DEFAULT_SESSION
    before = dict(os.environ)
    mocks = [mock_aws(**first), mock_aws(**second)]
    for mock in mocks:
        mock.start()
    mocks[0].stop()
    # The second is still active, so nobody finds the developer's own credentials.
    assert os.environ["AWS_ACCESS_KEY_ID"] == "testing"
    make_queue()
    mocks[1].stop()
    assert dict(os.environ) == before
    assert boto3.DEFAULT_SESSION is session


class TestConfigOfMoto:
    """moto's ``config=`` works, so that moving is one changed import."""

    def test_credentials_may_be_left_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
        with mock_aws(config={"core": {"mock_credentials": False}}):
            assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"

    def test_the_default_session_may_be_left_alone(self) -> None:
        boto3.setup_default_session(region_name="eu-north-1", aws_access_key_id="a", aws_secret_access_key="b")
        session = boto3.DEFAULT_SESSION
        try:
            with mock_aws(config={"core": {"reset_boto3_session": False}}):
                assert boto3.DEFAULT_SESSION is session
                assert make_queue() == "https://sqs.eu-north-1.amazonaws.com/123456789012/q"
        finally:
            boto3.DEFAULT_SESSION = None

    def test_the_service_whitelist_is_services(self) -> None:
        with mock_aws(config={"core": {"service_whitelist": ["sqs"]}}) as aws:
            assert aws.settings.services == frozenset({"sqs"})

    def test_passthrough_is_kept(self) -> None:
        config = {"core": {"passthrough": {"urls": [r"https?://realbucket\."], "services": ["athena"]}}}
        with mock_aws(config=config) as aws:
            assert aws.settings.passthrough_urls == (r"https?://realbucket\.",)
            assert aws.settings.passthrough_services == frozenset({"athena"})

    def test_what_awsim_does_anyway_is_taken_in_silence(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with mock_aws(config={"iam": {"load_aws_managed_policies": True}, "lambda": {"use_docker": False}}):
                assert queue_names() == []

    def test_unknown_keys_are_ignored_with_a_warning(self) -> None:
        with pytest.warns(UserWarning) as caught:
            mock_aws(config={"core": {"nonsense": 1}, "stepfunctions": {"execute_state_machine": True}})
        assert [str(warning.message) for warning in caught] == [
            "mock_aws: config key 'core.nonsense' is not known and ignored",
            "mock_aws: config key 'stepfunctions.execute_state_machine' is not known and ignored",
        ]


@mock_aws
class TestDecoratedClass:
    """Each test has a Cloud of its own."""

    def test_one(self) -> None:
        make_queue("one")
        assert queue_names() == ["one"]

    def test_two(self) -> None:
        make_queue("two")
        assert queue_names() == ["two"]

    @staticmethod
    def test_static() -> None:
        assert queue_names() == []


@mock_aws
class TestDecoratedClassWithSetUp:
    """What setup_method makes is there in the test, and gone in the next."""

    def setup_method(self) -> None:
        assert queue_names() == []
        make_queue("set-up")

    def test_one(self) -> None:
        make_queue("one")
        assert sorted(queue_names()) == ["one", "set-up"]

    def test_two(self) -> None:
        assert queue_names() == ["set-up"]


@mock_aws
class TestDecoratedClassWhoseSetUpTakesTheMethod:
    """pytest gives set-up and tear-down the test's method where they take one, whatever they call it."""

    def setup_method(self, _: Any) -> None:
        self.name = _.__name__
        make_queue(self.name)

    def test_it(self) -> None:
        assert (self.name, queue_names()) == ("test_it", ["test_it"])

    def teardown_method(self, method: Any) -> None:
        assert method.__name__ == self.name
        assert queue_names() == ["test_it"]


def test_a_decorated_test_case_shares_set_up_and_forks_what_the_class_set_up() -> None:
    seen = []

    @mock_aws
    class Case(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            make_queue("class")

        def setUp(self) -> None:
            make_queue("set-up")

        def test_one(self) -> None:
            make_queue("one")
            seen.append(sorted(queue_names()))

        def test_two(self) -> None:
            seen.append(sorted(queue_names()))

        def tearDown(self) -> None:
            assert "set-up" in queue_names()

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)
    assert (result.testsRun, result.errors, result.failures) == (2, [], [])
    assert seen == [["class", "one", "set-up"], ["class", "set-up"]]
    assert current_cloud() is None


def test_a_failing_set_up_leaves_no_cloud_active() -> None:
    @mock_aws
    class Broken:
        def setup_method(self) -> None:
            raise ValueError("set-up")

        def test_it(self) -> None:
            raise AssertionError("not reached")

    with pytest.raises(ValueError, match="^set-up$"):
        Broken().setup_method()
    assert current_cloud() is None
