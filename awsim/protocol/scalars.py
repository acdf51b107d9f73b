"""Scalar values on the wire: strings, numbers, booleans, blobs and timestamps, both ways.

Owns how a single value is written as text or as JSON, and what makes it unacceptable. Must not know where a value
stands (header, body, path) nor which protocol carries it; those choose among the closures made here, once per shape.

A value that does not fit raises :class:`Misfit`. Whoever holds the whole message turns that into the protocol's own
error (a request) or into a ResultError that names the way to the value (a provider's result).
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, Final

from awsim.spec import Shape

Reader = Callable[[Any], Any]
Writer = Callable[[Any], Any]
TextReader = Callable[[str], Any]
TextWriter = Callable[[Any], str]

#: The Python type whose values need no conversion, by the model's name for the type.
NATIVE_TYPES: Final[Mapping[str, type]] = {
    "string": str,
    "character": str,
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
}

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_ISO8601 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?\s?(?:([Zz])|([+-])(\d\d):?(\d\d))?", re.ASCII
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
#: No number that AWS takes has more digits; int() of longer text costs quadratic time.
_DIGITS_MAX = 400


class Misfit(Exception):
    """A value that does not fit its shape. ``path`` leads to it and grows outwards as the exception rises."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path = ""

    def under(self, step: str) -> Misfit:
        """The same misfit seen from one level further out; ``step`` is a member's name or an index in brackets."""
        separator = "" if not self.path or self.path.startswith("[") else "."
        self.path = f"{step}{separator}{self.path}"
        return self

    def __str__(self) -> str:
        return f"{self.path}: {self.problem}" if self.path else self.problem


def expected(what: str, value: object) -> Misfit:
    """The misfit of a value that is of another kind than its shape wants."""
    text = repr(value)
    shown = text if len(text) <= 60 else f"{text[:57]}..."
    return Misfit(f"expected {what}, got {type(value).__name__} {shown}")


# Numbers and booleans


def read_integer(text: str) -> int:
    """The integer that a text spells: ASCII digits with an optional sign, nothing else."""
    digits = text[1:] if text[:1] in ("-", "+") else text
    if len(digits) > _DIGITS_MAX or not (digits.isascii() and digits.isdigit()):
        raise expected("an integer", text)
    return int(text)


def read_float(text: str) -> float:
    """The number that a text spells; ``NaN``, ``Infinity`` and ``-Infinity`` by exactly these names."""
    special = _NOT_FINITE.get(text)
    if special is not None:
        return special
    # float() takes more than AWS does: blanks around, underscores, digits of other scripts, "inf" and "nan".
    if not text or len(text) > _DIGITS_MAX or not set(text) <= _FLOAT_CHARACTERS:
        raise expected("a number", text)
    try:
        return float(text)
    except ValueError:
        raise expected("a number", text) from None


_FLOAT_CHARACTERS = frozenset("0123456789+-.eE")


def read_boolean(text: str) -> bool:
    """``true`` or ``false``, in any case as AWS's query services take them."""
    if text == "true":
        return True
    if text == "false":
        return False
    lowered = text.lower()
    if lowered in ("true", "false"):
        return lowered == "true"
    raise expected("a boolean", text)


def plain_string(value: Any) -> str:
    """A provider's string as an exact ``str``; enumerations derived from str give their value."""
    if isinstance(value, str):
        return str.__str__(value)
    raise expected("a string", value)


def plain_boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise expected("a boolean", value)


def plain_integer(value: Any) -> int:
    """A provider's integer; whole floats and Decimals count as such, booleans do not."""
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, (float, Decimal)) and _is_finite(value) and value == int(value):
        return int(value)
    raise expected("an integer", value)


def plain_number(value: Any) -> int | float:
    """A provider's number as an int or a float; may be infinite or NaN."""
    if isinstance(value, float):
        return float(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return float(value)
    raise expected("a number", value)


def write_boolean(value: Any) -> str:
    return "true" if plain_boolean(value) else "false"


def write_integer(value: Any) -> str:
    return str(value if type(value) is int else plain_integer(value))


def write_float(value: Any) -> str:
    """A number as text, with AWS's names for those that are not finite."""
    if isinstance(value, Decimal) and value.is_finite():
        return str(value)
    number = plain_number(value)
    return repr(number) if _is_finite(number) else not_finite_name(number)


def not_finite_name(number: float) -> str:
    """``NaN``, ``Infinity`` or ``-Infinity``."""
    return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"


def _is_finite(number: int | float | Decimal) -> bool:
    return isinstance(number, int) or math.isfinite(number)


# Blobs


def read_base64(text: str) -> bytes:
    """The bytes that base64 text stands for; padding is required, other characters are refused."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise expected("base64", text) from None


def plain_bytes(value: Any) -> bytes:
    """A provider's blob as bytes: bytes-like, text (as UTF-8), or a readable file."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if hasattr(value, "read"):
        return plain_bytes(value.read())
    raise expected("bytes", value)


def write_base64(value: Any) -> str:
    return base64.b64encode(plain_bytes(value)).decode("ascii")


# Timestamps


def read_epoch(seconds: int | float) -> datetime:
    """Seconds since 1970 as an aware datetime in UTC."""
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        raise expected("a timestamp", seconds) from None


def read_epoch_text(text: str) -> datetime:
    return read_epoch(read_float(text))


def read_iso8601(text: str) -> datetime:
    """``2020-01-01T00:00:00.123Z`` and its kin; an offset is converted, none means UTC, finer than 1 us is dropped."""
    match = _ISO8601.fullmatch(text)
    if match is None:
        raise expected("an ISO 8601 timestamp", text)
    year, month, day, hour, minute, second, fraction, _, sign, offset_hours, offset_minutes = match.groups()
    microsecond = int(fraction.ljust(6, "0")[:6]) if fraction else 0
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second), microsecond, timezone.utc
        )
        if sign:
            offset = timedelta(hours=int(offset_hours), minutes=int(offset_minutes))
            moment = moment - offset if sign == "+" else moment + offset
    except (ValueError, OverflowError):
        raise expected("an ISO 8601 timestamp", text) from None
    return moment


