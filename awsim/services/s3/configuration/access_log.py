"""The lines of server access logs (User Guide, "Amazon S3 server access log format"), and the keys of their objects.

Owns how a request and its answer are written down. Must not know how a log gets into its bucket.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from awsim.protocol.rest_xml import host_id
from awsim.services.s3.owners import canonical_user_id

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.protocol.http import Request, Response
    from awsim.services.s3.models import Bucket

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ABSENT = "-"
#: Sub-resource -> what a log calls it, where that is not the same in capitals with underscores.
_RESOURCE_TYPES = {
    "policy": "BUCKETPOLICY",
    "versions": "BUCKETVERSIONS",
    "delete": "MULTI_OBJECT_DELETE",
    "logging": "LOGGING_STATUS",
    "requestPayment": "REQUEST_PAYMENT",
    "publicAccessBlock": "PUBLIC_ACCESS_BLOCK",
    "ownershipControls": "OWNERSHIP_CONTROLS",
    "policyStatus": "POLICY_STATUS",
    "object-lock": "OBJECT_LOCK_CONFIGURATION",
    "retention": "OBJECT_LOCK_RETENTION",
    "legal-hold": "OBJECT_LOCK_LEGALHOLD",
}
#: What a query may say besides that is no sub-resource.
_PARAMETERS = frozenset(
    {"versionId", "partNumber", "id", "prefix", "marker", "delimiter", "list-type", "encoding-type"}
)


# Deviation: DeleteObjects gets one line in an access log, none for each of its keys; and nothing takes time, 0 ms.
def log_line(context: RequestContext[Any], bucket: Bucket, response: Response) -> str:
    """What a log says of a request."""
    request, members = context.request, context.service_request or {}
    key, version_id = members.get("Key"), members.get("VersionId")
    moment = datetime.fromtimestamp(context.time(), timezone.utc)
    error = context.service_exception
    uri = request.path + (f"?{request.query_string}" if request.query_string else "")
    is_signed_in_header = "authorization" in request.headers
    is_secure = request.scheme == "https"
    fields = (
        canonical_user_id(bucket.account_id),
        bucket.name,
        f"[{moment.day:02d}/{_MONTHS[moment.month - 1]}/{moment:%Y:%H:%M:%S} +0000]",
        "127.0.0.1",
        _requester(context),
        context.request_id,
        _operation(request, key),
        quote(key) if key is not None else _ABSENT,
        f'"{request.method} {uri} HTTP/1.1"',
        response.status_code,
        error.code if error is not None else _ABSENT,
        _bytes_sent(request, response),
        _object_size(bucket, key, version_id),
        0,
        0,
        f'"{request.headers.get("referer", _ABSENT)}"',
        f'"{request.headers.get("user-agent", _ABSENT)}"',
        version_id or _ABSENT,
        host_id(context.request_id),
        "SigV4" if context.access_key_id else _ABSENT,
        "ECDHE-RSA-AES128-GCM-SHA256" if is_secure else _ABSENT,
        _ABSENT if not context.access_key_id else "AuthHeader" if is_signed_in_header else "QueryString",
        request.host or _ABSENT,
        "TLSv1.2" if is_secure else _ABSENT,
        members.get("Bucket") if ":accesspoint" in str(members.get("Bucket")) else _ABSENT,
        _ABSENT,
    )
    return " ".join(str(field) for field in fields)


def log_key(logging: Mapping[str, Any], bucket: Bucket, first: float, delivered: float, unique: str) -> str:
    """The key of a log whose first request was at one moment, and which is delivered at another."""
    prefix, key_format = logging["TargetPrefix"], logging.get("TargetObjectKeyFormat", {})
    moment = datetime.fromtimestamp(delivered, timezone.utc)
    if "PartitionedPrefix" not in key_format:
        return f"{prefix}{moment:%Y-%m-%d-%H-%M-%S}-{unique}"
    time = f"{moment:%Y-%m-%d-%H-%M-%S}"
    if key_format["PartitionedPrefix"].get("PartitionDateSource", "DeliveryTime") == "EventTime":
        # AWS: such logs have no time of day in their keys (API reference of PartitionedPrefix).
        moment = datetime.fromtimestamp(first, timezone.utc)
        time = f"{moment:%Y-%m-%d}-00-00-00"
    return f"{prefix}{bucket.account_id}/{bucket.region}/{bucket.name}/{moment:%Y/%m/%d}/{time}-{unique}"


def _requester(context: RequestContext[Any]) -> str:
    if not context.access_key_id:
        return _ABSENT
    # AWS: an account itself by its canonical user id, and everybody else by their ARN.
    arn = context.principal_arn
    return canonical_user_id(context.account_id) if arn.endswith(":root") else arn


def _operation(request: Request, key: str | None) -> str:
    names = [name for name in request.query if name not in _PARAMETERS and not name.startswith(("X-Amz-", "x-id"))]
    verb = "COPY" if "x-amz-copy-source" in request.headers else request.method
    if "uploadId" in names:
        resource = "PART" if request.method == "PUT" else "UPLOAD"
    elif "tagging" in names:
        resource = "OBJECT_TAGGING" if key is not None else "TAGGING"
    else:
        found = next((name for name in names if not request.query[name][0] or name in _RESOURCE_TYPES), None)
        resource = "OBJECT" if key is not None else "BUCKET"
        if found is not None:
            resource = _RESOURCE_TYPES.get(found, found.upper().replace("-", "_"))
    return f"REST.{verb}.{resource}"


def _bytes_sent(request: Request, response: Response) -> str:
    size = response.headers.get("Content-Length", "0")
    return _ABSENT if request.method == "HEAD" or size == "0" else size


def _object_size(bucket: Bucket, key: str | None, version_id: str | None) -> int | str:
    if key is None:
        return _ABSENT
    version = bucket.objects.find(key, version_id) if version_id else bucket.objects.live(key)
    return version.size if version is not None and not version.is_delete_marker else _ABSENT
