"""Hooks, extensions and init scripts: what runs around a server, in which order, and what becomes of failures."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from awsim import Cloud, hooks
from awsim.extensions import Extension
from awsim.protocol.http import Response
from awsim.server.init_scripts import InitScripts, Stage
from awsim.server.options import ServerOptions
from awsim.server.runtime import InitFailedError, Runtime, find_init_folder
from awsim.server.server import Server


def write(path: Path, text: str, mode: int = 0o755) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Cloud(), ServerOptions(port=0)) as server:
        yield server


@pytest.fixture
def entry_points(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """Objects that installed packages seem to offer, by group."""
    offered: dict[str, list[Any]] = {}

    class Offered(EntryPoint):
        def load(self) -> Any:
            found = offered[self.group][int(self.name)]
            if isinstance(found, Exception):
                raise found
            return found

    def find(group: str) -> list[EntryPoint]:
        return [Offered(str(at), f"offered:{at}", group) for at in range(len(offered.get(group, ())))]

    monkeypatch.setattr(hooks, "find_entry_points", find)
    return offered


@pytest.fixture
def registered() -> Iterator[Callable[..., None]]:
    added: list[tuple[hooks.HookPoint, Any]] = []

    def register(point: hooks.HookPoint, function: Any, priority: int = 0) -> None:
        added.append((point, point(priority)(function)))

    yield register
    for point, function in added:
        point.remove(function)


class TestHooks:
    def test_they_run_by_priority_then_in_the_order_of_their_registration(
        self, server: Server, registered: Any, entry_points: Any
    ):
        ran: list[str] = []
        registered(hooks.on_infra_start, lambda: ran.append("second"))
        registered(hooks.on_infra_start, lambda: ran.append("third"))
        registered(hooks.on_infra_start, lambda: ran.append("first"), priority=10)
        entry_points["awsim.hooks.on_infra_start"] = [lambda: ran.append("of a package")]
        Runtime(server).start()
        assert ran == ["first", "second", "third", "of a package"]

    def test_they_are_given_the_server_if_they_take_it(self, server: Server, registered: Any, entry_points: Any):
        given: list[Any] = []
        registered(hooks.on_infra_ready, lambda server: given.append(server))
        registered(hooks.on_infra_ready, lambda *arguments: given.extend(arguments))
        Runtime(server).ready()
        assert given == [server, server]

    def test_one_that_fails_is_kept_in_view_and_ends_nothing(
        self, server: Server, registered: Any, entry_points: Any, caplog: pytest.LogCaptureFixture
    ):
        ran: list[str] = []

        def broken() -> None:
            raise ValueError("no such luck")

        registered(hooks.on_infra_ready, broken)
        registered(hooks.on_infra_ready, lambda: ran.append("after it"))
        entry_points["awsim.hooks.on_infra_ready"] = [ImportError("gone")]
        runtime = Runtime(server)
        runtime.ready()
        assert ran == ["after it"]
        assert [(failure.stage, failure.reason) for failure in runtime.failures] == [
            ("ready", "ImportError: gone"),
            ("ready", "ValueError: no such luck"),
        ]
        assert "no such luck" in caplog.text

    def test_one_that_fails_ends_the_start_where_that_is_asked_for(
        self, server: Server, registered: Any, entry_points: Any
    ):
        def broken() -> None:
            raise ValueError

        registered(hooks.on_infra_start, broken)
        with pytest.raises(InitFailedError, match=r"not started, since this failed: .*broken \(start\)"):
            Runtime(server, is_strict=True).start()


class TestExtensions:
    def test_one_adds_routes_and_handlers_and_knows_the_stages(self, server: Server, entry_points: Any):
        told: list[str] = []

        class Hello(Extension):
            name = "hello"

            def on_platform_start(self, server: Server) -> None:
                told.append("start")

            def on_platform_ready(self, server: Server) -> None:
                told.append("ready")

            def on_platform_shutdown(self, server: Server) -> None:
                told.append("shutdown")

            def update_gateway_routes(self, router: Any) -> None:
                router.add("/hello/{name}", lambda request, found: Response(200, {}, found["name"].encode()))

            def update_request_handlers(self, handlers: list[Any]) -> None:
                handlers.append(lambda chain, context, response: told.append(context.operation.name))

            def update_response_handlers(self, handlers: list[Any]) -> None:
                def mark(chain: Any, context: Any, response: Response) -> None:
                    response.headers["x-hello"] = "yes"

                handlers.append(mark)

        entry_points["awsim.extensions"] = [Hello]
        runtime = Runtime(server)
        runtime.start()
        server.start()
        runtime.ready()
        with urllib.request.urlopen(f"{server.url}/hello/you") as answer:
            assert (answer.read(), answer.headers["x-hello"]) == (b"you", "yes")
        server.cloud.client("sqs").create_queue(QueueName="orders")
        runtime.shut_down()
        assert told == ["start", "ready", "CreateQueue", "shutdown"]

    def test_one_that_is_broken_leaves_the_others_alone(self, server: Server, entry_points: Any):
        class Broken(Extension):
            name = "broken"

            def on_platform_start(self, server: Server) -> None:
                raise RuntimeError("not today")

        told: list[str] = []

        class Fine(Extension):
            def on_platform_start(self, server: Server) -> None:
                told.append("fine")

        entry_points["awsim.extensions"] = [ImportError("gone"), Broken, Fine]
        runtime = Runtime(server)
        runtime.start()
        assert told == ["fine"]
        assert [(failure.name, failure.reason) for failure in runtime.failures] == [
            ("0", "ImportError: gone"),
            ("broken", "RuntimeError: not today"),
        ]


class TestInitScripts:
    def test_they_run_in_order_those_of_folders_after_those_beside_them(self, tmp_path: Path):
        for name in ("b.sh", "a.sh", "sub/2.sh", "sub/1.sh", "c.py"):
            text = f"#!/bin/sh\necho {name} >> $OUT\n" if name.endswith("sh") else OWN_PYTHON.format(name)
            write(tmp_path / "init" / "ready.d" / name, text)
        write(tmp_path / "init" / "ready.d" / "README.md", "no script")
        scripts = InitScripts(tmp_path / "init")
        assert scripts.as_json()["scripts"][0] == {"stage": "READY", "name": "a.sh", "state": "UNKNOWN"}
        assert scripts.run(Stage.READY, {"OUT": str(tmp_path / "out")}) == []
        assert (tmp_path / "out").read_text().split() == ["a.sh", "b.sh", "c.py", "sub/1.sh", "sub/2.sh"]
        told = scripts.as_json(Stage.READY)
        assert told["completed"] is True
        assert [one["name"] for one in told["scripts"]] == ["a.sh", "b.sh", "c.py", "sub/1.sh", "sub/2.sh"]
        assert {one["state"] for one in told["scripts"]} == {"SUCCESSFUL"}
        assert "OUT" not in os.environ

    def test_one_that_fails_is_in_error_and_the_next_run(self, tmp_path: Path, caplog: pytest.LogCaptureFixture):
        write(tmp_path / "start.d" / "1.sh", "#!/bin/sh\nexit 3\n")
        write(tmp_path / "start.d" / "2.py", "raise ValueError('oh')")
        write(tmp_path / "start.d" / "3.py", "import sys; sys.exit(0)")
        write(tmp_path / "start.d" / "4.py", "import sys; sys.exit('bad')")
        write(tmp_path / "start.d" / "5.sh", "#!/bin/sh\n", mode=0o644)
        scripts = InitScripts(tmp_path)
        failed = scripts.run(Stage.START, {})
        assert [script.name for script in failed] == ["1.sh", "2.py", "4.py", "5.sh"]
        assert [script.state.value for script in scripts.scripts[Stage.START]] == [
            "ERROR",
            "ERROR",
            "SUCCESSFUL",
            "ERROR",
            "ERROR",
        ]
        assert "it ended with status 3" in caplog.text
        assert f"it is not executable; make it so: chmod +x {tmp_path / 'start.d' / '5.sh'}" in caplog.text

    def test_a_server_without_tells_that_all_is_done(self, server: Server):
        server.start()
        with urllib.request.urlopen(f"{server.url}/_localstack/init") as answer:
            assert json.load(answer) == {
                "completed": {"BOOT": True, "START": True, "READY": True, "SHUTDOWN": False},
                "scripts": [],
            }

    def test_the_folder_is_given_or_named_by_the_environment(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        assert find_init_folder(tmp_path) == tmp_path
        monkeypatch.setenv("AWSIM_INIT_DIR", str(tmp_path / "other"))
        assert find_init_folder() == tmp_path / "other"


OWN_PYTHON = """
import os
with open(os.environ["OUT"], "a") as file:
    file.write("{}\\n")
