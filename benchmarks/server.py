"""The server against moto's: start, memory, throughput on one core, latency at half of it, idle connections.

``python -m benchmarks.server`` runs all; names of figures run those; ``--soak SECONDS`` runs a mixed load for so long,
with ``--state-dir FOLDER`` on a server that keeps its state. Other loads come from wrk in another process, which has to
be installed (Debian: ``apt-get install wrk``). On Linux each side has a core of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.server_soak import soak

AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"
)
CONNECTIONS = 16
IDLE_CONNECTIONS = 10_000
SECONDS = 5


class Served:
    """A server in a process of its own, on the first core."""

    def __init__(self, command: list[str], port: int, *, is_ours: bool) -> None:
        self.is_ours = is_ours
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.started = time.perf_counter()
        self.process = subprocess.Popen([*_on_core(0), *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def until_answered(self) -> float:
        """Seconds from its start to its first answer."""
        while True:
            try:
                call(self.url, "sqs", "AmazonSQS.ListQueues", {})
            except OSError:
                if self.process.poll() is not None or time.perf_counter() - self.started > 60:
                    raise
                time.sleep(0.002)
            else:
                return time.perf_counter() - self.started

    def memory(self) -> float:
        """Resident memory in MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _on_core(number: int) -> list[str]:
    return ["taskset", "-c", str(number)] if shutil.which("taskset") and (os.cpu_count() or 1) > 1 else []


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@contextmanager
def serving(name: str, *options: str) -> Iterator[Served]:
    port = _free_port()
    command = {
        "awsim": [sys.executable, "-m", "awsim", "serve", "--port", str(port), *options],
        "moto": [sys.executable, "-c", "from moto.server import main; main()", "-p", str(port)],
    }[name]
    served = Served(command, port, is_ours=name == "awsim")
    try:
        yield served
    finally:
        served.process.terminate()
        served.process.wait()


