"""Of several things that are wrong with a request, AWS names one: which of them comes first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Invalid = Callable[..., str]

NOT_A_NUMBER = {"id": {"S": "a"}, "n": {"N": "x"}}
NUMBER = "The parameter cannot be converted to a numeric value: x"
MIXED = "Can not use both expression and non-expression parameters in the same request: "
RETURN_VALUES = "ReturnValues can only be ALL_OLD or NONE"
EMPTY = "Invalid ConditionExpression: The expression can not be empty;"
ID = {"id": {"S": "a"}}


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {
                "Item": NOT_A_NUMBER,
                "Expected": {"a": {"Exists": False}},
                "ConditionExpression": "",
                "ReturnValues": "ALL_NEW",
            },
            MIXED + "Non-expression parameters: {Expected} Expression parameters: {ConditionExpression}",
        ),
        ({"Item": NOT_A_NUMBER, "ConditionExpression": "", "ReturnValues": "ALL_NEW"}, NUMBER),
        ({"Item": {"big": {"S": "x" * 409_600}}, "ConditionExpression": "", "ReturnValues": "ALL_NEW"}, RETURN_VALUES),
        (
            {"Item": {"big": {"S": "x" * 409_600}}, "ConditionExpression": ""},
            "Item size has exceeded the maximum allowed size",
        ),
        ({"Item": ID, "ConditionExpression": ""}, EMPTY),
    ],
)
def test_a_put_is_checked_in_order_before_its_table_is_looked_for(
    dynamodb: Any, invalid: Invalid, members: dict[str, Any], message: str
) -> None:
    assert invalid(dynamodb.put_item, TableName="nowhere", **members) == message


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"ExpressionAttributeNames": {"#a": "a"}},
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
        ({"ProjectionExpression": ""}, NUMBER),
        ({"AttributesToGet": ["a", "a"]}, NUMBER),
    ],
)
def test_a_key_is_checked_before_the_projection(
    dynamodb: Any, invalid: Invalid, members: dict[str, Any], message: str
) -> None:
    assert invalid(dynamodb.get_item, TableName="nowhere", Key=NOT_A_NUMBER, **members) == message


def test_an_update_and_a_deletion_check_the_key_before_the_rest(dynamodb: Any, invalid: Invalid) -> None:
    members = {"TableName": "nowhere", "Key": NOT_A_NUMBER}
    assert invalid(dynamodb.update_item, UpdateExpression="", **members) == NUMBER
    assert invalid(dynamodb.delete_item, ReturnValues="ALL_NEW", ConditionExpression="", **members) == NUMBER
    members["Key"] = ID
    assert invalid(dynamodb.delete_item, ReturnValues="ALL_NEW", ConditionExpression="", **members) == RETURN_VALUES


def test_an_update_of_the_key_is_refused_before_its_condition_is_tried(
    dynamodb: Any, make_table: Any, invalid: Invalid
) -> None:
    make_table()
    message = invalid(
        dynamodb.update_item,
        TableName="music",
        Key=ID,
        UpdateExpression="SET id = :a",
        ConditionExpression="attribute_exists(id)",
        ExpressionAttributeValues={":a": {"S": "b"}},
    )
    assert message == (
        "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key"
    )


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."),
        (
            {"KeyConditionExpression": "id = :id OR id = :id", "ExpressionAttributeValues": {":id": {"S": "a"}}},
            "Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: OR",
        ),
        (
            {
                "KeyConditionExpression": "id = :id",
                "ExpressionAttributeValues": {":id": {"S": "a"}, ":b": {"S": "b"}},
            },
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}",
        ),
        (
            {
                "KeyConditionExpression": "id = :id",
                "ExpressionAttributeValues": {":id": {"S": "a"}},
                "Select": "SPECIFIC_ATTRIBUTES",
            },
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
        ),
    ],
)
def test_a_query_is_checked_before_its_table_is_looked_for(
    dynamodb: Any, invalid: Invalid, members: dict[str, Any], message: str
) -> None:
    assert invalid(dynamodb.query, TableName="nowhere", **members) == message


def test_a_value_of_two_types_is_refused_for_its_contents_first(dynamodb: Any, invalid: Invalid) -> None:
    put = {"TableName": "nowhere"}
    assert invalid(dynamodb.put_item, Item={"a": {"S": "", "N": "x"}}, **put) == NUMBER
    assert invalid(dynamodb.put_item, Item={"a": {"S": "", "N": "1"}}, **put) == (
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"
    )


def test_key_conditions_go_with_other_expressions(dynamodb: Any, make_table: Any) -> None:
    make_table()
    for rank in "12":
        dynamodb.update_item(
            TableName="music",
            Key=ID,
            UpdateExpression="SET x = :x",
            ExpressionAttributeValues={":x": {"N": rank}},
        )
    answer = dynamodb.query(
        TableName="music",
        KeyConditions={"id": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a"}]}},
        FilterExpression="x > :one",
        ProjectionExpression="x",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    assert answer["Items"] == [{"x": {"N": "2"}}]


def test_a_name_that_no_table_has_comes_first_of_all(dynamodb: Any, invalid: Invalid) -> None:
    message = (
        "1 validation error detected: Value 'no' at 'tableName' failed to satisfy constraint: Member must have length "
        "greater than or equal to 3"
    )
    assert invalid(dynamodb.put_item, TableName="no", Item=NOT_A_NUMBER, ConditionExpression="") == message
    assert invalid(dynamodb.get_item, TableName="no", Key=NOT_A_NUMBER) == message
    assert invalid(dynamodb.query, TableName="no") == message
    assert invalid(dynamodb.scan, TableName="no", FilterExpression="") == message
    assert invalid(dynamodb.batch_get_item, RequestItems={"no": {"Keys": [NOT_A_NUMBER]}}) == message
    assert invalid(dynamodb.transact_get_items, TransactItems=[{"Get": {"TableName": "no", "Key": {}}}]) == message
