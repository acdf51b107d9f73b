"""Shapes as annotations, and the imports that these need.

Knows botocore's shapes and Python's types; subclasses may know structures by name.
"""

from __future__ import annotations

from typing import Any

_SCALARS = {
    "string": "str",
    "character": "str",
    "integer": "int",
    "long": "int",
    "float": "float",
    "double": "float",
    "boolean": "bool",
    "blob": "bytes",
}
#: Where the names of annotations come from.
HOMES = {
    "Any": "typing",
    "IO": "typing",
    "Iterable": "collections.abc",
    "Mapping": "collections.abc",
    "Sequence": "collections.abc",
    "datetime": "datetime",
}


class Annotations:
    """Annotates shapes, and remembers what is to be imported for it."""

    def __init__(self) -> None:
        self.imported: dict[str, set[str]] = {}

    def use(self, name: str) -> str:
        """A name of the standard library, which is then imported."""
        self.imported.setdefault(HOMES[name], set()).add(name)
        return name

    def of(self, shape: Any, within: tuple[str, ...] = ()) -> str:
        """The annotation of a shape. ``within`` are the shapes that it stands in, since lists may hold themselves."""
        kind = shape.type_name
        if kind in ("list", "map") and shape.name in within:
            return self.use("Any")
        within = (*within, shape.name)
        if kind == "list":
            return f"{self.use('Sequence')}[{self.of(shape.member, within)}]"
        if kind == "map":
            return f"{self.use('Mapping')}[str, {self.of(shape.value, within)}]"
        if kind == "structure":
            return self._structure_or_document(shape)
        if kind == "timestamp":
            return self.use("datetime")
        if kind == "blob" and shape.serialization.get("streaming"):
            return f"{self.use('IO')}[bytes]"
        if kind == "string":
            return self.string(shape)
        return _SCALARS[kind]

    def structure(self, shape: Any) -> str:
        """The annotation of a structure."""
        return f"{self.use('Mapping')}[str, {self.use('Any')}]"

    def string(self, shape: Any) -> str:
        """The annotation of a string."""
        return "str"

    def _structure_or_document(self, shape: Any) -> str:
        if getattr(shape, "is_document_type", False):
            return self.use("Any")
        if shape.serialization.get("eventstream"):
            return f"{self.use('Iterable')}[{self.structure(shape)}]"
        return self.structure(shape)
