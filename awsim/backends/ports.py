"""The external service ports: those that clients may be told to connect to besides the server's own."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterable

from awsim.errors import AwsimError, MisuseError

#: As LocalStack's users publish them from containers: 4510 to 4559.
FIRST_PORT = 4510
END_PORT = 4560


class NoPortLeftError(AwsimError):
    """All external service ports are taken."""


class ExternalPorts:
    """Ports that are taken one by one, and given back. Threads may share one."""

    def __init__(self, ports: Iterable[int] = range(FIRST_PORT, END_PORT), host: str = "127.0.0.1") -> None:
        self._ports = tuple(ports)
        self._host = host
        self._taken: set[int] = set()
        self._lock = threading.Lock()

    @classmethod
    def from_environment(cls) -> ExternalPorts:
        """The ports from EXTERNAL_SERVICE_PORTS_START to before EXTERNAL_SERVICE_PORTS_END. Raises MisuseError."""
        first = os.environ.get("EXTERNAL_SERVICE_PORTS_START") or str(FIRST_PORT)
        end = os.environ.get("EXTERNAL_SERVICE_PORTS_END") or str(END_PORT)
        if not (first.isdigit() and end.isdigit() and 0 < int(first) < int(end) <= 65536):
            raise MisuseError(f"the external service ports cannot be those from {first} to before {end}")
        return cls(range(int(first), int(end)))

    def take(self, port: int | None = None) -> int:
        """Take a port, the lowest that nobody listens on unless told which. Raises NoPortLeftError."""
        with self._lock:
            for candidate in self._ports if port is None else (port,):
                if candidate not in self._taken and self._is_free(candidate):
                    self._taken.add(candidate)
                    return candidate
        if port is not None:
            raise NoPortLeftError(f"port {port} is taken")
        raise NoPortLeftError(f"all external service ports are taken, {self._ports[0]} to {self._ports[-1]}")

    def give_back(self, port: int) -> None:
        """Let others take a port again."""
        with self._lock:
            self._taken.discard(port)

    @property
    def taken(self) -> frozenset[int]:
        """The ports that are taken."""
        with self._lock:
            return frozenset(self._taken)

    def _is_free(self, port: int) -> bool:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self._host, port))
            except OSError:
                return False
            return True
