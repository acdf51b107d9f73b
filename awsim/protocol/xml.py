"""Members <-> XML, for the protocols that answer in it (query, ec2) or speak it (rest-xml).

Owns elements: names, attributes, namespaces, wrapped and flattened lists and maps, escaping, the refusal of document
types, and the members of errors. Must not know what an answer or an error is enveloped in; the protocols say that.
Writers append text to a list that becomes the body; a structure's table is filled when its first value passes.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from awsim.errors import ResultError, ServiceException
from awsim.protocol.bindings import ErrorHeaderWriter, Places, error_header_writer
from awsim.protocol.body_format import BodyReader, BodyWriter
from awsim.protocol.error_shapes import ErrorShapes, message_member
from awsim.protocol.rpc import EMPTY_STRUCTURE
from awsim.protocol.scalars import Misfit, TextReader, text_reader, text_writer
from awsim.protocol.structures import DEPTH_MAX, check_depth, fields_of, nests_freely, unknown_member
from awsim.protocol.trees import Members, plain_entries, plain_items
from awsim.spec import ListShape, MapShape, ServiceModel, Shape, StructureShape

Emit = Callable[[str], None]
ElementWriter = Callable[[Any, Emit], None]
Element = ET.Element
ElementReader = Callable[[Element], Any]

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x85\u2028\ufffe\uffff]")


# Text


def escape(text: str) -> str:
    """Text as an element's content.

    AWS: S3 writes the control characters that XML 1.0 has no way to write as references all the same.
    """
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    if not text.isprintable():
        # A bare carriage return or line separator would reach the reader as a line feed.
        text = _UNPRINTABLE.sub(lambda match: f"&#x{ord(match[0]):X};", text)
    return text


def escape_attribute(text: str) -> str:
    """Text as an attribute's value between double quotes."""
    return escape(text).replace('"', "&quot;").replace("\n", "&#xA;").replace("\t", "&#x9;")


def encode(parts: list[str]) -> bytes:
    """The parts of a document as UTF-8."""
    return "".join(parts).encode("utf-8", "xmlcharrefreplace")


def namespace_attribute(namespace: object) -> str:
    """A model's xmlNamespace (text, or a uri with a prefix perhaps) as it stands in a start tag."""
    if not namespace:
        return ""
    if isinstance(namespace, Mapping):
        prefix = f":{namespace['prefix']}" if namespace.get("prefix") else ""
        return f' xmlns{prefix}="{escape_attribute(namespace["uri"])}"'
    return f' xmlns="{escape_attribute(str(namespace))}"'


# Writing


def member_tag(service: ServiceModel, name: str, shape: Shape) -> str:
    """The element that stands for a member.

    AWS: in models older than Smithy a list is flattened by its shape, and then its items keep the name of the list's
    own member; where the member of a structure is what is flattened, the items take that member's name.
    """
    if isinstance(shape, ListShape) and service.shape_for(shape.name).serialization.get("flattened"):
        name = shape.member.serialization.get("name", name)
    tag: str = shape.serialization.get("name", name)
    return tag


