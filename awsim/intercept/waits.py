"""botocore's own waiting, on AWS's clock: waiters between two looks, and retries between two tries.

While a Cloud is active they do not sleep: the Cloud's clock moves by as much, and what falls due meanwhile runs.
``Settings.real_waits`` lets them sleep.
"""

from __future__ import annotations

import time
from typing import Any

import botocore.endpoint
import botocore.waiter

from awsim import active

#: botocore's modules that sleep, each by ``time.sleep`` of its own global ``time``.
_SLEEPERS: tuple[Any, ...] = (botocore.endpoint, botocore.waiter)


class _CloudTime:
    """The module ``time``, but for ``sleep``."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def sleep(self, seconds: float) -> None:
        cloud = active.current_cloud()
        if cloud is None or cloud.settings.real_waits:
            time.sleep(seconds)
        elif seconds > 0:
            cloud.clock.advance(seconds=seconds)


_cloud_time = _CloudTime()


def install() -> None:
    """Take botocore's sleeps over. The first Cloud to become active calls it."""
    for module in _SLEEPERS:
        module.time = _cloud_time


def uninstall() -> None:
    """Give them back. The last Cloud to become inactive calls it."""
    for module in _SLEEPERS:
        module.time = time
