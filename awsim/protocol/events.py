"""Event streams: events as members, each framed as one message.

Owns how an event's members spread over a message's headers and payload, both ways, and the first message in which the
RPC protocols put all other members. Must not know the framing itself (:mod:`awsim.protocol.event_stream`) nor how a
payload is spelt (a BodyFormat). Streams are lazy: an event is read or written when its reader asks for it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from awsim.errors import ResultError, ServiceException
from awsim.protocol.body_format import BodyFormat
from awsim.protocol.error_shapes import error_members
from awsim.protocol.event_stream import HeaderValue, decode_messages, encode_message
from awsim.protocol.http import Request
from awsim.protocol.scalars import (
    Misfit,
    expected,
    plain_boolean,
    plain_bytes,
    plain_integer,
    plain_moment,
    plain_string,
)
from awsim.protocol.structures import fields_of, unknown_member
from awsim.spec import Shape, StructureShape

CONTENT_TYPE: Final = "application/vnd.amazon.eventstream"
INITIAL_REQUEST: Final = "initial-request"
INITIAL_RESPONSE: Final = "initial-response"

_CHUNK_BYTES = 64 * 1024

Headers = dict[str, HeaderValue]
Message = tuple[Headers, bytes]
Event = dict[str, Any]


# Reading


def messages(request: Request) -> Iterator[Message]:
    """The messages of a request's body, taken out of the signed messages that may wrap them."""
    body = request.body
    chunks: Iterable[bytes] = [body] if isinstance(body, bytes) else iter(lambda: body.read(_CHUNK_BYTES), b"")
    for headers, payload in decode_messages(chunks):
        if ":chunk-signature" not in headers:
            yield headers, payload
        elif payload:  # the stream's last signed message holds none
            yield from decode_messages([payload])


def initial_request(stream: Iterator[Message]) -> tuple[bytes, Iterator[Message]]:
    """The payload of the message that opens a stream with the other members, and what follows; b"" if none opens it."""
    first = next(stream, None)
    if first is None:
        return b"", stream
    headers, payload = first
    if headers.get(":event-type") == INITIAL_REQUEST:
        return payload, stream
    return b"", itertools.chain([first], stream)


def events_reader(shape: StructureShape, body_format: BodyFormat) -> Callable[[Iterator[Message]], Iterator[Event]]:
    """Compile the reading of a stream whose events are a union's members: ``{"EventName": {…}}``, one at a time.

    Events that the model does not know are passed over. The iterator raises ServiceException.
    """
    compiled: dict[str, Callable[[Headers, bytes], Any]] = {}

    def read(stream: Iterator[Message]) -> Iterator[Event]:
        for headers, payload in stream:
            name = headers.get(":event-type") or headers.get(":exception-type")
            if not isinstance(name, str) or name not in shape.members:
                continue
            if name not in compiled:
                compiled[name] = _event_reader(shape.members[name], body_format)
            yield {name: compiled[name](headers, payload)}

    return read


def _event_reader(shape: Any, body_format: BodyFormat) -> Callable[[Headers, bytes], Any]:
    in_headers, payload_name, in_body = _places(shape)
    read_payload = _payload_reader(shape, payload_name, in_body, body_format)

    def read(headers: Headers, payload: bytes) -> Any:
        members = {name: headers[name] for name in in_headers if name in headers}
        members.update(read_payload(payload))
        return members

    return read


def _payload_reader(
    shape: StructureShape, payload_name: str | None, in_body: Mapping[str, Shape], body_format: BodyFormat
) -> Callable[[bytes], dict[str, Any]]:
    if payload_name is None:
        return body_format.reader(shape, in_body) if in_body else _nothing
    member = shape.members[payload_name]
    if isinstance(member, StructureShape):
        read_member = body_format.reader(member, member.members)
        return lambda payload: {payload_name: read_member(payload)}
    if member.type_name == "blob":
        return lambda payload: {payload_name: payload}
    return lambda payload: {payload_name: payload.decode("utf-8", "replace")}


def _nothing(payload: bytes) -> dict[str, Any]:
    return {}


# Writing


