"""The framing of event streams."""

from __future__ import annotations

import struct
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from uuid import UUID
from zlib import crc32

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from awsim.errors import ServiceException
from awsim.protocol.event_stream import (
    HEADERS_LENGTH_MAX,
    PAYLOAD_LENGTH_MAX,
    HeaderValue,
    decode_messages,
    encode_message,
)

utf8 = st.text(st.characters(codec="utf-8"), max_size=60)
moments = st.datetimes(timezones=st.just(timezone.utc)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
values = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.binary(max_size=60) | utf8 | moments | st.uuids()
headers = st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=60), values, max_size=6)


@given(headers, st.binary())
def test_what_is_encoded_decodes_to_itself(sent: dict[str, HeaderValue], payload: bytes) -> None:
    assert list(decode_messages([encode_message(sent, payload)])) == [(sent, payload)]


@given(headers, st.binary())
def test_botocore_reads_what_is_encoded(sent: dict[str, HeaderValue], payload: bytes) -> None:
    buffer = EventStreamBuffer()
    buffer.add_data(encode_message(sent, payload))
    [event] = list(buffer)

    def as_botocore_reads(value: HeaderValue) -> object:
        if isinstance(value, datetime):  # botocore leaves milliseconds
            return (value - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(milliseconds=1)
        return value.bytes if isinstance(value, UUID) else value

    assert event.headers == {name: as_botocore_reads(value) for name, value in sent.items()}
    assert event.payload == payload


@given(st.lists(st.tuples(headers, st.binary(max_size=40)), max_size=4), st.lists(st.integers(0, 400), max_size=5))
def test_a_stream_may_be_cut_anywhere(messages: list[tuple[dict[str, HeaderValue], bytes]], cuts: list[int]) -> None:
    stream = b"".join(encode_message(*message) for message in messages)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    chunks = [stream[start:end] for start, end in pairwise(edges)]
    assert list(decode_messages(chunks)) == messages


def test_a_message_comes_as_soon_as_it_is_whole() -> None:
    sent = iter([encode_message({"a": 1}, b"x"), b"never asked for"])
    assert next(decode_messages(sent)) == ({"a": 1}, b"x")
    assert next(sent) == b"never asked for"


def framed(written_headers: bytes, payload: bytes = b"") -> bytes:
    start = struct.pack(">II", 16 + len(written_headers) + len(payload), len(written_headers))
    message = start + struct.pack(">I", crc32(start)) + written_headers + payload
    return message + struct.pack(">I", crc32(message))


def test_all_ten_types_of_header_are_read() -> None:
    uuid = UUID("12345678-1234-5678-1234-567812345678")
    written = (
        b"\1t\0" + b"\1f\1" + b"\1b\2\xff" + b"\1s\3\xff\xfe" + b"\1i\4\0\0\0\7" + b"\1l\5" + (2**40).to_bytes(8, "big")
        + b"\1y\6\0\2\0\1" + b"\1x\7\0\2\xc3\xa9" + b"\1d\x08" + (1_500).to_bytes(8, "big") + b"\1u\x09" + uuid.bytes
    )  # fmt: skip
    [(read, payload)] = list(decode_messages([framed(written, b"p")]))
    assert read == {
        "t": True,
        "f": False,
        "b": -1,
        "s": -2,
        "i": 7,
        "l": 2**40,
        "y": b"\0\1",
        "x": "\u00e9",
        "d": datetime(1970, 1, 1, 0, 0, 1, 500_000, timezone.utc),
        "u": uuid,
    }
    assert payload == b"p"


def prelude(length: int, headers_length: int) -> bytes:
    start = struct.pack(">II", length, headers_length)
    return start + struct.pack(">I", crc32(start))


WHOLE = encode_message({"name": "value"}, b"payload")


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        (WHOLE[:-1], "the stream ends within a message"),
        (WHOLE[:5], "the stream ends within a message"),
        (WHOLE[:4] + b"\xff" + WHOLE[5:], "the checksum of a message's prelude does not match"),
        (WHOLE[:-6] + b"\xff" + WHOLE[-5:], "the checksum of a message does not match"),
        (prelude(15, 0), "a message is shorter than its headers"),
        (prelude(20, 5), "a message is shorter than its headers"),
        (prelude(2**31, HEADERS_LENGTH_MAX + 1), f"a message has more than {HEADERS_LENGTH_MAX} bytes of headers"),
        (prelude(2**31, 0), f"a message has more than {PAYLOAD_LENGTH_MAX} bytes of payload"),
        (framed(b"\1a\x0a"), "a header has the unknown type 10"),
        (framed(b"\1a"), "a message's headers are not well-formed"),
        (framed(b"\5a\0"), "a message's headers are not well-formed"),
        (framed(b"\1a\7\0\5x"), "a message's headers are not well-formed"),
        (framed(b"\1a\7\0\1\xff"), "a message's headers are not well-formed"),
        (framed(b"\1a\x09\0"), "a message's headers are not well-formed"),
        (framed(b"\1a\x08\x7f" + b"\xff" * 7), "a message's headers are not well-formed"),
        (framed(b"\1a\0\1a\1"), "the header 'a' occurs twice in a message"),
    ],
)
def test_what_is_no_message_is_refused(stream: bytes, reason: str) -> None:
    with pytest.raises(ServiceException) as caught:
        list(decode_messages([stream]))
    assert str(caught.value) == f"SerializationException: Could not decode the event stream: {reason}"


@given(st.binary(max_size=80) | st.binary(max_size=60).map(framed))
def test_no_bytes_raise_anything_but_an_answer_of_aws(stream: bytes) -> None:
    answered = None
    try:
        list(decode_messages([stream]))
    except ServiceException as error:
        answered = error.code
    assert answered in (None, "SerializationException")


@pytest.mark.parametrize(
    ("sent", "payload"),
    [
        ({"": 1}, b""),
        ({"n" * 256: 1}, b""),
        ({"n": 2**63}, b""),
        ({"n": "x" * 32768}, b""),
        ({str(n): "x" * 32000 for n in range(5)}, b""),
        ({}, b"x" * (PAYLOAD_LENGTH_MAX + 1)),
    ],
)
def test_what_the_format_cannot_hold_is_not_encoded(sent: dict[str, HeaderValue], payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"header|message"):
        encode_message(sent, payload)


def test_a_naive_datetime_counts_as_utc() -> None:
    moment = datetime(2024, 1, 1, 12)
    [(read, _)] = list(decode_messages([encode_message({"d": moment}, b"")]))
    assert read == {"d": moment.replace(tzinfo=timezone.utc)}
