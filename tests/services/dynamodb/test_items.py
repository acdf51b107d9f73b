"""GetItem, PutItem, UpdateItem, DeleteItem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.services.dynamodb.definitions import index

INVALID = "One or more parameter values were invalid: "
ID = {"id": {"S": "a"}}

Make = Callable[..., dict[str, Any]]
Invalid = Callable[..., str]


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_an_item_of_every_type_comes_back_as_it_was(dynamodb: Any, make_table: Make) -> None:
    make_table()
    item = {
        **ID,
        "s": {"S": "ü"},
        "empty": {"S": ""},
        "n": {"N": "-12.5"},
        "b": {"B": b"\x00\xff"},
        "no": {"BOOL": False},
        "nil": {"NULL": True},
        "ss": {"SS": ["x", "y"]},
        "ns": {"NS": ["1", "2"]},
        "bs": {"BS": [b"\x00", b""]},
        "l": {"L": [{"B": b"\x01"}, {"L": []}, {"M": {"B": {"B": b"\x02"}}}]},
        "m": {"M": {"deep": {"M": {"bs": {"BS": [b"\x03"]}}}}},
    }
    assert without_metadata(dynamodb.put_item(TableName="music", Item=item)) == {}
    assert dynamodb.get_item(TableName="music", Key=ID)["Item"] == item


def test_numbers_are_normalised(dynamodb: Any, make_table: Make) -> None:
    make_table()
    dynamodb.put_item(TableName="music", Item={**ID, "n": {"N": "001.500"}, "big": {"N": "1E+5"}})
    assert dynamodb.get_item(TableName="music", Key=ID)["Item"] == {**ID, "n": {"N": "1.5"}, "big": {"N": "100000"}}


def test_an_item_that_is_not_there_is_no_item(dynamodb: Any, make_table: Make) -> None:
    make_table()
    assert without_metadata(dynamodb.get_item(TableName="music", Key=ID)) == {}


def test_a_table_that_is_not_there_is_told(dynamodb: Any, refusal: Any) -> None:
    expected = ("ResourceNotFoundException", "Requested resource not found")
    assert refusal(dynamodb.get_item, TableName="music", Key=ID) == expected
    assert refusal(dynamodb.put_item, TableName="music", Item=ID) == expected
    assert refusal(dynamodb.update_item, TableName="music", Key=ID) == expected
    assert refusal(dynamodb.delete_item, TableName="music", Key=ID) == expected


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "/music",
            "1 validation error detected: Value '/music' at 'tableName' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
        ),
        (
            "m!",
            "2 validation errors detected: Value 'm!' at 'tableName' failed to satisfy constraint: Member must satisfy "
            "regular expression pattern: [a-zA-Z0-9_.-]+; Value 'm!' at 'tableName' failed to satisfy constraint: "
            "Member must have length greater than or equal to 3",
        ),
        (
            "m" * 256,
            f"1 validation error detected: Value '{'m' * 256}' at 'tableName' failed to satisfy constraint: Member "
            "must have length less than or equal to 255",
        ),
        ("arn:aws:dynamodb:us-east-1:1:music", "Invalid TableArn: arn:aws:dynamodb:us-east-1:1:music"),
    ],
)
def test_a_name_that_no_table_can_have_is_refused(dynamodb: Any, invalid: Invalid, name: str, message: str) -> None:
    assert invalid(dynamodb.get_item, TableName=name, Key=ID) == message


@pytest.mark.parametrize(
    "key",
    [
        {},
        {"id": {"S": "a"}},
        {"id": {"S": "a"}, "nr": {"S": "1"}},
        {"id": {"S": "a"}, "nr": {"N": "1"}, "more": {"S": "x"}},
        {"id": {"S": "a"}, "other": {"N": "1"}},
    ],
)
def test_a_key_must_be_the_tables(dynamodb: Any, make_table: Make, invalid: Invalid, key: dict[str, Any]) -> None:
    make_table(keys="id:S nr:N")
    message = "The provided key element does not match the schema"
    assert invalid(dynamodb.get_item, TableName="music", Key=key) == message
    assert invalid(dynamodb.delete_item, TableName="music", Key=key) == message
    assert invalid(dynamodb.update_item, TableName="music", Key=key) == message


def test_an_item_without_its_keys_is_refused(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table(keys="id:S nr:N")
    put = dynamodb.put_item
    assert invalid(put, TableName="music", Item=ID) == INVALID + "Missing the key nr in the item"
    assert (
        invalid(put, TableName="music", Item={**ID, "nr": {"S": "1"}})
        == INVALID + "Type mismatch for key nr expected: N actual: S"
    )
    assert invalid(put, TableName="music", Item={"id": {"S": ""}, "nr": {"N": "1"}}) == (
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
        "string value. Key: id"
    )


def test_keys_have_their_lengths(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table(keys="id:S nr:B")
    dynamodb.put_item(TableName="music", Item={"id": {"S": "ü" * 1024}, "nr": {"B": b"x" * 1024}})
    assert (
        invalid(dynamodb.put_item, TableName="music", Item={"id": {"S": "ü" * 1024 + "a"}, "nr": {"B": b"x"}})
        == INVALID + "Size of hashkey has exceeded the maximum size limit of2048 bytes"
    )
    assert (
        invalid(dynamodb.put_item, TableName="music", Item={"id": {"S": "a"}, "nr": {"B": b"x" * 1025}})
        == INVALID + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
    )


def test_an_item_has_at_most_400_kilobytes(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table()
    room = 400 * 1024 - len("id" + "a" + "x")
    dynamodb.put_item(TableName="music", Item={**ID, "x": {"S": "x" * room}})
    assert (
        invalid(dynamodb.put_item, TableName="music", Item={**ID, "x": {"S": "x" * (room + 1)}})
        == "Item size has exceeded the maximum allowed size"
    )
    assert (
        invalid(
            dynamodb.update_item,
            TableName="music",
            Key=ID,
            UpdateExpression="SET y = :y",
            ExpressionAttributeValues={":y": {"S": ""}},
        )
        == "Item size to update has exceeded the maximum allowed size"
    )


def test_index_keys_must_fit_their_indexes(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table(also="g:S", GlobalSecondaryIndexes=[index("byg", "g")])
    assert (
        invalid(dynamodb.put_item, TableName="music", Item={**ID, "g": {"N": "1"}})
        == INVALID + "Type mismatch for Index Key g Expected: S Actual: N IndexName: byg"
    )
    message = (
        "One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
        "The AttributeValue for a key attribute cannot contain an empty string value. IndexName: byg, IndexKey: g"
    )
    assert invalid(dynamodb.put_item, TableName="music", Item={**ID, "g": {"S": ""}}) == message
    update = {"TableName": "music", "Key": ID, "UpdateExpression": "SET g = :g"}
    assert invalid(dynamodb.update_item, ExpressionAttributeValues={":g": {"S": ""}}, **update) == (
        "One or more parameter values are not valid. The update expression attempted to update a secondary index key "
        "to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value."
    )
    assert (
        invalid(dynamodb.update_item, ExpressionAttributeValues={":g": {"N": "1"}}, **update)
        == "The update expression attempted to update the secondary index key to unsupported type"
    )
    assert dynamodb.scan(TableName="music")["Count"] == 0


def test_a_put_replaces_and_shows_the_old_item(dynamodb: Any, make_table: Make) -> None:
    make_table()
    old = {**ID, "x": {"S": "1"}, "y": {"S": "2"}}
    assert without_metadata(dynamodb.put_item(TableName="music", Item=old, ReturnValues="ALL_OLD")) == {}
    answer = dynamodb.put_item(TableName="music", Item={**ID, "z": {"S": "3"}}, ReturnValues="ALL_OLD")
    assert answer["Attributes"] == old
    assert dynamodb.get_item(TableName="music", Key=ID)["Item"] == {**ID, "z": {"S": "3"}}


def test_a_put_and_a_deletion_show_only_the_old_item(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table()
    message = "ReturnValues can only be ALL_OLD or NONE"
    assert invalid(dynamodb.put_item, TableName="music", Item=ID, ReturnValues="ALL_NEW") == message
    assert invalid(dynamodb.delete_item, TableName="music", Key=ID, ReturnValues="UPDATED_OLD") == message


def test_a_deletion_shows_what_it_deletes(dynamodb: Any, make_table: Make) -> None:
    make_table()
    assert without_metadata(dynamodb.delete_item(TableName="music", Key=ID, ReturnValues="ALL_OLD")) == {}
    dynamodb.put_item(TableName="music", Item={**ID, "x": {"S": "1"}})
    answer = dynamodb.delete_item(TableName="music", Key=ID, ReturnValues="ALL_OLD")
    assert answer["Attributes"] == {**ID, "x": {"S": "1"}}
    assert "Item" not in dynamodb.get_item(TableName="music", Key=ID)


@pytest.mark.parametrize("operation", ["put", "update", "delete"])
def test_a_condition_that_does_not_hold_changes_nothing(dynamodb: Any, make_table: Make, operation: str) -> None:
    make_table()
    item = {**ID, "x": {"N": "1"}}
    dynamodb.put_item(TableName="music", Item=item)
    call = getattr(dynamodb, f"{operation}_item")
    members: dict[str, Any] = {"Item": ID} if operation == "put" else {"Key": ID}
    members |= {
        "TableName": "music",
        "ConditionExpression": "x > :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    with pytest.raises(ClientError) as caught:
        call(**members)
    assert caught.value.response["Error"] == {
        "Code": "ConditionalCheckFailedException",
        "Message": "The conditional request failed",
    }
    assert "Item" not in caught.value.response
    with pytest.raises(ClientError) as caught:
        call(**members, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    assert caught.value.response["Item"] == item
    assert dynamodb.get_item(TableName="music", Key=ID)["Item"] == item
    members["ConditionExpression"] = "x = :one"
    call(**members)


@pytest.mark.parametrize(
    ("return_values", "attributes"),
    [
        ("NONE", None),
        ("ALL_OLD", {**ID, "n": {"N": "1"}, "l": {"L": [{"N": "1"}, {"N": "2"}]}, "k": {"S": "k"}}),
        ("ALL_NEW", {**ID, "n": {"N": "3"}, "l": {"L": [{"N": "1"}, {"N": "9"}]}, "new": {"S": "s"}}),
        ("UPDATED_OLD", {"n": {"N": "1"}, "l": {"L": [{"N": "2"}]}, "k": {"S": "k"}}),
        ("UPDATED_NEW", {"n": {"N": "3"}, "l": {"L": [{"N": "9"}]}, "new": {"S": "s"}}),
    ],
)
def test_an_update_shows_what_it_is_asked_to_show(
    dynamodb: Any, make_table: Make, return_values: str, attributes: Any
) -> None:
    make_table()
    old = {**ID, "n": {"N": "1"}, "l": {"L": [{"N": "1"}, {"N": "2"}]}, "k": {"S": "k"}}
    dynamodb.put_item(TableName="music", Item=old)
    answer = dynamodb.update_item(
        TableName="music",
        Key=ID,
        UpdateExpression="SET l[1] = :nine, #new = :s REMOVE k ADD n :two",
        ExpressionAttributeNames={"#new": "new"},
        ExpressionAttributeValues={":nine": {"N": "9"}, ":s": {"S": "s"}, ":two": {"N": "2"}},
        ReturnValues=return_values,
    )
    assert answer.get("Attributes") == attributes


def test_an_update_makes_the_item_if_there_is_none(dynamodb: Any, make_table: Make) -> None:
    make_table()
    dynamodb.update_item(TableName="music", Key=ID)
    assert dynamodb.get_item(TableName="music", Key=ID)["Item"] == ID


@pytest.mark.parametrize(
    "update",
    [
        {"UpdateExpression": "REMOVE x"},
        {"UpdateExpression": "DELETE x :s", "ExpressionAttributeValues": {":s": {"SS": ["a"]}}},
        {"AttributeUpdates": {"x": {"Action": "DELETE"}}},
    ],
)
def test_an_update_that_only_takes_away_makes_no_item(dynamodb: Any, make_table: Make, update: Any) -> None:
    make_table()
    answer = dynamodb.update_item(TableName="music", Key=ID, ReturnValues="ALL_NEW", **update)
    assert without_metadata(answer) == {}
    assert "Item" not in dynamodb.get_item(TableName="music", Key=ID)


def test_an_update_leaves_keys_alone(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table()
    update = {"UpdateExpression": "SET id = :x", "ExpressionAttributeValues": {":x": {"S": "b"}}}
    assert (
        invalid(dynamodb.update_item, TableName="music", Key=ID, **update)
        == INVALID + "Cannot update attribute id. This attribute is part of the key"
    )


def test_a_projection_shows_parts(dynamodb: Any, make_table: Make) -> None:
    make_table()
    dynamodb.put_item(TableName="music", Item={**ID, "m": {"M": {"x": {"S": "1"}, "y": {"S": "2"}}}, "z": {"S": "3"}})
    get = {"TableName": "music", "Key": ID}
    answer = dynamodb.get_item(ProjectionExpression="m.#x", ExpressionAttributeNames={"#x": "x"}, **get)
    assert answer["Item"] == {"m": {"M": {"x": {"S": "1"}}}}
    assert dynamodb.get_item(AttributesToGet=["z"], **get)["Item"] == {"z": {"S": "3"}}
    assert dynamodb.get_item(ProjectionExpression="nothing", **get)["Item"] == {}


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"Expected": {"x": {"Exists": False}}, "ConditionExpression": "attribute_exists(x)"},
            "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "
            "{Expected} Expression parameters: {ConditionExpression}",
        ),
        (
            {"ExpressionAttributeNames": {"#x": "x"}},
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
        (
            {"ExpressionAttributeValues": {":x": {"S": "x"}}},
            "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null",
        ),
        (
            {"ConditionExpression": "attribute_exists(x)", "ExpressionAttributeNames": {"#x": "x"}},
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}",
        ),
    ],
)
def test_parameters_must_go_together(
    dynamodb: Any, make_table: Make, invalid: Invalid, members: dict[str, Any], message: str
) -> None:
    make_table()
    assert invalid(dynamodb.put_item, TableName="music", Item=ID, **members) == message


def test_legacy_parameters_work(dynamodb: Any, make_table: Make, refusal: Any) -> None:
    make_table()
    dynamodb.put_item(TableName="music", Item={**ID, "n": {"N": "1"}}, Expected={"id": {"Exists": False}})
    again = refusal(dynamodb.put_item, TableName="music", Item=ID, Expected={"id": {"Exists": False}})
    assert again == ("ConditionalCheckFailedException", "The conditional request failed")
    answer = dynamodb.update_item(
        TableName="music",
        Key=ID,
        AttributeUpdates={"n": {"Action": "ADD", "Value": {"N": "4"}}, "x": {"Value": {"S": "x"}}},
        Expected={"n": {"ComparisonOperator": "LT", "AttributeValueList": [{"N": "2"}]}},
        ReturnValues="ALL_NEW",
    )
    assert answer["Attributes"] == {**ID, "n": {"N": "5"}, "x": {"S": "x"}}


def test_a_table_can_be_named_by_its_arn(dynamodb: Any, make_table: Make) -> None:
    arn = make_table()["TableArn"]
    answer = dynamodb.put_item(TableName=arn, Item=ID, ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"] == {"TableName": arn, "CapacityUnits": 1.0}
    assert dynamodb.get_item(TableName="music", Key=ID)["Item"] == ID


def test_an_attribute_has_a_name(dynamodb: Any, make_table: Make, invalid: Invalid) -> None:
    make_table()
    message = INVALID + "An attribute name must be at least one character long"
    assert invalid(dynamodb.put_item, TableName="music", Item={**ID, "": {"S": "x"}}) == message
    update = {
        "UpdateExpression": "SET #a = :a",
        "ExpressionAttributeNames": {"#a": ""},
        "ExpressionAttributeValues": {":a": {"S": "x"}},
    }
    assert invalid(dynamodb.update_item, TableName="music", Key=ID, **update) == message
    assert dynamodb.scan(TableName="music")["Count"] == 0
