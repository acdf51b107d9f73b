"""One HTTP connection: uvicorn's, with limits of its own and with bodies that are copied once.

Owns what uvicorn leaves open: how long a request's head may be and may take, and how a body is put together. Knows
nothing of requests' meaning.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, NoReturn

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

logger = logging.getLogger("awsim.server")

#: The longest head of a request, in bytes: S3 takes 8 KB of headers, presigned URLs with session tokens come on top.
HEAD_LENGTH_MAX = 64 * 1024
#: How much of a chunked body's framing (sizes, extensions, trailers) may come without any of the body, in bytes.
FRAMING_LENGTH_MAX = 64 * 1024
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
        # Of the body that is being read: whether some came just now, and how much came since that was none of it.
        self._is_in_body = False
        self._has_body = False
        self._framing_length = 0

    # -- the head ----------------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_in_head:
            self._head_length += len(data)
            if self._head_length > HEAD_LENGTH_MAX:
                self._refuse(431)
            elif self._head_deadline is None and not self.transport.is_closing():
                self._head_deadline = self.loop.call_later(HEAD_SECONDS_MAX, self._refuse, 408)
        elif self._has_body:
            self._has_body = False
            self._framing_length = 0
        elif self._is_in_body:
            self._framing_length += len(data)
            if self._framing_length > FRAMING_LENGTH_MAX:
                self._refuse(431)

    def on_header(self, name: bytes, value: bytes) -> None:
        # A header that comes after the body is passed over: it must not change who asks for what, and none of AWS's
        # SDKs sends one (the trailers of S3's checksums are part of the body).
        if self._is_in_head:
            super().on_header(name, value)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head = True
        self._head_length = 0

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._forget_deadline()
        length = len(self.url)
        hosts = 0
        for name, value in self.headers:
            length += len(name) + len(value) + 4
            if name == b"host":
                hosts += 1
            # Whoever says how much will come need not send it to be refused.
            elif name == b"content-length" and int(value) > BODY_LENGTH_MAX:
                self._fail(413)
        if length > HEAD_LENGTH_MAX:
            self._fail(431)
        if hosts > 1:  # RFC 9112, 3.2: nobody can tell which is meant
            self._fail(400)
        self._is_in_body = True
        self._has_body = False
        self._framing_length = 0
        super().on_headers_complete()
        if self.cycle is not None:
            self.cycle.body = _Pieces()  # type: ignore[assignment]  # it is asked for its length and its bytes alone
        self.scope["awsim.abort"] = self.transport.abort  # type: ignore[typeddict-unknown-key]  # a key of our own

    def on_message_complete(self) -> None:
        self._is_in_body = False
        super().on_message_complete()

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
        self._has_body = True
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

    def _fail(self, status_code: int) -> NoReturn:
        """Refuse from within the parser, which tells uvicorn, which answers by send_400_response."""
        self._refusal = status_code
        raise ValueError(_REASONS[status_code])

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
