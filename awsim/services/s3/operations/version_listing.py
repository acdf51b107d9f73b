"""ListObjectVersions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import attrs

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.errors import InvalidArgument
from awsim.services.s3.listing import name_encoder, page_size
from awsim.services.s3.lookup import check_version_id, find_bucket
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.object_description import restore_status
from awsim.services.s3.object_index import walk
from awsim.services.s3.object_version import ObjectVersion
from awsim.services.s3.operations.object_listing import listed
from awsim.services.s3.owners import owner

if TYPE_CHECKING:
    from awsim.context import RequestContext


@attrs.frozen
class _Entry:
    """A common prefix, or a version of a key (``version``) and whether it is the newest."""

    name: str
    version: ObjectVersion | None = None
    is_latest: bool = False


@aws_provider(api="s3")
class VersionListing(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def list_object_versions(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        delimiter: str = "",
        encoding_type: str | None = None,
        key_marker: str = "",
        version_id_marker: str = "",
        max_keys: int | None = None,
        prefix: str = "",
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
        optional_object_attributes: Sequence[str] = (),
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if version_id_marker and not key_marker:
            raise InvalidArgument(
                "A version-id marker cannot be specified without a key marker.", "version-id-marker", version_id_marker
            )
        if version_id_marker:
            check_version_id(version_id_marker, "version-id-marker")
        encode, size = name_encoder(encoding_type), page_size(max_keys, "maxKeys")
        entries = list(islice(_entries(found, prefix, delimiter, key_marker, version_id_marker), size + 1))
        page = entries[:size]
        is_truncated = bool(page) and len(entries) > size
        answer: dict[str, Any] = {
            "Name": bucket,
            "Prefix": encode(prefix),
            "Delimiter": encode(delimiter) or None,
            "KeyMarker": encode(key_marker),
            "VersionIdMarker": version_id_marker,
            "MaxKeys": size,
            "EncodingType": encoding_type,
            "IsTruncated": is_truncated,
            "CommonPrefixes": [{"Prefix": encode(one.name)} for one in page if one.version is None] or None,
        }
        answer.update(_versions(context, page, encode, optional_object_attributes))
        if is_truncated:
            answer["NextKeyMarker"] = encode(page[-1].name)
            if page[-1].version is not None:
                answer["NextVersionIdMarker"] = page[-1].version.version_id
        return answer


def _entries(bucket: Bucket, prefix: str, delimiter: str, key_marker: str, version_id_marker: str) -> Iterator[_Entry]:
    """What the listing shows behind its markers: of each key the newest version first."""
    versions = bucket.objects.versions
    within = bool(version_id_marker)
    names = walk(bucket.objects.keys, prefix, delimiter, key_marker, lambda _: True, including=within)
    for name, is_prefix in names:
        if is_prefix:
            yield _Entry(name)
            continue
        newest_first = versions[name][::-1]
        skipped = 0
        if within and name == key_marker:
            ids = [one.version_id for one in newest_first]
            skipped = ids.index(version_id_marker) + 1 if version_id_marker in ids else len(ids)
        for position, version in enumerate(newest_first[skipped:], skipped):
            yield _Entry(name, version, position == 0)


def _versions(
    context: RequestContext[S3Store], page: list[_Entry], encode: Callable[[str], str], attributes: Sequence[str]
) -> dict[str, Any]:
    found: list[dict[str, Any]] = []
    markers: list[dict[str, Any]] = []
    now = context.time()
    for one in page:
        version = one.version
        if version is None:
            continue
        common = {"VersionId": version.version_id, "IsLatest": one.is_latest, "Owner": owner(version.account_id)}
        if version.is_delete_marker:
            markers.append({"Key": encode(one.name), "LastModified": version.last_modified, **common})
        else:
            entry = {**listed(version, encode(one.name)), **common}
            if "RestoreStatus" in attributes:
                entry["RestoreStatus"] = restore_status(version, now)
            found.append(entry)
    return {"Versions": found or None, "DeleteMarkers": markers or None}
