"""The parts of multipart uploads: uploaded, copied, listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.body import Body
from awsim.services.s3.byte_ranges import read_copy_range
from awsim.services.s3.configuration.lifecycle_rules import abort_members
from awsim.services.s3.copying import check_copy_size, find_source, source_version_id
from awsim.services.s3.errors import InvalidArgument, InvalidRequest
from awsim.services.s3.listing import check_marker, page_size
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.multipart_upload import MultipartUpload, UploadedPart
from awsim.services.s3.object_checksum import COMPOSITE, ObjectChecksum, calculate, checked_checksum
from awsim.services.s3.object_encryption import read_customer_key
from awsim.services.s3.object_writing import etag_for
from awsim.services.s3.operations.multipart_uploads import find_upload
from awsim.services.s3.operations.writing import read_body
from awsim.services.s3.owners import owner

if TYPE_CHECKING:
    from awsim.context import RequestContext

_PART_NUMBER_MAX = 10_000


@aws_provider(api="s3")
class Parts(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def upload_part(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        upload_id: str,
        part_number: int = 0,
        body: Any = b"",
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> dict[str, Any]:
        request = context.service_request or {}
        found = find_bucket(context, bucket, expected_bucket_owner)
        _check_part_number(part_number)
        upload = find_upload(found, key, upload_id)
        _check_customer_key(upload, request)
        data = read_body(body)
        given = checked_checksum(request)
        checksum = _checksum(upload, data, given)
        part = _keep(context, found, upload, part_number, data, checksum)
        answer = upload.draft.encryption.members()
        answer["ETag"] = f'"{part.etag}"'
        # AWS: what the caller sent is said back, though an upload without an algorithm does not keep it (recorded).
        told = checksum or (ObjectChecksum(*given) if given is not None else None)
        if told is not None:
            answer[told.member] = told.value
        return answer

    def upload_part_copy(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        upload_id: str,
        part_number: int = 0,
        copy_source: str,
        copy_source_range: str | None = None,
        expected_bucket_owner: str | None = None,
        **source_conditions: Any,
    ) -> dict[str, Any]:
        request = context.service_request or {}
        found = find_bucket(context, bucket, expected_bucket_owner)
        _check_part_number(part_number)
        upload = find_upload(found, key, upload_id)
        _check_customer_key(upload, request)
        _, source = find_source(context, request)
        data = source.body
        if copy_source_range is not None:
            data = data.slice(*read_copy_range(copy_source_range, source.size))
        check_copy_size(data.size)
        algorithm = upload.checksum_algorithm
        checksum = calculate(algorithm, data) if algorithm is not None else None
        part = _keep(context, found, upload, part_number, data, checksum)
        result: dict[str, Any] = {"ETag": f'"{part.etag}"', "LastModified": part.last_modified}
        if checksum is not None:
            result[checksum.member] = checksum.value
        answer = upload.draft.encryption.members()
        answer["CopyPartResult"] = result
        answer["CopySourceVersionId"] = source_version_id(source)
        return answer

    def list_parts(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        upload_id: str,
        max_parts: int | None = None,
        part_number_marker: int = 0,
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        upload = find_upload(found, key, upload_id)
        size = page_size(max_parts, "max-parts")
        check_marker(part_number_marker, "part-number-marker")
        parts = [upload.parts[number] for number in sorted(upload.parts) if number > part_number_marker]
        page = parts[:size]
        return {
            "Bucket": bucket,
            "Key": key,
            "UploadId": upload_id,
            "PartNumberMarker": part_number_marker,
            "NextPartNumberMarker": page[-1].part_number if page else 0,
            "MaxParts": size,
            "IsTruncated": len(parts) > len(page),
            "Parts": [_listed(part) for part in page] or None,
            "Initiator": {"ID": upload.initiator_id, "DisplayName": upload.initiator_name},
            "Owner": owner(upload.draft.account_id),
            "StorageClass": upload.draft.storage_class,
            "ChecksumAlgorithm": upload.checksum_algorithm,
            "ChecksumType": upload.checksum_type,
            **abort_members(found.configuration.lifecycle_rules, key, upload.initiated),
        }


def _check_part_number(number: int) -> None:
    if not 1 <= number <= _PART_NUMBER_MAX:
        raise InvalidArgument(
            f"Part number must be an integer between 1 and {_PART_NUMBER_MAX}, inclusive", "partNumber", number
        )


def _check_customer_key(upload: MultipartUpload, request: Mapping[str, Any]) -> None:
    """That a part comes with the key that the upload began with, or both with none. Raises InvalidRequest."""
    given, wanted = read_customer_key(request), upload.draft.encryption.customer_key_md5
    if (given is None) != (wanted is None):
        raise InvalidRequest(
            "The multipart upload initiate requested encryption. Subsequent part requests must include the "
            "appropriate encryption parameters."
        )
    if given != wanted:
        raise InvalidRequest("The provided encryption parameters did not match the ones used originally.")


def _checksum(upload: MultipartUpload, data: Body, given: tuple[str, str] | None) -> ObjectChecksum | None:
    """The checksum to keep of a part; None in an upload without an algorithm. Raises InvalidRequest."""
    wanted = upload.checksum_algorithm
    if wanted is None:
        return None
    if given is None:
        if upload.checksum_type == COMPOSITE:
            raise _mismatch(wanted, "null")
        return calculate(wanted, data)
    if given[0] != wanted:
        raise _mismatch(wanted, given[0])
    return ObjectChecksum(*given)


def _mismatch(expected: str, actual: str) -> InvalidRequest:
    return InvalidRequest(
        f"Checksum Type mismatch occurred, expected checksum Type: {expected.lower()}, actual checksum Type: "
        f"{actual.lower()}"
    )


def _keep(
    context: RequestContext[S3Store],
    bucket: Bucket,
    upload: MultipartUpload,
    number: int,
    data: Body,
    checksum: ObjectChecksum | None,
) -> UploadedPart:
    """Put a part in its place, where it replaces what was uploaded before."""
    etag = etag_for(context, bucket, data, upload.draft.encryption)
    part = UploadedPart(number, data, etag, float(int(context.time())), checksum)
    upload.keep(part)
    return part


def _listed(part: UploadedPart) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "PartNumber": part.part_number,
        "LastModified": part.last_modified,
        "ETag": f'"{part.etag}"',
        "Size": part.body.size,
    }
    if part.checksum is not None:
        entry[part.checksum.member] = part.checksum.value
    return entry
