"""A server in another process: started, watched and stopped.

Owns the process, its port, its folder and the user that it runs as. What it is, and how its health is asked, its class
says.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

from awsim.backends.ports import ExternalPorts
from awsim.errors import AwsimError

logger = logging.getLogger("awsim.backends")

#: How long one may take to be healthy, in seconds.
START_SECONDS = 30.0
#: How long one may take to end before it is killed, in seconds.
STOP_SECONDS = 5.0
_POLL_SECONDS = 0.02
#: How much of its log is told when it does not start, in characters.
_LOG_TOLD = 1000


class BackendError(AwsimError):
    """A server in another process does not start; tells the end of its log."""


class Server(ABC):
    """A backend. As a context manager it runs in the block."""

    #: What it is called in logs.
    name = "server"
    scheme = "http"
    #: What asks it to end at once, though it has clients.
    stop_signal = signal.SIGTERM
    #: Users of the machine, best first, that a process of root's runs it as; () for one that may be root itself.
    users_instead_of_root: Sequence[str] = ()

    def __init__(self, ports: ExternalPorts, port: int | None = None, host: str = "127.0.0.1") -> None:
        self.host = host
        #: None before it is started, unless it was given.
        self.port = port
        self._wanted = port
        self._ports = ports
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._owner: tuple[int, int] | None = None
        self._lock = threading.RLock()

    @abstractmethod
    def command(self, port: int, folder: Path) -> Sequence[str]:
        """What to run: it is to listen on the port, and may write to the folder, which is deleted when it stops."""

    def preparations(self, folder: Path) -> Iterable[Sequence[str]]:
        """What to run before, each to its end."""
        return ()

    @abstractmethod
    def health(self) -> bool:
        """Whether it answers."""

    @property
    def url(self) -> str:
        """Where it is: ``scheme://host:port``. Raises BackendError before it was started."""
        if self.port is None:
            raise BackendError(f"{self.name} has no port before it is started")
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        process = self._process
        return process is not None and process.poll() is None

    def start(self) -> None:
        """Start it, and wait until it is healthy; harmless when it runs.

        Raises BackendError, NoPortLeftError.
        """
        with self._lock:
            if self.is_running:
                return
            self._clean_up()  # after one that died
            self.port = self._ports.take(self._wanted)
            try:
                folder = self._folder = Path(tempfile.mkdtemp(prefix=f"awsim-{self.name}-"))
                with (folder / "log").open("wb") as log:
                    how: dict[str, Any] = {
                        "cwd": folder,
                        "stdin": subprocess.DEVNULL,
                        "stdout": log,
                        "stderr": subprocess.STDOUT,
                        **self._as_user(folder),
                    }
                    for command in self.preparations(folder):
                        self._prepare(command, folder, how)
                    self._process = subprocess.Popen(list(self.command(self.port, folder)), **how)  # noqa: S603  # the backend's own command
                _running.add(self)
                self._wait_until_healthy()
            except OSError as error:
                self.stop()
                raise BackendError(f"{self.name} does not start: {error}") from None
            except BaseException:
                self.stop()
                raise
            logger.info("%s runs at %s", self.name, self.url)

    def _as_user(self, folder: Path) -> dict[str, Any]:
        """Whom a process is run as, for one that refuses to be root; the folder becomes theirs."""
        if sys.platform == "win32" or not self.users_instead_of_root or os.geteuid() != 0:
            return {}
        import pwd

        for name in self.users_instead_of_root:
            try:
                user = pwd.getpwnam(name)
            except KeyError:
                continue
            self._owner = user.pw_uid, user.pw_gid
            self.give(folder)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        raise BackendError(
            f"{self.name} must not run as root, and there is no user {' or '.join(self.users_instead_of_root)}"
        )

    def give(self, path: Path) -> None:
        """Make what was written for it belong to whom it runs as."""
        if self._owner is not None:
            os.chown(path, *self._owner)

    def _prepare(self, command: Sequence[str], folder: Path, how: dict[str, Any]) -> None:
        try:
            code = subprocess.run(list(command), timeout=START_SECONDS, **how).returncode  # noqa: S603  # as above
        except subprocess.TimeoutExpired:
            raise BackendError(f"{self.name} does not start: {Path(command[0]).name} takes too long") from None
        if code:
            self._fail(f"{Path(command[0]).name} ended with status {code}", folder)

    def _fail(self, how: str, folder: Path) -> NoReturn:
        log = (folder / "log").read_text(errors="replace").strip()[-_LOG_TOLD:]
        raise BackendError(f"{self.name} does not start: {how}{f'; it says: {log}' if log else ''}")

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.health():
            if not self.is_running or time.monotonic() > deadline:
                process, folder = self._process, self._folder
                assert process is not None
                assert folder is not None
                code = process.poll()
                self._fail(
                    f"it ended with status {code}" if code is not None else f"not within {START_SECONDS:.0f} s", folder
                )
            time.sleep(_POLL_SECONDS)

    def stop(self) -> None:
        """Stop it, and give its port back; harmless when it does not run."""
        with self._lock:
            process = self._process
            if process is not None and process.poll() is None:
                process.send_signal(self.stop_signal)
                try:
                    process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    logger.warning("%s does not end and is killed", self.name)
                    process.kill()
                    process.wait()
            self._clean_up()

    def _clean_up(self) -> None:
        self._process = None
        _running.discard(self)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
        if self.port is not None:
            self._ports.give_back(self.port)
            self.port = self._wanted

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


#: Those that run, to be stopped when this process ends.
_running: weakref.WeakSet[Server] = weakref.WeakSet()


@atexit.register
def _stop_all() -> None:
    for server in tuple(_running):
        server.stop()
