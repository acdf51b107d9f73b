"""What is done to bodies on their way: chunks, compression and checksums."""

from __future__ import annotations

import base64
import gzip
import io
import zlib
from typing import Any

import pytest
from botocore.httpchecksum import AwsChunkedWrapper, Crc32Checksum, Sha256Checksum
from hypothesis import given
from hypothesis import strategies as st

from awsim import spec
from awsim.errors import ServiceException
from awsim.protocol.body import DECOMPRESSED_LENGTH_MAX, decode_body
from awsim.protocol.checksums import checksum
from awsim.protocol.http import Request


def request(body: Any, method: str = "PUT", query_string: str = "", **headers: str) -> Request:
    """A request with headers given as keywords: ``content_md5=…``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method, "/bucket/key", query_string, named, body)


def decoded(asked: Request) -> tuple[bytes, dict[str, str]]:
    decode_body(asked)
    return asked.read(), asked.headers


def refusal(asked: Request) -> str:
    with pytest.raises(ServiceException) as caught:
        decode_body(asked)
    return str(caught.value)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


class Unreadable:
    def read(self) -> bytes:
        raise AssertionError("the body was read")


def test_a_body_that_nothing_was_done_to_is_not_read() -> None:
    asked = request(Unreadable(), content_type="text/plain", x_amz_checksum_mode="ENABLED")
    decode_body(asked)
    assert isinstance(asked.body, Unreadable)


# aws-chunked


@given(st.binary(max_size=400), st.integers(1, 200), st.sampled_from([None, Crc32Checksum, Sha256Checksum]))
def test_what_botocore_chunks_comes_out_whole_with_its_trailer(data: bytes, size: int, kind: Any) -> None:
    name = {None: "", Crc32Checksum: "x-amz-checksum-crc32", Sha256Checksum: "x-amz-checksum-sha256"}[kind]
    sent = AwsChunkedWrapper(io.BytesIO(data), checksum_cls=kind, checksum_name=name, chunk_size=size)
    headers = {"x-amz-trailer": name} if kind else {}
    asked = Request(
        "PUT",
        headers={
            "content-encoding": "aws-chunked",
            "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            "x-amz-decoded-content-length": str(len(data)),
            **headers,
        },
        body=sent,
    )
    body, received = decoded(asked)
    assert body == data
    assert received["content-length"] == str(len(data))
    assert "content-encoding" not in received
    if kind:
        made = kind()
        made.update(data)
        assert received[name] == made.b64digest()


SIGNED = (
    b"5;chunk-signature=" + b"a" * 64 + b"\r\nhello\r\n"
    b"6;chunk-signature=" + b"b" * 64 + b"\r\n world\r\n"
    b"0;chunk-signature=" + b"c" * 64 + b"\r\n"
)  # fmt: skip


def test_signed_chunks_with_a_signed_trailer_are_undone() -> None:
    digest = b64(checksum("crc32c", b"hello world"))
    body, headers = decoded(
        request(
            SIGNED + f"x-amz-checksum-crc32c:{digest}\r\nx-amz-trailer-signature:{'d' * 64}\r\n\r\n".encode(),
            content_encoding="aws-chunked,gzip",
            x_amz_content_sha256="STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            x_amz_decoded_content_length="11",
            x_amz_trailer="x-amz-checksum-crc32c",
        )
    )
    assert body == b"hello world"
    assert headers == {
        "content-encoding": "gzip",
        "content-length": "11",
        "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": "11",
        "x-amz-trailer": "x-amz-checksum-crc32c",
        "x-amz-checksum-crc32c": digest,
    }


@pytest.mark.parametrize("end", [b"\r\n", b"", b"\n\r\n"])
def test_chunks_without_trailers_may_end_in_several_ways(end: bytes) -> None:
    headers = {"x_amz_content_sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "x_amz_decoded_content_length": "11"}
    body, _ = decoded(request(SIGNED + end, **headers))
    assert body == b"hello world"


def test_chunks_come_with_the_length_of_what_is_in_them() -> None:
    asked = request(SIGNED, x_amz_content_sha256="STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
    assert refusal(asked) == "MissingContentLength: You must provide the Content-Length HTTP header."


def test_an_event_stream_is_not_in_chunks() -> None:
    body, _ = decoded(request(SIGNED, x_amz_content_sha256="STREAMING-AWS4-HMAC-SHA256-EVENTS"))
    assert body == SIGNED


def test_a_plain_body_is_kept_whatever_decoded_length_is_claimed() -> None:
    """AWS: S3 ignores the header on bodies that are not in chunks."""
    body, _ = decoded(request(b"abc", content_md5=b64(checksum("md5", b"abc")), x_amz_decoded_content_length="9"))
    assert body == b"abc"


TERMINATED = "IncompleteBody: The request body terminated unexpectedly"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"5",
        b"5\r\nhel",
        b"5\r\nhello",
        b"5\r\nhello\r\n",
        b"5\r\nhello!\r\n0\r\n\r\n",
        b"xyz\r\n",
        b"-1\r\n\r\n",
        b"1_0\r\n" + b"x" * 16 + b"\r\n0\r\n\r\n",
        b"fffffffffffffffff\r\nhello\r\n",
        b"hello world, not in chunks at all" * 1000,
    ],
)
def test_a_stream_that_ends_early_or_is_not_in_chunks_is_incomplete(body: bytes) -> None:
    assert refusal(request(body, content_encoding="aws-chunked")) == TERMINATED


def test_the_decoded_length_must_be_the_announced_one() -> None:
    with pytest.raises(ServiceException) as caught:
        decode_body(request(SIGNED + b"\r\n", content_encoding="aws-chunked", x_amz_decoded_content_length="3"))
    assert str(caught.value) == (
        "IncompleteBody: You did not provide the number of bytes specified by the Content-Length HTTP header"
    )
    assert caught.value.members == {"NumberBytesExpected": "3", "NumberBytesProvided": "11"}


@pytest.mark.parametrize(
    ("trailer", "announced"),
    [
        (b"x-amz-checksum-crc32:AAAAAA==\r\n\r\n", ""),
        (b"x-amz-checksum-crc32:AAAAAA==\r\n\r\n", "x-amz-checksum-sha1"),
        (b"\r\n", "x-amz-checksum-crc32"),
        (b"no colon\r\n\r\n", ""),
        (b":value\r\n\r\n", ""),
        (b"".join(b"h%d:v\r\n" % number for number in range(100)), ""),
    ],
)
def test_trailers_must_be_well_formed_and_announced(trailer: bytes, announced: str) -> None:
    assert refusal(request(SIGNED + trailer, content_encoding="aws-chunked", x_amz_trailer=announced)) == (
        "MalformedTrailerError: The request contained trailing data that was not well-formed or did not conform to our "
        "published schema."
    )


@given(st.binary(max_size=60) | st.binary(max_size=30).map(lambda data: SIGNED + data))
def test_no_chunks_raise_anything_but_an_answer_of_aws(data: bytes) -> None:
    asked = request(data, content_encoding="aws-chunked", x_amz_trailer="x-amz-checksum-crc32")
    answered = None
    try:
        decode_body(asked)
    except ServiceException as error:
        answered = error.code
    assert answered in (None, "IncompleteBody", "MalformedTrailerError", "InvalidRequest", "BadDigest")


# Checksums

ALGORITHMS = ["crc32", "crc32c", "crc64nvme", "sha1", "sha256"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_right_checksum_passes(algorithm: str) -> None:
    asked = request(b"body", **{f"x_amz_checksum_{algorithm}": b64(checksum(algorithm, b"body"))})
    assert decoded(asked)[0] == b"body"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_wrong_checksum_is_a_bad_digest(algorithm: str) -> None:
    asked = request(b"body", **{f"x_amz_checksum_{algorithm}": b64(checksum(algorithm, b"other"))})
    assert refusal(asked) == (
        f"BadDigest: The {algorithm.upper()} you specified did not match the calculated checksum."
    )


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("value", ["test", "not base64!", "", "\u00e9"])
def test_a_value_that_is_no_checksum_is_an_invalid_request(algorithm: str, value: str) -> None:
    asked = request(b"body", **{f"x_amz_checksum_{algorithm}": value})
    expected = f"InvalidRequest: Value for x-amz-checksum-{algorithm} header is invalid."
    assert refusal(asked) == expected


def test_the_checksum_of_a_trailer_is_checked() -> None:
    trailer = f"x-amz-checksum-sha1:{b64(checksum('sha1', b'other'))}\r\n\r\n".encode()
    asked = request(SIGNED + trailer, content_encoding="aws-chunked", x_amz_trailer="x-amz-checksum-sha1")
    assert refusal(asked) == "BadDigest: The SHA1 you specified did not match the calculated checksum."


def test_only_one_checksum_may_be_given() -> None:
    asked = request(b"", x_amz_checksum_crc32="AAAAAA==", x_amz_checksum_sha1=b64(checksum("sha1", b"")))
    assert refusal(asked) == (
        "InvalidRequest: Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
    )


def test_completing_an_upload_gives_the_checksum_of_the_object() -> None:
    asked = request(b"<CompleteMultipartUpload/>", "POST", "uploadId=x", x_amz_checksum_crc32="AAAAAA==")
    assert decoded(asked)[0] == b"<CompleteMultipartUpload/>"


def test_a_stream_is_read_once_and_kept() -> None:
    asked = request(io.BytesIO(b"body"), content_md5=b64(checksum("md5", b"body")))
    assert decoded(asked)[0] == b"body"


def test_the_wrong_content_md5_is_a_bad_digest() -> None:
    given_md5 = b64(checksum("md5", b"other"))
    with pytest.raises(ServiceException) as caught:
        decode_body(request(b"body", content_md5=given_md5))
    assert str(caught.value) == "BadDigest: The Content-MD5 you specified did not match what we received."
    assert caught.value.members == {
        "ExpectedDigest": given_md5,
        "CalculatedDigest": b64(checksum("md5", b"body")),
    }


@pytest.mark.parametrize("value", ["", "abc", "dGVzdA==", checksum("md5", b"body").hex()])
def test_a_content_md5_that_is_none_is_an_invalid_digest(value: str) -> None:
    assert refusal(request(b"body", content_md5=value)) == "InvalidDigest: The Content-MD5 you specified was invalid."


# Compression

FORM = "application/x-www-form-urlencoded; charset=utf-8"


@given(st.binary(max_size=300))
def test_a_compressed_request_is_decompressed(data: bytes) -> None:
    body, headers = decoded(request(gzip.compress(data), content_encoding="gzip", content_type=FORM))
    assert body == data
    assert headers == {"content-type": FORM, "content-length": str(len(data))}


def test_the_operation_tells_whose_compression_it_is() -> None:
    put_metric_data = spec.load_service("cloudwatch").operation_model("PutMetricData")
    put_object = spec.load_service("s3").operation_model("PutObject")
    compressed = gzip.compress(b"data")
    asked = request(compressed, content_encoding="gzip", content_type="text/plain")
    decode_body(asked, put_metric_data)
    assert asked.body == b"data"
    kept = request(compressed, content_encoding="gzip", content_type=FORM)
    decode_body(kept, put_object)
    assert kept.body == compressed
    assert kept.headers["content-encoding"] == "gzip"


def test_an_object_that_is_compressed_stays_so() -> None:
    compressed = gzip.compress(b"{}")
    body, headers = decoded(request(compressed, content_encoding="gzip", content_type="application/json"))
    assert body == compressed
    assert headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    "body",
    [b"not gzip", gzip.compress(b"data" * 100)[:-4], gzip.compress(b"data") + b"rubbish", gzip.compress(b"") * 1000],
    ids=["plain", "truncated", "trailing rubbish", "a thousand empty members"],
)
def test_what_does_not_decompress_is_refused(body: bytes) -> None:
    asked = request(body, content_encoding="gzip", content_type=FORM)
    assert refusal(asked) == "SerializationException: Could not decompress the request body"


def test_a_bomb_does_not_go_off() -> None:
    bomb = zlib.compressobj(9, wbits=31)
    parts = [bomb.compress(b"\0" * 1024 * 1024) for _ in range(65)]
    asked = request(b"".join(parts) + bomb.flush(), content_encoding="gzip", content_type=FORM)
    with pytest.raises(ServiceException) as caught:
        decode_body(asked)
    assert caught.value.status_code == 413
    assert str(caught.value) == f"SerializationException: The body has more than {DECOMPRESSED_LENGTH_MAX} bytes"
