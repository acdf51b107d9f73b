"""Throttling on purpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config

from awsim import mock_aws

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
        ("dynamodb_error_probability", True, True),
        ("dynamodb_read_error_probability", True, False),
        ("dynamodb_write_error_probability", False, True),
    ],
)
def test_requests_are_refused_where_the_settings_ask_for_it(
    cloud: Any, impatient: Any, make_table: Make, refusal: Any, variable: str, reads: bool, writes: bool
) -> None:
    make_table()
    setattr(cloud.settings, variable, 1.0)
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


def test_a_batch_writer_gets_through_in_the_end(cloud: Any, resource: Any, make_table: Make) -> None:
    make_table()
    cloud.settings.dynamodb_write_error_probability = 0.5
    with resource.Table("music").batch_writer() as batch:
        for number in range(60):
            batch.put_item(Item={"id": str(number)})
    assert resource.Table("music").item_count == 60


def test_the_environment_sets_the_chances(monkeypatch: Any) -> None:
    monkeypatch.setenv("DYNAMODB_ERROR_PROBABILITY", "0.25")
    monkeypatch.setenv("DYNAMODB_READ_ERROR_PROBABILITY", "1")
    with mock_aws() as cloud:
        settings = cloud.settings
        assert settings.dynamodb_error_probability == 0.25
        assert settings.dynamodb_read_error_probability == 1.0
        assert settings.dynamodb_write_error_probability == 0.0
    monkeypatch.setenv("DYNAMODB_WRITE_ERROR_PROBABILITY", "2")
    with pytest.raises(ValueError, match="dynamodb_write_error_probability is a probability, from 0 to 1, not 2.0"):
        mock_aws().start()


def test_an_unlucky_call_changes_no_identifier(cloud: Any, dynamodb: Any, make_table: Make) -> None:
    """Chance has a stream of its own."""

    def table_ids(probability: float) -> list[str]:
        cloud.reset()
        cloud.settings.dynamodb_error_probability = probability
        made = []
        for name in ("one", "two"):
            made.append(make_table(name)["TableId"])
            dynamodb.batch_write_item(RequestItems={name: [{"PutRequest": {"Item": ITEM}}]})
        return made

    assert table_ids(0.0) == table_ids(0.5)
