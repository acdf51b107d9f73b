"""What an object holds: bytes, in the chunks in which they came.

A completed multipart upload keeps its parts as they are, so that nothing is copied when it is put together. Knows no
requests. Everything is kept in memory; spooling long bodies to files is future work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import attrs


@attrs.frozen(eq=False)
class Body:
    """Immutable bytes. ``size`` in bytes."""

    chunks: tuple[bytes, ...]
    size: int

    @classmethod
    def of(cls, *chunks: bytes) -> Body:
        return cls(chunks, sum(map(len, chunks)))

    @classmethod
    def join(cls, bodies: Iterable[Body]) -> Body:
        """Several bodies as one, without copying what they hold."""
        return cls.of(*(chunk for body in bodies for chunk in body.chunks))

    def read(self) -> bytes:
        """All of it."""
        return self.chunks[0] if len(self.chunks) == 1 else b"".join(self.chunks)

    def slice(self, first: int, last: int) -> Body:
        """The bytes from ``first`` to ``last``, both included."""
        return Body.of(*self._pieces(first, last + 1))

    def _pieces(self, start: int, end: int) -> Iterator[bytes]:
        offset = 0
        for chunk in self.chunks:
            if offset < end and start < offset + len(chunk):
                yield chunk[max(start - offset, 0) : end - offset]
            offset += len(chunk)

    def md5(self) -> bytes:
        """The MD5 digest, which is the entity tag of most objects."""
        digest = hashlib.md5(usedforsecurity=False)
        for chunk in self.chunks:
            digest.update(chunk)
        return digest.digest()


EMPTY = Body.of(b"")
