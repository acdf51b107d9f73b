"""Smithy's RPC v2 with CBOR (protocol ``smithy-rpc-v2-cbor``).

Owns CBOR (RFC 8949) as bytes, and the CBOR spelling of scalars. Must not know JSON: both protocols stand on trees.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NoReturn

from awsim.errors import ServiceException
from awsim.protocol.body_format import BodyReader, BodyWriter
from awsim.protocol.codec import ErrorSerializer, Parser, Serializer
from awsim.protocol.http import Response
from awsim.protocol.rpc import rpc_error_serializer, rpc_parser, rpc_serializer
from awsim.protocol.scalars import (
    NATIVE_TYPES,
    Misfit,
    Reader,
    Writer,
    expected,
    plain_boolean,
    plain_bytes,
    plain_integer,
    plain_moment,
    plain_number,
    plain_string,
    read_epoch,
    write_epoch,
)
from awsim.protocol.structures import DEPTH_MAX
from awsim.protocol.trees import Members, TreeReaders, TreeWriters
from awsim.spec import OperationModel, ServiceModel, Shape, StructureShape

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _LIST, _MAP, _TAG, _SIMPLE = range(8)
_INDEFINITE: Final = 31
_BREAK: Final = 0xFF
_BREAK_ITEM: Final = object()
_SIMPLE_VALUES: Final[Mapping[int, Any]] = {20: False, 21: True, 22: None, 23: None}
_FLOATS: Final[Mapping[int, tuple[int, Callable[[bytes, int], tuple[Any, ...]]]]] = {
    25: (2, struct.Struct(">e").unpack_from),
    26: (4, struct.Struct(">f").unpack_from),
    27: (8, struct.Struct(">d").unpack_from),
}
_TAG_EPOCH, _TAG_BIGNUM, _TAG_NEGATIVE_BIGNUM, _TAG_DECIMAL = 1, 2, 3, 4
#: Larger numbers than these fit no shape; what they would cost to compute with is refused with them.
_BIGNUM_BYTES_MAX: Final = 128
_EXPONENT_MAX: Final = 400


# Bytes


def load_cbor(data: bytes) -> Any:
    """The value that CBOR bytes spell, epoch times as datetimes. Raises ServiceException (SerializationException)."""
    decoder = _Decoder(data)
    try:
        value = decoder.item(0)
        if decoder.position != len(data):
            raise Misfit("bytes follow the CBOR value")
    except (Misfit, IndexError, struct.error, UnicodeDecodeError) as error:
        raise malformed_cbor(str(error)) from None
    return value


def malformed_cbor(problem: str) -> ServiceException:
    """AWS's answer to input that cannot be read."""
    return ServiceException("SerializationException", f"Could not parse request body into CBOR: {problem}")


