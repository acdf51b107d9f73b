"""Checking a new item and measuring it in one walk: what ``attribute_values`` and ``item_size`` do in two.

Owns nothing but the walk, for PutItem, whose time is half in such walks. A property test holds it to the other two.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awsim.services.dynamodb.attribute_values import Item, check_value, enter
from awsim.services.dynamodb.item_size import DOCUMENT_BYTES, ELEMENT_BYTES, text_bytes, value_bytes
from awsim.services.dynamodb.numbers import PLAIN_DIGITS_MAX


def check_and_measure(item: Mapping[str, Mapping[str, Any]], depth: int = 0) -> tuple[Item, int]:
    """An item as AWS keeps it, and its size in bytes. ``depth`` is how many documents it is inside of. Raises
    ValidationException."""
    checked: Item = {}
    size = 0
    for name, value in item.items():
        size += len(name) if name.isascii() else text_bytes(name)
        if len(value) == 1:
            if "S" in value:
                text = value["S"]
                size += len(text) if text.isascii() else text_bytes(text)
                checked[name] = {"S": text}
                continue
            if "N" in value:
                text = value["N"]
                if text.isdecimal() and text.isascii() and len(text) <= PLAIN_DIGITS_MAX and text[0] != "0":
                    size += (len(text.rstrip("0")) + 1) // 2 + 1
                    checked[name] = {"N": text}
                    continue
            elif "M" in value:
                content, content_bytes = check_and_measure(value["M"], enter(depth))
                size += DOCUMENT_BYTES + ELEMENT_BYTES * len(content) + content_bytes
                checked[name] = {"M": content}
                continue
        one = checked[name] = check_value(value, depth)
        size += value_bytes(one)
    return checked, size
