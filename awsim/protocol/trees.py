"""Members <-> trees of plain data, for the protocols whose bodies are such trees (JSON, CBOR).

Owns the walk over structures, lists and maps. Must not know text or bytes, nor how a format spells blobs, timestamps
and special numbers: subclasses say that. Closures are compiled per shape; a structure's table of members is filled when
the first value passes, so that large models cost only what is used and recursive shapes need no care.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

from awsim.protocol.scalars import NATIVE_TYPES, Misfit, Reader, Writer, expected
from awsim.protocol.structures import check_depth, fields_of, is_document, is_sparse, unknown_member
from awsim.spec import ListShape, MapShape, Shape, StructureShape

Members = Mapping[str, Shape]


class TreeReaders(ABC):
    """Compiled readers (tree -> members) of one service's shapes. A reader raises Misfit."""

    def __init__(self) -> None:
        self._compiled: dict[str, Reader] = {}

    @abstractmethod
    def scalar(self, shape: Shape) -> Reader:
        """How a scalar that is not of its shape's native type is read, or refused."""

    @abstractmethod
    def misplaced(self, value: Any, wanted: str) -> Misfit:
        """The misfit of a value that is no structure, list or map where one was wanted."""

    def native_type(self, shape: Shape) -> type | None:
        """The Python type that needs no reading, if the shape has one."""
        return NATIVE_TYPES.get(shape.type_name)

    def reader(self, shape: Shape) -> Reader:
        if shape.type_name not in ("structure", "list", "map"):
            return self.scalar(shape)
        reader = self._compiled.get(shape.name)
        if reader is None:
            reader = self._compiled[shape.name] = self._container(shape)
        return reader

    def members_reader(self, members: Members) -> Reader:
        """The reader of a structure with just these members: those that an input carries in its body."""
        table: dict[str, tuple[str, type | None, Reader]] = {}
        misplaced = self.misplaced

        def read(value: Any) -> dict[str, Any]:
            if type(value) is not dict:
                raise misplaced(value, "structure")
            if not table:
                table.update(self._table(members))
            found = {}
            for wire_name, item in value.items():
                entry = table.get(wire_name)
                if entry is None or item is None:
                    continue
                name, native, reader = entry
                found[name] = item if type(item) is native else reader(item)
            return found

        return read

    def _table(self, members: Members) -> dict[str, tuple[str, type | None, Reader]]:
        return {
            shape.serialization.get("name", name): (name, self.native_type(shape), self.reader(shape))
            for name, shape in members.items()
        }

    def _container(self, shape: Shape) -> Reader:
        if isinstance(shape, StructureShape):
            return read_document if is_document(shape) else self._structure(shape)
        return self._list(shape) if isinstance(shape, ListShape) else self._map(shape)

    def _structure(self, shape: StructureShape) -> Reader:
        compiled: list[Reader] = []

        def read(value: Any) -> Any:
            if not compiled:
                compiled.append(self.members_reader(shape.members))
            return compiled[0](value)

        return read

    def _list(self, shape: Any) -> Reader:
        native, sparse, misplaced = self.native_type(shape.member), is_sparse(shape), self.misplaced
        reader = self.reader(shape.member)

        def read(value: Any) -> list[Any]:
            if type(value) is not list:
                raise misplaced(value, "list")
            return [item if type(item) is native else reader(item) for item in value if item is not None]

        def read_sparse(value: Any) -> list[Any]:
            if type(value) is not list:
                raise misplaced(value, "list")
            return [item if item is None or type(item) is native else reader(item) for item in value]

        return read_sparse if sparse else read

    def _map(self, shape: Any) -> Reader:
        native, sparse, misplaced = self.native_type(shape.value), is_sparse(shape), self.misplaced
        reader = self.reader(shape.value)

        def read(value: Any) -> dict[str, Any]:
            if type(value) is not dict:
                raise misplaced(value, "map")
            return {
                key: item if type(item) is native else reader(item) for key, item in value.items() if item is not None
            }

        def read_sparse(value: Any) -> dict[str, Any]:
            if type(value) is not dict:
                raise misplaced(value, "map")
            return {key: item if item is None or type(item) is native else reader(item) for key, item in value.items()}

        return read_sparse if sparse else read