class _Decoder:
    """One pass over the bytes of one value."""

    __slots__ = ("data", "position")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def item(self, depth: int) -> Any:
        """The next value; ``depth`` counts the lists, maps and tags around it. Also raises IndexError, struct.error."""
        first = self.data[self.position]
        self.position += 1
        major, info = first >> 5, first & 31
        if major == _TEXT:
            return self._chunks(_TEXT, info).decode()
        if major == _UNSIGNED:
            return info if info < 24 else self._length(info)
        if major == _NEGATIVE:
            return -1 - self._length(info)
        if major == _BYTES:
            return self._chunks(_BYTES, info)
        if major == _SIMPLE:
            return self._simple(info)
        if depth >= DEPTH_MAX:
            raise Misfit(f"nested deeper than {DEPTH_MAX} levels")
        if major == _MAP:
            return self._map(info, depth + 1)
        if major == _LIST:
            return self._list(info, depth + 1)
        return self._tagged(self._length(info), depth + 1)

    def _length(self, info: int) -> int:
        if info < 24:
            return info
        if info > 27:
            raise Misfit("a length of no known form")
        start = self.position
        self.position = start + (1 << (info - 24))
        if self.position > len(self.data):
            raise Misfit("the value ends early")
        return int.from_bytes(self.data[start : self.position], "big")

    def _chunks(self, major: int, info: int) -> bytes:
        if info != _INDEFINITE:
            return self._take(self._length(info))
        chunks: list[bytes] = []
        while True:
            first = self.data[self.position]
            self.position += 1
            if first == _BREAK:
                return b"".join(chunks)
            if first >> 5 != major or first & 31 == _INDEFINITE:
                raise Misfit("a string's chunk is of another kind")
            chunks.append(self._take(self._length(first & 31)))

    def _take(self, length: int) -> bytes:
        start = self.position
        end = start + length
        if end > len(self.data):
            raise Misfit("the value ends early")
        self.position = end
        return self.data[start:end]

    def _at_break(self) -> bool:
        if self.data[self.position] == _BREAK:
            self.position += 1
            return True
        return False

    def _list(self, info: int, depth: int) -> list[Any]:
        if info != _INDEFINITE:
            return [self.item(depth) for _ in range(self._length(info))]
        items = []
        while not self._at_break():
            items.append(self.item(depth))
        return items

    def _map(self, info: int, depth: int) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        count = -1 if info == _INDEFINITE else self._length(info)
        while count and not (count < 0 and self._at_break()):
            key = self.item(depth)
            if type(key) is not str:
                raise Misfit("a map's key is no text")
            entries[key] = self.item(depth)
            count -= 1 if count > 0 else 0
        return entries

    def _tagged(self, tag: int, depth: int) -> Any:
        value = self.item(depth)
        if tag == _TAG_EPOCH:
            if type(value) not in (int, float):
                raise expected("seconds since 1970", value)
            return read_epoch(value)
        if tag in (_TAG_BIGNUM, _TAG_NEGATIVE_BIGNUM):
            if type(value) is not bytes or len(value) > _BIGNUM_BYTES_MAX:
                raise expected("a number", value)
            number = int.from_bytes(value, "big")
            return number if tag == _TAG_BIGNUM else -1 - number
        return _decimal(value) if tag == _TAG_DECIMAL else value

    def _simple(self, info: int) -> Any:
        if info in _FLOATS:
            size, unpack = _FLOATS[info]
            (number,) = unpack(self.data, self.position)
            self.position += size
            return number
        if info not in _SIMPLE_VALUES:
            raise Misfit("a simple value that AWS does not use")
        return _SIMPLE_VALUES[info]


def _decimal(value: Any) -> Decimal:
    if type(value) is not list or [type(part) for part in value] != [int, int] or abs(value[0]) > _EXPONENT_MAX:
        raise expected("a decimal fraction", value)
    return Decimal(value[1]).scaleb(value[0])


def dump_cbor(value: Any) -> bytes:
    """A tree as CBOR bytes; lists and maps with their lengths, floats as doubles, datetimes as epoch times."""
    out = bytearray()
    _encode(value, out)
    return bytes(out)


def _encode(value: Any, out: bytearray) -> None:
    kind = type(value)
    if kind is str:
        text = value.encode("utf-8", "surrogatepass")
        _head(_TEXT, len(text), out)
        out += text
    elif kind is dict:
        _head(_MAP, len(value), out)
        for key, item in value.items():
            _encode(key, out)
            _encode(item, out)
    elif kind is list:
        _head(_LIST, len(value), out)
        for item in value:
            _encode(item, out)
    elif kind is bool or value is None:
        out.append(0xF6 if value is None else 0xF5 if value else 0xF4)
    elif kind is int:
        _encode_integer(value, out)
    elif kind is float:
        out.append(0xFB)
        out += struct.pack(">d", value)
    elif kind is bytes:
        _head(_BYTES, len(value), out)
        out += value
    else:
        out.append(0xC1)
        _encode(write_epoch(value), out)


def _head(major: int, length: int, out: bytearray) -> None:
    if length < 24:
        out.append(major << 5 | length)
        return
    size = 1 if length < 1 << 8 else 2 if length < 1 << 16 else 4 if length < 1 << 32 else 8
    out.append(major << 5 | (23 + size.bit_length()))
    out += length.to_bytes(size, "big")


