"""GetObjectAttributes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.errors import InvalidArgument
from awsim.services.s3.listing import page_size
from awsim.services.s3.lookup import find_bucket, find_version
from awsim.services.s3.models import S3Store
from awsim.services.s3.object_checksum import COMPOSITE
from awsim.services.s3.object_encryption import check_customer_key
from awsim.services.s3.object_version import ObjectVersion

if TYPE_CHECKING:
    from awsim.context import RequestContext

_ATTRIBUTES = frozenset({"ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"})


@aws_provider(api="s3")
class Attributes(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def get_object_attributes(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        object_attributes: Sequence[str] = (),
        version_id: str | None = None,
        max_parts: int | None = None,
        part_number_marker: int = 0,
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        version = find_version(context, found, key, version_id)
        if not object_attributes or not _ATTRIBUTES.issuperset(object_attributes):
            raise InvalidArgument(
                "Invalid attribute name specified.", "x-amz-object-attributes", ",".join(object_attributes)
            )
        check_customer_key(version.encryption, context.service_request or {})
        wanted = set(object_attributes)
        answer: dict[str, Any] = {"LastModified": version.last_modified}
        if found.is_versioned:
            answer["VersionId"] = version.version_id
        if "ETag" in wanted:
            # AWS: here alone without quotes.
            answer["ETag"] = version.etag
        if "Checksum" in wanted and version.checksum is not None:
            answer["Checksum"] = {
                version.checksum.member: version.checksum.value,
                "ChecksumType": version.checksum.type,
            }
        if "ObjectParts" in wanted and version.parts is not None:
            # AWS: here alone a size that makes no sense is ignored (measured by versitygw #1806).
            asked_for = max_parts if max_parts is None or max_parts >= 0 else None
            answer["ObjectParts"] = _parts(version, page_size(asked_for, "max-parts"), part_number_marker)
        if "StorageClass" in wanted:
            answer["StorageClass"] = version.storage_class
        if "ObjectSize" in wanted:
            answer["ObjectSize"] = version.size
        return answer


def _parts(version: ObjectVersion, size: int, marker: int) -> dict[str, Any]:
    """AWS: the parts themselves are told only where they have checksums of their own (recorded)."""
    parts = version.parts or []
    checksum = version.checksum
    if checksum is None or checksum.type != COMPOSITE:
        return {"TotalPartsCount": len(parts)}
    behind = [part for part in parts if part.part_number > marker]
    page = behind[:size]
    return {
        "TotalPartsCount": len(parts),
        "PartNumberMarker": marker,
        "NextPartNumberMarker": page[-1].part_number if page else 0,
        "MaxParts": size,
        "IsTruncated": len(behind) > len(page),
        "Parts": [{"PartNumber": part.part_number, "Size": part.size, checksum.member: part.checksum} for part in page],
    }
