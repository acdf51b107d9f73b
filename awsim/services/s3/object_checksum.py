"""The checksums of objects and parts: which one a request means, what it is, and how those of parts become one.

Knows algorithms only by AWS's names. That what the caller sent is right has been checked before a provider sees it
(:mod:`awsim.protocol.body`), except where a checksum is of something else than the request's body.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from awsim.services.s3.body import Body
from awsim.services.s3.errors import InvalidRequest

FULL_OBJECT, COMPOSITE = "FULL_OBJECT", "COMPOSITE"

#: AWS: what S3 puts on an object whose sender put nothing on it, since December 2024 (User Guide, "Checking object
#: integrity").
DEFAULT_ALGORITHM = "CRC64NVME"

#: The algorithms in the order of the model, by the suffix of the member that carries their value.
ALGORITHMS = (
    "CRC32",
    "CRC32C",
    "CRC64NVME",
    "SHA1",
    "SHA256",
    "SHA512",
    "MD5",
    "XXHASH64",
    "XXHASH3",
    "XXHASH128",
)
_MEMBERS = {algorithm: f"Checksum{algorithm}" for algorithm in ALGORITHMS}
_MEMBER_ITEMS = tuple(_MEMBERS.items())

#: Only sums that can be put together from those of parts cover a whole object; only CRC64NVME does nothing else.
_FULL_OBJECT_ALGORITHMS = frozenset({"CRC32", "CRC32C", "CRC64NVME"})


@attrs.frozen
class ObjectChecksum:
    """One checksum. ``value`` in base64, a composite one without the number of parts."""

    algorithm: str
    value: str
    type: str = FULL_OBJECT

    @property
    def member(self) -> str:
        """The member that carries the value: ``ChecksumCRC32``."""
        return _MEMBERS[self.algorithm]


def given_checksum(members: Mapping[str, Any]) -> tuple[str, str] | None:
    """The algorithm and the value that a request (or a part in one) carries; None where it carries none."""
    for algorithm, member in _MEMBER_ITEMS:
        value = members.get(member)
        if value is not None:
            return algorithm, value
    return None


def checked_checksum(members: Mapping[str, Any]) -> tuple[str, str] | None:
    """The same of a request that uploads. Raises InvalidRequest where it names another algorithm (versitygw #1598)."""
    given, named = given_checksum(members), members.get("ChecksumAlgorithm")
    if given is not None and named is not None and named.upper() != given[0]:
        raise InvalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.")
    return given


def checksum_of_body(members: Mapping[str, Any], body: Body) -> ObjectChecksum:
    """The checksum to keep of what a request uploads: the one it carries, else the one it names, else the default.

    Raises InvalidRequest.
    """
    given = checked_checksum(members)
    if given is not None:
        # Deviation: values of the XXHash family are believed, since they cannot be computed here.
        return ObjectChecksum(*given)
    return calculate(members.get("ChecksumAlgorithm") or DEFAULT_ALGORITHM, body)


def calculate(algorithm: str, body: Body) -> ObjectChecksum:
    """The checksum of a whole body. Raises InvalidRequest for an algorithm that cannot be computed."""
    return ObjectChecksum(algorithm, base64.b64encode(_digest(algorithm, body)).decode())


def composite(algorithm: str, parts: Iterable[str]) -> ObjectChecksum:
    """The checksum of the parts' checksums, which are given in base64."""
    digest = _digest(algorithm, Body.of(b"".join(map(base64.b64decode, parts))))
    return ObjectChecksum(algorithm, base64.b64encode(digest).decode(), COMPOSITE)


def _digest(algorithm: str, body: Body) -> bytes:
    try:
        return body.checksum(algorithm)
    except KeyError:
        raise _unsupported() from None


def _unsupported() -> InvalidRequest:
    return InvalidRequest(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
        "[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]"
    )


def checksum_type_of(algorithm: str | None, asked_for: str | None) -> str | None:
    """The type of a multipart upload's checksum. Raises InvalidRequest for what does not go together."""
    if algorithm is None:
        if asked_for is not None:
            raise InvalidRequest(
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."
            )
        return None
    if algorithm not in _MEMBERS:
        raise _unsupported()
    if asked_for is None:
        return FULL_OBJECT if algorithm == DEFAULT_ALGORITHM else COMPOSITE
    if (asked_for == FULL_OBJECT and algorithm not in _FULL_OBJECT_ALGORITHMS) or (
        asked_for == COMPOSITE and algorithm == DEFAULT_ALGORITHM
    ):
        raise InvalidRequest(
            f"The {asked_for} checksum type cannot be used with the {algorithm.lower()} checksum algorithm."
        )
    return asked_for
