"""BatchGetItem and BatchWriteItem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Make = Callable[..., dict[str, Any]]
Invalid = Callable[..., str]


def key(number: int) -> dict[str, Any]:
    return {"id": {"S": str(number)}}


def test_a_batch_writes_and_reads_several_tables(dynamodb: Any, make_table: Make) -> None:
    make_table("one")
    make_table("two")
    dynamodb.put_item(TableName="two", Item=key(9))
    answer = dynamodb.batch_write_item(
        RequestItems={
            "one": [{"PutRequest": {"Item": {**key(1), "x": {"S": "x"}}}}, {"PutRequest": {"Item": key(2)}}],
            "two": [{"DeleteRequest": {"Key": key(9)}}, {"DeleteRequest": {"Key": key(8)}}],
        },
        ReturnConsumedCapacity="TOTAL",
    )
    assert answer["UnprocessedItems"] == {}
    assert answer["ConsumedCapacity"] == [
        {"TableName": "one", "CapacityUnits": 2.0},
        {"TableName": "two", "CapacityUnits": 2.0},
    ]
    answer = dynamodb.batch_get_item(
        RequestItems={
            "one": {"Keys": [key(1), key(2), key(3)], "ProjectionExpression": "x"},
            "two": {"Keys": [key(9)], "ConsistentRead": True},
        },
        ReturnConsumedCapacity="TOTAL",
    )
    assert answer["Responses"] == {"one": [{"x": {"S": "x"}}, {}], "two": []}
    assert answer["UnprocessedKeys"] == {}
    assert answer["ConsumedCapacity"] == [
        {"TableName": "one", "CapacityUnits": 1.5},
        {"TableName": "two", "CapacityUnits": 1.0},
    ]


def test_one_bad_entry_refuses_the_whole_batch(dynamodb: Any, make_table: Make, refusal: Any, invalid: Invalid) -> None:
    make_table()
    good = {"PutRequest": {"Item": key(1)}}
    write = dynamodb.batch_write_item
    schema = "The provided key element does not match the schema"
    assert invalid(write, RequestItems={"music": [good, {"PutRequest": {"Item": {"x": {"S": "x"}}}}]}) == schema
    assert invalid(write, RequestItems={"music": [good, {"DeleteRequest": {"Key": {"x": {"S": "x"}}}}]}) == schema
    duplicates = "Provided list of item keys contains duplicates"
    assert invalid(write, RequestItems={"music": [good, {"DeleteRequest": {"Key": key(1)}}]}) == duplicates
    missing = ("ResourceNotFoundException", "Requested resource not found")
    assert refusal(write, RequestItems={"music": [good], "none": [good]}) == missing
    assert dynamodb.scan(TableName="music")["Count"] == 0


def test_a_batch_of_reads_names_each_key_once(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table()
    assert (
        invalid(dynamodb.batch_get_item, RequestItems={"music": {"Keys": [key(1), key(1)]}})
        == "Provided list of item keys contains duplicates"
    )


def test_batches_have_their_lengths(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table("one")
    make_table("two")
    keys = [key(number) for number in range(60)]
    assert (
        invalid(dynamodb.batch_get_item, RequestItems={"one": {"Keys": keys}, "two": {"Keys": keys}})
        == "Too many items requested for the BatchGetItem call"
    )
    puts = [{"PutRequest": {"Item": key(number)}} for number in range(13)]
    assert (
        invalid(dynamodb.batch_write_item, RequestItems={"one": puts, "two": puts})
        == "Too many items requested for the BatchWriteItem call"
    )


@pytest.mark.parametrize("count", [41, 50])
def test_a_batch_of_reads_ends_at_sixteen_megabytes(dynamodb: Any, make_table: Make, count: int) -> None:
    make_table()
    for number in range(count):
        dynamodb.put_item(TableName="music", Item={**key(number), "x": {"S": "x" * 409_000}})
    request = {"music": {"Keys": [key(number) for number in range(count)]}}
    answer = dynamodb.batch_get_item(RequestItems=request)
    assert len(answer["Responses"]["music"]) == 41
    left = request["music"]["Keys"][41:]
    assert answer["UnprocessedKeys"] == ({"music": {"Keys": left}} if left else {})
