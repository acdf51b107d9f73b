"""Throttling on purpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config

Make = Callable[..., dict[str, Any]]
ITEM = {"id": {"S": "a"}}
EXCEEDED = (
    "ProvisionedThroughputExceededException",
    "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning "
    "level with the UpdateTable API.",
)


@pytest.fixture
def impatient(cloud: Any) -> Any:
    """A client that does not try again."""
    config = Config(retries={"max_attempts": 0})
    return boto3.Session("testing", "testing", region_name="us-east-1").client("dynamodb", config=config)


@pytest.mark.parametrize(
    ("variable", "reads", "writes"),
    [
        ("DYNAMODB_ERROR_PROBABILITY", True, True),
        ("DYNAMODB_READ_ERROR_PROBABILITY", True, False),
        ("DYNAMODB_WRITE_ERROR_PROBABILITY", False, True),
    ],
)
def test_requests_are_refused_where_the_environment_asks_for_it(
    impatient: Any, make_table: Make, refusal: Any, monkeypatch: Any, variable: str, reads: bool, writes: bool
) -> None:
    make_table()
    monkeypatch.setenv(variable, "1")
    read = {"music": {"Keys": [ITEM]}}
    write = {"music": [{"PutRequest": {"Item": ITEM}}]}
    for call, members, throttled in (
        (impatient.get_item, {"TableName": "music", "Key": ITEM}, reads),
        (impatient.scan, {"TableName": "music"}, reads),
        (impatient.put_item, {"TableName": "music", "Item": ITEM}, writes),
        (impatient.update_item, {"TableName": "music", "Key": ITEM}, writes),
        (impatient.delete_item, {"TableName": "music", "Key": ITEM}, writes),
    ):
        if throttled:
            assert refusal(call, **members) == EXCEEDED
        else:
            call(**members)
    assert impatient.batch_get_item(RequestItems=read)["UnprocessedKeys"] == (read if reads else {})
    assert impatient.batch_write_item(RequestItems=write)["UnprocessedItems"] == (write if writes else {})


def test_a_batch_writer_gets_through_in_the_end(resource: Any, make_table: Make, monkeypatch: Any) -> None:
    make_table()
    monkeypatch.setenv("DYNAMODB_WRITE_ERROR_PROBABILITY", "0.5")
    with resource.Table("music").batch_writer() as batch:
        for number in range(60):
            batch.put_item(Item={"id": str(number)})
    assert resource.Table("music").item_count == 60
