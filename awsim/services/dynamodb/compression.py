"""Compressed objects of exports and imports: GZIP and ZSTD.

Knows nothing of what is in them.
"""

from __future__ import annotations

import gzip
import io
import zlib

from awsim.errors import MissingExtraError


class DamagedError(ValueError):
    """An object that is not compressed as its request says."""


def compress(data: bytes) -> bytes:
    """GZIP, the same bytes for the same data."""
    return gzip.compress(data, mtime=0)


def decompress(data: bytes, compression: str) -> bytes:
    """The data of an object compressed as ``NONE``, ``GZIP`` or ``ZSTD`` says. Raises DamagedError;
    MissingExtraError where ZSTD's library is not installed."""
    if compression == "NONE":
        return data
    try:
        return gzip.decompress(data) if compression == "GZIP" else _read_zstd(data)
    except (OSError, EOFError, zlib.error) as error:
        raise DamagedError(str(error)) from None


def _read_zstd(data: bytes) -> bytes:
    try:
        import zstandard
    except ImportError:
        raise MissingExtraError("reading ZSTD needs zstandard: pip install 'awsim[dynamodb]'") from None
    try:
        with zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True) as reader:
            return reader.read()
    except zstandard.ZstdError as error:
        raise DamagedError(str(error)) from None
