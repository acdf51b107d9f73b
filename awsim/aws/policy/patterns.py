"""Wildcards and policy variables: ``*`` is any text, ``?`` any character, ``${aws:username}`` what the request has."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any

_VARIABLE = re.compile(r"\$\{\s*([^}]*?)\s*\}")
_DEFAULT = re.compile(r"([^,]+?)\s*,\s*'([^']*)'")
#: ``${*}`` and the like stand for the characters themselves.
_LITERALS = {"*": "\ue000", "?": "\ue001", "$": "$"}

Values = Mapping[str, Any]


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str, *, ignore_case: bool) -> re.Pattern[str]:
    pieces = []
    for character in re.sub(r"\*+", "*", pattern):
        if character == "*":
            pieces.append(".*")
        elif character == "?":
            pieces.append(".")
        else:
            pieces.append(re.escape({"\ue000": "*", "\ue001": "?"}.get(character, character)))
    return re.compile("".join(pieces), re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Whether a text is one of those that a pattern stands for."""
    if pattern == "*":
        return True
    if not ignore_case and not any(character in pattern for character in "*?\ue000\ue001"):
        return pattern == text
    return _compiled(pattern, ignore_case=ignore_case).fullmatch(text) is not None


def matches_arn(pattern: str, arn: str) -> bool:
    """The same for ARNs, each of whose six parts is matched by itself.

    AWS: what has fewer parts than an ARN is no ARN, but a lone ``*`` is any.
    """
    if pattern == "*":
        return True
    wanted, found = pattern.split(":", 5), arn.split(":", 5)
    return len(wanted) == len(found) == 6 and all(map(matches, wanted, found))


def substitute(text: str, values: Values) -> str | None:
    """A text with its policy variables replaced; None where the request has no value for one.

    ``values`` are the request's by lower-case keys. AWS: keys of several values cannot be variables.
    """
    if "${" not in text:
        return text
    known = True

    def replace(found: re.Match[str]) -> str:
        nonlocal known
        name = found[1]
        if name in _LITERALS:
            return _LITERALS[name]
        default = _DEFAULT.fullmatch(name)
        value = values.get((default[1] if default else name).lower())
        if value is None or isinstance(value, (list, tuple)):
            if default is None:
                known = False
                return ""
            return default[2]
        return as_text(value)

    replaced = _VARIABLE.sub(replace, text)
    return replaced if known else None


def as_text(value: Any) -> str:
    """A value of a request as conditions compare it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
