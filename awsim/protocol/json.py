"""AWS JSON 1.0 and 1.1 (protocol ``json``), with the JSON that rest-json shares.

Owns JSON text, the JSON spelling of scalars, and JSON errors. Must not know paths, query strings and modelled headers:
this protocol has none.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any, NoReturn

from awsim.errors import ServiceException
from awsim.json_answer import JsonAnswer
from awsim.protocol.body_format import BodyReader, BodyWriter
from awsim.protocol.codec import ErrorSerializer, Parser, Serializer
from awsim.protocol.rpc import rpc_error_serializer, rpc_parser, rpc_serializer
from awsim.protocol.scalars import (
    NATIVE_TYPES,
    Misfit,
    Reader,
    Writer,
    not_finite_name,
    plain_boolean,
    plain_integer,
    plain_number,
    plain_string,
    read_base64,
    read_epoch,
    read_float,
    read_iso8601,
    read_rfc822,
    timestamp_format,
    write_base64,
    write_epoch,
    write_iso8601,
    write_rfc822,
)
from awsim.protocol.structures import DEPTH_MAX, check_depth, is_document, nests_freely, unknown_member
from awsim.protocol.trees import Members, TreeReaders, TreeWriters, read_document, write_document
from awsim.spec import OperationModel, ServiceModel, Shape, StructureShape

#: AWS: "class java.lang.Boolean can not be converted to an String" is recorded from API Gateway. The other names and
#: the messages in wrong_kind are in its manner but not recorded.
_JAVA_NAMES = {
    str: "class java.lang.String",
    bool: "class java.lang.Boolean",
    int: "class com.amazon.coral.value.json.numbers.TruncatingBigNumber",
    float: "class com.amazon.coral.value.json.numbers.TruncatingBigNumber",
}
_JAVA_TYPES = {
    "string": "String",
    "character": "String",
    "boolean": "Boolean",
    "integer": "Integer",
    "long": "Long",
    "float": "Float",
    "double": "Double",
    "timestamp": "Date",
    "blob": "ByteBuffer",
}


# Text


def load_json(body: bytes) -> Any:
    """The value that a JSON text spells. Raises ServiceException (SerializationException)."""
    try:
        return _decode(body.decode())
    except ValueError as error:
        raise malformed(f"Could not parse request body into json: {error}") from None
    except RecursionError:
        raise malformed("Could not parse request body into json: nested too deeply") from None


def dump_json(value: Any) -> bytes:
    """JSON text in UTF-8, without blanks."""
    text = _encode(value)
    try:
        return text.encode()
    except UnicodeEncodeError:  # lone surrogates have no UTF-8; their escapes are still good JSON
        return _encode_ascii(value).encode()


def malformed(message: str) -> ServiceException:
    """AWS's answer to input that the JSON protocols cannot read."""
    return ServiceException("SerializationException", message)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"Non-standard token '{name}'")


_decode = json.JSONDecoder(parse_constant=_refuse_constant).decode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_encode_ascii = json.JSONEncoder(separators=(",", ":")).encode


# Shapes


class JsonReaders(TreeReaders):
    """JSON values -> members."""

    def scalar(self, shape: Shape) -> Reader:
        if shape.type_name == "timestamp":
            return _timestamp_reader(timestamp_format(shape, "unixtimestamp"))
        special = {"float": _read_number, "double": _read_number, "blob": _read_blob}.get(shape.type_name)
        if shape.type_name in ("integer", "long"):
            return _read_integer
        if special is not None:
            return special
        name = shape.type_name

        def refuse(value: Any) -> NoReturn:
            raise wrong_kind(value, name)

        return refuse

    def misplaced(self, value: Any, wanted: str) -> Misfit:
        return wrong_kind(value, wanted)


def wrong_kind(value: Any, wanted: str) -> Misfit:
    """The misfit of a JSON value of the wrong kind."""
    if type(value) is dict:
        return Misfit("Start of structure or map found where not expected.")
    if type(value) is list:
        return Misfit("Start of list found where not expected")
    java_name = _JAVA_NAMES.get(type(value), "null")
    if wanted in _JAVA_TYPES:
        return Misfit(f"{java_name} can not be converted to an {_JAVA_TYPES[wanted]}")
    return Misfit(f"Unrecognized collection type {java_name}")


def _read_integer(value: Any) -> int:
    if type(value) is float and value.is_integer():
        return int(value)
    raise wrong_kind(value, "integer")


def _read_number(value: Any) -> float:
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise wrong_kind(value, "double") from None
    if type(value) is str and value in ("NaN", "Infinity", "-Infinity"):
        return read_float(value)
    raise wrong_kind(value, "double")


