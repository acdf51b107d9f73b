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
THREADS_MAX = 1024


class CallerGoneError(Exception):
    """Whoever asked has hung up."""


class Workers:
    """Threads for calls; ``wake`` wakes the waits of the Cloud, so that those that were ended notice it."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._pool = ThreadPoolExecutor(THREADS_MAX, thread_name_prefix="awsim-call")
        self._wake = wake
        self._waits: set[RealWaits] = set()

    @property
    def busy(self) -> int:
        """How many calls are in these threads."""
        return len(self._waits)

    async def run(self, call: Callable[[], T], gone: Awaitable[object] | None = None) -> T:
        """What ``call`` returns, run in a thread of its own.

        When ``gone`` is done first, the call's wait ends early and CallerGoneError is raised.
        """
        policy = RealWaits()

        def run() -> T:
            with waiting_by(policy):
                return call()

        self._waits.add(policy)
        try:
            future = asyncio.get_running_loop().run_in_executor(self._pool, run)
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
        self._pool.shutdown(wait=False, cancel_futures=True)
