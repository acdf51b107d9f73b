"""The framing ``aws-chunked``: a body in chunks, each with its length and perhaps a signature, and trailing headers.

Owns the frames only: it neither reads headers of requests nor checks signatures.

    5;chunk-signature=…\\r\\n
    hello\\r\\n
    0;chunk-signature=…\\r\\n
    x-amz-checksum-crc32:NhCmhg==\\r\\n
    x-amz-trailer-signature:…\\r\\n
    \\r\\n
"""

from __future__ import annotations

from awsim.errors import ServiceException

_SIZE_DIGITS_MAX = 12
_LINE_LENGTH_MAX = 8 * 1024
_TRAILERS_MAX = 32
_HEX_DIGITS = b"0123456789abcdefABCDEF"


def decode_chunks(data: bytes) -> tuple[bytes, dict[str, str]]:
    """What the chunks hold, and the trailing headers by lower-case names.

    Raises ServiceException: IncompleteBody for a stream that ends early or is not framed so, MalformedTrailerError.
    """
    parts: list[bytes] = []
    position = 0
    while True:
        size, position = _read_size(data, position)
        if size == 0:
            return b"".join(parts), _read_trailers(data[position:])
        end = position + size
        if data[end : end + 2] != b"\r\n":
            raise _terminated()
        parts.append(data[position:end])
        position = end + 2


def _read_size(data: bytes, position: int) -> tuple[int, int]:
    """The size that the line at ``position`` announces, and where the line after it begins."""
    end = data.find(b"\r\n", position, position + _LINE_LENGTH_MAX)
    digits = data[position : max(end, 0)].partition(b";")[0].strip()
    if not 0 < len(digits) <= _SIZE_DIGITS_MAX or digits.strip(_HEX_DIGITS):
        raise _terminated()
    return int(digits, 16), end + 2


def _read_trailers(data: bytes) -> dict[str, str]:
    trailers: dict[str, str] = {}
    # AWS: its own example ends trailing headers with "\n\r\n".
    for line in data[: _TRAILERS_MAX * _LINE_LENGTH_MAX].splitlines():
        if not line.strip():
            continue
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not name.strip() or len(trailers) >= _TRAILERS_MAX:
            raise malformed_trailer()
        trailers[name.strip().lower()] = value.strip()
    return trailers


def malformed_trailer() -> ServiceException:
    return ServiceException(
        "MalformedTrailerError",
        "The request contained trailing data that was not well-formed or did not conform to our published schema.",
    )


def _terminated() -> ServiceException:
    return ServiceException("IncompleteBody", "The request body terminated unexpectedly")