class XmlWriters:
    """Compiled writers (a provider's values -> elements) of one service's shapes. A writer raises Misfit."""

    def __init__(self, service: ServiceModel) -> None:
        self._service = service
        self._compiled: dict[str, ElementWriter] = {}
        self._has_milliseconds = service.metadata.get("serviceId") == "S3"

    def contents(self, shape: StructureShape, members: Members) -> ElementWriter:
        """What stands between a structure's tags, as far as these members go; its other members are passed over."""
        table: dict[str, ElementWriter] = {}
        fields = fields_of(shape)

        def write(value: Any, emit: Emit) -> None:
            if not table:
                table.update(self._elements(members))
            for name, item in value.items() if type(value) is dict else fields(value):
                writer = table.get(name)
                if writer is None:
                    if name not in shape.members:
                        raise unknown_member(name)
                elif item is not None:
                    try:
                        writer(item, emit)
                    except Misfit as misfit:
                        raise misfit.under(name) from None

        return write

    def _elements(self, members: Members) -> dict[str, ElementWriter]:
        return {name: self.element(member, member_tag(self._service, name, member)) for name, member in members.items()}

    def element(self, shape: Shape, tag: str) -> ElementWriter:
        """A shape's value as an element, or several where it is flattened."""
        if isinstance(shape, StructureShape):
            return self.structure(shape, tag)
        if isinstance(shape, ListShape):
            return self._list(shape, tag)
        if isinstance(shape, MapShape):
            return self._map(shape, tag)
        return self._scalar(shape, tag)

    def _scalar(self, shape: Shape, tag: str) -> ElementWriter:
        start, end = f"<{tag}{namespace_attribute(shape.serialization.get('xmlNamespace'))}>", f"</{tag}>"
        to_text = text_writer(shape, "iso8601")
        if shape.type_name == "timestamp" and self._has_milliseconds:
            to_text = _with_milliseconds(to_text)
        if shape.type_name in ("string", "character"):

            def write_string(value: Any, emit: Emit) -> None:
                text = value if type(value) is str else to_text(value)
                emit(f"{start}{text if text.isalnum() else escape(text)}{end}")

            return write_string

        def write(value: Any, emit: Emit) -> None:
            emit(f"{start}{to_text(value)}{end}")

        return write

    def structure(
        self, shape: StructureShape, tag: str, members: Members | None = None, namespace: str | None = None
    ) -> ElementWriter:
        """A structure's value as an element that carries these members (None: all)."""
        own_namespace = shape.serialization.get("xmlNamespace") or namespace
        start, end = f"<{tag}{namespace_attribute(own_namespace)}", f"</{tag}>"
        own = shape.members if members is None else members
        attributes = {name: member for name, member in own.items() if member.serialization.get("xmlAttribute")}
        elements = {name: member for name, member in own.items() if name not in attributes}
        contents = self.contents(shape, elements) if members is not None else self._contents_of(shape, elements)
        attribute_text = self._attributes(shape, attributes) if attributes else None

        def write(value: Any, emit: Emit) -> None:
            emit(start if attribute_text is None else f"{start}{attribute_text(value)}")
            emit(">")
            contents(value, emit)
            emit(end)

        return write

    def _contents_of(self, shape: StructureShape, elements: Members) -> ElementWriter:
        contents = self._compiled.get(shape.name)
        if contents is None:
            contents = self._compiled[shape.name] = self.contents(shape, elements)
        return contents

    def _attributes(self, shape: StructureShape, attributes: Members) -> Callable[[Any], str]:
        fields = fields_of(shape)
        written = {
            name: (member.serialization.get("name", name), text_writer(member, "iso8601"))
            for name, member in attributes.items()
        }

        def write(value: Any) -> str:
            texts = []
            for name, item in fields(value):
                if name in written and item is not None:
                    attribute_name, to_text = written[name]
                    try:
                        texts.append(f' {attribute_name}="{escape_attribute(to_text(item))}"')
                    except Misfit as misfit:
                        raise misfit.under(name) from None
            return "".join(texts)

        return write

    def _list(self, shape: ListShape, tag: str) -> ElementWriter:
        flattened = shape.serialization.get("flattened")
        item_tag = tag if flattened else shape.member.serialization.get("name", "member")
        start, end = f"<{tag}{namespace_attribute(shape.serialization.get('xmlNamespace'))}>", f"</{tag}>"
        write_item = self.element(shape.member, item_tag)

        def write_items(value: Any, emit: Emit) -> None:
            for index, item in enumerate(plain_items(value)):
                try:
                    write_item(item, emit)
                except Misfit as misfit:
                    raise misfit.under(f"[{index}]") from None

        def write(value: Any, emit: Emit) -> None:
            emit(start)
            write_items(value, emit)
            emit(end)

        return write_items if flattened else write

    def _map(self, shape: MapShape, tag: str) -> ElementWriter:
        flattened = shape.serialization.get("flattened")
        entry_tag = tag if flattened else "entry"
        start, end = f"<{tag}{namespace_attribute(shape.serialization.get('xmlNamespace'))}>", f"</{tag}>"
        write_key = self.element(shape.key, shape.key.serialization.get("name", "key"))
        write_value = self.element(shape.value, shape.value.serialization.get("name", "value"))

        def write_entries(value: Any, emit: Emit) -> None:
            for key, item in plain_entries(value):
                emit(f"<{entry_tag}>")
                try:
                    write_key(key, emit)
                    write_value(item, emit)
                except Misfit as misfit:
                    raise misfit.under(f"[{key!r}]") from None
                emit(f"</{entry_tag}>")

        def write(value: Any, emit: Emit) -> None:
            emit(start)
            write_entries(value, emit)
            emit(end)

        return write_entries if flattened else write


