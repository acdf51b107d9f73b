"""aws.transitions: resources that take their time, by the clock or by looks, because the test says so."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from awsim import Cloud, MisuseError, mock_aws

KEYS: dict[str, Any] = {
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
ITEM = {"id": {"S": "1"}}


def status(dynamodb: Any) -> str:
    return str(dynamodb.describe_table(TableName="things")["Table"]["TableStatus"])


def refusal(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    error = refused.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def test_without_a_rule_everything_settles_at_once(aws: Cloud) -> None:
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(TableName="things", **KEYS)
    assert status(dynamodb) == "ACTIVE"
    dynamodb.put_item(TableName="things", Item=ITEM)


def test_a_table_is_created_by_the_clock(aws: Cloud) -> None:
    aws.transitions.set("dynamodb.table", after_seconds=30)
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(TableName="things", **KEYS)
    aws.clock.advance(seconds=29)
    assert status(dynamodb) == "CREATING"
    assert (
        refusal(dynamodb.put_item, TableName="things", Item=ITEM)
        == "ResourceNotFoundException: Requested resource not found"
    )
    assert refusal(dynamodb.delete_table, TableName="things") == (
        "ResourceInUseException: Attempt to change a resource which is still in use: Table is being created: things"
    )
    aws.clock.advance(seconds=1)
    assert status(dynamodb) == "ACTIVE"
    dynamodb.put_item(TableName="things", Item=ITEM)


def test_a_table_is_deleted_by_the_clock(aws: Cloud) -> None:
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(TableName="things", **KEYS)
    aws.transitions.set("dynamodb", after_seconds=10)
    assert dynamodb.delete_table(TableName="things")["TableDescription"]["TableStatus"] == "DELETING"
    assert status(dynamodb) == "DELETING"
    assert dynamodb.list_tables()["TableNames"] == ["things"]
    assert refusal(dynamodb.create_table, TableName="things", **KEYS) == (
        "ResourceInUseException: Table already exists: things"
    )
    aws.clock.advance(seconds=10)
    assert dynamodb.list_tables()["TableNames"] == []
    dynamodb.create_table(TableName="things", **KEYS)


def test_an_updated_table_can_be_written_but_not_changed(aws: Cloud) -> None:
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(TableName="things", **KEYS)
    aws.transitions.set("dynamodb.table", after_calls=1)
    dynamodb.update_table(TableName="things", DeletionProtectionEnabled=True)
    dynamodb.put_item(TableName="things", Item=ITEM)
    assert refusal(dynamodb.update_table, TableName="things", DeletionProtectionEnabled=False) == (
        "ResourceInUseException: Attempt to change a resource which is still in use: Table is being updated: things"
    )
    assert [status(dynamodb), status(dynamodb)] == ["UPDATING", "ACTIVE"]


def test_so_many_looks_see_the_state_and_the_next_sees_it_settled(aws: Cloud) -> None:
    aws.transitions.set("dynamodb.table", after_calls=3)
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(TableName="things", **KEYS)
    assert [status(dynamodb) for _ in range(4)] == ["CREATING", "CREATING", "CREATING", "ACTIVE"]
    dynamodb.delete_table(TableName="things")
    assert [status(dynamodb) for _ in range(3)] == ["DELETING", "DELETING", "DELETING"]
    assert refusal(dynamodb.describe_table, TableName="things") == (
        "ResourceNotFoundException: Requested resource not found: Table: things not found"
    )


@pytest.mark.parametrize("rule", [{"after_seconds": 100}, {"after_calls": 4}], ids=str)
def test_waiters_see_it_through_without_sleeping(aws: Cloud, rule: dict[str, Any]) -> None:
    aws.transitions.set("dynamodb.table", **rule)
    dynamodb = aws.client("dynamodb")
    dynamodb.create_table(TableName="things", **KEYS)
    dynamodb.get_waiter("table_exists").wait(TableName="things")
    assert status(dynamodb) == "ACTIVE"
    dynamodb.delete_table(TableName="things")
    dynamodb.get_waiter("table_not_exists").wait(TableName="things")
    assert dynamodb.list_tables()["TableNames"] == []


def test_removed_rules_leave_what_is_under_way(aws: Cloud) -> None:
    dynamodb = aws.client("dynamodb")
    aws.transitions.set("dynamodb.table", after_seconds=5)
    dynamodb.create_table(TableName="things", **KEYS)
    aws.transitions.remove("dynamodb.table")
    dynamodb.create_table(TableName="others", **KEYS)
    assert status(dynamodb) == "CREATING"
    assert dynamodb.describe_table(TableName="others")["Table"]["TableStatus"] == "ACTIVE"
    assert list(aws.transitions) == []


def test_forks_and_files_have_what_is_under_way(aws: Cloud, tmp_path: Any) -> None:
    aws.transitions.set("dynamodb.table", after_seconds=60)
    aws.client("dynamodb").create_table(TableName="things", **KEYS)
    aws.save(tmp_path / "state.json")
    loaded = Cloud()
    loaded.load(tmp_path / "state.json")
    for world in (aws.fork(), loaded):
        dynamodb = world.client("dynamodb")
        assert status(dynamodb) == "CREATING"
        world.clock.advance(minutes=1)
        assert status(dynamodb) == "ACTIVE"
    assert status(aws.client("dynamodb")) == "CREATING"


def test_a_reset_cloud_has_no_rules() -> None:
    with mock_aws() as aws:
        aws.transitions.set("dynamodb.table", after_seconds=60)
        aws.reset()
        aws.client("dynamodb").create_table(TableName="things", **KEYS)
        assert status(aws.client("dynamodb")) == "ACTIVE"


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        (
            "dynamodb.tabel",
            {"after_seconds": 1},
            "awsim has no 'dynamodb.tabel' that passes through states. Did you mean table?",
        ),
        ("sqs.queue", {"after_seconds": 1}, "awsim has nothing of 'sqs' that passes through states"),
        ("dynamo.table", {"after_seconds": 1}, "AWS has no service 'dynamo'. Did you mean dynamodb?"),
        (
            "dynamodb::table",
            {"after_seconds": 1},
            "AWS has no service 'dynamodb::table'. Did you mean dynamodb.table?",
        ),
        ("dynamodb.table", {}, "say how long it takes: after_seconds= or after_calls=, one of both"),
        (
            "dynamodb.table",
            {"after_seconds": 1, "after_calls": 1},
            "say how long it takes: after_seconds= or after_calls=, one of both",
        ),
        ("dynamodb.table", {"after_seconds": -1}, "after_seconds= is at least 0, not -1"),
        (
            "dynamodb.table",
            {"after_calls": 0},
            "after_calls= is how many calls still see the old state, at least 1, not 0",
        ),
    ],
    ids=str,
)
def test_a_rule_that_cannot_be_is_refused_and_changes_nothing(
    aws: Cloud, kind: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(MisuseError) as refused:
        aws.transitions.set(kind, **options)
    assert str(refused.value) == message
    assert list(aws.transitions) == []
