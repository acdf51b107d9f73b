"""Servers in other processes: started, watched, stopped; and the ports that they take and give back."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Sequence
from pathlib import Path

import pytest

from awsim.backends.ports import END_PORT, FIRST_PORT, ExternalPorts, NoPortLeftError
from awsim.backends.postgres import PostgresServer
from awsim.backends.redis import RedisServer
from awsim.backends.server import BackendError, Server
from awsim.errors import MisuseError
from awsim.packages.postgres import postgres_package
from awsim.packages.redis import redis_package


def free_ports(number: int) -> list[int]:
    """Ports that nobody listens on, for tests that may run beside each other."""
    sockets = [socket.socket() for _ in range(number)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Files(Server):
    """Python's own server of files."""

    name = "files"

    def command(self, port: int, folder: Path) -> Sequence[str]:
        (folder / "hello").write_text("hello")
        return [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]

    def health(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/hello", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False


class Broken(Files):
    name = "broken"

    def command(self, port: int, folder: Path) -> Sequence[str]:
        return [sys.executable, "-c", "import sys; sys.exit('no such luck')"]


class Unprepared(Files):
    name = "unprepared"

    def preparations(self, folder: Path) -> Sequence[Sequence[str]]:
        return [[sys.executable, "-c", "print('one')"], [sys.executable, "-c", "import sys; sys.exit('two')"]]


class Unowned(Files):
    name = "unowned"
    users_instead_of_root = ("no-such-user",)


class TestPorts:
    def test_they_are_those_that_localstacks_users_publish(self):
        assert (FIRST_PORT, END_PORT - 1) == (4510, 4559)

    def test_each_is_taken_once_and_can_be_given_back(self):
        first, second = sorted(free_ports(2))
        ports = ExternalPorts([first, second])
        assert (ports.take(), ports.take()) == (first, second)
        with pytest.raises(NoPortLeftError, match=f"all external service ports are taken, {first} to {second}"):
            ports.take()
        ports.give_back(first)
        assert ports.take() == first

    def test_one_that_somebody_else_listens_on_is_passed_over(self):
        first, second = free_ports(2)
        with socket.create_server(("127.0.0.1", first)):
            ports = ExternalPorts([first, second])
            assert ports.take() == second
            with pytest.raises(NoPortLeftError, match=f"port {first} is taken"):
                ports.take(first)

    def test_threads_never_get_the_same(self):
        ports = ExternalPorts(free_ports(40))
        taken: list[int] = []
        threads = [threading.Thread(target=lambda: taken.append(ports.take())) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(taken)) == len(taken) == 40

    def test_the_environment_says_which(self, monkeypatch: pytest.MonkeyPatch):
        (port,) = free_ports(1)
        monkeypatch.setenv("EXTERNAL_SERVICE_PORTS_START", str(port))
        monkeypatch.setenv("EXTERNAL_SERVICE_PORTS_END", str(port + 1))
        assert ExternalPorts.from_environment().take() == port
        monkeypatch.setenv("EXTERNAL_SERVICE_PORTS_END", "none")
        with pytest.raises(MisuseError, match="the external service ports cannot be those from"):
            ExternalPorts.from_environment()


class TestServer:
    def test_it_runs_until_it_is_stopped_and_leaves_nothing(self):
        (port,) = free_ports(1)
        ports = ExternalPorts([port])
        server = Files(ports)
        assert not server.is_running
        with pytest.raises(BackendError, match="files has no port before it is started"):
            _ = server.url
        with server:
            assert (server.url, server.is_running, server.health()) == (f"http://127.0.0.1:{port}", True, True)
            assert ports.taken == {port}
            folder = server._folder
            assert folder is not None
            server.start()  # harmless
        assert (server.is_running, server.port, ports.taken) == (False, None, frozenset())
        assert not folder.exists()
        server.stop()  # harmless

    def test_one_that_dies_is_started_anew(self):
        ports = ExternalPorts(free_ports(2))
        with Files(ports) as server:
            process = server._process
            assert process is not None
            process.kill()
            process.wait()
            assert not server.is_running
            server.start()
            assert server.health()
            assert len(ports.taken) == 1

    def test_one_that_does_not_start_tells_why_and_gives_its_port_back(self):
        ports = ExternalPorts(free_ports(1))
        server = Broken(ports)
        with pytest.raises(BackendError) as raised:
            server.start()
        assert str(raised.value) == "broken does not start: it ended with status 1; it says: no such luck"
        assert (server.is_running, ports.taken) == (False, frozenset())

    def test_one_whose_preparations_fail_tells_what_they_say(self):
        ports = ExternalPorts(free_ports(1))
        with pytest.raises(BackendError) as raised:
            Unprepared(ports).start()
        program = Path(sys.executable).name
        assert str(raised.value) == f"unprepared does not start: {program} ended with status 1; it says: one\ntwo"
        assert ports.taken == frozenset()

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root has to become another user")
    def test_one_that_must_not_be_root_needs_a_user(self):
        ports = ExternalPorts(free_ports(1))
        with pytest.raises(BackendError, match="unowned must not run as root, and there is no user no-such-user"):
            Unowned(ports).start()
        assert ports.taken == frozenset()

    def test_a_program_that_is_missing_is_told(self, tmp_path: Path):
        ports = ExternalPorts(free_ports(1))
        with pytest.raises(BackendError, match="redis does not start: .*No such file or directory"):
            RedisServer(tmp_path / "none", ports).start()
        assert ports.taken == frozenset()


@pytest.mark.skipif(
    redis_package.installed is None and not os.environ.get("AWSIM_CLIENT_TESTS"),
    reason="Redis is not installed here; `awsim lpm install redis` installs it",
)
def test_redis_keeps_what_it_is_given():
    with (
        RedisServer(redis_package.install(), ExternalPorts(free_ports(1))) as server,
        socket.create_connection((server.host, server.port or 0), timeout=10) as connection,
    ):
        assert server.url == f"redis://127.0.0.1:{server.port}"
        connection.sendall(b"SET cat tom\r\nGET cat\r\n")
        received = b""
        while received.count(b"\r\n") < 3:
            received += connection.recv(100)
        assert received == b"+OK\r\n$3\r\ntom\r\n"


def ask_postgres(
    server: PostgresServer, statement: str, password: str | None = None
) -> subprocess.CompletedProcess[str]:
    psql = postgres_package.executable.resolve().with_name("psql")
    host, port = server.host, str(server.port)
    return subprocess.run(
        [str(psql), "-h", host, "-p", port, "-U", server.user, "-d", "postgres", "-w", "-Atqc", statement],
        env={**os.environ, "PGPASSWORD": server.password if password is None else password},
        capture_output=True,
        text=True,
        timeout=30,
    )


needs_postgres = pytest.mark.skipif(
    postgres_package.installed is None or not postgres_package.executable.resolve().with_name("psql").is_file(),
    reason="PostgreSQL is not installed here; `awsim lpm install postgres` installs it",
)


@needs_postgres
def test_postgres_answers_whoever_has_the_password():
    ports = ExternalPorts(free_ports(1))
    server = PostgresServer(postgres_package.install(), ports, user="ada", password="it's secret")
    assert (server.is_running, server.health()) == (False, False)
    with server:
        assert server.url == f"postgresql://127.0.0.1:{server.port}"
        assert server.dsn == f"postgresql://ada:it%27s%20secret@127.0.0.1:{server.port}/postgres"
        asked = ask_postgres(
            server, "CREATE TABLE cats (name text); INSERT INTO cats VALUES ('tom'); SELECT * FROM cats"
        )
        assert (asked.stdout, asked.stderr) == ("tom\n", "")
        refused = ask_postgres(server, "SELECT 1", password="guessed")
        assert (refused.returncode, refused.stdout) == (2, "")
        assert 'password authentication failed for user "ada"' in refused.stderr
        folder = server._folder
        assert folder is not None
        assert not (folder / "password").exists()
    assert (server.is_running, ports.taken, folder.exists()) == (False, frozenset(), False)


@needs_postgres
@pytest.mark.skipif(not os.environ.get("AWSIM_CLIENT_TESTS"), reason="takes seconds; `tox -e clients` runs it")
def test_postgres_is_started_anew_after_it_was_killed_and_stops_though_it_has_clients():
    with PostgresServer(postgres_package.install(), ExternalPorts(free_ports(2))) as server:
        process = server._process
        assert process is not None
        process.kill()
        process.wait()
        assert not server.is_running
        server.start()
        assert ask_postgres(server, "SELECT 1 + 1").stdout == "2\n"
        with socket.create_connection((server.host, server.port or 0), timeout=10) as connection:
            server.stop()
            assert connection.recv(100) == b""
    assert not server.is_running
