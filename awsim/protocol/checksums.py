"""The checksums that S3 and its kin put on bodies.

Owns the algorithms; knows neither headers nor errors. CRC32C and CRC64NVME are not in the standard library. They are
done here as what they are, remainders of a division of polynomials: long data is first divided by a multiple of the
polynomial that has few terms, with shifts of long integers, and then what is left, by tables. Where AWS's own library
(awscrt) has been loaded, by botocore or by the server, it does them, many times as fast.
"""

from __future__ import annotations

import functools
import hashlib
import struct
import sys
import zlib
from collections.abc import Callable
from typing import Protocol

from awsim.protocol.spool import Buffer

_PIECE = 1 << 20
_WORD_LENGTH = 8
#: How many bytes are folded at once: more than fits the processor's cache is slower.
_FOLDED_LENGTH = 1 << 18
#: Up to how many bytes it is quicker not to fold.
_FOLDED_LENGTH_MIN = 1500


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
    """The arithmetic of one CRC with reflected bits, over its raw state (before the final inversion).

    ``reflected`` is the polynomial. ``degree`` and ``exponents`` are a multiple of it with few terms, its highest power
    of x and the others: what is divided by the polynomial may be divided by its multiple first, and that takes no more
    than a shift and an addition for each term, done on as many bits at once as lie between the two highest powers.
    Multiples with a wide gap were found by a search for sums of powers of x that have the same remainder.
    """

    def __init__(self, reflected: int, byte_count: int, degree: int, exponents: tuple[int, ...]) -> None:
        self.byte_count = byte_count
        self.mask = (1 << (8 * byte_count)) - 1
        self._degree = degree
        #: By how many bits each of the other terms is behind the highest one; the least comes first.
        self._lags = sorted(degree - exponent for exponent in exponents)
        self._tables = [[self._advance_bits(index, reflected) for index in range(256)]]
        for _ in range(_WORD_LENGTH - 1):
            self._tables.append([self._advance_byte(entry) for entry in self._tables[-1]])

    @staticmethod
    def _advance_bits(state: int, reflected: int) -> int:
        for _ in range(8):
            state = state >> 1 ^ (reflected if state & 1 else 0)
        return state

    def _advance_byte(self, state: int) -> int:
        return self._tables[0][state & 0xFF] ^ state >> 8

    def advance(self, state: int, data: bytes) -> int:
        """The state after ``data``."""
        if len(data) <= _FOLDED_LENGTH_MIN:
            return self._advance_words(state, data)
        for start in range(0, len(data), _FOLDED_LENGTH):
            piece = data[start : start + _FOLDED_LENGTH]
            if len(piece) <= _FOLDED_LENGTH_MIN:
                return self._advance_words(state, piece)
            state = self._advance_words(0, self._fold(state, piece))
        return state

    def _fold(self, state: int, data: bytes) -> bytes:
        """Shorter data by which zero becomes the state that ``state`` becomes by ``data``."""
        # The first bit is the lowest here, and stands for the highest power.
        rest, length = int.from_bytes(data, "little") ^ state, 8 * len(data)
        for doublings in range((length // self._degree).bit_length() - 1, -1, -1):
            # In a field of two elements the square of a sum is the sum of the squares: multiples beget longer ones.
            degree, lags = self._degree << doublings, [lag << doublings for lag in self._lags]
            while length > degree:
                taken = min(length - degree, lags[0])
                highest = rest & ((1 << taken) - 1)
                rest >>= taken
                length -= taken
                for lag in lags:
                    rest ^= highest << (lag - taken)
        padding = -length % 8
        return (rest << padding).to_bytes((length + padding) // 8, "little")

    def _advance_words(self, state: int, data: bytes) -> int:
        """The state after short data, eight bytes at a time."""
        t0, t1, t2, t3, t4, t5, t6, t7 = self._tables
        count, odd = divmod(len(data), _WORD_LENGTH)
        for word in struct.unpack_from(f"<{count}Q", data):
            word ^= state
            state = (
                t7[word & 0xFF]
                ^ t6[word >> 8 & 0xFF]
                ^ t5[word >> 16 & 0xFF]
                ^ t4[word >> 24 & 0xFF]
                ^ t3[word >> 32 & 0xFF]
                ^ t2[word >> 40 & 0xFF]
                ^ t1[word >> 48 & 0xFF]
                ^ t0[word >> 56]
            )
        for byte in data[len(data) - odd :]:
            state = t0[(state ^ byte) & 0xFF] ^ state >> 8
        return state


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
    return _Polynomial(0x82F63B78, 4, 5685, (1362, 426, 0))


@functools.cache
def _crc64nvme() -> _Polynomial:
    return _Polynomial(0x9A6C9329AC4BC9B5, 8, 7949, (3175, 3119, 2915, 2112, 1113, 961, 227, 0))


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
