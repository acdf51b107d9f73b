"""What is wrong with an input: one value that fails one constraint of the model, and how AWS writes both down.

Owns the words for constraints, paths and values as the services' common framework writes them. Knows neither how
values are checked nor how a particular service answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, NamedTuple

from awsim.spec import Shape

#: What a constraint is about; services check more or fewer of them.
TYPE, REQUIRED, LENGTH, RANGE, PATTERN, ENUM, UNION = "type", "required", "length", "range", "pattern", "enum", "union"

NOT_NULL = "Member must not be null"


class Violation(NamedTuple):
    """``value`` at ``path`` fails ``constraint``.

    ``path`` holds member names, indices of lists (from 0) and keys of maps wrapped in :class:`Key`. For an item of a
    list or map, ``value`` is the whole list or map, as AWS reports it, and ``culprit`` the item.
    """

    kind: str
    constraint: str
    value: Any
    culprit: Any
    shape: Shape | None
    path: tuple[Any, ...] = ()
    #: Bounds that the value is outside of; None where there is none.
    least: float | None = None
    most: float | None = None

    def within(self, step: Any) -> Violation:
        """The same, seen from one level further out."""
        return self._replace(path=(step, *self.path))


class Key(str):
    """A key of a map, as a step of a path."""

    __slots__ = ()


def write_path(path: Sequence[Any]) -> str:
    """``("Tags", 0, "Key")`` -> ``tags.1.member.key``."""
    return ".".join(_write_step(step) for step in path)


def _write_step(step: Any) -> str:
    if isinstance(step, int):
        return f"{step + 1}.member"
    return f"{step}.member" if isinstance(step, Key) else lower_first(step)


def lower_first(name: str) -> str:
    """AWS: only the first letter: the member SAMLAssertion is reported as sAMLAssertion."""
    return name[:1].lower() + name[1:]


def write_number(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)


def at_most(what: str, most: float) -> str:
    return f"Member must have {what} less than or equal to {write_number(most)}"


def at_least(what: str, least: float) -> str:
    return f"Member must have {what} greater than or equal to {write_number(least)}"


def matches(pattern: str) -> str:
    return f"Member must satisfy regular expression pattern: {pattern}"


def one_of(values: Sequence[str]) -> str:
    # AWS: the framework keeps the values in a hash set, so their order on AWS is no order that means anything.
    return f"Member must satisfy enum value set: [{', '.join(values)}]"


def constraints(shape: Shape) -> list[str]:
    """Every constraint on a shape's own value, in the order in which AWS lists them."""
    metadata: Mapping[str, Any] = shape.metadata
    what = "value" if shape.type_name in ("integer", "long", "float", "double") else "length"
    found = []
    if metadata.get("max") is not None:
        found.append(at_most(what, metadata["max"]))
    if metadata.get("min") is not None:
        found.append(at_least(what, metadata["min"]))
    if metadata.get("pattern") is not None:
        found.append(matches(metadata["pattern"]))
    if metadata.get("enum"):
        found.append(one_of(metadata["enum"]))
    return found


def is_sensitive(shape: Shape | None) -> bool:
    if shape is None:
        return False
    member = getattr(shape, "member", None)
    return bool(shape.metadata.get("sensitive")) or (member is not None and bool(member.metadata.get("sensitive")))


def write_value(value: Any, shape: Shape | None = None) -> str:
    """A value as AWS's Java writes it: ``[a, b]``, ``{k=v}``, ``Entry(id=1, body=null)``."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float, Decimal)):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        # AWS: what Kinesis says of a record that is too large.
        return f"java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]"
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, (list, tuple)):
        member = getattr(shape, "member", None)
        return f"[{', '.join(write_value(item, member) for item in value)}]"
    if isinstance(value, Mapping):
        return _write_members(value, shape)
    return type(value).__name__


def _write_members(value: Mapping[str, Any], shape: Shape | None) -> str:
    members: Mapping[str, Shape] | None = getattr(shape, "members", None)
    if shape is None or members is None:
        item = getattr(shape, "value", None)
        return "{" + ", ".join(f"{key}={write_value(found, item)}" for key, found in value.items()) + "}"
    written = (
        f"{lower_first(name)}={'***' if is_sensitive(member) else write_value(value.get(name), member)}"
        for name, member in members.items()
    )
    return f"{shape.name}({', '.join(written)})"
