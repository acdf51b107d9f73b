"""The index of services, and the file it is kept in."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from awsim import spec
from awsim.protocol import disk_cache, service_index


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache directory of the test's own, not made yet."""
    monkeypatch.setattr(disk_cache, "directory", lambda: tmp_path / "awsim")
    return tmp_path / "awsim"


def read_number(kept: Any) -> int:
    if not isinstance(kept, int):
        raise ValueError("not a number")
    return kept


class Builds:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> int:
        self.count += 1
        return 42


def test_a_value_is_built_once_and_then_kept(cache: Path) -> None:
    builds = Builds()
    assert [disk_cache.cached("number", "key", builds, read_number) for _ in range(3)] == [42, 42, 42]
    assert builds.count == 1
    assert [file.name for file in cache.iterdir()] == ["number.json"]


def test_another_key_builds_anew(cache: Path) -> None:
    builds = Builds()
    for key in ("1.0", "1.1", "1.1"):
        disk_cache.cached("number", key, builds, read_number)
    assert builds.count == 2
    assert json.loads((cache / "number.json").read_text()) == {"key": "1.1", "value": 42}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"not json",
        b"[]",
        b'{"key": "key"}',
        b'{"key": "key", "value": "text"}',
        b'{"key": "other", "value": 1}',
        b"[" * 200_000,
        b'{"key": "key", "value": 1}' + b" " * 5_000_000,
        b"cos\nsystem\n(S'true'\ntR.",
    ],
)
def test_a_damaged_or_hostile_file_is_built_anew(cache: Path, content: bytes) -> None:
    cache.mkdir()
    (cache / "number.json").write_bytes(content)
    assert disk_cache.cached("number", "key", Builds(), read_number) == 42
    assert json.loads((cache / "number.json").read_text()) == {"key": "key", "value": 42}


def test_without_a_directory_to_write_to_all_works_from_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(disk_cache, "directory", lambda: tmp_path / "file" / "awsim")
    assert disk_cache.cached("number", "key", Builds(), read_number) == 42


def test_a_failed_write_leaves_nothing_behind(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    assert disk_cache.cached("number", "key", Builds(), read_number) == 42
    assert list(cache.iterdir()) == []


@pytest.mark.skipif(os.name == "nt" or os.uname().sysname == "Darwin", reason="the XDG variables are for other systems")
def test_the_directory_follows_the_users_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert disk_cache.directory() == Path("/caches/awsim")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/user")
    assert disk_cache.directory() == Path("/home/user/.cache/awsim")


# The index


def test_the_index_knows_every_service_and_how_requests_name_it() -> None:
    index = service_index.service_index()
    assert index.services.keys() == spec.service_names()
    assert index.services["sqs"] == ("sqs", "sqs", "sqs", "AmazonSQS", "2012-11-05", ("json", "query"))
    assert [entry.name for entry in index.by_signing_name["elasticloadbalancing"]] == ["elb", "elbv2"]
    assert [entry.name for entry in index.by_target_prefix["DynamoDB_20120810"]] == ["dynamodb"]
    assert [entry.name for entry in index.by_endpoint_prefix["monitoring"]] == ["cloudwatch"]
    assert [entry.name for entry in index.by_version["2016-11-15"]] == ["ec2"]


@pytest.mark.parametrize("service_name", ["s3", "sqs", "sts", "ec2", "lambda", "cloudwatch", "iot-data"])
def test_metadata_read_from_the_beginning_of_a_model_are_those_of_the_model(service_name: str) -> None:
    assert service_index._metadata(service_name) == spec.load_service(service_name).metadata


@pytest.mark.whole
@pytest.mark.skipif(os.environ.get("AWSIM_ROUND_TRIP") != "all", reason="loads every model: AWSIM_ROUND_TRIP=all")
def test_metadata_of_every_service_are_those_of_its_model() -> None:
    for service_name in spec.service_names():
        assert service_index._metadata(service_name) == spec.load_service(service_name).metadata


def test_metadata_come_from_the_whole_model_where_its_beginning_does_not_have_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = spec.load_service("sts").metadata
    for beginning in ("", '{"metadata": ', '{"metadata": {"protocol": "query"}'):
        monkeypatch.setattr(service_index, "_read", lambda *_, text=beginning: text)
        assert service_index._metadata("sts") == expected


ENTRY = ["sqs", "sqs", "sqs", "AmazonSQS", "2012-11-05", ["json"]]


@pytest.mark.parametrize(
    "kept",
    [
        None,
        {},
        [],
        ["sqs"],
        [ENTRY[:5]],
        [[*ENTRY[:5], "json"]],
        [[*ENTRY[:5], [1]]],
        [[*ENTRY[:5], []]],
        [[1, *ENTRY[1:]]],
        [["../../etc", *ENTRY[1:]]],
    ],
)
def test_entries_that_cannot_be_right_are_not_taken(kept: Any) -> None:
    with pytest.raises(ValueError, match="not"):
        service_index._read_entries(kept)


def test_paths_that_only_one_service_has_name_it() -> None:
    found = service_index.services_by_first_segment()
    assert found["2015-03-31"] == "lambda"
    assert found["restapis"] == "apigateway"
    assert "tags" not in found


@pytest.mark.parametrize("kept", [None, [], {}, {"a": 1}, {"a": "no-such-service"}])
def test_segments_that_cannot_be_right_are_not_taken(kept: Any) -> None:
    with pytest.raises(ValueError, match="not"):
        service_index._read_first_segments(kept)
