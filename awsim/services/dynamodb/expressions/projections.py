"""Projections: the parts of items that are asked for."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from awsim.services.dynamodb.attribute_values import AttributeValue, Item
from awsim.services.dynamodb.expressions.binding import Binding
from awsim.services.dynamodb.expressions.parser import TEXTS_KEPT, Parser
from awsim.services.dynamodb.expressions.placeholders import Placeholders
from awsim.services.dynamodb.expressions.refusals import PROJECTION, clashing_paths
from awsim.services.dynamodb.paths import Path, Step, find_clash, member

#: The steps to take, with what to take below each; None for everything.
_Branches: TypeAlias = "dict[Step, _Branches | None]"


class Projection:
    """The parts of items at some paths, none of which overlap."""

    __slots__ = ("_branches", "paths")

    def __init__(self, paths: Iterable[Path]) -> None:
        self.paths = tuple(paths)
        self._branches: _Branches = {}
        for path in self.paths:
            branches = self._branches
            for step in path[:-1]:
                branches = branches.setdefault(step, {})  # type: ignore[assignment]  # a path begins with a name
            branches[path[-1]] = None

    def apply(self, item: Mapping[str, AttributeValue]) -> Item:
        """What an item has at the paths, inside the maps and lists that hold it; shares values with the item.

        AWS: the elements that are asked for close ranks: of ``l[3]`` a list of one element is left.
        """
        projected: Item = {}
        for name, branches in self._branches.items():
            value = item.get(name)  # type: ignore[arg-type]  # a path begins with a name
            if value is not None:
                value = value if branches is None else _project(value, branches)
                if value is not None:
                    projected[name] = value  # type: ignore[index]  # a path begins with a name
        return projected


def projection(text: str, placeholders: Placeholders) -> Projection:
    """The projection that a text says. Raises ValidationException."""
    paths = tuple(map(Binding(placeholders, PROJECTION).path, parse_projection(text)))
    clash = find_clash(paths)
    if clash is not None:
        raise clashing_paths(PROJECTION, clash)
    return Projection(paths)


@functools.lru_cache(TEXTS_KEPT)
def parse_projection(text: str) -> tuple[Path, ...]:
    """The paths of a projection, their placeholders still open. Raises ValidationException."""
    parser = Parser(text, PROJECTION)
    return tuple(parser.parse(lambda: parser.listed(parser.path)))


def _project(value: AttributeValue, branches: _Branches) -> AttributeValue | None:
    """The parts of a map or list; None where it has none of them."""
    is_list = isinstance(next(iter(branches)), int)
    steps = sorted(branches) if is_list else list(branches)
    found: dict[Step, AttributeValue] = {}
    for step in steps:
        part = member(value, step)
        below = branches[step]
        if part is not None and below is not None:
            part = _project(part, below)
        if part is not None:
            found[step] = part
    if not found:
        return None
    return {"L": list(found.values())} if is_list else {"M": found}
