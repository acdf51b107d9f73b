"""Items that expire."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from awsim.context import RequestContext

Make = Callable[..., dict[str, Any]]
Invalid = Callable[..., str]
Advance = Callable[[float], None]


@pytest.fixture
def music(dynamodb: Any, make_table: Make) -> Any:
    make_table(StreamSpecification={"StreamEnabled": True, "StreamViewType": "OLD_IMAGE"})
    enable(dynamodb)
    return dynamodb


def enable(client: Any, enabled: bool = True, name: str = "expires") -> Any:
    return client.update_time_to_live(
        TableName="music", TimeToLiveSpecification={"Enabled": enabled, "AttributeName": name}
    )


def item(name: str, seconds: float) -> dict[str, Any]:
    return {"id": {"S": name}, "expires": {"N": str(int(time.time() + seconds))}}


def test_an_item_goes_when_its_time_has_come(music: Any, advance: Advance, contents: Any) -> None:
    soon, later = item("soon", 100), item("later", 200)
    for one in (later, soon, {"id": {"S": "never"}, "expires": {"S": "100"}}):
        music.put_item(TableName="music", Item=one)
    advance(50)
    assert len(contents()) == 3
    advance(60)
    assert [one["id"]["S"] for one in contents()] == ["later", "never"]
    advance(100)
    assert [one["id"]["S"] for one in contents()] == ["never"]


def test_an_item_whose_time_changes_stays(music: Any, advance: Advance, contents: Any) -> None:
    music.put_item(TableName="music", Item=item("a", 100))
    music.put_item(TableName="music", Item=item("b", 100))
    music.put_item(TableName="music", Item=item("a", 500))
    music.update_item(TableName="music", Key={"id": {"S": "b"}}, UpdateExpression="REMOVE expires")
    advance(200)
    assert [one["id"]["S"] for one in contents()] == ["a", "b"]
    advance(400)
    assert contents() == [{"id": {"S": "b"}}]


def test_what_expired_long_ago_stays_for_two_days_or_for_ever(music: Any, advance: Advance, contents: Any) -> None:
    music.put_item(TableName="music", Item=item("past", -100))
    music.put_item(TableName="music", Item={"id": {"S": "ancient"}, "expires": {"N": "100"}})
    advance(47 * 3600)
    assert len(contents()) == 2
    advance(2 * 3600)
    assert [one["id"]["S"] for one in contents()] == ["ancient"]


def test_items_that_are_there_when_it_is_enabled_expire_too(
    dynamodb: Any, make_table: Make, advance: Advance, contents: Any
) -> None:
    make_table()
    dynamodb.put_item(TableName="music", Item=item("a", 100))
    enable(dynamodb)
    advance(150)
    assert contents() == []


def test_the_stream_says_who_deleted(cloud: Any, music: Any, advance: Advance) -> None:
    music.put_item(TableName="music", Item=item("a", 100))
    advance(150)
    streams = cloud.client("dynamodbstreams")
    arn = streams.list_streams(TableName="music")["Streams"][0]["StreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")
    records = streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]
    assert [record["eventName"] for record in records] == ["INSERT", "REMOVE"]
    assert "userIdentity" not in records[0]
    assert records[1]["userIdentity"] == {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}


def test_the_kinesis_record_says_who_deleted(music: Any, advance: Advance, monkeypatch: pytest.MonkeyPatch) -> None:
    put: list[dict[str, Any]] = []

    class Kinesis:
        def put_record(self, **members: Any) -> None:
            put.append(json.loads(members["Data"]))

    monkeypatch.setattr(RequestContext, "client", lambda self, name, **members: Kinesis())
    stream = "arn:aws:kinesis:us-east-1:123456789012:stream/changes"
    music.enable_kinesis_streaming_destination(TableName="music", StreamArn=stream)
    music.put_item(TableName="music", Item=item("a", 100))
    advance(150)
    assert [(record["eventName"], record["userIdentity"]) for record in put] == [
        ("INSERT", None),
        ("REMOVE", {"type": "Service", "principalId": "dynamodb.amazonaws.com"}),
    ]


def test_the_setting_is_described_and_changed_once_an_hour(
    dynamodb: Any, make_table: Make, invalid: Invalid, advance: Advance
) -> None:
    make_table()

    def described() -> Any:
        return dynamodb.describe_time_to_live(TableName="music")["TimeToLiveDescription"]

    assert described() == {"TimeToLiveStatus": "DISABLED"}
    assert invalid(enable, client=dynamodb, enabled=False) == "TimeToLive is already disabled"
    assert enable(dynamodb)["TimeToLiveSpecification"] == {"Enabled": True, "AttributeName": "expires"}
    assert described() == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
    assert invalid(enable, client=dynamodb) == "TimeToLive is already enabled"
    assert invalid(enable, client=dynamodb, name="other") == (
        "TimeToLive is active on a different AttributeName: current AttributeName is expires"
    )
    too_soon = "Time to live has been modified multiple times within a fixed interval"
    assert invalid(enable, client=dynamodb, enabled=False) == too_soon
    advance(3600)
    enable(dynamodb, enabled=False)
    assert described() == {"TimeToLiveStatus": "DISABLED"}
    assert invalid(enable, client=dynamodb, enabled=False) == "TimeToLive is already disabled"
    assert invalid(enable, client=dynamodb) == too_soon
