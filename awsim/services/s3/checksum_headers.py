"""What the headers of a request on the wire say of its checksum beyond the value, and what of that goes together.

Knows nothing of bodies: that a value is right is :mod:`awsim.protocol.body`'s business. SDKs see to all of it, so none
of this runs in-process.
"""

from __future__ import annotations

from collections.abc import Mapping

from awsim.services.s3.errors import InvalidRequest
from awsim.services.s3.object_checksum import ALGORITHMS

_PREFIX = "x-amz-checksum-"
_SDK_ALGORITHM = "x-amz-sdk-checksum-algorithm"
_ALGORITHMS = frozenset(algorithm.lower() for algorithm in ALGORITHMS)
#: Headers that begin as a checksum's do, but are none.
_OTHERS = frozenset({"algorithm", "mode", "type"})
UNSUPPORTED_HEADER = "The algorithm type you specified in x-amz-checksum- header is invalid."


def check_checksum_headers(headers: Mapping[str, str], *, of_object: bool) -> None:
    """Refuse a checksum of no algorithm, and an algorithm that is announced but does not come. Raises InvalidRequest.

    AWS: with a document, which is no object's body, any algorithm may come in place of the announced one (API
    reference of DeleteObjects). The words are those that public threads quote (versitygw #1104, #1593, #1598, #1659).
    """
    given = {name.removeprefix(_PREFIX) for name in headers if name.startswith(_PREFIX)} - _OTHERS
    if not given <= _ALGORITHMS:
        raise InvalidRequest(UNSUPPORTED_HEADER)
    announced = headers.get(_SDK_ALGORITHM)
    if announced is None:
        return
    trailer = headers.get("x-amz-trailer", "").strip().lower()
    if trailer.startswith(_PREFIX):
        given.add(trailer.removeprefix(_PREFIX))
    if not given:
        raise InvalidRequest(
            f"{_SDK_ALGORITHM} specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found."
        )
    if of_object and announced.lower() not in given:
        raise InvalidRequest(f"Value for {_SDK_ALGORITHM} header is invalid.")
