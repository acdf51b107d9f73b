"""ASGI's messages as the Gateway's request, and its response as ASGI's messages.

Owns the spelling of both; must not know what they say.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from awsim.protocol.http import Request, Response

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

#: How much of a body is given to the socket at a time, in bytes: what is not yet sent is not copied.
_PIECE = 256 * 1024
#: What no header's value may hold: with it a caller's text could become a header of its own.
_CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


async def read_body(receive: Receive) -> bytes | None:
    """The whole body; None where the caller left before its end."""
    message = await receive()
    if message["type"] == "http.disconnect":
        return None
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    pieces = [body]
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        pieces.append(message.get("body", b""))
    return b"".join(pieces)


class WireRequest(Request):
    """A request that came over a socket, and how it came: what answers it may change the rest."""

    __slots__ = ("scope", "sent")

    scope: Scope
    sent: bytes


def to_request(scope: Scope, body: bytes) -> WireRequest:
    """ASGI's scope and a body as a request: path and query as they were on the wire, repeated headers joined."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    request = WireRequest(
        scope["method"],
        scope["raw_path"].decode("latin-1") or "/",
        scope["query_string"].decode("latin-1"),
        None,
        body,
        headers.get("host", ""),
        scope["scheme"],
    )
    request.headers = headers
    request.scope, request.sent = scope, body
    return request


async def send_response(
    send: Send, method: str, response: Response, next_piece: Callable[[Iterator[bytes]], Awaitable[bytes]]
) -> None:
    """Send a response to a request of a method.

    ``next_piece`` gives the next piece of an iterator, b"" at its end; it may take its time.
    """
    headers = [(name.lower().encode("latin-1", "replace"), _value(value)) for name, value in response.headers.items()]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    body: Any = b"" if method == "HEAD" else response.body
    if isinstance(body, bytes) and len(body) <= _PIECE:
        await send({"type": "http.response.body", "body": body})
        return
    if isinstance(body, bytes):
        for view in _slices(body):
            await send({"type": "http.response.body", "body": view, "more_body": True})
    elif hasattr(body, "read"):
        while piece := body.read(_PIECE):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    else:
        pieces = iter(body)
        while piece := await next_piece(pieces):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _value(value: str) -> bytes:
    try:
        encoded = value.encode("latin-1")
    except UnicodeEncodeError:
        encoded = value.encode()
    return _CONTROLS.sub(b" ", encoded) if _CONTROLS.search(encoded) else encoded


def _slices(body: bytes) -> Iterator[memoryview]:
    view = memoryview(body)
    for start in range(0, len(body), _PIECE):
        yield view[start : start + _PIECE]
