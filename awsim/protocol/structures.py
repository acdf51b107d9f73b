"""What all protocols ask of the model's structures and of the values that stand for them.

Owns the member-wise view of a provider's value (a mapping, or an object with attributes), the traits that botocore's
model classes leave hidden, and the guard against deep nesting. Must not know any wire format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from xml.etree.ElementTree import Element

from awsim import spec
from awsim.protocol.scalars import Misfit, expected
from awsim.spec import Shape, StructureShape

#: No request nests its values deeper than this many levels; AWS's own limits are lower (DynamoDB's is 32).
DEPTH_MAX: Final = 100

_CONTAINERS = (dict, list, Element)
_NEVER_STRUCTURES = (str, bytes, bytearray, int, float, Decimal, datetime, list, tuple, set, frozenset)
_ABSENT: Final = object()

Fields = Callable[[Any], Iterable[tuple[str, Any]]]


def fields_of(shape: StructureShape) -> Fields:
    """How to see a provider's value for a structure as (member, value) pairs.

    A mapping gives its items. Any other object gives the attributes that bear the members' Python names; one that has
    none of them, and values that are plainly no structures, raise Misfit.
    """
    names: list[tuple[str, str]] = []

    def fields(value: Any) -> Iterable[tuple[str, Any]]:
        if isinstance(value, Mapping):
            return value.items()
        if isinstance(value, _NEVER_STRUCTURES):
            raise expected("a structure", value)
        if not names:
            names.extend((member, spec.python_name(member)) for member in shape.members)
        found = [(member, getattr(value, attribute, _ABSENT)) for member, attribute in names]
        present = [(member, item) for member, item in found if item is not _ABSENT]
        if names and not present:
            raise expected("a structure", value)
        return present

    return fields


def unknown_member(name: object) -> Misfit:
    """The misfit of a member that the shape does not have."""
    return Misfit(f"unknown member {name!r}")


def is_sparse(shape: Shape) -> bool:
    """Whether a list or map may hold nulls. botocore's shapes keep the model's ``sparse`` to themselves."""
    return bool(shape._shape_model.get("sparse"))


def is_document(shape: Shape) -> bool:
    """Whether a shape takes any JSON value."""
    return bool(shape.metadata.get("document"))


def nests_freely(shape: Shape | None) -> bool:
    """Whether values of a shape can be nested without a bound set by the model: it is recursive or holds documents."""
    return shape is not None and _reaches_itself(shape, ())


def _reaches_itself(shape: Shape, way: tuple[str, ...], settled: set[str] | None = None) -> bool:
    settled = set() if settled is None else settled
    if shape.type_name not in ("structure", "list", "map") or shape.name in settled:
        return False
    if shape.name in way or is_document(shape):
        return True
    way = (*way, shape.name)
    if any(_reaches_itself(child, way, settled) for child in _children(shape)):
        return True
    settled.add(shape.name)
    return False


def _children(shape: Any) -> Iterable[Shape]:
    if shape.type_name == "structure":
        return list(shape.members.values())
    return [shape.member] if shape.type_name == "list" else [shape.value]


def check_depth(root: Any) -> None:
    """Raise Misfit for plain data (dicts and lists) or XML elements nested deeper than DEPTH_MAX levels."""
    level = [root]
    for _ in range(DEPTH_MAX):
        level = [
            child
            for node in level
            for child in (node.values() if type(node) is dict else node)
            if type(child) in _CONTAINERS
        ]
        if not level:
            return
    raise Misfit(f"nested deeper than {DEPTH_MAX} levels")
