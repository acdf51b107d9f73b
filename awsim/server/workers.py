"""The threads in which calls run that wait, or take long.

Owns the threads, and the end of a wait when its caller is gone or the server stops; must not know what runs in them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from awsim.waiting import RealWaits, waiting_by

T = TypeVar("T")

#: How many calls may wait at a time; more queue up. Threads are made when first needed.
WAITS_MAX = 1024
#: How many may work at a time, with more to do than the event loop's thread should. They have threads of their own, so
#: that those that wait, however many, hold up neither uploads nor the control endpoints.
WORKS_MAX = 32


class CallerGoneError(Exception):
    """Whoever asked has hung up."""


class Workers:
    """Threads for calls; ``wake`` wakes the waits of the Cloud, so that those that were ended notice it."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._waiting = ThreadPoolExecutor(WAITS_MAX, thread_name_prefix="awsim-wait")
        self._working = ThreadPoolExecutor(WORKS_MAX, thread_name_prefix="awsim-work")
        self._wake = wake
        self._waits: set[RealWaits] = set()

    @property
    def busy(self) -> int:
        """How many calls are in these threads."""
        return len(self._waits)

    async def run(self, call: Callable[[], T], gone: Awaitable[object] | None = None, *, is_wait: bool = False) -> T:
        """What ``call`` returns, run in a thread of its own; ``is_wait`` for one that does little but wait.

        When ``gone`` is done first, the call's wait ends early and CallerGoneError is raised.
        """
        policy = RealWaits()

        def run() -> T:
            with waiting_by(policy):
                return call()

        self._waits.add(policy)
        try:
            future = asyncio.get_running_loop().run_in_executor(self._waiting if is_wait else self._working, run)
            if gone is None:
                return await future
            watcher = asyncio.ensure_future(gone)
            try:
                await asyncio.wait((future, watcher), return_when=asyncio.FIRST_COMPLETED)
                if future.done():
                    return future.result()
                self._end(policy)
                await asyncio.wait((future,))
                raise CallerGoneError
            finally:
                watcher.cancel()
        finally:
            self._waits.discard(policy)

    def _end(self, policy: RealWaits) -> None:
        policy.end()
        self._wake()

    def stop_waits(self) -> None:
        """Let every wait end now; its caller is answered as if its time was up."""
        for policy in tuple(self._waits):
            policy.end()
        self._wake()

    def close(self) -> None:
        """Let go of the threads; those that still work end when they are done."""
        for pool in (self._waiting, self._working):
            pool.shutdown(wait=False, cancel_futures=True)
