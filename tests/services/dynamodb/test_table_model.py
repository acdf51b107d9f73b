"""A table with a local and a global index against a plain Python model, in any sequence of operations."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from awsim import mock_aws

CLIENT = boto3.Session("testing", "testing", region_name="us-east-1").client("dynamodb")

ids = st.sampled_from(["a", "b", "ü"])
numbers = st.sampled_from(["-10", "-2", "0", "0.5", "3", "20"])
groups = st.sampled_from([None, "g", "h"])
ranks = st.sampled_from([None, "1", "2", "10"])


def item_of(id_: str, number: str, group: str | None, rank: str | None, extra: str) -> dict[str, Any]:
    item: dict[str, Any] = {"id": {"S": id_}, "nr": {"N": number}, "x": {"S": extra}}
    if group is not None:
        item["g"] = {"S": group}
    if rank is not None:
        item["rank"] = {"N": rank}
    return item


class TableMachine(RuleBasedStateMachine):
    """The model is a dict of items by key; what the table answers is worked out from it by sorting."""

    def __init__(self) -> None:
        super().__init__()
        self.mock = mock_aws()
        self.cloud = self.mock.start()
        self.items: dict[tuple[str, str], dict[str, Any]] = {}

    def teardown(self) -> None:
        self.mock.stop()

    @initialize()
    def create(self) -> None:
        CLIENT.create_table(
            TableName="music",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": type_}
                for name, type_ in (("id", "S"), ("nr", "N"), ("g", "S"), ("rank", "N"))
            ],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "nr", "KeyType": "RANGE"}],
            BillingMode="PAY_PER_REQUEST",
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "byg",
                    "KeySchema": [
                        {"AttributeName": "g", "KeyType": "HASH"},
                        {"AttributeName": "rank", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
            LocalSecondaryIndexes=[
                {
                    "IndexName": "byrank",
                    "KeySchema": [
                        {"AttributeName": "id", "KeyType": "HASH"},
                        {"AttributeName": "rank", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]},
                }
            ],
        )

    @rule(id_=ids, number=numbers, group=groups, rank=ranks, extra=st.sampled_from(["p", "q"]))
    def put(self, id_: str, number: str, group: str | None, rank: str | None, extra: str) -> None:
        item = item_of(id_, number, group, rank, extra)
        answer = CLIENT.put_item(TableName="music", Item=item, ReturnValues="ALL_OLD")
        assert answer.get("Attributes") == self.items.get((id_, number))
        self.items[id_, number] = item

    @rule(id_=ids, number=numbers)
    def delete(self, id_: str, number: str) -> None:
        answer = CLIENT.delete_item(
            TableName="music", Key={"id": {"S": id_}, "nr": {"N": number}}, ReturnValues="ALL_OLD"
        )
        assert answer.get("Attributes") == self.items.pop((id_, number), None)

    @rule(id_=ids, number=numbers, group=groups, rank=ranks)
    def update(self, id_: str, number: str, group: str | None, rank: str | None) -> None:
        values: dict[str, Any] = {}
        sets, removes = [], []
        for name, type_, value in (("g", "S", group), ("rank", "N", rank)):
            if value is None:
                removes.append(f"#{name}")
            else:
                values[f":{name}"] = {type_: value}
                sets.append(f"#{name} = :{name}")
        text = (f"SET {', '.join(sets)} " if sets else "") + (f"REMOVE {', '.join(removes)}" if removes else "")
        members = {"ExpressionAttributeValues": values} if values else {}
        key = {"id": {"S": id_}, "nr": {"N": number}}
        answer = CLIENT.update_item(
            TableName="music",
            Key=key,
            UpdateExpression=text,
            ExpressionAttributeNames={"#g": "g", "#rank": "rank"},
            ReturnValues="ALL_NEW",
            **members,
        )
        if not values and (id_, number) not in self.items:
            assert "Attributes" not in answer
            return
        item = dict(self.items.get((id_, number), key))
        for name in ("g", "rank"):
            item.pop(name, None)
            if f":{name}" in values:
                item[name] = values[f":{name}"]
        self.items[id_, number] = item
        assert answer["Attributes"] == item

    @rule(id_=ids, number=numbers, other=ids)
    def put_in_transaction(self, id_: str, number: str, other: str) -> None:
        """Puts one item if another is there."""
        item = item_of(id_, number, "g", "1", "t")
        check_key = {"id": {"S": other}, "nr": {"N": "3"}}
        actions = [
            {"Put": {"TableName": "music", "Item": item}},
            {"ConditionCheck": {"TableName": "music", "Key": check_key, "ConditionExpression": "attribute_exists(id)"}},
        ]
        if (id_, number) == (other, "3"):
            with pytest.raises(ClientError, match="cannot include multiple operations on one item"):
                CLIENT.transact_write_items(TransactItems=actions)
        elif (other, "3") in self.items:
            CLIENT.transact_write_items(TransactItems=actions)
            self.items[id_, number] = item
        else:
            with pytest.raises(ClientError, match=r"\[None, ConditionalCheckFailed\]"):
                CLIENT.transact_write_items(TransactItems=actions)

    @rule(id_=ids, low=numbers, forward=st.booleans(), page=st.sampled_from([None, 1, 2]))
    def query(self, id_: str, low: str, forward: bool, page: int | None) -> None:
        members = {"PaginationConfig": {"PageSize": page}} if page else {}
        pages = CLIENT.get_paginator("query").paginate(
            TableName="music",
            KeyConditionExpression="id = :id AND nr >= :low",
            ExpressionAttributeValues={":id": {"S": id_}, ":low": {"N": low}},
            ScanIndexForward=forward,
            **members,
        )
        found = [item for one in pages for item in one["Items"]]
        wanted = [key for key in self.items if key[0] == id_ and Decimal(key[1]) >= Decimal(low)]
        wanted.sort(key=lambda key: Decimal(key[1]), reverse=not forward)
        assert found == [self.items[key] for key in wanted]

    @rule(
        id_=ids, number=numbers, amount=st.sampled_from(["1", "-0.5", "1E+3"]), wanted=st.sampled_from(["NEW", "OLD"])
    )
    def count(self, id_: str, number: str, amount: str, wanted: str) -> None:
        """Adds to a number and to a list; either may not be there yet."""
        before = self.items.get((id_, number))
        item = dict(before or {"id": {"S": id_}, "nr": {"N": number}})
        answer = CLIENT.update_item(
            TableName="music",
            Key={"id": {"S": id_}, "nr": {"N": number}},
            UpdateExpression="ADD n :a SET l = list_append(if_not_exists(l, :none), :one)",
            ExpressionAttributeValues={":a": {"N": amount}, ":none": {"L": []}, ":one": {"L": [{"N": "1"}]}},
            ReturnValues=f"UPDATED_{wanted}",
        )
        total = Decimal(item.get("n", {"N": "0"})["N"]) + Decimal(amount)
        item["n"] = {"N": f"{total.normalize():f}"}
        item["l"] = {"L": [*item.get("l", {"L": []})["L"], {"N": "1"}]}
        self.items[id_, number] = item
        shown = item if wanted == "NEW" else before or {}
        assert answer.get("Attributes", {}) == {name: shown[name] for name in ("n", "l") if name in shown}

    @rule(id_=ids, number=numbers, rank=st.sampled_from(["1", "2"]))
    def change_if_ranked(self, id_: str, number: str, rank: str) -> None:
        """A condition on the item as it was; the refusal shows it."""
        members = {
            "TableName": "music",
            "Key": {"id": {"S": id_}, "nr": {"N": number}},
            "UpdateExpression": "SET x = :x REMOVE g",
            "ConditionExpression": "#rank <= :rank AND NOT x IN (:x, :q)",
            "ExpressionAttributeNames": {"#rank": "rank"},
            "ExpressionAttributeValues": {":x": {"S": "c"}, ":rank": {"N": rank}, ":q": {"S": "q"}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        item = self.items.get((id_, number), {})
        # What has no x is in no list.
        fits = (
            "rank" in item
            and Decimal(item["rank"]["N"]) <= Decimal(rank)
            and item.get("x") not in ({"S": "c"}, {"S": "q"})
        )
        if not fits:
            with pytest.raises(ClientError, match="conditional request failed") as caught:
                CLIENT.update_item(**members)
            assert caught.value.response.get("Item", {}) == item
            return
        CLIENT.update_item(**members)
        self.items[id_, number] = {**{name: value for name, value in item.items() if name != "g"}, "x": {"S": "c"}}

    @rule(keys=st.lists(st.tuples(ids, numbers, st.booleans()), min_size=1, max_size=6, unique_by=lambda key: key[:2]))
    def write_batch(self, keys: list[tuple[str, str, bool]]) -> None:
        """Puts some items and deletes others."""
        requests = []
        for id_, number, is_put in keys:
            if is_put:
                item = item_of(id_, number, "h", number if number in ("3", "20") else None, "b")
                requests.append({"PutRequest": {"Item": item}})
                self.items[id_, number] = item
            else:
                requests.append({"DeleteRequest": {"Key": {"id": {"S": id_}, "nr": {"N": number}}}})
                self.items.pop((id_, number), None)
        assert CLIENT.batch_write_item(RequestItems={"music": requests})["UnprocessedItems"] == {}

    @rule(gone=st.tuples(ids, numbers), kept=st.tuples(ids, numbers))
    def change_two_in_transaction(self, gone: tuple[str, str], kept: tuple[str, str]) -> None:
        """Deletes one item and changes another, if both are there."""
        if gone == kept:
            return
        keys = [{"id": {"S": id_}, "nr": {"N": number}} for id_, number in (gone, kept)]
        there = "attribute_exists(id)"
        actions = [
            {"Delete": {"TableName": "music", "Key": keys[0], "ConditionExpression": there}},
            {
                "Update": {
                    "TableName": "music",
                    "Key": keys[1],
                    "ConditionExpression": there,
                    "UpdateExpression": "SET x = :m, #rank = :r",
                    "ExpressionAttributeNames": {"#rank": "rank"},
                    "ExpressionAttributeValues": {":m": {"S": "m"}, ":r": {"N": "2"}},
                }
            },
        ]
        missing = [key not in self.items for key in (gone, kept)]
        if any(missing):
            codes = ", ".join("ConditionalCheckFailed" if one else "None" for one in missing)
            with pytest.raises(ClientError, match=rf"\[{codes}\]"):
                CLIENT.transact_write_items(TransactItems=actions)
            return
        CLIENT.transact_write_items(TransactItems=actions)
        del self.items[gone]
        self.items[kept] = {**self.items[kept], "x": {"S": "m"}, "rank": {"N": "2"}}

    @rule(group=st.sampled_from(["g", "h"]), page=st.sampled_from([None, 1, 3]), forward=st.booleans())
    def query_index(self, group: str, page: int | None, forward: bool) -> None:
        asked = {
            "TableName": "music",
            "IndexName": "byg",
            "KeyConditionExpression": "g = :g",
            "ExpressionAttributeValues": {":g": {"S": group}},
        }
        members = {"PaginationConfig": {"PageSize": page}} if page else {}
        pages = CLIENT.get_paginator("query").paginate(**asked, ScanIndexForward=forward, **members)
        found = [item for one in pages for item in one["Items"]]
        kept = ("id", "nr", "g", "rank")
        entries = {
            key: {name: item[name] for name in kept}
            for key, item in self.items.items()
            if item.get("g") == {"S": group} and "rank" in item
        }
        assert {(item["id"]["S"], item["nr"]["N"]): item for item in found} == entries
        assert len(found) == len(entries)
        ranks = [Decimal(item["rank"]["N"]) for item in found]
        assert ranks == sorted(ranks, reverse=not forward)
        # However it is cut, and whichever way: one order.
        whole = CLIENT.query(**asked)["Items"]
        assert found == (whole if forward else whole[::-1])

    @rule(id_=ids, rank=st.sampled_from(["1", "3"]), page=st.sampled_from([None, 1, 2]), forward=st.booleans())
    def query_local_index(self, id_: str, rank: str, page: int | None, forward: bool) -> None:
        members = {"PaginationConfig": {"PageSize": page}} if page else {}
        pages = CLIENT.get_paginator("query").paginate(
            TableName="music",
            IndexName="byrank",
            KeyConditionExpression="id = :id AND #rank >= :rank",
            ExpressionAttributeNames={"#rank": "rank"},
            ExpressionAttributeValues={":id": {"S": id_}, ":rank": {"N": rank}},
            ScanIndexForward=forward,
            **members,
        )
        found = [item for one in pages for item in one["Items"]]
        wanted = [
            item
            for key, item in self.items.items()
            if key[0] == id_ and "rank" in item and Decimal(item["rank"]["N"]) >= Decimal(rank)
        ]
        wanted.sort(key=lambda item: (Decimal(item["rank"]["N"]), Decimal(item["nr"]["N"])), reverse=not forward)
        assert found == [{name: item[name] for name in ("id", "nr", "rank", "x") if name in item} for item in wanted]

    @rule(segments=st.integers(1, 3), page=st.sampled_from([None, 1, 2]))
    def scan(self, segments: int, page: int | None) -> None:
        members = {"PaginationConfig": {"PageSize": page}} if page else {}
        found = [
            item
            for segment in range(segments)
            for one in CLIENT.get_paginator("scan").paginate(
                TableName="music", TotalSegments=segments, Segment=segment, **members
            )
            for item in one["Items"]
        ]
        assert len(found) == len(self.items)
        assert {(item["id"]["S"], item["nr"]["N"]): item for item in found} == self.items

    @rule(limit=st.integers(1, 4))
    def scan_with_a_filter(self, limit: int) -> None:
        """The filter comes after the limit: every page but the last has looked at as many items as it may."""
        asked: dict[str, Any] = {
            "TableName": "music",
            "FilterExpression": "x = :x",
            "ExpressionAttributeValues": {":x": {"S": "p"}},
            "Limit": limit,
        }
        found, scanned = [], 0
        while True:
            answer = CLIENT.scan(**asked)
            assert answer["Count"] == len(answer["Items"])
            found += answer["Items"]
            scanned += answer["ScannedCount"]
            if "LastEvaluatedKey" not in answer:
                break
            assert answer["ScannedCount"] == limit
            asked["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        assert scanned == len(self.items)
        assert sorted(map(repr, (item["nr"] for item in found))) == sorted(
            repr(item["nr"]) for item in self.items.values() if item.get("x") == {"S": "p"}
        )

    @rule()
    def go_through_a_snapshot(self) -> None:
        snapshot = self.cloud.snapshot()
        CLIENT.put_item(TableName="music", Item=item_of("lost", "1", "g", "1", "x"))
        self.cloud.restore(snapshot)

    @invariant()
    def the_table_counts_its_items(self) -> None:
        if not self.cloud.stores and not self.items:
            return
        table = CLIENT.describe_table(TableName="music")["Table"]
        assert table["ItemCount"] == len(self.items)
        indexed = sum("g" in item and "rank" in item for item in self.items.values())
        assert table["GlobalSecondaryIndexes"][0]["ItemCount"] == indexed
        ranked = sum("rank" in item for item in self.items.values())
        assert table["LocalSecondaryIndexes"][0]["ItemCount"] == ranked


@pytest.fixture(autouse=True)
def transport() -> None:
    """The sequences are long enough in one transport."""


def test_a_table_answers_as_its_model_does() -> None:
    run_state_machine_as_test(TableMachine, settings=settings(max_examples=25, stateful_step_count=30, deadline=None))
