"""What every test of the engines asks: which message a refusal has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from awsim.services.dynamodb.errors import ValidationException


def message_of(function: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """The message with which a call is refused."""
    with pytest.raises(ValidationException) as raised:
        function(*args, **kwargs)
    assert raised.value.code == "ValidationException"
    assert raised.value.status_code == 400
    return raised.value.message


def refusal_of(function: Callable[..., Any], *args: Any) -> str | None:
    """The message with which a call is refused; None where it is not. Any other exception is the test's failure."""
    try:
        function(*args)
    except ValidationException as error:
        return error.message
    return None
