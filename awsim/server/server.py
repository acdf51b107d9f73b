"""A server: sockets, event loop and threads around one Cloud, started and stopped together.

Owns their life. It runs in a thread of its own, also under ``awsim serve``: one way for both.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import uvicorn

from awsim import waiting
from awsim.server import cold_start
from awsim.server.application import Application
from awsim.server.certificate import own_certificate
from awsim.server.connection import IDLE_SECONDS_MAX, Connection
from awsim.server.control.controls import Controls
from awsim.server.guard import Guard
from awsim.server.listener import BACKLOG, listen
from awsim.server.options import ServerOptions
from awsim.server.timekeeper import Timekeeper
from awsim.server.traffic import Traffic
from awsim.server.workers import Workers

if TYPE_CHECKING:
    from awsim.cloud import Cloud
    from awsim.server.persistence import Persistence
    from awsim.server.runtime import Runtime

logger = logging.getLogger("awsim.server")

#: How long calls that are on their way may take to be answered when the server stops, in seconds.
GRACE_SECONDS = 5.0
#: When to load what makes it faster but is not needed to answer, in seconds from the start.
_WARM_UP_SECONDS = 1.0
#: How long connections may take to end after that, in turns of so many seconds.
_TURNS_MAX = 20
_TURN_SECONDS = 0.005


class Server:
    """A Cloud behind HTTP. As a context manager it is stopped at the end of the block."""

    def __init__(self, cloud: Cloud, options: ServerOptions | None = None) -> None:
        self.options = options or ServerOptions()
        #: What the control endpoints ask for; "" where they ask for nothing.
        self.token = self.options.token or (secrets.token_urlsafe(24) if self.options.is_remote else "")
        self._workers = Workers(self._wake)
        self._timekeeper = Timekeeper(lambda: self.cloud)
        self._application = Application(
            cloud, self._workers, self._timekeeper, Guard(self.options, self.token), Controls(self)
        )
        self._started_at = time.monotonic()
        self._uvicorn: _Uvicorn | None = None
        self._sockets: list[socket.socket] = []
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._persistence: Persistence | None = None
        #: Why the last state could not be written when it ended; None where it was.
        self.unsaved: str | None = None
        #: Hooks, extensions and init scripts; None for a server without, as those within tests.
        self.runtime: Runtime | None = None
        self._asked_to_stop = threading.Event()
        #: The port that it listens on.
        self.port = self.options.port
        #: The file that clients trust when they speak TLS; None for a server that does not.
        self.certificate: Path | None = None
        self._key: Path | None = None

    @property
    def cloud(self) -> Cloud:
        """The Cloud that answers. Another can be put in its place while the server runs."""
        return self._application.cloud

    @cloud.setter
    def cloud(self, cloud: Cloud) -> None:
        self._application.cloud = cloud
        if self._persistence is not None:
            self._persistence.keep(cloud)

    @property
    def host(self) -> str:
        """The host by which clients of this machine reach it."""
        host = self.options.host
        if host in ("0.0.0.0", "::", ""):  # noqa: S104  # asked for, not bound
            return "127.0.0.1"
        return f"[{host}]" if ":" in host else host

    @property
    def url(self) -> str:
        """What to give clients as their endpoint: ``http://127.0.0.1:4566``."""
        return f"{'https' if self.options.tls else 'http'}://{self.host}:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether it answers."""
        return self._ready.is_set() and self._thread is not None and self._thread.is_alive()

    # -- how it fares ------------------------------------------------------------------------------------------------

    @property
    def traffic(self) -> Traffic:
        """What was answered."""
        return self._application.traffic

    @property
    def uptime_seconds(self) -> float:
        """How long it exists."""
        return time.monotonic() - self._started_at

    @property
    def connection_count(self) -> int:
        """How many connections are open."""
        return len(self._uvicorn.server_state.connections) if self._uvicorn is not None else 0

    @property
    def waiting_count(self) -> int:
        """How many calls are in threads of their own: they wait, or take long."""
        return self._workers.busy

    # -- its life ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Listen, and answer from a thread of its own; it does when this returns.

        Raises PortTakenError, MisuseError for an address that is none of this machine's, MissingExtraError where TLS
        or the state directory needs one, StateDirError for a state directory that cannot be used, RuntimeError if it
        was started before.
        """
        if self._thread is not None:
            raise RuntimeError("a server starts once")
        if self.options.tls:
            self.certificate, self._key = own_certificate(self.options.host)
        self._sockets = listen(self.options.addresses)
        self.port = self._sockets[0].getsockname()[1]
        if self.options.state_dir is not None:
            try:
                self._keep_state(self.options.state_dir)
            except BaseException:
                for one in self._sockets:
                    one.close()
                raise
        self._thread = threading.Thread(target=self._run, name="awsim-server", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure

    def _keep_state(self, path: Path) -> None:
        from awsim.server.persistence import Persistence

        persistence = self._persistence = Persistence(path, self.cloud)
        self._timekeeper.run_due = persistence.run_due
        self._application.keep_control = persistence.control

    def begin_stop(self) -> None:
        """Answer what is on its way, hang up, and end; without waiting for it."""
        loop, stopping = self._loop, self._stopping
        if loop is not None and stopping is not None:
            with contextlib.suppress(RuntimeError):  # it has ended
                loop.call_soon_threadsafe(stopping.set)

    def ask_to_stop(self) -> None:
        """Ask whoever started it to stop it, so that what has to come before comes; else begin to stop it.

        May be called from a signal's handler.
        """
        loop = self._loop
        if self.runtime is None or loop is None:
            self.begin_stop()
            return
        with contextlib.suppress(RuntimeError):  # it has ended
            loop.call_soon_threadsafe(self._asked_to_stop.set)

    def wait_until_asked(self) -> None:
        """Wait until it is asked to stop, or ends by itself."""
        self._asked_to_stop.wait()

    def wait(self) -> None:
        """Wait until it has ended."""
        if self._thread is not None:
            self._thread.join()

    def stop(self) -> None:
        """Answer what is on its way, hang up, and end. Harmless when it has ended already."""
        self.begin_stop()
        self.wait()

    def _run(self) -> None:
        waiting.here.policy = waiting.NoWaits()
        loop = self._loop = _new_event_loop()
        try:
            loop.run_until_complete(self._serve())
        except BaseException as error:
            self._failure = error
            if self._ready.is_set():
                logger.exception("the server ended")
        finally:
            for one in self._sockets:
                one.close()
            self._workers.close()
            self._timekeeper.close()
            if self._persistence is not None:
                self.unsaved = self._persistence.close()
            loop.close()
            self._ready.set()
            self._asked_to_stop.set()

    async def _serve(self) -> None:
        self._stopping = asyncio.Event()
        config = uvicorn.Config(
            self._application,
            http=Connection,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=IDLE_SECONDS_MAX,
            ssl_certfile=self.certificate,
            ssl_keyfile=self._key,
        )
        keeping = asyncio.ensure_future(self._timekeeper.keep())
        asyncio.get_running_loop().call_later(
            _WARM_UP_SECONDS, lambda: asyncio.ensure_future(self._workers.run(cold_start.end))
        )
        self._uvicorn = _Uvicorn(config, self._stopping, self._ready, self._workers.stop_waits)
        try:
            await self._uvicorn.serve(self._sockets)
        finally:
            keeping.cancel()

    def _wake(self) -> None:
        self.cloud.notify()

    # -- as a context manager ----------------------------------------------------------------------------------------

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"<Server {self.url}{'' if self.is_running else ', not running'}>"


class _Uvicorn(uvicorn.Server):
    """uvicorn's server, told to stop by an event instead of looking ten times a second whether it shall."""

    def __init__(
        self, config: uvicorn.Config, stopping: asyncio.Event, ready: threading.Event, stop_waits: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._ready = ready
        self._stop_waits = stop_waits

    async def main_loop(self) -> None:
        self._ready.set()
        await self._stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        self._stop_waits()
        if self.server_state.tasks:
            await asyncio.wait(tuple(self.server_state.tasks), timeout=GRACE_SECONDS)
        for connection in tuple(self.server_state.connections):
            connection.shutdown()
        for task in tuple(self.server_state.tasks):
            task.cancel()
        # Connections end in one of the loop's next turns; those of TLS whose clients do not say goodbye are cut off.
        for turn in range(2 * _TURNS_MAX):
            if not self.server_state.connections:
                break
            if turn >= _TURNS_MAX:
                for connection in tuple(self.server_state.connections):
                    connection.transport.abort()
            await asyncio.sleep(_TURN_SECONDS)


def _new_event_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:  # there is none for Windows
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop
