"""Vector indexes and SearchVectors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., dict[str, Any]]
Invalid = Callable[..., str]

VECTORS = {"right": (1.0, 0.0), "up": (0.0, 2.0), "left": (-1.0, 0.0), "slope": (3.0, 3.0)}


def definition(function: str = "COSINE", projection: str = "ALL", **members: Any) -> dict[str, Any]:
    return {
        "IndexName": "near",
        "VectorAttribute": {"AttributeName": "v"},
        "Projection": {"ProjectionType": projection},
        "Dimensions": 2,
        "DistanceFunction": function,
        **members,
    }


def wire(*numbers: float) -> list[dict[str, str]]:
    return [{"N": str(number)} for number in numbers]


def fill(dynamodb: Any) -> None:
    for name, vector in VECTORS.items():
        item = {"id": {"S": name}, "g": {"S": name[0]}, "x": {"S": "x"}, "v": {"L": wire(*vector)}}
        dynamodb.put_item(TableName="music", Item=item)
    for name, value in (
        ("text", {"S": "v"}),
        ("long", {"L": wire(1, 2, 3)}),
        ("mixed", {"L": [{"N": "1"}, {"S": "2"}]}),
    ):
        dynamodb.put_item(TableName="music", Item={"id": {"S": name}, "g": {"S": "r"}, "v": value})


def found(dynamodb: Any, top: int = 10, **members: Any) -> list[tuple[str, float]]:
    answer = dynamodb.search_vectors(TableName="music", IndexName="near", SearchVector=wire(2, 0), TopK=top, **members)
    return [(one["Item"]["id"]["S"], pytest.approx(one["Score"])) for one in answer["SearchResults"]]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("COSINE", [("right", 0.0), ("slope", 1 - math.sqrt(0.5)), ("up", 1.0), ("left", 2.0)]),
        ("EUCLIDEAN", [("right", 1.0), ("up", math.sqrt(8)), ("left", 3.0), ("slope", math.sqrt(10))]),
        ("DOT_PRODUCT", [("slope", 6.0), ("right", 2.0), ("up", 0.0), ("left", -2.0)]),
    ],
)
def test_the_nearest_come_first(
    dynamodb: Any, make_table: Make, function: str, expected: list[tuple[str, float]]
) -> None:
    make_table(VectorIndexes=[definition(function)])
    fill(dynamodb)
    assert sorted(found(dynamodb), key=str) == sorted(expected, key=str)
    assert [name for name, _ in found(dynamodb)][:2] == [name for name, _ in expected][:2]
    assert found(dynamodb, top=1) == expected[:1]


def test_a_search_takes_conditions_on_its_schema(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    schema = [
        {"AttributeName": "g", "SearchSchemaElementType": "HASH"},
        {"AttributeName": "x", "SearchSchemaElementType": "INLINE_FILTER"},
    ]
    make_table(also="g:S x:S", VectorIndexes=[definition(SearchSchema=schema)])
    fill(dynamodb)
    values = {":g": {"S": "r"}, ":x": {"S": "x"}}
    assert found(dynamodb, SearchConditionExpression="g = :g AND x = :x", ExpressionAttributeValues=values) == [
        ("right", 0.0)
    ]
    search = {"TableName": "music", "IndexName": "near", "SearchVector": wire(2, 0), "TopK": 1}
    assert invalid(dynamodb.search_vectors, **search) == "Query condition missed key schema element: g"
    only = {":g": {"S": "r"}}
    assert (
        invalid(dynamodb.search_vectors, SearchConditionExpression="g > :g", ExpressionAttributeValues=only, **search)
        == "Invalid SearchConditionExpression: Only the operator = is supported; attribute name: g"
    )
    assert (
        invalid(dynamodb.search_vectors, SearchConditionExpression="y = :g", ExpressionAttributeValues=only, **search)
        == "Invalid SearchConditionExpression: The attribute is not part of the search schema; attribute name: y"
    )


def test_a_search_answers_what_is_projected(dynamodb: Any, make_table: Make) -> None:
    make_table(VectorIndexes=[definition(projection="KEYS_ONLY")])
    fill(dynamodb)
    search = {"TableName": "music", "IndexName": "near", "SearchVector": wire(2, 0), "TopK": 1}
    answer = dynamodb.search_vectors(ReturnConsumedCapacity="TOTAL", **search)
    assert [one["Item"] for one in answer["SearchResults"]] == [{"id": {"S": "right"}, "v": {"L": wire(1, 0)}}]
    assert answer["ConsumedCapacity"]["VectorSearchRequestBytes"] > 0
    answer = dynamodb.search_vectors(ProjectionExpression="id", **search)
    assert [one["Item"] for one in answer["SearchResults"]] == [{"id": {"S": "right"}}]


def test_a_table_shows_gains_and_loses_vector_indexes(dynamodb: Any, make_table: Make, refusal: Any) -> None:
    make_table()
    fill(dynamodb)
    schema = [{"AttributeName": "g", "SearchSchemaElementType": "INLINE_FILTER"}]
    dynamodb.update_table(
        TableName="music",
        AttributeDefinitions=[{"AttributeName": "g", "AttributeType": "S"}],
        VectorIndexUpdates=[{"Create": definition(SearchSchema=schema)}],
    )
    table = dynamodb.describe_table(TableName="music")["Table"]
    [index] = table["VectorIndexes"]
    assert index.pop("IndexSizeBytes") > 0
    assert index == {
        **definition(SearchSchema=schema),
        "IndexStatus": "ACTIVE",
        "ItemCount": 4,
        "IndexArn": f"{table['TableArn']}/index/near",
    }
    assert [one["AttributeName"] for one in table["AttributeDefinitions"]] == ["id", "g"]
    assert found(dynamodb, top=1) == [("right", 0.0)]
    dynamodb.update_table(TableName="music", VectorIndexUpdates=[{"Delete": {"IndexName": "near"}}])
    table = dynamodb.describe_table(TableName="music")["Table"]
    assert "VectorIndexes" not in table
    assert [one["AttributeName"] for one in table["AttributeDefinitions"]] == ["id"]
    search = {"TableName": "music", "IndexName": "near", "SearchVector": wire(2, 0), "TopK": 1}
    assert refusal(dynamodb.search_vectors, **search) == (
        "ResourceNotFoundException",
        "Requested resource not found: Index: near for table: music not found",
    )


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {
                "VectorIndexes": [definition()],
                "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
            },
            "Vector indexes are supported only when BillingMode is PAY_PER_REQUEST",
        ),
        ({"VectorIndexes": [definition(), definition()]}, "Duplicate index name: near"),
        (
            {"VectorIndexes": [definition(), definition(IndexName="other", Dimensions=3)]},
            "Vector indexes of the attribute v must have the same number of dimensions",
        ),
        (
            {"VectorIndexes": [definition(Dimensions=4097)]},
            "Dimensions must be less than or equal to 4096 for index: near",
        ),
    ],
)
def test_vector_indexes_that_make_no_sense_are_refused(
    make_table: Make, invalid: Invalid, members: dict[str, Any], message: str
) -> None:
    assert invalid(make_table, **members) == f"One or more parameter values were invalid: {message}"


def test_a_search_of_other_dimensions_is_refused(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table(VectorIndexes=[definition()])
    search = {"TableName": "music", "IndexName": "near", "SearchVector": wire(1, 2, 3), "TopK": 1}
    assert invalid(dynamodb.search_vectors, **search) == (
        "One or more parameter values were invalid: SearchVector must be a list of 2 numbers for index: near"
    )
