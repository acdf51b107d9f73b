"""What was done to a request's body on its way, undone: chunk framing, compression; and its checksums, checked.

Owns the headers that speak of the body as a whole. Runs before the body is parsed, so it knows nothing of members.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from mmap import mmap
from typing import Any

from awsim.errors import ServiceException
from awsim.protocol.aws_chunked import ChunkedBody, decode_chunks, malformed_trailer
from awsim.protocol.checksums import ALGORITHMS, checksum
from awsim.protocol.http import Request
from awsim.protocol.spool import Buffer, gather
from awsim.spec import OperationModel

#: The largest body that a compressed one may turn out to be, in bytes.
DECOMPRESSED_LENGTH_MAX = 64 * 1024 * 1024
#: Bodies whose length has so many digits are decoded at once.
_SHORT_DIGITS = 5
#: Of how many parts a compressed body may consist; senders make one.
_GZIP_MEMBERS_MAX = 64

_CHECKSUM_HEADERS = {f"x-amz-checksum-{algorithm}": algorithm for algorithm in sorted(ALGORITHMS)}
_TELLING_HEADERS = frozenset({"content-encoding", "content-md5", "x-amz-content-sha256", "x-amz-trailer"}).union(
    _CHECKSUM_HEADERS
)
_COMPRESSED_TYPES = ("application/x-www-form-urlencoded", "application/x-amz-json", "application/cbor")


def decode_body(request: Request, operation: OperationModel | None = None) -> None:
    """Leave ``request`` with the body its sender started from, trailing headers among its headers.

    ``operation``, where it is known, tells whether compression is the protocol's or, as of an S3 object, the caller's
    own. Raises ServiceException: IncompleteBody, MissingContentLength, MalformedTrailerError, BadDigest,
    InvalidDigest, InvalidRequest, and SerializationException for compressed bodies that are not, or are too large.
    """
    headers = request.headers
    if _TELLING_HEADERS.isdisjoint(headers):
        return
    encodings = [encoding.strip() for encoding in headers.get("content-encoding", "").split(",") if encoding.strip()]
    if "aws-chunked" in encodings or _is_streaming(headers.get("x-amz-content-sha256", "")):
        _undo_chunks(request)
        encodings = [encoding for encoding in encodings if encoding != "aws-chunked"]
        _set_encodings(request, encodings)
    if "content-md5" in headers:
        _check_md5(request)
    if not _CHECKSUM_HEADERS.keys().isdisjoint(headers):
        _check_checksums(request)
    if encodings and encodings[-1] == "gzip" and _is_compressed_by_protocol(request, operation):
        request.body = _decompress(request.read())
        _set_encodings(request, encodings[:-1])


def _is_streaming(content_sha256: str) -> bool:
    # AWS: what is STREAMING-…-EVENTS is an event stream, whose messages are the frames.
    return content_sha256.startswith("STREAMING-") and not content_sha256.endswith("-EVENTS")


def _set_encodings(request: Request, encodings: list[str]) -> None:
    """AWS: S3 keeps, as the object's own, what encodings are left."""
    if encodings:
        request.headers["content-encoding"] = ", ".join(encodings)
    else:
        request.headers.pop("content-encoding", None)
    if isinstance(request.body, (bytes, mmap)):
        request.headers["content-length"] = str(len(request.body))


# Chunks


def _undo_chunks(request: Request) -> None:
    headers = request.headers
    announced_length = headers.get("x-amz-decoded-content-length")
    if announced_length is None and _is_streaming(headers.get("x-amz-content-sha256", "")):
        # AWS: botocore itself leaves the length out where a stream does not know its own.
        raise ServiceException(
            "MissingContentLength", "You must provide the Content-Length HTTP header.", status_code=411
        )
    body: Buffer
    if announced_length is not None and len(announced_length) <= _SHORT_DIGITS:
        body, trailers = decode_chunks(request.read())
    else:
        chunks = ChunkedBody(request.pieces())
        body = gather(chunks)
        trailers = chunks.trailers
    _check_length(announced_length, len(body))
    trailers.pop("x-amz-trailer-signature", None)
    announced = {name.strip().lower() for name in headers.get("x-amz-trailer", "").split(",") if name.strip()}
    if announced != trailers.keys():
        raise malformed_trailer()
    headers.update(trailers)
    request.body = body  # type: ignore[assignment]  # a map of a file reads as one


def _check_length(expected: str | None, length: int) -> None:
    if expected is None or expected == str(length):
        return
    raise ServiceException(
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
        NumberBytesExpected=expected,
        NumberBytesProvided=str(length),
    )


# Checksums


def _check_md5(request: Request) -> None:
    given = request.headers["content-md5"]
    expected = _decode_base64(given)
    if expected is None or len(expected) != 16:
        told: dict[str, Any] = {"Content-MD5": given}
        raise ServiceException("InvalidDigest", "The Content-MD5 you specified was invalid.", **told)
    calculated = checksum("md5", request.gather())
    if calculated != expected:
        raise ServiceException(
            "BadDigest",
            "The Content-MD5 you specified did not match what we received.",
            ExpectedDigest=given,
            CalculatedDigest=base64.b64encode(calculated).decode(),
        )


def _check_checksums(request: Request) -> None:
    # AWS: to complete a multipart upload one gives the checksum of the object, not of the document that asks for it.
    if request.method == "POST" and "uploadId" in request.query_string:
        return
    given = [name for name in _CHECKSUM_HEADERS if name in request.headers]
    if len(given) > 1:
        raise ServiceException(
            "InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
        )
    for name in given:
        if name == request.computed_checksum:
            continue
        algorithm = _CHECKSUM_HEADERS[name]
        expected = _decode_base64(request.headers[name])
        calculated = checksum(algorithm, request.gather())
        if expected is None or len(expected) != len(calculated):
            raise ServiceException("InvalidRequest", f"Value for {name} header is invalid.")
        if expected != calculated:
            raise ServiceException(
                "BadDigest", f"The {algorithm.upper()} you specified did not match the calculated checksum."
            )


def _decode_base64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


# Compression


def _is_compressed_by_protocol(request: Request, operation: OperationModel | None) -> bool:
    if operation is not None:
        return bool(operation.request_compression)
    return request.headers.get("content-type", "").startswith(_COMPRESSED_TYPES)


def _decompress(data: bytes) -> bytes:
    parts: list[bytes] = []
    room = DECOMPRESSED_LENGTH_MAX
    try:
        for _ in range(_GZIP_MEMBERS_MAX):
            if not data:
                return b"".join(parts)
            member = zlib.decompressobj(wbits=31)
            part = member.decompress(data, room + 1)
            room -= len(part)
            if room < 0:
                raise ServiceException(
                    "SerializationException", f"The body has more than {DECOMPRESSED_LENGTH_MAX} bytes", status_code=413
                )
            if not member.eof:
                raise zlib.error("truncated")
            parts.append(part)
            data = member.unused_data
    except zlib.error:
        pass
    raise ServiceException("SerializationException", "Could not decompress the request body")