def events_writer(shape: StructureShape, body_format: BodyFormat) -> Callable[[Any, str], Iterator[bytes]]:
    """Compile the writing of a stream of events, each ``{"EventName": {…}}`` with just one member of the union.

    A ServiceException that the provider's iterable raises midway becomes the stream's last message. The closure takes
    what to call the stream in a ResultError, which the iterator raises.
    """
    compiled: dict[str, Callable[[Any], bytes]] = {}

    def message(name: str, value: Any) -> bytes:
        if name not in compiled:
            compiled[name] = _event_writer(name, shape.members[name], body_format)
        return compiled[name](value)

    def write(events: Any, label: str) -> Iterator[bytes]:
        try:
            for index, event in enumerate(() if events is None else events):
                try:
                    name, value = _single(event, shape)
                    yield message(name, value)
                except Misfit as misfit:
                    raise ResultError(f"{label}: {misfit.under(f'[{index}]')}") from None
        except ServiceException as error:
            exception_name = _exception_member(shape, error)
            if exception_name is None:
                yield encode_message(
                    {":message-type": "error", ":error-code": error.code, ":error-message": error.message}, b""
                )
            else:
                member: Any = shape.members[exception_name]
                yield message(exception_name, error_members(error, member))

    return write


def initial_response(payload: bytes, content_type: str) -> bytes:
    """The message that opens a stream with the other members of an output."""
    return encode_message(
        {":message-type": "event", ":event-type": INITIAL_RESPONSE, ":content-type": content_type}, payload
    )


def _single(event: Any, shape: StructureShape) -> tuple[str, Any]:
    if not isinstance(event, Mapping) or len(event) != 1:
        raise expected("a mapping with one event", event)
    ((name, value),) = event.items()
    if name not in shape.members:
        raise unknown_member(name)
    return name, value


def _exception_member(shape: StructureShape, error: ServiceException) -> str | None:
    """The member of the union whose shape is the error's."""
    for name, member in shape.members.items():
        if member.metadata.get("exception") and (member.name in (error.shape_name, error.code) or name == error.code):
            found: str = name
            return found
    return None


def _event_writer(name: str, shape: Any, body_format: BodyFormat) -> Callable[[Any], bytes]:
    in_headers, payload_name, in_body = _places(shape)
    kind = "exception" if shape.metadata.get("exception") else "event"
    fixed: Headers = {":message-type": kind, f":{kind}-type": name}
    fields = fields_of(shape)
    write_payload, content_type = _payload_writer(shape, payload_name, in_body, body_format)
    if content_type:
        fixed[":content-type"] = content_type

    def write(value: Any) -> bytes:
        headers, rest = dict(fixed), {}
        try:
            for member, item in fields(value):
                if member not in in_headers:
                    rest[member] = item
                elif item is not None:
                    try:
                        headers[member] = in_headers[member](item)
                    except Misfit as misfit:
                        raise misfit.under(member) from None
            return encode_message(headers, write_payload(rest))
        except Misfit as misfit:
            raise misfit.under(name) from None

    return write


def _payload_writer(
    shape: StructureShape, payload_name: str | None, in_body: Mapping[str, Shape], body_format: BodyFormat
) -> tuple[Callable[[dict[str, Any]], bytes], str]:
    """How the members outside the headers are written, and the content type of that."""
    if payload_name is None:
        if not in_body:
            return _no_payload(shape), ""
        return body_format.writer(shape, in_body), body_format.content_type
    member = shape.members[payload_name]
    if isinstance(member, StructureShape):
        write_member, content_type = body_format.writer(member, member.members), body_format.content_type
    elif member.type_name == "blob":
        write_member, content_type = plain_bytes, "application/octet-stream"
    else:
        write_member, content_type = (lambda value: plain_string(value).encode()), "text/plain"

    def write(rest: dict[str, Any]) -> bytes:
        value = rest.pop(payload_name, None)
        _no_payload(shape)(rest)
        try:
            return b"" if value is None else write_member(value)
        except Misfit as misfit:
            raise misfit.under(payload_name) from None

    return write, content_type


def _no_payload(shape: StructureShape) -> Callable[[dict[str, Any]], bytes]:
    def write(rest: dict[str, Any]) -> bytes:
        for name in rest:
            if name not in shape.members:
                raise unknown_member(name)
        return b""

    return write


_HEADER_VALUES: Mapping[str, Callable[[Any], HeaderValue]] = {
    "string": plain_string,
    "boolean": plain_boolean,
    "integer": plain_integer,
    "long": plain_integer,
    "blob": plain_bytes,
    "timestamp": plain_moment,
}


def _places(shape: StructureShape) -> tuple[dict[str, Callable[[Any], HeaderValue]], str | None, dict[str, Shape]]:
    """An event's members: in headers (with how they are written), the one that is the payload, and in the payload."""
    in_headers: dict[str, Callable[[Any], HeaderValue]] = {}
    in_body: dict[str, Shape] = {}
    payload_name = None
    for name, member in shape.members.items():
        if member.serialization.get("eventheader"):
            in_headers[name] = _HEADER_VALUES[member.type_name]
        elif member.serialization.get("eventpayload"):
            payload_name = name
        else:
            in_body[name] = member
    return in_headers, payload_name, in_body
