"""botocore's framing of an upload, left out where both sides are in one process.

botocore sends a body in chunks with its checksum behind them, and computes that while the body is read. In-process the
frames would be written to be taken off at once: so a body that is in memory is taken as it is, its checksum computed by
botocore's own code as ever, and put where the trailing header would have come to stand. Streams keep their frames.
"""

from __future__ import annotations

from io import SEEK_END, BytesIO
from typing import Any

from botocore.httpchecksum import AwsChunkedWrapper

from awsim.protocol import spool
from awsim.protocol.http import Request


def take_off_frames(request: Request) -> None:
    """Leave a request with the body that botocore was given, if that is in memory and not long."""
    wrapper: Any = request.body
    if type(wrapper) is not AwsChunkedWrapper:
        return
    raw, headers = wrapper._raw, request.headers
    name = wrapper._checksum_name.lower()
    if type(raw) is not BytesIO or wrapper._checksum is None or headers.get("x-amz-trailer") != name:
        return
    if wrapper._remaining or wrapper._complete or _length_left(raw) > spool.SPOOL_LENGTH:
        return
    encodings = headers.get("content-encoding", "").split(",")
    if "aws-chunked" not in encodings or headers.get("x-amz-content-sha256") != "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
        return
    body = raw.read()
    wrapper._checksum.update(body)
    headers[name] = wrapper._checksum.b64digest()
    wrapper._complete = True  # it has been read, as by a transport; a retry begins it anew
    encodings.remove("aws-chunked")
    if encodings:
        headers["content-encoding"] = ",".join(encodings)
    else:
        del headers["content-encoding"]
    headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD"
    headers["content-length"] = str(len(body))
    request.body = body
    request.computed_checksum = name


def _length_left(raw: BytesIO) -> int:
    # getbuffer() would have the stream copy the bytes that it shares with its maker.
    position = raw.tell()
    end = raw.seek(0, SEEK_END)
    raw.seek(position)
    return end - position
