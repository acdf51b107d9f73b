"""The commands that look at a server that runs, and control it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import awsim
from awsim import Cloud
from awsim.cli import running
from awsim.cli.commands import awsim as command
from awsim.server.options import ServerOptions
from awsim.server.server import Server

Run = Callable[..., Result]


@pytest.fixture
def server() -> Iterator[Server]:
    with awsim.serve(Cloud()) as server:
        yield server


@pytest.fixture
def run(server: Server) -> Run:
    """Run the command line, which knows the server from its environment."""

    def run(*arguments: str, **options: Any) -> Result:
        environ = {"COLUMNS": "120", "AWSIM_URL": server.url, "AWSIM_TOKEN": "", "http_proxy": "http://127.0.0.1:1"}
        return CliRunner().invoke(command, list(arguments), prog_name="awsim", env=environ, **options)

    return run


def test_the_status_tells_what_the_server_is_and_has(server: Server, run: Run):
    server.cloud.client("s3").create_bucket(Bucket="photos")
    server.cloud.faults.add("sqs.*", error="ThrottlingException")
    result = run("status", "--plain")
    assert result.exit_code == 0
    lines = {line.partition("  ")[0]: line.partition("  ")[2].strip() for line in result.output.splitlines()}
    assert lines["Server"] == f"{server.url}, awsim {awsim.__version__}"
    assert (lines["Account"], lines["Resources"]) == ("123456789012, region us-east-1", "s3 1")
    assert (lines["Services"], lines["Faults"]) == ("all", "1")
    assert json.loads(run("status", "--json").output)["resources"] == {"s3": 1}


def test_services_have_states_and_resources(server: Server, run: Run):
    server.cloud.client("sqs").create_queue(QueueName="orders")
    rows = [line.split() for line in run("services", "--plain").output.splitlines()]
    assert rows[0] == ["Service", "State", "Resources"]
    assert ["sqs", "running", "1"] in rows
    assert ["sts", "available", "-"] in rows
    assert json.loads(run("services", "--json").output)["sqs"] == {"state": "running", "resources": 1}


def test_calls_are_listed_with_what_became_of_them(server: Server, run: Run):
    sqs = server.cloud.client("sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="\u202egone\n")
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="none")
    lines = run("calls", "--plain").output.splitlines()
    assert "sqs.CreateQueue" in lines[1]
    assert r"MessageBody=\u202egone\n" in lines[2]
    assert "\u202e" not in run("calls").output
    assert "400" in lines[3]
    assert lines[3].endswith("AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist.")
    told = json.loads(run("calls", "--json", "--operation", "sqs.Get*", "--limit", "1").output)
    assert [call["operation"] for call in told] == ["GetQueueUrl"]


def test_calls_are_followed_even_after_a_reset(server: Server, run: Run, monkeypatch: pytest.MonkeyPatch):
    sqs = server.cloud.client("sqs")
    turns = iter(("second", "third", None, "fourth"))

    def between(seconds: float) -> None:
        name = next(turns, "over")
        if name == "over":
            raise KeyboardInterrupt
        if name is None:
            server.cloud.reset()
        else:
            server.cloud.client("sqs").create_queue(QueueName=name)

    monkeypatch.setattr(running.time, "sleep", between)
    sqs.create_queue(QueueName="first")
    result = run("calls", "--follow", "--plain")
    names = [line.rpartition("=")[2] for line in result.output.splitlines() if "CreateQueue" in line]
    assert names == ["first", "second", "third", "fourth"]


def test_the_clock_is_advanced_set_frozen_and_let_go(server: Server, run: Run):
    assert run("clock", "set", "2030-01-01T00:00:00Z").output.startswith("2030-01-01T00:00:0")
    assert run("clock", "freeze", "2030-01-01T00:00:00Z").output == "2030-01-01T00:00:00+00:00 (frozen)\n"
    assert run("clock", "advance", "1h30m").output == "2030-01-01T01:30:00+00:00 (frozen)\n"
    assert run("clock", "advance", "2d").output == "2030-01-03T01:30:00+00:00 (frozen)\n"
    assert run("clock", "show").output == "2030-01-03T01:30:00+00:00 (frozen)\n"
    assert "frozen" not in run("clock", "unfreeze").output
    assert not server.cloud.clock.frozen_at


def test_a_span_that_is_none_is_refused(run: Run):
    result = run("clock", "advance", "soon")
    assert result.exit_code == 2
    assert "'soon' is no span of time; write 90s, 15m, 1h, 2d or 1h30m" in result.output


def test_a_snapshot_is_saved_and_loaded(server: Server, run: Run, tmp_path: Path):
    server.cloud.client("sqs").create_queue(QueueName="orders")
    path = tmp_path / "state.json"
    saved = run("snapshot", "save", str(path))
    assert saved.output == f"saved {path} ({path.stat().st_size:,} bytes)\n"
    assert run("reset", "--yes").output == f"{server.url} has forgotten everything\n"
    assert "QueueUrls" not in server.cloud.client("sqs").list_queues()
    assert run("snapshot", "load", str(path)).output == f"loaded {path}\n"
    assert len(server.cloud.client("sqs").list_queues()["QueueUrls"]) == 1
    again = run("snapshot", "save", str(path))
    assert (again.exit_code, again.output) == (1, f"Error: {path} is there already (--force overwrites)\n")
    assert run("snapshot", "save", str(path), "--force").exit_code == 0
    assert [file.name for file in tmp_path.iterdir()] == ["state.json"]


def test_a_file_that_is_no_snapshot_is_refused(server: Server, run: Run, tmp_path: Path):
    server.cloud.client("sqs").create_queue(QueueName="orders")
    (tmp_path / "other").write_text("no state")
    result = run("snapshot", "load", str(tmp_path / "other"))
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert len(server.cloud.client("sqs").list_queues()["QueueUrls"]) == 1


def test_forgetting_asks_first(server: Server, run: Run):
    server.cloud.client("sqs").create_queue(QueueName="orders")
    assert run("reset", input="n\n").exit_code == 1
    assert len(server.cloud.client("sqs").list_queues()["QueueUrls"]) == 1
    assert run("reset", input="y\n").exit_code == 0
    assert "QueueUrls" not in server.cloud.client("sqs").list_queues()


def test_where_no_server_answers_it_says_what_to_do(run: Run):
    result = run("status", "--url", "127.0.0.1:1")
    assert result.exit_code == 1
    assert result.output.startswith("Error: no server answers at http://127.0.0.1:1 (")
    assert result.output.endswith("start one with `awsim serve`, or say where it is with --url or AWSIM_URL\n")


def test_a_token_is_asked_for_and_given():
    with Server(Cloud(), ServerOptions(port=0, token="s3cret")) as server:
        server.start()
        environ = {"AWSIM_URL": server.url, "AWSIM_TOKEN": ""}
        refused = CliRunner().invoke(command, ["services"], env=environ)
        assert refused.output == (
            f"Error: {server.url} asks for its token: --token or AWSIM_TOKEN; `awsim serve` prints it\n"
        )
        assert CliRunner().invoke(command, ["services", "--token", "s3cret"], env=environ).exit_code == 0
        assert CliRunner().invoke(command, ["services"], env={**environ, "AWSIM_TOKEN": "s3cret"}).exit_code == 0


def test_a_server_that_is_another_is_known_for_one():
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")

        def log_message(self, *arguments: Any) -> None:
            """Keep quiet."""

    with HTTPServer(("127.0.0.1", 0), Other) as other:
        threading.Thread(target=other.handle_request).start()
        url = f"http://127.0.0.1:{other.server_port}"
        result = CliRunner().invoke(command, ["services", "--url", url])
    assert result.output == f"Error: what answers at {url} is no server of awsim\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_are_given_their_completions(shell: str):
    result = CliRunner().invoke(command, ["completion", shell])
    assert result.exit_code == 0
    assert f"_AWSIM_COMPLETE={shell}_complete" in result.output


def test_services_are_completed():
    environ = {"_AWSIM_COMPLETE": "zsh_complete", "COMP_WORDS": "awsim coverage sq", "COMP_CWORD": "2"}
    result = CliRunner().invoke(command, [], prog_name="awsim", env=environ)
    assert "sqs" in result.output.split()
