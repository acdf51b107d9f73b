from __future__ import annotations

from typing import Any

import pytest

from awsim.services.dynamodb.expressions import KEY_CONDITION, Placeholders, condition, projection, update

from .assertions import message_of, refusal_of


def test_placeholders_that_no_expression_uses_are_refused_names_first() -> None:
    placeholders = Placeholders({"#a": "a", "#b": "b", "#c": "c"}, {":v": {"S": "x"}, ":w": {"S": "y"}})
    condition("#a = :v", placeholders)
    assert message_of(placeholders.check_unused) == (
        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b, #c}"
    )
    projection("#b, #c", placeholders)
    assert message_of(placeholders.check_unused) == (
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"
    )
    update("SET q = :w", placeholders)
    placeholders.check_unused()


def test_undefined_placeholders_are_refused() -> None:
    assert message_of(condition, "#a = :v", Placeholders(None, {":v": {"S": ""}})) == (
        "Invalid ConditionExpression: An expression attribute name used in the document path is not defined; "
        "attribute name: #a"
    )
    assert message_of(condition, "a = :v", Placeholders(), KEY_CONDITION) == (
        "Invalid KeyConditionExpression: An expression attribute value used in expression is not defined; "
        "attribute value: :v"
    )


def test_empty_maps_of_placeholders_are_refused() -> None:
    assert message_of(Placeholders, {}) == "ExpressionAttributeNames must not be empty"
    assert message_of(Placeholders, None, {}) == "ExpressionAttributeValues must not be empty"


@pytest.mark.parametrize("key", ["", "a", "#", ":a", "#a-b", "#a.b", "##a", "# a", "#é"])
def test_misspelt_names_are_refused(key: str) -> None:
    assert message_of(Placeholders, {key: "a"}) == (
        f'ExpressionAttributeNames contains invalid key: Syntax error; key: "{key}"'
    )


@pytest.mark.parametrize("key", ["", "a", ":", "#a", ":a-b", "::a"])
def test_misspelt_values_are_refused(key: str) -> None:
    assert message_of(Placeholders, None, {key: {"S": "a"}}) == (
        f'ExpressionAttributeValues contains invalid key: Syntax error; key: "{key}"'
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"),
        ({"N": "x"}, "The parameter cannot be converted to a numeric value: x"),
        ({"SS": []}, "One or more parameter values were invalid: An string set  may not be empty"),
        ({"N": "1" * 39}, "Attempting to store more than 38 significant digits in a Number"),
    ],
)
def test_values_that_dynamodb_does_not_take_are_refused(value: dict[str, Any], reason: str) -> None:
    assert message_of(Placeholders, None, {":v": value}) == (
        f"ExpressionAttributeValues contains invalid value: {reason} for key :v"
    )


def test_names_with_dots_are_names_and_not_paths() -> None:
    placeholders = Placeholders({"#a": "x.y"}, {":v": {"S": "1"}})
    assert condition("#a = :v", placeholders).matches({"x.y": {"S": "1"}})
    assert not condition("#a = :v", placeholders).matches({"x": {"M": {"y": {"S": "1"}}}})


def test_placeholders_have_255_bytes_at_most() -> None:
    for mark, parameter in (("#", "ExpressionAttributeNames"), (":", "ExpressionAttributeValues")):
        for length in (255, 256):
            key = mark + "a" * (length - 1)
            given = ({key: "a"}, None) if mark == "#" else (None, {key: {"S": ""}})
            expected = f'{parameter} contains invalid key: Length exceeds 255 bytes; key: "{key}"'
            assert refusal_of(Placeholders, *given) == (None if length == 255 else expected)
