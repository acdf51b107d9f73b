"""What DynamoDB's tables cost as they grow: queries, puts, memory, and scans against moto's."""

from __future__ import annotations

import importlib.util
import json
import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from awsim import mock_aws
from benchmarks.calls import client

if TYPE_CHECKING:
    from benchmarks.report import Report

PARTITION = 10


def measure(report: Report, with_moto: bool) -> None:
    """Every bar of DynamoDB's beside single calls."""
    report.at_most("Query, table of 1,000,000 items over one of 1,000", 1.25, "x", query_ratio)
    report.at_most("PutItem, table of 100,000 items over an empty one", 1.25, "x", put_ratio)
    report.at_most("memory an item takes beyond twice its wire size", 600, "bytes", bytes_per_item)
    if with_moto and importlib.util.find_spec("moto") is not None:
        report.at_most("Scan of 1,000 items over moto's", 0.05, "x", scan_ratio)


def query_ratio(large: int = 1_000_000, small: int = 1_000, rounds: int = 300) -> float:
    """A Query of a partition of ten items in a large table over that in a small one, in turn, medians."""
    with mock_aws() as cloud:
        dynamodb = client("dynamodb")
        for name, count in (("large", large), ("small", small)):
            _create(dynamodb, name, ranged=True)
            _fill_directly(cloud, name, count)

        def query(name: str) -> None:
            answer = dynamodb.query(
                TableName=name,
                KeyConditionExpression="id = :id",
                ExpressionAttributeValues={":id": {"S": "partition-7"}},
            )
            assert answer["Count"] == PARTITION

        return _ratio(lambda: query("large"), lambda: query("small"), rounds)


def put_ratio(large: int = 100_000, rounds: int = 500) -> float:
    """A PutItem of a new item into a large table over that into an empty one, in turn, medians."""
    with mock_aws() as cloud:
        dynamodb = client("dynamodb")
        for name in ("large", "small"):
            _create(dynamodb, name, ranged=True)
        _fill_directly(cloud, "large", large)
        numbers = iter(range(10**9))

        def put(name: str) -> None:
            dynamodb.put_item(TableName=name, Item={"id": {"S": f"new-{next(numbers)}"}, "nr": {"N": "1"}})

        return _ratio(lambda: put("large"), lambda: put("small"), rounds)


def bytes_per_item(count: int = 20_000) -> float:
    """Memory that an item takes beyond twice its size on the wire."""
    with mock_aws() as cloud:
        _create(client("dynamodb"), "measured", ranged=True)
        tracemalloc.start()
        _fill_directly(cloud, "measured", count)
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    wire = sum(len(json.dumps(_item(number), separators=(",", ":"))) for number in range(count))
    return (size - 2 * wire) / count


def scan_ratio(count: int = 1_000, rounds: int = 15) -> float:
    """A Scan of a table of 1,000 items over moto's, medians."""
    import moto

    return _scan_seconds(mock_aws(), count, rounds) / _scan_seconds(moto.mock_aws(), count, 5)


def _scan_seconds(mock: Any, count: int, rounds: int) -> float:
    with mock:
        dynamodb = client("dynamodb")
        _create(dynamodb, "scanned")
        for number in range(0, count, 25):
            requests = [{"PutRequest": {"Item": _item(number + more)}} for more in range(25)]
            dynamodb.batch_write_item(RequestItems={"scanned": requests})
        figures = []
        for _ in range(rounds):
            before = time.perf_counter()
            answer = dynamodb.scan(TableName="scanned")
            figures.append(time.perf_counter() - before)
        assert answer["Count"] == count
    return statistics.median(figures)


def _ratio(subject: Callable[[], None], floor: Callable[[], None], rounds: int) -> float:
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds + 20):
        for call, figures in zip((subject, floor), times, strict=True):
            before = time.perf_counter()
            call()
            if turn >= 20:
                figures.append(time.perf_counter() - before)
    return statistics.median(times[0]) / statistics.median(times[1])


def _create(dynamodb: Any, name: str, *, ranged: bool = False) -> None:
    keys = [("id", "S", "HASH"), ("nr", "N", "RANGE")] if ranged else [("id", "S", "HASH")]
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": role} for key, _, role in keys],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": type_} for key, type_, _ in keys],
        BillingMode="PAY_PER_REQUEST",
    )


def _item(number: int) -> dict[str, Any]:
    return {
        "id": {"S": f"item-{number:07}"},
        "nr": {"N": str(number)},
        "title": {"S": "x" * 40},
        "tags": {"SS": ["a", "b"]},
        "more": {"M": {"text": {"S": "y" * 20}, "flag": {"BOOL": True}}},
    }


def _fill_directly(cloud: Any, name: str, count: int) -> None:
    """Put partitions of ten items where PutItem would: a million calls would take minutes."""
    from awsim.services.dynamodb.models import DynamoDbStore

    table = cloud.store(DynamoDbStore, cloud.settings.account_id, "us-east-1").tables[name]
    for number in range(count):
        partition, rank = divmod(number, PARTITION)
        item = {**_item(number), "id": {"S": f"partition-{partition}"}, "nr": {"N": str(rank)}}
        table.replace(table.schema.key_of(item), None, item)