class TreeWriters(ABC):
    """Compiled writers (a provider's values -> tree) of one service's shapes. A writer raises Misfit."""

    def __init__(self) -> None:
        self._compiled: dict[str, Writer] = {}

    @abstractmethod
    def scalar(self, shape: Shape) -> Writer:
        """How a scalar that is not of its shape's native type is written, or refused."""

    @abstractmethod
    def native_type(self, shape: Shape) -> type | None:
        """The Python type that needs no writing, if the shape has one."""

    def writer(self, shape: Shape) -> Writer:
        if shape.type_name not in ("structure", "list", "map"):
            return self.scalar(shape)
        writer = self._compiled.get(shape.name)
        if writer is None:
            writer = self._compiled[shape.name] = self._container(shape)
        return writer

    def structure_writer(self, shape: StructureShape, members: Members) -> Writer:
        """The writer of a structure as far as these members go; the shape's other members are passed over."""
        table: dict[str, tuple[str, type | None, Writer]] = {}
        fields = fields_of(shape)

        def write(value: Any) -> dict[str, Any]:
            if not table:
                table.update(self._table(members))
            wire: dict[str, Any] = {}
            for name, item in value.items() if type(value) is dict else fields(value):
                entry = table.get(name)
                if entry is None:
                    if name not in shape.members:
                        raise unknown_member(name)
                elif item is not None:
                    wire_name, native, writer = entry
                    if type(item) is native:
                        wire[wire_name] = item
                    else:
                        try:
                            wire[wire_name] = writer(item)
                        except Misfit as misfit:
                            raise misfit.under(name) from None
            return wire

        return write

    def _table(self, members: Members) -> dict[str, tuple[str, type | None, Writer]]:
        return {
            name: (shape.serialization.get("name", name), self.native_type(shape), self.writer(shape))
            for name, shape in members.items()
        }

    def _container(self, shape: Shape) -> Writer:
        if isinstance(shape, StructureShape):
            return write_document if is_document(shape) else self._structure(shape)
        return self._list(shape) if isinstance(shape, ListShape) else self._map(shape)

    def _structure(self, shape: StructureShape) -> Writer:
        compiled: list[Writer] = []

        def write(value: Any) -> Any:
            if not compiled:
                compiled.append(self.structure_writer(shape, shape.members))
            return compiled[0](value)

        return write

    def _list(self, shape: ListShape) -> Writer:
        native, sparse, writer = self.native_type(shape.member), is_sparse(shape), self.writer(shape.member)

        def write(value: Any) -> list[Any]:
            wire = []
            for index, item in enumerate(plain_items(value)):
                if type(item) is native or (item is None and sparse):
                    wire.append(item)
                else:
                    try:
                        wire.append(writer(item))
                    except Misfit as misfit:
                        raise misfit.under(f"[{index}]") from None
            return wire

        return write

    def _map(self, shape: MapShape) -> Writer:
        native, sparse, writer = self.native_type(shape.value), is_sparse(shape), self.writer(shape.value)

        def write(value: Any) -> dict[str, Any]:
            wire = {}
            for key, item in plain_entries(value):
                if type(item) is native or (item is None and sparse):
                    wire[key] = item
                else:
                    try:
                        wire[key] = writer(item)
                    except Misfit as misfit:
                        raise misfit.under(f"[{key!r}]") from None
            return wire

        return write


def plain_items(value: Any) -> Iterable[Any]:
    """A provider's list: any iterable that is no text, bytes or mapping. Raises Misfit."""
    if type(value) is list:
        return value
    if isinstance(value, (str, bytes, bytearray, Mapping)) or not isinstance(value, Iterable):
        raise expected("a list", value)
    return value


def plain_entries(value: Any) -> Iterable[tuple[str, Any]]:
    """A provider's map as (key, value) pairs. Raises Misfit where it is no mapping or a key is no string."""
    if not isinstance(value, Mapping):
        raise expected("a map", value)
    for key in value:
        if not isinstance(key, str):
            raise expected("a string as key", key)
    return value.items()


def read_document(value: Any) -> Any:
    """A value of a document type, which has no shape of its own."""
    if type(value) in (dict, list):
        check_depth(value)
    return value


def write_document(value: Any) -> Any:
    """A provider's document: None, booleans, numbers, strings, lists and mappings of the same."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Mapping):
        return {key: write_document(item) for key, item in plain_entries(value)}
    if isinstance(value, (list, tuple)):
        return [write_document(item) for item in value]
    raise expected("a document", value)
