"""State lives on the Cloud: scoped, forked, snapshotted, saved and dropped as a whole."""

from __future__ import annotations

import functools
import json
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awsim import Cloud, MisuseError, Settings, mock_aws
from awsim.snapshot import SnapshotError
from awsim.state_format import new_converter, write_stores
from awsim.stores import Scope, Store


@attrs.define
class RegionStore(Store):
    items: list[str] = attrs.Factory(list)


@attrs.define
class AccountStore(Store):
    scope: ClassVar[Scope] = Scope.ACCOUNT
    items: list[str] = attrs.Factory(list)


@attrs.define
class PartitionStore(Store):
    scope: ClassVar[Scope] = Scope.PARTITION
    items: list[str] = attrs.Factory(list)


def test_a_store_reaches_as_far_as_its_scope() -> None:
    cloud = Cloud()
    one, two = "111111111111", "222222222222"
    assert cloud.store(RegionStore, one, "us-east-1") is cloud.store(RegionStore, one, "us-east-1")
    assert cloud.store(RegionStore, one, "us-east-1") is not cloud.store(RegionStore, one, "us-west-2")
    assert cloud.store(AccountStore, one, "us-east-1") is cloud.store(AccountStore, one, "us-west-2")
    assert cloud.store(AccountStore, one, "us-east-1") is not cloud.store(AccountStore, two, "us-east-1")
    assert cloud.store(PartitionStore, one, "us-east-1") is cloud.store(PartitionStore, two, "eu-west-1")
    assert cloud.store(PartitionStore, one, "us-east-1") is not cloud.store(PartitionStore, one, "cn-north-1")


@attrs.define
class CountingStore(Store):
    counts: Counter[str] = attrs.Factory(Counter)


@given(st.lists(st.tuples(st.sampled_from(["parent", "child", "fork", "snapshot", "restore"]), st.text(max_size=3))))
def test_forks_and_snapshots_never_see_each_others_changes(steps: list[tuple[str, str]]) -> None:
    parent, child = Cloud(), Cloud()
    parent_items: list[str] = []
    child_items: list[str] = []
    kept: Any = None
    kept_items: list[str] = []

    def items(cloud: Cloud) -> list[str]:
        return cloud.store(RegionStore, "111111111111", "us-east-1").items

    for step, text in steps:
        if step == "parent":
            items(parent).append(text)
            parent_items.append(text)
        elif step == "child":
            items(child).append(text)
            child_items.append(text)
        elif step == "fork":
            child, child_items = parent.fork(), list(parent_items)
        elif step == "snapshot":
            kept, kept_items = parent.snapshot(), list(parent_items)
        elif kept is not None:
            parent.restore(kept)
            parent_items = list(kept_items)
    assert items(parent) == parent_items
    assert items(child) == child_items


def test_a_fork_continues_ids_and_time_as_its_parent_would_have() -> None:
    parent = Cloud(Settings(seed=3))
    parent.ids.uuid()
    parent.clock.advance(hours=5)
    child = parent.fork()
    assert child.clock.offset_seconds == parent.clock.offset_seconds == pytest.approx(18000)
    assert child.ids.uuid() == parent.ids.uuid()


def test_a_snapshot_brings_back_queues_messages_and_time() -> None:
    with mock_aws() as aws:
        client = aws.client("sqs")
        url = client.create_queue(QueueName="q")["QueueUrl"]
        client.send_message(QueueUrl=url, MessageBody="kept")
        snapshot = aws.snapshot()
        client.delete_queue(QueueUrl=url)
        aws.clock.advance(hours=3)
        aws.restore(snapshot)
        assert aws.clock.offset_seconds == 0
        assert client.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "kept"


def test_a_store_class_that_is_local_to_a_function_can_be_forked_too() -> None:
    @attrs.define
    class Local(Store):
        items: list[str] = attrs.Factory(list)

    parent = Cloud()
    parent.store(Local, "1", "us-east-1").items.append("kept")
    child = parent.fork()
    child.store(Local, "1", "us-east-1").items.append("child")
    assert parent.store(Local, "1", "us-east-1").items == ["kept"]
    assert child.store(Local, "1", "us-east-1").items == ["kept", "child"]


