"""What all listings have in common: how many entries, how names are encoded, where a page ends. Knows no requests."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from urllib.parse import quote_plus

from awsim.services.s3.errors import InvalidArgument

PAGE_MAX = 1000


def page_size(asked_for: int | None, argument: str) -> int:
    """How many entries a page has. ``argument`` is the parameter's name in the error. Raises InvalidArgument."""
    if asked_for is None:
        return PAGE_MAX
    check_marker(asked_for, argument)
    return min(asked_for, PAGE_MAX)


def check_marker(number: int, argument: str) -> None:
    """Raise InvalidArgument for a number below zero. ``argument`` is the parameter's name in the error."""
    if number < 0:
        raise InvalidArgument(f"Argument {argument} must be an integer between 0 and 2147483647", argument, number)


def name_encoder(encoding_type: str | None) -> Callable[[str], str]:
    """How names are written, by the EncodingType that the caller asks for. Raises InvalidArgument."""
    if encoding_type is None:
        return str
    if encoding_type != "url":
        raise InvalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encoding_type)
    return _url_encode


def _url_encode(name: str) -> str:
    if name.isalnum() and name.isascii():
        return name
    return quote_plus(name, safe="/*").replace("~", "%7E")


def token_for(name: str) -> str:
    """A continuation token for what comes after a name."""
    return base64.urlsafe_b64encode(name.encode()).decode()


def read_token(token: str, argument: str = "continuation-token") -> str:
    """The name of a continuation token. Raises InvalidArgument."""
    try:
        name = base64.urlsafe_b64decode(token).decode()
    except (binascii.Error, ValueError):
        name = ""
    if not name:
        raise InvalidArgument("The continuation token provided is incorrect", argument)
    return name
