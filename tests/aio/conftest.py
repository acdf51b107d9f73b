"""Tests of aiobotocore and aioboto3. They run where those are installed: ``tox -e aiobotocore-newest``.

aiobotocore pins botocore to a few versions, often older than the newest; in the environment of the other tests it would
hold botocore back for all of them.
"""

from __future__ import annotations

import asyncio
import importlib.util
import time
from typing import Any

import pytest

if importlib.util.find_spec("aiobotocore") is None:
    collect_ignore_glob = ["test_*.py"]
elif importlib.util.find_spec("aioboto3") is None:
    collect_ignore = ["test_aioboto3.py"]


@pytest.fixture(autouse=True)
def nobody_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    real_sleep = asyncio.sleep

    async def sleep(seconds: float, result: Any = None) -> Any:
        if seconds:
            raise AssertionError(f"slept {seconds} seconds")
        return await real_sleep(0, result)

    def blocking_sleep(seconds: float) -> None:
        raise AssertionError(f"slept {seconds} seconds")

    monkeypatch.setattr(asyncio, "sleep", sleep)
    monkeypatch.setattr(time, "sleep", blocking_sleep)


def answer_with_streams(aws: Any) -> None:
    """Have a Cloud answer Lambda's InvokeWithResponseStream with the events of a short run."""
    from awsim.services.plugins import Service, ServiceProvider
    from awsim.services.skeleton import Skeleton
    from awsim.spec import load_service

    class Functions(ServiceProvider[Any]):
        service = "lambda"

        def invoke_with_response_stream(self, context: Any, request: Any) -> dict[str, Any]:
            events = [{"PayloadChunk": {"Payload": b"one"}}, {"PayloadChunk": {"Payload": b"two"}}]
            return {"StatusCode": 200, "EventStream": [*events, {"InvokeComplete": {"LogResult": "done"}}]}

    aws.services.add_service(Service("lambda", skeleton=Skeleton(load_service("lambda"), Functions())))
