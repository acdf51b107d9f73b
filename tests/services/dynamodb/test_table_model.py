"""A table with a global index against a plain Python model, in any sequence of operations."""

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

    @rule(group=st.sampled_from(["g", "h"]), page=st.sampled_from([None, 1, 3]))
    def query_index(self, group: str, page: int | None) -> None:
        members = {"PaginationConfig": {"PageSize": page}} if page else {}
        pages = CLIENT.get_paginator("query").paginate(
            TableName="music",
            IndexName="byg",
            KeyConditionExpression="g = :g",
            ExpressionAttributeValues={":g": {"S": group}},
            **members,
        )
        found = [item for one in pages for item in one["Items"]]
        entries = [item for item in self.items.values() if item.get("g") == {"S": group} and "rank" in item]
        projected = [{name: value for name, value in item.items() if name != "x"} for item in entries]
        assert sorted(map(repr, found)) == sorted(
            repr({name: item[name] for name in found_names})
            for item in projected
            for found_names in [next(list(one) for one in found if one["id"] == item["id"] and one["nr"] == item["nr"])]
        )
        found_ranks = [Decimal(item["rank"]["N"]) for item in found]
        assert found_ranks == sorted(found_ranks)

    @rule(segments=st.integers(1, 3))
    def scan(self, segments: int) -> None:
        found = [
            item
            for segment in range(segments)
            for item in CLIENT.scan(TableName="music", TotalSegments=segments, Segment=segment)["Items"]
        ]
        assert len(found) == len(self.items)
        assert {(item["id"]["S"], item["nr"]["N"]): item for item in found} == self.items

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


@pytest.fixture(autouse=True)
def transport() -> None:
    """The sequences are long enough in one transport."""


def test_a_table_answers_as_its_model_does() -> None:
    run_state_machine_as_test(TableMachine, settings=settings(max_examples=25, stateful_step_count=30, deadline=None))
