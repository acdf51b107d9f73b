"""Records out of an object's bytes: CSV, JSON or Parquet, by the members of InputSerialization."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import os
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from awsim.errors import MissingExtraError
from awsim.services.s3.select.errors import (
    CSVParsingError,
    InvalidCompressionFormat,
    InvalidDataSource,
    InvalidFileHeaderInfo,
    InvalidJsonType,
    InvalidScanRange,
    InvalidTextEncoding,
    JSONParsingError,
    ParquetParsingError,
    TruncatedInput,
    UnsupportedScanRangeInput,
)

KINDS = ("CSV", "JSON", "Parquet")
_DECOMPRESS = {"GZIP": gzip.decompress, "BZIP2": bz2.decompress}


class CsvRow(dict[str, Any]):
    """A record by its columns' names. Each column is also ``_1``, ``_2``, …; ``named`` says whether it has names."""

    named = False


def kind_of(serialization: Mapping[str, Any]) -> str:
    """Which of the kinds a serialization asks for. Raises InvalidDataSource where that is not one."""
    found = [kind for kind in KINDS if kind in serialization]
    if len(found) != 1:
        raise InvalidDataSource
    return found[0]


def read_records(
    data: bytes, serialization: Mapping[str, Any], scan_range: Mapping[str, int] | None = None
) -> tuple[Iterator[Any], int]:
    """The records of an object, and how many bytes of it were processed. Raises what is wrong with either."""
    kind = kind_of(serialization)
    compression = serialization.get("CompressionType") or "NONE"
    if compression not in ("NONE", *_DECOMPRESS):
        raise InvalidCompressionFormat
    options = serialization[kind] or {}
    if scan_range is not None and (
        compression != "NONE"
        or kind == "Parquet"
        or options.get("Type") == "DOCUMENT"
        or options.get("AllowQuotedRecordDelimiter")
    ):
        raise UnsupportedScanRangeInput
    if compression != "NONE":
        try:
            data = _DECOMPRESS[compression](data)
        except (OSError, EOFError, ValueError, zlib.error):
            raise TruncatedInput from None
    if kind == "Parquet":
        return _parquet(data), len(data)
    start, end = _range(scan_range, len(data))
    processed = max(end - start, 0)
    if kind == "JSON":
        if options.get("Type") not in ("DOCUMENT", "LINES"):
            raise InvalidJsonType
        return _json(_text(_scanned(data, b"\n", start, end))), processed
    return _csv(data, options, start, end), processed


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidTextEncoding from None


def _range(scan_range: Mapping[str, int] | None, size: int) -> tuple[int, int]:
    """Within which bytes records must start: from the first, and before the second."""
    if scan_range is None:
        return 0, size
    start, end = scan_range.get("Start"), scan_range.get("End")
    if start is None and end is None:
        raise InvalidScanRange
    if start is None:
        # AWS: an end alone is how many bytes at the end (API reference, ScanRange).
        return max(size - int(end or 0), 0), size
    if start < 0 or (end is not None and end < start) or start >= max(size, 1):
        raise InvalidScanRange
    return start, size if end is None else min(end + 1, size)


def _scanned(data: bytes, delimiter: bytes, start: int, end: int) -> bytes:
    """The records that start within a range, whole."""
    if start == 0 and end >= len(data):
        return data
    if start > 0 and data[start - len(delimiter) : start] != delimiter:
        found = data.find(delimiter, start)
        start = len(data) if found < 0 else found + len(delimiter)
    if start >= end:
        return b""
    found = data.find(delimiter, end - len(delimiter))
    return data[start:] if found < 0 else data[start : found + len(delimiter)]


def _csv(data: bytes, options: Mapping[str, Any], start: int, end: int) -> Iterator[CsvRow]:
    header_info = options.get("FileHeaderInfo") or "NONE"
    if header_info not in ("NONE", "USE", "IGNORE"):
        raise InvalidFileHeaderInfo
    names: list[str] | None = None
    delimiter = (options.get("RecordDelimiter") or "\n").encode()
    if header_info != "NONE":
        first = data.find(delimiter)
        head = data if first < 0 else data[: first + len(delimiter)]
        names = next(_csv_fields(_text(head), options), [])
        if header_info == "IGNORE":
            names = None
        start = max(start, len(head))
    fields = _csv_fields(_text(_scanned(data[:], delimiter, start, end) if start < end else b""), options)
    return (_csv_row(record, names) for record in fields)


def _csv_row(record: list[str], names: list[str] | None) -> CsvRow:
    row = CsvRow((f"_{at}", value) for at, value in enumerate(record, 1))
    if names is not None:
        row = CsvRow(zip(names, record, strict=False))
        row.update((f"_{at}", value) for at, value in enumerate(record[len(names) :], len(names) + 1))
        row.named = True
    return row


def _csv_fields(text: str, options: Mapping[str, Any]) -> Iterator[list[str]]:
    record_delimiter = options.get("RecordDelimiter") or "\n"
    quote, escape = options.get("QuoteCharacter") or '"', options.get("QuoteEscapeCharacter") or '"'
    comment = options.get("Comments") or "#"
    separator = options.get("FieldDelimiter") or ","
    lines: Any
    if options.get("AllowQuotedRecordDelimiter") and record_delimiter in ("\n", "\r\n"):
        lines = io.StringIO(text, newline="")
    else:
        lines = (line.removesuffix("\r") for line in text.split(record_delimiter))
    kept = (line for line in lines if not line.startswith(comment))
    if len(separator) > 1:
        # The csv module has separators of one character alone; this one is in no text.
        kept, separator = (line.replace(separator, "\ue000") for line in kept), "\ue000"
    try:
        reader = csv.reader(
            kept,
            delimiter=separator,
            quotechar=quote,
            doublequote=escape == quote,
            escapechar=None if escape == quote else escape,
        )
        for record in reader:
            if record:
                yield record
    except (csv.Error, TypeError, ValueError):
        raise CSVParsingError from None


def _json(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    position, length = 0, len(text)
    while True:
        while position < length and text[position] in " \t\r\n":
            position += 1
        if position >= length:
            return
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            raise JSONParsingError from None
        yield value


def _parquet(data: bytes) -> Iterator[dict[str, Any]]:
    try:
        import duckdb
    except ImportError:
        raise MissingExtraError("SelectObjectContent of Parquet needs duckdb: pip install 'awsim[select]'") from None
    descriptor, path = tempfile.mkstemp(suffix=".parquet")  # duckdb reads files alone
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        with duckdb.connect() as connection:
            found = connection.execute("SELECT * FROM read_parquet(?)", [path])
            names = [column[0] for column in found.description or ()]
            rows = found.fetchall()
    except duckdb.Error:
        raise ParquetParsingError from None
    finally:
        os.unlink(path)
    return (dict(zip(names, row, strict=True)) for row in rows)
