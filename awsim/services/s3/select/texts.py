"""The values of S3 Select's SQL as text: as a field of CSV, and as JSON."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


#: What a path leads to where a record has nothing.
MISSING = _Missing()


def as_text(value: Any) -> str:
    """A value as a field of CSV."""
    if value is None or value is MISSING:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        return as_json(value)
    plain = _plain(value)
    return plain if isinstance(plain, str) else json.dumps(plain)


def as_json(value: Any) -> str:
    """A value as JSON; what is missing is left out."""
    return json.dumps(_present(value), ensure_ascii=False, separators=(",", ":"), default=_plain)


def _present(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _present(one) for name, one in value.items() if one is not MISSING}
    if isinstance(value, list):
        return [_present(one) for one in value if one is not MISSING]
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    return value if isinstance(value, (str, int, float)) else str(value)


def iso_text(moment: datetime) -> str:
    """A timestamp as answers carry it."""
    text = moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    return text.replace("+00:00", "Z")
