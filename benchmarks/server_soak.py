"""Mixed load on a server for a while, with as much data at its end as soon after its start: whether memory grows.

``python -m benchmarks.server --soak 600`` runs it for ten minutes; ``--rate`` bounds the calls a second, so that it can
run beside other work; ``--state-dir`` has it keep its state.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

#: How many keys, items and messages there are at a time.
THINGS = 200
CLIENTS = 4
#: What memory may grow by after the first quarter: what Python's allocator holds in reserve differs by that much.
GROWTH_MAX_MIB = 8.0
_SAMPLES = 40
#: How often a long run says how it fares.
_TELL_SECONDS = 60.0

_AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
)
_TABLE = {
    "TableName": "music",
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}


class Client:
    """One connection, and what it does in turn."""

    def __init__(self, port: int, number: int, counts: Counter[str], rate: float | None = None) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._queue_url = f"http://127.0.0.1:{port}/123456789012/orders"
        self._chance = random.Random(number)
        self._counts = counts
        self._rate = rate
        self._asked = 0

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        self._asked += 1
        self._connection.request(method, path, body, sent)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def call(self, target: str, **members: Any) -> dict[str, Any]:
        status, body = self.ask(
            "POST",
            "/",
            json.dumps(members).encode(),
            x_amz_target=target,
            content_type="application/x-amz-json-1.0",
        )
        assert status == 200, body
        self._counts[target] += 1
        return json.loads(body)

    def s3(self, method: str, path: str, body: bytes = b"", *statuses: int) -> None:
        status, said = self.ask(method, path, body, authorization=_AUTHORIZATION)
        assert status in (statuses or (200, 204)), said
        self._counts[f"s3 {method}"] += 1

    def prepare(self) -> None:
        self.call("AmazonSQS.CreateQueue", QueueName="orders")
        self.call("DynamoDB_20120810.CreateTable", **_TABLE)
        self.s3("PUT", "/photos")

    # -- what is done in turn ------------------------------------------------------------------------------------------

    def messages(self) -> None:
        self.call("AmazonSQS.SendMessage", QueueUrl=self._queue_url, MessageBody="x" * self._chance.randrange(1, 2000))
        received = self.call("AmazonSQS.ReceiveMessage", QueueUrl=self._queue_url, MaxNumberOfMessages=10)
        for message in received.get("Messages", ()):
            self.call("AmazonSQS.DeleteMessage", QueueUrl=self._queue_url, ReceiptHandle=message["ReceiptHandle"])

    def objects(self) -> None:
        path = f"/photos/{self._chance.randrange(THINGS)}"
        self.s3("PUT", path, b"x" * self._chance.choice((10, 1000, 40_000)))
        self.s3("GET", f"/photos/{self._chance.randrange(THINGS)}", b"", 200, 404)
        self.s3("GET", "/photos?list-type=2&max-keys=20")
        if self._chance.random() < 0.2:
            self.s3("DELETE", path)

    def items(self) -> None:
        key = {"id": {"S": str(self._chance.randrange(THINGS))}}
        self.call("DynamoDB_20120810.PutItem", TableName="music", Item={**key, "title": {"S": "x" * 500}})
        self.call("DynamoDB_20120810.GetItem", TableName="music", Key=key)
        self.call("DynamoDB_20120810.Scan", TableName="music", Limit=10)

    def faults(self) -> None:
        status, _ = self.ask("POST", "/", b"{", x_amz_target="AmazonSQS.SendMessage")
        assert status == 400
        self.s3("GET", "/nowhere/cat", b"", 404)
        self._counts["refused"] += 1
        self._connection.close()

    def run(self, until: float) -> None:
        turns: list[Callable[[], None]] = [self.messages, self.objects, self.items]
        started = time.monotonic()
        while time.monotonic() < until:
            for turn in turns:
                turn()
                if self._rate is not None:
                    time.sleep(max(0.0, started + self._asked / self._rate - time.monotonic()))
            if self._chance.random() < 0.05:
                self.faults()
        self._connection.close()


def soak(served: Any, seconds: float, rate: float | None = None) -> None:
    """Load a server that answers already, with so many calls a second or as many as it answers, and print what became
    of it. Raises RuntimeError where memory has grown."""
    counts: Counter[str] = Counter()
    Client(served.port, 0, counts).prepare()
    until = time.monotonic() + seconds
    failures: list[BaseException] = []

    def run(number: int) -> None:
        try:
            Client(served.port, number, counts, None if rate is None else rate / CLIENTS).run(until)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(CLIENTS)]
    before = served.cpu_seconds()
    for thread in threads:
        thread.start()
    memories = []
    told_at = time.monotonic()
    while any(thread.is_alive() for thread in threads):
        time.sleep(min(seconds / _SAMPLES, 5))
        memories.append(served.memory())
        if time.monotonic() - told_at > _TELL_SECONDS:
            told_at = time.monotonic()
            print(f"{sum(counts.values())} calls so far, {memories[-1]:.1f} MiB", flush=True)
    if failures:
        raise failures[0]
    quarter = max(memories[: len(memories) // 4])
    last = max(memories[-len(memories) // 4 :])
    total = sum(counts.values())
    spent = (served.cpu_seconds() - before) / total * 1000
    print(
        f"{total} calls in {seconds:.0f} s, {spent:.2f} ms of CPU each; memory {quarter:.1f} MiB at most in the first"
    )
    print(f"quarter, {last:.1f} MiB in the last: {last - quarter:+.1f} MiB", flush=True)
    if last - quarter > GROWTH_MAX_MIB:
        raise RuntimeError(f"memory grew: {', '.join(f'{memory:.0f}' for memory in memories)}")
