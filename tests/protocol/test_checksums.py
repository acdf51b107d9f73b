"""Checksums: the algorithms of S3's bodies."""

from __future__ import annotations

import hashlib
import sys
import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsim.protocol.checksums import ALGORITHMS, checksum, new


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [
        # The catalogues of CRC parameters give these check values.
        ("crc32", "cbf43926"),
        ("crc32c", "e3069283"),
        ("crc64nvme", "ae8b14860a799888"),
        ("md5", hashlib.md5(b"123456789").hexdigest()),
        ("sha1", hashlib.sha1(b"123456789").hexdigest()),
        ("sha256", hashlib.sha256(b"123456789").hexdigest()),
        ("sha512", hashlib.sha512(b"123456789").hexdigest()),
    ],
)
def test_the_check_value_of_each_algorithm(algorithm: str, digest: str) -> None:
    assert checksum(algorithm, b"123456789").hex() == digest
    assert checksum(algorithm.upper(), b"123456789").hex() == digest


def test_every_algorithm_that_is_offered_can_be_computed() -> None:
    assert {name: checksum(name, b"") for name in ALGORITHMS}.keys() == ALGORITHMS


def test_an_unknown_algorithm_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        checksum("xxhash3", b"")


def bit_by_bit(data: bytes, reflected: int, width: int) -> bytes:
    """The textbook's CRC, a bit at a time."""
    mask = (1 << width) - 1
    state = mask
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = state >> 1 ^ (reflected if state & 1 else 0)
    return (state ^ mask).to_bytes(width // 8, "big")


@pytest.mark.parametrize("length", [0, 1, 255, 1023, 1499, 1500, 1501, 1507, 4096, 5003, 20001])
def test_long_and_short_bodies_agree_with_the_textbook(length: int) -> None:
    data = (hashlib.sha512(b"seed").digest() * (length // 64 + 1))[:length]
    assert checksum("crc32c", data) == bit_by_bit(data, 0x82F63B78, 32)
    assert checksum("crc64nvme", data) == bit_by_bit(data, 0x9A6C9329AC4BC9B5, 64)
    assert checksum("crc32", data) == zlib.crc32(data).to_bytes(4, "big")


@pytest.mark.parametrize("algorithm", ["crc32c", "crc64nvme"])
@pytest.mark.parametrize("length", [1 << 18, (1 << 18) + 3, (1 << 18) + 1501, 600_001])
def test_a_very_long_body_agrees_with_its_short_pieces(
    algorithm: str, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "awscrt.checksums", None)
    data = (hashlib.sha512(b"seed").digest() * (length // 64 + 1))[:length]
    made = new(algorithm)
    for start in range(0, length, 1000):
        made.update(data[start : start + 1000])
    assert checksum(algorithm, data) == made.digest()


@given(st.binary(min_size=1000, max_size=3000), st.lists(st.integers(0, 3000), max_size=3))
def test_a_checksum_does_not_depend_on_how_its_data_came(data: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    for algorithm in ("crc32", "crc32c", "crc64nvme", "sha256"):
        made = new(algorithm)
        for start, end in pairwise(edges):
            made.update(data[start:end])
        assert made.digest() == checksum(algorithm, data)


@pytest.mark.parametrize("algorithm", ["crc32c", "crc64nvme"])
def test_awss_own_library_agrees(algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    native = pytest.importorskip("awscrt.checksums")
    for body in (b"", b"123456789", bytes(range(256)) * 33, b"x" * 100_000):
        monkeypatch.setitem(sys.modules, "awscrt.checksums", None)
        ours = checksum(algorithm, body)
        monkeypatch.setitem(sys.modules, "awscrt.checksums", native)
        assert checksum(algorithm, body) == ours
    made = new(algorithm)
    for piece in (b"1234", b"", b"56789"):
        made.update(piece)
    assert made.digest() == checksum(algorithm, b"123456789")
