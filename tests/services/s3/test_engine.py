"""The parts that know no requests, against plain models of them."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsim.services.s3.body import Body
from awsim.services.s3.byte_ranges import read_range
from awsim.services.s3.copy_source import CopySource
from awsim.services.s3.errors import InvalidRange
from awsim.services.s3.object_checksum import ObjectChecksum
from awsim.services.s3.object_index import ObjectIndex, walk
from awsim.services.s3.object_metadata import decode, encode
from awsim.services.s3.object_version import NULL_VERSION, ObjectVersion

OVERHEAD_MAX_BYTES = 1_536


@pytest.fixture(autouse=True)
def transport() -> None:
    """The engine is not called through a transport: once is enough."""


KEYS = st.text("ab/é😀", min_size=1, max_size=6)


def version(key, version_id="v", *, marker=False):
    return ObjectVersion(key, version_id, 0.0, "123456789012", is_delete_marker=marker)


def rolled_up(keys, prefix, delimiter):
    """Every name of a listing, the slow way."""
    found = []
    for key in sorted(key for key in keys if key.startswith(prefix)):
        end = key.find(delimiter, len(prefix)) if delimiter else -1
        name = (key, False) if end < 0 else (key[: end + len(delimiter)], True)
        if name not in found:
            found.append(name)
    return found


class TestWalk:
    @given(keys=st.sets(KEYS), prefix=st.text("ab/", max_size=3), delimiter=st.sampled_from(["", "/", "b", "é/"]))
    def test_everything_is_shown_once_in_order(self, keys, prefix, delimiter):
        shown = list(walk(sorted(keys), prefix, delimiter, "", lambda _: True))
        assert shown == rolled_up(keys, prefix, delimiter)

    @given(keys=st.sets(KEYS, min_size=1), delimiter=st.sampled_from(["", "/"]), data=st.data())
    def test_going_on_from_any_name_shows_the_rest(self, keys, delimiter, data):
        everything = rolled_up(keys, "", delimiter)
        position = data.draw(st.integers(0, len(everything) - 1))
        after = everything[position][0]
        assert list(walk(sorted(keys), "", delimiter, after, lambda _: True)) == everything[position + 1 :]

    @given(keys=st.sets(KEYS), hidden=st.sets(KEYS), delimiter=st.sampled_from(["", "/"]))
    def test_hidden_keys_show_nothing_not_even_their_prefix(self, keys, hidden, delimiter):
        shown = list(walk(sorted(keys), "", delimiter, "", lambda key: key not in hidden))
        assert shown == rolled_up(keys - hidden, "", delimiter)

    def test_a_page_looks_at_no_more_keys_than_it_shows(self):
        """However many there are: before it, behind it, or in the folders that it rolls up."""
        keys = [f"{number:06d}" for number in range(100_000)]
        looked_at = []

        def is_listed(key):
            looked_at.append(key)
            return True

        names = walk(keys, "", "", "050000", is_listed)
        assert [next(names)[0] for _ in range(1000)] == keys[50_001:51_001]
        assert len(looked_at) == 1000
        looked_at.clear()
        folders = sorted(f"{folder}/{number:04d}" for folder in "abc" for number in range(10_000))
        assert list(walk(folders, "", "/", "", is_listed)) == [("a/", True), ("b/", True), ("c/", True)]
        assert len(looked_at) == 3


class TestIndex:
    @given(
        st.lists(
            st.tuples(st.sampled_from("abc"), st.sampled_from([NULL_VERSION, "v1", "v2", "v3"]), st.booleans()),
            max_size=20,
        )
    )
    def test_it_keeps_versions_in_order_and_replaces_the_null_one(self, steps):
        index, model = ObjectIndex(), {}
        for key, version_id, adds in steps:
            ids = model.setdefault(key, [])
            if adds and (version_id == NULL_VERSION or version_id not in ids):
                index.add(version(key, version_id))
                if version_id in ids:
                    ids.remove(version_id)
                ids.append(version_id)
            elif not adds and version_id in ids:
                index.remove(index.find(key, version_id))
                ids.remove(version_id)
        kept = {key: ids for key, ids in model.items() if ids}
        assert index.keys == sorted(kept)
        assert {key: [one.version_id for one in versions] for key, versions in index.versions.items()} == kept
        for key in "abc":
            current = index.current(key)
            assert (current.version_id if current else None) == (kept[key][-1] if key in kept else None)

    def test_a_marker_hides_the_key(self):
        index = ObjectIndex()
        index.add(version("a", "v1"))
        index.add(version("a", "v2", marker=True))
        assert index.live("a") is None
        assert not index.is_live("a")
        assert index.current("a").version_id == "v2"

    def test_an_object_costs_less_than_a_kilobyte_and_a_half_beyond_its_body(self):
        body = Body.of(b"x" * 1024)
        count = 2000
        tracemalloc.start()
        index = ObjectIndex()
        for number in range(count):
            one = ObjectVersion(
                f"folder/{number:040d}",
                f"{number:032d}",
                float(number),
                "123456789012",
                etag=f"{number:032x}",
                body=Body.of(body.read()),
                checksum=ObjectChecksum("CRC32", f"{number:08d}"),
                headers={"ContentType": "text/plain"},
                metadata={"mood": f"{number:020d}"},
            )
            index.add(one)
        used, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert used / count < OVERHEAD_MAX_BYTES


class TestBody:
    @given(chunks=st.lists(st.binary(max_size=8), min_size=1, max_size=5), data=st.data())
    def test_a_slice_is_that_of_the_joined_chunks(self, chunks, data):
        body = Body.of(*chunks)
        whole = b"".join(chunks)
        assert (body.read(), body.size) == (whole, len(whole))
        if whole:
            first = data.draw(st.integers(0, len(whole) - 1))
            last = data.draw(st.integers(first, len(whole) - 1))
            assert body.slice(first, last).read() == whole[first : last + 1]

    def test_joining_copies_nothing(self):
        one, two = Body.of(b"one"), Body.of(b"two", b"three")
        chunks = (*one.chunks, *two.chunks)
        assert list(map(id, Body.join([one, two]).chunks)) == list(map(id, chunks))


class TestRanges:
    @given(size=st.integers(0, 20), first=st.integers(0, 25), last=st.integers(0, 25))
    def test_a_range_has_the_bytes_that_exist(self, size, first, last):
        header = f"bytes={first}-{last}"
        if last < first:
            assert read_range(header, size) is None
        elif first >= size:
            with pytest.raises(InvalidRange):
                read_range(header, size)
        else:
            assert read_range(header, size) == (first, min(last, size - 1))

    @given(size=st.integers(1, 20), count=st.integers(1, 25))
    def test_a_suffix_has_the_last_bytes(self, size, count):
        assert read_range(f"bytes=-{count}", size) == (max(size - count, 0), size - 1)


class TestCopySource:
    @pytest.mark.parametrize(
        ("header", "source"),
        [
            ("photos/cat", CopySource("photos", "cat")),
            ("/photos/a/b%20c", CopySource("photos", "a/b c")),
            ("photos/a+b%2Bc", CopySource("photos", "a b+c")),
            ("photos/cat?versionId=abc", CopySource("photos", "cat", "abc")),
            ("photos/cat%3FversionId=abc", CopySource("photos", "cat?versionId=abc")),
            (
                "arn:aws:s3:us-east-1:123456789012:accesspoint/mine/object/a/b",
                CopySource("arn:aws:s3:us-east-1:123456789012:accesspoint/mine", "a/b"),
            ),
        ],
    )
    def test_a_header_names_a_version_of_an_object(self, header, source):
        assert CopySource.parse(header) == source


class TestMetadata:
    @pytest.mark.parametrize(
        ("text", "header"),
        [
            ("abc", "abc"),
            ("test_—_file%E2%80%94_é_2?.pdf", "=?UTF-8?Q?test=5F=E2=80=94=5Ffile%E2%80%94=5F=C3=A9=5F2=3F.pdf?="),
            ("ÄMÄZÕÑ S3", "=?UTF-8?Q?=C3=84M=C3=84Z=C3=95=C3=91_S3?="),
            ("\x00\x01\x02\x03", "=?UTF-8?B?AAECAw==?="),
        ],
    )
    def test_text_is_encoded_as_aws_was_recorded_to(self, text, header):
        assert encode(text) == header
        assert decode(header) == text

    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
    def test_what_a_sender_writes_in_utf_8_comes_through(self, text):
        sent = text.encode().decode("latin-1")
        if "=?" not in text:
            assert decode(sent) == text
            assert decode(encode(text)) == text
