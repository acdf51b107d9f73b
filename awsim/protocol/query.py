"""The ``query`` protocol: a form goes in, XML comes out.

Owns forms (``Filters.member.1.Name=x``), the envelope of answers, and query errors. Must not know EC2's dialect, which
builds on this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from awsim.errors import ServiceException
from awsim.protocol.bindings import with_host_labels
from awsim.protocol.codec import ErrorSerializer, Parser, Serializer
from awsim.protocol.error_shapes import fault_name
from awsim.protocol.http import Request, Response
from awsim.protocol.rpc import EMPTY_STRUCTURE, parse_nothing, result_error
from awsim.protocol.scalars import Misfit, text_reader
from awsim.protocol.xml import XmlWriters, encode, escape, namespace_attribute, xml_error_writer
from awsim.spec import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

#: A form's fields as a tree: the names between dots lead to the values.
Node = str | dict[str, Any]
NodeReader = Callable[[Node], Any]

#: A list or map takes two steps of a name for each level it nests.
_STEPS_MAX: Final = 200
_INDEX_DIGITS_MAX: Final = 18


# Forms


def form_fields(request: Request) -> Iterable[tuple[str, str]]:
    """The fields of a request: those of the query string, then those of the body. Raises ServiceException."""
    try:
        pairs = _form_pairs(request.read().decode())
        if request.query_string:
            pairs = _form_pairs(request.query_string) + pairs
    except ValueError:
        raise ServiceException("MalformedQueryString", "The query string contains a syntax error.") from None
    return pairs


def _form_pairs(text: str) -> list[tuple[str, str]]:
    if "%" in text or "+" in text:
        return parse_qsl(text, keep_blank_values=True, errors="strict")
    # Nothing is encoded, as in many a request: then splitting is all there is to do, at a third of the cost.
    split = (field.partition("=") for field in text.split("&") if field)
    return [(name, value) for name, _, value in split]


def form_tree(fields: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The fields of a form as a tree. Raises Misfit for names that contradict each other."""
    tree: dict[str, Any] = {}
    for name, value in fields:
        node = tree
        if "." in name:
            *steps, name = name.split(".", _STEPS_MAX)
            if len(steps) == _STEPS_MAX:
                raise Misfit("Parameter names nest too deeply")
            for step in steps:
                node = node.setdefault(step, {})
                if type(node) is not dict:
                    raise Misfit("Start of structure or map found where not expected.")
        if name in node:
            raise Misfit(f"Duplicate parameter {name}")
        node[name] = value
    return tree


class FormReaders:
    """Compiled readers (form tree -> members) of one service's shapes. A reader raises Misfit."""

    def __init__(self) -> None:
        self._compiled: dict[str, NodeReader] = {}

    def names(self, name: str, shape: Shape) -> tuple[str, ...]:
        """The names under which a member may be sent, the preferred one first.

        AWS: a flattened list may go by the name of its own member, as botocore sends it.
        """
        own: str = shape.serialization.get("name", name)
        if isinstance(shape, ListShape) and shape.serialization.get("flattened"):
            return own, shape.member.serialization.get("name", own)
        return (own,)

    def reader(self, shape: Shape) -> NodeReader:
        if isinstance(shape, StructureShape):
            reader = self._compiled.get(shape.name)
            if reader is None:
                reader = self._compiled[shape.name] = self._structure(shape)
            return reader
        if isinstance(shape, ListShape):
            return self.list_reader(shape)
        return self._map(shape) if isinstance(shape, MapShape) else _scalar_reader(shape)

    def _structure(self, shape: StructureShape) -> NodeReader:
        table: dict[str, tuple[str, NodeReader]] = {}

        def read(node: Node) -> dict[str, Any]:
            if not table:
                table.update(self._table(shape))
            members = {}
            for wire_name, child in branches(node).items():
                entry = table.get(wire_name)
                if entry is not None:
                    name, reader = entry
                    members[name] = reader(child)
            return members

        return read

    def _table(self, shape: StructureShape) -> dict[str, tuple[str, NodeReader]]:
        table: dict[str, tuple[str, NodeReader]] = {}
        for name, member in shape.members.items():
            entry = (name, self.reader(member))
            preferred, *others = self.names(name, member)
            table[preferred] = entry
            for other in others:
                table.setdefault(other, entry)
        return table

    def list_reader(self, shape: ListShape) -> NodeReader:
        flattened = shape.serialization.get("flattened")
        item_name = shape.member.serialization.get("name", "member")
        reader = self.reader(shape.member)

        def read(node: Node) -> list[Any]:
            items = branches(node)
            if not flattened and items:
                # AWS: "member" is taken even where the model names the items otherwise.
                items = branches(items.get(item_name, items.get("member", "")))
            return [reader(item) for item in in_order(items)]

        return read

    def _map(self, shape: MapShape) -> NodeReader:
        flattened = shape.serialization.get("flattened")
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        read_key, read_value = self.reader(shape.key), self.reader(shape.value)

        def read(node: Node) -> dict[str, Any]:
            entries = branches(node)
            if not flattened and entries:
                entries = branches(entries.get("entry", ""))
            found = {}
            for entry in in_order(entries):
                pair = branches(entry)
                if key_name not in pair:
                    raise Misfit("A map's entry lacks its key.")
                found[read_key(pair[key_name])] = read_value(pair.get(value_name, ""))
            return found

        return read


