"""AWS's time moves when told to, and what falls due on the way runs in order."""

from __future__ import annotations

import time
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from awsim import Cloud, MisuseError, mock_aws
from awsim.context import RequestContext
from awsim.schedule import Schedule, Task
from awsim.services.plugins import Service, ServiceProvider
from awsim.services.skeleton import Skeleton
from awsim.spec import load_service


def task(number: int) -> Task:
    return Task("sqs", f"handler_{number}", "123456789012", "us-east-1", {"number": number})


def test_now_follows_the_time_of_the_process() -> None:
    cloud = Cloud()
    with freeze_time("2024-02-29T12:00:00Z"):
        assert cloud.clock.now() == datetime(2024, 2, 29, 12, tzinfo=timezone.utc)
        assert cloud.clock.http_date() == "Thu, 29 Feb 2024 12:00:00 GMT"


def test_advancing_moves_aws_time_alone() -> None:
    cloud = Cloud()
    before = time.time()
    cloud.clock.advance(days=1, hours=2, minutes=3, seconds=4)
    assert cloud.clock.time() - before == pytest.approx(93784, abs=60)
    assert time.time() - before < 60


def test_the_clock_does_not_go_back() -> None:
    cloud = Cloud()
    with pytest.raises(ValueError, match=r"^the clock only moves forward, not by -1\.0 seconds$"):
        cloud.clock.advance(seconds=-1)
    assert cloud.clock.offset_seconds == 0


@given(st.lists(st.floats(0, 1000), max_size=20), st.floats(0, 1000))
def test_what_is_due_runs_once_in_order_and_the_rest_stays(moments: list[float], until: float) -> None:
    ran: list[Task] = []
    schedule = Schedule(ran.append)
    for number, moment in enumerate(moments):
        schedule.add(moment, task(number))
    schedule.run_due(until)
    expected = sorted((moment, number) for number, moment in enumerate(moments) if moment <= until)
    assert [task.payload["number"] for task in ran] == [number for _, number in expected]
    assert [due.due_time for due in schedule.pending] == sorted(moment for moment in moments if moment > until)


def test_a_cancelled_task_does_not_run() -> None:
    ran: list[Task] = []
    schedule = Schedule(ran.append)
    due = schedule.add(1, task(1))
    schedule.add(2, task(2))
    assert schedule.cancel(due) is True
    assert schedule.cancel(due) is False
    schedule.run_due(3)
    assert ran == [task(2)]


class Ticker(ServiceProvider[Any]):
    """Plans its own next tick, and fails at the third."""

    service = "sqs"

    def __init__(self) -> None:
        self.ticks: list[datetime] = []

    def list_queues(self, context: RequestContext[Any]) -> dict[str, Any]:
        context.schedule(60, "tick", left=3)
        return {}

    def tick(self, context: RequestContext[Any], left: int) -> None:
        self.ticks.append(context.now())
        if left == 1:
            raise RuntimeError("third tick")
        context.schedule(60, "tick", left=left - 1)


@pytest.fixture
def ticker(aws: Cloud) -> Ticker:
    ticker = Ticker()
    aws.services.add_service(Service("sqs", skeleton=Skeleton(load_service("sqs"), ticker)))
    return ticker


def test_later_work_runs_at_its_own_time_as_the_clock_advances(aws: Cloud, ticker: Ticker) -> None:
    with freeze_time("2024-01-01T00:00:00Z"):
        aws.client("sqs").list_queues()
        aws.clock.advance(seconds=59)
        assert ticker.ticks == []
        aws.clock.advance(hours=1)
    midnight = datetime(2024, 1, 1, tzinfo=timezone.utc)
    assert ticker.ticks == [midnight + timedelta(minutes=n) for n in (1, 2, 3)]


def test_a_failing_task_is_kept_in_view_and_fails_nobodys_request(aws: Cloud, ticker: Ticker) -> None:
    client = aws.client("sqs")
    client.list_queues()
    aws.clock.advance(hours=1)
    assert client.list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
    (failure,) = aws.schedule.failures
    assert (failure.task.service_name, failure.task.handler, str(failure.error)) == ("sqs", "tick", "third tick")


def test_work_that_is_due_is_done_before_a_call_returns(aws: Cloud, ticker: Ticker) -> None:
    with freeze_time("2024-01-01T00:00:00Z") as frozen:
        client = aws.client("sqs")
        client.list_queues()
        frozen.tick(61)
        client.list_queues()
    assert len(ticker.ticks) == 1


def test_waits_jump_to_the_next_moment_within_them_and_never_sleep() -> None:
    cloud = Cloud()
    start = cloud.clock.time()
    with cloud.lock:
        cloud.wait(20, lambda: False, lambda: None)
        assert cloud.clock.time() - start < 5, "nothing is due, so the wait is over at once"
        moment = cloud.clock.time() + 10
        cloud.wait(20, lambda: cloud.clock.time() >= moment, lambda: moment)
        assert cloud.clock.time() == pytest.approx(moment, abs=5)
        cloud.wait(20, lambda: False, lambda: moment + 3600)
        assert cloud.clock.time() < moment + 60, "what is due only later is not waited for"