def _encode_integer(value: int, out: bytearray) -> None:
    major, size = (_UNSIGNED, value) if value >= 0 else (_NEGATIVE, -1 - value)
    if size < 1 << 64:
        _head(major, size, out)
        return
    data = size.to_bytes((size.bit_length() + 7) // 8, "big")
    out.append(_TAG << 5 | (_TAG_BIGNUM if value >= 0 else _TAG_NEGATIVE_BIGNUM))
    _head(_BYTES, len(data), out)
    out += data


# Shapes


class CborReaders(TreeReaders):
    """CBOR values -> members."""

    def native_type(self, shape: Shape) -> type | None:
        return {"timestamp": datetime, "blob": bytes}.get(shape.type_name) or NATIVE_TYPES.get(shape.type_name)

    def scalar(self, shape: Shape) -> Reader:
        native, name = self.native_type(shape), shape.type_name
        convert = {
            "float": _read_number,
            "double": _read_number,
            "integer": _read_integer,
            "long": _read_integer,
            "timestamp": _read_timestamp,
        }.get(name)

        def refuse(value: Any) -> NoReturn:
            raise expected(f"a {name}", value)

        read = convert or refuse
        return lambda value: value if type(value) is native else read(value)

    def misplaced(self, value: Any, wanted: str) -> Misfit:
        return expected(f"a {wanted}", value)


def _read_number(value: Any) -> float:
    if type(value) not in (int, Decimal):
        raise expected("a number", value)
    try:
        return float(value)
    except OverflowError:
        raise expected("a number", value) from None


def _read_integer(value: Any) -> int:
    if type(value) in (float, Decimal) and value - value == 0 and value == int(value):
        return int(value)
    raise expected("an integer", value)


def _read_timestamp(value: Any) -> datetime:
    if type(value) not in (int, float):
        raise expected("a timestamp", value)
    return read_epoch(value)


class CborWriters(TreeWriters):
    """A provider's values -> CBOR values."""

    def native_type(self, shape: Shape) -> type | None:
        return bytes if shape.type_name == "blob" else NATIVE_TYPES.get(shape.type_name)

    def scalar(self, shape: Shape) -> Writer:
        return _WRITERS[shape.type_name]


_WRITERS: Final[Mapping[str, Writer]] = {
    "string": plain_string,
    "character": plain_string,
    "boolean": plain_boolean,
    "integer": plain_integer,
    "long": plain_integer,
    "float": lambda value: float(plain_number(value)),
    "double": lambda value: float(plain_number(value)),
    "blob": plain_bytes,
    "timestamp": plain_moment,
}


class CborFormat:
    """CBOR as the format of bodies and events."""

    content_type = "application/cbor"

    def __init__(self) -> None:
        self.readers = CborReaders()
        self.writers = CborWriters()

    def reader(self, shape: StructureShape, members: Members) -> BodyReader:
        """Compile the reading of a structure from a body that carries these members of it."""
        read = self.readers.members_reader(members)

        def read_body(body: bytes) -> Any:
            if not body:
                return {}
            try:
                return read(load_cbor(body))
            except Misfit as misfit:
                raise malformed_cbor(misfit.problem) from None

        return read_body

    def writer(self, shape: StructureShape, members: Members) -> BodyWriter:
        """Compile the writing of these members of a structure. The closure raises Misfit."""
        write = self.writers.structure_writer(shape, members)
        return lambda value: dump_cbor(write(value))


# The protocol


class CborProtocol:
    """The ``smithy-rpc-v2-cbor`` protocol of one service."""

    def __init__(self, service: ServiceModel) -> None:
        self._format = CborFormat()
        self._headers = {"smithy-protocol": "rpc-v2-cbor", "Content-Type": self._format.content_type}
        self._serialize_error = rpc_error_serializer(service, self._format.writers, dump_cbor, self._headers)

    def parser(self, operation: OperationModel) -> Parser:
        return rpc_parser(operation, self._format)

    def serializer(self, operation: OperationModel) -> Serializer:
        serialize = rpc_serializer(operation, self._format, self._headers)
        if operation.output_shape is not None:
            return serialize

        def serialize_nothing(output: Mapping[str, Any] | None, request_id: str) -> Response:
            response = serialize(output, request_id)  # for its checks
            del response.headers["Content-Type"]
            response.body = b""
            return response

        return serialize_nothing

    def error_serializer(self, operation: OperationModel) -> ErrorSerializer:
        return self._serialize_error
