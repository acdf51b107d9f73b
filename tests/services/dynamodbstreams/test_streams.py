"""Reading the changes of DynamoDB's tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from awsim import mock_aws

SESSION = boto3.Session("testing", "testing", region_name="us-east-1")


@pytest.fixture
def cloud() -> Iterator[Any]:
    with mock_aws(strict=True) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def clients() -> tuple[Any, Any]:
    return SESSION.client("dynamodb"), SESSION.client("dynamodbstreams")


@pytest.fixture
def dynamodb(cloud: Any, clients: tuple[Any, Any]) -> Any:
    return clients[0]


@pytest.fixture
def streams(cloud: Any, clients: tuple[Any, Any]) -> Any:
    return clients[1]


@pytest.fixture
def make_table(dynamodb: Any) -> Callable[..., str]:
    """The ARN of a new table's stream."""

    def make(name: str = "music", view_type: str = "NEW_AND_OLD_IMAGES") -> str:
        arn: str = dynamodb.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": view_type},
        )["TableDescription"]["LatestStreamArn"]
        return arn

    return make


def shard_of(streams: Any, arn: str) -> dict[str, Any]:
    shard: dict[str, Any] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]
    return shard


def iterator(streams: Any, arn: str, kind: str = "TRIM_HORIZON", **members: Any) -> str:
    shard_id = shard_of(streams, arn)["ShardId"]
    answer = streams.get_shard_iterator(StreamArn=arn, ShardId=shard_id, ShardIteratorType=kind, **members)
    text: str = answer["ShardIterator"]
    return text


