from __future__ import annotations

from typing import Any

import pytest

from awsim.services.dynamodb.expressions import KeyCondition, KeyTerm, Placeholders, key_condition

from .assertions import message_of

VALUES: dict[str, dict[str, Any]] = {
    ":h": {"S": "h"},
    ":a": {"S": "a"},
    ":c": {"S": "c"},
    ":n": {"N": "1"},
    ":empty": {"S": ""},
}
TYPES = {"h": "S", "r": "S"}


def parsed(text: str, range_key: str | None = "r") -> KeyCondition:
    return key_condition(text, Placeholders(None, VALUES), "h", range_key, TYPES)


def refused(text: str, range_key: str | None = "r") -> str:
    return message_of(parsed, text, range_key)


@pytest.mark.parametrize(
    ("text", "operator", "operands", "inside", "outside"),
    [
        ("h = :h", None, (), ["", "a", "z"], []),
        ("(h = :h)", None, (), ["", "a", "z"], []),
        (":h = h", None, (), ["", "a", "z"], []),
        ("h = :h AND r = :a", "=", ("a",), ["a"], ["", "b"]),
        ("(r < :c) AND (h = :h)", "<", ("c",), ["", "bz"], ["c", "d"]),
        ("(h = :h and r <= :c)", "<=", ("c",), ["", "c"], ["c0", "d"]),
        ("h = :h AND r > :a", ">", ("a",), ["a0", "z"], ["a", ""]),
        ("h = :h AND r >= :a", ">=", ("a",), ["a", "z"], [""]),
        ("h = :h AND :a < r", ">", ("a",), ["b"], ["a", ""]),
        ("h = :h AND r BETWEEN :a AND :c", "BETWEEN", ("a", "c"), ["a", "b", "c"], ["", "d"]),
        ("h = :h AND begins_with(r, :a)", "begins_with", ("a",), ["a", "ab"], ["", "b"]),
    ],
)
def test_a_key_condition_says_which_partition_and_which_range(
    text: str, operator: str | None, operands: tuple[str, ...], inside: list[str], outside: list[str]
) -> None:
    condition = parsed(text)
    wire = tuple({"S": operand} for operand in operands)
    assert condition == KeyCondition(({"S": "h"},), KeyTerm("r", operator, wire) if operator else None)
    assert condition.range_operator == operator
    assert condition.range_operands == wire
    assert [text for text in inside if not condition.range_matches({"S": text})] == []
    assert [text for text in outside if condition.range_matches({"S": text})] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("h = :h OR r = :a", "Invalid operator used in KeyConditionExpression: OR"),
        ("h = :h AND NOT r = :a", "Invalid operator used in KeyConditionExpression: NOT"),
        ("h = :h AND r <> :a", "Invalid operator used in KeyConditionExpression: <>"),
        ("h = :h AND r IN (:a, :c)", "Invalid operator used in KeyConditionExpression: IN"),
        ("h = :h AND attribute_exists(r)", "Invalid operator used in KeyConditionExpression: attribute_exists"),
        ("h = :h AND contains(r, :a)", "Invalid operator used in KeyConditionExpression: contains"),
        ("h = :h AND h = :a", "KeyConditionExpressions must only contain one condition per key"),
        ("h = :h AND r > :a AND r < :c", "KeyConditionExpressions must only contain one condition per key"),
        ("h = :h AND size(r) = :n", "KeyConditionExpressions cannot contain nested operations"),
        ("h = :h AND r.x = :a", "KeyConditionExpressions cannot have conditions on nested attributes"),
        (
            "h = :h AND r = x",
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
        ),
        ("h = :h AND :a = :a", "Invalid condition in KeyConditionExpression: No key attribute specified"),
        (
            "h = :h AND :a BETWEEN r AND :c",
            "Invalid condition in KeyConditionExpression: BETWEEN operator must have the key attribute as its first "
            "operand",
        ),
        (
            "h = :h AND begins_with(:a, r)",
            "Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its "
            "first operand",
        ),
        (
            "h = :h AND r BETWEEN :c AND :a",
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
            "lower bound operand: AttributeValue: {S:c}, upper bound operand: AttributeValue: {S:a}",
        ),
        (
            "h = :h AND begins_with(r, :n)",
            "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
        ),
    ],
)
def test_what_no_index_can_answer_is_refused(text: str, reason: str) -> None:
    assert refused(text) == f"Invalid KeyConditionExpression: {reason}"


def test_the_partition_is_given_by_equality() -> None:
    assert refused("r = :a") == "Query condition missed key schema element: h"
    assert refused("h > :h") == "Query key condition not supported"
    assert refused("begins_with(h, :h) AND r = :a") == "Query key condition not supported"


def test_the_other_condition_is_about_the_range_key() -> None:
    assert refused("h = :h AND x = :a") == "Query condition missed key schema element: r"
    assert refused("h = :h AND x = :a", None) == "Query key condition not supported"
    assert refused("h = :h AND r = :a AND x = :a") == "Conditions can be of length 1 or 2 only"


@pytest.mark.parametrize("text", ["h = :n", "h = :h AND r = :n", "h = :h AND r BETWEEN :n AND :n"])
def test_operands_have_the_types_of_the_keys(text: str) -> None:
    assert refused(text) == (
        "One or more parameter values were invalid: Condition parameter type does not match schema type"
    )


@pytest.mark.parametrize(
    ("text", "key"), [("h = :empty", "h"), ("h = :h AND r >= :empty", "r"), ("h = :h AND begins_with(r, :empty)", "r")]
)
def test_operands_of_keys_are_not_empty(text: str, key: str) -> None:
    assert refused(text) == (
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
        f"string value. Key: {key}"
    )
