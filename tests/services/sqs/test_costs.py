"""What messages cost: nothing is scanned, nothing is kept that is not needed. Ratios and sizes, no timings."""

from __future__ import annotations

import sys
import tracemalloc

import pytest

from awsim.services.sqs.message import Message, md5_of_body
from awsim.services.sqs.queue import Queue

OVERHEAD_MAX_BYTES = 1_024


@pytest.fixture(autouse=True)
def transport() -> None:
    """The engine is not called through a transport: once is enough."""


def make_queue(fifo: bool) -> Queue:
    name = "costs.fifo" if fifo else "costs"
    return Queue.create(name, f"arn:aws:sqs:us-east-1:123456789012:{name}", "", {}, {}, 0.0, fifo=fifo)


def send(queue: Queue, number: int, now: float, delay: int | None = None) -> None:
    body = f"body {number}"
    fifo = queue.is_fifo
    message = Message(
        sequence=0,
        message_id=f"{number:036d}",
        body=body,
        md5_of_body=md5_of_body(body),
        sender_id="123456789012",
        enqueued_at=now,
        message_group_id=f"group {number % 100 if number >= 0 else number}" if fifo else None,
        message_deduplication_id=f"deduplicate {number}" if fifo else None,
    )
    queue.send(message, now, delay)


def steps(call) -> int:
    """How many lines of awsim run in a call: the same everywhere, unlike seconds."""
    count = 0

    def trace(frame, event, _):
        nonlocal count
        if "awsim" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("fifo", [False, True])
@pytest.mark.parametrize("state", ["visible", "in flight", "delayed"])
def test_a_receive_takes_no_more_steps_with_ten_thousand_messages_than_with_ten(fifo, state):
    counted = {}
    for size in (10, 10_000):
        queue = make_queue(fifo)
        for number in range(size):
            send(queue, number, 0.0, delay=900 if state == "delayed" else None)
        while state == "in flight" and queue.receive(0.0, 10, 43_200, redrive=False)[0]:
            pass
        if state != "visible":
            send(queue, -1, 0.0)
        received: list[Message] = []
        counted[size] = steps(
            lambda queue=queue, received=received: received.extend(queue.receive(1.0, 1, 30, redrive=False)[0])
        )
        assert len(received) == 1
    assert counted[10_000] <= 1.5 * counted[10]


@pytest.mark.parametrize("fifo", [False, True])
def test_counting_and_deleting_take_no_more_steps_with_ten_thousand_messages_than_with_ten(fifo):
    counted = {}
    for size in (10, 10_000):
        queue = make_queue(fifo)
        for number in range(size):
            send(queue, number, 0.0)
        (message,), _ = queue.receive(0.0, 1, 30, redrive=False)
        counted[size] = steps(lambda queue=queue: queue.computed_attributes(0.0))
        counted[size] += steps(lambda queue=queue, message=message: queue.remove(message))
    assert counted[10_000] <= 1.5 * counted[10]


@pytest.mark.parametrize("fifo", [False, True])
def test_a_message_costs_less_than_a_kibibyte_beyond_its_body(fifo):
    count = 5_000
    queue = make_queue(fifo)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(count):
            send(queue, number, 0.0)
        waiting = tracemalloc.get_traced_memory()[0] - before
        for _ in range(count // 10):
            queue.receive(0.0, 10, 30, redrive=False)
        in_flight = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    bodies = sum(sys.getsizeof(f"body {number}") for number in range(count))
    assert (waiting - bodies) / count < OVERHEAD_MAX_BYTES
    assert (in_flight - bodies) / count < OVERHEAD_MAX_BYTES
