"""The parameters that came before expressions."""

from __future__ import annotations

from typing import Any

import pytest

from awsim.services.dynamodb import legacy
from awsim.services.dynamodb.expressions import KeyCondition, KeyTerm

from .assertions import message_of

INVALID = "One or more parameter values were invalid: "
ITEM: dict[str, Any] = {"s": {"S": "bcd"}, "n": {"N": "5"}, "ss": {"SS": ["a"]}, "dotted.name": {"N": "1"}}


def condition(operator: str, *arguments: dict[str, Any]) -> dict[str, Any]:
    return {"ComparisonOperator": operator, "AttributeValueList": list(arguments)}


@pytest.mark.parametrize(
    ("name", "given", "holds"),
    [
        ("n", condition("EQ", {"N": "5.0"}), True),
        ("n", condition("NE", {"N": "5"}), False),
        ("n", condition("LT", {"N": "6"}), True),
        ("n", condition("LE", {"N": "4"}), False),
        ("n", condition("GT", {"N": "4"}), True),
        ("n", condition("GE", {"N": "6"}), False),
        ("n", condition("BETWEEN", {"N": "4"}, {"N": "6"}), True),
        ("n", condition("IN", {"N": "4"}, {"N": "5"}), True),
        ("n", condition("NULL"), False),
        ("n", condition("NOT_NULL"), True),
        ("x", condition("NULL"), True),
        ("x", condition("NE", {"N": "5"}), True),
        ("s", condition("BEGINS_WITH", {"S": "bc"}), True),
        ("s", condition("CONTAINS", {"S": "cd"}), True),
        ("s", condition("NOT_CONTAINS", {"S": "cd"}), False),
        ("ss", condition("CONTAINS", {"S": "a"}), True),
        ("dotted.name", condition("EQ", {"N": "1"}), True),
    ],
)
def test_a_comparison_operator_compares_as_its_expression_does(name: str, given: dict[str, Any], holds: bool) -> None:
    assert legacy.condition_from_filter({name: given}).matches(ITEM) is holds
    assert legacy.condition_from_expected({name: given}).matches(ITEM) is holds


def test_conditions_are_joined_by_and_unless_or_is_asked_for() -> None:
    given = {"n": condition("EQ", {"N": "5"}), "s": condition("EQ", {"S": "other"})}
    assert not legacy.condition_from_filter(given).matches(ITEM)
    assert not legacy.condition_from_filter(given, "AND").matches(ITEM)
    assert legacy.condition_from_filter(given, "OR").matches(ITEM)
    assert legacy.condition_from_expected(given, "OR").matches(ITEM)


@pytest.mark.parametrize(
    ("given", "holds_for_item", "holds_for_none"),
    [
        ({"Exists": False}, False, True),
        ({"Value": {"N": "5"}}, True, False),
        ({"Exists": True, "Value": {"N": "5"}}, True, False),
        ({"Value": {"N": "6"}}, False, False),
        ({"ComparisonOperator": "GT", "Value": {"N": "4"}}, True, False),
        ({"ComparisonOperator": "NULL"}, False, True),
    ],
)
def test_expected_compares_values_and_existence(
    given: dict[str, Any], holds_for_item: bool, holds_for_none: bool
) -> None:
    expected = legacy.condition_from_expected({"n": given})
    assert expected.matches(ITEM) is holds_for_item
    assert expected.matches(None) is holds_for_none


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "Value must be provided when Exists is null"),
        ({"Exists": True}, "Value must be provided when Exists is true"),
        ({"Exists": False, "Value": {"S": "a"}}, "Value cannot be used when Exists is false"),
        ({"AttributeValueList": [{"S": "a"}]}, "AttributeValueList can only be used with a ComparisonOperator"),
        (
            {"Exists": True, "ComparisonOperator": "EQ", "Value": {"S": "a"}},
            "Exists and ComparisonOperator cannot be used together",
        ),
        (
            {"ComparisonOperator": "EQ", "Value": {"S": "a"}, "AttributeValueList": [{"S": "a"}]},
            "Value and AttributeValueList cannot be used together",
        ),
        ({"ComparisonOperator": "EQ"}, "Value or AttributeValueList must be used with ComparisonOperator: EQ"),
    ],
)
def test_expectations_that_contradict_themselves_are_refused(given: dict[str, Any], reason: str) -> None:
    assert message_of(legacy.condition_from_expected, {"n": given}) == f"{INVALID}{reason} for Attribute: n"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (condition("EQ"), INVALID + "Invalid number of argument(s) for the EQ ComparisonOperator"),
        (condition("NULL", {"S": "a"}), INVALID + "Invalid number of argument(s) for the NULL ComparisonOperator"),
        (
            condition("BETWEEN", {"S": "a"}),
            INVALID + "Invalid number of argument(s) for the BETWEEN ComparisonOperator",
        ),
        (condition("IN"), INVALID + "Invalid number of argument(s) for the IN ComparisonOperator"),
        (condition("LT", {"SS": ["a"]}), INVALID + "ComparisonOperator LT is not valid for SS AttributeValue type"),
        (
            condition("BEGINS_WITH", {"N": "1"}),
            INVALID + "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type",
        ),
        (
            condition("IN", {"S": "a"}, {"N": "1"}),
            INVALID + "AttributeValues inside AttributeValueList must be of same type",
        ),
        (
            condition("BETWEEN", {"N": "10"}, {"N": "9"}),
            "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
        ),
        (condition("EQ", {"N": "x"}), "The parameter cannot be converted to a numeric value: x"),
    ],
)
def test_arguments_that_an_operator_does_not_take_are_refused(given: dict[str, Any], message: str) -> None:
    assert message_of(legacy.condition_from_filter, {"n": given}) == message
    assert message_of(legacy.key_condition_from_key_conditions, {"n": given}, "n") == message


