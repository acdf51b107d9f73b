from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsim.services.dynamodb.attribute_values import check_item
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.item_size import item_bytes
from awsim.services.dynamodb.measured_items import check_and_measure
from tests.services.dynamodb.engine.strategies import values

NAMES = st.sampled_from(["a", "naïve", "", "long name"])
# Values that are refused, that are normalised, and that have several types, too.
GIVEN = st.one_of(
    values,
    st.sampled_from(
        [
            {"N": "1e3"},
            {"N": "007"},
            {"N": "x"},
            {"N": ""},
            {"N": "1" * 39},
            {"N": "٣"},
            {"NULL": False},
            {"SS": []},
            {},
            {"S": "a", "N": "1"},
            {"S": "a", "Q": 1},
            {"M": {"a": {"NS": ["1", "1.0"]}}},
        ]
    ),
)


def two_walks(item: dict[str, Any]) -> tuple[Any, int]:
    checked = check_item(item)
    return checked, item_bytes(checked)


def answer_of(walk: Any, item: dict[str, Any]) -> Any:
    try:
        return walk(item)
    except ValidationException as error:
        return error.message


@given(st.dictionaries(NAMES, GIVEN, max_size=4))
def test_one_walk_answers_as_two_do(item: dict[str, Any]) -> None:
    assert answer_of(check_and_measure, item) == answer_of(two_walks, item)


@pytest.mark.parametrize("depth", [31, 32])
def test_one_walk_goes_as_deep_as_two(depth: int) -> None:
    value: dict[str, Any] = {"S": "x"}
    for _ in range(depth):
        value = {"M": {"a": value}}
    assert answer_of(check_and_measure, {"a": value}) == answer_of(two_walks, {"a": value})


def test_nothing_is_shared_with_what_was_given() -> None:
    given_item: dict[str, Any] = {"s": {"S": "a"}, "m": {"M": {"n": {"N": "1"}}}, "l": {"L": [{"S": "x"}]}}
    checked, _ = check_and_measure(given_item)
    given_item["s"]["S"] = given_item["m"]["M"]["n"]["N"] = given_item["l"]["L"][0]["S"] = "changed"
    assert checked == {"s": {"S": "a"}, "m": {"M": {"n": {"N": "1"}}}, "l": {"L": [{"S": "x"}]}}
