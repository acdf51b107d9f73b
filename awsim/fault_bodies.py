"""Answers whose body breaks off: the connection closes before all of it has come.

Owns the body that does so. How a client tells its caller is each transport's business.
"""

from __future__ import annotations

from typing import Any

from awsim.errors import ConnectionFaultError
from awsim.protocol.http import Response


class TruncatedBody:
    """A body of which only a beginning comes; what would read on is told that the connection broke."""

    def __init__(self, beginning: bytes) -> None:
        self._left = beginning
        self.closed = False

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes. Raises ConnectionFaultError where there are no more, and where all are asked for."""
        if size == 0:
            return b""
        if size is None or size < 0 or not self._left:
            raise ConnectionFaultError("truncated")
        piece, self._left = self._left[:size], self._left[size:]
        return piece

    def close(self) -> None:
        """Nothing more is to be read."""
        self.closed = True


def truncate(response: Response, length: int) -> None:
    """Have a response's body break off after so many bytes, and before its last. One without a body stays whole."""
    body: Any = response.body
    has_length = isinstance(body, bytes) or hasattr(body, "read")
    whole = response.read()
    if not whole:
        return
    if has_length and response.header("content-length") is None:
        response.headers["Content-Length"] = str(len(whole))
    response.body = TruncatedBody(whole[: min(length, len(whole) - 1)])  # type: ignore[assignment]  # a file, but no more
