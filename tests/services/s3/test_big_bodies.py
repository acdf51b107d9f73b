"""Long bodies: spooled to a file that nobody sees, shared by forks, and gone with the last that refers to them."""

from __future__ import annotations

import gc
import io
import pickle
import weakref
from mmap import mmap
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsim import Settings
from awsim.cloud import Cloud
from awsim.errors import ServiceException
from awsim.protocol import spool
from awsim.protocol.aws_chunked import ChunkedBody, decode_chunks
from awsim.services.s3 import body as body_module
from awsim.services.s3.body import Body

DATA = bytes(range(256)) * 1_200  # 300 kB


@pytest.fixture(autouse=True)
def a_tenth_of_that_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "SPOOL_LENGTH", 100_000)
    monkeypatch.setattr(body_module, "_JOINED_LENGTH_MAX", 50_000)


def kept(cloud: Any, bucket: str, key: str) -> Any:
    """What the store keeps of an object's body."""
    store = next(store for store in cloud.stores.values() if type(store).__name__ == "S3Store")
    return store.buckets[bucket].objects.current(key).body.chunks


@pytest.mark.parametrize("body", [bytes, io.BytesIO])
def test_a_long_body_is_spooled_and_read_in_ranges(s3, bucket, cloud, body):
    put = s3.put_object(Bucket=bucket, Key="big", Body=body(DATA), Metadata={"a": "b"})
    (chunk,) = kept(cloud, bucket, "big")
    assert isinstance(chunk, mmap)
    assert put["ETag"] == s3.head_object(Bucket=bucket, Key="big")["ETag"]
    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == DATA
    stream = s3.get_object(Bucket=bucket, Key="big")["Body"]
    assert b"".join(stream.iter_chunks(10_000)) == DATA
    for first, last in ((0, 9), (100, 150_000), (299_999, 307_199)):
        got = s3.get_object(Bucket=bucket, Key="big", Range=f"bytes={first}-{last}")
        assert got["Body"].read() == DATA[first : last + 1]


def test_a_copy_shares_it(s3, bucket, cloud):
    s3.put_object(Bucket=bucket, Key="big", Body=DATA)
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "big"})
    assert kept(cloud, bucket, "copy")[0] is kept(cloud, bucket, "big")[0]


def test_parts_that_are_long_together_are_spooled_when_put_together(s3, bucket, cloud):
    cloud.settings.s3_min_part_size = 1
    upload = {"Bucket": bucket, "Key": "big"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    pieces = [DATA[:90_000], DATA[90_000:170_000], DATA[170_000:]]
    parts = [
        {"PartNumber": number, "ETag": s3.upload_part(**upload, PartNumber=number, Body=piece)["ETag"]}
        for number, piece in enumerate(pieces, 1)
    ]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    (chunk,) = kept(cloud, bucket, "big")
    assert isinstance(chunk, mmap)
    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == DATA
    assert s3.get_object(Bucket=bucket, Key="big", PartNumber=2)["Body"].read() == pieces[1]


def test_parts_are_spooled_together_before_that(s3, bucket, cloud):
    cloud.settings.s3_min_part_size = 1
    upload = {"Bucket": bucket, "Key": "big"}
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]

    def put(number: int, piece: bytes) -> None:
        s3.upload_part(**upload, PartNumber=number, Body=piece)

    def chunks() -> list[Any]:
        store = next(store for store in cloud.stores.values() if type(store).__name__ == "S3Store")
        parts = store.buckets[bucket].uploads.in_progress[upload["UploadId"]].parts
        return [part.body.chunks[0] for _, part in sorted(parts.items())]

    put(2, DATA[:60_000])
    put(2, DATA[60_000:120_000])  # what it replaces does not count any more
    put(1, DATA[:60_000][::-1])
    first, second = chunks()
    assert isinstance(first.obj, mmap)
    assert first.obj is second.obj
    put(3, DATA[120_000:])
    put(4, b"small")
    assert isinstance(chunks()[3], bytes)
    snapshot = cloud.snapshot()
    s3.abort_multipart_upload(**upload)
    cloud.restore(snapshot)
    listed = s3.list_parts(**upload)["Parts"]
    parts = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in listed]
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    whole = DATA[:60_000][::-1] + DATA[60_000:] + b"small"
    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == whole


