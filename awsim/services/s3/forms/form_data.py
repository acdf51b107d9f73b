"""A form as browsers post it, multipart/form-data (RFC 7578): fields, and one file behind them. Knows no requests."""

from __future__ import annotations

import re

import attrs

from awsim.services.s3.errors import MalformedPOSTRequest

_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^;,\s]+))', re.IGNORECASE)
# Browsers escape the quotation mark alone, and so write Windows's paths as they are.
_PARAMETER = re.compile(r'(name|filename)=(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))', re.IGNORECASE)
_FILE = "file"


@attrs.frozen
class Form:
    """``fields`` by their names in lower case, in the order in which they came; ``file`` None where there is none.

    Field values are text as HTTP has it, UTF-8's bytes as Latin-1. ``head_length`` is what comes before the file's
    content, in bytes.
    """

    fields: dict[str, str]
    file: bytes | None = None
    file_name: str = ""
    file_type: str = ""
    head_length: int = 0

    def text(self, name: str) -> str | None:
        """A field's value as its sender meant it."""
        value = self.fields.get(name)
        return None if value is None else as_text(value)


def as_text(value: str) -> str:
    """UTF-8 that was taken for Latin-1, as text."""
    return value.encode("latin-1").decode("utf-8", "replace")


def read_form(content_type: str, body: bytes) -> Form:
    """A form from its body. Raises MalformedPOSTRequest.

    AWS: whatever comes behind the file is ignored (User Guide, "Creating HTML forms").
    """
    found = _BOUNDARY.search(content_type)
    if found is None:
        raise MalformedPOSTRequest
    delimiter = b"--" + (found[1] or found[2]).encode()
    fields: dict[str, str] = {}
    start = body.find(delimiter)
    while start >= 0:
        start += len(delimiter)
        if body.startswith(b"--", start):
            return Form(fields)
        head_start = body.find(b"\r\n", start) + 2
        head_end = body.find(b"\r\n\r\n", head_start - 2)
        end = body.find(b"\r\n" + delimiter, head_end)
        if head_start < 2 or head_end < 0 or end < 0:
            break
        headers = _headers(body[head_start:head_end])
        value = body[head_end + 4 : end] if end >= head_end + 4 else b""
        parameters = _parameters(headers.get("content-disposition", ""))
        name = parameters.get("name", "").lower()
        if name == _FILE:
            file_name = re.split(r"[/\\]", as_text(parameters.get("filename", "")))[-1]
            return Form(fields, value, file_name, headers.get("content-type", ""), head_end + 4)
        fields[name] = value.decode("latin-1")
        start = end + 2
    raise MalformedPOSTRequest


def _headers(head: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.decode("latin-1").split("\r\n"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _parameters(disposition: str) -> dict[str, str]:
    return {
        found[1].lower(): found[2].replace('\\"', '"').replace("%22", '"') if found[2] is not None else found[3]
        for found in _PARAMETER.finditer(disposition)
    }