def _read_blob(value: Any) -> bytes:
    if type(value) is not str:
        raise wrong_kind(value, "blob")
    return read_base64(value)


def _timestamp_reader(format_name: str) -> Reader:
    if format_name == "unixtimestamp":
        return _read_epoch_number
    read_text = read_iso8601 if format_name == "iso8601" else read_rfc822

    def read(value: Any) -> Any:
        if type(value) is not str:
            raise wrong_kind(value, "timestamp")
        return read_text(value)

    return read


def _read_epoch_number(value: Any) -> Any:
    if type(value) not in (int, float):
        raise wrong_kind(value, "timestamp")
    return read_epoch(value)


class JsonWriters(TreeWriters):
    """A provider's values -> JSON values."""

    def native_type(self, shape: Shape) -> type | None:
        # A float may be NaN or infinite, for which JSON has no number: each one is looked at.
        return None if shape.type_name in ("float", "double") else NATIVE_TYPES.get(shape.type_name)

    def scalar(self, shape: Shape) -> Writer:
        if shape.type_name == "timestamp":
            return _TIMESTAMP_WRITERS[timestamp_format(shape, "unixtimestamp")]
        return _WRITERS[shape.type_name]


def _write_number(value: Any) -> int | float | str:
    number = plain_number(value)
    # Infinity minus itself is NaN, and NaN differs from everything.
    return number if type(number) is int or number - number == 0 else not_finite_name(number)


_WRITERS: Mapping[str, Writer] = {
    "string": plain_string,
    "character": plain_string,
    "boolean": plain_boolean,
    "integer": plain_integer,
    "long": plain_integer,
    "float": _write_number,
    "double": _write_number,
    "blob": write_base64,
}
_TIMESTAMP_WRITERS: Mapping[str, Writer] = {
    "unixtimestamp": write_epoch,
    "iso8601": write_iso8601,
    "rfc822": write_rfc822,
}


# Bodies


class JsonFormat:
    """JSON as the format of bodies, payloads and events."""

    content_type = "application/json"

    def __init__(self) -> None:
        self.readers = JsonReaders()
        self.writers = JsonWriters()

    def reader(self, shape: StructureShape, members: Members) -> BodyReader:
        """Compile the reading of a structure from a body that carries these members of it."""
        if is_document(shape):
            return lambda body: read_document(load_json(body))
        read = self.readers.members_reader(members)
        nests = functools.cache(lambda: nests_freely(shape))

        def read_body(body: bytes) -> Any:
            if not body:
                return {}
            value = load_json(body)
            try:
                # Only so many opening brackets can nest too deeply; most bodies have fewer and are not looked at.
                if body.count(b"{") + body.count(b"[") > DEPTH_MAX and nests():
                    check_depth(value)
                return read(value)
            except Misfit as misfit:
                raise malformed(misfit.problem) from None

        return read_body

    def writer(self, shape: StructureShape, members: Members) -> BodyWriter:
        """Compile the writing of these members of a structure. The closure raises Misfit."""
        write = write_document if is_document(shape) else self.writers.structure_writer(shape, members)

        def write_body(value: Any) -> bytes:
            if type(value) is JsonAnswer:
                return _splice(dump_json(write(value.members)), value.texts, members)
            return dump_json(write(value))

        return write_body


def _splice(body: bytes, texts: Mapping[str, str], members: Members) -> bytes:
    """A JSON object with further members that are text already. Raises Misfit."""
    parts = [body[1:-1]] if len(body) > 2 else []
    for name, text in texts.items():
        if name not in members:
            raise unknown_member(name)
        parts.append(dump_json(members[name].serialization.get("name", name)) + b":" + text.encode())
    return b"{" + b",".join(parts) + b"}"


# The protocol


class JsonProtocol:
    """The ``json`` protocol of one service."""

    def __init__(self, service: ServiceModel) -> None:
        self._format = JsonFormat()
        headers = {"Content-Type": f"application/x-amz-json-{service.metadata.get('jsonVersion', '1.1')}"}
        self._headers = headers
        self._serialize_error = rpc_error_serializer(service, self._format.writers, dump_json, headers)

    def parser(self, operation: OperationModel) -> Parser:
        return rpc_parser(operation, self._format)

    def serializer(self, operation: OperationModel) -> Serializer:
        return rpc_serializer(operation, self._format, self._headers)

    def error_serializer(self, operation: OperationModel) -> ErrorSerializer:
        return self._serialize_error
