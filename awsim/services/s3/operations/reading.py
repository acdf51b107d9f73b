"""GetObject and HeadObject."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.access.authorizer import may, needs_authorization
from awsim.services.s3.answers import PARTIAL_CONTENT, answer_with
from awsim.services.s3.byte_ranges import content_range, read_range
from awsim.services.s3.conditions import ReadConditions
from awsim.services.s3.errors import InvalidArgument, InvalidObjectState, InvalidPartNumber, InvalidRequest, NotModified
from awsim.services.s3.lookup import find_bucket, find_version
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.object_checksum import COMPOSITE
from awsim.services.s3.object_description import describe, is_readable
from awsim.services.s3.object_encryption import check_customer_key
from awsim.services.s3.object_metadata import EXPIRES_TEXT
from awsim.services.s3.object_states import look
from awsim.services.s3.object_version import ObjectVersion

if TYPE_CHECKING:
    from awsim.context import RequestContext

#: The parameters that replace a header of the object: member -> the parameter's name and the header's member.
_OVERRIDES = {
    "ResponseCacheControl": ("response-cache-control", "CacheControl"),
    "ResponseContentDisposition": ("response-content-disposition", "ContentDisposition"),
    "ResponseContentEncoding": ("response-content-encoding", "ContentEncoding"),
    "ResponseContentLanguage": ("response-content-language", "ContentLanguage"),
    "ResponseContentType": ("response-content-type", "ContentType"),
    "ResponseExpires": ("response-expires", "Expires"),
}

#: AWS: what is told only to whom it may be told by itself (API reference of GetObject), and the action for that.
_SECRETS = {
    "TagCount": "GetObjectTagging",
    "ObjectLockMode": "GetObjectRetention",
    "ObjectLockRetainUntilDate": "GetObjectRetention",
    "ObjectLockLegalHoldStatus": "GetObjectLegalHold",
}

Selection = tuple[int, int]


@aws_provider(api="s3")
class Reading(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def get_object(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        version_id: str | None = None,
        expected_bucket_owner: str | None = None,
        **selection: Any,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if not context.access_key_id and context.request is not None:
            _check_anonymous(context.service_request or {})
        version = find_version(context, found, key, version_id)
        if version.is_archived and not is_readable(version, context.time()):
            raise InvalidObjectState(StorageClass=version.storage_class)
        answer, selected = _answer(context, found, version)
        body = version.body if selected is None else version.body.slice(*selected)
        answer["Body"] = body.open()
        return answer

    def head_object(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        version_id: str | None = None,
        expected_bucket_owner: str | None = None,
        **selection: Any,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        version = find_version(context, found, key, version_id, method="HEAD")
        answer, _ = _answer(context, found, version)
        look(context, found, version)
        return answer


def _check_anonymous(asked_for: Mapping[str, Any]) -> None:
    if not _OVERRIDES.keys().isdisjoint(asked_for):
        raise InvalidRequest("Request specific response headers cannot be used for anonymous GET requests.")


def _answer(
    context: RequestContext[S3Store], bucket: Bucket, version: ObjectVersion
) -> tuple[dict[str, Any], Selection | None]:
    """What a read answers but for the body, and which bytes of that are asked for (None: all)."""
    request = context.service_request or {}
    check_customer_key(version.encryption, request)
    _check_conditions(context, version, request)
    answer = describe(bucket, version, context.time())
    if EXPIRES_TEXT in answer:
        answer_with(context, {"Expires": answer.pop(EXPIRES_TEXT)})
    if not _SECRETS.keys().isdisjoint(answer) and needs_authorization(context, bucket):
        _hide(context, bucket, version, answer)
    answer["AcceptRanges"] = "bytes"
    selected = _select(version, request)
    with_checksum = request.get("ChecksumMode") == "ENABLED"
    if selected is None:
        answer["ContentLength"] = version.size
    else:
        first, last = selected
        answer["ContentLength"] = last - first + 1
        if version.size:
            answer["ContentRange"] = content_range(first, last, version.size)
        answer_with(context, {}, PARTIAL_CONTENT)
    if "PartNumber" in request:
        answer["PartsCount"] = len(version.parts) if version.parts else None
    if with_checksum:
        answer.update(_checksum(version, request, whole=selected is None))
    _override(answer, request)
    return answer, selected


def _hide(context: RequestContext[S3Store], bucket: Bucket, version: ObjectVersion, answer: dict[str, Any]) -> None:
    """Leave out what the caller has no leave to see."""
    version_id = (context.service_request or {}).get("VersionId")
    for member, action in _SECRETS.items():
        if member in answer and not may(context, bucket, f"s3:{action}", version.key, version_id):
            del answer[member]


def _check_conditions(context: RequestContext[S3Store], version: ObjectVersion, request: Mapping[str, Any]) -> None:
    conditions = ReadConditions(
        request.get("IfMatch"),
        request.get("IfNoneMatch"),
        request.get("IfModifiedSince"),
        request.get("IfUnmodifiedSince"),
    )
    try:
        conditions.check(version.etag, version.last_modified, context.time())
    except NotModified:
        answer_with(context, _not_modified(version))
        raise


def _not_modified(version: ObjectVersion) -> dict[str, str]:
    """What is said of an object that is not sent again, as RFC 9110 asks. AWS: when it was modified, too."""
    told = {"ETag": version.quoted_etag, "Last-Modified": formatdate(version.last_modified, usegmt=True)}
    if version.headers is not None and "CacheControl" in version.headers:
        told["Cache-Control"] = version.headers["CacheControl"]
    if version.expires is not None:
        told["Expires"] = formatdate(version.expires, usegmt=True)
    return told


def _select(version: ObjectVersion, request: Mapping[str, Any]) -> Selection | None:
    """The bytes that a range or a part number asks for. Raises InvalidRequest, InvalidRange, InvalidPartNumber."""
    header, part_number = request.get("Range"), request.get("PartNumber")
    if part_number is None:
        return read_range(header, version.size) if header else None
    if header:
        raise InvalidRequest("Cannot specify both Range header and partNumber query parameter")
    if not 1 <= part_number <= 10_000:
        raise InvalidArgument(
            "Part number must be an integer between 1 and 10000, inclusive", "partNumber", part_number
        )
    # AWS: what was not uploaded in parts is one part.
    sizes = [(part.part_number, part.size) for part in version.parts] if version.parts else [(1, version.size)]
    start = 0
    for number, size in sizes:
        if number == part_number:
            return start, start + size - 1
        start += size
    raise InvalidPartNumber(ActualPartCount=str(len(sizes)), PartNumberRequested=str(part_number))


def _checksum(version: ObjectVersion, request: Mapping[str, Any], *, whole: bool) -> dict[str, str]:
    """The checksum of what is answered, where S3 has one: of the whole object, or of a part."""
    checksum = version.checksum
    if checksum is None:
        return {}
    value: str | None = checksum.value
    parts = version.parts or []
    if checksum.type == COMPOSITE:
        value = f"{checksum.value}-{len(parts)}"
    if not whole:
        part_number = request.get("PartNumber")
        if part_number is None:
            return {}
        if checksum.type == COMPOSITE:
            value = next((part.checksum for part in parts if part.part_number == part_number), None)
        elif len(parts) > 1:
            return {}
    return {checksum.member: value, "ChecksumType": checksum.type} if value is not None else {}


def _override(answer: dict[str, Any], request: Mapping[str, Any]) -> None:
    """Replace headers by what the caller asks for instead. Raises InvalidArgument for what no header can say."""
    for member, (parameter, header) in _OVERRIDES.items():
        value = request.get(member)
        if value is not None:
            if isinstance(value, str) and not _is_header(value):
                raise InvalidArgument("Header value cannot be represented using ISO-8859-1.", parameter, value)
            answer[header] = value


def _is_header(value: str) -> bool:
    """Whether a header can have a value: a line break in it would begin another."""
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return "\n" not in value and "\r" not in value