def _with_milliseconds(to_text: Callable[[Any], str]) -> Callable[[Any], str]:
    """AWS: S3 tells milliseconds even where there are none (recorded)."""

    def write(value: Any) -> str:
        text = to_text(value)
        return f"{text[:-1]}.000Z" if len(text) == len("2020-01-01T00:00:00Z") else text

    return write


# Errors


#: What every error's document tells already, even where a model repeats it as members.
_TOLD = frozenset({"Code", "Message", "message", "Type"})


def xml_error_writer(
    service: ServiceModel, writers: XmlWriters
) -> Callable[[ServiceException], tuple[str, dict[str, str]]]:
    """Compile the writing of an error's code, message and further members, and of those that headers carry.

    The closure raises ResultError for members that do not fit the shape.

    AWS: the message stands in ``<Message>`` even where the model spells its member ``message`` (IAM, SNS), so that
    boto3's callers do not find that member. Members that no model mentions are common in S3's errors; they are written
    as text.
    """
    shapes = ErrorShapes(service)
    compiled: dict[str, tuple[ErrorHeaderWriter, ElementWriter]] = {}

    def write(error: ServiceException) -> tuple[str, dict[str, str]]:
        shape = shapes.find(error) or EMPTY_STRUCTURE
        if shape.name not in compiled:
            places = Places(shape, request=False)
            compiled[shape.name] = error_header_writer(places), writers.contents(shape, places.body)
        write_headers, write_contents = compiled[shape.name]
        members = {name: value for name, value in error.members.items() if name not in _TOLD}
        message = error.message or error.members.get(message_member(shape) or "Message", "")
        parts = [f"<Code>{escape(error.code)}</Code><Message>{escape(message)}</Message>"]
        modelled = {name: members.pop(name) for name in shape.members if name in members}
        try:
            headers = write_headers(modelled)
            write_contents(modelled, parts.append)
        except Misfit as misfit:
            raise ResultError(f"{error.code} error: {misfit}") from None
        parts.extend(f"<{name}>{escape(str(value))}</{name}>" for name, value in members.items() if value is not None)
        return "".join(parts), headers

    return write


# Reading


def parse_xml(body: bytes) -> Element:
    """The root of an XML document. Raises ServiceException (MalformedXML); document types are refused unread.

    A document type could only be there to define entities, which can be made to expand without end.
    """
    if b"<!DOCTYPE" in body:
        raise malformed_xml()
    parser = ET.XMLParser(encoding="utf-8")  # noqa: S314  # what is unsafe about it has just been refused
    try:
        parser.feed(body)
        return parser.close()
    except (ET.ParseError, ValueError):
        raise malformed_xml() from None


def malformed_xml() -> ServiceException:
    """AWS's answer to XML that cannot be read, in S3's words."""
    return ServiceException(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )


def local_name(tag: str) -> str:
    """A tag without its namespace."""
    return tag[tag.rfind("}") + 1 :]


