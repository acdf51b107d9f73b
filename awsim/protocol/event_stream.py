"""AWS's binary framing of event streams: messages of typed headers and a payload, each with two checksums.

Owns the bytes of a message and nothing of what it means: not which headers say what, nor the shapes of events.

A message is a prelude (total length, length of the headers, CRC32 of these two), the headers, the payload and the CRC32
of all before it; numbers are big-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID
from zlib import crc32

from awsim.errors import ServiceException

HeaderValue = bool | int | bytes | str | datetime | UUID

#: AWS's limits, in bytes.
HEADERS_LENGTH_MAX = 128 * 1024
PAYLOAD_LENGTH_MAX = 24 * 1024 * 1024

_PRELUDE = struct.Struct(">III")
_CRC = struct.Struct(">I")
#: What is around headers and payload: the prelude and the final checksum.
_FRAME_LENGTH = _PRELUDE.size + _CRC.size
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def encode_message(headers: Mapping[str, HeaderValue], payload: bytes) -> bytes:
    """One message. Integers are written as 32 bits where they fit, else 64; naive datetimes count as UTC.

    Raises ValueError for what the format cannot hold: names over 255 bytes, values over 32,767, numbers over 64 bits.
    """
    written = b"".join(_write_header(name, value) for name, value in headers.items())
    if len(written) > HEADERS_LENGTH_MAX or len(payload) > PAYLOAD_LENGTH_MAX:
        raise ValueError(f"message of {len(written)} bytes of headers and {len(payload)} of payload is too large")
    start = struct.pack(">II", _FRAME_LENGTH + len(written) + len(payload), len(written))
    message = start + _CRC.pack(crc32(start)) + written + payload
    return message + _CRC.pack(crc32(message))


def decode_messages(chunks: Iterable[bytes]) -> Iterator[tuple[dict[str, HeaderValue], bytes]]:
    """The messages in a stream of bytes, however it is cut, each as soon as it is whole.

    Raises ServiceException (SerializationException) when it comes to what is no message, or to an end within one.
    """
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        while len(buffer) >= _PRELUDE.size:
            length, headers_length = _read_prelude(buffer)
            if len(buffer) < length:
                break
            message = bytes(buffer[:length])
            del buffer[:length]
            yield _read_message(message, headers_length)
    if buffer:
        raise _malformed("the stream ends within a message")


def _malformed(reason: str) -> ServiceException:
    return ServiceException("SerializationException", f"Could not decode the event stream: {reason}")


def _read_prelude(buffer: bytearray) -> tuple[int, int]:
    length, headers_length, checksum = _PRELUDE.unpack_from(buffer)
    if checksum != crc32(buffer[:8]):
        raise _malformed("the checksum of a message's prelude does not match")
    if headers_length > HEADERS_LENGTH_MAX:
        raise _malformed(f"a message has more than {HEADERS_LENGTH_MAX} bytes of headers")
    payload_length = length - headers_length - _FRAME_LENGTH
    if payload_length < 0:
        raise _malformed("a message is shorter than its headers")
    if payload_length > PAYLOAD_LENGTH_MAX:
        raise _malformed(f"a message has more than {PAYLOAD_LENGTH_MAX} bytes of payload")
    return length, headers_length


def _read_message(message: bytes, headers_length: int) -> tuple[dict[str, HeaderValue], bytes]:
    if _CRC.unpack_from(message, len(message) - _CRC.size)[0] != crc32(message[: -_CRC.size]):
        raise _malformed("the checksum of a message does not match")
    end = _PRELUDE.size + headers_length
    try:
        headers = _read_headers(message[_PRELUDE.size : end])
    except (IndexError, struct.error, UnicodeDecodeError, OverflowError):
        raise _malformed("a message's headers are not well-formed") from None
    return headers, message[end : -_CRC.size]


def _read_headers(data: bytes) -> dict[str, HeaderValue]:
    headers: dict[str, HeaderValue] = {}
    position = 0
    while position < len(data):
        name_end = position + 1 + data[position]
        name = data[position + 1 : name_end].decode()
        read = _READERS.get(data[name_end])
        if read is None:
            raise _malformed(f"a header has the unknown type {data[name_end]}")
        if name in headers:
            raise _malformed(f"the header {name!r} occurs twice in a message")
        headers[name], position = read(data, name_end + 1)
    return headers


# Values


def _write_header(name: str, value: HeaderValue) -> bytes:
    encoded = name.encode()
    if not 0 < len(encoded) < 256:
        raise ValueError(f"header name {name!r} does not have between 1 and 255 bytes")
    return bytes((len(encoded),)) + encoded + _write_value(name, value)


def _write_value(name: str, value: HeaderValue) -> bytes:
    if isinstance(value, bool):
        return b"\0" if value else b"\1"
    if isinstance(value, int):
        if not -(1 << 63) <= value < 1 << 63:
            raise ValueError(f"the header {name!r} is a number of more than 64 bits")
        return struct.pack(">Bi", 4, value) if -(1 << 31) <= value < 1 << 31 else struct.pack(">Bq", 5, value)
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return struct.pack(">Bq", 8, (moment - _EPOCH) // timedelta(milliseconds=1))
    if isinstance(value, UUID):
        return b"\x09" + value.bytes
    kind, data = (7, value.encode()) if isinstance(value, str) else (6, value)
    if len(data) > 0x7FFF:
        raise ValueError(f"the header {name!r} has more than 32767 bytes")
    return struct.pack(">BH", kind, len(data)) + data


_Reader = Callable[[bytes, int], tuple[Any, int]]


def _constant(value: bool) -> _Reader:
    return lambda _, position: (value, position)


def _number(code: str) -> _Reader:
    layout = struct.Struct(f">{code}")
    return lambda data, position: (layout.unpack_from(data, position)[0], position + layout.size)


def _take(data: bytes, start: int, length: int) -> tuple[bytes, int]:
    if start + length > len(data):
        raise IndexError
    return data[start : start + length], start + length


def _read_bytes(data: bytes, position: int) -> tuple[bytes, int]:
    return _take(data, position + 2, struct.unpack_from(">H", data, position)[0])


def _read_text(data: bytes, position: int) -> tuple[str, int]:
    taken, position = _read_bytes(data, position)
    return taken.decode(), position


def _read_timestamp(data: bytes, position: int) -> tuple[datetime, int]:
    milliseconds = struct.unpack_from(">q", data, position)[0]
    return _EPOCH + timedelta(milliseconds=milliseconds), position + 8


def _read_uuid(data: bytes, position: int) -> tuple[UUID, int]:
    taken, position = _take(data, position, 16)
    return UUID(bytes=taken), position


_READERS: dict[int, _Reader] = {
    0: _constant(True),
    1: _constant(False),
    2: _number("b"),
    3: _number("h"),
    4: _number("i"),
    5: _number("q"),
    6: _read_bytes,
    7: _read_text,
    8: _read_timestamp,
    9: _read_uuid,
}