def test_real_waits_let_others_in_and_wake_when_something_is_ready() -> None:
    import threading

    with mock_aws() as aws:
        aws.settings.real_waits = True
        client = aws.client("sqs")
        url = client.create_queue(QueueName="q")["QueueUrl"]
        received: list[Any] = []
        consumer = threading.Thread(
            target=lambda: received.extend(client.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"])
        )
        consumer.start()
        client.send_message(QueueUrl=url, MessageBody="hello")
        consumer.join(10)
    assert [message["Body"] for message in received] == ["hello"]


LEAP_DAY = datetime(2024, 2, 29, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "moment", [LEAP_DAY, LEAP_DAY.timestamp(), "2024-02-29T12:00:00Z", "2024-02-29T13:00:00+01:00"], ids=repr
)
def test_the_clock_goes_to_a_moment_in_any_spelling(moment: Any) -> None:
    cloud = Cloud()
    cloud.clock.set(moment)
    assert cloud.clock.time() == pytest.approx(LEAP_DAY.timestamp(), abs=60)


def test_a_frozen_clock_moves_only_when_told_to_and_runs_on_from_there() -> None:
    cloud = Cloud()
    with cloud.clock.freeze(LEAP_DAY) as clock:
        assert clock.now() == LEAP_DAY
        assert clock.now() == LEAP_DAY
        clock.advance(hours=1)
        assert clock.now() == LEAP_DAY + timedelta(hours=1)
        clock.set(LEAP_DAY - timedelta(days=1))
        assert clock.now() == LEAP_DAY - timedelta(days=1)
    assert cloud.clock.frozen_at is None
    assert cloud.clock.time() == pytest.approx((LEAP_DAY - timedelta(days=1)).timestamp(), abs=60)


def test_setting_the_clock_forward_runs_what_falls_due_and_back_runs_nothing() -> None:
    with mock_aws() as aws, aws.clock.freeze(LEAP_DAY):
        sqs = aws.client("sqs")
        url = sqs.create_queue(QueueName="q", Attributes={"DelaySeconds": "60"})["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="later")
        aws.clock.set(LEAP_DAY - timedelta(days=1))
        assert "Messages" not in sqs.receive_message(QueueUrl=url)
        aws.clock.set(LEAP_DAY + timedelta(seconds=60))
        assert [message["Body"] for message in sqs.receive_message(QueueUrl=url)["Messages"]] == ["later"]


def test_forks_snapshots_and_files_keep_a_frozen_clock(tmp_path: Any) -> None:
    cloud = Cloud()
    cloud.clock.freeze(LEAP_DAY)
    assert cloud.fork().clock.now() == LEAP_DAY
    before = cloud.snapshot()
    cloud.clock.unfreeze()
    cloud.restore(before)
    assert cloud.clock.now() == LEAP_DAY
    cloud.save(tmp_path / "state.json")
    loaded = Cloud()
    loaded.load(tmp_path / "state.json")
    assert loaded.clock.now() == LEAP_DAY
    loaded.reset()
    assert loaded.clock.frozen_at is None


@pytest.mark.parametrize(
    ("moment", "message"),
    [
        ("soon", "the clock cannot be set to 'soon': Invalid isoformat string: 'soon'"),
        (datetime(2024, 2, 29), "the clock cannot be set to datetime.datetime(2024, 2, 29, 0, 0): it has no time zone"),
        (-1.0, "the clock cannot be set to -1.0: AWS's time begins in 1970"),
        (
            "9999-12-31T23:59:59Z",
            "the clock cannot be set to '9999-12-31T23:59:59Z': awsim's time ends with the year 8999",
        ),
        (
            True,
            "the clock cannot be set to True: a moment is an aware datetime, epoch seconds, or ISO 8601 with a time"
            " zone",
        ),
    ],
    ids=repr,
)
def test_what_is_no_moment_is_refused_and_moves_nothing(moment: Any, message: str) -> None:
    cloud = Cloud()
    for move in (cloud.clock.set, cloud.clock.freeze):
        with pytest.raises(MisuseError) as refused:
            move(moment)
        assert str(refused.value) == message
    assert cloud.clock.get_state() == (0.0, None)


@pytest.mark.parametrize("step", [float("nan"), float("inf"), 1e18, "1"], ids=repr)
def test_a_step_that_no_date_can_follow_is_refused(step: Any) -> None:
    cloud = Cloud()
    with pytest.raises(MisuseError, match="^the clock cannot move that far: "):
        cloud.clock.advance(seconds=step)
    assert cloud.clock.offset_seconds == 0


def test_a_step_may_be_a_timedelta() -> None:
    clock = Cloud().clock
    with clock.freeze("2024-02-29T12:00:00Z"):
        clock.advance(timedelta(hours=1), minutes=30)
        assert clock.now() == datetime(2024, 2, 29, 13, 30, tzinfo=timezone.utc)


def test_a_step_without_its_unit_is_misuse_and_moves_nothing() -> None:
    clock = Cloud().clock
    step: Any = 5
    with pytest.raises(MisuseError) as refused:
        clock.advance(step)
    assert str(refused.value) == "advance() takes a timedelta, or a number with its unit: seconds=5"
    assert clock.offset_seconds == 0


def test_the_end_of_an_inner_freeze_leaves_the_clock_standing() -> None:
    clock = Cloud().clock
    with clock.freeze("2024-02-29T12:00:00Z"):
        with clock.freeze("2024-03-01T12:00:00Z"):
            pass
        assert clock.frozen_at == datetime(2024, 3, 1, 12, tzinfo=timezone.utc).timestamp()
    assert clock.frozen_at is None


def test_a_moment_that_is_none_is_refused_as_it_was_written() -> None:
    clock = Cloud().clock
    with pytest.raises(MisuseError) as refused:
        clock.set("2024-02-29")
    assert str(refused.value) == "the clock cannot be set to '2024-02-29': it has no time zone"