class XmlReaders:
    """Compiled readers (elements -> members) of one service's shapes. A reader raises Misfit."""

    def __init__(self, service: ServiceModel) -> None:
        self._service = service
        self._compiled: dict[str, ElementReader] = {}

    def reader(self, shape: Shape) -> ElementReader:
        """How an element that stands for a shape is read."""
        if isinstance(shape, StructureShape):
            reader = self._compiled.get(shape.name)
            if reader is None:
                reader = self._compiled[shape.name] = self.structure_reader(shape, None)
            return reader
        if isinstance(shape, ListShape):
            return self._wrapped(shape, shape.member.serialization.get("name", "member"))
        return self._wrapped(shape, "entry") if isinstance(shape, MapShape) else _scalar_reader(shape)

    def structure_reader(self, shape: StructureShape, members: Members | None) -> ElementReader:
        """How an element that carries these members of a structure (None: all) is read."""
        table: dict[str, tuple[str, bool, Callable[[Any], Any]]] = {}
        attributes: dict[str, tuple[str, TextReader]] = {}

        def read(element: Element) -> dict[str, Any]:
            if not table and not attributes:
                self._fill(table, attributes, shape.members if members is None else members)
            found = {}
            for tag, text in element.attrib.items() if attributes else ():
                if local_name(tag) in attributes:
                    name, read_text = attributes[local_name(tag)]
                    found[name] = read_text(text)
            repeated: dict[str, tuple[str, Callable[[Any], Any], list[Element]]] = {}
            for child in element:
                tag = local_name(child.tag)
                entry = table.get(tag)
                if entry is None:
                    continue
                name, flattened, reader = entry
                if flattened:
                    repeated.setdefault(tag, (name, reader, []))[2].append(child)
                elif name in found:
                    raise Misfit(f"more than one {tag}")
                else:
                    found[name] = reader(child)
            for name, reader, elements in repeated.values():
                found[name] = reader(elements)
            return found

        return read

    def _fill(self, table: dict[str, Any], attributes: dict[str, Any], members: Members) -> None:
        filled: dict[str, tuple[str, bool, Callable[[Any], Any]]] = {}
        for name, member in members.items():
            tag: str = member.serialization.get("name", name)
            if member.serialization.get("xmlAttribute"):
                attributes[tag.rpartition(":")[2]] = (name, text_reader(member, "iso8601"))
            elif member.serialization.get("flattened"):
                filled[member_tag(self._service, name, member)] = (name, True, self._elements(member))
            elif tag not in filled:
                # AWS: S3's notifications hold Event, long deprecated, and Events, both called Event; the list is meant.
                filled[tag] = (name, False, self.reader(member))
        for name, entry in [(entry[0], entry) for entry in filled.values()]:
            # A name that the model gives to a shape, not to its member, is meant for roots only; botocore sends it.
            filled.setdefault(name, entry)
        table.update(filled)

    def _elements(self, shape: Shape) -> Callable[[list[Element]], Any]:
        """How the elements that stand for a list's items or a map's entries are read."""
        if isinstance(shape, ListShape):
            reader = self.reader(shape.member)
            return lambda elements: [reader(element) for element in elements]
        assert isinstance(shape, MapShape)  # the model flattens nothing else
        read_key, read_value = self.reader(shape.key), self.reader(shape.value)
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")

        def read_entries(elements: list[Element]) -> dict[str, Any]:
            entries = {}
            for element in elements:
                pair = {local_name(child.tag): child for child in element}
                if key_name not in pair or value_name not in pair:
                    raise Misfit("an entry lacks its key or its value")
                entries[read_key(pair[key_name])] = read_value(pair[value_name])
            return entries

        return read_entries

    def _wrapped(self, shape: Shape, item_tag: str) -> ElementReader:
        reader = self._elements(shape)
        return lambda element: reader([child for child in element if local_name(child.tag) == item_tag])


def _scalar_reader(shape: Shape) -> ElementReader:
    read_text = text_reader(shape, "iso8601")
    is_text = shape.type_name in ("string", "character")

    def read(element: Element) -> Any:
        if len(element):
            raise Misfit(f"{local_name(element.tag)} holds elements where text was expected")
        text = element.text or ""
        return text if is_text else read_text(text.strip())

    return read


# Bodies


class XmlFormat:
    """XML as the format of bodies, payloads and events."""

    content_type = "application/xml"

    def __init__(self, service: ServiceModel) -> None:
        self._service = service
        self.readers = XmlReaders(service)
        self.writers = XmlWriters(service)
        #: What a protocol knows of root elements and the model does not: their namespace, and their names by shape.
        self.namespace: str | None = None
        self.root_tags: Mapping[str, str] = {}

    def reader(self, shape: StructureShape, members: Members) -> BodyReader:
        """Compile the reading of a structure from a body that carries these members of it."""
        read = self.readers.structure_reader(shape, members)
        root_tags = self._root_tags(shape)
        nests = functools.cache(lambda: nests_freely(shape))

        def read_body(body: bytes) -> Any:
            if not body:
                return {}
            root = parse_xml(body)
            if local_name(root.tag) not in root_tags:
                raise malformed_xml()
            try:
                # Only so many tags can nest too deeply; most documents have fewer and are not looked at.
                if body.count(b"<") > 2 * DEPTH_MAX and nests():
                    check_depth(root)
                return read(root)
            except Misfit:
                raise malformed_xml() from None

        return read_body

    def _root_tags(self, shape: StructureShape) -> frozenset[str]:
        """The names that a shape's root element may bear: that of the place it stands in, its own, its shape's."""
        own = self._service.shape_for(shape.name)
        names = (shape.serialization.get("name"), own.serialization.get("name"), shape.name)
        return frozenset(name for name in names if name)

    def writer(self, shape: StructureShape, members: Members) -> BodyWriter:
        """Compile the writing of these members of a structure. The closure raises Misfit."""
        tag = shape.serialization.get("name") or self.root_tags.get(shape.name, shape.name)
        write = self.writers.structure(shape, tag, members, self.namespace)

        def write_body(value: Any) -> bytes:
            parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
            write(value, parts.append)
            return encode(parts)

        return write_body
