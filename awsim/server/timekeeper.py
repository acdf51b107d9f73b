"""The one thread in which work runs that AWS does later: a Cloud's schedule, in order.

Owns when it runs: soon after it has come due, and before the answer to a call that made it due, so that a caller sees
what it caused. Knows of the Cloud its schedule and its clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from awsim.cloud import Cloud
from awsim.waiting import RealWaits, waiting_by

#: How often the clock is looked at while nobody calls, in seconds.
TICK_SECONDS = 0.1
#: How long an answer waits for the work that its call made due, in seconds.
PATIENCE_SECONDS = 1.0


class Timekeeper:
    """Runs a Cloud's schedule; ``cloud`` tells which, for it may be another after a while."""

    def __init__(self, cloud: Callable[[], Cloud]) -> None:
        self._cloud = cloud
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="awsim-schedule")
        self._policy = RealWaits()
        #: What runs a Cloud's due work; whoever keeps its state does so by a way of its own.
        self.run_due: Callable[[Cloud], object] = _run_due

    def is_due(self) -> bool:
        """Whether there is work to run."""
        cloud = self._cloud()
        due = cloud.schedule.next_due_time
        return due is not None and due <= cloud.clock.time()

    async def settle(self) -> None:
        """Run what is due, and wait for it, though not for long."""
        await asyncio.wait((self._start(),), timeout=PATIENCE_SECONDS)

    async def keep(self) -> None:
        """Run what comes due, until cancelled."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            if self.is_due():
                await asyncio.wait((self._start(),))

    def _start(self) -> asyncio.Future[None]:
        # One more run after the one on its way, for that may have passed over what came due just now.
        return asyncio.ensure_future(asyncio.get_running_loop().run_in_executor(self._thread, self._run))

    def _run(self) -> None:
        cloud = self._cloud()
        with waiting_by(self._policy):
            self.run_due(cloud)
        cloud.notify()

    def close(self) -> None:
        """Let go of the thread, when what it does is done."""
        self._policy.end()
        self._cloud().notify()
        self._thread.shutdown(wait=False, cancel_futures=True)


def _run_due(cloud: Cloud) -> None:
    cloud.run_due(cloud.clock.time())
