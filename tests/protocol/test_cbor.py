"""CBOR as bytes; botocore's own decoder is the oracle for what is written."""

from __future__ import annotations

import math
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from botocore.parsers import RpcV2CBORParser
from hypothesis import given
from hypothesis import strategies as st

from awsim.errors import ServiceException
from awsim.protocol.cbor import dump_cbor, load_cbor

_keys = st.text(st.characters(exclude_categories=("Cs",)), max_size=5)
_scalars = (
    st.booleans()
    | st.integers(-(2**64), 2**64 - 1)
    | st.floats(allow_nan=False)
    | _keys
    | st.binary(max_size=30)
    | st.datetimes(datetime(1970, 1, 1), datetime(2199, 1, 1), timezones=st.just(timezone.utc))
)
trees = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=30) | st.dictionaries(_keys, inner, max_size=4), max_leaves=40
)


@given(trees)
def test_what_is_written_is_read_back(tree: Any) -> None:
    assert load_cbor(dump_cbor(tree)) == tree


@given(trees)
def test_botocore_reads_what_is_written(tree: Any) -> None:
    parser = RpcV2CBORParser()
    assert parser.parse_data_item(parser.get_peekable_stream_from_bytes(dump_cbor(tree))) == tree


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("f93c00", 1.0),
        ("f97bff", 65504.0),
        ("f90001", 5.960464477539063e-08),
        ("fa47c35000", 100000.0),
        ("f97c00", math.inf),
        ("f6", None),
        ("f7", None),
        ("3b7fffffffffffffff", -(2**63)),
        ("3bffffffffffffffff", -(2**64)),
        ("c249010000000000000000", 2**64),
        ("c349010000000000000000", -(2**64) - 1),
        ("c48221196ab3", Decimal("273.15")),
        ("c11a514b67b0", datetime(2013, 3, 21, 20, 4, tzinfo=timezone.utc)),
        ("c1fb41d452d9ec200000", datetime(2013, 3, 21, 20, 4, 0, 500000, tzinfo=timezone.utc)),
        ("d818456449455446", b"dIETF"),
        ("5f42010243030405ff", b"\x01\x02\x03\x04\x05"),
        ("7f657374726561646d696e67ff", "streaming"),
        ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
        ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
        ("9fff", []),
        ("bfff", {}),
    ],
)
def test_every_form_of_rfc_8949_that_aws_may_send_is_read(data: str, value: Any) -> None:
    assert load_cbor(bytes.fromhex(data)) == value


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("", "index out of range"),
        ("18", "the value ends early"),
        ("1c", "a length of no known form"),
        ("62c3", "the value ends early"),
        ("61ff", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        ("5f6161ff", "a string's chunk is of another kind"),
        ("5f5f4100ffff", "a string's chunk is of another kind"),
        ("ff", "a simple value that AWS does not use"),
        ("a10102", "a map's key is no text"),
        ("0000", "bytes follow the CBOR value"),
        ("c16161", "expected seconds since 1970, got str 'a'"),
        ("c1fb7ff0000000000000", "expected a timestamp, got float inf"),
        ("c4821a7fffffff01", "expected a decimal fraction, got list [2147483647, 1]"),
    ],
)
def test_what_is_no_cbor_is_refused(data: str, problem: str) -> None:
    with pytest.raises(ServiceException) as caught:
        load_cbor(bytes.fromhex(data))
    assert caught.value.code == "SerializationException"
    assert caught.value.message == f"Could not parse request body into CBOR: {problem}"
