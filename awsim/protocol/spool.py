"""Long bodies out of memory: pieces as they come, gathered into bytes or, beyond a length, into a temporary file.

A spooled body is a read-only map of a file that has no name any more: it can be read, sliced and hashed like bytes, the
operating system may page it out, and it is gone with the last reference, however the process ends.
"""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Iterable

Buffer = bytes | mmap.mmap
Piece = bytes | memoryview

#: Bodies longer than this are spooled, in bytes.
SPOOL_LENGTH = 64 * 1024 * 1024


def gather(pieces: Iterable[Piece]) -> Buffer:
    """All pieces in one; each is copied once."""
    kept: list[Piece] = []
    size = 0
    rest = iter(pieces)
    for piece in rest:
        kept.append(piece)
        size += len(piece)
        if size > SPOOL_LENGTH:
            return _spool(kept, rest)
    if len(kept) == 1 and isinstance(kept[0], bytes):
        return kept[0]
    return b"".join(kept)


def _spool(kept: list[Piece], rest: Iterable[Piece]) -> Buffer:
    with tempfile.TemporaryFile(prefix="awsim-") as file:
        for piece in kept:
            file.write(piece)
        kept.clear()
        for piece in rest:
            file.write(piece)
        file.flush()
        # The map keeps the file: it needs neither the name nor this descriptor.
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
