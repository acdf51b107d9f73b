"""One value of a shape that leaves nothing out: every member of every structure that the shape leads to, once.

Drawn values visit a large shape's corners only now and then; this one visits all of them, always.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

_MOMENT = datetime(2024, 2, 29, 12, 34, 56, tzinfo=timezone.utc)
_SCALARS = {
    "character": "c",
    "boolean": True,
    "integer": 2**31 - 1,
    "long": -(2**63),
    "float": 0.5,
    "double": 0.1,
    "blob": b"\x00\xffblob",
    "timestamp": _MOMENT,
}


class WholeValue:
    """Builds the value; a structure met a second time is left as bare as it may be."""

    def __init__(self, *, request: bool) -> None:
        self._request = request
        self._met: set[str] = set()

    def build(self, shape: Any, name: str = "value") -> Any:
        kind = shape.type_name
        if kind == "structure":
            return self._structure(shape)
        if kind == "list":
            return self._items(shape.member, name)
        if kind == "map":
            return {f"key {index} <&>": item for index, item in enumerate(self._items(shape.value, name))}
        return f"{name} <&> é" if kind == "string" else _SCALARS[kind]

    def _items(self, shape: Any, name: str) -> list[Any]:
        """Several items where they are unions, so that each member of the union has its turn."""
        if shape.metadata.get("union") and shape.name not in self._met:
            self._met.add(shape.name)
            return [{member: self.build(inner, member)} for member, inner in shape.members.items()]
        return [self.build(shape, name)]

    def _structure(self, shape: Any) -> Any:
        if shape.metadata.get("document"):
            return {"any": ["thing", 1, None, {"at": True}]}
        if shape.metadata.get("union"):
            return self._one_of(shape)
        if shape.name in self._met:
            return {}
        self._met.add(shape.name)
        return {name: self.build(member, name) for name, member in shape.members.items()}

    def _one_of(self, shape: Any) -> dict[str, Any]:
        containers = ("structure", "list", "map")
        simple = [name for name, member in shape.members.items() if member.type_name not in containers]
        if shape.name in self._met and not simple:
            bare = {"list": [], "map": {}, "structure": {}}
            name = next((n for n, m in shape.members.items() if not m.metadata.get("union")), None)
            return {} if name is None else {name: bare[shape.members[name].type_name]}
        name = simple[0] if shape.name in self._met else next(iter(shape.members))
        self._met.add(shape.name)
        return {name: self.build(shape.members[name], name)}

    def top(self, shape: Any, protocol: str) -> dict[str, Any]:
        """An operation's input or output, or an error's members."""
        self._met.add(shape.name)
        members = {}
        for name, member in shape.members.items():
            location = member.serialization.get("location") if protocol.startswith("rest") else None
            if member.serialization.get("eventstream"):
                continue
            if member.serialization.get("hostLabel") and self._request:
                members[name] = "label"
            elif location == "statusCode":
                members[name] = 200
            elif location in ("header", "headers"):
                members[name] = self._in_header(member, location)
            elif location == "querystring" and member.type_name == "map":
                members[name] = {"free": ["a", "b"] if member.value.type_name == "list" else "a"}
            else:
                members[name] = self.build(member, name)
        return members

    def _in_header(self, shape: Any, location: str) -> Any:
        if location == "headers":
            return {"some-key": "some value"}
        if shape.serialization.get("jsonvalue"):
            return {"some": ["json", None]}
        if shape.type_name == "list":
            return [self._in_header(shape.member, "header")] * 2
        return "text" if shape.type_name == "string" else self.build(shape)
