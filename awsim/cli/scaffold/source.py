"""Python source as text: what ruff would leave as it is, at 120 characters a line.

Knows Python's syntax, nothing of AWS.
"""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

import attrs

LINE_LENGTH = 120


@attrs.frozen
class SourceFile:
    """A file to be printed or written; ``path`` is relative."""

    path: PurePosixPath
    source: str


class Code(str):
    """Source that stands for itself among plain data."""

    __slots__ = ()


def is_name(text: str) -> bool:
    """Whether a text can be a name in Python."""
    return text.isidentifier() and not keyword.iskeyword(text)


def literal(text: str) -> str:
    """A string literal, with the quotes that need fewer escapes."""
    text = repr(text)
    if text[0] == "'" and '"' not in text:
        return f'"{text[1:-1]}"'
    return text


def pascal_case(text: str) -> str:
    """``cognito-idp`` -> ``CognitoIdp``."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[\W_]+", text))


def comment(text: str, indent: str) -> list[str]:
    """A comment, wrapped. The indentation is part of the lines."""
    return textwrap.wrap(
        text,
        LINE_LENGTH,
        initial_indent=f"{indent}# ",
        subsequent_indent=f"{indent}# ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def call(head: str, arguments: Sequence[str], tail: str, indent: str) -> list[str]:
    """``head(arguments)tail`` on one line if it fits, else with an argument a line, or all on the second line where
    that is enough."""
    one = f"{indent}{head}({', '.join(arguments)}){tail}"
    if len(one) <= LINE_LENGTH or not arguments:
        return [one]
    inner = f"{indent}    {', '.join(arguments)}"
    if len(inner) <= LINE_LENGTH:
        return [f"{indent}{head}(", inner, f"{indent}){tail}"]
    return [f"{indent}{head}(", *(f"{indent}    {argument}," for argument in arguments), f"{indent}){tail}"]


def assignment(name: str, source: str, indent: str) -> list[str]:
    """``name = source``, in parentheses on a line of its own where that makes it fit."""
    one = f"{indent}{name} = {source}"
    if len(one) <= LINE_LENGTH or len(indent) + 4 + len(source) > LINE_LENGTH:
        return [one]
    return [f"{indent}{name} = (", f"{indent}    {source}", f"{indent})"]


def annotated(name: str, annotation: str, indent: str) -> list[str]:
    """``name: annotation``, broken within the annotation's brackets, or put in parentheses, where it is too long."""
    one = f"{indent}{name}: {annotation}"
    if len(one) <= LINE_LENGTH:
        return [one]
    head, bracket, inner = annotation.partition("[")
    if bracket and annotation.endswith("]"):
        return [f"{indent}{name}: {head}[", f"{indent}    {inner[:-1]}", f"{indent}]"]
    return [f"{indent}{name}: (", f"{indent}    {annotation}", f"{indent})"]


def value(prefix: str, item: Any, suffix: str, indent: str) -> list[str]:
    """Plain data as source, on one line if it fits, else an item a line."""
    one = f"{indent}{prefix}{_one_line(item)}{suffix}"
    if len(one) <= LINE_LENGTH or not isinstance(item, (dict, list)) or not item:
        return [one]
    pairs = [(f"{literal(name)}: ", each) for name, each in item.items()] if isinstance(item, dict) else []
    lines = [f"{indent}{prefix}{'{' if pairs else '['}"]
    for head, each in pairs or [("", each) for each in item]:
        lines.extend(value(head, each, ",", f"{indent}    "))
    return [*lines, f"{indent}{'}' if pairs else ']'}{suffix}"]


def _one_line(item: Any) -> str:
    if isinstance(item, str):
        return str(item) if isinstance(item, Code) else literal(item)
    if isinstance(item, bytes):
        return f"b{literal(item.decode('ascii'))}"
    if isinstance(item, dict):
        return "{" + ", ".join(f"{literal(name)}: {_one_line(each)}" for name, each in item.items()) + "}"
    if isinstance(item, list):
        return "[" + ", ".join(map(_one_line, item)) + "]"
    return repr(item)


def imports(lines: Iterable[str]) -> list[str]:
    """Import statements of one section in their order: plain ones first, then by module."""
    return sorted(lines, key=lambda line: (line.startswith("from "), line.split()[1]))


def module(docstring: str, sections: Sequence[Sequence[str]], blocks: Sequence[Sequence[str]]) -> str:
    """A module: its docstring, its imports by section, and its top-level blocks with the blank lines between."""
    parts = [f'"""{docstring}"""', "from __future__ import annotations"]
    parts.extend("\n".join(section) for section in sections if section)
    head = "\n\n".join(parts)
    body = "\n\n\n".join("\n".join(block) for block in blocks)
    return f"{head}\n\n\n{body}\n" if body else f"{head}\n"


def from_import(module_name: str, names: Iterable[str]) -> str:
    """``from module import a, b``."""
    return f"from {module_name} import {', '.join(sorted(names, key=_import_order))}"


def _import_order(name: str) -> tuple[int, str]:
    # isort's order: CONSTANTS, then Classes, then functions.
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2, name)
