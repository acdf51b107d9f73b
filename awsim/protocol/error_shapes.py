"""The model's shape of an error, and the members that go with it.

Owns the way from a ServiceException to the shape that describes it and to the values of its members. Must not know any
wire format.
"""

from __future__ import annotations

from typing import Any

from awsim.errors import ServiceException
from awsim.spec import ServiceModel, StructureShape


class ErrorShapes:
    """Finds the error shapes of one service; each code and name is looked up once."""

    def __init__(self, service: ServiceModel) -> None:
        self._service = service
        self._found: dict[tuple[str, str], StructureShape | None] = {}

    def find(self, error: ServiceException) -> StructureShape | None:
        """The shape of an error, by its shape's name or else its code; None where the model has none."""
        key = (error.shape_name, error.code)
        try:
            return self._found[key]
        except KeyError:
            shape = self._found[key] = self._named(error.shape_name) or self._coded(error.code)
            return shape

    def _named(self, name: str) -> StructureShape | None:
        if not name or name not in self._service.shape_names:
            return None
        shape = self._service.shape_for(name)
        return shape if isinstance(shape, StructureShape) and shape.metadata.get("exception") else None

    def _coded(self, code: str) -> StructureShape | None:
        shape: StructureShape | None = self._named(code) or self._service.shape_for_error_code(code)
        return shape


def message_member(shape: StructureShape) -> str | None:
    """The member of an error shape that holds its message (``message`` or ``Message``), if it has one."""
    for name in ("message", "Message"):
        if name in shape.members:
            return name
    return next((name for name in shape.members if name.lower() == "message"), None)


def error_members(error: ServiceException, shape: StructureShape | None) -> dict[str, Any]:
    """An error's members by the model's names, its message among them where there is one to tell."""
    if not error.message:
        return dict(error.members)
    return {(shape and message_member(shape)) or "message": error.message, **error.members}


def query_error(error: ServiceException) -> str:
    """The ``x-amzn-query-error`` header of services that spoke query before: the code of old, and who is to blame."""
    return f"{error.code};{fault_name(error)}"


def fault_name(error: ServiceException) -> str:
    """``Sender`` where the caller is to blame, ``Receiver`` where the service is."""
    return "Sender" if error.sender_fault else "Receiver"