def records(streams: Any, arn: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = streams.get_records(ShardIterator=iterator(streams, arn))["Records"]
    return found


def put(client: Any, name: str = "a", table: str = "music", **attributes: Any) -> None:
    client.put_item(TableName=table, Item={"id": {"S": name}, **attributes})


def test_each_change_is_a_record(dynamodb: Any, streams: Any, make_table: Callable[..., str]) -> None:
    arn = make_table()
    put(dynamodb, "my-item-id", attr1={"S": "value1"}, attr2={"S": "value2"})
    dynamodb.update_item(
        TableName="music",
        Key={"id": {"S": "my-item-id"}},
        UpdateExpression="SET attr1 = :v1, attr2 = :v2",
        ExpressionAttributeValues={":v1": {"S": "value2"}, ":v2": {"S": "value3"}},
    )
    dynamodb.delete_item(TableName="music", Key={"id": {"S": "my-item-id"}})
    found = records(streams, arn)
    keys = {"id": {"S": "my-item-id"}}
    one = {**keys, "attr1": {"S": "value1"}, "attr2": {"S": "value2"}}
    two = {**keys, "attr1": {"S": "value2"}, "attr2": {"S": "value3"}}
    changes = []
    for record in found:
        change = record.pop("dynamodb")
        assert len(record.pop("eventID")) == 32
        assert record == {
            "eventName": record["eventName"],
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-1",
        }
        assert change.pop("ApproximateCreationDateTime").microsecond == 0
        assert change.pop("StreamViewType") == "NEW_AND_OLD_IMAGES"
        changes.append((record["eventName"], change))
    numbers = [int(change.pop("SequenceNumber")) for _, change in changes]
    assert numbers == sorted(set(numbers))
    # The sizes are recorded from AWS.
    assert changes == [
        ("INSERT", {"Keys": keys, "NewImage": one, "SizeBytes": 46}),
        ("MODIFY", {"Keys": keys, "NewImage": two, "OldImage": one, "SizeBytes": 80}),
        ("REMOVE", {"Keys": keys, "OldImage": two, "SizeBytes": 46}),
    ]


@pytest.mark.parametrize(
    ("view_type", "images"),
    [
        ("KEYS_ONLY", set()),
        ("NEW_IMAGE", {"NewImage"}),
        ("OLD_IMAGE", {"OldImage"}),
        ("NEW_AND_OLD_IMAGES", {"NewImage", "OldImage"}),
    ],
)
def test_a_record_shows_what_its_view_type_says(
    dynamodb: Any, streams: Any, make_table: Callable[..., str], view_type: str, images: set[str]
) -> None:
    arn = make_table(view_type=view_type)
    put(dynamodb, x={"B": b"\x00"})
    put(dynamodb, x={"B": b"\x01"})
    change = records(streams, arn)[1]["dynamodb"]
    assert {name for name in change if name.endswith("Image")} == images
    if "OldImage" in images:
        assert change["OldImage"]["x"] == {"B": b"\x00"}


def test_a_write_that_changes_nothing_is_no_record(dynamodb: Any, streams: Any, make_table: Callable[..., str]) -> None:
    arn = make_table()
    put(dynamodb)
    put(dynamodb)
    dynamodb.update_item(TableName="music", Key={"id": {"S": "a"}})
    dynamodb.delete_item(TableName="music", Key={"id": {"S": "other"}})
    assert [record["eventName"] for record in records(streams, arn)] == ["INSERT"]


def test_a_set_in_another_order_is_no_change(dynamodb: Any, streams: Any, make_table: Callable[..., str]) -> None:
    arn = make_table()
    for members in (["1", "2"], ["2", "1"], ["2.0", "1"]):
        item = {"id": {"S": "a"}, "m": {"M": {"ns": {"NS": members}}}}
        dynamodb.put_item(TableName="music", Item=item)
    assert [record["eventName"] for record in records(streams, arn)] == ["INSERT"]


def test_a_stream_is_described(dynamodb: Any, streams: Any, make_table: Callable[..., str]) -> None:
    arn = make_table()
    described = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    del described["CreationRequestDateTime"]
    shard = described.pop("Shards")[0]
    assert described == {
        "StreamArn": arn,
        "StreamLabel": arn.partition("/stream/")[2],
        "StreamStatus": "ENABLED",
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        "TableName": "music",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    }
    assert set(shard) == {"ShardId", "SequenceNumberRange"}
    assert set(shard["SequenceNumberRange"]) == {"StartingSequenceNumber"}


def test_streams_are_listed(streams: Any, make_table: Callable[..., str]) -> None:
    arns = sorted(make_table(name) for name in ("one", "two", "three"))
    listed = streams.list_streams()["Streams"]
    assert [stream["StreamArn"] for stream in listed] == arns
    assert streams.list_streams(TableName="two")["Streams"] == [
        {"StreamArn": arns[2], "TableName": "two", "StreamLabel": arns[2].partition("/stream/")[2]}
    ]
    page = streams.list_streams(Limit=2)
    assert page["LastEvaluatedStreamArn"] == arns[1]
    rest = streams.list_streams(ExclusiveStartStreamArn=arns[1])
    assert [stream["StreamArn"] for stream in rest["Streams"]] == arns[2:]
    assert "LastEvaluatedStreamArn" not in rest


def test_iterators_begin_where_they_are_asked_to(dynamodb: Any, streams: Any, make_table: Callable[..., str]) -> None:
    arn = make_table()
    put(dynamodb, "a")
    put(dynamodb, "b")
    latest = iterator(streams, arn, "LATEST")
    put(dynamodb, "c")

    def read(text: str) -> list[str]:
        found = streams.get_records(ShardIterator=text)["Records"]
        return [record["dynamodb"]["Keys"]["id"]["S"] for record in found]

    number = records(streams, arn)[1]["dynamodb"]["SequenceNumber"]
    assert read(iterator(streams, arn)) == ["a", "b", "c"]
    assert read(latest) == ["c"]
    assert read(iterator(streams, arn, "AT_SEQUENCE_NUMBER", SequenceNumber=number)) == ["b", "c"]
    assert read(iterator(streams, arn, "AFTER_SEQUENCE_NUMBER", SequenceNumber=number)) == ["c"]


def test_records_come_in_pages(dynamodb: Any, streams: Any, make_table: Callable[..., str]) -> None:
    arn = make_table()
    for name in "abcde":
        put(dynamodb, name)
    found: list[str] = []
    text = iterator(streams, arn)
    for _ in range(3):
        answer = streams.get_records(ShardIterator=text, Limit=2)
        found += [record["dynamodb"]["Keys"]["id"]["S"] for record in answer["Records"]]
        text = answer["NextShardIterator"]
    assert found == list("abcde")
    assert streams.get_records(ShardIterator=text)["Records"] == []
    put(dynamodb, "f")
    assert len(streams.get_records(ShardIterator=text)["Records"]) == 1


def test_records_are_kept_for_a_day(cloud: Any, dynamodb: Any, streams: Any, make_table: Callable[..., str]) -> None:
    arn = make_table()
    put(dynamodb, "a")
    number = records(streams, arn)[0]["dynamodb"]["SequenceNumber"]
    cloud.clock.advance(hours=20)
    put(dynamodb, "b")
    cloud.clock.advance(hours=5)
    assert [record["dynamodb"]["Keys"]["id"]["S"] for record in records(streams, arn)] == ["b"]
    with pytest.raises(ClientError) as caught:
        iterator(streams, arn, "AT_SEQUENCE_NUMBER", SequenceNumber=number)
    assert caught.value.response["Error"]["Code"] == "TrimmedDataAccessException"


def test_an_iterator_is_good_for_a_quarter_of_an_hour(cloud: Any, streams: Any, make_table: Callable[..., str]) -> None:
    text = iterator(streams, make_table())
    cloud.clock.advance(minutes=16)
    with pytest.raises(ClientError) as caught:
        streams.get_records(ShardIterator=text)
    assert caught.value.response["Error"]["Code"] == "ExpiredIteratorException"


def test_a_disabled_stream_ends_and_goes_after_a_day(
    cloud: Any, dynamodb: Any, streams: Any, make_table: Callable[..., str]
) -> None:
    arn = make_table()
    put(dynamodb, "a")
    dynamodb.delete_table(TableName="music")
    described = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    assert described["StreamStatus"] == "DISABLED"
    ending = described["Shards"][0]["SequenceNumberRange"]["EndingSequenceNumber"]
    answer = streams.get_records(ShardIterator=iterator(streams, arn))
    assert [record["dynamodb"]["SequenceNumber"] for record in answer["Records"]] == [ending]
    assert "NextShardIterator" not in answer
    cloud.clock.advance(hours=25)
    assert streams.list_streams()["Streams"] == []


def test_a_stream_that_is_not_there_is_told(streams: Any) -> None:
    arn = "arn:aws:dynamodb:us-east-1:123456789012:table/music/stream/2024-11-18T14:36:44.149"
    with pytest.raises(ClientError) as caught:
        streams.describe_stream(StreamArn=arn)
    assert caught.value.response["Error"] == {
        "Code": "ResourceNotFoundException",
        "Message": f"Requested resource not found: Stream: {arn} not found",
    }
