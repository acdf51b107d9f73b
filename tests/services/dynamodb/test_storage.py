"""The order of keys and the map that keeps it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsim.aws.dynamodb_items import read_item, write_item
from awsim.services.dynamodb.numbers import normalize
from awsim.services.dynamodb.ordered_map import OrderedMap
from awsim.services.dynamodb.sort_order import LAST, TOKENS, partition_token, sort_text


@pytest.fixture(autouse=True)
def transport() -> None:
    """Nothing here is a request: once is enough."""


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=8)
keys = st.tuples(st.integers(0, 5), st.text("ab", max_size=2), st.text("ab", max_size=2))


@given(decimals, decimals)
def test_texts_of_numbers_order_as_numbers_do(left: Decimal, right: Decimal) -> None:
    one, other = sort_text({"N": normalize(str(left))}), sort_text({"N": normalize(str(right))})
    assert (one < other) is (left < right)
    assert (one == other) is (left == right)


@pytest.mark.parametrize("number", ["1E-130", "-1E-130", "9.9999999999999999999999999999999999999E+125"])
def test_extreme_numbers_have_their_place(number: str) -> None:
    zero, extreme = sort_text({"N": "0"}), sort_text({"N": number})
    assert (extreme < zero) is number.startswith("-")


@given(texts, texts)
def test_texts_of_strings_order_as_their_utf8_does(left: str, right: str) -> None:
    assert (sort_text({"S": left}) < sort_text({"S": right})) is (left.encode() < right.encode())


@given(st.binary(max_size=5), st.binary(max_size=5))
def test_texts_of_binaries_order_by_unsigned_bytes(left: bytes, right: bytes) -> None:
    assert (sort_text({"B": left}) < sort_text({"B": right})) is (left < right)


@given(texts)
def test_a_partition_has_its_token(text: str) -> None:
    assert 0 <= partition_token(text) < TOKENS
    assert partition_token(text) == partition_token(text)
    assert text < LAST or text.startswith(LAST[:1])


@given(st.lists(st.tuples(keys, st.one_of(st.none(), st.integers()))), keys)
def test_an_ordered_map_is_a_sorted_dict(changes: list[tuple[Any, int | None]], start: Any) -> None:
    ordered: OrderedMap[int] = OrderedMap()
    model: dict[Any, int] = {}
    for key, value in changes:
        if value is None:
            assert ordered.remove(key) == model.pop(key, None)
        else:
            assert ordered.set(key, value) == model.get(key)
            model[key] = value
        assert ordered.get(key) == model.get(key)
    entries = sorted(model.items())
    assert len(ordered) == len(model)
    assert list(ordered.ascending()) == entries
    assert list(ordered.ascending(start)) == [entry for entry in entries if entry[0] >= start]
    assert list(ordered.ascending(start, after=True)) == [entry for entry in entries if entry[0] > start]
    assert list(ordered.descending(start)) == [entry for entry in reversed(entries) if entry[0] < start]


def test_an_ordered_map_stays_right_when_it_is_large() -> None:
    ordered: OrderedMap[int] = OrderedMap()
    for number in range(5000):
        ordered.set(((number * 2711) % 5000,), number)
    assert [key for key, _ in ordered.ascending()] == [(number,) for number in range(5000)]
    assert [key for key, _ in ordered.descending((2500,))] == [(number,) for number in range(2499, -1, -1)]
    for number in range(0, 5000, 2):
        ordered.remove((number,))
    assert [key for key, _ in ordered.ascending((4990,))] == [(4991,), (4993,), (4995,), (4997,), (4999,)]
    assert len(ordered) == 2500


class Counted:
    """A part of a key that counts how often it is compared."""

    comparisons = 0

    def __init__(self, number: int) -> None:
        self.number = number

    def __lt__(self, other: Counted) -> bool:
        Counted.comparisons += 1
        return self.number < other.number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Counted) and self.number == other.number

    __hash__ = None  # type: ignore[assignment]


def test_the_cost_of_a_change_hardly_grows_with_the_map() -> None:
    costs = []
    for size in (1_000, 50_000):
        ordered: OrderedMap[int] = OrderedMap()
        for number in range(size):
            ordered.set((Counted(number * 2),), number)
        Counted.comparisons = 0
        ordered.set((Counted(size + 1),), 0)
        assert ordered.get((Counted(size + 1),)) == 0
        ordered.remove((Counted(size + 1),))
        costs.append(Counted.comparisons)
    assert costs[1] <= costs[0] + 3 * 8
    assert max(map(len, ordered.keys)) <= 512


values = st.recursive(
    st.one_of(
        st.builds(lambda text: {"S": text}, st.text()),
        st.builds(lambda number: {"N": str(number)}, st.integers()),
        st.builds(lambda data: {"B": data}, st.binary()),
        st.builds(lambda data: {"BS": data}, st.lists(st.binary(), min_size=1)),
        st.sampled_from([{"BOOL": True}, {"NULL": True}]),
    ),
    lambda inner: st.one_of(
        st.builds(lambda members: {"L": members}, st.lists(inner, max_size=3)),
        st.builds(lambda members: {"M": members}, st.dictionaries(st.sampled_from(["B", "BS", "x"]), inner)),
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["B", "BS", "id", "x"]), values))
def test_an_item_survives_as_text(item: dict[str, Any]) -> None:
    text = write_item(item)
    assert text.isascii()
    assert read_item(text) == item
