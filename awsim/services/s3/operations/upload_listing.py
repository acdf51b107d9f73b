"""ListMultipartUploads."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.errors import InvalidArgument
from awsim.services.s3.listing import name_encoder, page_size
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.multipart_upload import MultipartUpload
from awsim.services.s3.object_index import walk
from awsim.services.s3.owners import owner

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3")
class UploadListing(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def list_multipart_uploads(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        delimiter: str = "",
        encoding_type: str | None = None,
        key_marker: str = "",
        max_uploads: int | None = None,
        prefix: str = "",
        upload_id_marker: str = "",
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        encode, size = name_encoder(encoding_type), page_size(max_uploads, "max-uploads")
        if not key_marker:
            # AWS: ignored, and not repeated, without a key marker (recorded).
            upload_id_marker = ""
        entries = list(islice(_entries(found, prefix, delimiter, key_marker, upload_id_marker), size + 1))
        page = entries[:size]
        last = page[-1][1] if page else None
        return {
            "Bucket": bucket,
            "Prefix": encode(prefix) or None,
            "Delimiter": encode(delimiter) or None,
            "KeyMarker": encode(key_marker),
            "UploadIdMarker": upload_id_marker,
            # AWS: told even where nothing follows; empty where a common prefix is the last (recorded).
            "NextKeyMarker": encode(last.key) if last is not None else "",
            "NextUploadIdMarker": last.upload_id if last is not None else "",
            "MaxUploads": size,
            "EncodingType": encoding_type,
            "IsTruncated": bool(page) and len(entries) > size,
            "Uploads": [_listed(upload, encode(upload.key)) for _, upload in page if upload is not None] or None,
            "CommonPrefixes": [{"Prefix": encode(name)} for name, upload in page if upload is None] or None,
        }


def _entries(
    bucket: Bucket, prefix: str, delimiter: str, key_marker: str, upload_id_marker: str
) -> Iterator[tuple[str, MultipartUpload | None]]:
    """What the listing shows behind its markers: common prefixes, and uploads with their keys."""
    by_key = bucket.uploads.by_key()
    within = bool(upload_id_marker)
    if within and upload_id_marker not in [upload.upload_id for upload in by_key.get(key_marker, ())]:
        raise InvalidArgument("Invalid uploadId marker", "upload-id-marker", upload_id_marker)
    for name, is_prefix in walk(list(by_key), prefix, delimiter, key_marker, lambda _: True, including=within):
        if is_prefix:
            yield name, None
            continue
        uploads = by_key[name]
        if within and name == key_marker:
            ids = [upload.upload_id for upload in uploads]
            uploads = uploads[ids.index(upload_id_marker) + 1 :]
        for upload in uploads:
            yield name, upload


def _listed(upload: MultipartUpload, name: str) -> dict[str, Any]:
    return {
        "UploadId": upload.upload_id,
        "Key": name,
        "Initiated": upload.initiated,
        "StorageClass": upload.draft.storage_class,
        "Owner": owner(upload.draft.account_id),
        "Initiator": {"ID": upload.initiator_id, "DisplayName": upload.initiator_name},
        "ChecksumAlgorithm": upload.checksum_algorithm,
        "ChecksumType": upload.checksum_type,
    }
