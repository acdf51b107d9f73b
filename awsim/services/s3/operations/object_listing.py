"""ListObjects and ListObjectsV2."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import attrs

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.addressing import REGION_HEADER
from awsim.services.s3.answers import answer_with
from awsim.services.s3.directory_buckets import check_listing
from awsim.services.s3.listing import name_encoder, page_size, read_token, token_for
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.object_description import restore_status
from awsim.services.s3.object_index import walk
from awsim.services.s3.object_version import ObjectVersion
from awsim.services.s3.owners import owner

if TYPE_CHECKING:
    from awsim.context import RequestContext


@attrs.frozen
class _Page:
    """The names on a page, each a key or (with True) a common prefix, and whether there is more."""

    names: list[tuple[str, bool]]
    is_truncated: bool

    @property
    def last(self) -> str:
        return self.names[-1][0]


@aws_provider(api="s3")
class ObjectListing(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def list_objects(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        delimiter: str = "",
        encoding_type: str | None = None,
        marker: str = "",
        max_keys: int | None = None,
        prefix: str = "",
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
        optional_object_attributes: Sequence[str] = (),
    ) -> dict[str, Any]:
        found = _find_listed(context, bucket, expected_bucket_owner)
        encode, size = name_encoder(encoding_type), page_size(max_keys, "maxKeys")
        page = _page(found, prefix, delimiter, marker, size)
        answer = _answer(context, found, page, encode, optional_object_attributes, with_owner=True)
        answer.update(
            Name=bucket,
            Prefix=encode(prefix),
            Delimiter=encode(delimiter) or None,
            Marker=encode(marker),
            MaxKeys=size,
            EncodingType=encoding_type,
        )
        # AWS: without a delimiter callers go on from the last key themselves.
        if page.is_truncated and delimiter:
            answer["NextMarker"] = encode(page.last)
        return answer

    def list_objects_v2(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        delimiter: str = "",
        encoding_type: str | None = None,
        max_keys: int | None = None,
        prefix: str = "",
        continuation_token: str | None = None,
        fetch_owner: bool = False,
        start_after: str = "",
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
        optional_object_attributes: Sequence[str] = (),
    ) -> dict[str, Any]:
        found = _find_listed(context, bucket, expected_bucket_owner)
        encode, size = name_encoder(encoding_type), page_size(max_keys, "maxKeys")
        if found.zone is not None:
            check_listing(prefix, delimiter, start_after)
        after = read_token(continuation_token) if continuation_token is not None else start_after
        page = _page(found, prefix, delimiter, after, size)
        answer = _answer(context, found, page, encode, optional_object_attributes, with_owner=fetch_owner)
        answer.update(
            Name=bucket,
            Prefix=encode(prefix),
            Delimiter=encode(delimiter) or None,
            MaxKeys=size,
            KeyCount=len(page.names),
            EncodingType=encoding_type,
            ContinuationToken=continuation_token,
            # AWS: a token has the last word, and StartAfter is not repeated beside it (recorded).
            StartAfter=encode(start_after) or None if continuation_token is None else None,
            NextContinuationToken=token_for(page.last) if page.is_truncated else None,
        )
        return answer


def _find_listed(context: RequestContext[S3Store], name: str, expected_owner: str | None) -> Bucket:
    """The bucket, of which a listing tells the region too, as HeadBucket does."""
    found = find_bucket(context, name, expected_owner)
    answer_with(context, {REGION_HEADER: found.region})
    return found


def _page(bucket: Bucket, prefix: str, delimiter: str, after: str, size: int) -> _Page:
    if size == 0:
        return _Page([], False)
    objects = bucket.objects
    names = list(islice(walk(objects.keys, prefix, delimiter, after, objects.is_live), size + 1))
    return _Page(names[:size], len(names) > size)


def _answer(
    context: RequestContext[S3Store],
    bucket: Bucket,
    page: _Page,
    encode: Any,
    attributes: Sequence[str],
    *,
    with_owner: bool,
) -> dict[str, Any]:
    versions, now = bucket.objects.versions, context.time()
    contents = []
    for name, is_prefix in page.names:
        if not is_prefix:
            entry = listed(versions[name][-1], encode(name))
            if with_owner:
                entry["Owner"] = owner(versions[name][-1].account_id)
            if "RestoreStatus" in attributes:
                entry["RestoreStatus"] = restore_status(versions[name][-1], now)
            contents.append(entry)
    prefixes = [{"Prefix": encode(name)} for name, is_prefix in page.names if is_prefix]
    return {"Contents": contents or None, "CommonPrefixes": prefixes or None, "IsTruncated": page.is_truncated}


def listed(version: ObjectVersion, name: str) -> dict[str, Any]:
    """What listings say of a version, under its encoded key."""
    entry: dict[str, Any] = {
        "Key": name,
        "LastModified": version.last_modified,
        "ETag": version.quoted_etag,
        "Size": version.size,
        "StorageClass": version.storage_class,
    }
    checksum = version.checksum
    if checksum is not None:
        entry["ChecksumAlgorithm"] = [checksum.algorithm]
        entry["ChecksumType"] = checksum.type
    return entry
