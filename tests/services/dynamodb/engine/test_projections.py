from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsim.services.dynamodb.expressions import Placeholders, Projection, projection
from awsim.services.dynamodb.paths import find_clash

from .assertions import message_of
from .strategies import document_paths, items

ITEM: dict[str, Any] = {
    "a": {"M": {"b": {"L": [{"N": "0"}, {"M": {"c": {"S": "x"}, "d": {"S": "y"}}}, {"N": "2"}]}, "e": {"S": ""}}},
    "f": {"S": "z"},
}


@pytest.mark.parametrize(
    ("text", "projected"),
    [
        ("f", {"f": {"S": "z"}}),
        ("f, gone", {"f": {"S": "z"}}),
        ("gone", {}),
        ("a.e", {"a": {"M": {"e": {"S": ""}}}}),
        ("a.gone", {}),
        ("f.gone, f[0]", None),
        ("a.b[1].c", {"a": {"M": {"b": {"L": [{"M": {"c": {"S": "x"}}}]}}}}),
        ("a.b[2], a.b[0], a.b[7]", {"a": {"M": {"b": {"L": [{"N": "0"}, {"N": "2"}]}}}}),
        ("a.b[1].c, a.e, f", {"a": {"M": {"b": {"L": [{"M": {"c": {"S": "x"}}}]}, "e": {"S": ""}}}, "f": {"S": "z"}}),
        ("a", {"a": ITEM["a"]}),
    ],
)
def test_a_projection_has_the_parts_that_are_asked_for(text: str, projected: dict[str, Any] | None) -> None:
    if projected is None:
        assert message_of(projection, text, Placeholders()).startswith("Invalid ProjectionExpression: Two document")
    else:
        assert projection(text, Placeholders()).apply(ITEM) == projected


@pytest.mark.parametrize(
    ("text", "kind", "first", "second"),
    [
        ("a, a", "overlap", "[a]", "[a]"),
        ("a.b, c, a", "overlap", "[a, b]", "[a]"),
        ("a, a[0]", "overlap", "[a]", "[a, [0]]"),
        ("a.b, a[0]", "conflict", "[a, b]", "[a, [0]]"),
        ("#a, a", "overlap", "[a]", "[a]"),
    ],
)
def test_paths_of_a_projection_do_not_clash(text: str, kind: str, first: str, second: str) -> None:
    placeholders = Placeholders({"#a": "a"})
    assert message_of(projection, text, placeholders) == (
        f"Invalid ProjectionExpression: Two document paths {kind} with each other; must remove or rewrite one of "
        f"these paths; path one: {first}, path two: {second}"
    )


def kept(value: dict[str, Any], paths: list[tuple[str | int, ...]]) -> dict[str, Any] | None:
    """What is left of a value when only these parts of it are kept, by definition."""
    if () in paths:
        return value
    [(type_, content)] = value.items()
    if type_ == "M":
        members = {
            name: part
            for name, member in content.items()
            if (part := kept(member, [path[1:] for path in paths if path[0] == name])) is not None
        }
        return {"M": members} if members else None
    if type_ == "L":
        elements = [
            part
            for index, element in enumerate(content)
            if (part := kept(element, [path[1:] for path in paths if path[0] == index])) is not None
        ]
        return {"L": elements} if elements else None
    return None


@given(items, st.lists(document_paths, min_size=1, max_size=4))
def test_a_projection_keeps_what_is_below_its_paths_and_nothing_else(
    item: dict[str, Any], paths: list[tuple[str | int, ...]]
) -> None:
    if find_clash(paths) is not None:
        return
    expected = kept({"M": item}, paths)
    assert Projection(paths).apply(item) == ({} if expected is None else expected["M"])


@given(st.lists(document_paths, max_size=5))
def test_paths_clash_when_one_holds_another_or_takes_a_list_for_a_map(paths: list[tuple[str | int, ...]]) -> None:
    def clash(one: tuple[str | int, ...], other: tuple[str | int, ...]) -> bool:
        for a, b in zip(one, other, strict=False):
            if type(a) is not type(b):
                return True
            if a != b:
                return False
        return True

    expected = any(clash(one, other) for index, one in enumerate(paths) for other in paths[:index])
    assert (find_clash(paths) is not None) == expected
