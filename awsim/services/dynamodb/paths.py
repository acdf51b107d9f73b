"""Document paths: where in an item something is, ``("reviews", "stars", 0)`` for ``reviews.stars[0]``.

Owns how a path is followed and written, and which paths cannot go together. Knows nothing of expressions' syntax.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import attrs

from awsim.services.dynamodb.attribute_values import AttributeValue

Step: TypeAlias = str | int
Path: TypeAlias = tuple[Step, ...]


def follow(item: Mapping[str, AttributeValue], path: Path) -> AttributeValue | None:
    """The value at a path; None where there is none."""
    value = item.get(path[0])  # type: ignore[arg-type]  # a path begins with a name
    for step in path[1:]:
        if value is None:
            return None
        value = member(value, step)
    return value


def member(value: AttributeValue, step: Step) -> AttributeValue | None:
    """What a map has by a name or a list at an index; None where it has nothing, or is neither."""
    found: AttributeValue | None = None
    if isinstance(step, int):
        elements = value.get("L")
        if elements is not None and step < len(elements):
            found = elements[step]
    elif "M" in value:
        found = value["M"].get(step)
    return found


def write(path: Path) -> str:
    """A path as AWS writes it in messages: ``[reviews, stars, [0]]``."""
    return "[" + ", ".join(f"[{step}]" if isinstance(step, int) else step for step in path) + "]"


@attrs.define
class Clash:
    """Two paths that cannot go together: they ``overlap`` (one holds the other) or ``conflict`` (list against map)."""

    kind: str
    first: Path
    second: Path


@attrs.define
class _Node:
    #: The first path that goes through here.
    first: Path
    #: Whether a path ends here.
    is_end: bool = False
    children: dict[Step, _Node] = attrs.Factory(dict)


def find_clash(paths: Iterable[Path]) -> Clash | None:
    """The first pair of paths that overlap or conflict, the earlier one first."""
    root = _Node(())
    for path in paths:
        node = root
        for step in path:
            if node.is_end:
                return Clash("overlap", node.first, path)
            other = next(iter(node.children), step)
            if isinstance(other, int) is not isinstance(step, int):
                return Clash("conflict", node.children[other].first, path)
            node = node.children.setdefault(step, _Node(path))
        if node.is_end or node.children:
            return Clash("overlap", node.first, path)
        node.is_end = True
    return None
