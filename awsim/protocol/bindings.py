"""Members that travel outside the body: in the path, the query string, headers, the status code and the host.

Owns the model's HTTP bindings, both ways. Must not know bodies. Everything is compiled per operation; nothing here is
looked up in a shape while a request passes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from awsim.protocol.codec import Parser
from awsim.protocol.http import Request, parse_query
from awsim.protocol.scalars import (
    Misfit,
    TextWriter,
    expected,
    plain_string,
    read_base64,
    text_reader,
    text_writer,
    timestamp_format,
    write_base64,
)
from awsim.protocol.trees import plain_entries, plain_items
from awsim.spec import ListShape, MapShape, OperationModel, Shape, StructureShape

_LABEL = re.compile(r"\{(\w+)\}")


# The host


def with_host_labels(operation: OperationModel, parse: Parser) -> Parser:
    """The parser, with the members that only the host name carries (``{AccountId}.s3-control…``)."""
    labels = host_labels(operation)
    if not labels:
        return parse
    pattern = re.compile(labels)

    def parse_with_host(request: Request) -> dict[str, Any]:
        members = parse(request)
        match = pattern.match(request.host)
        if match is not None:
            for name, value in match.groupdict().items():
                members.setdefault(name, value)
        return members

    return parse_with_host


def host_labels(operation: OperationModel) -> str:
    """An operation's host prefix as a pattern with a group for each member in it; "" where no member is."""
    prefix: str = (operation.endpoint or {}).get("hostPrefix", "")
    if "{" not in prefix:
        return ""
    parts = _LABEL.split(prefix)
    return "".join(f"(?P<{part}>[^.]+)" if index % 2 else re.escape(part) for index, part in enumerate(parts))


# Members by their places


class Places:
    """A structure's members sorted by where HTTP carries them, in a request or in a response.

    ``body`` has those that share the body, ``payload`` the name of the one that is the body, ``stream`` the name of the
    event stream that is.
    """

    def __init__(self, shape: StructureShape, *, request: bool) -> None:
        self.labels: dict[str, Shape] = {}
        self.query: dict[str, Shape] = {}
        self.headers: dict[str, Shape] = {}
        self.prefix_headers: dict[str, Shape] = {}
        self.status: list[str] = []
        self.stream: str | None = shape.event_stream_name
        self.payload: str | None = None if self.stream else shape.serialization.get("payload")
        self.body: dict[str, Shape] = {}
        by_location = {"header": self.headers, "headers": self.prefix_headers}
        if request:  # a shape may serve both ways; what is in the address of a request is in the body of a response
            by_location.update(uri=self.labels, querystring=self.query)
        for name, member in shape.members.items():
            location = member.serialization.get("location")
            if location in by_location:
                by_location[location][name] = member
            elif location == "statusCode" and not request:
                self.status.append(name)
            elif name not in (self.payload, self.stream):
                self.body[name] = member


Bound = dict[str, Any]
BoundReader = Callable[[Request, Bound], None]


def bound_readers(operation: OperationModel, places: Places) -> list[BoundReader]:
    """Compile the reading of what is outside the body. A reader adds to the members; raises Misfit or ValueError."""
    readers: list[BoundReader] = []
    if places.labels:
        readers.append(_labels_reader(operation, places.labels))
    if places.query:
        readers.append(_query_reader(operation, places.query))
    if places.headers:
        readers.append(_headers_reader(places.headers))
    readers.extend(_prefix_reader(name, member) for name, member in places.prefix_headers.items())
    return readers


# Labels


