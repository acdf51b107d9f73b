"""The values of S3 Select's SQL: how they compare, convert and calculate. None is NULL, MISSING what is not there."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from awsim.services.s3.select.errors import CastFailed, EvaluatorInvalidTimestampFormatPattern, UnsupportedSqlOperation
from awsim.services.s3.select.texts import MISSING, as_text


def is_absent(value: Any) -> bool:
    """Whether a value is unknown: NULL or MISSING."""
    return value is None or value is MISSING


def number(value: Any) -> int | float | Decimal | None:
    """A value as a number, text included, since all of a CSV is text; None for what is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float, Decimal)):
        return value
    if isinstance(value, str):
        text = value.strip()
        try:
            return int(text)
        except ValueError:
            pass
        try:
            return float(text)
        except ValueError:
            return None
    return None


def compare(operator: Callable[[Any, Any], bool], left: Any, right: Any) -> bool | None:
    """A comparison; None where it is unknown. Text is compared with a number as the number it says."""
    if is_absent(left) or is_absent(right):
        return None
    if isinstance(left, str) != isinstance(right, str):
        left, right = _alike(left, right)
        if left is None or right is None:
            return None
    if isinstance(left, float) and isinstance(right, Decimal):
        right = float(right)
    elif isinstance(left, Decimal) and isinstance(right, float):
        left = float(left)
    try:
        return operator(left, right)
    except TypeError:
        return None


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    other = right if isinstance(left, str) else left
    if isinstance(other, bool):
        convert: Callable[[Any], Any] = _boolean
    elif isinstance(other, datetime):
        convert = timestamp
    else:
        convert = number
    return (convert(left), right) if isinstance(left, str) else (left, convert(right))


def _boolean(value: Any) -> bool | None:
    return {"true": True, "false": False}.get(value.lower()) if isinstance(value, str) else None


def calculate(operator: Callable[[Any, Any], Any], left: Any, right: Any) -> Any:
    """Arithmetic. Raises UnsupportedSqlOperation for what is no number."""
    if is_absent(left) or is_absent(right):
        return None
    first, second = number(left), number(right)
    if first is None or second is None:
        raise UnsupportedSqlOperation
    if isinstance(first, float) and isinstance(second, Decimal):
        second = float(second)
    elif isinstance(first, Decimal) and isinstance(second, float):
        first = float(first)
    try:
        return operator(first, second)
    except ZeroDivisionError:
        return None


def divide(left: Any, right: Any) -> Any:
    """Division, of integers by rounding towards zero."""
    if isinstance(left, int) and isinstance(right, int):
        return (
            int(left / right)
            if abs(left) < 2**53
            else abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        )
    return left / right


def like(text: str, pattern: str, escape: str | None) -> bool:
    """SQL's LIKE."""
    pieces, characters = [], iter(pattern)
    for character in characters:
        if escape and character == escape:
            pieces.append(re.escape(next(characters, "")))
        else:
            pieces.append({"%": ".*", "_": "."}.get(character) or re.escape(character))
    return re.fullmatch("".join(pieces), text, re.DOTALL) is not None


def cast(value: Any, kind: str) -> Any:
    """A value as a type of SQL's. Raises CastFailed."""
    if is_absent(value):
        return value
    try:
        if kind in ("INT", "BIGINT", "SMALLINT", "TINYINT"):
            return int(value) if isinstance(value, (bool, int, float, Decimal)) else int(str(value).strip())
        if kind in ("FLOAT", "DOUBLE"):
            return float(value)
        if kind == "DECIMAL":
            return Decimal(str(value).strip())
        if kind in ("TEXT", "VARCHAR", "CHAR"):
            return as_text(value)
        if kind == "BOOLEAN":
            found = value if isinstance(value, bool) else _boolean(str(value))
            if found is not None:
                return found
        if kind in ("TIMESTAMP", "TIMESTAMPTZ", "DATETIME", "DATE"):
            return value if isinstance(value, datetime) else _parse_timestamp(str(value))
    except (ValueError, ArithmeticError):
        pass
    raise CastFailed


# Timestamps


_TIMESTAMP = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(?:(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?)?)?)?)?T?"
)


def timestamp(value: Any) -> datetime | None:
    """A timestamp from its text, which may leave off what is behind the year; None for what is none."""
    try:
        return _parse_timestamp(str(value))
    except ValueError:
        return None


def _parse_timestamp(text: str) -> datetime:
    found = _TIMESTAMP.fullmatch(text.strip().replace(" ", "T", 1))
    if found is None:
        raise ValueError(text)
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    offset = timezone.utc
    if zone and zone != "Z":
        hours, minutes = int(zone[1:3]), int(zone[4:6])
        offset = timezone(timedelta(hours=hours, minutes=minutes) * (-1 if zone[0] == "-" else 1))
    return datetime(
        int(year),
        int(month or 1),
        int(day or 1),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        int((fraction or "0")[:6].ljust(6, "0")),
        offset,
    )


_PATTERN = re.compile(r"'([^']*)'|(y+|M+|d+|a|h+|H+|m+|s+|S+|n|X+|x+)|([^A-Za-z'])")


def format_timestamp(moment: datetime, pattern: str) -> str:
    """TO_STRING. Raises EvaluatorInvalidTimestampFormatPattern."""
    text, position = "", 0
    while position < len(pattern):
        found = _PATTERN.match(pattern, position)
        if found is None:
            raise EvaluatorInvalidTimestampFormatPattern
        position = found.end()
        text += _symbol(moment, found[2]) if found[2] else (found[1] or found[3] or "")
    return text


def _symbol(moment: datetime, symbol: str) -> str:
    offset = moment.strftime("%z") or "+0000"
    simple = {
        "yy": f"{moment.year % 100:02}",
        "y": f"{moment.year}",
        "yyyy": f"{moment.year:04}",
        "MMM": moment.strftime("%b"),
        "MMMM": moment.strftime("%B"),
        "MMMMM": moment.strftime("%B")[0],
        "a": "AM" if moment.hour < 12 else "PM",
        "n": str(moment.microsecond * 1000),
        "X": "Z" if offset == "+0000" else offset[:3],
        "XX": "Z" if offset == "+0000" else offset,
        "XXXX": "Z" if offset == "+0000" else offset,
        "XXX": "Z" if offset == "+0000" else f"{offset[:3]}:{offset[3:]}",
        "XXXXX": "Z" if offset == "+0000" else f"{offset[:3]}:{offset[3:]}",
        "x": offset[:3],
        "xx": offset,
        "xxxx": offset,
        "xxx": f"{offset[:3]}:{offset[3:]}",
        "xxxxx": f"{offset[:3]}:{offset[3:]}",
    }
    if symbol in simple:
        return simple[symbol]
    if symbol[0] == "S":
        return f"{moment.microsecond:06}".ljust(9, "0")[: len(symbol)]
    values = {
        "M": moment.month,
        "d": moment.day,
        "h": moment.hour % 12 or 12,
        "H": moment.hour,
        "m": moment.minute,
        "s": moment.second,
    }
    if symbol[0] not in values or len(symbol) > 2:
        raise EvaluatorInvalidTimestampFormatPattern
    return f"{values[symbol[0]]:0{len(symbol)}}"
