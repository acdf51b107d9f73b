"""PostgreSQL in a process of its own."""

from __future__ import annotations

import secrets
import signal
import socket
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from awsim.backends.ports import ExternalPorts
from awsim.backends.server import BackendError, Server

#: Version 3.0 of its protocol.
_PROTOCOL = 3 << 16


class PostgresServer(Server):
    """A PostgreSQL whose data lasts until it stops. ``executable`` is its program, ``postgres``, as of
    ``packages.postgres.postgres_package``; ``initdb`` has to be in the same folder.

    Its first user may do everything and has a password, without which nobody gets in: a random one unless given.
    """

    name = "postgres"
    scheme = "postgresql"
    # It ends when its last client is gone by SIGTERM, and at once by this one; its data needs no care.
    stop_signal = signal.SIGINT
    # It refuses to be root.
    users_instead_of_root = ("postgres", "nobody")

    def __init__(
        self,
        executable: Path,
        ports: ExternalPorts,
        port: int | None = None,
        *,
        user: str = "postgres",
        password: str | None = None,
    ) -> None:
        super().__init__(ports, port)
        self._executable = executable
        self.user = user
        self.password = password or secrets.token_urlsafe(16)

    @property
    def dsn(self) -> str:
        """What to give clients: the url with user, password and the database ``postgres``."""
        return self.url.replace("://", f"://{quote(self.user, safe='')}:{quote(self.password, safe='')}@") + "/postgres"

    def preparations(self, folder: Path) -> Iterable[Sequence[str]]:
        # A link on the PATH leads to where its companions are.
        initdb = self._executable.resolve().with_name("initdb")
        if not initdb.is_file():
            raise BackendError(f"postgres does not start: there is no {initdb}")
        password_file = folder / "password"
        password_file.touch(0o600)
        password_file.write_text(f"{self.password}\n")
        self.give(password_file)
        yield [
            *(str(initdb), "--pgdata", str(folder / "data"), "--username", self.user, "--pwfile", str(password_file)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
        ]
        password_file.unlink()

    def command(self, port: int, folder: Path) -> Sequence[str]:
        settings = {
            "listen_addresses": self.host,
            "port": str(port),
            "unix_socket_directories": "",
            # What it has is thrown away when it stops, so nothing is lost when it does not wait for the disk.
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
        }
        options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        return [str(self._executable), "-D", str(folder / "data"), *options]

    def health(self) -> bool:
        if self.port is None:
            return False
        said = b"".join(text.encode() + b"\0" for text in ("user", self.user, "database", "postgres", ""))
        try:
            with socket.create_connection((self.host, self.port), timeout=1) as connection:
                connection.sendall(struct.pack("!ii", len(said) + 8, _PROTOCOL) + said)
                # It asks who is there as soon as it is ready, and answers an error while it starts.
                return connection.recv(1) == b"R"
        except OSError:
            return False