def test_key_conditions_become_a_key_condition() -> None:
    given = {"h": condition("EQ", {"S": "x"}), "r": condition("BETWEEN", {"N": "1.0"}, {"N": "2"})}
    assert legacy.key_condition_from_key_conditions(given, "h", "r", {"h": "S", "r": "N"}) == KeyCondition(
        ({"S": "x"},), KeyTerm("r", "BETWEEN", ({"N": "1"}, {"N": "2"}))
    )
    assert legacy.key_condition_from_key_conditions({"h": given["h"]}, "h", "r") == KeyCondition(({"S": "x"},))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "Conditions can be of length 1 or 2 only"),
        (
            {name: condition("EQ", {"S": "x"}) for name in ("h", "r", "x")},
            "Conditions can be of length 1 or 2 only",
        ),
        ({"r": condition("EQ", {"S": "x"})}, "Query condition missed key schema element: h"),
        ({"h": condition("LT", {"S": "x"})}, "Query key condition not supported"),
        (
            {"h": condition("EQ", {"S": "x"}), "r": condition("NE", {"S": "x"})},
            "Attempted conditional constraint is not an indexable operation",
        ),
        (
            {"h": condition("EQ", {"S": "x"}), "r": condition("CONTAINS", {"S": "x"})},
            "Attempted conditional constraint is not an indexable operation",
        ),
        ({"h": condition("EQ", {"N": "1"})}, INVALID + "Condition parameter type does not match schema type"),
    ],
)
def test_key_conditions_that_no_index_can_answer_are_refused(given: dict[str, Any], message: str) -> None:
    types = {"h": "S", "r": "S"}
    assert message_of(legacy.key_condition_from_key_conditions, given, "h", "r", types) == message


def test_attribute_updates_become_an_update() -> None:
    given = {
        "put": {"Action": "PUT", "Value": {"N": "1.0"}},
        "default": {"Value": {"S": "x"}},
        "gone": {"Action": "DELETE"},
        "added": {"Action": "ADD", "Value": {"N": "2"}},
        "list": {"Action": "ADD", "Value": {"L": [{"S": "b"}]}},
        "taken": {"Action": "DELETE", "Value": {"SS": ["a"]}},
        "a.b": {"Value": {"S": "dotted"}},
    }
    item = {
        "gone": {"S": ""},
        "added": {"N": "40"},
        "list": {"L": [{"S": "a"}]},
        "taken": {"SS": ["a", "b"]},
        "kept": {"S": ""},
    }
    assert legacy.update_from_attribute_updates(given).apply(item)[0] == {
        "put": {"N": "1"},
        "default": {"S": "x"},
        "added": {"N": "42"},
        "list": {"L": [{"S": "a"}, {"S": "b"}]},
        "taken": {"SS": ["b"]},
        "a.b": {"S": "dotted"},
        "kept": {"S": ""},
    }


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"Action": "PUT"}, "Only DELETE action is allowed when no attribute value is specified"),
        ({}, "Only DELETE action is allowed when no attribute value is specified"),
        ({"Action": "ADD", "Value": {"S": "a"}}, "ADD action is not supported for the type S"),
        ({"Action": "DELETE", "Value": {"N": "1"}}, "DELETE action with value is not supported for the type N"),
    ],
)
def test_attribute_updates_that_fit_no_item_are_refused(given: dict[str, Any], reason: str) -> None:
    assert message_of(legacy.update_from_attribute_updates, {"a": given}) == INVALID + reason


def test_attribute_updates_of_another_type_are_refused() -> None:
    for action, value in (("ADD", {"N": "1"}), ("DELETE", {"NS": ["1"]})):
        update = legacy.update_from_attribute_updates({"a": {"Action": action, "Value": value}})
        assert message_of(update.apply, {"a": {"SS": ["1"]}}) == "Type mismatch for attribute to update"


def test_attribute_updates_of_the_key_are_refused() -> None:
    update = legacy.update_from_attribute_updates({"id": {"Value": {"S": "x"}}})
    assert message_of(update.apply, {}, ("id",)) == (
        INVALID + "Cannot update attribute id. This attribute is part of the key"
    )


def test_attributes_to_get_become_a_projection() -> None:
    projection = legacy.projection_from_attributes_to_get(["n", "dotted.name", "gone"])
    assert projection.apply(ITEM) == {"n": {"N": "5"}, "dotted.name": {"N": "1"}}
    assert message_of(legacy.projection_from_attributes_to_get, ["a", "b", "a"]) == (
        INVALID + "Duplicate value in attribute name: a"
    )


def test_a_conditional_operator_joins_at_least_two_conditions() -> None:
    two = {"a": condition("NULL"), "b": condition("NULL")}
    one = {"a": condition("NULL")}
    legacy.check_conditional_operator(None, None)
    legacy.check_conditional_operator("AND", two)
    assert message_of(legacy.check_conditional_operator, "OR", None) == (
        INVALID + "ConditionalOperator cannot be used without Filter or Expected"
    )
    assert message_of(legacy.check_conditional_operator, "OR", one) == (
        INVALID + "ConditionalOperator can only be used when Filter or Expected has two or more elements"
    )
