"""Uploads whose frames are left out in-process are what they would be with them."""

from __future__ import annotations

import io
import tracemalloc
import zlib
from base64 import b64encode
from typing import Any

import pytest
from botocore.httpchecksum import AwsChunkedWrapper

from awsim import Cloud

BODY = b"hello, world"


@pytest.fixture
def s3(aws: Cloud) -> Any:
    client = aws.client("s3")
    client.create_bucket(Bucket="photos")
    return client


def body_at(position: int) -> io.BytesIO:
    body = io.BytesIO(b"skipped " + BODY)
    body.seek(position)
    return body


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (BODY, BODY),
        (bytearray(BODY), BODY),
        (io.BytesIO(BODY), BODY),
        (body_at(8), BODY),
        (b"", b""),
        (io.BufferedReader(io.BytesIO(BODY)), BODY),
    ],
    ids=["bytes", "bytearray", "file", "file that was begun", "nothing", "stream"],
)
def test_the_object_and_its_checksum_are_the_bodys(s3: Any, body: Any, expected: bytes) -> None:
    crc32 = b64encode(zlib.crc32(expected).to_bytes(4, "big")).decode()
    answer = s3.put_object(Bucket="photos", Key="k", Body=body, ChecksumAlgorithm="CRC32")
    assert answer["ChecksumCRC32"] == crc32
    got = s3.get_object(Bucket="photos", Key="k", ChecksumMode="ENABLED")
    assert (got["Body"].read(), got["ChecksumCRC32"], got.get("ContentEncoding")) == (expected, crc32, None)


def test_the_callers_own_encoding_stays(s3: Any) -> None:
    s3.put_object(Bucket="photos", Key="k", Body=BODY, ContentEncoding="gzip")
    got = s3.get_object(Bucket="photos", Key="k")
    assert (got["Body"].read(), got["ContentEncoding"]) == (BODY, "gzip")


def test_a_retry_sends_the_body_anew(aws: Cloud, s3: Any) -> None:
    aws.faults.add("s3.PutObject", status=503, times=2)
    answer = s3.put_object(Bucket="photos", Key="k", Body=io.BytesIO(BODY))
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert s3.get_object(Bucket="photos", Key="k")["Body"].read() == BODY


def test_a_file_is_left_at_its_end_as_by_any_upload(s3: Any) -> None:
    body = io.BytesIO(BODY)
    s3.put_object(Bucket="photos", Key="k", Body=body)
    assert body.tell() == len(BODY)


def test_bytes_are_neither_copied_on_their_way_in_nor_on_their_way_out(s3: Any) -> None:
    body = bytes(8 * 1024 * 1024)
    s3.put_object(Bucket="photos", Key="warm", Body=b"")
    s3.get_object(Bucket="photos", Key="warm")["Body"].read()
    tracemalloc.start()
    try:
        s3.put_object(Bucket="photos", Key="k", Body=body)
        assert s3.get_object(Bucket="photos", Key="k")["Body"].read() == body
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1024 * 1024


def test_the_call_log_has_the_body(aws: Cloud, s3: Any) -> None:
    s3.put_object(Bucket="photos", Key="k", Body=BODY)
    aws.calls.assert_called("s3.PutObject", Bucket="photos", Key="k", Body=BODY, times=1)


def test_botocore_still_frames_as_is_assumed() -> None:
    wrapper = AwsChunkedWrapper(io.BytesIO(BODY))
    names = ("_raw", "_checksum", "_checksum_name", "_remaining", "_complete")
    assert [name for name in names if not hasattr(wrapper, name)] == []
