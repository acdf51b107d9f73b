"""Encoded authorization messages: what a refusal tells only those who may call DecodeAuthorizationMessage.

Owns both directions, so that whatever is encoded here can be decoded. Knows nothing of why a call was refused.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import Any

# Deviation: AWS encrypts these messages; here they are deflated JSON behind a checksum, which tells them from foreign
# text but hides nothing.
_CHECKSUM_BYTES = 16
_PLAIN_BYTES_MAX = 1 << 20


def encode(details: Mapping[str, Any]) -> str:
    """The details of a refusal (``allowed``, ``explicitDeny``, ``matchedStatements``, ``failures``, ``context``) as the
    text that follows "Encoded authorization failure message:"."""
    packed = zlib.compress(json.dumps(details, separators=(",", ":")).encode(), 9)
    return base64.urlsafe_b64encode(_checksum(packed) + packed).decode().rstrip("=")


def decode(message: str) -> str:
    """The details as JSON text. Raises ValueError for anything that :func:`encode` has not made."""
    if not message.isascii():
        raise ValueError("not base64")
    raw = base64.b64decode(message + "=" * (-len(message) % 4), altchars=b"-_", validate=True)
    checksum, packed = raw[:_CHECKSUM_BYTES], raw[_CHECKSUM_BYTES:]
    if checksum != _checksum(packed):
        raise ValueError("the checksum does not fit")
    unpack = zlib.decompressobj()
    try:
        plain = unpack.decompress(packed, _PLAIN_BYTES_MAX)
    except zlib.error as error:
        raise ValueError("not deflated") from error
    if not unpack.eof or unpack.unused_data:
        raise ValueError("truncated, or more than a message")
    return plain.decode()


def _checksum(packed: bytes) -> bytes:
    return hashlib.sha256(b"authorization message\0" + packed).digest()[:_CHECKSUM_BYTES]
