from __future__ import annotations

from typing import Any

import pytest

from awsim.services.dynamodb.item_size import item_bytes, read_units, value_bytes, write_units


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "text"}, 4),
        ({"S": "ß€😀"}, 9),
        ({"B": b"\x00\x01"}, 2),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"N": "0"}, 1),
        ({"N": "5"}, 2),
        ({"N": "27"}, 2),
        ({"N": "-27"}, 3),
        ({"N": "461"}, 3),
        ({"N": "1000000"}, 2),
        ({"N": "0.001"}, 2),
        ({"N": "3.14159"}, 4),
        ({"N": "9" * 38}, 20),
        ({"L": []}, 3),
        ({"M": {}}, 3),
        ({"L": [{"S": "ab"}, {"BOOL": True}]}, 3 + 3 + 2),
        ({"M": {"k": {"S": "ab"}}}, 3 + 1 + 1 + 2),
        ({"SS": ["ab", "c"]}, 3),
        ({"NS": ["1", "-27"]}, 5),
        ({"BS": [b"ab", b"c"]}, 3),
    ],
)
def test_a_value_is_as_large_as_the_developer_guide_says(value: dict[str, Any], size: int) -> None:
    assert value_bytes(value) == size
    assert item_bytes({"naïve": value}) == 6 + size


def test_an_item_is_the_sum_of_its_names_and_values() -> None:
    # AWS: the developer guide's example: "shirt-color" (11 bytes) with "R" (1 byte) and "shirt-size" with "M" is 23.
    assert item_bytes({"shirt-color": {"S": "R"}, "shirt-size": {"S": "M"}}) == 23
    assert item_bytes({}) == 0


@pytest.mark.parametrize(
    ("size", "stale", "consistent", "transactional"),
    [(0, 0.5, 1, 2), (1, 0.5, 1, 2), (4096, 0.5, 1, 2), (4097, 1, 2, 4), (400 * 1024, 50, 100, 200)],
)
def test_reads_cost_a_unit_for_each_4_kb(size: int, stale: float, consistent: float, transactional: float) -> None:
    assert read_units(size) == stale
    assert read_units(size, consistent=True) == consistent
    assert read_units(size, transactional=True) == transactional


@pytest.mark.parametrize(("size", "units"), [(0, 1), (1024, 1), (1025, 2), (400 * 1024, 400)])
def test_writes_cost_a_unit_for_each_kb_and_twice_that_in_transactions(size: int, units: float) -> None:
    assert write_units(size) == units
    assert write_units(size, transactional=True) == 2 * units