def _labels_reader(operation: OperationModel, labels: Mapping[str, Shape]) -> BoundReader:
    """Read labels from the path, counted from the front, or from the back behind a greedy label.

    AWS: boto3's S3 client takes the bucket out of ``requestUri`` once it has resolved an endpoint and keeps the whole
    template in ``authPath``; a model adopted from a client may be in either state.
    """
    template: str = operation.http.get("authPath", operation.http["requestUri"])
    segments = template.partition("?")[0].split("/")
    greedy = next((index for index, segment in enumerate(segments) if segment.endswith("+}")), None)
    behind = 0 if greedy is None else len(segments) - greedy - 1
    wire_names = {member.serialization.get("name", name): name for name, member in labels.items()}
    found = []
    for index, segment in enumerate(segments):
        name = wire_names.get(segment.strip("{}+"))
        if name is not None and segment.startswith("{"):
            counted = index if greedy is None or index <= greedy else index - len(segments)
            found.append((name, counted, index == greedy, text_reader(labels[name], "iso8601")))

    def read(request: Request, members: Bound) -> None:
        path = request.path.split("/")
        for name, index, is_greedy, read_text in found:
            if is_greedy:
                text = "/".join(path[index : len(path) - behind])
            elif -len(path) <= index < len(path):
                text = path[index]
            else:
                continue
            if text:
                members[name] = read_text(unquote(text, errors="strict") if "%" in text else text)

    return read


# Query strings


def _query_reader(operation: OperationModel, query: Mapping[str, Shape]) -> BoundReader:
    """Read parameters; a member that is a map takes all those to which nothing else in the model is bound."""
    found: dict[str, tuple[str, Callable[[list[str]], Any]]] = {}
    maps: list[tuple[str, bool]] = []
    taken = set(parse_query(operation.http["requestUri"].partition("?")[2]))
    for name, member in query.items():
        if isinstance(member, MapShape):
            maps.append((name, isinstance(member.value, ListShape)))
        else:
            found[member.serialization.get("name", name)] = (name, _parameter_reader(member))
    taken.update(found)

    def read(request: Request, members: Bound) -> None:
        if not request.query_string:
            return
        parameters = request.query
        for wire_name, values in parameters.items():
            entry = found.get(wire_name)
            if entry is not None:
                name, read_values = entry
                value = read_values(values)
                if value is not None:
                    members[name] = value
        for name, holds_lists in maps:
            free = {
                key: list(values) if holds_lists else values[0]
                for key, values in parameters.items()
                if key not in taken
            }
            if free:
                members[name] = free

    return read


def _parameter_reader(shape: Shape) -> Callable[[list[str]], Any]:
    """How the values of one query parameter are read; None where they say nothing."""
    if isinstance(shape, ListShape):
        read_item = text_reader(shape.member, "iso8601")
        return lambda values: [read_item(value) for value in values]
    read_text = text_reader(shape, "iso8601")
    if shape.type_name == "string":
        return lambda values: values[0]
    if shape.type_name == "boolean":
        return lambda values: read_text(values[0]) if values[0] else True
    return lambda values: read_text(values[0]) if values[0] else None


# Headers


def _headers_reader(headers: Mapping[str, Shape]) -> BoundReader:
    found = [
        (member.serialization.get("name", name).lower(), name, _header_reader(member))
        for name, member in headers.items()
    ]

    def read(request: Request, members: Bound) -> None:
        sent = request.headers
        for wire_name, name, read_text in found:
            text = sent.get(wire_name)
            if text is not None:
                value = read_text(text)
                if value is not None:
                    members[name] = value

    return read


def _header_reader(shape: Shape) -> Callable[[str], Any]:
    """How a header's value is read; None where it says nothing."""
    if isinstance(shape, ListShape):
        return _header_list_reader(shape.member)
    if is_json_value(shape):
        return _read_json_value
    read_text = text_reader(shape, "rfc822")
    if shape.type_name == "string":
        return read_text
    return lambda text: read_text(text) if text else None


def _header_list_reader(shape: Shape) -> Callable[[str], list[Any]]:
    read_item = text_reader(shape, "rfc822")
    dates = shape.type_name == "timestamp" and timestamp_format(shape, "rfc822") == "rfc822"

    def read(text: str) -> list[Any]:
        items = split_header(text)
        if dates:  # such a date holds one comma itself: "Sun, 06 Nov 1994 08:49:37 GMT"
            items = [", ".join(items[index : index + 2]) for index in range(0, len(items), 2)]
        return [read_item(item) for item in items]

    return read


