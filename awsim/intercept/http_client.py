"""The standard library's requests for AWS, by http.client and so by urllib.request, answered by the active Cloud.

A connection gets, in the place of a socket, what takes its request down and has the answer when that is asked for.
"""

from __future__ import annotations

from http.client import HTTPConnection, HTTPSConnection, RemoteDisconnected, parse_headers, responses
from io import BytesIO
from typing import Any

from awsim.errors import ConnectionFaultError
from awsim.fault_bodies import TruncatedBody
from awsim.intercept import escape, http_clients, patches
from awsim.protocol.http import Response

_PIECE = 1 << 20


class _Line:
    """What a connection reads and writes instead of a socket."""

    def __init__(self, host: str, scheme: str) -> None:
        self._host = host
        self._scheme = scheme
        self._sent = bytearray()

    def sendall(self, data: Any) -> None:
        """Take more of a request down. Raises TypeError for what is no bytes, and http.client then looks into it."""
        self._sent += memoryview(data)

    def makefile(self, mode: str) -> BytesIO:
        """The whole answer to what was sent, as bytes on the wire."""
        sent, self._sent = bytes(self._sent), bytearray()
        try:
            return BytesIO(self._answer(sent))
        except Exception as error:
            # http.client makes its response around this file first, and on Python 3.13 complains of one half made.
            return _Failure(error)

    def _answer(self, sent: bytes) -> bytes:
        head, _, body = sent.partition(b"\r\n\r\n")
        line, _, fields = head.partition(b"\r\n")
        method, target, _ = line.decode("latin-1").split(" ", 2)
        headers: dict[str, str] = {}
        for name, value in parse_headers(BytesIO(fields + b"\r\n\r\n")).items():
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        if any(value.lower() == "chunked" for name, value in headers.items() if name.lower() == "transfer-encoding"):
            body = _unchunked(body)
        scheme, host, target = http_clients.destination(self._scheme, self._host, target)
        cloud = http_clients.answering_cloud(host, f"{scheme}://{host}{target}")
        if cloud is None:
            raise RemoteDisconnected("the Cloud at the other end of this connection is no longer active")
        try:
            response = http_clients.answer(cloud, method, scheme, host, target, headers, body)
        except ConnectionFaultError as fault:
            raise _broken_connection(fault) from fault
        return _on_the_wire(response, method)

    def close(self) -> None:
        """Nothing is held."""

    def settimeout(self, seconds: float | None) -> None:
        """Nothing is waited for."""


class _Failure(BytesIO):
    """In the place of an answer: the error that its first line is."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def readline(self, size: int | None = -1, /) -> bytes:
        raise self._error


def _broken_connection(fault: ConnectionFaultError) -> Exception:
    """What the standard library raises where a fault broke the connection."""
    if fault.kind in ("connect_timeout", "read_timeout"):
        return TimeoutError(str(fault))
    return RemoteDisconnected(str(fault)) if fault.kind == "closed" else ConnectionResetError(104, str(fault))


def _unchunked(data: bytes) -> bytes:
    """A body that http.client sent in chunks."""
    body, stream = bytearray(), BytesIO(data)
    while size := int(stream.readline(), 16):
        body += stream.read(size)
        stream.readline()
    return bytes(body)


def _on_the_wire(response: Response, method: str) -> bytes:
    headers, body = response.headers, _content(response)
    has_body = method != "HEAD" and response.status_code not in (204, 304)
    if has_body and response.header("content-length") is None:
        headers = {**headers, "Content-Length": str(len(body))}
    reason = responses.get(response.status_code, "")
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {response.status_code} {reason}\r\n{head}\r\n".encode("latin-1") + (body if has_body else b"")


def _content(response: Response) -> bytes:
    """The body; of one that breaks off, what comes of it, and http.client sees that it is not all."""
    body: Any = response.body
    if not isinstance(body, TruncatedBody):
        return response.read()
    content = bytearray()
    while True:
        try:
            content += body.read(_PIECE)
        except ConnectionFaultError:
            return bytes(content)


def _send(real: Any) -> Any:
    def send(self: Any, data: Any) -> None:
        if self.sock is None and isinstance(data, (bytes, bytearray)):
            scheme = "https" if isinstance(self, HTTPSConnection) else "http"
            beyond = self._tunnel_host or self.host  # what a proxy is to connect to
            _, _, rest = bytes(data.partition(b"\r\n")[0]).decode("latin-1").partition(" ")
            sent_to, host, target = http_clients.destination(scheme, beyond, rest.rpartition(" ")[0])
            url = f"{sent_to}://{host}{target}"
            if http_clients.answering_cloud(host, url) is not None:
                self.sock = _Line(beyond, scheme)
            else:
                escape.check(host, url)
        real(self, data)

    return send


def declare() -> None:
    """Take the standard library's requests for AWS over while a Cloud is active."""
    patches.replace(HTTPConnection, "send", _send)
