"""Hypothesis strategies for the values of a model's shapes, as one protocol can carry them there and back.

A value is drawn member by member, never deeper than a few levels; what a protocol, or botocore's half of the way,
cannot carry is not drawn: control characters in XML, line breaks in headers, fractions of a second in RFC 822 times.
Nothing else is held back: constraints such as lengths and patterns are no matter of the wire.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from hypothesis import strategies as st

DEPTH_MAX = 5
_MEMBERS_MAX = (8, 5, 3, 2, 1, 1)

_DAWN, _DUSK = datetime(1970, 1, 2), datetime(2199, 12, 31)
_instants = st.datetimes(_DAWN, _DUSK, timezones=st.just(timezone.utc))
_whole_seconds = _instants.map(lambda moment: moment.replace(microsecond=0))
_printable = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff\u2028\u2029\x85")
_any_text = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
_xml_text = st.text(_printable, max_size=8)
_token = st.text(string.ascii_letters + string.digits + "-_.", min_size=1, max_size=8)
_label = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(
    lambda text: text not in (".", "..")
)
_host_label = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
_integers = st.integers(-(2**31), 2**31 - 1)
_longs = st.integers(-(2**63), 2**63 - 1)
_floats = st.floats(allow_nan=False, allow_infinity=False, width=32)
_doubles = st.floats(allow_nan=False, allow_infinity=False)
_json_scalars = st.none() | st.booleans() | _integers | st.text(_printable, max_size=5)
_json = st.recursive(
    _json_scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(_printable, max_size=4), inner, max_size=2),
    max_leaves=4,
)
_json_objects = st.dictionaries(st.text(_printable, max_size=4), _json, max_size=2)

Draw = Callable[[st.SearchStrategy[Any]], Any]


class Values:
    """Draws values of shapes for one protocol and direction."""

    def __init__(self, protocol: str, *, request: bool) -> None:
        self.protocol = protocol
        self.request = request
        self.text = _any_text if protocol in ("json", "rest-json", "smithy-rpc-v2-cbor") else _xml_text
        if request and protocol in ("query", "ec2"):
            self.text = _any_text

    # Scalars by their place

    def scalar(self, shape: Any) -> st.SearchStrategy[Any]:
        kind = shape.type_name
        if kind == "timestamp":
            return _whole_seconds if shape.serialization.get("timestampFormat") == "rfc822" else _instants
        return {
            "string": self.text,
            "character": self.text,
            "boolean": st.booleans(),
            "integer": _integers,
            "long": _longs,
            "float": _floats,
            "double": _doubles,
            "blob": st.binary(max_size=8),
        }[kind]

    def in_header(self, shape: Any) -> st.SearchStrategy[Any]:
        if shape.serialization.get("jsonvalue"):
            return _json_objects
        if shape.type_name == "list":
            return st.lists(self.in_header(shape.member), min_size=1, max_size=3)
        if shape.type_name == "string":
            return _token
        if shape.type_name == "timestamp":
            # botocore drops fractions from every timestamp in a header.
            return _whole_seconds
        return self.scalar(shape)

    def in_address(self, shape: Any, *, label: bool) -> st.SearchStrategy[Any]:
        if shape.type_name == "list":
            return st.lists(self.in_address(shape.member, label=False), min_size=1, max_size=3)
        if shape.type_name == "map":
            names = _token.map(lambda name: f"free-{name}")
            return st.dictionaries(names, self.in_address(shape.value, label=False), min_size=1, max_size=2)
        if shape.type_name == "string":
            return _label if label else _xml_text
        return self.scalar(shape)

    # Whole values

    def value(self, draw: Draw, shape: Any, depth: int = 0) -> Any:
        kind = shape.type_name
        if kind == "structure":
            return draw(_json_objects) if shape.metadata.get("document") else self.structure(draw, shape, depth)
        if kind == "list":
            return [self.value(draw, shape.member, depth + 1) for _ in range(self.size(draw, shape.member, depth))]
        if kind == "map":
            size = self.size(draw, shape.value, depth)
            keys = draw(st.lists(self.text, min_size=size, max_size=size, unique=True))
            return {key: self.value(draw, shape.value, depth + 1) for key in keys}
        return draw(self.scalar(shape))

    def size(self, draw: Draw, shape: Any, depth: int) -> int:
        """How many items a list or map gets; at the deepest only scalars still come."""
        if depth >= DEPTH_MAX and shape.type_name in ("structure", "list", "map"):
            return 0
        return draw(st.integers(0, 2))

    def structure(self, draw: Draw, shape: Any, depth: int, only: list[str] | None = None) -> dict[str, Any]:
        names = list(shape.members) if only is None else only
        if shape.metadata.get("union"):
            return self.union(draw, shape, names, depth)
        if depth >= DEPTH_MAX:
            names = [name for name in names if shape.members[name].type_name not in ("structure", "list", "map")]
        chosen = self.choice(draw, names, _MEMBERS_MAX[min(depth, DEPTH_MAX)])
        return {name: self.value(draw, shape.members[name], depth + 1) for name in chosen}

    def choice(self, draw: Draw, names: list[str], count: int) -> list[str]:
        """Some of the members, each as likely as any other."""
        if not names:
            return []
        return draw(st.lists(st.sampled_from(names), unique=True, max_size=min(count, len(names))))

    def union(self, draw: Draw, shape: Any, names: list[str], depth: int) -> dict[str, Any]:
        if depth >= DEPTH_MAX:
            scalars = [name for name in names if shape.members[name].type_name not in ("structure", "list", "map")]
            names = scalars or names[:1]
        if not names or depth > 2 * DEPTH_MAX:
            return {}
        name = draw(st.sampled_from(names))
        return {name: self.value(draw, shape.members[name], depth + 1)}

    def top(self, draw: Draw, shape: Any) -> dict[str, Any]:
        """An operation's input or output, or an error's members: members drawn by the places that HTTP has for them."""
        rest = self.protocol in ("rest-json", "rest-xml")
        members: dict[str, Any] = {}
        in_body = []
        for name, member in shape.members.items():
            if member.serialization.get("eventstream"):
                continue
            if member.serialization.get("hostLabel") and self.request:
                members[name] = draw(_host_label)
                continue
            location = member.serialization.get("location") if rest else None
            if location == "uri" and self.request:
                members[name] = draw(self.in_address(member, label=True))
            elif location == "statusCode" and not self.request:
                members[name] = draw(st.sampled_from([200, 201, 202]))
            elif location == "querystring" and self.request:
                if draw(st.booleans()):
                    members[name] = draw(self.in_address(member, label=False))
            elif location == "header":
                if draw(st.booleans()):
                    members[name] = draw(self.in_header(member))
            elif location == "headers":
                members[name] = draw(st.dictionaries(_token.map(str.lower), _token, max_size=2))
            else:
                in_body.append(name)
        members.update(self.structure(draw, shape, 0, in_body))
        return members


def inputs(shape: Any, protocol: str) -> st.SearchStrategy[dict[str, Any]]:
    """Inputs of an operation, as boto3's caller would pass them."""
    values = Values(protocol, request=True)
    return st.composite(lambda draw: values.top(draw, shape))()


def outputs(shape: Any, protocol: str) -> st.SearchStrategy[dict[str, Any]]:
    """Outputs of an operation, or members of an error, as a provider would give them."""
    values = Values(protocol, request=False)
    return st.composite(lambda draw: values.top(draw, shape))()