"""

MAKE_A_QUEUE = """#!{python}
import json, os, urllib.request
url = os.environ["AWS_ENDPOINT_URL"]
headers = {{"X-Amz-Target": "AmazonSQS.CreateQueue", "Content-Type": "application/x-amz-json-1.0"}}
urllib.request.urlopen(urllib.request.Request(url, json.dumps({{"QueueName": "{name}"}}).encode(), headers)).read()
"""


def test_the_command_runs_them_all_and_tells_of_them(tmp_path: Path):
    init = tmp_path / "init"
    write(init / "boot.d" / "boot.sh", '#!/bin/sh\necho "boot" >> "$OUT"\n')
    write(init / "ready.d" / "shell.sh", MAKE_A_QUEUE.format(python=sys.executable, name="of-a-process"))
    write(init / "ready.d" / "own.py", MAKE_A_QUEUE.format(python="", name="of-python"))
    write(init / "ready.d" / "broken.sh", "#!/bin/sh\nexit 1\n")
    write(init / "shutdown.d" / "down.sh", '#!/bin/sh\ncurl -s x >/dev/null 2>&1; echo "down" >> "$OUT"\n')
    with started(tmp_path, "--init-dir", str(init)) as (process, url):
        with urllib.request.urlopen(f"{url}/_localstack/init") as answer:
            told = json.load(answer)
        with urllib.request.urlopen(f"{url}/_localstack/init/ready") as answer:
            assert json.load(answer)["completed"] is True
        with urllib.request.urlopen(f"{url}/_awsim/resources") as answer:
            names = [one["arn"].rpartition(":")[2] for one in json.load(answer)["resources"]]
        with urllib.request.urlopen(f"{url}/_awsim/info") as answer:
            assert [failure["name"] for failure in json.load(answer)["failures"]] == ["broken.sh"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert told["completed"] == {"BOOT": True, "START": True, "READY": True, "SHUTDOWN": False}
    assert [(one["name"], one["state"]) for one in told["scripts"]] == [
        ("boot.sh", "SUCCESSFUL"),
        ("broken.sh", "ERROR"),
        ("own.py", "SUCCESSFUL"),
        ("shell.sh", "SUCCESSFUL"),
        ("down.sh", "UNKNOWN"),
    ]
    assert sorted(names) == ["of-a-process", "of-python"]
    assert (tmp_path / "out").read_text().split() == ["boot", "down"]


def test_a_signal_ends_a_script_and_what_it_started(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    # The pipe is open for writing as long as the script or what it started lives.
    write(tmp_path / "init" / "ready.d" / "long.sh", f'#!/bin/sh\nexec 9>"{tmp_path / "pipe"}"\nsleep 60\n')
    process = subprocess.Popen(
        [sys.executable, "-m", "awsim", "serve", "--port", "0", "--init-dir", str(tmp_path / "init")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with (tmp_path / "pipe").open("rb") as pipe:  # waits for the script
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
        assert pipe.read() == b""
    assert process.returncode == 0
    assert "Ready." not in output


def test_the_command_ends_when_one_fails_and_that_is_asked_for(tmp_path: Path):
    write(tmp_path / "init" / "ready.d" / "broken.sh", "#!/bin/sh\nexit 1\n")
    done = subprocess.run(
        [sys.executable, "-m", "awsim", "serve", "--port", "0", "--strict-init", "--init-dir", str(tmp_path / "init")],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 1
    assert "Error: not started, since this failed: broken.sh (ready)" in done.stderr
    assert "Ready." not in done.stdout


class started:  # noqa: N801  # reads as what it does
    """``awsim serve`` as a process that has said that it is ready."""

    def __init__(self, tmp_path: Path, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "awsim", "serve", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "OUT": str(tmp_path / "out")},
        )

    def __enter__(self) -> tuple[subprocess.Popen[str], str]:
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            said.append(line)
            if line == "Ready.\n":
                break
        return self._process, said[0].split()[3].rstrip(",")

    def __exit__(self, *error: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()
