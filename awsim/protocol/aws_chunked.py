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

from collections.abc import Iterable, Iterator

from awsim.errors import ServiceException

_SIZE_DIGITS_MAX = 12
_LINE_LENGTH_MAX = 8 * 1024
_TRAILERS_MAX = 32
_HEX_DIGITS = b"0123456789abcdefABCDEF"


class ChunkedBody:
    """What the chunks of a stream hold, piece by piece and without copying; then, its trailing headers.

    Iterating raises ServiceException: IncompleteBody for a stream that ends early or is not framed so,
    MalformedTrailerError.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        #: By lower-case names, once all has been read.
        self.trailers: dict[str, str] = {}

    def __iter__(self) -> Iterator[memoryview]:
        line = bytearray()  # the part of a line that came with the pieces before
        remaining = 0  # of a chunk
        ends_chunk = False  # what comes next is the line break behind a chunk
        trailer: bytearray | None = None
        for piece in self._pieces:
            view, position, length = memoryview(piece), 0, len(piece)
            while position < length:
                if trailer is not None:
                    trailer += view[position:]
                    break
                if remaining:
                    taken = min(remaining, length - position)
                    yield view[position : position + taken]
                    position += taken
                    remaining -= taken
                    ends_chunk = not remaining
                    continue
                end = piece.find(b"\n", position) + 1
                line += view[position : end or length]
                position = end or length
                if len(line) > (2 if ends_chunk else _LINE_LENGTH_MAX):
                    raise _terminated()
                if not end:
                    continue
                if ends_chunk:
                    if line != b"\r\n":
                        raise _terminated()
                    ends_chunk = False
                elif line.endswith(b"\r\n"):
                    remaining = _read_size(line)
                    if not remaining:
                        trailer = bytearray()
                else:
                    raise _terminated()
                line.clear()
        if trailer is None:
            raise _terminated()
        self.trailers = _read_trailers(bytes(trailer))


def decode_chunks(data: bytes) -> tuple[bytes, dict[str, str]]:
    """The same for a stream that is there as a whole, in a third of the time: for short bodies it counts."""
    parts: list[bytes] = []
    position = 0
    while True:
        end = data.find(b"\r\n", position, position + _LINE_LENGTH_MAX)
        size = _read_size(data[position : max(end, 0) + 2])
        position = end + 2
        if size == 0:
            return b"".join(parts), _read_trailers(data[position:])
        end = position + size
        if data[end : end + 2] != b"\r\n":
            raise _terminated()
        parts.append(data[position:end])
        position = end + 2


def _read_size(line: bytes | bytearray) -> int:
    """The size that a line announces."""
    digits = line[:-2].partition(b";")[0].strip()
    if not 0 < len(digits) <= _SIZE_DIGITS_MAX or digits.strip(_HEX_DIGITS):
        raise _terminated()
    return int(digits, 16)


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
