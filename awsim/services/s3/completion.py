"""How parts become an object: which parts the caller means, and what is checked before they are put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import attrs

from awsim.services.s3.body import Body
from awsim.services.s3.errors import (
    BadDigest,
    EntityTooSmall,
    InvalidPart,
    InvalidPartOrder,
    InvalidRequest,
    MalformedXML,
)
from awsim.services.s3.models import S3Store
from awsim.services.s3.multipart_upload import MultipartUpload, UploadedPart, multipart_etag
from awsim.services.s3.object_checksum import (
    COMPOSITE,
    DEFAULT_ALGORITHM,
    ObjectChecksum,
    calculate,
    composite,
    given_checksum,
)
from awsim.services.s3.object_version import ObjectVersion, Part

if TYPE_CHECKING:
    from awsim.context import RequestContext

#: AWS: every part but the last has at least 5 MiB.


def chosen_parts(upload: MultipartUpload, document: Mapping[str, Any] | None, part_size_min: int) -> list[UploadedPart]:
    """The parts that a CompletedMultipartUpload names, in order; all but the last of ``part_size_min`` bytes at least.

    Raises InvalidRequest, MalformedXML, InvalidPartOrder, InvalidPart, EntityTooSmall.
    """
    if document is None:
        raise InvalidRequest("You must specify at least one part")
    named = document.get("Parts")
    if not named or any("PartNumber" not in part or "ETag" not in part for part in named):
        raise MalformedXML
    numbers = [part["PartNumber"] for part in named]
    if any(after <= before for before, after in pairwise(numbers)):
        raise InvalidPartOrder(UploadId=upload.upload_id)
    if upload.checksum_type == COMPOSITE and numbers != list(range(1, len(numbers) + 1)):
        # AWS: parts that have checksums of their own are numbered one by one (API reference, CompletedPart).
        raise InvalidPartOrder(UploadId=upload.upload_id)
    parts = [_find_part(upload, part) for part in named]
    for part in parts[:-1]:
        if part.body.size < part_size_min:
            raise EntityTooSmall(
                ETag=part.etag,
                MinSizeAllowed=part_size_min,
                PartNumber=part.part_number,
                ProposedSize=part.body.size,
            )
    return parts


def _find_part(upload: MultipartUpload, named: Mapping[str, Any]) -> UploadedPart:
    """The part that one entry means. Raises InvalidPart, InvalidRequest where its checksum is missing."""
    number, etag = named["PartNumber"], named["ETag"].strip('"')
    part = upload.parts.get(number)
    given = given_checksum(named)
    if part is not None and part.etag == etag:
        if given is None:
            if upload.checksum_type != COMPOSITE:
                return part
            raise InvalidRequest(
                f"The upload was created using a {str(upload.checksum_algorithm).lower()} checksum. The complete "
                "request must include the checksum for each part. It was missing for part "
                f"{number} in the request."
            )
        # AWS: an upload that was begun without an algorithm takes no checksums of parts either (recorded).
        if part.checksum is not None and given == (part.checksum.algorithm, part.checksum.value):
            return part
    raise InvalidPart(ETag=etag, PartNumber=number, UploadId=upload.upload_id)


def assemble(
    context: RequestContext[S3Store],
    upload: MultipartUpload,
    parts: Sequence[UploadedPart],
    request: Mapping[str, Any],
    size: int | None,
) -> ObjectVersion:
    """The finished object, not yet in its bucket. ``size`` is what the caller expects, in bytes.

    Raises InvalidRequest, BadDigest.
    """
    asked_for = request.get("ChecksumType")
    if asked_for is not None and asked_for != upload.checksum_type:
        raise InvalidRequest(
            f"The upload was created using the {upload.checksum_type or 'null'} checksum mode. The complete request "
            "must use the same checksum mode."
        )
    body = Body.join(part.body for part in parts)
    if size is not None and size != body.size:
        raise InvalidRequest(
            f"The provided 'x-amz-mp-object-size' header value {size} does not match what was computed: {body.size}"
        )
    checksum = _checksum(upload, parts, body)
    _check_checksum(upload, parts, checksum, request)
    etag = multipart_etag(parts)
    kept = [
        Part(part.part_number, part.body.size, part.checksum.value if part.checksum is not None else None)
        for part in parts
    ]
    return attrs.evolve(upload.draft, body=body, checksum=checksum, etag=etag, parts=kept)


def _checksum(upload: MultipartUpload, parts: Sequence[UploadedPart], body: Body) -> ObjectChecksum:
    algorithm = upload.checksum_algorithm or DEFAULT_ALGORITHM
    if upload.checksum_type == COMPOSITE:
        return composite(algorithm, (part.checksum.value for part in parts if part.checksum is not None))
    return calculate(algorithm, body)


def _check_checksum(
    upload: MultipartUpload, parts: Sequence[UploadedPart], checksum: ObjectChecksum, request: Mapping[str, Any]
) -> None:
    """Check the object's checksum that the caller gives. Raises BadDigest.

    AWS: where the caller does not say that it is a full object's, it is compared as if it were a composite one, so
    that a right one is refused too (recorded).
    """
    given = given_checksum(request)
    if given is None:
        return
    algorithm, value = given
    expected = {checksum.value, f"{checksum.value}-{len(parts)}"} if checksum.type == COMPOSITE else {checksum.value}
    unsaid = checksum.type != COMPOSITE and "ChecksumType" not in request and upload.checksum_algorithm is not None
    if algorithm != checksum.algorithm or value not in expected or unsaid:
        raise BadDigest(f"The {checksum.algorithm.lower()} you specified did not match the calculated checksum.")