def split_header(text: str) -> list[str]:
    """The items of a header that is a list; an item in double quotes may hold commas and escaped quotes."""
    if '"' not in text:
        return [item.strip() for item in text.split(",")] if text else []
    items = []
    for match in _HEADER_ITEM.finditer(text):
        quoted, bare = match.groups()
        items.append(bare.strip() if quoted is None else _ESCAPED.sub(r"\1", quoted))
    return items


_HEADER_ITEM = re.compile(r'(?:^|,)[ \t]*(?:"((?:[^"\\]|\\.)*)"[ \t]*(?=,|$)|([^,]*))')
_ESCAPED = re.compile(r"\\(.)")


def is_json_value(shape: Shape) -> bool:
    """Whether a header carries JSON in base64."""
    return bool(shape.serialization.get("jsonvalue"))


def _read_json_value(text: str) -> Any:
    return json.loads(read_base64(text))


def _prefix_reader(name: str, shape: Shape) -> BoundReader:
    prefix = shape.serialization.get("name", "").lower()
    length = len(prefix)

    def read(request: Request, members: Bound) -> None:
        found = {key[length:]: value for key, value in request.headers.items() if key.startswith(prefix)}
        if found:
            members[name] = found

    return read


# Writing headers and the status


HeaderWriter = Callable[[Any, dict[str, str]], None]


def header_writers(places: Places) -> dict[str, HeaderWriter]:
    """Compile the writing of the members that responses carry in headers, by member. A writer raises Misfit."""
    writers: dict[str, HeaderWriter] = {}
    for name, member in places.headers.items():
        writers[name] = _header_writer(member.serialization.get("name", name), _header_text_writer(member))
    for name, member in places.prefix_headers.items():
        writers[name] = _prefix_writer(member.serialization.get("name", ""))
    return writers


def _header_writer(wire_name: str, write_text: TextWriter) -> HeaderWriter:
    def write(value: Any, headers: dict[str, str]) -> None:
        headers[wire_name] = one_line(write_text(value))

    return write


def _header_text_writer(shape: Shape) -> TextWriter:
    if isinstance(shape, ListShape):
        write_item = _header_text_writer(shape.member)
        quotes = shape.member.type_name == "string"
        if quotes:
            return lambda value: ", ".join(_quoted(write_item(item)) for item in plain_items(value))
        return lambda value: ", ".join(write_item(item) for item in plain_items(value))
    if is_json_value(shape):
        return lambda value: write_base64(json.dumps(value, separators=(",", ":")))
    return text_writer(shape, "rfc822")


def _quoted(item: str) -> str:
    if "," not in item and '"' not in item:
        return item
    escaped = item.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _prefix_writer(prefix: str) -> HeaderWriter:
    def write(value: Any, headers: dict[str, str]) -> None:
        for key, item in plain_entries(value):
            try:
                headers[prefix + key] = one_line(plain_string(item))
            except Misfit as misfit:
                raise misfit.under(f"[{key!r}]") from None

    return write


def one_line(text: str) -> str:
    """A header's value; line breaks, which would start another header, raise Misfit."""
    if "\n" in text or "\r" in text:
        raise expected("a header's value without line breaks", text)
    return text


ErrorHeaderWriter = Callable[[Mapping[str, Any]], dict[str, str]]


def error_header_writer(places: Places) -> ErrorHeaderWriter:
    """Compile the writing of those members of an error that headers carry. The closure raises Misfit."""
    writers = header_writers(places)

    def write(members: Mapping[str, Any]) -> dict[str, str]:
        headers: dict[str, str] = {}
        for name, write_header in writers.items():
            if members.get(name) is not None:
                try:
                    write_header(members[name], headers)
                except Misfit as misfit:
                    raise misfit.under(name) from None
        return headers

    return write
