"""DynamoDB's numbers: decimal texts with 38 significant digits and magnitudes from 1E-130 to 9.99…E+125.

Owns their syntax, their range, the form in which AWS gives them back, and exact arithmetic. Knows nothing of
attribute values.
"""

from __future__ import annotations

import math
from decimal import Context, Decimal

from awsim.services.dynamodb.errors import ValidationException

SIGNIFICANT_DIGITS_MAX = 38
#: A text of so many digits, the first of them no zero, is a number as it is.
PLAIN_DIGITS_MAX = SIGNIFICANT_DIGITS_MAX
MAGNITUDE_MAX = 125
MAGNITUDE_MIN = -130

#: Exact for any sum of two numbers in range: they span fewer than 300 digits.
_EXACT = Context(prec=400)
#: Java's BigDecimal, which reads the texts for AWS, holds no longer exponents.
_EXPONENT_DIGITS_MAX = 10


def normalize(text: str) -> str:
    """The number as AWS stores it and gives it back: plain decimal digits without superfluous zeros.

    Raises ValidationException for what is no number, has too many digits, or is out of range.
    """
    if text.isdecimal() and text.isascii() and len(text) <= PLAIN_DIGITS_MAX and text[0] != "0":
        return text
    negative, digits, exponent = _read(text)
    if not digits:
        return "0"
    if len(digits) > SIGNIFICANT_DIGITS_MAX:
        raise ValidationException("Attempting to store more than 38 significant digits in a Number")
    magnitude = exponent + len(digits) - 1
    if magnitude > MAGNITUDE_MAX:
        raise ValidationException(
            "Number overflow. Attempting to store a number with magnitude larger than supported range"
        )
    if magnitude < MAGNITUDE_MIN:
        raise ValidationException(
            "Number underflow. Attempting to store a number with magnitude smaller than supported range"
        )
    return ("-" if negative else "") + _write(digits, exponent)


def number(text: str) -> int | Decimal:
    """The value of a normalised number, for comparing and ordering; never rounded."""
    return Decimal(text) if "." in text else int(text)


def add(left: str, right: str) -> str:
    """The sum of two normalised numbers, normalised. Raises ValidationException where it is out of range."""
    return normalize(f"{_EXACT.add(Decimal(left), Decimal(right)):f}")


def subtract(left: str, right: str) -> str:
    """The difference of two normalised numbers, normalised. Raises ValidationException where it is out of range."""
    return normalize(f"{_EXACT.subtract(Decimal(left), Decimal(right)):f}")


def size_bytes(text: str) -> int:
    """The size of a normalised number: a byte for each two significant digits and one more; one more if negative."""
    if text.isdecimal():  # most numbers: whole and not negative
        return (len(text.rstrip("0")) + 1) // 2 + 1
    digits = text.removeprefix("-").replace(".", "").strip("0")
    return math.ceil(len(digits) / 2) + (2 if text[0] == "-" else 1)


def _read(text: str) -> tuple[bool, str, int]:
    """A number as sign, significant digits, and the exponent of the last of them."""
    mantissa, mark, exponent_text = text.replace("E", "e").partition("e")
    whole, _, fraction = mantissa[mantissa[:1] in ("+", "-") :].partition(".")
    digits = whole + fraction
    exponent_digits = exponent_text[exponent_text[:1] in ("+", "-") :]
    if (
        not _is_digits(digits)
        or (mark and not _is_digits(exponent_digits))
        or len(exponent_digits.lstrip("0")) > _EXPONENT_DIGITS_MAX
    ):
        raise ValidationException(
            f"The parameter cannot be converted to a numeric value: {text}"
            if text
            else "The parameter cannot be converted to a numeric value"
        )
    exponent = int(exponent_text or "0") - len(fraction)
    significant = digits.rstrip("0")
    exponent += len(digits) - len(significant)
    return mantissa.startswith("-"), significant.lstrip("0"), exponent


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _write(digits: str, exponent: int) -> str:
    if exponent >= 0:
        return digits + "0" * exponent
    point = len(digits) + exponent
    if point > 0:
        return f"{digits[:point]}.{digits[point:]}"
    return "0." + "0" * -point + digits
