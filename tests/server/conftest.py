"""A server of the test's own, and plain ways to talk to it."""

from __future__ import annotations

import functools
import http.client
import socket
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

import awsim
from awsim import Cloud
from awsim.server.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with awsim.serve(Cloud()) as server:
        yield server


@pytest.fixture(scope="session")
def session() -> boto3.session.Session:
    return boto3.session.Session()


@pytest.fixture
def client(server: Server, session: boto3.session.Session) -> Iterator[Callable[..., Any]]:
    """Makes unmodified boto3 clients that talk to the server through a socket."""
    made = []

    def client(service_name: str, **options: Any) -> Any:
        options = {
            "region_name": "us-east-1",
            "aws_access_key_id": "testing",
            "aws_secret_access_key": "testing",
            "endpoint_url": server.url,
            **options,
        }
        made.append(session.client(service_name, **options))
        return made[-1]

    yield client
    for one in made:
        one.close()


Answer = tuple[int, dict[str, str], bytes]


@pytest.fixture
def ask(server: Server, ask_of: Callable[..., Answer]) -> Callable[..., Answer]:
    """One plain HTTP request: its status, its headers by lower-case names, its body."""
    return functools.partial(ask_of, server)


@pytest.fixture
def ask_of() -> Callable[..., Answer]:
    """The same of any server."""

    def ask(
        server: Server,
        method: str,
        target: str,
        headers: dict[str, str] | None = None,
        body: bytes | str | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        try:
            headers = headers or {}
            connection.putrequest(method, target, skip_host="host" in headers, skip_accept_encoding=True)
            if isinstance(body, str):
                body = body.encode()
            if body is not None:
                headers = {"content-length": str(len(body)), **headers}
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        finally:
            connection.close()

    return ask


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], None]:
    """Wait for something that another thread brings about; fail where it does not."""

    def eventually(happened: Callable[[], object]) -> None:
        deadline = time.monotonic() + 20
        while not happened():
            assert time.monotonic() < deadline, "it did not happen"
            time.sleep(0.01)

    return eventually


@pytest.fixture
def talk(server: Server) -> Iterator[Callable[[bytes], bytes]]:
    """Send bytes as they are, and read until the server hangs up."""
    opened: list[socket.socket] = []

    def talk(sent: bytes) -> bytes:
        one = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        opened.append(one)
        one.sendall(sent)
        received = bytearray()
        while piece := one.recv(65536):
            received += piece
        return bytes(received)

    yield talk
    for one in opened:
        one.close()


@pytest.fixture(autouse=True)
def _no_leaks() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        yield
