"""The plain HTTP request and response that everything inside awsim speaks.

Owns the two message values and nothing else: no transport, no AWS. Every transport (botocore, an HTTP server, a call
between services) turns its own objects into these at the edge, once.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from mmap import mmap
from typing import Any, BinaryIO
from urllib.parse import parse_qsl

from awsim.protocol.spool import Buffer, gather

#: How much of a stream is read at a time, in bytes.
_PIECE = 1 << 20

Body = bytes | BinaryIO | Iterable[bytes]


class Request:
    """One HTTP request.

    ``path`` and ``query_string`` are as they were on the wire (percent-encoded). ``headers`` has lower-case names, each
    once; repeated headers are joined by ``", "``. ``body`` is bytes, or a readable binary file for streams.
    ``computed_checksum`` is the header whose checksum the transport itself has just computed of the body.
    """

    __slots__ = ("_query", "body", "computed_checksum", "headers", "host", "method", "path", "query_string", "scheme")

    def __init__(
        self,
        method: str,
        path: str = "/",
        query_string: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes | BinaryIO = b"",
        host: str = "",
        scheme: str = "https",
    ) -> None:
        self.method = method
        self.path = path
        self.query_string = query_string
        self.headers: dict[str, str] = {k.lower(): v for k, v in headers.items()} if headers else {}
        self.body = body
        self.host = host or self.headers.get("host", "")
        self.scheme = scheme
        self.computed_checksum = ""
        self._query: dict[str, list[str]] | None = None

    @property
    def query(self) -> dict[str, list[str]]:
        """The decoded query string, parsed once: name -> values in order; a name without ``=`` has the value ``""``."""
        query = self._query
        if query is None:
            query = self._query = parse_query(self.query_string) if self.query_string else {}
        return query

    def read(self) -> bytes:
        """The whole body as bytes. A stream is read once and kept."""
        body = self.body
        if not isinstance(body, bytes):
            body = self.body = bytes(body) if isinstance(body, mmap) else b"".join(self.pieces())
        return body

    def pieces(self) -> Iterator[bytes]:
        """The body as it comes. A stream can be read so only once."""
        body = self.body
        if isinstance(body, bytes):
            return iter((body,))
        # botocore's wrapper for chunked uploads takes quadratic time when it is read all at once.
        return iter(functools.partial(body.read, _PIECE), b"")

    def gather(self) -> Buffer:
        """The whole body, out of memory if it is long. A stream is read once and kept."""
        body = self.body
        if not isinstance(body, (bytes, mmap)):
            body = self.body = gather(self.pieces())  # type: ignore[assignment]  # a map reads as a file
        return body  # type: ignore[return-value]  # narrowed above

    def __repr__(self) -> str:
        query = f"?{self.query_string}" if self.query_string else ""
        return f"<Request {self.method} {self.scheme}://{self.host}{self.path}{query}>"


class Response:
    """One HTTP response.

    ``headers`` has its names as AWS writes them (``Content-Type``, ``x-amzn-RequestId``), each once; ask for one with
    :meth:`header`. ``body`` is bytes, a readable binary file, or an iterable of byte chunks (event streams).
    """

    __slots__ = ("body", "headers", "status_code")

    def __init__(self, status_code: int = 200, headers: dict[str, str] | None = None, body: Body = b"") -> None:
        self.status_code = status_code
        self.headers: dict[str, str] = {} if headers is None else headers
        self.body = body

    def header(self, name: str) -> str | None:
        """A header, however its name is written."""
        name = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == name), None)

    def read(self) -> bytes:
        """The whole body as bytes. A stream is read once and kept."""
        body: Any = self.body
        if not isinstance(body, bytes):
            body = self.body = body.read() if hasattr(body, "read") else b"".join(body)
        return body  # type: ignore[no-any-return]  # narrowed by the read above

    def __repr__(self) -> str:
        return f"<Response {self.status_code}>"


def parse_query(query_string: str) -> dict[str, list[str]]:
    """Decode a query string or a form body: names to values, in the order they came; blank values are kept."""
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(query_string, keep_blank_values=True, errors="strict"):
        query.setdefault(name, []).append(value)
    return query
