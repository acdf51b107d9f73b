"""DynamoDB items as text: the compact form in which stores keep them.

Owns the way from an item (attribute name -> ``{"S": "a"}``, binaries as bytes) to JSON and back. An item as a tree of
dicts takes some ten times the memory of its text, and bytes do not survive a JSON file; the text does both. Must not
know tables, keys or what makes an item valid.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from typing import Any

#: Attribute values by name, as the wire has them: ``{"id": {"S": "a"}, "data": {"B": b"…"}}``.
Item = dict[str, dict[str, Any]]


def _base64(value: Any) -> str:
    return base64.b64encode(value).decode()


def _make_encode() -> Callable[[Any], str]:
    """``JSONEncoder.encode``, without the encoder in C that it makes anew for each call: for a small item that costs
    more than the writing."""
    # Items are trees, made by parsing: no circle can be in one.
    encoder = json.JSONEncoder(check_circular=False, separators=(",", ":"), default=_base64)
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # a Python without it
        return encoder.encode
    chunks = make(None, _base64, json.encoder.encode_basestring_ascii, None, ":", ",", False, False, True)
    join = "".join

    def encode(value: Any) -> str:
        return join(chunks(value, 0))

    return encode


_encode = _make_encode()
_decode = json.JSONDecoder().decode


def write_item(item: Item) -> str:
    """The item's text: JSON in ASCII, binaries in Base64."""
    return _encode(item)


def write_items(items: Sequence[Item]) -> str:
    """The text of a list of items, as the wire has it."""
    return _encode(items)


def read_item(text: str) -> Item:
    """The item of a text, as a tree of its own."""
    item: Item = _decode(text)
    if _may_hold_binaries(text):
        for value in item.values():
            _restore_binaries(value)
    return item


def read_items(texts: Sequence[str]) -> list[Item]:
    """The items of many texts, in less time than one by one."""
    items: list[Item] = _decode(f"[{','.join(texts)}]")
    for text, item in zip(texts, items, strict=True):
        if _may_hold_binaries(text):
            for value in item.values():
                _restore_binaries(value)
    return items


def read_items_text(text: str) -> list[Item]:
    """The items of a text of :func:`write_items`."""
    items: list[Item] = _decode(text)
    if _may_hold_binaries(text):
        for item in items:
            for value in item.values():
                _restore_binaries(value)
    return items


def _may_hold_binaries(text: str) -> bool:
    # An attribute may be called B: then the walk that follows is in vain, and finds nothing to do.
    return '"B":' in text or '"BS":' in text


def _restore_binaries(value: dict[str, Any]) -> None:
    for kind, content in value.items():
        if kind == "B":
            value[kind] = base64.b64decode(content)
        elif kind == "BS":
            value[kind] = [base64.b64decode(member) for member in content]
        elif kind == "L":
            for member in content:
                _restore_binaries(member)
        elif kind == "M":
            for member in content.values():
                _restore_binaries(member)


__all__ = ["Item", "read_item", "read_items", "read_items_text", "write_item", "write_items"]
