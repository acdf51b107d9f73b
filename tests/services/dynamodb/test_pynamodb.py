"""An object mapper of the community's, as its users use it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

REASON = "PynamoDB is no part of the test extra: pip install pynamodb"
attributes = pytest.importorskip("pynamodb.attributes", reason=REASON)
connection = pytest.importorskip("pynamodb.connection", reason=REASON)
exceptions = pytest.importorskip("pynamodb.exceptions", reason=REASON)
indexes = pytest.importorskip("pynamodb.indexes", reason=REASON)
models = pytest.importorskip("pynamodb.models", reason=REASON)
transactions = pytest.importorskip("pynamodb.transactions", reason=REASON)


class ByGenre(indexes.GlobalSecondaryIndex):  # type: ignore[name-defined,misc]
    class Meta:
        index_name = "bygenre"
        projection = indexes.AllProjection()
        read_capacity_units = write_capacity_units = 1

    genre = attributes.UnicodeAttribute(hash_key=True)
    plays = attributes.NumberAttribute(range_key=True)


class Song(models.Model):  # type: ignore[name-defined,misc]
    class Meta:
        table_name = "songs"
        region = "us-east-1"
        read_capacity_units = write_capacity_units = 5
        aws_access_key_id = aws_secret_access_key = "testing"

    artist = attributes.UnicodeAttribute(hash_key=True)
    title = attributes.UnicodeAttribute(range_key=True)
    genre = attributes.UnicodeAttribute(default="rock")
    plays = attributes.NumberAttribute(default=0)
    tags = attributes.UnicodeSetAttribute(null=True)
    released = attributes.UTCDateTimeAttribute(null=True)
    cover = attributes.BinaryAttribute(null=True, legacy_encoding=False)
    takes = attributes.ListAttribute(default=list)
    version = attributes.VersionAttribute()
    by_genre = ByGenre()


@pytest.fixture
def songs(cloud: Any) -> Any:
    Song.create_table(wait=True)
    with Song.batch_write() as batch:
        for number in range(40):
            batch.save(Song("many", f"t{number:02}", plays=number, genre="folk" if number % 2 else "rock"))
    return Song


def test_models_are_saved_updated_and_versioned(songs: Any) -> None:
    released = datetime(2020, 1, 2, tzinfo=timezone.utc)
    song = songs("a", "t", tags={"x"}, released=released, cover=b"\x00", takes=[1, "two"])
    song.save()
    other = songs.get("a", "t")
    assert (other.tags, other.released, other.cover, other.takes, other.version) == (
        {"x"},
        released,
        b"\x00",
        [1, "two"],
        1,
    )
    other.update(
        actions=[
            songs.plays.set(songs.plays + 1),
            songs.tags.add({"y"}),
            songs.takes.set(songs.takes.append([3])),
            songs.cover.remove(),
        ],
        condition=songs.plays == 0,
    )
    assert (other.plays, other.tags, other.takes, other.cover) == (1, {"x", "y"}, [1, "two", 3], None)
    with pytest.raises(exceptions.PutError, match="The conditional request failed"):
        song.save()


def test_models_are_found_by_key_index_and_page(songs: Any) -> None:
    assert songs.count() == songs.count("many") == 40
    between = songs.query("many", songs.title.between("t10", "t20"), songs.plays > 12, scan_index_forward=False)
    assert [song.plays for song in between] == list(range(20, 12, -1))
    assert [song.plays for song in songs.by_genre.query("folk", ByGenre.plays >= 35)] == [35, 37, 39]
    page = songs.query("many", limit=3)
    assert [song.title for song in page] == ["t00", "t01", "t02"]
    rest = songs.query("many", limit=2, last_evaluated_key=page.last_evaluated_key)
    assert [song.title for song in rest] == ["t03", "t04"]
    parts = [list(songs.scan(segment=segment, total_segments=3)) for segment in range(3)]
    assert sum(map(len, parts)) == 40
    assert len(list(songs.batch_get([("many", f"t{number:02}") for number in range(40)]))) == 40


def test_models_take_part_in_transactions(songs: Any) -> None:
    connected = connection.Connection(region="us-east-1")
    with transactions.TransactWrite(connection=connected) as write:
        write.save(songs("new", "t"))
        write.update(songs("many", "t01"), actions=[songs.plays.add(100)])
        write.delete(songs("many", "t00"), condition=songs.plays == 0)
    with transactions.TransactGet(connection=connected) as get:
        found = get.get(songs, "many", "t01")
    assert found.get().plays == 101
    with (
        pytest.raises(exceptions.TransactWriteError) as caught,
        transactions.TransactWrite(connection=connected) as write,
    ):
        write.save(songs("new", "t"), condition=songs.artist.does_not_exist())
    assert [reason.code for reason in caught.value.cancellation_reasons] == ["ConditionalCheckFailed"]
    with pytest.raises(songs.DoesNotExist):
        songs.get("many", "t00")
