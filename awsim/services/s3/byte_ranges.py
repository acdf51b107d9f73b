"""The Range header: which bytes of a body are asked for. Knows no requests."""

from __future__ import annotations

import re

from awsim.services.s3.errors import InvalidArgument, InvalidRange

_RANGE = re.compile(r"bytes=\s*(\d*)\s*-\s*(\d*)\s*")
_COPY_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


def read_range(header: str, size: int) -> tuple[int, int] | None:
    """The first and last byte asked for of ``size``, both included. None for what S3 ignores: several ranges, other
    units, nonsense. Raises InvalidRange where nothing of it exists."""
    match = _RANGE.fullmatch(header)
    if match is None:
        return None
    first, last = match.groups()
    if first:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None
    elif last:
        start, end = max(size - int(last), 0), size - 1
        if int(last) == 0:
            start = size
    else:
        return None
    if start >= size:
        raise InvalidRange(ActualObjectSize=str(size), RangeRequested=header)
    return start, end


def read_copy_range(header: str, size: int) -> tuple[int, int]:
    """The range of a source to copy, which must be complete and exist. Raises InvalidArgument."""
    match = _COPY_RANGE.fullmatch(header)
    if match is None or int(match[2]) < int(match[1]):
        raise InvalidArgument(
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
            "zero-based offsets of the first and last bytes to copy",
            "x-amz-copy-source-range",
            header,
        )
    first, last = int(match[1]), int(match[2])
    if last >= size:
        raise InvalidArgument(
            f"Range specified is not valid for source object of size: {size}", "x-amz-copy-source-range", header
        )
    return first, last


def content_range(first: int, last: int, size: int) -> str:
    """The Content-Range header of an answer with part of a body."""
    return f"bytes {first}-{last}/{size}"
