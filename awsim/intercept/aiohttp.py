"""aiohttp's requests for AWS, presigned URLs and those signed by hand, answered by the active Cloud.

A connection to one of AWS's hosts is one within the process: aiohttp writes its request to it and reads the answer from
it, so redirects, streams, traces and all else of aiohttp stay aiohttp's own. aiohttp is no dependency: it is taken over
while a Cloud is active, once the user's code has imported it.
"""

from __future__ import annotations

import asyncio
import errno
import sys
from http.client import responses
from typing import TYPE_CHECKING, Any

from awsim.errors import ConnectionFaultError
from awsim.intercept import escape, http_clients, patches, waits
from awsim.protocol.http import Response

if TYPE_CHECKING:
    from awsim.cloud import Cloud


def _connect(real: Any) -> Any:
    async def connect(self: Any, req: Any, traces: Any, timeout: Any) -> Any:
        from aiohttp.client_proto import ResponseHandler
        from aiohttp.connector import Connection

        host = req.url.raw_host or ""
        cloud = http_clients.answering_cloud(host, str(req.url))
        if cloud is None:
            escape.check(host, str(req.url))
            return await real(self, req, traces, timeout)
        loop = asyncio.get_running_loop()
        protocol = ResponseHandler(loop)
        protocol.connection_made(_Connection(loop, protocol, cloud, req.url.scheme, host))
        protocol.force_close()  # not kept for a later request, which may not be this Cloud's
        return Connection(self, req.connection_key, protocol, loop)

    return connect


class _Connection(asyncio.Transport):
    """A connection that ends in a Cloud. It carries one request."""

    def __init__(self, loop: asyncio.AbstractEventLoop, protocol: Any, cloud: Cloud, scheme: str, host: str) -> None:
        super().__init__()
        self._loop = loop
        self._protocol = protocol
        self._cloud = cloud
        self._scheme = scheme
        self._host = host
        self._received = bytearray()
        self._continued = False
        self._answering: asyncio.Task[None] | None = None
        self._closing = False

    # -- what aiohttp writes -----------------------------------------------------------------------------------------

    def write(self, data: Any) -> None:
        self._received += data
        if self._answering is not None:
            return
        head, separator, body = bytes(self._received).partition(b"\r\n\r\n")
        if not separator:
            return
        line, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (text.partition(": ") for text in lines)}
        if headers.get("expect", "").lower() == "100-continue" and not self._continued:
            self._continued = True
            self._loop.call_soon(self._protocol.data_received, b"HTTP/1.1 100 Continue\r\n\r\n")
        whole = _whole_body(headers, body)
        if whole is not None:
            method, _, rest = line.partition(" ")
            self._answering = self._loop.create_task(self._answer(method, rest.rpartition(" ")[0], headers, whole))

    async def _answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> None:
        cloud, request = self._cloud, (method, self._scheme, self._host, target, headers, body)
        try:
            if waits.takes_real_time(cloud):
                response = await asyncio.to_thread(http_clients.answer, cloud, *request)
            else:
                response = http_clients.answer(cloud, *request)
        except ConnectionFaultError as fault:
            self._protocol.set_exception(_broken_connection(fault))
        except Exception as error:  # the caller's to see, as through boto3
            self._protocol.set_exception(error)
        else:
            if not self._closing:
                self._send(response, method)

    def _send(self, response: Response, method: str) -> None:
        body, broken = _read(response)
        status_code = response.status_code
        lines = [f"HTTP/1.1 {status_code} {responses.get(status_code, '')}"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        if response.header("content-length") is None and status_code not in (204, 304) and method != "HEAD":
            lines.append(f"Content-Length: {len(body)}")
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        self._protocol.data_received(head + body)
        if broken and not self._closing:
            self._closing = True
            self._protocol.connection_lost(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))

    # -- what else a transport has to have ---------------------------------------------------------------------------

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._loop.call_soon(self._protocol.connection_lost, None)

    def abort(self) -> None:
        self.close()

    def can_write_eof(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        """All there is has been read by then."""

    def resume_reading(self) -> None:
        """See :meth:`pause_reading`."""


def _whole_body(headers: dict[str, str], received: bytes) -> bytes | None:
    """A request's body, once all of it has come."""
    if "chunked" not in headers.get("transfer-encoding", "").lower():
        length = int(headers.get("content-length", 0))
        return received[:length] if len(received) >= length else None
    chunks: list[bytes] = []
    position = 0
    while (end := received.find(b"\r\n", position)) >= 0:
        size = int(received[position:end].partition(b";")[0], 16)
        chunk = received[end + 2 : end + 2 + size]
        position = end + 2 + size + 2
        if len(received) < position:
            return None
        if size == 0:
            return b"".join(chunks)
        chunks.append(chunk)
    return None


def _read(response: Response) -> tuple[bytes, bool]:
    """A response's body as far as it can be read, and whether it breaks there."""
    body: Any = response.body
    if isinstance(body, bytes):
        return body, False
    pieces: list[bytes] = []
    source = iter(lambda: body.read(1 << 16), b"") if hasattr(body, "read") else iter(body)
    try:
        pieces.extend(source)
    except ConnectionFaultError:
        return b"".join(pieces), True
    return b"".join(pieces), False


def _broken_connection(fault: ConnectionFaultError) -> Exception:
    """The exception of aiohttp for a connection that a fault broke."""
    aiohttp: Any = sys.modules["aiohttp"]
    error: Exception
    if fault.kind == "connect_timeout":
        error = getattr(aiohttp, "ConnectionTimeoutError", aiohttp.ServerTimeoutError)(str(fault))
    elif fault.kind == "read_timeout":
        error = getattr(aiohttp, "SocketTimeoutError", aiohttp.ServerTimeoutError)(str(fault))
    elif fault.kind == "reset":
        error = aiohttp.ClientOSError(errno.ECONNRESET, "Connection reset by peer")
    else:
        error = aiohttp.ServerDisconnectedError()
    return error


def _declare(connector: Any) -> None:
    patches.replace(connector.BaseConnector, "connect", _connect)


def declare() -> None:
    """Take requests of aiohttp over while a Cloud is active."""
    patches.when_imported("aiohttp.connector", _declare)
