"""Under threads every operation is as if alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

Make = Callable[..., dict[str, Any]]


def test_counting_from_many_threads_loses_nothing(dynamodb: Any, make_table: Make) -> None:
    make_table()
    add = {
        "TableName": "music",
        "Key": {"id": {"S": "a"}},
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(lambda: [dynamodb.update_item(**add) for _ in range(100)]) for _ in range(8)]:
            done.result()
    assert dynamodb.get_item(TableName="music", Key=add["Key"])["Item"]["n"] == {"N": "800"}


def test_of_many_racing_for_one_condition_one_wins(dynamodb: Any, make_table: Make) -> None:
    make_table()
    barrier = threading.Barrier(50)

    def race(number: int) -> bool:
        barrier.wait()
        try:
            dynamodb.put_item(
                TableName="music",
                Item={"id": {"S": "a"}, "winner": {"N": str(number)}},
                ConditionExpression="attribute_not_exists(id)",
            )
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    with ThreadPoolExecutor(50) as pool:
        won = list(pool.map(race, range(50)))
    assert won.count(True) == 1
    winner = dynamodb.get_item(TableName="music", Key={"id": {"S": "a"}})["Item"]["winner"]
    assert winner == {"N": str(won.index(True))}


def test_nobody_sees_a_part_of_a_transaction(dynamodb: Any, make_table: Make) -> None:
    make_table()
    keys = [{"id": {"S": name}} for name in ("a", "b")]
    stop = threading.Event()
    torn = []

    def read() -> None:
        while not stop.is_set():
            answer = dynamodb.transact_get_items(
                TransactItems=[{"Get": {"TableName": "music", "Key": key}} for key in keys]
            )
            seen = {repr(response.get("Item", {}).get("n")) for response in answer["Responses"]}
            if len(seen) > 1:
                torn.append(seen)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for number in range(60):
            dynamodb.transact_write_items(
                TransactItems=[
                    {"Put": {"TableName": "music", "Item": {**key, "n": {"N": str(number)}}}} for key in keys
                ]
            )
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert torn == []