def test_forks_and_snapshots_share_it_and_outlive_it(s3, bucket, cloud):
    s3.put_object(Bucket=bucket, Key="big", Body=DATA)
    snapshot, fork = cloud.snapshot(), cloud.fork()
    s3.put_object(Bucket=bucket, Key="big", Body=b"small")
    gc.collect()
    assert fork.client("s3").get_object(Bucket=bucket, Key="big")["Body"].read() == DATA
    cloud.restore(snapshot)
    assert s3.get_object(Bucket=bucket, Key="big")["Body"].read() == DATA
    assert kept(fork, bucket, "big")[0] is kept(cloud, bucket, "big")[0]


def test_it_is_gone_with_the_last_that_refers_to_it(s3, bucket, cloud):
    s3.put_object(Bucket=bucket, Key="big", Body=DATA)
    fork = cloud.fork()
    fork.client("s3").head_object(Bucket=bucket, Key="big")
    s3.head_object(Bucket=bucket, Key="big")
    file = weakref.ref(kept(cloud, bucket, "big")[0])
    s3.delete_object(Bucket=bucket, Key="big")
    gc.collect()
    assert file() is not None
    fork.reset()
    cloud.reset()
    gc.collect()
    assert file() is None


def test_it_is_saved_and_loaded(s3, bucket, cloud, tmp_path):
    s3.put_object(Bucket=bucket, Key="big", Body=DATA)
    cloud.save(tmp_path / "state.json")
    loaded = Cloud(Settings())
    loaded.load(tmp_path / "state.json")
    assert loaded.client("s3").get_object(Bucket=bucket, Key="big")["Body"].read() == DATA


# Engines

pieces = st.lists(st.binary(max_size=40), max_size=8)


@given(pieces, st.integers(1, 30))
def test_chunks_hold_what_was_put_in_however_they_are_cut(chunks, cut):
    held = b"".join(chunks)
    framed = b"".join(b"%x;chunk-signature=abc\r\n%s\r\n" % (len(one), one) for one in chunks if one)
    framed += b"0\r\nx-amz-checksum-crc32:AAAA\r\n\r\n"
    body = ChunkedBody([framed[at : at + cut] for at in range(0, len(framed), cut)])
    assert b"".join(body) == held
    assert body.trailers == {"x-amz-checksum-crc32": "AAAA"}
    assert decode_chunks(framed) == (held, body.trailers)


@given(st.binary(max_size=60), st.integers(1, 10))
def test_what_is_not_framed_is_refused_and_nothing_else(data, cut):
    for framed in (data, b"3\r\n" + data, b"3\r\nabc\r\n" + data):
        body = ChunkedBody([framed[at : at + cut] for at in range(0, len(framed), cut)])
        outcomes = []
        for read in (lambda body=body: (b"".join(body), body.trailers), lambda framed=framed: decode_chunks(framed)):
            try:
                outcomes.append(read())
            except ServiceException as error:
                outcomes.append(error.code)
        assert outcomes[0] == outcomes[1]
        assert isinstance(outcomes[0], str) or len(outcomes[0][0]) < len(framed)


@given(pieces, st.data())
def test_a_slice_is_a_slice(chunks, data):
    whole = b"".join(chunks)
    body = Body.of(*chunks)
    assert body.read() == whole
    if whole:
        first = data.draw(st.integers(0, len(whole) - 1))
        last = data.draw(st.integers(first, len(whole) - 1))
        assert body.slice(first, last).read() == whole[first : last + 1]


def test_a_body_is_pickled_by_reference_where_that_is_asked_for():
    body = Body.of(DATA)
    buffers: list[pickle.PickleBuffer] = []
    text = pickle.dumps(body, 5, buffer_callback=buffers.append)
    assert len(text) < 1000
    assert pickle.loads(text, buffers=buffers).chunks[0] is body.chunks[0]
    assert pickle.loads(pickle.dumps(body)).read() == DATA
