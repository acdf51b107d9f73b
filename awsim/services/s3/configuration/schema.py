"""What a configuration's document may say, by the model, and its values as plain data.

The gateway has checked that required members are there and that the digests sent with the document are right; this adds
S3's refusal of values that are none of an enumeration. Must not know any one configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from awsim.services.s3.errors import MalformedXML

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.spec import Shape

#: AWS: some operations that put a configuration answer so, which botocore's model does not tell (recorded).
NO_CONTENT = 204

Check = Callable[[Any], None]

# What checks an operation's document, None where it has no enumerations. Compiled once per operation.
_checks: dict[str, Check | None] = {}


def check_enumerations(context: RequestContext[Any]) -> None:
    """Refuse a document with a value that the model does not know. Raises MalformedXML."""
    operation = context.operation
    assert operation is not None
    if operation.name not in _checks:
        shape = operation.input_shape
        payload: str = (shape.serialization.get("payload") if shape is not None else None) or ""
        document = shape.members.get(payload) if shape is not None else None
        check = _compile(document, ()) if document is not None else None
        _checks[operation.name] = _of_member(payload, check) if check is not None else None
    check = _checks[operation.name]
    if check is not None:
        check(context.service_request)


def _of_member(name: str, check: Check) -> Check:
    def check_member(members: Mapping[str, Any]) -> None:
        value = members.get(name)
        if value is not None:
            check(value)

    return check_member


def _compile(shape: Shape, above: tuple[str, ...]) -> Check | None:
    kind = shape.type_name
    if kind == "string":
        values = frozenset(getattr(shape, "enum", ()))
        return _enumeration(values) if values else None
    if shape.name in above:
        return None
    if kind == "list":
        of_item = _compile(shape.member, (*above, shape.name))
        return _each(of_item) if of_item is not None else None
    if kind != "structure":
        return None
    checks = [
        _of_member(name, check)
        for name, member in shape.members.items()
        if (check := _compile(member, (*above, shape.name))) is not None
    ]
    return _all(checks) if checks else None


def _enumeration(values: frozenset[str]) -> Check:
    def check(value: Any) -> None:
        if value not in values:
            raise MalformedXML

    return check


def _each(check: Check) -> Check:
    def check_items(items: Any) -> None:
        for item in items:
            check(item)

    return check_items


def _all(checks: list[Check]) -> Check:
    def check_members(members: Any) -> None:
        for check in checks:
            check(members)

    return check_members


def plain(value: Any) -> Any:
    """A value as a store keeps it: mappings and lists of plain values, moments in epoch seconds."""
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.timestamp()
    return value
