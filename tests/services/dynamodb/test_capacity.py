"""What operations consume, by AWS's arithmetic, per table and index."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.dynamodb.definitions import index

ID = {"id": {"S": "a"}}
Make = Callable[..., dict[str, Any]]


def item_of(size_bytes: int) -> dict[str, Any]:
    return {**ID, "x": {"S": "x" * (size_bytes - len("id" + "a" + "x"))}}


@pytest.mark.parametrize(("size", "units"), [(100, 1.0), (1024, 1.0), (1025, 2.0), (10_000, 10.0)])
def test_a_write_takes_a_unit_for_each_kilobyte(dynamodb: Any, make_table: Make, size: int, units: float) -> None:
    make_table()
    answer = dynamodb.put_item(TableName="music", Item=item_of(size), ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == {"TableName": "music", "CapacityUnits": units}
    # The larger of the old and the new item counts.
    answer = dynamodb.put_item(TableName="music", Item=ID, ReturnConsumedCapacity="INDEXES")
    assert answer["ConsumedCapacity"] == {
        "TableName": "music",
        "CapacityUnits": units,
        "Table": {"CapacityUnits": units},
    }


@pytest.mark.parametrize(("size", "units"), [(100, 0.5), (4096, 0.5), (4097, 1.0), (40_960, 5.0)])
def test_a_read_takes_half_a_unit_for_each_four_kilobytes(
    dynamodb: Any, make_table: Make, size: int, units: float
) -> None:
    make_table()
    dynamodb.put_item(TableName="music", Item=item_of(size))
    get = {"TableName": "music", "Key": ID, "ReturnConsumedCapacity": "TOTAL"}
    assert dynamodb.get_item(**get)["ConsumedCapacity"]["CapacityUnits"] == units
    assert dynamodb.get_item(ConsistentRead=True, **get)["ConsumedCapacity"]["CapacityUnits"] == 2 * units
    transact = dynamodb.transact_get_items(
        TransactItems=[{"Get": {"TableName": "music", "Key": ID}}], ReturnConsumedCapacity="TOTAL"
    )
    assert transact["ConsumedCapacity"] == [
        {"TableName": "music", "CapacityUnits": 4 * units, "ReadCapacityUnits": 4 * units}
    ]


def test_what_is_not_there_costs_the_least(dynamodb: Any, make_table: Make) -> None:
    make_table()
    members = {"TableName": "music", "Key": ID, "ReturnConsumedCapacity": "TOTAL"}
    assert dynamodb.get_item(**members)["ConsumedCapacity"]["CapacityUnits"] == 0.5
    assert dynamodb.delete_item(**members)["ConsumedCapacity"]["CapacityUnits"] == 1.0
    answer = dynamodb.scan(TableName="music", ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"]["CapacityUnits"] == 0.5


def test_each_index_takes_what_its_entries_take(dynamodb: Any, make_table: Make) -> None:
    make_table(
        keys="id:S nr:N",
        also="g:S l:S",
        GlobalSecondaryIndexes=[index("global", "g", "KEYS_ONLY")],
        LocalSecondaryIndexes=[index("local", "id l")],
    )
    key = {"id": {"S": "a"}, "nr": {"N": "1"}}

    def put(**attributes: Any) -> dict[str, Any]:
        answer = dynamodb.put_item(TableName="music", Item={**key, **attributes}, ReturnConsumedCapacity="INDEXES")
        consumed: dict[str, Any] = answer["ConsumedCapacity"]
        assert consumed.pop("TableName") == "music"
        return consumed

    one, two = {"CapacityUnits": 1.0}, {"CapacityUnits": 2.0}
    assert put() == {"CapacityUnits": 1.0, "Table": one}
    assert put(g={"S": "x"}) == {"CapacityUnits": 2.0, "Table": one, "GlobalSecondaryIndexes": {"global": one}}
    # An attribute that the index does not project costs it nothing.
    assert put(g={"S": "x"}, y={"S": "y"}) == {"CapacityUnits": 1.0, "Table": one}
    # An entry that moves is removed and added.
    assert put(g={"S": "z"}) == {"CapacityUnits": 3.0, "Table": one, "GlobalSecondaryIndexes": {"global": two}}
    assert put(l={"S": "l"}) == {
        "CapacityUnits": 3.0,
        "Table": one,
        "LocalSecondaryIndexes": {"local": one},
        "GlobalSecondaryIndexes": {"global": one},
    }


def test_a_query_counts_all_that_it_looks_at_together(dynamodb: Any, make_table: Make) -> None:
    make_table(keys="id:S nr:N")
    for at in range(10):
        dynamodb.put_item(TableName="music", Item={**item_of(1000), "nr": {"N": str(at)}})
    query = {
        "TableName": "music",
        "KeyConditionExpression": "id = :a",
        "FilterExpression": "attribute_exists(nothing)",
        "ExpressionAttributeValues": {":a": {"S": "a"}},
        "ReturnConsumedCapacity": "TOTAL",
    }
    answer = dynamodb.query(**query)
    assert (answer["Count"], answer["ScannedCount"]) == (0, 10)
    # 10 times (1,000 bytes, "nr" and a number of one or two bytes) are 10,039 bytes, or three times 4 KB.
    assert answer["ConsumedCapacity"]["CapacityUnits"] == 1.5
    assert dynamodb.query(ConsistentRead=True, **query)["ConsumedCapacity"]["CapacityUnits"] == 3.0


def test_writes_of_a_transaction_cost_twice(dynamodb: Any, make_table: Make) -> None:
    make_table(also="g:S", GlobalSecondaryIndexes=[index("global", "g")])
    answer = dynamodb.transact_write_items(
        TransactItems=[
            {"Put": {"TableName": "music", "Item": {**ID, "g": {"S": "x"}}}},
            {"Delete": {"TableName": "music", "Key": {"id": {"S": "b"}}}},
        ],
        ReturnConsumedCapacity="INDEXES",
    )
    assert answer["ConsumedCapacity"] == [
        {
            "TableName": "music",
            "CapacityUnits": 6.0,
            "WriteCapacityUnits": 6.0,
            "Table": {"CapacityUnits": 4.0, "WriteCapacityUnits": 4.0},
            "GlobalSecondaryIndexes": {"global": {"CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}},
        }
    ]


def test_item_collections_are_measured_where_there_are_local_indexes(dynamodb: Any, make_table: Make) -> None:
    make_table("plain")
    make_table(keys="id:S nr:N", also="l:S", LocalSecondaryIndexes=[index("local", "id l")])
    put = {"ReturnItemCollectionMetrics": "SIZE"}
    assert "ItemCollectionMetrics" not in dynamodb.put_item(TableName="plain", Item=ID, **put)
    item = {**ID, "nr": {"N": "1"}}
    metrics = {"ItemCollectionKey": ID, "SizeEstimateRangeGB": [0.0, 1.0]}
    assert dynamodb.put_item(TableName="music", Item=item, **put)["ItemCollectionMetrics"] == metrics
    batch = dynamodb.batch_write_item(RequestItems={"music": [{"PutRequest": {"Item": item}}]}, **put)
    assert batch["ItemCollectionMetrics"] == {"music": [metrics]}


def test_an_item_that_was_not_there_has_a_collection_too(dynamodb: Any, make_table: Make) -> None:
    make_table(keys="id:S nr:N", also="l:S", LocalSecondaryIndexes=[index("local", "id l")])
    put = {"ReturnItemCollectionMetrics": "SIZE"}
    key = {"TableName": "music", "Key": {**ID, "nr": {"N": "1"}}}
    metrics = {"ItemCollectionKey": ID, "SizeEstimateRangeGB": [0.0, 1.0]}
    assert dynamodb.delete_item(**key, **put)["ItemCollectionMetrics"] == metrics
    assert dynamodb.update_item(**key, UpdateExpression="REMOVE a", **put)["ItemCollectionMetrics"] == metrics
    batch = dynamodb.batch_write_item(RequestItems={"music": [{"DeleteRequest": {"Key": key["Key"]}}]}, **put)
    assert batch["ItemCollectionMetrics"] == {"music": [metrics]}
    transaction = dynamodb.transact_write_items(TransactItems=[{"Delete": key}], **put)
    assert transaction["ItemCollectionMetrics"] == {"music": [metrics]}