def read_rfc822(text: str) -> datetime:
    """``Sun, 06 Nov 1994 08:49:37 GMT``, as HTTP headers carry it."""
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            return moment.replace(tzinfo=timezone.utc)
        return moment.astimezone(timezone.utc)
    except (ValueError, TypeError, IndexError, OverflowError):
        raise expected("an RFC 822 timestamp", text) from None


def plain_moment(value: Any) -> datetime:
    """A provider's timestamp (datetime, seconds since 1970, or ISO 8601 text) as an aware datetime in UTC."""
    # Deviation: a datetime without a zone counts as UTC, not as the machine's local time, so that answers do not depend
    # on the machine.
    if isinstance(value, datetime):
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return read_epoch(float(value) if isinstance(value, Decimal) else value)
    if isinstance(value, str):
        return read_iso8601(value)
    raise expected("a timestamp", value)


def write_epoch(value: Any) -> int | float:
    """Seconds since 1970; whole seconds as an int."""
    seconds = plain_moment(value).timestamp()
    whole = int(seconds)
    return whole if whole == seconds else seconds


def write_epoch_text(value: Any) -> str:
    return str(write_epoch(value))


def write_iso8601(value: Any) -> str:
    """``2020-01-01T00:00:00Z``, with milliseconds or microseconds where there are any."""
    moment = plain_moment(value).replace(tzinfo=None)
    microsecond = moment.microsecond
    precision = "seconds" if not microsecond else "microseconds" if microsecond % 1000 else "milliseconds"
    return f"{moment.isoformat(timespec=precision)}Z"


def write_rfc822(value: Any) -> str:
    """``Sun, 06 Nov 1994 08:49:37 GMT``; fractions of a second are dropped."""
    moment = plain_moment(value)
    return (
        f"{_DAYS[moment.weekday()]}, {moment.day:02d} {_MONTHS[moment.month - 1]} {moment.year:04d} "
        f"{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d} GMT"
    )


# Choosing the closure of a shape


def timestamp_format(shape: Shape, default: str) -> str:
    """The model's format of a timestamp shape: ``iso8601``, ``unixtimestamp`` or ``rfc822``."""
    name: str = shape.serialization.get("timestampFormat", default)
    return name.lower()


_TEXT_READERS: Final[Mapping[str, TextReader]] = {
    "boolean": read_boolean,
    "integer": read_integer,
    "long": read_integer,
    "float": read_float,
    "double": read_float,
    "blob": read_base64,
}
_TIMESTAMP_READERS: Final[Mapping[str, TextReader]] = {
    "iso8601": read_iso8601,
    "unixtimestamp": read_epoch_text,
    "rfc822": read_rfc822,
}
_TEXT_WRITERS: Final[Mapping[str, TextWriter]] = {
    "boolean": write_boolean,
    "integer": write_integer,
    "long": write_integer,
    "float": write_float,
    "double": write_float,
    "blob": write_base64,
}
_TIMESTAMP_WRITERS: Final[Mapping[str, TextWriter]] = {
    "iso8601": write_iso8601,
    "unixtimestamp": write_epoch_text,
    "rfc822": write_rfc822,
}


def text_reader(shape: Shape, default_timestamp_format: str) -> TextReader:
    """How a scalar shape is read from text (forms, XML, headers, paths). Raises Misfit when called."""
    if shape.type_name == "timestamp":
        return _TIMESTAMP_READERS[timestamp_format(shape, default_timestamp_format)]
    return _TEXT_READERS.get(shape.type_name, _same)


def text_writer(shape: Shape, default_timestamp_format: str) -> TextWriter:
    """How a scalar shape is written as text (XML, headers). Raises Misfit when called."""
    if shape.type_name == "timestamp":
        return _TIMESTAMP_WRITERS[timestamp_format(shape, default_timestamp_format)]
    return _TEXT_WRITERS.get(shape.type_name, plain_string)


def _same(text: str) -> str:
    return text
