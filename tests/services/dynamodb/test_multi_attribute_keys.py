"""Global indexes whose hash and range keys are several attributes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

Make = Callable[..., dict[str, Any]]
Invalid = Callable[..., str]

SCHEMA = [
    {"AttributeName": "team", "KeyType": "HASH"},
    {"AttributeName": "season", "KeyType": "HASH"},
    {"AttributeName": "round", "KeyType": "RANGE"},
    {"AttributeName": "player", "KeyType": "RANGE"},
]


def definition(schema: list[dict[str, str]]) -> dict[str, Any]:
    return {"IndexName": "scores", "KeySchema": schema, "Projection": {"ProjectionType": "ALL"}}


@pytest.fixture
def scores(dynamodb: Any, make_table: Make) -> Any:
    make_table(also="team:S season:N round:N player:S", GlobalSecondaryIndexes=[definition(SCHEMA)])
    for team, season, round_, player in product("ab", (1, 2), (2, 10), "xyz"):
        item = {
            "id": {"S": f"{team}{season}{round_}{player}"},
            "team": {"S": team},
            "season": {"N": str(season)},
            "round": {"N": str(round_)},
            "player": {"S": player},
        }
        dynamodb.put_item(TableName="music", Item=item)
    dynamodb.put_item(TableName="music", Item={"id": {"S": "sparse"}, "team": {"S": "a"}, "season": {"N": "1"}})
    return dynamodb


def asked(more: str = "", **values: str) -> dict[str, Any]:
    types = {"round": "N", "low": "N", "high": "N"}
    return {
        "TableName": "music",
        "IndexName": "scores",
        "KeyConditionExpression": "team = :team AND season = :season" + more,
        "ExpressionAttributeValues": {
            ":team": {"S": "a"},
            ":season": {"N": "1"},
            **{f":{name}": {types.get(name, "S"): value} for name, value in values.items()},
        },
    }


def found(dynamodb: Any, **members: Any) -> list[str]:
    pages = dynamodb.get_paginator("query").paginate(**members)
    return [item["id"]["S"] for page in pages for item in page["Items"]]


def test_the_index_shows_its_keys(scores: Any) -> None:
    index = scores.describe_table(TableName="music")["Table"]["GlobalSecondaryIndexes"][0]
    assert index["KeySchema"] == SCHEMA
    assert index["ItemCount"] == 24


@pytest.mark.parametrize("size", [None, 1, 4])
@pytest.mark.parametrize(
    ("more", "values", "expected"),
    [
        ("", {}, ["a12x", "a12y", "a12z", "a110x", "a110y", "a110z"]),
        (" AND round = :round", {"round": "10"}, ["a110x", "a110y", "a110z"]),
        (" AND round < :round", {"round": "10"}, ["a12x", "a12y", "a12z"]),
        (" AND round <= :round", {"round": "2"}, ["a12x", "a12y", "a12z"]),
        (" AND round > :round", {"round": "2"}, ["a110x", "a110y", "a110z"]),
        (" AND round BETWEEN :low AND :high", {"low": "3", "high": "10"}, ["a110x", "a110y", "a110z"]),
        (" AND round = :round AND player > :player", {"round": "2", "player": "x"}, ["a12y", "a12z"]),
        (" AND round = :round AND player <= :player", {"round": "2", "player": "y"}, ["a12x", "a12y"]),
        (" AND round = :round AND begins_with(player, :player)", {"round": "2", "player": "z"}, ["a12z"]),
        (" AND round = :round AND player = :player", {"round": "2", "player": "y"}, ["a12y"]),
    ],
)
def test_sort_keys_are_asked_for_from_the_left(
    scores: Any, more: str, values: dict[str, str], expected: list[str], size: int | None
) -> None:
    members = {"PaginationConfig": {"PageSize": size}} if size else {}
    assert found(scores, **asked(more, **values), **members) == expected
    assert found(scores, **asked(more, **values), ScanIndexForward=False, **members) == expected[::-1]


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("team = :team", "Query condition missed key schema element: season"),
        ("team = :team AND season > :season", "Query key condition not supported"),
        ("team = :team AND season = :season AND player = :team", "Query condition missed key schema element: round"),
        (
            "team = :team AND season = :season AND round > :season AND player = :team",
            "Query key condition not supported",
        ),
    ],
)
def test_a_condition_with_a_gap_is_refused(scores: Any, invalid: Invalid, condition: str, message: str) -> None:
    members = asked()
    members["KeyConditionExpression"] = condition
    if ":season" not in condition:
        del members["ExpressionAttributeValues"][":season"]
    assert invalid(scores.query, **members) == message


def test_a_scan_of_the_index_goes_on_from_each_page(scores: Any) -> None:
    pages = scores.get_paginator("scan").paginate(
        TableName="music", IndexName="scores", PaginationConfig={"PageSize": 5}
    )
    assert len({item["id"]["S"] for page in pages for item in page["Items"]}) == 24


def test_an_update_moves_the_entry(scores: Any) -> None:
    scores.update_item(
        TableName="music",
        Key={"id": {"S": "sparse"}},
        UpdateExpression="SET round = :r, player = :p",
        ExpressionAttributeValues={":r": {"N": "3"}, ":p": {"S": "q"}},
    )
    assert "sparse" in found(scores, **asked(" AND round = :round", round="3"))
    scores.update_item(TableName="music", Key={"id": {"S": "sparse"}}, UpdateExpression="REMOVE player")
    assert "sparse" not in found(scores, **asked())


@pytest.mark.parametrize(
    ("roles", "message"),
    [
        (["RANGE", "HASH", "HASH"], "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
        (["HASH", "RANGE", "HASH"], "Invalid KeySchema: All HASH key types must come before any RANGE key type"),
        (["HASH"] * 5, "Invalid KeySchema: The number of HASH key types exceeds the limit of 4"),
        (["HASH", *["RANGE"] * 5], "Invalid KeySchema: The number of RANGE key types exceeds the limit of 4"),
    ],
)
def test_keys_that_make_no_sense_are_refused(
    make_table: Make, invalid: Invalid, roles: list[str], message: str
) -> None:
    schema = [{"AttributeName": f"k{nr}", "KeyType": role} for nr, role in enumerate(roles)]
    also = " ".join(f"k{nr}:S" for nr in range(len(roles)))
    assert invalid(make_table, also=also, GlobalSecondaryIndexes=[definition(schema)]) == message


def test_an_index_of_several_keys_is_added_to_a_table(dynamodb: Any, make_table: Make) -> None:
    make_table()
    dynamodb.put_item(
        TableName="music",
        Item={"id": {"S": "one"}, "team": {"S": "a"}, "season": {"N": "1"}, "round": {"N": "1"}, "player": {"S": "x"}},
    )
    dynamodb.update_table(
        TableName="music",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": type_}
            for name, type_ in (("team", "S"), ("season", "N"), ("round", "N"), ("player", "S"))
        ],
        GlobalSecondaryIndexUpdates=[{"Create": definition(SCHEMA)}],
    )
    assert found(dynamodb, **asked()) == ["one"]
