"""What conditions mean, and which of them AWS refuses whatever the item."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from awsim.services.dynamodb.expressions import Placeholders, condition

from . import reference
from .assertions import message_of
from .strategies import Rendering, conditions, items

VALUES: dict[str, dict[str, Any]] = {
    ":s": {"S": "b"},
    ":s2": {"S": "a"},
    ":n": {"N": "5"},
    ":b": {"B": b"x"},
    ":t": {"BOOL": True},
    ":null": {"NULL": True},
    ":l": {"L": []},
    ":m": {"M": {}},
    ":ss": {"SS": ["a"]},
    ":type": {"S": "string"},
}


def refused(text: str) -> str:
    message = message_of(condition, text, Placeholders(None, VALUES))
    assert message.startswith("Invalid ConditionExpression: ")
    return message.removeprefix("Invalid ConditionExpression: ")


@given(conditions, items)
def test_a_condition_holds_when_the_reference_says_so(tree: tuple[Any, ...], item: dict[str, Any]) -> None:
    expected = reference.holds(item, tree)
    for options in ({}, {"all_parentheses": True}, {"named": True}):
        rendering = Rendering(tree, **options)
        placeholders = Placeholders(rendering.names or None, rendering.values or None)
        compiled = condition(rendering.text, placeholders)
        placeholders.check_unused()
        assert compiled.matches(item) == expected, rendering.text
        if not item:
            assert compiled.matches(None) == expected


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("a = :n OR b = :n AND c = :n", True),
        ("(a = :n OR b = :n) AND c = :n", False),
        ("NOT a = :n AND b = :n", False),
        ("NOT (a = :n AND b = :n)", True),
        ("gone = :n", False),
        ("gone <> :n", True),
        ("gone = lost", False),
        ("gone <> lost", True),
        ("NOT gone > :n", True),
        ("size(a) > :n", False),
        ("size(gone) >= :n", False),
        (":n = :n", True),
        ("l[1] = :n", True),
        ("l[2] = :n", False),
        ("m.x = :n", True),
        ("a.x = :n", False),
        ("l.x = :n", False),
        ("m[0] = :n", False),
        ("a = :s", False),
        ("a < :s", False),
        ("contains(l, :n)", True),
        ("contains(l, :s)", False),
        ("contains(txt, :s)", True),
        ("contains(:s, txt)", False),
        ("begins_with(txt, :s)", True),
        ("begins_with(a, :s)", False),
        ("attribute_type(m, :type_m)", True),
        ("a BETWEEN :n AND :n", True),
    ],
)
def test_operators_bind_and_compare_as_the_developer_guide_says(text: str, holds: bool) -> None:
    item = {
        "a": {"N": "5"},
        "l": {"L": [{"S": "x"}, {"N": "5"}]},
        "m": {"M": {"x": {"N": "5"}}},
        "txt": {"S": "bcb"},
    }
    assert condition(text, Placeholders(None, {**VALUES, ":type_m": {"S": "M"}})).matches(item) is holds


@pytest.mark.parametrize(
    ("text", "function", "count"),
    [
        ("attribute_exists(a, b)", "attribute_exists", 2),
        ("attribute_not_exists(a, b, c)", "attribute_not_exists", 3),
        ("attribute_type(a)", "attribute_type", 1),
        ("begins_with(a)", "begins_with", 1),
        ("contains(a, b, c)", "contains", 3),
        ("size(a, b) > :n", "size", 2),
    ],
)
def test_functions_want_their_number_of_operands(text: str, function: str, count: int) -> None:
    assert refused(text) == (
        "Incorrect number of operands for operator or function; "
        f"operator or function: {function}, number of operands: {count}"
    )


@pytest.mark.parametrize(
    ("text", "operator", "type_"),
    [
        ("begins_with(a, :n)", "begins_with", "N"),
        ("begins_with(:l, a)", "begins_with", "L"),
        ("contains(:n, a)", "contains", "N"),
        ("size(:n) > :n", "size", "N"),
        ("size(:t) > :n", "size", "BOOL"),
        ("a < :t", "<", "BOOL"),
        ("a >= :l", ">=", "L"),
        (":m > a", ">", "M"),
        ("a <= :null", "<=", "NULL"),
        ("a BETWEEN :ss AND :ss", "BETWEEN", "SS"),
        ("attribute_type(a, :n)", "attribute_type", "N"),
    ],
)
def test_operands_want_a_type_that_the_operator_takes(text: str, operator: str, type_: str) -> None:
    assert refused(text) == (
        f"Incorrect operand type for operator or function; operator or function: {operator}, operand type: {type_}"
    )


def test_a_type_that_does_not_exist_is_refused() -> None:
    assert refused("attribute_type(a, :type)") == (
        "Invalid attribute type name found; type: string, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"
    )


@pytest.mark.parametrize(
    "text",
    ["attribute_exists(:s)", "attribute_not_exists(:s)", "attribute_type(:s, :type)", "attribute_exists(size(a))"],
)
def test_some_functions_ask_for_a_place_in_the_item(text: str) -> None:
    function = text.partition("(")[0]
    expected = f"Operator or function requires a document path; operator or function: {function}"
    assert refused(text) == expected


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("size(a)", "size"),
        ("NOT size(a)", "size"),
        ("attribute_exists(a) = :t", "attribute_exists"),
        ("a = begins_with(b, :s)", "begins_with"),
        ("a IN (:s, contains(b, :s))", "contains"),
        ("a BETWEEN :n AND attribute_type(b, :s)", "attribute_type"),
        ("size(contains(a, :s)) > :n", "contains"),
    ],
)
def test_functions_stand_where_their_result_makes_sense(text: str, function: str) -> None:
    assert refused(text) == f"The function is not allowed to be used this way in an expression; function: {function}"


@pytest.mark.parametrize(
    ("text", "operator", "path"),
    [
        ("a = a", "=", "[a]"),
        ("a.b[0] <> a.b[0]", "<>", "[a, b, [0]]"),
        ("a IN (:s, a)", "IN", "[a]"),
        ("a BETWEEN b AND a", "BETWEEN", "[a]"),
        ("contains(a, a)", "contains", "[a]"),
    ],
)
def test_a_path_is_not_compared_with_itself(text: str, operator: str, path: str) -> None:
    assert refused(text) == (
        "The first operand must be distinct from the remaining operands for this operator or function; "
        f"operator: {operator}, first operand: {path}"
    )


def test_the_bounds_of_between_are_in_order_and_of_one_type() -> None:
    assert refused("a BETWEEN :s AND :s2") == (
        "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
        "lower bound operand: AttributeValue: {S:b}, upper bound operand: AttributeValue: {S:a}"
    )
    assert refused("a BETWEEN :s AND :n") == (
        "The BETWEEN operator requires same data type for lower and upper bounds; "
        "lower bound operand: AttributeValue: {S:b}, upper bound operand: AttributeValue: {N:5}"
    )
    assert refused("a BETWEEN :b AND :n") == (
        "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: "
        "AttributeValue: {B:java.nio.HeapByteBuffer[pos=0 lim=1 cap=1]}, upper bound operand: AttributeValue: {N:5}"
    )


def test_a_condition_tells_which_paths_it_looks_at() -> None:
    text = "NOT (a = :n OR size(b.c) > d[0]) AND e IN (:n, f) AND attribute_exists(g) AND h BETWEEN :n AND i"
    paths = condition(text, Placeholders(None, VALUES)).paths
    assert paths == [("a",), ("b", "c"), ("d", 0), ("e",), ("f",), ("g",), ("h",), ("i",)]
