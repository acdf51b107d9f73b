"""Clients in processes of their own, against ``awsim serve`` in one of its own.

They take long to install and to start, so they run only when asked for: with AWSIM_CLIENT_TESTS=1, and the folder that
``python -m tests.clients.install`` filled in AWSIM_CLIENTS (``tox -e clients`` does both).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
CLIENTS = Path(os.environ.get("AWSIM_CLIENTS", ".tox/clients/clients")).resolve()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if os.environ.get("AWSIM_CLIENT_TESTS") == "1":
        return
    skip = pytest.mark.skip(reason="other clients in processes of their own run with AWSIM_CLIENT_TESTS=1")
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server that answers all tests of a run."""
    log = (tmp_path_factory.mktemp("server") / "log").open("w+")
    process = subprocess.Popen(
        [sys.executable, "-m", "awsim", "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=log, text=True
    )
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if line == "Ready.\n":
            break
    log.seek(0)
    found = re.search(r"http://\S+:\d+", "".join(said))
    assert found, "".join(said) + log.read()
    yield found[0]
    process.terminate()
    assert process.wait(20) == 0
    process.stdout.close()
    log.seek(0)
    logged = log.read()
    log.close()
    assert "Traceback" not in logged, logged


@pytest.fixture
def environ(endpoint: str, tmp_path: Path) -> dict[str, str]:
    """What the clients find in their environment: nothing of the user's own."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **inherited,
        "HOME": str(tmp_path),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_PAGER": "",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


Run = Callable[..., "subprocess.CompletedProcess[str]"]


def program(*command: str, folder: Path, environ: dict[str, str]) -> Callable[..., str]:
    """Run a program with its first arguments in a folder: what it prints, once it has ended well."""

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [*command, *arguments], cwd=folder, env=environ, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"{' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    return run


@pytest.fixture
def run(environ: dict[str, str], tmp_path: Path) -> Run:
    """Run the AWS CLI in a folder of the test's own: ``run("s3", "mb", …)``; ``code`` is how it is to end."""
    command = CLIENTS / "awscli" / "bin" / "aws"
    if not command.exists():
        pytest.skip(f"the AWS CLI is not in {CLIENTS}; `python -m tests.clients.install` puts it there")

    def run(*arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        # Version 1 goes to queue.amazonaws.com for SQS, whatever AWS_ENDPOINT_URL says; only this option stops it.
        done = subprocess.run(
            [str(command), "--endpoint-url", environ["AWS_ENDPOINT_URL"], *arguments],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == code, f"aws {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    return run


@pytest.fixture
def aws(run: Run) -> Callable[..., Any]:
    """Run the AWS CLI, and read the JSON that it prints; None where it prints nothing."""

    def aws(*arguments: str) -> Any:
        output = run(*arguments, "--output", "json").stdout
        return json.loads(output) if output.strip() else None

    return aws


@pytest.fixture
def node(environ: dict[str, str], tmp_path: Path) -> Callable[[Path], None]:
    """Run a scenario written in JavaScript with Node's own test runner."""
    command = shutil.which("node")
    if command is None:
        pytest.skip("node is not here")
    modules = CLIENTS / "node_modules"
    if not (modules / "@aws-sdk").exists():
        pytest.skip(f"the SDK for JavaScript is not in {CLIENTS}; `python -m tests.clients.install` puts it there")

    def node(scenario: Path) -> None:
        done = subprocess.run(
            [command, "--test", "--test-reporter=spec", str(scenario)],
            cwd=tmp_path,
            env={**environ, "NODE_PATH": str(modules)},
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "fail 0" in done.stdout, done.stdout

    return node


@pytest.fixture(scope="session")
def resolves() -> Callable[[str], bool]:
    """Whether the machine finds an address for a name."""

    def resolves(name: str) -> bool:
        try:
            socket.getaddrinfo(name, 80)
        except OSError:
            return False
        return True

    return resolves
