"""How long a regular expression may take, at worst, on a value that it refuses.

Owns the analysis of parsed patterns, and nothing of what they are for. ``re`` tries every way to split a value among
neighbouring repetitions, so ``.*:.*:.*`` takes time cubic in the value's length and ``([a-z]+-?)*`` exponential time.
The analysis asks, character by character: how could a run of only this character be split? It errs on the careful side.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

if sys.version_info >= (3, 11):
    from re import _constants, _parser  # type: ignore[attr-defined]  # the parser is public in all but name
else:  # pragma: no cover
    import sre_constants as _constants
    import sre_parse as _parser

#: The number of steps that matching one value may take, at worst.
STEPS_MAX = 5_000_000
#: The length of value that every pattern, however explosive, gets through.
LENGTH_MIN = 12
_LENGTH_MAX = 100_000
#: A repetition of at most so many times is unrolled in thought; one of more is a loop.
_UNROLLED_MAX = 16
_FOREVER = 1_000_000_000
#: Of a set with more parts, all of Unicode's letters say, these many are enough to look at.
_EDGES_MAX = 16
#: What leaves a choice. A pattern with one such at most is soon done with any value.
_CHOICE = re.compile(r"[*+{?|]")


class _Explosive(Exception):
    """There are exponentially many ways to split a run of one character."""


class _Run(NamedTuple):
    """What part of a pattern does with a run of one character."""

    #: The shortest and longest run that the part matches; None if it needs some other character.
    span: tuple[int, int] | None
    #: The loops that share the run when the part matches nothing else.
    loops: int
    #: The loops that share the run where the part begins, whatever it needs later.
    head: int
    #: The most loops that share one run anywhere within the part.
    degree: int


def length_max(pattern: re.Pattern[str]) -> int:
    """The length of value up to which ``pattern`` is sure to be done within STEPS_MAX steps."""
    if len(_CHOICE.findall(pattern.pattern)) <= 1:
        return _LENGTH_MAX
    tree: Any = _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    try:
        degree = max(_sequence(tree, point).degree for point in _sample(tree))
    except _Explosive:
        return LENGTH_MIN
    return _LENGTH_MAX if degree <= 1 else max(LENGTH_MIN, int(STEPS_MAX ** (1 / degree)))


def _sequence(items: Iterable[Any], point: int) -> _Run:
    span: tuple[int, int] | None = (0, 0)
    loops = head = run = degree = 0
    for item in _flat(items):
        part = _item(item, point)
        degree = max(degree, part.degree, run + part.head)
        if span is not None:
            head = max(head, loops + part.head)
        loops += part.loops
        if part.span is None:
            span, run = None, 0
        else:
            run += part.loops
            span = span and (span[0] + part.span[0], min(_FOREVER, span[1] + part.span[1]))
    return _Run(span, loops if span is not None else 0, head, degree)


def _flat(items: Iterable[Any]) -> Iterator[Any]:
    """The items of a sequence, with the groups in it opened."""
    for item in items:
        kind, argument = item
        if kind is _constants.SUBPATTERN:
            yield from _flat(argument[3])
        elif kind.name == "ATOMIC_GROUP":
            yield from _flat(argument)
        else:
            yield item


def _item(item: Any, point: int) -> _Run:
    kind, argument = item
    name: str = kind.name
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        least, most, body = argument
        return _repeat(least, most, body, point)
    if name == "BRANCH":
        return _branch(argument[1], point)
    if name in ("ASSERT", "ASSERT_NOT"):
        return _Run((0, 0), 0, 0, _sequence(argument[1], point).degree)
    if name == "AT":
        return _Run((0, 0), 0, 0, 0)
    if name.startswith("GROUPREF"):
        return _Run((0, _FOREVER), 1, 1, 1)
    return _Run((1, 1) if _accepts(item, point) else None, 0, 0, 0)


def _repeat(least: int, most: int, body: Any, point: int) -> _Run:
    inner = _sequence(body, point)
    if inner.span is None:
        return _Run((0, 0) if least == 0 else None, 0, inner.head, inner.degree)
    shortest, longest = inner.span
    most = min(most, _FOREVER)
    span = (shortest * least, min(_FOREVER, longest * most))
    if most <= _UNROLLED_MAX:
        loops = inner.loops * most
        if loops > _UNROLLED_MAX:
            raise _Explosive
        return _Run(span, loops, max(inner.head, loops), max(inner.degree, loops))
    if shortest != longest or inner.loops:
        raise _Explosive
    return _Run(span, 1, 1, max(inner.degree, 1))


def _branch(alternatives: Iterable[Any], point: int) -> _Run:
    parts = [_sequence(alternative, point) for alternative in alternatives]
    spans = [part.span for part in parts if part.span is not None]
    degree = max(part.degree for part in parts)
    if not spans:
        return _Run(None, 0, max(part.head for part in parts), degree)
    span = (min(shortest for shortest, _ in spans), max(longest for _, longest in spans))
    if len(spans) > 1:  # two ways to match one run count as a choice of length: within a loop they explode
        span = (span[0], span[1] + 1)
    return _Run(span, max(part.loops for part in parts), max(part.head for part in parts), degree)


def _accepts(item: Any, point: int) -> bool:
    kind, argument = item
    name: str = kind.name
    if name == "LITERAL":
        return bool(argument == point)
    if name == "NOT_LITERAL":
        return bool(argument != point)
    if name == "ANY":
        return point != ord("\n")
    if name == "RANGE":
        return bool(argument[0] <= point <= argument[1])
    if name == "CATEGORY":
        return _in_category(argument.name, chr(point))
    if name == "IN":
        negated = argument[0][0].name == "NEGATE"
        return any(_accepts(part, point) for part in argument[negated:]) is not negated
    return True  # unknown: suppose the worst


def _in_category(category: str, character: str) -> bool:
    negated = "_NOT_" in category
    if category.endswith("DIGIT"):
        found = character.isdigit()
    elif category.endswith("SPACE"):
        found = character.isspace()
    else:
        found = character.isalnum() or character == "_"
    return found is not negated


def _sample(tree: Iterable[Any]) -> set[int]:
    """Characters that stand for all others: one of each kind, and the edges of the sets that are repeated."""
    points = {ord(character) for character in "a0_-. \n\u00e9"}
    stack: list[tuple[Any, bool]] = [(item, False) for item in tree]
    while stack:
        (kind, argument), repeated = stack.pop()
        name: str = kind.name
        inner: Iterable[Any] = ()
        if name.endswith("LITERAL"):
            points.update([argument] if repeated or not chr(argument).isalnum() else ())
        elif name == "RANGE":
            points.update(argument if repeated else ())
        elif name == "IN":
            inner = argument[:_EDGES_MAX]
        elif name == "SUBPATTERN":
            inner = argument[3]
        elif name == "ATOMIC_GROUP":
            inner = argument
        elif name.endswith("_REPEAT"):
            inner, repeated = argument[2], True
        elif name.startswith("ASSERT"):
            inner = argument[1]
        elif name == "BRANCH":
            inner = [item for alternative in argument[1] for item in alternative]
        stack.extend((item, repeated) for item in inner)
    return points
