"""boto3's resource API: tables, conditions, batch writers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary

from tests.services.dynamodb.definitions import index

Make = Callable[..., dict[str, Any]]


def test_a_table_is_made_waited_for_and_deleted(resource: Any) -> None:
    table = resource.create_table(
        TableName="music",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    table.wait_until_exists()
    table.reload()
    assert table.table_status == "ACTIVE"
    assert [one.name for one in resource.tables.all()] == ["music"]
    table.delete()
    table.wait_until_not_exists()


def test_python_values_come_back(resource: Any, make_table: Make) -> None:
    make_table()
    item = {
        "id": "a",
        "n": Decimal("1.5"),
        "b": Binary(b"\x00"),
        "l": [True, None, {"deep": {"x", "y"}}],
        "ns": {Decimal(1), Decimal(2)},
    }
    table = resource.Table("music")
    table.put_item(Item=item)
    assert table.get_item(Key={"id": "a"})["Item"] == item


def test_conditions_are_built(resource: Any, make_table: Make) -> None:
    make_table(keys="id:S nr:N", also="g:S", GlobalSecondaryIndexes=[index("byg", "g")])
    table = resource.Table("music")
    with table.batch_writer() as batch:
        for number in range(60):
            batch.put_item(Item={"id": "a", "nr": number, "g": f"g{number % 3}", "tags": ["x"] * (number % 2)})
    assert table.item_count == 60
    keys = Key("id").eq("a") & Key("nr").between(10, 19)
    found = table.query(KeyConditionExpression=keys, FilterExpression=Attr("tags").contains("x"))
    assert [int(item["nr"]) for item in found["Items"]] == [11, 13, 15, 17, 19]
    found = table.query(IndexName="byg", KeyConditionExpression=Key("g").eq("g1"), Select="COUNT")
    assert found["Count"] == 20
    with table.batch_writer(overwrite_by_pkeys=["id", "nr"]) as batch:
        for number in range(30):
            batch.delete_item(Key={"id": "a", "nr": number})
            batch.delete_item(Key={"id": "a", "nr": number})
    assert table.scan(FilterExpression=Attr("nr").lt(40))["Count"] == 10


def test_items_are_written_under_conditions(resource: Any, make_table: Make) -> None:
    make_table()
    table = resource.Table("music")
    unique = {"Item": {"id": "a"}, "ConditionExpression": Attr("id").not_exists()}
    table.put_item(**unique)
    try:
        table.put_item(**unique)
    except resource.meta.client.exceptions.ConditionalCheckFailedException as error:
        refused = error.response["Error"]["Message"]
    assert refused == "The conditional request failed"


def test_several_tables_are_read_at_once(resource: Any, make_table: Make) -> None:
    make_table()
    resource.Table("music").put_item(Item={"id": "a", "n": 1})
    answer = resource.batch_get_item(RequestItems={"music": {"Keys": [{"id": "a"}, {"id": "b"}]}})
    assert answer["Responses"] == {"music": [{"id": "a", "n": Decimal(1)}]}
