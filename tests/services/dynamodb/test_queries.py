"""Query and Scan, of tables and of indexes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.dynamodb.definitions import index

INVALID = "One or more parameter values were invalid: "
Make = Callable[..., dict[str, Any]]
Invalid = Callable[..., str]


@pytest.fixture
def music(dynamodb: Any, make_table: Make) -> Any:
    """A table of ten items of "a", -5 to 4, of which the even ones are in the index "byg"; and one of "b"."""
    make_table(
        keys="id:S nr:N",
        also="g:S l:S",
        GlobalSecondaryIndexes=[index("byg", "g nr", "KEYS_ONLY")],
        LocalSecondaryIndexes=[index("byl", "id l", "INCLUDE", ["x"])],
    )
    for at in range(-5, 5):
        item: dict[str, Any] = {
            "id": {"S": "a"},
            "nr": {"N": str(at)},
            "x": {"S": "x"},
            "y": {"S": "y"},
            "l": {"S": f"l{9 - at}"},
        }
        if at % 2 == 0:
            item["g"] = {"S": "g"}
        dynamodb.put_item(TableName="music", Item=item)
    dynamodb.put_item(TableName="music", Item={"id": {"S": "b"}, "nr": {"N": "1"}})
    return dynamodb


def query(client: Any, condition: str = "id = :id", **members: Any) -> dict[str, Any]:
    """A query; values as ``_name=…`` with numbers and texts as such."""
    values = {f":{name[1:]}": value for name, value in members.items() if name.startswith("_")}
    values.setdefault(":id", "a")
    typed = {name: {"N": str(value)} if isinstance(value, int) else {"S": value} for name, value in values.items()}
    used = {name: value for name, value in typed.items() if name in condition + members.get("FilterExpression", "")}
    rest = {name: value for name, value in members.items() if not name.startswith("_")}
    answer: dict[str, Any] = client.query(
        TableName="music", KeyConditionExpression=condition, ExpressionAttributeValues=used, **rest
    )
    return answer


def numbers(answer: dict[str, Any]) -> list[int]:
    return [int(item["nr"]["N"]) for item in answer["Items"]]


def test_a_query_gives_a_partition_in_the_order_of_its_range_keys(music: Any) -> None:
    answer = query(music)
    assert numbers(answer) == list(range(-5, 5))
    assert (answer["Count"], answer["ScannedCount"]) == (10, 10)
    assert "LastEvaluatedKey" not in answer
    assert numbers(query(music, ScanIndexForward=False)) == list(range(4, -6, -1))


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        ("nr = :x", {"_x": 2}, [2]),
        ("nr < :x", {"_x": -3}, [-5, -4]),
        ("nr <= :x", {"_x": -3}, [-5, -4, -3]),
        ("nr > :x", {"_x": 2}, [3, 4]),
        ("nr >= :x", {"_x": 2}, [2, 3, 4]),
        ("nr BETWEEN :x AND :y", {"_x": -1, "_y": 1}, [-1, 0, 1]),
        ("nr > :x", {"_x": 100}, []),
    ],
)
def test_a_condition_on_the_range_key_narrows_a_query(
    music: Any, condition: str, values: dict[str, Any], expected: list[int]
) -> None:
    answer = query(music, f"id = :id AND {condition}", **values)
    assert numbers(answer) == expected
    assert answer["ScannedCount"] == len(expected)
    assert numbers(query(music, f"id = :id AND {condition}", ScanIndexForward=False, **values)) == expected[::-1]


def test_texts_can_be_asked_for_by_their_beginning(dynamodb: Any, make_table: Make) -> None:
    make_table(keys="id:S nr:S")
    for at in ("a", "ab", "abc", "b", "ü"):
        dynamodb.put_item(TableName="music", Item={"id": {"S": "a"}, "nr": {"S": at}})
    answer = query(dynamodb, "id = :id AND begins_with(nr, :x)", _x="ab")
    assert [item["nr"]["S"] for item in answer["Items"]] == ["ab", "abc"]


def test_filters_come_after_the_limit(music: Any) -> None:
    answer = query(music, FilterExpression="attribute_exists(g)", Limit=3)
    assert numbers(answer) == [-4]
    assert (answer["Count"], answer["ScannedCount"]) == (1, 3)
    assert answer["LastEvaluatedKey"] == {"id": {"S": "a"}, "nr": {"N": "-3"}}


def test_pages_go_on_where_the_last_one_ended(music: Any) -> None:
    for forward in (True, False):
        found: list[int] = []
        start: dict[str, Any] = {}
        while True:
            answer = query(music, Limit=3, ScanIndexForward=forward, **start)
            found += numbers(answer)
            if "LastEvaluatedKey" not in answer:
                break
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
        assert found == list(range(-5, 5))[:: 1 if forward else -1]


def test_a_page_that_ends_with_the_partition_may_still_name_a_key(music: Any) -> None:
    assert query(music, Limit=10)["LastEvaluatedKey"] == {"id": {"S": "a"}, "nr": {"N": "4"}}
    answer = query(music, ExclusiveStartKey={"id": {"S": "a"}, "nr": {"N": "4"}})
    assert answer["Items"] == []
    assert "LastEvaluatedKey" not in answer


def test_a_page_ends_when_it_has_a_megabyte(dynamodb: Any, make_table: Make) -> None:
    make_table(keys="id:S nr:N")
    for at in range(4):
        item = {"id": {"S": "a"}, "nr": {"N": str(at)}, "x": {"S": "x" * 400_000}}
        dynamodb.put_item(TableName="music", Item=item)
    answer = query(dynamodb)
    assert numbers(answer) == [0, 1, 2]
    assert answer["LastEvaluatedKey"] == {"id": {"S": "a"}, "nr": {"N": "2"}}
    assert dynamodb.scan(TableName="music", Select="COUNT")["Count"] == 3


def test_an_index_holds_the_items_that_have_its_keys(music: Any) -> None:
    answer = query(music, "g = :g", IndexName="byg", _g="g")
    assert [int(item["nr"]["N"]) for item in answer["Items"]] == [-4, -2, 0, 2, 4]
    assert answer["Items"][0] == {"id": {"S": "a"}, "nr": {"N": "-4"}, "g": {"S": "g"}}
    page = query(music, "g = :g", IndexName="byg", _g="g", Limit=2)
    assert page["LastEvaluatedKey"] == {"g": {"S": "g"}, "nr": {"N": "-2"}, "id": {"S": "a"}}
    rest = query(music, "g = :g", IndexName="byg", _g="g", ExclusiveStartKey=page["LastEvaluatedKey"])
    assert numbers(rest) == [0, 2, 4]


def test_an_index_follows_its_items(music: Any) -> None:
    key = {"id": {"S": "a"}, "nr": {"N": "0"}}
    music.update_item(TableName="music", Key=key, UpdateExpression="REMOVE g")
    music.delete_item(TableName="music", Key={"id": {"S": "a"}, "nr": {"N": "2"}})
    assert numbers(query(music, "g = :g", IndexName="byg", _g="g")) == [-4, -2, 4]
    assert music.describe_table(TableName="music")["Table"]["GlobalSecondaryIndexes"][0]["ItemCount"] == 3


def test_items_with_the_same_index_key_are_all_found(dynamodb: Any, make_table: Make) -> None:
    make_table(also="g:S", GlobalSecondaryIndexes=[index("byg", "g")])
    for number in range(7):
        dynamodb.put_item(TableName="music", Item={"id": {"S": str(number)}, "g": {"S": "g"}})
    pages = dynamodb.get_paginator("query").paginate(
        TableName="music",
        IndexName="byg",
        KeyConditionExpression="g = :g",
        ExpressionAttributeValues={":g": {"S": "g"}},
        PaginationConfig={"PageSize": 2},
    )
    found = [item["id"]["S"] for page in pages for item in page["Items"]]
    assert sorted(found) == [str(number) for number in range(7)]


def test_a_local_index_fetches_what_it_does_not_project(music: Any) -> None:
    first = query(music, IndexName="byl", Limit=1)["Items"][0]
    assert first == {"id": {"S": "a"}, "nr": {"N": "-1"}, "l": {"S": "l10"}, "x": {"S": "x"}}
    answer = query(
        music, IndexName="byl", Limit=1, Select="ALL_ATTRIBUTES", ReturnConsumedCapacity="INDEXES", ConsistentRead=True
    )
    assert answer["Items"][0] == {**first, "y": {"S": "y"}}
    assert answer["ConsumedCapacity"] == {
        "TableName": "music",
        "CapacityUnits": 2.0,
        "Table": {"CapacityUnits": 1.0},
        "LocalSecondaryIndexes": {"byl": {"CapacityUnits": 1.0}},
    }
    assert query(music, IndexName="byl", Limit=1, ProjectionExpression="y")["Items"] == [{"y": {"S": "y"}}]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"IndexName": "none"}, "The table does not have the specified index: none"),
        (
            {"condition": "g = :g", "_g": "g", "IndexName": "byg", "ConsistentRead": True},
            "Consistent reads are not supported on global secondary indexes",
        ),
        (
            {"condition": "g = :g", "_g": "g", "IndexName": "byg", "Select": "ALL_ATTRIBUTES"},
            INVALID + "Select type ALL_ATTRIBUTES is not supported for global secondary index byg because its "
            "projection type is not ALL",
        ),
        (
            {"condition": "g = :g", "_g": "g", "IndexName": "byg", "ProjectionExpression": "x, nr"},
            INVALID + "Global secondary index byg does not project [x]",
        ),
        (
            {"Select": "COUNT", "ProjectionExpression": "x"},
            "Cannot specify the ProjectionExpression when choosing to get only the Count",
        ),
        (
            {"Select": "ALL_ATTRIBUTES", "ProjectionExpression": "x"},
            "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES",
        ),
        (
            {"Select": "SPECIFIC_ATTRIBUTES"},
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
        ),
        (
            {"Select": "ALL_PROJECTED_ATTRIBUTES"},
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        ),
        (
            {"FilterExpression": "nr > :x", "_x": 1},
            "Filter Expression can only contain non-primary key attributes: Primary key attribute: nr",
        ),
        ({"condition": "nr = :x", "_x": 1}, "Query condition missed key schema element: id"),
        ({"condition": "id > :id"}, "Query key condition not supported"),
        (
            {"ExclusiveStartKey": {"id": {"S": "a"}}},
            "The provided starting key is invalid",
        ),
        (
            {"ExclusiveStartKey": {"id": {"S": "a"}, "nr": {"S": "1"}}},
            INVALID_START := "The provided starting key is invalid: The provided key element does not match the schema",
        ),
        (
            {"ExclusiveStartKey": {"id": {"S": "a"}, "nr": {"N": "x"}}},
            "The provided starting key is invalid: The parameter cannot be converted to a numeric value: x",
        ),
        (
            {"ExclusiveStartKey": {"id": {"S": "b"}, "nr": {"N": "1"}}},
            "The provided starting key is outside query boundaries based on provided conditions",
        ),
        (
            {"condition": "id = :id AND nr > :x", "_x": 2, "ExclusiveStartKey": {"id": {"S": "a"}, "nr": {"N": "1"}}},
            "The provided starting key does not match the range key predicate",
        ),
    ],
)
def test_a_query_that_makes_no_sense_is_refused(
    music: Any, invalid: Invalid, members: dict[str, Any], message: str
) -> None:
    assert invalid(query, client=music, **members) == message


def test_a_query_needs_a_key_condition(music: Any, invalid: Invalid) -> None:
    assert (
        invalid(music.query, TableName="music")
        == "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
    )


def test_legacy_conditions_query_and_filter(music: Any) -> None:
    answer = music.query(
        TableName="music",
        KeyConditions={
            "id": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a"}]},
            "nr": {"ComparisonOperator": "GE", "AttributeValueList": [{"N": "1"}]},
        },
        QueryFilter={"g": {"ComparisonOperator": "NOT_NULL"}},
        AttributesToGet=["nr"],
    )
    assert answer["Items"] == [{"nr": {"N": "2"}}, {"nr": {"N": "4"}}]


def test_a_scan_finds_everything_once(music: Any, contents: Any) -> None:
    answer = music.scan(TableName="music")
    assert (answer["Count"], answer["ScannedCount"], len(answer["Items"])) == (11, 11, 11)
    assert sorted(numbers(answer)) == sorted([*range(-5, 5), 1])
    assert contents(PaginationConfig={"PageSize": 3}) == sorted(answer["Items"], key=repr)
    assert music.scan(TableName="music")["Items"] == answer["Items"]
    answer = music.scan(TableName="music", Select="COUNT")
    assert answer["Count"] == 11
    assert "Items" not in answer


def test_segments_share_a_scan(dynamodb: Any, make_table: Make) -> None:
    make_table()
    for number in range(60):
        dynamodb.put_item(TableName="music", Item={"id": {"S": str(number)}})
    found = []
    for segment in range(4):
        pages = dynamodb.get_paginator("scan").paginate(
            TableName="music", TotalSegments=4, Segment=segment, PaginationConfig={"PageSize": 5}
        )
        part = [item["id"]["S"] for page in pages for item in page["Items"]]
        assert part
        found += part
    assert sorted(found, key=int) == [str(number) for number in range(60)]


def test_a_scan_of_an_index_finds_its_entries(music: Any) -> None:
    answer = music.scan(TableName="music", IndexName="byg", FilterExpression="attribute_exists(x)")
    assert (answer["Count"], answer["ScannedCount"]) == (0, 5)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"Segment": 0},
            "The TotalSegments parameter is required but was not present in the request when Segment parameter is "
            "present",
        ),
        (
            {"TotalSegments": 1},
            "The Segment parameter is required but was not present in the request when parameter TotalSegments is "
            "present",
        ),
        (
            {"TotalSegments": 2, "Segment": 2},
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is not less "
            "than TotalSegments: 2",
        ),
        (
            {"ExpressionAttributeValues": {":x": {"S": "x"}}},
            "ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null",
        ),
        ({"FilterExpression": ""}, "Invalid FilterExpression: The expression can not be empty;"),
    ],
)
def test_a_scan_that_makes_no_sense_is_refused(
    music: Any, invalid: Invalid, members: dict[str, Any], message: str
) -> None:
    assert invalid(music.scan, TableName="music", **members) == message


def test_keys_as_long_as_no_items_are_refused(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table(keys="id:S r:S")
    query = {"TableName": "music", "KeyConditionExpression": "id = :id AND begins_with(r, :r)"}

    def values(id_: str, r: str) -> dict[str, Any]:
        return {":id": {"S": id_}, ":r": {"S": r}}

    assert dynamodb.query(**query, ExpressionAttributeValues=values("x" * 2048, "y" * 1024))["Count"] == 0
    message = invalid(dynamodb.query, **query, ExpressionAttributeValues=values("x" * 2049, "y"))
    assert message == f"{INVALID}Size of hashkey has exceeded the maximum size limit of2048 bytes"
    message = invalid(dynamodb.query, **query, ExpressionAttributeValues=values("x", "ü" * 513))
    assert message == f"{INVALID}Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
