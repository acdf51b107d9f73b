"""What the two REST protocols, ``rest-json`` and ``rest-xml``, have in common.

Owns the way a message is put together from bound members and a body: shared members, a payload, a stream of bytes or of
events. Must not know how a body is spelt, nor what errors look like.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from awsim.errors import ServiceException
from awsim.protocol.bindings import Bound, BoundReader, Places, bound_readers, header_writers, with_host_labels
from awsim.protocol.body_format import BodyFormat
from awsim.protocol.codec import ErrorSerializer, Parser, Serializer
from awsim.protocol.http import Body, Request, Response
from awsim.protocol.rpc import EMPTY_STRUCTURE, parse_nothing, result_error
from awsim.protocol.scalars import Misfit, expected, plain_integer, plain_string
from awsim.protocol.structures import fields_of, unknown_member
from awsim.spec import OperationModel, ServiceModel, Shape, StructureShape

#: Answers with these codes have no body.
BODILESS_STATUS_CODES = (204, 304)

PayloadWriter = Callable[[Any], Body]


class RestProtocol(ABC):
    """A REST protocol of one service; subclasses say how bodies and errors are spelt."""

    def __init__(self, service: ServiceModel, body_format: BodyFormat) -> None:
        self._service = service
        self._format = body_format

    @abstractmethod
    def malformed(self, problem: str) -> ServiceException:
        """The answer to input that cannot be read."""

    @abstractmethod
    def base_headers(self, request_id: str) -> dict[str, str]:
        """The headers of every response."""

    @abstractmethod
    def error_serializer(self, operation: OperationModel) -> ErrorSerializer:
        """Compile the writing of errors."""

    # Reading

    def parser(self, operation: OperationModel) -> Parser:
        shape = operation.input_shape
        if shape is None:
            return parse_nothing
        places = Places(shape, request=True)
        readers = bound_readers(operation, places)
        body_reader = self._body_reader(shape, places)
        if body_reader is not None:
            readers.append(body_reader)
        malformed = self.malformed

        def parse(request: Request) -> dict[str, Any]:
            members: dict[str, Any] = {}
            try:
                for read in readers:
                    read(request, members)
            except Misfit as misfit:
                raise malformed(misfit.problem) from None
            except (ValueError, RecursionError) as error:  # undecodable text; JSON in a header
                raise malformed(str(error)) from None
            return members

        return with_host_labels(operation, parse)

    def _body_reader(self, shape: StructureShape, places: Places) -> BoundReader | None:
        if places.stream is not None:
            return self._stream_reader(shape, places.stream)
        if places.payload is not None:
            return self._payload_reader(places.payload, shape.members[places.payload])
        if not places.body:
            return None
        read_body = self._format.reader(shape, places.body)

        def read(request: Request, members: Bound) -> None:
            members.update(read_body(request.read()))

        return read

    def _stream_reader(self, shape: StructureShape, name: str) -> BoundReader:
        from awsim.protocol import events

        union: Any = shape.members[name]
        read_events = events.events_reader(union, self._format)

        def read(request: Request, members: Bound) -> None:
            members[name] = read_events(events.messages(request))

        return read

    def _payload_reader(self, name: str, shape: Shape) -> BoundReader:
        """A payload is absent where the body is empty: the two look the same."""
        if shape.serialization.get("streaming"):

            def read_stream(request: Request, members: Bound) -> None:
                if request.body != b"":
                    members[name] = request.body

            return read_stream
        read_bytes = self._payload_bytes_reader(shape)

        def read(request: Request, members: Bound) -> None:
            body = request.read()
            if body:
                members[name] = read_bytes(body)

        return read

    def _payload_bytes_reader(self, shape: Shape) -> Callable[[bytes], Any]:
        if isinstance(shape, StructureShape):
            return self._format.reader(shape, shape.members)
        return bytes if shape.type_name == "blob" else bytes.decode

    # Writing

    def serializer(self, operation: OperationModel) -> Serializer:
        shape = operation.output_shape or EMPTY_STRUCTURE
        places = Places(shape, request=False)
        in_headers, in_status, fields = header_writers(places), set(places.status), fields_of(shape)
        write_body, content_type = self._body_writer(operation, shape, places)
        names_content_type = any(
            member.serialization.get("name", name).lower() == "content-type" for name, member in places.headers.items()
        )
        modelled_status = operation.http.get("responseCode", 200)
        is_head = operation.http.get("method") == "HEAD"
        base_headers = self.base_headers

        def serialize(output: Mapping[str, Any] | None, request_id: str) -> Response:
            headers, status = base_headers(request_id), modelled_status
            rest: dict[str, Any] = {}
            try:
                for name, item in fields({} if output is None else output):
                    if item is None:
                        if name not in shape.members:
                            raise unknown_member(name)
                    elif name in in_headers:
                        try:
                            in_headers[name](item, headers)
                        except Misfit as misfit:
                            raise misfit.under(name) from None
                    elif name in in_status:
                        status = plain_integer(item)
                    else:
                        rest[name] = item
                body = write_body(rest)
            except Misfit as misfit:
                raise result_error(operation, misfit) from None
            if is_head or status in BODILESS_STATUS_CODES:
                return Response(status, headers, b"")
            if content_type and not names_content_type and body != b"":
                headers["Content-Type"] = content_type
            return Response(status, headers, body)

        return serialize

    def _body_writer(
        self, operation: OperationModel, shape: StructureShape, places: Places
    ) -> tuple[Callable[[dict[str, Any]], Body], str]:
        """How the members outside the headers are written, and the content type of that."""
        if places.stream is not None:
            from awsim.protocol import events

            union: Any = shape.members[places.stream]
            write_events, label = events.events_writer(union, self._format), f"{operation.name} result: {places.stream}"
            return _only(shape, places.stream, lambda value: write_events(value, label)), events.CONTENT_TYPE
        if places.payload is not None:
            write_payload, content_type = self._payload_writer(shape.members[places.payload])
            return _only(shape, places.payload, write_payload), content_type
        return self.shared_body_writer(operation, shape, places), self._format.content_type

    def shared_body_writer(
        self, operation: OperationModel, shape: StructureShape, places: Places
    ) -> Callable[[dict[str, Any]], Body]:
        """How a body is written that several members share; without such members there is none."""
        if places.body:
            return self._format.writer(shape, places.body)
        return _only(shape, None, _empty)

    def _payload_writer(self, shape: Shape) -> tuple[PayloadWriter, str]:
        if isinstance(shape, StructureShape):
            write = self._format.writer(shape, shape.members)
            return (lambda value: b"" if value is None else write(value)), self._format.content_type
        if shape.type_name == "blob":
            return write_blob_payload, "application/octet-stream"
        return (lambda value: b"" if value is None else plain_string(value).encode()), "text/plain"


def _empty(value: Any) -> Body:
    return b""


def _only(shape: StructureShape, name: str | None, write: PayloadWriter) -> Callable[[dict[str, Any]], Body]:
    """Write one member (None: none at all) and refuse those that the shape does not have."""

    def write_one(rest: dict[str, Any]) -> Body:
        for other in rest:
            if other != name:
                raise unknown_member(other)
        try:
            return write(rest.get(name) if name is not None else None)
        except Misfit as misfit:
            raise misfit.under(str(name)) from None

    return write_one


def write_blob_payload(value: Any) -> Body:
    """A provider's streaming payload: bytes or text at once; a readable file or an iterable of bytes as it is."""
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if hasattr(value, "read") or (isinstance(value, Iterable) and not isinstance(value, Mapping)):
        body: Body = value
        return body
    raise expected("bytes, a readable file or an iterable of bytes", value)