def test_a_store_with_data_of_other_kinds_can_be_forked_too() -> None:
    parent = Cloud()
    parent.store(CountingStore, "1", "us-east-1").counts["kept"] += 1
    child = parent.fork()
    child.store(CountingStore, "1", "us-east-1").counts["kept"] += 1
    assert parent.store(CountingStore, "1", "us-east-1").counts == {"kept": 1}
    assert child.store(CountingStore, "1", "us-east-1").counts == Counter({"kept": 2})


#: Fewer are copied as a whole.
_MANY = 40
_KEYS = [f"k-{number:02d}" for number in range(_MANY)]
_CALLS = st.tuples(
    st.sampled_from(["parent", "child", "sibling"]),
    st.sampled_from(["put", "delete", "tag", "item", "remove", "send", "receive", "fork", "snapshot", "restore"]),
    st.integers(0, _MANY - 1),
)


@given(st.lists(_CALLS, min_size=1, max_size=10))
@settings(max_examples=8, deadline=None)
def test_forks_with_many_entities_never_see_each_others_calls(calls: list[tuple[str, str, int]]) -> None:
    seeded = _seeded()
    clouds = {name: seeded.fork() for name in ("parent", "child", "sibling")}
    states = dict.fromkeys(clouds, _seeded_state())
    kept: Any = None
    for name, call, number in calls:
        cloud = clouds[name]
        if call == "fork":
            clouds["child"], states["child"] = cloud.fork(), states[name]
        elif call == "snapshot":
            kept = cloud.snapshot(), states[name]
        elif call == "restore":
            if kept is not None:
                cloud.restore(kept[0])
                states[name] = kept[1]
        else:
            _call(cloud, call, number)
            states[name] = _state(cloud.fork())
    assert {name: _state(cloud) for name, cloud in clouds.items()} == states
    assert _state(seeded.fork()) == _seeded_state()


_converter = functools.cache(new_converter)


@functools.cache
def _seeded_state() -> list[dict[str, Any]]:
    return _state(_seeded().fork())


@functools.cache
def _seeded() -> Cloud:
    cloud = Cloud(Settings(seed=1))
    cloud.clock.freeze("2030-01-01T00:00:00Z")
    s3, dynamodb, sqs = cloud.client("s3"), cloud.client("dynamodb"), cloud.client("sqs")
    s3.create_bucket(Bucket="many-objects")
    dynamodb.create_table(
        TableName="many-items",
        KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "p", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    url = sqs.create_queue(QueueName="many-messages")["QueueUrl"]
    for key in _KEYS:
        s3.put_object(Bucket="many-objects", Key=key, Body=key.encode(), Metadata={"key": key}, Tagging="a=b")
        dynamodb.put_item(TableName="many-items", Item={"p": {"S": key}})
        sqs.send_message(QueueUrl=url, MessageBody=key)
    return cloud


def _call(cloud: Cloud, call: str, number: int) -> None:
    key = _KEYS[number]
    if call == "put":
        cloud.client("s3").put_object(Bucket="many-objects", Key=key, Body=b"changed")
    elif call == "delete":
        cloud.client("s3").delete_object(Bucket="many-objects", Key=key)
    elif call == "tag":
        tags = {"TagSet": [{"Key": "c", "Value": "d"}]}
        if key in {one["Key"] for one in cloud.client("s3").list_objects_v2(Bucket="many-objects").get("Contents", ())}:
            cloud.client("s3").put_object_tagging(Bucket="many-objects", Key=key, Tagging=tags)
    elif call == "item":
        cloud.client("dynamodb").put_item(TableName="many-items", Item={"p": {"S": key}, "n": {"N": "1"}})
    elif call == "remove":
        cloud.client("dynamodb").delete_item(TableName="many-items", Key={"p": {"S": key}})
    else:
        sqs = cloud.client("sqs")
        url = sqs.get_queue_url(QueueName="many-messages")["QueueUrl"]
        if call == "send":
            sqs.send_message(QueueUrl=url, MessageBody="sent")
        else:
            sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=5)


def _state(cloud: Cloud) -> list[dict[str, Any]]:
    cloud.touch_all()
    return sorted(write_stores(cloud, _converter()), key=lambda one: str(one["store"]))


