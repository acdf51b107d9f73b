"""A provider's answer as a plain mapping, for callers that get no HTTP response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awsim import spec
from awsim.spec import OperationModel


def plain_output(operation: OperationModel, output: Any) -> dict[str, Any]:
    """What a provider returned, by AWS's names and without absent members; empty for an operation without output."""
    shape = operation.output_shape
    if shape is None or output is None:
        return {}
    plain: dict[str, Any] = _plain(shape, output)
    return plain


def _plain(shape: Any, value: Any) -> Any:
    kind = shape.type_name
    if kind == "structure":
        if shape.is_document_type or "eventstream" in shape.serialization:
            return value
        pairs = ((name, member, _member(value, name)) for name, member in shape.members.items())
        return {name: _plain(member, found) for name, member, found in pairs if found is not None}
    if kind == "list":
        return [None if item is None else _plain(shape.member, item) for item in value]
    if kind == "map":
        return {key: None if item is None else _plain(shape.value, item) for key, item in value.items()}
    return value


def _member(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name)
    return getattr(value, spec.python_name(name), None)
