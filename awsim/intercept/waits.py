"""botocore's own waiting, on AWS's clock: waiters between two looks, and retries between two tries.

While a Cloud is active they do not sleep: the Cloud's clock moves by as much, and what falls due meanwhile runs.
``Settings.real_waits`` lets them sleep.
"""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import TYPE_CHECKING, Any

import botocore.endpoint
import botocore.retries.bucket
import botocore.retries.standard
import botocore.waiter

from awsim import active
from awsim.intercept import patches

if TYPE_CHECKING:
    from awsim.cloud import Cloud

#: botocore's modules that sleep, each by ``time.sleep`` of its own global ``time``.
_SLEEPERS: tuple[Any, ...] = (botocore.endpoint, botocore.waiter)
_RetryHandler: Any = botocore.retries.standard.RetryHandler
_TokenBucket: Any = botocore.retries.bucket.TokenBucket


def cloud_of_sleeper(frame: FrameType) -> Cloud | None:
    """The Cloud on whose clock botocore's code in a frame waits: its client's own where that belongs to an isolated
    one, whichever thread it is used in, and else the one that is active here."""
    sleeper = frame.f_locals.get("self")
    method = getattr(getattr(sleeper, "_operation_method", None), "_client_method", None)
    if method is not None:  # a waiter
        sleeper = getattr(getattr(method, "__self__", None), "_endpoint", None)
    cloud: Cloud | None = getattr(sleeper, "awsim_cloud", None)
    return cloud if cloud is not None and cloud in active.isolated_clouds else active.current_cloud()


def takes_real_time(cloud: Cloud) -> bool:
    """Whether an answer of a Cloud may be long in coming, so that a loop had better not wait for it."""
    return cloud.settings.real_waits or (cloud._faults is not None and cloud._faults.sleeps)


def _sleep(seconds: float, cloud: Cloud | None) -> None:
    if cloud is None or cloud.settings.real_waits:
        time.sleep(seconds)
    elif seconds > 0:
        cloud.clock.advance(seconds=seconds)


class _CloudTime:
    """The module ``time``, but for ``sleep``."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def sleep(self, seconds: float) -> None:
        _sleep(seconds, cloud_of_sleeper(sys._getframe(1)))


class _RetrySleep:
    """A retry handler's ``_sleep``, which it was given when it was made, be it before the mock; aiobotocore's too."""

    #: How handlers of aiobotocore's sleep: its interceptor, without which there are none, says so.
    sleep_asynchronously: Callable[[float, Cloud | None], Awaitable[None]]

    def __get__(self, handler: Any, owner: Any) -> Any:
        given = handler.__dict__["_sleep"]
        cloud = active.current_cloud()
        if inspect.iscoroutinefunction(given):
            return lambda seconds: self.sleep_asynchronously(seconds, cloud)
        return (lambda seconds: _sleep(seconds, cloud)) if given is time.sleep else given

    def __set__(self, handler: Any, sleep: Any) -> None:
        handler.__dict__["_sleep"] = sleep


def fill(bucket: Any, amount: float) -> None:
    """Let time pass on the Cloud's clock until a token bucket holds so many tokens, instead of waiting for them."""
    cloud = active.current_cloud()
    if cloud is None or cloud.settings.real_waits:
        return
    bucket._refill()
    if amount > bucket._current_capacity:
        cloud.clock.advance(seconds=bucket._sleep_amount(amount))
        bucket._current_capacity = amount


def _acquire(real: Any) -> Any:
    def acquire(self: Any, amount: float, block: bool) -> Any:
        if block:
            fill(self, amount)
        return real(self, amount, block)

    return acquire


retry_sleep = _RetrySleep()


def _retry_sleep(nothing: Any) -> Any:
    return retry_sleep


def declare() -> None:
    """Take botocore's sleeps over while a Cloud is active."""
    for module in _SLEEPERS:
        patches.replace(module, "time", _CloudTime)
    patches.replace(_TokenBucket, "_acquire", _acquire)
    patches.add(_RetryHandler, "_sleep", _retry_sleep)
