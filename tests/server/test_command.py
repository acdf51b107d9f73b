"""``awsim serve`` as a process: what it says, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from awsim.cli.serve import serve
from awsim.errors import MisuseError
from awsim.server.environment import eager_services, settings_from_environment
from awsim.server.options import ServerOptions

Started = tuple[subprocess.Popen[str], list[str]]
_CALL = {"x-amz-target": "AmazonSQS.ListQueues", "content-type": "application/x-amz-json-1.0"}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Started]]:
    """Start the command; it has said that it is ready. What it said is given line by line."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **environ: str) -> Started:
        process = subprocess.Popen(
            [sys.executable, "-m", "awsim", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "XDG_CACHE_HOME": str(tmp_path), **environ},
        )
        started.append(process)
        lines: list[str] = []
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if lines[-1] == "Ready.":
                break
        return process, lines

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def answer(lines: list[str], **options: object) -> bytes:
    found = re.search(r"https?://\S+:\d+", lines[0])
    assert found
    request = urllib.request.Request(f"{found[0]}/", b"{}", _CALL)
    with urllib.request.urlopen(request, timeout=20, **options) as response:  # type: ignore[arg-type]
        body: bytes = response.read()
    return body


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_answers_and_ends_at_a_signal(start, number):
    process, lines = start("serve", "--port", "0", "--account", "111122223333", "--region", "eu-west-1")
    assert re.fullmatch(r"awsim listens at http://127\.0\.0\.1:\d+, account 111122223333, region eu-west-1\.", lines[0])
    assert lines[1:] == ["Ready."]
    assert answer(lines) == b"{}"
    process.send_signal(number)
    assert process.wait(20) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""


def test_python_m_awsim_alone_serves(start):
    _, lines = start(AWSIM_PORT="0")
    assert answer(lines) == b"{}"


def test_with_tls_its_clients_trust_what_it_names(start):
    import ssl

    _, lines = start("serve", "--port", "0", "--tls")
    found = re.fullmatch(r"Clients trust it with AWS_CA_BUNDLE=(.+)", lines[1])
    assert found
    context = ssl.create_default_context(cafile=found[1])
    for host in ("127.0.0.1", "localhost"):
        assert answer([lines[0].replace("127.0.0.1", host)], context=context) == b"{}"
    assert Path(found[1]).with_suffix(".key").stat().st_mode & 0o077 == 0


def test_a_port_that_is_taken_is_told_without_a_traceback():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = CliRunner().invoke(serve, ["--port", str(port)])
    assert told.exit_code == 1
    assert told.stderr == (
        f"Error: port {port} of 127.0.0.1 is taken; choose another with --port, or 0 for any that is free\n"
    )


def test_options_that_cannot_be_are_told():
    told = CliRunner().invoke(serve, ["--account", "12"])
    assert (told.exit_code, told.stderr) == (1, "Error: an account id has twelve digits, not '12'\n")


@pytest.mark.parametrize(
    ("listen", "addresses"),
    [
        ("127.0.0.1:4510", (("127.0.0.1", 4510),)),
        (":4510", (("127.0.0.1", 4510),)),
        ("4510", (("127.0.0.1", 4510),)),
        ("localhost", (("localhost", 4566),)),
        ("[::1]:4510", (("::1", 4510),)),
        ("::1", (("::1", 4566),)),
        ("127.0.0.1:4566, 127.0.0.1:443", (("127.0.0.1", 4566), ("127.0.0.1", 443))),
    ],
)
def test_gateway_listen_says_where(monkeypatch, listen, addresses):
    monkeypatch.setenv("GATEWAY_LISTEN", listen)
    assert ServerOptions.from_environment().addresses == addresses


def test_the_environment_says_the_rest(monkeypatch):
    for name, value in {
        "AWSIM_HOST": "0.0.0.0",
        "AWSIM_PORT": "4510",
        "AWSIM_TLS": "1",
        "AWSIM_ALLOW_REMOTE": "true",
        "AWSIM_TOKEN": "secret",
        "EXTRA_CORS_ALLOWED_ORIGINS": "http://one.test/, http://two.test",
    }.items():
        monkeypatch.setenv(name, value)
    assert ServerOptions.from_environment(port=0) == ServerOptions(
        host="0.0.0.0",
        port=0,
        tls=True,
        allow_remote=True,
        token="secret",
        allowed_origins={"http://one.test", "http://two.test"},
    )


@pytest.mark.parametrize("port", ["x", "70000", "-1"])
def test_a_port_that_is_none_is_refused(monkeypatch, port):
    monkeypatch.setenv("AWSIM_PORT", port)
    with pytest.raises(MisuseError) as caught:
        ServerOptions.from_environment()
    assert str(caught.value) == f"AWSIM_PORT is a port, 0 to 65535, not {port!r}"


def test_services_are_the_only_ones_unless_loading_is_not_strict(monkeypatch):
    monkeypatch.setenv("SERVICES", "s3, sqs")
    assert settings_from_environment().services == {"s3", "sqs"}
    monkeypatch.setenv("STRICT_SERVICE_LOADING", "0")
    assert settings_from_environment().services is None


def test_services_are_loaded_at_once_where_asked_for(monkeypatch):
    monkeypatch.setenv("SERVICES", "s3,sqs")
    assert eager_services(frozenset({"s3", "sqs"})) == []
    monkeypatch.setenv("EAGER_SERVICE_LOADING", "1")
    assert eager_services(frozenset({"s3", "sqs"})) == ["s3", "sqs"]
    assert eager_services(None) == ["s3", "sqs"]


def test_a_seed_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("AWSIM_SEED", "mine")
    assert settings_from_environment().seed == "mine"
    assert settings_from_environment(seed="other").seed == "other"
