"""kill -9 while calls are answered: what is left is a state that loads, without a hole, and whole but for the last
second. Here a few times; ``tox -e kill`` does it fifty times."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

KILLS = int(os.environ.get("AWSIM_KILLS", "3"))
#: What may be lost, in seconds.
LOSS_MAX = 1.0
_TABLE = {
    "TableName": "music",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}
#: With checkpoints so often that some are being made at the kill.
_SERVE = """
from awsim.cli.main import main
from awsim.server import persistence

persistence.ENTRIES_MAX = 200
main()
"""
_S3 = {
    "authorization": "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/s3/aws4_request, SignedHeaders=host,"
    " Signature=0"
}


class Process:
    """A server in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, "serve", "--port", "0", "--state-dir", str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.startswith("awsim listens at "), self._process.communicate()
        self.address = urlsplit(line.split()[3].rstrip(",")).netloc
        self._connection = http.client.HTTPConnection(self.address, timeout=30)

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        said = answer.read()
        assert answer.status < 300, said
        return said

    def call(self, target: str, **body: object) -> dict[str, object]:
        headers = {"x-amz-target": target, "content-type": "application/x-amz-json-1.0"}
        return json.loads(self.ask("POST", "/", headers, json.dumps(body).encode()) or b"{}")

    def kill(self) -> None:
        """End it at once."""
        self._process.send_signal(signal.SIGKILL)

    def end(self) -> str:
        """Let go of one that has ended; what it said in its log."""
        self._connection.close()
        return self._process.communicate(timeout=60)[1]

    def stop(self) -> str:
        self._process.terminate()
        said = self.end()
        assert self._process.returncode == 0, said
        return said


def write(server: Process, number: int) -> None:
    """One write, of one of three services by turns; each tells its number."""
    kind = number % 3
    if kind == 0:
        server.call(
            "AmazonSQS.SendMessage", QueueUrl=f"http://{server.address}/123456789012/q", MessageBody=str(number)
        )
    elif kind == 1:
        server.call("DynamoDB_20120810.PutItem", TableName="music", Item={"id": {"S": str(number)}})
    else:
        body = b"x" * (40_000 if number % 10 == 0 else 100)
        server.ask("PUT", f"/photos/{number:08}", _S3, body)


def written(server: Process) -> set[int]:
    """The numbers of all writes that the server knows."""
    found: set[int] = set()
    start: dict[str, object] = {}
    while True:
        page = server.call("DynamoDB_20120810.Scan", TableName="music", **start)
        found.update(int(item["id"]["S"]) for item in page["Items"])  # type: ignore[attr-defined]
        if "LastEvaluatedKey" not in page:
            break
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    token = "/photos?list-type=2&start-after="
    after = ""
    while True:
        listed = server.ask("GET", f"{token}{after}", _S3).decode()
        keys = [text.partition("<")[0] for text in listed.split("<Key>")[1:]]
        found.update(map(int, keys))
        if "<IsTruncated>true" not in listed:
            break
        after = keys[-1]
    told = server.ask(
        "GET",
        f"/_aws/sqs/messages?QueueUrl=http://{server.address}/123456789012/q",
        {"accept": "application/json"},
    )
    messages = json.loads(told)["ReceiveMessageResponse"]["ReceiveMessageResult"]["Message"] or []
    found.update(int(message["Body"]) for message in messages)
    return found


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 on this system")
def test_nothing_older_than_a_second_is_lost_by_kill_9(tmp_path: Path) -> None:
    chance = random.Random(KILLS)  # the same kills each time
    server = Process(tmp_path)
    server.call("AmazonSQS.CreateQueue", QueueName="q")
    server.call("DynamoDB_20120810.CreateTable", **_TABLE)
    server.ask("PUT", "/photos", _S3)
    time.sleep(LOSS_MAX)
    number = 0
    answered: list[tuple[float, int]] = []
    killed = 0.0
    for _ in range(KILLS):

        def kill(server: Process = server) -> None:
            nonlocal killed
            killed = time.monotonic()
            server.kill()

        timer = threading.Timer(chance.uniform(0.1, 1.6), kill)
        timer.start()
        try:
            while True:
                write(server, number)
                answered.append((time.monotonic(), number))
                number += 1
                if number % 150 == 0:
                    server.ask(
                        "POST", "/_awsim/clock", {"content-type": "application/json"}, b'{"advance": {"seconds": 60}}'
                    )
        except (OSError, http.client.HTTPException):
            number += 1  # it may have been done
        timer.join()
        said = server.end()
        assert "Traceback" not in said, said
        server = Process(tmp_path)
        there = written(server)
        due = {each for moment, each in answered if moment <= killed - LOSS_MAX}
        assert due <= there, f"lost: {sorted(due - there)}"
        # What is lost is the end, not something before it.
        known = sorted(each for _, each in answered)
        kept = [each for each in known if each in there]
        assert kept == known[: len(kept)]
        answered = [(0.0, each) for each in kept]
    said = server.stop()
    assert "came out otherwise" not in said
    assert "damaged" not in said
