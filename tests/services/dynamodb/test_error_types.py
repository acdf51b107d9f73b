"""How DynamoDB's errors name their kind on the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest


def test_a_modelled_error_is_told_with_its_namespace(dynamodb: Any) -> None:
    bodies = []
    dynamodb.meta.events.register(
        "before-parse.dynamodb.DescribeTable", lambda response_dict, **_: bodies.append(response_dict["body"])
    )
    with pytest.raises(dynamodb.exceptions.ResourceNotFoundException) as refused:
        dynamodb.describe_table(TableName="absent")
    assert refused.value.response["Error"]["Code"] == "ResourceNotFoundException"
    assert json.loads(bodies[0]) == {
        "__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
        "message": "Requested resource not found: Table: absent not found",
    }


@pytest.mark.parametrize("name", ["x", "*" * 1025])
def test_a_refused_input_is_told_with_the_namespace_of_the_framework(dynamodb: Any, name: str) -> None:
    bodies = []
    dynamodb.meta.events.register(
        "before-parse.dynamodb.ListTagsOfResource", lambda response_dict, **_: bodies.append(response_dict["body"])
    )
    with pytest.raises(dynamodb.exceptions.ClientError) as refused:
        dynamodb.list_tags_of_resource(ResourceArn=name)
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert json.loads(bodies[-1])["__type"] == "com.amazon.coral.validate#ValidationException"
