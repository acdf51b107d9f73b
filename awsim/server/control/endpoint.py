"""A control endpoint: what it is, how it reads what it is sent, and how it answers and refuses (in JSON)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from awsim.errors import AwsimError
from awsim.protocol.http import Request, Response

Handler = Callable[[Request, dict[str, str]], Any]
#: Methods, path with its variables, and what answers: JSON's values, or a response.
Endpoint = tuple[tuple[str, ...], str, Handler]


class ControlError(AwsimError):
    """What was asked for cannot be: a status and why."""

    def __init__(self, status_code: int, message: str) -> None:
        self.status_code = status_code
        super().__init__(message)


def json_response(value: Any, status_code: int = 200) -> Response:
    """A value as a response."""
    # Half a surrogate pair, which a caller may have sent, is no UTF-8; JSON has an escape for it, as Python spells it.
    body = json.dumps(value, default=_readable, ensure_ascii=False).encode(errors="backslashreplace")
    return Response(
        status_code,
        {"Content-Type": "application/json", "Content-Length": str(len(body)), "Cache-Control": "no-store"},
        body,
    )


def _readable(value: Any) -> Any:
    """What JSON cannot say, as text."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def read_object(request: Request) -> dict[str, Any]:
    """The JSON object in a request's body; {} for none. Raises ControlError."""
    body = request.read()
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ControlError(400, f"the body is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise ControlError(400, "the body is to be a JSON object")
    return value


def only(given: Mapping[str, Any], *known: str) -> None:
    """Raise ControlError for a member that an endpoint does not know: in vain is worse than refused."""
    for name in given:
        if name not in known:
            raise ControlError(400, f"{name!r} is not known here; known are: {', '.join(known)}")


def parameter(request: Request, name: str) -> str | None:
    """A parameter of the query string."""
    values = request.query.get(name)
    return values[0] if values else None


def count(request: Request, name: str, default: int) -> int:
    """A parameter that is a count. Raises ControlError."""
    text = parameter(request, name)
    if text is None:
        return default
    if not text.isdigit():
        raise ControlError(400, f"{name} is a count, not {text!r}")
    return int(text)
