"""The page at /_awsim/ui, in a browser where there is one: Chromium without a window, driven through a pipe."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from awsim import Cloud
from awsim.server.options import ServerOptions
from awsim.server.server import Server

from .conftest import Answer

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
HOSTILE = "<img src=x onerror=document.title='taken'>"


@pytest.mark.parametrize(
    ("path", "content_type"),
    [("", "text/html"), ("/page.css", "text/css"), ("/page.js", "text/javascript")],
)
def test_the_page_may_do_no_more_than_it_has_to(ask: Callable[..., Answer], path: str, content_type: str):
    status, headers, body = ask("GET", f"/_awsim/ui{path}")
    assert (status, headers["content-type"], len(body)) == (
        200,
        f"{content_type}; charset=utf-8",
        int(headers["content-length"]),
    )
    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")


def test_pages_of_others_do_not_get_it(ask: Callable[..., Answer]):
    assert ask("GET", "/_awsim/ui", {"host": "rebound.example"})[0] == 403
    assert ask("GET", "/_awsim/ui", {"sec-fetch-site": "cross-site"})[0] == 403
    assert ask("POST", "/_awsim/ui", {"content-type": "application/json"}, b"{}")[0] == 405


#: Becomes a command that has these two file descriptors as its 3 and 4.
WITH_PIPES = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for number, end in zip((3, 4), ends):
    os.dup2(end, number)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """Chromium, and one page of it."""

    def __init__(self, profile: Path) -> None:
        # Chromium reads commands from its file descriptor 3 and writes answers to 4.
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        command = [
            *(str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
            *("--remote-debugging-pipe", f"--user-data-dir={profile}", "--no-first-run", "--window-size=1200,900"),
        ]
        self._process = subprocess.Popen(
            [sys.executable, "-c", WITH_PIPES, str(commands), str(answers), *command],
            pass_fds=(commands, answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self._received = b""
        self._last = 0
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    _session: str | None = None

    def send(self, method: str, **parameters: Any) -> Any:
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self._received:
                piece = os.read(self._answers, 65536)
                assert piece, "the browser has ended"
                self._received += piece
            text, _, self._received = self._received.partition(b"\0")
            answer = json.loads(text)
            if answer.get("id") == self._last:
                assert "error" not in answer, answer
                return answer["result"]

    def evaluate(self, expression: str) -> Any:
        return self.send("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")

    def wait_for(self, expression: str) -> None:
        """Ask until it is true."""
        deadline = time.monotonic() + 20
        while not self.evaluate(expression):
            assert time.monotonic() < deadline, f"not so: {expression}\n{self.evaluate('document.body.innerText')}"
            time.sleep(0.05)

    def close(self) -> None:
        with contextlib.suppress(OSError, AssertionError):
            self._session = None
            self.send("Browser.close")
        os.close(self._commands)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._answers)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed here")
    browser = Browser(tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.close()


def test_the_page_shows_what_there_is(browser: Browser, server: Server):
    server.cloud.client("s3").create_bucket(Bucket="photos")
    sqs = server.cloud.client("sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=HOSTILE)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="none")
    server.cloud.faults.add("dynamodb.*", error="ThrottlingException", message=HOSTILE)
    browser.send("Page.navigate", url=f"{server.url}/_awsim/ui")
    browser.wait_for("document.querySelectorAll('#calls tr').length == 4")
    shown = browser.evaluate("document.body.innerText")
    for text in ("arn:aws:s3:::photos", "arn:aws:sqs:us-east-1:123456789012:orders", "sqs.SendMessage", server.url):
        assert text in shown
    assert "AWS.SimpleQueueService.NonExistentQueue: The specified queue does not exist." in shown
    assert f"MessageBody={HOSTILE}" in shown
    assert "dynamodb.*" in browser.evaluate("document.getElementById('faults').innerText")
    assert browser.evaluate("document.title") == "awsim"
    assert browser.evaluate("document.querySelectorAll('img').length") == 0
    assert browser.evaluate("document.querySelectorAll('#calls tr.failed').length") == 1


def test_the_page_moves_the_clock_and_removes_faults(browser: Browser, server: Server):
    server.cloud.faults.add("sqs.*", error="ThrottlingException")
    browser.send("Page.navigate", url=f"{server.url}/_awsim/ui")
    browser.wait_for("document.querySelector('#faults button') !== null")
    browser.evaluate("document.querySelector('#faults button').click()")
    browser.wait_for("document.getElementById('faults').innerText.startsWith('None')")
    assert len(server.cloud.faults) == 0
    browser.evaluate("document.querySelector('[data-advance=days]').click()")
    browser.wait_for("document.getElementById('problem').hidden")
    deadline = time.monotonic() + 10
    while server.cloud.clock.offset_seconds < 86_399:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    browser.evaluate("document.getElementById('freeze').click()")
    browser.wait_for("document.getElementById('time').textContent.endsWith(', frozen')")
    assert server.cloud.clock.frozen_at is not None


def test_calls_are_filtered(browser: Browser, server: Server):
    server.cloud.client("s3").create_bucket(Bucket="photos")
    server.cloud.client("sqs").list_queues()
    browser.send("Page.navigate", url=f"{server.url}/_awsim/ui")
    browser.wait_for("document.querySelectorAll('#calls tr').length == 2")
    browser.evaluate(
        "(() => { const box = document.getElementById('filter'); box.value = 'sqs.*';"
        " box.dispatchEvent(new Event('input')); })()"
    )
    browser.wait_for("document.querySelectorAll('#calls tr').length == 1")
    assert "sqs.ListQueues" in browser.evaluate("document.getElementById('calls').innerText")


def test_a_server_with_a_token_shows_nothing_without_it(browser: Browser):
    with Server(Cloud(), ServerOptions(port=0, token="s3cret")) as server:
        server.start()
        server.cloud.client("s3").create_bucket(Bucket="photos")
        browser.send("Page.navigate", url=f"{server.url}/_awsim/ui")
        browser.wait_for("!document.getElementById('problem').hidden")
        assert "needs the server's token" in browser.evaluate("document.getElementById('problem').textContent")
        assert "photos" not in browser.evaluate("document.body.innerText")
        browser.send("Page.navigate", url="about:blank")
        browser.send("Page.navigate", url=f"{server.url}/_awsim/ui#token=s3cret")
        browser.wait_for("document.body.innerText.includes('arn:aws:s3:::photos')")
        assert "s3cret" not in browser.evaluate("location.href")