def test_reset_forgets_everything() -> None:
    with mock_aws() as aws:
        client = aws.client("sqs")
        client.create_queue(QueueName="q")
        aws.clock.advance(days=1)
        aws.reset()
        assert "QueueUrls" not in client.list_queues()
        assert aws.clock.offset_seconds == 0


def test_the_same_seed_and_calls_give_the_same_answers() -> None:
    def calls(seed: int) -> list[Any]:
        with mock_aws(seed=seed) as aws:
            client = aws.client("sqs")
            url = client.create_queue(QueueName="q")["QueueUrl"]
            sent = client.send_message(QueueUrl=url, MessageBody="b")
            received = client.receive_message(QueueUrl=url)
            assumed = aws.client("sts").get_session_token()["Credentials"]["AccessKeyId"]
        for answer in (sent, received):
            answer["ResponseMetadata"]["HTTPHeaders"].pop("date")
        return [sent, received, assumed]

    assert calls(1) == calls(1)
    assert calls(1) != calls(2)


class TestFile:
    """A Cloud's state in a file: complete, safe to read, refused as a whole when it is not one."""

    @pytest.fixture
    def saved(self, tmp_path: Path) -> Path:
        path = tmp_path / "state.json"
        with mock_aws(seed=5) as aws:
            client = aws.client("sqs")
            url = client.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
            attribute = {"DataType": "Binary", "BinaryValue": b"\x00\xff"}
            client.send_message(
                QueueUrl=url,
                MessageBody="é",
                MessageGroupId="g",
                MessageDeduplicationId="d",
                MessageAttributes={"a": attribute},
            )
            aws.client("sts").get_session_token()
            aws.clock.advance(hours=1)
            aws.save(path)
        return path

    def test_a_loaded_file_gives_everything_back(self, saved: Path) -> None:
        with mock_aws() as aws:
            aws.load(saved)
            assert aws.clock.offset_seconds == pytest.approx(3600)
            client = aws.client("sqs")
            (url,) = client.list_queues()["QueueUrls"]
            (message,) = client.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
            assert message["Body"] == "é"
            assert message["MessageAttributes"] == {"a": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}

    def test_saving_what_was_loaded_writes_the_same_file(self, saved: Path, tmp_path: Path) -> None:
        with mock_aws() as aws:
            aws.load(saved)
            aws.save(tmp_path / "again.json")
        assert (tmp_path / "again.json").read_text() == saved.read_text()

    def test_ids_continue_where_the_saved_cloud_stood(self, saved: Path) -> None:
        ids = []
        for _ in range(2):
            with mock_aws() as aws:
                aws.load(saved)
                ids.append(aws.ids.uuid())
        assert ids[0] == ids[1]

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("", "is no snapshot: Expecting value: line 1 column 1 (char 0)"),
            ("[" * 100_000, "is no snapshot: "),
            ("{}", "is no snapshot of awsim"),
            ('{"format": "awsim-snapshot", "version": 99}', "has version 99 of the format; this awsim reads 1"),
            ('{"format": "awsim-snapshot", "version": 1}', "is damaged: KeyError: 'stores'"),
        ],
    )
    def test_what_is_no_snapshot_is_refused_and_changes_nothing(
        self, tmp_path: Path, content: str, message: str
    ) -> None:
        path = tmp_path / "broken.json"
        path.write_text(content)
        with mock_aws() as aws:
            aws.client("sqs").create_queue(QueueName="kept")
            with pytest.raises(SnapshotError) as caught:
                aws.load(path)
            assert message in str(caught.value)
            assert len(aws.client("sqs").list_queues()["QueueUrls"]) == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"service": "os", "store": "system"},
            {"service": "sqs", "store": "Popen"},
            {"service": "sqs", "store": "SqsStore", "state": {"queues": "boom"}},
            {"service": "sqs", "store": "SqsStore", "state": {"__reduce__": ["os.system", ["true"]]}},
        ],
    )
    def test_a_hostile_store_is_refused_and_changes_nothing(self, saved: Path, change: dict[str, Any]) -> None:
        document = json.loads(saved.read_text())
        document["stores"].append({"account_id": "123456789012", "place": "us-east-1", "state": {}, **change})
        saved.write_text(json.dumps(document))
        with mock_aws() as aws:
            before = aws.ids.get_state()
            with pytest.raises(SnapshotError):
                aws.load(saved)
            assert "QueueUrls" not in aws.client("sqs").list_queues()
            assert aws.clock.offset_seconds == 0
            assert aws.ids.get_state()[0] == before[0]

    @pytest.mark.parametrize(("key", "value"), [("offset_seconds", float("nan")), ("frozen_at", 1e300)])
    def test_a_clock_that_no_date_can_tell_is_refused_and_changes_nothing(
        self, saved: Path, key: str, value: float
    ) -> None:
        document = json.loads(saved.read_text())
        document[key] = value
        saved.write_text(json.dumps(document))
        with mock_aws() as aws:
            with pytest.raises(SnapshotError, match="is damaged: "):
                aws.load(saved)
            assert aws.clock.get_state() == (0.0, None)
            assert "QueueUrls" not in aws.client("sqs").list_queues()

    @pytest.mark.parametrize(
        ("service", "handler"),
        [("sqs", "nothing"), ("sqs", "__init__"), ("sqs", "create_queue"), ("os", "system")],
    )
    def test_later_work_that_no_service_has_is_refused_and_changes_nothing(
        self, saved: Path, service: str, handler: str
    ) -> None:
        document = json.loads(saved.read_text())
        task = {"service_name": service, "handler": handler, "account_id": "1", "region": "us-east-1", "payload": {}}
        document["schedule"]["due"].append({"due_time": 1.0, "sequence": 9, "task": task})
        saved.write_text(json.dumps(document))
        with mock_aws() as aws:
            with pytest.raises(SnapshotError) as refused:
                aws.load(saved)
            assert str(refused.value) == f"{service} has no later work {handler!r}"
            assert (aws.schedule.pending, aws.resources()) == ([], [])

    def test_nor_may_a_resource_that_is_under_way_name_it(self, saved: Path) -> None:
        document = json.loads(saved.read_text())
        task = {"service_name": "sqs", "handler": "__init__", "account_id": "1", "region": "us-east-1", "payload": {}}
        under_way = {"arn": {"state": "CREATING", "ends_at": None, "looks_left": 1, "task": task}}
        store = {"service": "", "store": "TransitionStore", "account_id": "1", "place": "us-east-1"}
        document["stores"].append({**store, "state": {"under_way": under_way}})
        saved.write_text(json.dumps(document))
        with mock_aws() as aws, pytest.raises(SnapshotError, match="^sqs has no later work '__init__'$"):
            aws.load(saved)

    def test_a_file_with_a_store_twice_is_refused(self, saved: Path) -> None:
        document = json.loads(saved.read_text())
        document["stores"].append(document["stores"][-1])
        saved.write_text(json.dumps(document))
        with mock_aws() as aws, pytest.raises(SnapshotError, match="is damaged: it has a store twice$"):
            aws.load(saved)

    def test_others_may_read_it_as_any_new_file(self, saved: Path, tmp_path: Path) -> None:
        (tmp_path / "other").write_text("")
        assert saved.stat().st_mode == (tmp_path / "other").stat().st_mode

    def test_where_no_file_can_be_is_told(self, tmp_path: Path) -> None:
        cloud = Cloud()
        with pytest.raises(MisuseError) as refused:
            cloud.save(tmp_path / "none" / "state.json")
        assert str(refused.value) == f"the state cannot be written: there is no folder {str(tmp_path / 'none')!r}"
        with pytest.raises(MisuseError) as refused:
            cloud.save(tmp_path)
        assert str(refused.value) == f"the state cannot be written: {str(tmp_path)!r} is a folder"


def test_going_back_to_what_is_no_snapshot_is_refused_and_changes_nothing() -> None:
    nothing: Any = None
    with mock_aws() as aws:
        aws.client("sqs").create_queue(QueueName="kept")
        with pytest.raises(MisuseError) as refused:
            aws.restore(nothing)
        assert str(refused.value) == "restore() takes what snapshot() gave, not None; files are read by load()"
        assert len(aws.client("sqs").list_queues()["QueueUrls"]) == 1
