"""Records as answers carry them: CSV or JSON, by the members of OutputSerialization."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from awsim.services.s3.select.errors import InvalidDataSource, InvalidQuoteFields
from awsim.services.s3.select.values import MISSING, iso_text

Record = Mapping[str, Any]


def record_writer(serialization: Mapping[str, Any]) -> Callable[[Record], bytes]:
    """What writes one record. Raises InvalidDataSource, InvalidQuoteFields."""
    kinds = [kind for kind in ("CSV", "JSON") if kind in serialization]
    if len(kinds) != 1:
        raise InvalidDataSource
    options = serialization[kinds[0]] or {}
    end = options.get("RecordDelimiter") or "\n"
    if kinds[0] == "JSON":
        return lambda record: (as_json(record) + end).encode()
    return _csv_writer(options, end)


def _csv_writer(options: Mapping[str, Any], end: str) -> Callable[[Record], bytes]:
    always = options.get("QuoteFields") or "ASNEEDED"
    if always not in ("ALWAYS", "ASNEEDED"):
        raise InvalidQuoteFields
    quote = options.get("QuoteCharacter") or '"'
    escape = options.get("QuoteEscapeCharacter") or '"'
    separator = options.get("FieldDelimiter") or ","
    special = (quote, separator, end, "\n", "\r")

    def field(value: Any) -> str:
        text = as_text(value)
        if always == "ALWAYS" or any(one in text for one in special):
            return f"{quote}{text.replace(quote, escape + quote)}{quote}"
        return text

    return lambda record: (separator.join(map(field, record.values())) + end).encode()


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
