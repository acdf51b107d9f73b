"""Records as answers carry them: CSV or JSON, by the members of OutputSerialization."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from awsim.services.s3.select.errors import InvalidDataSource, InvalidQuoteFields
from awsim.services.s3.select.texts import as_json, as_text

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
