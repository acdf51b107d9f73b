"""Every test of a service runs twice: told the operation by botocore, and as plain HTTP that must be routed.

With AWSIM_TEST_TRANSPORT=server it runs once, over a socket and a real server; with AWSIM_TEST_TRANSPORT=forked once,
in-process, and each call meets stores that were copied a moment ago, as the first call of a fork does.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from awsim.cloud import Cloud
from awsim.intercept.botocore import answer as _real_answer

_CHOSEN = os.environ.get("AWSIM_TEST_TRANSPORT")
_TRANSPORTS = [_CHOSEN] if _CHOSEN in ("server", "forked") else ["in-process", "wire"]

_CLOCK = "in-process a long poll moves AWS's clock; over HTTP it sleeps"
#: Tests that only make sense in this process, and why.
_IN_PROCESS_ALONE = {
    "test_a_long_poll_of_the_destination_waits_for_a_moved_message": _CLOCK,
    "test_a_long_poll_ends_without_what_comes_after_it": _CLOCK,
    "test_a_long_poll_waits_for_a_delayed_message_without_sleeping": _CLOCK,
    "test_a_long_poll_waits_for_a_message_that_another_receiver_gives_up": _CLOCK,
    "test_a_short_poll_of_a_standard_queue_with_too_many_in_flight_is_refused": _CLOCK,
    "test_the_queues_own_wait_time_holds_for_receivers_without_one": _CLOCK,
}


@pytest.fixture(scope="session", autouse=True)
def hung_up() -> Iterator[None]:
    """The server ends with the run, if there is one."""
    yield
    if "server" in _TRANSPORTS:
        from tests.services.over_http import hang_up

        hang_up()


def answer_over_the_wire(cloud: Cloud, prepared: Any) -> Any:
    """Answer botocore's request from what it carries on the wire alone, as a server would."""
    from awsim.intercept import botocore as intercept
    from awsim.protocol.http import Response

    response = Response()
    cloud.gateway.process(intercept.to_request(prepared, prepared.body), response)
    return intercept.to_aws_response(prepared.url, response, streaming=prepared.stream_output)


def answer_from_a_fork(cloud: Cloud, prepared: Any) -> Any:
    """Answer botocore's request in-process, with stores of which nothing has been asked for since they were copied."""
    from awsim.store_templates import template_of

    real = _real_answer(cloud, prepared)
    with cloud.lock:
        for store in cloud.stores.values():
            template_of(store)  # every store is plain data
        cloud.snapshot()
        cloud.touch_all()
    return real


@pytest.fixture(params=_TRANSPORTS, autouse=True)
def transport(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the test's calls reach the gateway."""
    transport: str = request.param
    if transport == "wire":
        monkeypatch.setattr("awsim.intercept.botocore.answer", answer_over_the_wire)
    elif transport == "server":
        reason = _IN_PROCESS_ALONE.get(request.function.__name__)
        if reason is not None:
            pytest.skip(reason)
        from tests.services.over_http import answer_over_http

        monkeypatch.setattr("awsim.intercept.botocore.answer", answer_over_http)
    elif transport == "forked":
        monkeypatch.setattr("awsim.intercept.botocore.answer", answer_from_a_fork)
        monkeypatch.setattr("awsim.store_templates.LARGE", 1)
    return transport
