from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from awsim.services.dynamodb.attribute_values import check_depth, check_item, check_value, copy, equal, sort_key

from . import reference
from .assertions import message_of
from .strategies import ordered_values, values

EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"


def nested(levels: int, kind: str = "M") -> dict[str, Any]:
    value: dict[str, Any] = {"S": "x"}
    for _ in range(levels):
        value = {"L": [value]} if kind == "L" else {"M": {"m": value}}
    return value


def test_an_item_is_kept_with_its_numbers_normalised() -> None:
    given = {
        "s": {"S": ""},
        "n": {"N": "1.0"},
        "b": {"B": b""},
        "ns": {"NS": ["1e2", "-0.50"]},
        "l": {"L": [{"N": "007"}]},
        "m": {"M": {"x": {"N": "+1"}}},
    }
    kept = check_item(given)
    assert kept == {
        "s": {"S": ""},
        "n": {"N": "1"},
        "b": {"B": b""},
        "ns": {"NS": ["100", "-0.5"]},
        "l": {"L": [{"N": "7"}]},
        "m": {"M": {"x": {"N": "1"}}},
    }


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, EMPTY),
        ({"L": [{"M": {"a": {}}}]}, EMPTY),
        (
            {"S": "a", "N": "1"},
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
            "datatypes",
        ),
        ({"SS": []}, "One or more parameter values were invalid: An string set  may not be empty"),
        ({"NS": []}, "One or more parameter values were invalid: An number set  may not be empty"),
        ({"BS": []}, "One or more parameter values were invalid: Binary sets should not be empty"),
        (
            {"SS": ["a", "b", "a"]},
            "One or more parameter values were invalid: Input collection [a, b, a] contains duplicates.",
        ),
        ({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
        (
            {"BS": [b"b", b"b"]},
            "One or more parameter values were invalid: Input collection [Yg==, Yg==]of type BS contains duplicates.",
        ),
        (
            {"NULL": False},
            "One or more parameter values were invalid: Null attribute value types must have the value of true",
        ),
        ({"N": "x"}, "The parameter cannot be converted to a numeric value: x"),
        ({"NS": ["1", "x"]}, "The parameter cannot be converted to a numeric value: x"),
        (
            {"L": [{"M": {"a": {}}}]},
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
        ),
    ],
)
def test_a_value_that_dynamodb_does_not_take_is_refused(value: dict[str, Any], message: str) -> None:
    assert message_of(check_value, value) == message
    assert message_of(check_item, {"a": {"S": ""}, "b": value}) == message


@pytest.mark.parametrize("kind", ["L", "M"])
def test_documents_may_be_nested_31_deep_in_an_attribute_and_no_deeper(kind: str) -> None:
    assert check_value(nested(31, kind)) == nested(31, kind)
    check_depth(nested(31, kind))
    message = (
        "Nesting Levels have exceeded supported limits: "
        "Attributes in the item have nested levels beyond supported limit"
    )
    assert message_of(check_value, nested(32, kind)) == message
    assert message_of(check_depth, nested(32, kind)) == message


@given(values, values)
def test_values_are_equal_when_their_types_and_contents_are(left: dict[str, Any], right: dict[str, Any]) -> None:
    assert equal(left, right) == (reference.plain(left) == reference.plain(right))
    assert equal(left, copy(left))


def test_sets_are_equal_in_any_order() -> None:
    assert equal({"NS": ["1", "2"]}, {"NS": ["2", "1"]})
    assert not equal({"SS": ["1", "2"]}, {"NS": ["2", "1"]})


@given(ordered_values, ordered_values)
def test_sort_keys_order_numbers_by_value_and_texts_by_their_utf_8(left: dict[str, Any], right: dict[str, Any]) -> None:
    if left.keys() != right.keys():
        return
    [type_] = left

    def key(value: dict[str, Any]) -> Any:
        content = value[type_]
        return Decimal(content) if type_ == "N" else content.encode() if type_ == "S" else content

    assert (sort_key(left) < sort_key(right)) == (key(left) < key(right))  # type: ignore[operator]


@given(values)
def test_a_checked_value_shares_no_document_with_what_was_given(value: dict[str, Any]) -> None:
    kept = check_value(value)
    assert reference.plain(kept) == reference.plain(value)
    [type_] = value
    if type_ in ("L", "M", "SS", "NS", "BS"):
        assert kept[type_] is not value[type_]


def test_a_type_that_there_is_not_is_no_value() -> None:
    """As clients send what this version does not know."""
    assert message_of(check_value, {"Q": "1"}) == EMPTY
    assert check_value({"S": "a", "Q": "1"}) == {"S": "a"}