def call(url: str, service: str, target: str, body: dict[str, object]) -> dict[str, object]:
    headers = {
        "x-amz-target": target,
        "content-type": "application/x-amz-json-1.0",
        "authorization": AUTHORIZATION.format(service),
    }
    request = urllib.request.Request(f"{url}/", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


# -- what is called ----------------------------------------------------------------------------------------------------


def send_message(url: str) -> dict[str, str]:
    queue_url = call(url, "sqs", "AmazonSQS.CreateQueue", {"QueueName": "orders"})["QueueUrl"]
    return _json_call("sqs", "AmazonSQS.SendMessage", {"QueueUrl": queue_url, "MessageBody": "x" * 200})


def put_object(url: str) -> dict[str, str]:
    headers = {"authorization": AUTHORIZATION.format("s3")}
    urllib.request.urlopen(urllib.request.Request(f"{url}/photos", b"", headers, method="PUT"), timeout=30).close()
    return {"method": "PUT", "path": "/photos/cat", "body": "x" * 1024, "authorization": headers["authorization"]}


def put_item(url: str) -> dict[str, str]:
    call(
        url,
        "dynamodb",
        "DynamoDB_20120810.CreateTable",
        {
            "TableName": "music",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    )
    item = {"id": {"S": "one"}, "title": {"S": "x" * 200}, "year": {"N": "1999"}}
    return _json_call("dynamodb", "DynamoDB_20120810.PutItem", {"TableName": "music", "Item": item})


def _json_call(service: str, target: str, body: dict[str, object]) -> dict[str, str]:
    return {
        "method": "POST",
        "path": "/",
        "body": json.dumps(body),
        "x-amz-target": target,
        "content-type": "application/x-amz-json-1.0",
        "authorization": AUTHORIZATION.format(service),
    }


CALLS: dict[str, Callable[[str], dict[str, str]]] = {
    "sqs.SendMessage": send_message,
    "s3.PutObject": put_object,
    "dynamodb.PutItem": put_item,
}


# -- the load ----------------------------------------------------------------------------------------------------------


def load(served: Served, request: dict[str, str], seconds: float, rate: float | None = None) -> tuple[float, float]:
    """Requests per second, and the 99th percentile of latency in milliseconds. A rate makes connections pause."""
    request = dict(request)
    script = [f"wrk.method = {json.dumps(request.pop('method'))}", f"wrk.body = [[{request.pop('body')}]]"]
    path = request.pop("path")
    script += [f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in request.items()]
    if rate is not None:
        script.append(f"function delay() return {round(CONNECTIONS / rate * 1000)} end")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write("\n".join(script))
        file.flush()
        told = subprocess.run(
            [
                *_on_core(1),
                *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "--latency", "-s", file.name),
                f"{served.url}{path}",
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    if served.is_ours and ("Non-2xx" in told or "Socket errors" in told):
        raise RuntimeError(told)
    per_second = float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", told).groups()
    return per_second, float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


# -- the figures -------------------------------------------------------------------------------------------------------


def start() -> None:
    for name in ("awsim", "moto"):
        seconds, memories = [], []
        for _ in range(5):
            with serving(name) as served:
                seconds.append(served.until_answered())
                memories.append(served.memory())
        seconds.sort()
        print(
            f"{name:6} start to first answer {seconds[0]:.2f} s at best, {seconds[2]:.2f} s as a rule;"
            f" memory then {max(memories):.1f} MiB"
        )


def throughput() -> None:
    for call_name, prepare in CALLS.items():
        rates = {}
        for name in ("awsim", "moto"):
            with serving(name) as served:
                served.until_answered()
                request = prepare(served.url)
                load(served, request, 1)
                before = served.cpu_seconds()
                rate, p99 = load(served, request, SECONDS)
                spent = (served.cpu_seconds() - before) / (rate * SECONDS) * 1000
                rates[name] = rate
                line = f"{call_name:16} {name:6} {rate:7.0f} a second, {spent:6.2f} ms of CPU each, p99 {p99:.1f} ms"
                if name == "awsim":
                    half, p99_half = load(served, request, SECONDS, rate / 2)
                    line += f"; at {half:.0f} a second p99 {p99_half:.1f} ms"
                print(line, flush=True)
        print(f"{call_name:16} awsim answers {rates['awsim'] / rates['moto']:.1f} times as many", flush=True)


def _receive(connection: socket.socket) -> None:
    received = b""
    while not received.endswith(b"{}"):
        piece = connection.recv(1000)
        assert piece, "the server hung up"
        received += piece
    assert received.startswith(b"HTTP/1.1 200")


def idle() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = IDLE_CONNECTIONS + 200
    if hard < wanted:
        print(f"idle connections: the limit of open files is {hard}, {wanted} are needed")
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    request = b"POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: AmazonSQS.ListQueues\r\ncontent-length: 2\r\n\r\n{}"
    with serving("awsim") as served:
        served.until_answered()
        before = served.memory()
        connections = []
        for _ in range(IDLE_CONNECTIONS):
            one = socket.create_connection(("127.0.0.1", served.port), timeout=30)
            one.sendall(request)
            connections.append(one)
        for one in connections:
            _receive(one)
        held = served.memory()
        time.sleep(2)
        for one in connections:  # each answers again: none was lost
            one.sendall(request)
            _receive(one)
            one.close()
        print(f"{IDLE_CONNECTIONS} idle connections held, {(held - before) / IDLE_CONNECTIONS * 1024:.1f} KiB each")


def state() -> None:
    """What keeping state costs each call."""
    for call_name, prepare in CALLS.items():
        for label in ("no state kept", "state kept"):
            with tempfile.TemporaryDirectory() as folder:
                options = ("--state-dir", folder) if label == "state kept" else ()
                with serving("awsim", *options) as served:
                    served.until_answered()
                    request = prepare(served.url)
                    load(served, request, 1)
                    before = served.cpu_seconds()
                    rate, p99 = load(served, request, SECONDS)
                    spent = (served.cpu_seconds() - before) / (rate * SECONDS) * 1000
                    half, p99_half = load(served, request, SECONDS, rate / 2)
            print(
                f"{call_name:16} {label:13} {rate:7.0f} a second, {spent:6.2f} ms of CPU each, p99 {p99:.1f} ms;"
                f" at {half:.0f} a second p99 {p99_half:.1f} ms",
                flush=True,
            )


FIGURES = {"start": start, "throughput": throughput, "state": state, "idle": idle}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("figures", nargs="*", choices=[*FIGURES, []], default=[])
    parser.add_argument("--soak", type=float, metavar="SECONDS")
    parser.add_argument("--rate", type=float, metavar="CALLS_A_SECOND", help="of the soak; as many as it answers else")
    parser.add_argument("--state-dir", metavar="FOLDER")
    arguments = parser.parse_args()
    if arguments.soak is not None:
        with serving("awsim", *(("--state-dir", arguments.state_dir) if arguments.state_dir else ())) as served:
            served.until_answered()
            soak(served, arguments.soak, arguments.rate)
        return
    for name in arguments.figures or FIGURES:
        FIGURES[name]()


if __name__ == "__main__":
    main()
