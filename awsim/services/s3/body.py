"""What an object holds: bytes, in the chunks in which they came, or, of a long body, the map of a file.

A completed multipart upload keeps its parts as they are, so that nothing is copied when it is put together, unless it
is long. Knows no requests.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from awsim.protocol import checksums, spool
from awsim.protocol.spool import Buffer

#: What is longer is read from its chunks instead of being joined, in bytes.
_JOINED_LENGTH_MAX = 1024 * 1024


@attrs.frozen(eq=False)
class Body:
    """Immutable bytes. ``size`` in bytes; a chunk may be the map of a file, which reads like bytes."""

    chunks: tuple[bytes, ...]
    size: int

    @classmethod
    def of(cls, *chunks: Buffer | memoryview) -> Body:
        return cls(chunks, sum(map(len, chunks)))  # type: ignore[arg-type]  # maps and views are as good as bytes

    @classmethod
    def join(cls, bodies: Iterable[Body]) -> Body:
        """Several bodies as one, without copying what they hold, unless that is so much that it goes to a file."""
        joined = cls.of(*(chunk for body in bodies for chunk in body.chunks))
        if joined.size > spool.SPOOL_LENGTH and len(joined.chunks) > 1:
            return cls.of(spool.gather(joined.chunks))
        return joined

    @property
    def length_in_memory(self) -> int:
        """How much of it takes memory of its own, in bytes, rather than being in a file or part of another body."""
        return sum(len(chunk) for chunk in self.chunks if isinstance(chunk, bytes))

    def read(self) -> bytes:
        """All of it, in memory."""
        if len(self.chunks) == 1:
            chunk = self.chunks[0]
            return chunk if isinstance(chunk, bytes) else bytes(chunk)
        return b"".join(self.chunks)

    def open(self) -> bytes | io.BufferedIOBase:
        """All of it, to be read without having it in memory once more: itself, or a file."""
        if self.size <= _JOINED_LENGTH_MAX or (len(self.chunks) == 1 and isinstance(self.chunks[0], bytes)):
            return self.read()
        return _Reader(self.chunks)

    def slice(self, first: int, last: int) -> Body:
        """The bytes from ``first`` to ``last``, both included."""
        return Body.of(*self._pieces(first, last + 1))

    def _pieces(self, start: int, end: int) -> Iterator[bytes | memoryview]:
        offset = 0
        for chunk in self.chunks:
            size = len(chunk)
            if offset < end and start < offset + size:
                first, behind = max(start - offset, 0), min(end - offset, size)
                if first == 0 and behind == size:
                    yield chunk
                elif behind - first <= _JOINED_LENGTH_MAX:
                    yield bytes(memoryview(chunk)[first:behind])
                else:
                    yield memoryview(chunk)[first:behind]
            offset += size

    def md5(self) -> bytes:
        """The MD5 digest, which is the entity tag of most objects."""
        digest = hashlib.md5(usedforsecurity=False)
        for chunk in self.chunks:
            digest.update(chunk)
        return digest.digest()

    def checksum(self, algorithm: str) -> bytes:
        """The digest by one of S3's algorithms. Raises KeyError for one that is not known."""
        made = checksums.new(algorithm)
        for chunk in self.chunks:
            checksums.update(made, chunk)
        return made.digest()

    # Bodies never change, so that copies of a store may have the very same: what is long is pickled out of band.

    def __deepcopy__(self, memo: dict[int, Any]) -> Body:
        return self

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        if self.size <= _JOINED_LENGTH_MAX or protocol < 5:
            return Body, (tuple(bytes(chunk) for chunk in self.chunks), self.size)
        return _restore, (self.size, *map(pickle.PickleBuffer, self.chunks))


def _restore(size: int, *buffers: Any) -> Body:
    # What comes back are the very buffers that were given, or bytes where they were pickled with the rest.
    return Body(tuple(one if isinstance(one, bytes) else _exporter(one) for one in buffers), size)


def _exporter(buffer: Any) -> Any:
    return memoryview(buffer).obj


class _Reader(io.BufferedIOBase):
    """Reads a body's chunks as one file."""

    def __init__(self, chunks: tuple[bytes, ...]) -> None:
        self._views = iter([memoryview(chunk) for chunk in chunks])
        self._view = memoryview(b"")
        self._position = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def _next(self, size: int) -> memoryview:
        """The next bytes that are in one piece, at most ``size``; none at the end."""
        while not len(self._view):
            view = next(self._views, None)
            if view is None:
                return self._view
            self._view = view
        taken, self._view = self._view[:size], self._view[size:]
        self._position += len(taken)
        return taken

    def read(self, size: int | None = -1, /) -> bytes:
        remaining = -1 if size is None or size < 0 else size
        pieces = []
        while remaining:
            piece = self._next(remaining if remaining > 0 else len(self._view) or 1 << 62)
            if not len(piece):
                break
            pieces.append(piece)
            if remaining > 0:
                remaining -= len(piece)
        return b"".join(pieces)

    def readinto(self, buffer: Any, /) -> int:
        into = memoryview(buffer)
        piece = self._next(len(into))
        into[: len(piece)] = piece
        return len(piece)


EMPTY = Body.of(b"")
