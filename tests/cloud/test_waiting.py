"""How a transport's threads wait: never, or for real until their caller is gone."""

from __future__ import annotations

import threading

import pytest

from awsim import Cloud
from awsim.waiting import MustWaitError, NoWaits, RealWaits, waiting_by


def test_a_thread_that_must_not_wait_is_told_so_before_anything_happens() -> None:
    cloud = Cloud()
    queue_url = cloud.client("sqs").create_queue(QueueName="q")["QueueUrl"]
    before = cloud.clock.offset_seconds
    with waiting_by(NoWaits()), pytest.raises(MustWaitError):
        cloud.client("sqs").receive_message(QueueUrl=queue_url, WaitTimeSeconds=20)
    assert cloud.clock.offset_seconds == before


def test_what_is_there_already_is_not_waited_for() -> None:
    cloud = Cloud()
    sqs = cloud.client("sqs")
    queue_url = sqs.create_queue(QueueName="q")["QueueUrl"]
    sqs.send_message(QueueUrl=queue_url, MessageBody="hi")
    with waiting_by(NoWaits()):
        received = sqs.receive_message(QueueUrl=queue_url, WaitTimeSeconds=20)
    assert [message["Body"] for message in received["Messages"]] == ["hi"]


def test_a_real_wait_ends_when_its_caller_is_gone() -> None:
    cloud = Cloud()
    policy, began, done = RealWaits(), threading.Event(), threading.Event()

    def wait() -> None:
        with cloud.lock, waiting_by(policy):
            began.set()
            cloud.wait(60, lambda: False, lambda: None)
            done.set()

    thread = threading.Thread(target=wait)
    thread.start()
    began.wait(10)
    policy.end()
    cloud.notify()
    assert done.wait(10)
    thread.join()


def test_a_real_wait_sees_the_clock_move() -> None:
    cloud = Cloud()
    began, done = threading.Event(), threading.Event()

    def wait() -> None:
        with cloud.lock, waiting_by(RealWaits()):
            began.set()
            cloud.wait(3600, lambda: False, lambda: None)
            done.set()

    thread = threading.Thread(target=wait)
    thread.start()
    began.wait(10)
    with cloud.lock:  # the thread waits by now, for it has given the lock up
        assert cloud.is_waited_in
    cloud.clock.advance(hours=1)
    assert done.wait(10)
    thread.join()


def test_work_that_is_due_is_left_to_the_transport() -> None:
    cloud = Cloud()
    ran = []
    cloud.schedule._run = ran.append
    cloud.schedule.add(0, "task")
    with waiting_by(RealWaits()):
        cloud.settle()
        assert ran == []
    cloud.settle()
    assert ran == ["task"]


def test_a_real_wait_ends_though_the_clock_stands_still() -> None:
    cloud = Cloud()
    with cloud.clock.freeze(), cloud.lock, waiting_by(RealWaits()):
        cloud.wait(0.01, lambda: False, lambda: cloud.clock.time() + 0.002)
