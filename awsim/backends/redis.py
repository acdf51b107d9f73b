"""Redis in a process of its own."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from pathlib import Path

from awsim.backends.ports import ExternalPorts
from awsim.backends.server import Server


class RedisServer(Server):
    """A Redis that keeps nothing on disk. ``executable`` is its program, as of ``packages.redis.redis_package``."""

    name = "redis"
    scheme = "redis"

    def __init__(self, executable: Path, ports: ExternalPorts, port: int | None = None) -> None:
        super().__init__(ports, port)
        self._executable = executable

    def command(self, port: int, folder: Path) -> Sequence[str]:
        options = {"--port": str(port), "--bind": self.host, "--dir": str(folder), "--save": "", "--appendonly": "no"}
        return [str(self._executable), *(text for option in options.items() for text in option)]

    def health(self) -> bool:
        if self.port is None:
            return False
        try:
            with socket.create_connection((self.host, self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False
