"""One HTTP connection: uvicorn's, with limits of its own and with bodies that are copied once.

Owns what uvicorn leaves open: how long a request's head may be and may take, and how a body is put together. Knows
nothing of requests' meaning.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

logger = logging.getLogger("awsim.server")

#: The longest head of a request, in bytes: S3 takes 8 KB of headers, presigned URLs with session tokens come on top.
HEAD_LENGTH_MAX = 64 * 1024
#: How long a head may take from its first byte to its last, in seconds.
HEAD_SECONDS_MAX = 60.0
#: The largest body: AWS's largest is S3's 5 GiB, and aws-chunked framing comes on top.
BODY_LENGTH_MAX = 5 * 1024**3 + 64 * 1024**2
#: How long a connection may stay open between two requests, in seconds.
IDLE_SECONDS_MAX = 3600

_REASONS = {
    400: "Bad Request",
    408: "Request Timeout",
    413: "Content Too Large",
    431: "Request Header Fields Too Large",
}


class Connection(HttpToolsProtocol):
    """A connection, from accepting it to its end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Of the head that is being read: whether it has begun, how long it is so far, and the end of its time.
        self._is_in_head = False
        self._head_length = 0
        self._head_deadline: asyncio.TimerHandle | None = None
        self._refusal = 400

    # -- the head ----------------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_in_head:
            self._head_length += len(data)
            if self._head_length > HEAD_LENGTH_MAX:
                self._refuse(431)
            elif self._head_deadline is None and not self.transport.is_closing():
                self._head_deadline = self.loop.call_later(HEAD_SECONDS_MAX, self._refuse, 408)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head = True
        self._head_length = 0

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._forget_deadline()
        length = len(self.url)
        for name, value in self.headers:
            length += len(name) + len(value) + 4
        if length > HEAD_LENGTH_MAX:
            self._refusal = 431
            raise ValueError(_REASONS[431])  # the parser tells uvicorn, which answers by send_400_response
        super().on_headers_complete()
        if self.cycle is not None:
            self.cycle.body = _Pieces()  # type: ignore[assignment]  # it is asked for its length and its bytes alone
        self.scope["awsim.abort"] = self.transport.abort  # type: ignore[typeddict-unknown-key]  # a key of our own

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_deadline()
        super().connection_lost(exc)

    def _forget_deadline(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None

    # -- the body ----------------------------------------------------------------------------------------------------

    def on_body(self, body: bytes) -> None:
        # uvicorn hands a body on as it comes; every operation needs the whole, so it is told when it is there.
        cycle = self.cycle
        if cycle.response_complete:
            return
        pieces: Any = cycle.body
        if pieces.__class__ is not _Pieces:
            return  # the caller has been answered already
        pieces.add(body)
        if pieces.length > BODY_LENGTH_MAX:
            self._refuse(413)

    # -- refusing ----------------------------------------------------------------------------------------------------

    def send_400_response(self, msg: str) -> None:
        """Answer what cannot be read, and hang up."""
        self._refuse(self._refusal)

    def _refuse(self, status_code: int) -> None:
        self._forget_deadline()
        self._is_in_head = False
        if self.transport.is_closing():
            return
        reason = _REASONS[status_code]
        logger.warning("%s: answered %d %s and closed the connection", _named(self.client), status_code, reason)
        body = f"{reason}\n"
        head = (
            f"HTTP/1.1 {status_code} {reason}\r\ncontent-type: text/plain; charset=utf-8\r\n"
            f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write((head + body).encode())
        self.transport.close()


def _named(client: tuple[str, int] | None) -> str:
    return "%s:%d" % client if client else "a client"


class _Pieces:
    """A body in the pieces in which it came, in place of the buffer that uvicorn would copy them through."""

    __slots__ = ("_pieces", "length")

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.length = 0

    def add(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self.length += len(piece)

    def __len__(self) -> int:
        return self.length

    def __bytes__(self) -> bytes:
        pieces = self._pieces
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
