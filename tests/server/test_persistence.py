"""State that outlives the server: at a signal, at kill -9, on a full disk, from a damaged or hostile folder."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

import awsim
from awsim import Cloud
from awsim.server import persist_folder, persistence
from awsim.server.options import ServerOptions
from awsim.server.persist_folder import StateDirError
from awsim.server.server import Server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def serve(folder: Path) -> Iterator[Callable[..., Server]]:
    """Start a server that keeps its state in the folder; what still runs at the end is stopped."""
    started: list[Server] = []

    def serve(**settings: Any) -> Server:
        from awsim.settings import Settings

        server = awsim.serve(Cloud(Settings(**settings)), state_dir=folder)
        started.append(server)
        return server

    yield serve
    for server in started:
        server.stop()


@pytest.fixture
def of(session: boto3.session.Session) -> Iterator[Callable[..., Any]]:
    """A boto3 client of a server."""
    made = []

    def of(server: Server, service: str) -> Any:
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing", "region_name": "us-east-1"}
        made.append(session.client(service, endpoint_url=server.url, **keys))
        return made[-1]

    yield of
    for one in made:
        one.close()


def crash(server: Server) -> None:
    """End a server as kill -9 does a moment after the journal was written: nothing more is written."""
    kept = server._persistence
    assert kept is not None
    kept._closing.set()
    kept._thread.join()
    kept._tick = lambda: None  # type: ignore[method-assign]
    kept._flush()
    for journal, _ in kept._journals:
        journal.close()
    kept._folder.close()
    kept.close = lambda: None  # type: ignore[method-assign]
    server.stop()


def test_everything_is_there_again_after_a_restart(serve, of):
    first = serve()
    long = os.urandom(100_000)
    s3, sqs, dynamodb = of(first, "s3"), of(first, "sqs"), of(first, "dynamodb")
    s3.create_bucket(Bucket="photos")
    s3.put_object(Bucket="photos", Key="cat", Body=b"tom", Metadata={"a": "b"})
    s3.put_object(Bucket="photos", Key="film", Body=long)
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    message_id = sqs.send_message(QueueUrl=url, MessageBody="é")["MessageId"]
    create_table(dynamodb)
    dynamodb.put_item(TableName="music", Item={"id": {"S": "one"}, "b": {"B": b"\x00\xff"}})
    first.stop()

    second = serve()
    s3, sqs, dynamodb = of(second, "s3"), of(second, "sqs"), of(second, "dynamodb")
    cat = s3.get_object(Bucket="photos", Key="cat")
    assert (cat["Body"].read(), cat["Metadata"]) == (b"tom", {"a": "b"})
    assert s3.get_object(Bucket="photos", Key="film")["Body"].read() == long
    url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert (message["MessageId"], message["Body"]) == (message_id, "é")
    assert dynamodb.get_item(TableName="music", Key={"id": {"S": "one"}})["Item"] == {
        "id": {"S": "one"},
        "b": {"B": b"\x00\xff"},
    }


def test_after_a_crash_calls_are_done_again_with_the_same_identifiers(serve, of, caplog):
    first = serve(seed="x")
    s3, sqs, sts = of(first, "s3"), of(first, "sqs"), of(first, "sts")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="one")
    receipt = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
    s3.create_bucket(Bucket="photos")
    s3.put_bucket_versioning(Bucket="photos", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket="photos", Key="film", Body=b"x" * 400_000)["VersionId"]
    upload = s3.create_multipart_upload(Bucket="photos", Key="parts")["UploadId"]
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="photos", Key="no")
    key = sts.get_session_token()["Credentials"]["AccessKeyId"]
    crash(first)

    with caplog.at_level(logging.INFO, "awsim.server"):
        second = serve(seed="y")
    assert "calls since its checkpoint" in caplog.text
    assert "came out otherwise" not in caplog.text
    s3, sqs = of(second, "s3"), of(second, "sqs")
    film = s3.get_object(Bucket="photos", Key="film", VersionId=version)
    assert film["Body"].read() == b"x" * 400_000
    part = s3.upload_part(Bucket="photos", Key="parts", UploadId=upload, PartNumber=1, Body=b"1")
    s3.complete_multipart_upload(
        Bucket="photos",
        Key="parts",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=receipt)
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"])
    assert counts["Attributes"] == {"ApproximateNumberOfMessagesNotVisible": "0"}
    from awsim.aws.credentials import CredentialStore

    assert any(key in store.keys for store in second.cloud.stores.values() if isinstance(store, CredentialStore))


def test_the_state_after_a_crash_is_the_state_before_it(serve, of):
    """Down to what no answer shows, but for the fractions of a second in which calls were done."""
    first = serve()
    sqs, dynamodb = of(first, "sqs"), of(first, "dynamodb")
    url = sqs.create_queue(QueueName="q.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    create_table(dynamodb)
    for number in range(50):
        sqs.send_message(QueueUrl=url, MessageBody=str(number), MessageGroupId="g", MessageDeduplicationId=f"{number}")
        dynamodb.put_item(TableName="music", Item={"id": {"S": str(number)}})
        if number % 3 == 0:
            dynamodb.delete_item(TableName="music", Key={"id": {"S": str(number)}})
    sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=7)
    before = state_of(first.cloud)
    crash(first)
    assert state_of(serve().cloud) == before


@pytest.mark.parametrize("can_fork", [True, False])
def test_what_no_call_changed_is_kept_by_a_checkpoint(serve, of, eventually, monkeypatch, can_fork):
    if not can_fork:
        monkeypatch.setattr(persistence, "_CAN_FORK", False)
    first = serve()
    first.cloud.client("sqs").create_queue(QueueName="in-process")
    eventually(lambda: first._persistence._committed == 2)
    of(first, "sqs").create_queue(QueueName="over-http")
    crash(first)
    urls = of(serve(), "sqs").list_queues()["QueueUrls"]
    assert [url.rsplit("/", 1)[1] for url in urls] == ["in-process", "over-http"]


def test_calls_after_a_change_that_cannot_be_told_are_not_done_on_another_state(serve, of, caplog):
    first = serve()
    of(first, "sqs").create_queue(QueueName="before")
    first._persistence._not_before = float("inf")  # no checkpoint comes to help
    first.cloud.client("sqs").create_queue(QueueName="in-process")
    of(first, "sqs").create_queue(QueueName="after")
    crash(first)
    urls = of(serve(), "sqs").list_queues()["QueueUrls"]
    assert [url.rsplit("/", 1)[1] for url in urls] == ["before"]
    assert "what was changed last, by other ways than calls, is lost" in caplog.text


def test_identifiers_made_of_the_time_come_out_the_same(serve, of):
    first = serve()
    dynamodb = of(first, "dynamodb")
    create_table(dynamodb)
    stream = dynamodb.update_table(
        TableName="music", StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    )["TableDescription"]["LatestStreamArn"]
    backup = dynamodb.create_backup(TableName="music", BackupName="first")["BackupDetails"]["BackupArn"]
    crash(first)
    dynamodb = of(serve(), "dynamodb")
    assert dynamodb.describe_table(TableName="music")["Table"]["LatestStreamArn"] == stream
    assert dynamodb.describe_backup(BackupArn=backup)["BackupDescription"]["BackupDetails"]["BackupArn"] == backup


def test_work_that_was_due_is_done_again_and_work_to_come_comes(serve, of, eventually):
    first = serve()
    dynamodb = of(first, "dynamodb")
    create_table(dynamodb)
    dynamodb.update_time_to_live(
        TableName="music", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    dynamodb.put_item(
        TableName="music", Item={"id": {"S": "old"}, "expires": {"N": str(int(first.cloud.clock.time()) + 3600)}}
    )
    crash(first)
    second = serve()
    assert of(second, "dynamodb").scan(TableName="music")["Count"] == 1
    second.cloud.clock.advance(days=3)
    eventually(lambda: of(second, "dynamodb").scan(TableName="music")["Count"] == 0)


@pytest.mark.parametrize("end", [Server.stop, crash])
def test_the_clock_stays_where_it_was_put(serve, of, ask_of, end):
    first = serve()
    dynamodb = of(first, "dynamodb")
    create_table(dynamodb)
    dynamodb.update_time_to_live(
        TableName="music", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    expires = str(int(first.cloud.clock.time()) + 3600)
    dynamodb.put_item(TableName="music", Item={"id": {"S": "old"}, "expires": {"N": expires}})
    body = json.dumps({"advance": {"days": 3}}).encode()
    ask_of(first, "POST", "/_awsim/clock", {"content-type": "application/json"}, body)
    dynamodb.put_item(TableName="music", Item={"id": {"S": "new"}})
    end(first)
    second = serve()
    assert second.cloud.clock.offset_seconds == pytest.approx(3 * 86400, abs=5)
    assert of(second, "dynamodb").scan(TableName="music")["Items"] == [{"id": {"S": "new"}}]


@pytest.mark.parametrize("end", [Server.stop, crash])
def test_reset_is_kept_too(serve, of, ask_of, end):
    first = serve()
    of(first, "sqs").create_queue(QueueName="before")
    ask_of(first, "POST", "/_awsim/reset", {"content-type": "application/json"}, b"{}")
    of(first, "sqs").create_queue(QueueName="after")
    end(first)
    urls = of(serve(), "sqs").list_queues()["QueueUrls"]
    assert [url.rsplit("/", 1)[1] for url in urls] == ["after"]


def test_state_that_was_sent_is_kept_too(serve, of, ask_of, eventually):
    first = serve()
    of(first, "sqs").create_queue(QueueName="orders")
    state = ask_of(first, "GET", "/_awsim/state")[2]
    of(first, "sqs").create_queue(QueueName="others")
    status, _, _ = ask_of(first, "POST", "/_awsim/state", {"content-type": "application/json"}, state)
    assert status == 200
    eventually(lambda: first._persistence._committed > 1 and not first._persistence._wants_checkpoint)
    eventually(lambda: first._persistence._child is None)
    crash(first)
    assert len(of(serve(), "sqs").list_queues()["QueueUrls"]) == 1


def test_checkpoints_are_made_as_the_journal_grows_and_two_are_kept(serve, of, eventually, monkeypatch):
    monkeypatch.setattr(persistence, "ENTRIES_MAX", 5)
    monkeypatch.setattr(persistence, "_PAUSE_FACTOR", 0)
    first = serve()
    sqs = of(first, "sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    for turn in range(3):
        committed = first._persistence._committed
        for number in range(6):
            sqs.send_message(QueueUrl=url, MessageBody=f"{turn}.{number}")
        eventually(lambda: first._persistence._committed > committed)  # noqa: B023  # at once
    monkeypatch.setattr(persistence, "ENTRIES_MAX", 1_000_000)
    kept = first._persistence._folder
    eventually(
        lambda: (
            first._persistence._child is None
            and kept.numbers("checkpoint") == [first._persistence._committed - 1, first._persistence._committed]
            and kept.numbers("journal")[0] >= first._persistence._committed - 1  # they go after the checkpoints
        )
    )
    crash(first)
    attributes = of(serve(), "sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    assert attributes["Attributes"] == {"ApproximateNumberOfMessages": "18"}


def test_bodies_are_written_once_and_removed_with_the_last_object(serve, of, folder):
    first = serve()
    s3 = of(first, "s3")
    s3.create_bucket(Bucket="photos")
    body = b"y" * 50_000
    for key in ("a", "b"):
        s3.put_object(Bucket="photos", Key=key, Body=body)
    first.stop()
    assert bodies(folder) == [hashlib.sha256(body).hexdigest()]
    for _ in range(2):  # the checkpoint before the last has them still
        server = serve()
        for key in ("a", "b"):
            of(server, "s3").delete_object(Bucket="photos", Key=key)
        server.stop()
    assert bodies(folder) == []


# -- faults ------------------------------------------------------------------------------------------------------------


def test_on_a_full_disk_calls_go_on_and_their_state_is_written_when_there_is_room(
    serve, of, monkeypatch, caplog, eventually
):
    first = serve()
    full = True
    write = os.fsync

    def fsync(descriptor: int) -> None:
        if full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(descriptor)

    from awsim.server.persist_journal import Journal

    flush = Journal._flush

    def flush_or_not(self: Journal) -> None:
        if full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        flush(self)

    monkeypatch.setattr(Journal, "_flush", flush_or_not)
    monkeypatch.setattr(persist_folder.os, "fsync", fsync)
    sqs = of(first, "sqs")
    url = sqs.create_queue(QueueName="orders")["QueueUrl"]
    of(first, "s3").create_bucket(Bucket="photos")
    of(first, "s3").put_object(Bucket="photos", Key="film", Body=b"x" * 50_000)
    eventually(lambda: "cannot write state to" in caplog.text)
    sqs.send_message(QueueUrl=url, MessageBody="while it is full")
    assert caplog.text.count("cannot write state to") == 1
    assert "No space left on device; calls go on, and it is tried again" in caplog.text
    full = False
    eventually(lambda: not first._persistence._is_failing)
    crash(first)
    second = serve()
    (message,) = of(second, "sqs").receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "while it is full"
    assert of(second, "s3").get_object(Bucket="photos", Key="film")["Body"].read() == b"x" * 50_000


def test_a_checkpoint_that_fails_is_made_again(serve, of, monkeypatch, caplog, eventually):
    monkeypatch.setattr(persistence, "_RETRY_SECONDS", 0.1)
    first = serve()
    write_whole = persist_folder.write_whole

    def fail(path: Path, content: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("awsim.server.persist_checkpoint.write_whole", fail)
    first.cloud.client("sqs").create_queue(QueueName="orders")
    eventually(lambda: "no checkpoint of the state could be made: No space left on device" in caplog.text)
    monkeypatch.setattr("awsim.server.persist_checkpoint.write_whole", write_whole)
    eventually(lambda: first._persistence._committed > 1)
    crash(first)
    assert len(of(serve(), "sqs").list_queues()["QueueUrls"]) == 1


def test_a_last_state_that_cannot_be_written_is_told(serve, of, folder, monkeypatch):
    server = serve()
    of(server, "sqs").create_queue(QueueName="orders")

    def fail(path: Path, content: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as full:
        full.setattr("awsim.server.persist_checkpoint.write_whole", fail)
        server.stop()
    assert server.unsaved == f"the last state could not be written to {folder}: No space left on device"
    again = serve()
    again.stop()
    assert again.unsaved is None


def test_a_call_whose_line_was_not_finished_is_left_out(serve, of, folder, caplog):
    two_calls(serve, of)
    journal = folder / "journal-00000001"
    journal.write_bytes(journal.read_bytes()[:-20])
    assert len(of(serve(), "sqs").list_queues()["QueueUrls"]) == 1
    assert "its last line was not finished, and is left out" in caplog.text


def test_a_journal_that_is_damaged_elsewhere_is_refused_and_left_alone(serve, of, folder):
    two_calls(serve, of)
    journal = folder / "journal-00000001"
    journal.write_bytes(journal.read_bytes().replace(b"CreateQueue", b"DeleteQueue", 1))
    before = content(folder)
    with pytest.raises(
        StateDirError, match=r"journal-00000001 is damaged at line 1: it is not as it was written; to go"
    ):
        serve()
    assert content(folder) == before


def test_of_a_damaged_checkpoint_the_one_before_is_taken_with_the_calls_since(serve, of, folder, caplog):
    first = serve()
    of(first, "sqs").create_queue(QueueName="orders")
    first.stop()
    store = store_file(folder, 2)
    store.write_bytes(store.read_bytes()[:-1])
    assert len(of(serve(), "sqs").list_queues()["QueueUrls"]) == 1
    assert f"{store} is damaged; the checkpoint before it is taken" in caplog.text


def test_calls_are_done_again_for_whom_they_were_done(serve, of):
    first = serve(account_id="111122223333", region="eu-west-1")
    of(first, "sqs").create_queue(QueueName="orders")
    of(first, "s3").create_bucket(Bucket="photos")
    crash(first)
    second = serve(services=frozenset({"sqs"}))
    assert [resource.arn for resource in second.cloud.resources()] == [
        "arn:aws:s3:::photos",
        "arn:aws:sqs:us-east-1:111122223333:orders",
    ]
    assert second.cloud.settings.account_id == "123456789012"
    assert second.cloud.settings.services == frozenset({"sqs"})


def test_a_torn_line_of_an_earlier_crash_is_no_damage(serve, of, folder, caplog):
    two_calls(serve, of)
    journal = folder / "journal-00000001"
    journal.write_bytes(journal.read_bytes()[:-20])
    second = serve()
    of(second, "sqs").create_queue(QueueName="three")
    crash(second)
    manifest = folder / "checkpoint-00000002" / "manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:-1])
    urls = of(serve(), "sqs").list_queues()["QueueUrls"]
    assert [url.rsplit("/", 1)[1] for url in urls] == ["one", "three"]


@pytest.mark.parametrize("damage", ["truncated", "empty", "missing", "not json", "deep", "another program's"])
def test_a_folder_without_a_whole_checkpoint_is_refused_and_left_alone(serve, of, folder, damage):
    serve().stop()
    manifest = folder / "checkpoint-00000001" / "manifest.json"
    whole = manifest.read_bytes()
    if damage == "missing":
        manifest.unlink()
    else:
        manifest.write_bytes(
            {
                "truncated": whole[:-5],
                "empty": b"",
                "not json": b"x\n{",
                "deep": b"x\n" + b"[" * 200_000,
                "another program's": b'x\n{"format": "tar"}',
            }[damage]
        )
    before = content(folder)
    with pytest.raises(StateDirError, match=r"manifest\.json is damaged"):
        serve()
    assert content(folder) == before


def test_a_format_of_the_future_is_refused_and_no_older_generation_taken(serve, of, folder):
    first = serve()
    of(first, "sqs").create_queue(QueueName="orders")
    first.stop()
    rewrite_manifest(folder, 2, version=99)
    before = content(folder)
    with pytest.raises(StateDirError, match="has version 99 of the format; this awsim reads 1"):
        serve()
    assert content(folder) == before


@pytest.mark.parametrize(
    ("hostile", "message"),
    [
        ({"service": "os", "store": "system"}, "os has no store 'system'"),
        ({"service": "sqs", "store": "Popen"}, "sqs has no store 'Popen'"),
        ({"service": "sqs", "store": "SqsStore", "state": {"__reduce__": ["os.system", ["true"]]}}, "is damaged"),
        (
            {"service": "s3control", "store": "AccountStore", "state": {"body": "../../etc/passwd"}},
            "is damaged",
        ),
        ([["pickle"]], "is damaged"),
    ],
)
def test_a_hostile_store_is_refused_and_nothing_of_it_run(serve, folder, hostile, message):
    serve().stop()
    if isinstance(hostile, dict):
        hostile = {"account_id": "1", "place": "us-east-1", "state": {}, **hostile}
    written = json.dumps(hostile).encode()
    (folder / "checkpoint-00000001" / "store-0000.json").write_bytes(written)
    rewrite_manifest(folder, 1, files={"store-0000.json": hashlib.sha256(written).hexdigest()})
    with pytest.raises(StateDirError, match=message):
        serve()


@pytest.mark.parametrize("name", ["../../secret", "/etc/passwd", "", "A" * 64, 7, None])
def test_no_file_outside_the_folder_is_read(serve, of, folder, name):
    first = serve()
    of(first, "s3").create_bucket(Bucket="photos")
    of(first, "s3").put_object(Bucket="photos", Key="film", Body=b"x" * 50_000)
    first.stop()
    for number in (1, 2):
        rewrite_manifest(folder, number, files={"../lock": hashlib.sha256(b"").hexdigest()})
    with pytest.raises(StateDirError, match=r"is damaged: '\.\./lock' is no name of a file"):
        serve()
    store = store_file(folder, 2)
    digest = hashlib.sha256(b"x" * 50_000).hexdigest()
    hostile = store.read_text().replace(f'"{digest}"', json.dumps(name)).encode()
    assert hostile != store.read_bytes()
    store.write_bytes(hostile)
    rewrite_manifest(folder, 2, files={store.name: hashlib.sha256(hostile).hexdigest()})
    with pytest.raises(StateDirError):
        serve()


def test_two_servers_cannot_keep_their_state_in_one_folder(serve, folder):
    serve()
    with pytest.raises(StateDirError, match="another server keeps its state in .*; each needs a folder of its own"):
        serve()


def test_a_folder_that_cannot_be_written_is_refused(serve, folder, monkeypatch):
    folder.write_text("a file")
    with pytest.raises(StateDirError, match="cannot keep state in .*: File exists"):
        serve()
    folder.unlink()

    def refuse(*arguments: Any, **options: Any) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(persist_folder.os, "open", refuse)
    with pytest.raises(StateDirError, match="cannot keep state in .*: Read-only file system"):
        serve()


def test_motos_state_is_said_not_to_be_kept(serve, caplog):
    serve(fallback="moto")
    assert "what moto answers cannot be kept: after a restart it begins anew" in caplog.text


def test_a_stopped_servers_cloud_goes_on_without_it(serve, folder):
    server = serve()
    server.stop()
    before = content(folder)
    server.cloud.client("sqs").create_queue(QueueName="later")
    assert content(folder) == before


def test_the_environment_says_where_state_is_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("PERSISTENCE", "1")
    assert ServerOptions.from_environment().state_dir == tmp_path / "awsim"
    monkeypatch.setenv("AWSIM_STATE_DIR", "elsewhere")
    assert ServerOptions.from_environment().state_dir == Path("elsewhere")
    monkeypatch.delenv("AWSIM_STATE_DIR")
    monkeypatch.setenv("PERSISTENCE", "0")
    assert ServerOptions.from_environment().state_dir is None


# -- what the tests share ----------------------------------------------------------------------------------------------


def create_table(dynamodb: Any) -> None:
    dynamodb.create_table(
        TableName="music",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


def two_calls(serve: Any, of: Any) -> None:
    first = serve()
    for name in ("one", "two"):
        of(first, "sqs").create_queue(QueueName=name)
    crash(first)


def state_of(cloud: Cloud) -> Any:
    """All stores as plain data; moments in whole seconds, rounded down, which may differ by one."""
    from awsim.state_format import new_converter, write_stores

    def rounded(value: Any) -> Any:
        if isinstance(value, float):
            return "a moment" if value > 1e9 else value
        if isinstance(value, dict):
            return {name: rounded(each) for name, each in value.items()}
        if isinstance(value, (list, tuple)):
            return [rounded(each) for each in value]
        return value

    cloud.touch_all()
    stores = sorted(write_stores(cloud, new_converter()), key=lambda item: (item["service"], item["store"]))
    return [rounded(store) for store in stores], cloud.ids.get_state()[0]


def bodies(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "bodies").rglob("*") if path.is_file())


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def store_file(folder: Path, number: int) -> Path:
    """The file of the store in which most is."""
    return max((folder / f"checkpoint-{number:08}").glob("store-*.json"), key=lambda path: path.stat().st_size)


def rewrite_manifest(folder: Path, number: int, **changes: Any) -> None:
    path = folder / f"checkpoint-{number:08}" / "manifest.json"
    manifest = {**json.loads(path.read_bytes().partition(b"\n")[2]), **changes}
    written = json.dumps(manifest).encode()
    path.write_bytes(hashlib.sha256(written).hexdigest().encode() + b"\n" + written)
