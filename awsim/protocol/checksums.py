"""The checksums that S3 and its kin put on bodies.

Owns the algorithms; knows neither headers nor errors. CRC32C and CRC64NVME are not in the standard library. They are
done here in lanes: a long body is cut into some thousand equal stretches, whose checksums advance together, a byte of
each at a time, as tables applied to whole byte strings; checksums being linear, those of the stretches then add up.
Where AWS's own library (awscrt) has been loaded, by botocore or by the server, it does them, many times as fast.
"""

from __future__ import annotations

import functools
import hashlib
import sys
import zlib
from collections.abc import Callable
from typing import Protocol

from awsim.protocol.spool import Buffer

_PIECE = 1 << 20


class Checksum(Protocol):
    """A checksum in the making, as in ``hashlib``."""

    def update(self, data: bytes, /) -> None: ...

    def digest(self) -> bytes: ...


def new(algorithm: str) -> Checksum:
    """An empty checksum of an algorithm (``"crc32c"``, ``"CRC32C"``). Raises KeyError for one that is not known."""
    return _ALGORITHMS[algorithm.lower()]()


def checksum(algorithm: str, data: Buffer) -> bytes:
    """The digest of ``data``, in the byte order that AWS transfers. Raises KeyError for an unknown algorithm."""
    made = new(algorithm)
    update(made, data)
    return made.digest()


def update(made: Checksum, data: Buffer | memoryview) -> None:
    """Take more data into a checksum; what is no bytes in pieces, so that no more than one is copied at a time."""
    if isinstance(data, bytes):
        made.update(data)
        return
    with memoryview(data) as view:
        for start in range(0, len(view), _PIECE):
            made.update(bytes(view[start : start + _PIECE]))


class _Crc32:
    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes, /) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


class _Polynomial:
    """The arithmetic of one CRC with reflected bits, over its raw state (before the final inversion)."""

    def __init__(self, reflected: int, byte_count: int) -> None:
        self.byte_count = byte_count
        self.mask = (1 << (8 * byte_count)) - 1
        self.table = [self._advance_bits(index, reflected) for index in range(256)]
        #: For each byte of the state, what the table adds to it: ready for ``bytes.translate``.
        self.planes = [bytes(entry >> (8 * place) & 0xFF for entry in self.table) for place in range(byte_count)]
        self._jump = functools.cache(self._make_jump)

    @staticmethod
    def _advance_bits(state: int, reflected: int) -> int:
        for _ in range(8):
            state = state >> 1 ^ (reflected if state & 1 else 0)
        return state

    def advance(self, state: int, data: bytes) -> int:
        """The state after ``data``."""
        steps = _steps(len(data))
        if not steps:
            return self._advance_bytes(state, data)
        lanes = len(data) // steps
        body, rest = data[: lanes * steps], data[lanes * steps :]
        jump = self._jump(steps)
        for lane in self._advance_lanes(body, steps, lanes):
            state = self._apply(jump, state) ^ lane
        return self._advance_bytes(state, rest)

    def _advance_bytes(self, state: int, data: bytes) -> int:
        table = self.table
        for byte in data:
            state = table[(state ^ byte) & 0xFF] ^ state >> 8
        return state

    def _advance_lanes(self, body: bytes, steps: int, lanes: int) -> list[int]:
        """The states, from zero, after each of the stretches of ``steps`` bytes that ``body`` consists of."""
        load, planes = int.from_bytes, self.planes
        places = [0] * self.byte_count  # one long integer per byte of the state, with a byte for every lane
        for step in range(steps):
            index = (load(body[step::steps], "little") ^ places[0]).to_bytes(lanes, "little")
            higher = [*places[1:], 0]
            places = [load(index.translate(plane), "little") ^ rest for plane, rest in zip(planes, higher, strict=True)]
        columns = zip(*(place.to_bytes(lanes, "little") for place in places), strict=True)
        return [load(bytes(column), "little") for column in columns]

    def _make_jump(self, steps: int) -> list[list[int]]:
        """Tables, one per byte of the state, of what the state becomes over ``steps`` (a power of two) zero bytes."""
        images = [self._advance_bytes(1 << bit, b"\0") for bit in range(8 * self.byte_count)]
        while steps > 1:
            images = [_combine(images, image) for image in images]
            steps //= 2
        return [
            [_combine(images[8 * place : 8 * place + 8], byte) for byte in range(256)]
            for place in range(self.byte_count)
        ]

    @staticmethod
    def _apply(jump: list[list[int]], state: int) -> int:
        moved = 0
        for table in jump:
            moved ^= table[state & 0xFF]
            state >>= 8
        return moved


def _combine(images: list[int], bits: int) -> int:
    """The sum of the images of those bits that are set."""
    total = 0
    for image in images:
        if bits & 1:
            total ^= image
        bits >>= 1
    return total


def _steps(length: int) -> int:
    """How long the stretches should be: a power of two that weighs Python's steps against adding up; 0 for none."""
    return 0 if length < 1024 else 1 << max(4, (length // 16).bit_length() // 2)


class _Crc:
    """A CRC that begins and ends inverted."""

    def __init__(self, polynomial: _Polynomial) -> None:
        self._polynomial = polynomial
        self._state = polynomial.mask

    def update(self, data: bytes, /) -> None:
        self._state = self._polynomial.advance(self._state, data)

    def digest(self) -> bytes:
        return (self._state ^ self._polynomial.mask).to_bytes(self._polynomial.byte_count, "big")


class _Native:
    """A CRC that awscrt computes."""

    def __init__(self, advance: Callable[[bytes, int], int], byte_count: int) -> None:
        self._advance = advance
        self._byte_count = byte_count
        self._value = 0

    def update(self, data: bytes, /) -> None:
        self._value = self._advance(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(self._byte_count, "big")


def _new_crc(name: str, polynomial: Callable[[], _Polynomial], byte_count: int) -> Checksum:
    # Only where it is loaded already: loading it takes as long as hundreds of short bodies.
    native = getattr(sys.modules.get("awscrt.checksums"), name, None)
    return _Crc(polynomial()) if native is None else _Native(native, byte_count)


@functools.cache
def _crc32c() -> _Polynomial:
    return _Polynomial(0x82F63B78, 4)


@functools.cache
def _crc64nvme() -> _Polynomial:
    return _Polynomial(0x9A6C9329AC4BC9B5, 8)


_ALGORITHMS: dict[str, Callable[[], Checksum]] = {
    "crc32": _Crc32,
    "crc32c": lambda: _new_crc("crc32c", _crc32c, 4),
    "crc64nvme": lambda: _new_crc("crc64nvme", _crc64nvme, 8),
    "md5": lambda: hashlib.md5(usedforsecurity=False),
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
    "sha512": hashlib.sha512,
}

#: The algorithms that can be computed here, by the names in S3's headers. AWS knows the XXHash family besides.
ALGORITHMS = frozenset(_ALGORITHMS)