def branches(node: Node) -> dict[str, Any]:
    """The fields below a name. A name sent with no value stands for an empty list, map or structure."""
    if type(node) is dict:
        return node
    if node:
        raise Misfit("Unexpected simple value where a structure, list or map was expected.")
    return {}


def in_order(items: dict[str, Any]) -> list[Node]:
    """The values of numbered fields by their numbers, whatever gaps lie between."""
    return [items[index] for index in sorted(items, key=_index)]


def _index(step: str) -> int:
    if len(step) > _INDEX_DIGITS_MAX or not (step.isascii() and step.isdigit()):
        raise Misfit(f"{step} is not a valid index")
    return int(step)


def _scalar_reader(shape: Shape) -> NodeReader:
    read_text = text_reader(shape, "iso8601")

    def read(node: Node) -> Any:
        if type(node) is not str:
            raise Misfit("Start of structure or map found where not expected.")
        return read_text(node)

    return read


# The protocol


class QueryProtocol:
    """The ``query`` protocol of one service."""

    content_type = "text/xml"
    readers_type: type[FormReaders] = FormReaders

    def __init__(self, service: ServiceModel) -> None:
        self._service = service
        self._readers = self.readers_type()
        self._writers = XmlWriters(service)
        self._write_error = xml_error_writer(service, self._writers)
        self._namespace = namespace_attribute(service.metadata.get("xmlNamespace"))

    def parser(self, operation: OperationModel) -> Parser:
        shape = operation.input_shape
        if shape is None:
            return parse_nothing
        read = self._readers.reader(shape)

        def parse(request: Request) -> dict[str, Any]:
            fields = form_fields(request)
            try:
                members: dict[str, Any] = read(form_tree(fields))
            except Misfit as misfit:
                raise ServiceException("MalformedInput", misfit.problem) from None
            return members

        return with_host_labels(operation, parse)

    def serializer(self, operation: OperationModel) -> Serializer:
        shape = operation.output_shape or EMPTY_STRUCTURE
        contents = self._writers.contents(shape, shape.members)
        start, end = self.envelope(operation.name, shape.serialization.get("resultWrapper", ""))
        content_type = self.content_type

        def serialize(output: Mapping[str, Any] | None, request_id: str) -> Response:
            parts = [start]
            try:
                contents({} if output is None else output, parts.append)
            except Misfit as misfit:
                raise result_error(operation, misfit) from None
            parts.append(end.format(escape(request_id)))
            headers = {"x-amzn-RequestId": request_id, "Content-Type": content_type}
            return Response(200, headers, encode(parts))

        return serialize

    def envelope(self, operation_name: str, wrapper: str) -> tuple[str, str]:
        """What stands before and after a result; ``{}`` in the latter takes the request's id."""
        before, after = (f"<{wrapper}>", f"</{wrapper}>") if wrapper else ("", "")
        return (
            f"<{operation_name}Response{self._namespace}>{before}",
            f"{after}<ResponseMetadata><RequestId>{{}}</RequestId></ResponseMetadata></{operation_name}Response>",
        )

    def error_serializer(self, operation: OperationModel) -> ErrorSerializer:
        write_error = self._write_error
        content_type, enclose = self.content_type, self.enclose_error

        def serialize_error(error: ServiceException, request_id: str) -> Response:
            contents, _ = write_error(error)
            body = enclose(error, contents, escape(request_id))
            headers = {"x-amzn-RequestId": request_id, "Content-Type": content_type}
            return Response(error.status_code, headers, encode([body]))

        return serialize_error

    def enclose_error(self, error: ServiceException, contents: str, request_id: str) -> str:
        """The document that an error's contents stand in."""
        return (
            f"<ErrorResponse{self._namespace}><Error><Type>{fault_name(error)}</Type>{contents}</Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>"
        )
