"""TransactGetItems and TransactWriteItems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Make = Callable[..., dict[str, Any]]
Invalid = Callable[..., str]


def key(name: str) -> dict[str, Any]:
    return {"id": {"S": name}}


def put(name: str, **members: Any) -> dict[str, Any]:
    return {"Put": {"TableName": "music", "Item": key(name), **members}}


def add(name: str, **members: Any) -> dict[str, Any]:
    update = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    return {"Update": {"TableName": "music", "Key": key(name), **update, **members}}


def check(name: str, condition: str, **members: Any) -> dict[str, Any]:
    return {"ConditionCheck": {"TableName": "music", "Key": key(name), "ConditionExpression": condition, **members}}


def test_all_actions_are_done(dynamodb: Any, make_table: Make, contents: Any) -> None:
    make_table()
    dynamodb.put_item(TableName="music", Item=key("gone"))
    dynamodb.put_item(TableName="music", Item=key("there"))
    dynamodb.transact_write_items(
        TransactItems=[
            put("new"),
            add("counted"),
            {"Delete": {"TableName": "music", "Key": key("gone")}},
            check("there", "attribute_exists(id)"),
        ]
    )
    assert contents() == [{**key("counted"), "n": {"N": "1"}}, key("new"), key("there")]


def test_one_condition_that_does_not_hold_cancels_all(dynamodb: Any, make_table: Make, contents: Any) -> None:
    make_table()
    dynamodb.put_item(TableName="music", Item={**key("there"), "n": {"S": "text"}})
    with pytest.raises(ClientError) as caught:
        dynamodb.transact_write_items(
            TransactItems=[
                put("new"),
                check("there", "attribute_not_exists(id)", ReturnValuesOnConditionCheckFailure="ALL_OLD"),
                put("other", ConditionExpression="attribute_exists(id)"),
            ]
        )
    response = caught.value.response
    assert response["Error"] == {
        "Code": "TransactionCanceledException",
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons "
        "[None, ConditionalCheckFailed, ConditionalCheckFailed]",
    }
    failed = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
    assert response["CancellationReasons"] == [
        {"Code": "None"},
        {**failed, "Item": {**key("there"), "n": {"S": "text"}}},
        failed,
    ]
    assert contents() == [{**key("there"), "n": {"S": "text"}}]


def test_an_update_that_does_not_fit_its_item_cancels_all(dynamodb: Any, make_table: Make, contents: Any) -> None:
    make_table()
    item = {**key("there"), "n": {"S": "text"}}
    dynamodb.put_item(TableName="music", Item=item)
    with pytest.raises(ClientError) as caught:
        dynamodb.transact_write_items(TransactItems=[put("new"), add("there")])
    assert [reason["Code"] for reason in caught.value.response["CancellationReasons"]] == ["None", "ValidationError"]
    assert contents() == [item]


def test_an_item_takes_part_once(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table()
    message = "Transaction request cannot include multiple operations on one item"
    assert (
        invalid(dynamodb.transact_write_items, TransactItems=[put("a"), check("a", "attribute_exists(x)")]) == message
    )
    get = {"Get": {"TableName": "music", "Key": key("a")}}
    assert invalid(dynamodb.transact_get_items, TransactItems=[get, get]) == message


def test_an_entry_has_one_action(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table()
    assert (
        invalid(dynamodb.transact_write_items, TransactItems=[{**put("a"), **add("b")}])
        == "TransactItems can only contain one of Check, Put, Update or Delete"
    )


def test_a_token_makes_a_transaction_happen_once(
    dynamodb: Any, make_table: Make, refusal: Any, advance: Callable[[float], None]
) -> None:
    make_table()
    members = {"TransactItems": [add("a")], "ClientRequestToken": "token", "ReturnConsumedCapacity": "TOTAL"}
    first = dynamodb.transact_write_items(**members)["ConsumedCapacity"]
    assert first == [{"TableName": "music", "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}]
    again = dynamodb.transact_write_items(**members)["ConsumedCapacity"]
    assert again == [{"TableName": "music", "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}]
    assert dynamodb.get_item(TableName="music", Key=key("a"))["Item"]["n"] == {"N": "1"}
    code, _ = refusal(dynamodb.transact_write_items, TransactItems=[add("b")], ClientRequestToken="token")
    assert code == "IdempotentParameterMismatchException"
    advance(601)
    dynamodb.transact_write_items(**members)
    assert dynamodb.get_item(TableName="music", Key=key("a"))["Item"]["n"] == {"N": "2"}


def test_reads_come_in_the_order_asked(dynamodb: Any, make_table: Make) -> None:
    make_table()
    dynamodb.put_item(TableName="music", Item={**key("b"), "x": {"S": "x"}, "y": {"S": "y"}})
    answer = dynamodb.transact_get_items(
        TransactItems=[
            {"Get": {"TableName": "music", "Key": key("a")}},
            {"Get": {"TableName": "music", "Key": key("b"), "ProjectionExpression": "y"}},
        ]
    )
    assert answer["Responses"] == [{}, {"Item": {"y": {"S": "y"}}}]


def test_a_transaction_names_tables_by_arn(dynamodb: Any, make_table: Make) -> None:
    arn = make_table()["TableArn"]
    dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": arn, "Item": key("a")}}])
    assert dynamodb.get_item(TableName="music", Key=key("a"))["Item"] == key("a")


def test_what_does_not_fit_its_table_cancels_all(dynamodb: Any, make_table: Make, contents: Any) -> None:
    make_table()
    bad = {"x": {"S": "x"}}
    with pytest.raises(ClientError) as caught:
        dynamodb.transact_write_items(
            TransactItems=[put("new"), {"Delete": {"TableName": "music", "Key": bad}}, put("other")]
        )
    message = "The provided key element does not match the schema"
    reasons = [{"Code": "None"}, {"Code": "ValidationError", "Message": message}, {"Code": "None"}]
    assert caught.value.response["CancellationReasons"] == reasons
    with pytest.raises(ClientError) as caught:
        dynamodb.transact_get_items(TransactItems=[{"Get": {"TableName": "music", "Key": bad}}])
    assert caught.value.response["CancellationReasons"] == reasons[1:2]
    assert contents() == []


def test_a_table_that_is_not_there_is_told_at_once(dynamodb: Any, refusal: Any) -> None:
    missing = ("ResourceNotFoundException", "Requested resource not found")
    assert refusal(dynamodb.transact_write_items, TransactItems=[put("a")]) == missing


def test_a_key_without_content_is_refused_before_anything_else(
    dynamodb: Any, make_table: Make, invalid: Invalid
) -> None:
    make_table()
    empty = (
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
        "string value. Key: id"
    )
    assert invalid(dynamodb.transact_write_items, TransactItems=[put("")]) == empty
    assert (
        invalid(dynamodb.transact_get_items, TransactItems=[{"Get": {"TableName": "music", "Key": key("")}}]) == empty
    )


def test_a_transaction_reads_four_megabytes_at_most(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table()
    gets = []
    for number in range(11):
        key = {"id": {"S": str(number)}}
        dynamodb.put_item(TableName="music", Item={**key, "text": {"S": "x" * 400_000}})
        gets.append({"Get": {"TableName": "music", "Key": key, "ProjectionExpression": "id"}})
    assert len(dynamodb.transact_get_items(TransactItems=gets[:10])["Responses"]) == 10
    assert invalid(dynamodb.transact_get_items, TransactItems=gets) == (
        "Collection size of the items in the transaction cannot exceed 4MB"
    )
