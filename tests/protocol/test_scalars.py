"""Scalars as text: what is written is read back, and what only looks like a value is refused."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsim.protocol import scalars
from awsim.protocol.scalars import Misfit
from awsim.protocol.xml import escape, escape_attribute

moments = st.datetimes(datetime(1970, 1, 1), datetime(2199, 1, 1), timezones=st.just(timezone.utc))
xml_text = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff") | st.sampled_from("\t\r\n")
)


@given(moments)
def test_timestamps_come_back_from_each_format(moment: datetime) -> None:
    assert scalars.read_iso8601(scalars.write_iso8601(moment)) == moment
    assert scalars.read_epoch_text(scalars.write_epoch_text(moment)) == moment
    assert scalars.read_rfc822(scalars.write_rfc822(moment)) == moment.replace(microsecond=0)


def test_timestamps_are_written_as_aws_writes_them() -> None:
    moment = datetime(1994, 11, 6, 8, 49, 37, 120000, tzinfo=timezone.utc)
    assert scalars.write_iso8601(moment) == "1994-11-06T08:49:37.120Z"
    assert scalars.write_iso8601(moment.replace(microsecond=0)) == "1994-11-06T08:49:37Z"
    assert scalars.write_iso8601(moment.replace(microsecond=1)) == "1994-11-06T08:49:37.000001Z"
    assert scalars.write_rfc822(moment) == "Sun, 06 Nov 1994 08:49:37 GMT"
    assert scalars.write_epoch(moment) == 784111777.12
    assert repr(scalars.write_epoch(moment.replace(microsecond=0))) == "784111777"
    assert scalars.write_iso8601(datetime(1, 1, 1, tzinfo=timezone.utc)) == "0001-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "text",
    ["2020-01-02T03:04:05Z", "2020-01-02T05:04:05+02:00", "2020-01-02T00:04:05-0300", "2020-01-02T03:04:05.000000999Z"],
)
def test_iso_8601_is_read_with_offsets_and_fractions(text: str) -> None:
    assert scalars.read_iso8601(text) == datetime(2020, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
    assert scalars.read_iso8601(text).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text", ["", "2020-01-02", "2020-13-01T00:00:00Z", "2020-01-02T03:04:05ZZ", "0001-01-01T00:00:00+23:00"]
)
def test_what_is_no_iso_8601_time_is_refused(text: str) -> None:
    with pytest.raises(Misfit) as caught:
        scalars.read_iso8601(text)
    assert str(caught.value) == f"expected an ISO 8601 timestamp, got str {text!r}"


@pytest.mark.parametrize("text", ["", "1_0", " 1", "1.0", "٣", "0x1", "--1", "9" * 401])
def test_what_is_no_integer_is_refused(text: str) -> None:
    with pytest.raises(Misfit):
        scalars.read_integer(text)


@pytest.mark.parametrize("text", ["", "1_0", " 1", "inf", "nan", "infinity", "1e", "٣.5"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Misfit):
        scalars.read_float(text)


@given(st.floats(allow_nan=False))
def test_floats_come_back(number: float) -> None:
    assert scalars.read_float(scalars.write_float(number)) == number


def test_decimals_are_written_digit_by_digit() -> None:
    assert scalars.write_float(Decimal("0.10")) == "0.10"
    assert scalars.write_float(Decimal("NaN")) == "NaN"
    assert scalars.write_integer(Decimal("1E+3")) == "1000"


def test_a_misfit_tells_the_way_to_the_value() -> None:
    misfit = scalars.expected("a string", 5).under("Value").under("[2]").under("Tags")
    assert str(misfit) == "Tags[2].Value: expected a string, got int 5"


@given(xml_text)
def test_escaped_text_comes_back_from_an_xml_parser(text: str) -> None:
    assert (ET.fromstring(f"<a>{escape(text)}</a>").text or "") == text
    assert ET.fromstring(f'<a b="{escape_attribute(text)}"/>').attrib["b"] == text


def test_characters_that_xml_cannot_hold_are_written_as_s3_writes_them() -> None:
    assert escape("a\x01b\r") == "a&#x1;b&#xD;"
