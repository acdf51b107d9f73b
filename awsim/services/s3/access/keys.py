"""What the conditions of policies may ask of a request: aws: and s3: keys, in lower case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from awsim.aws.policy.principals import Principal
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.object_version import ObjectVersion
from awsim.services.s3.owners import canonical_user_id

if TYPE_CHECKING:
    from awsim.context import RequestContext

_DAY_SECONDS = 86_400
#: Member of an input -> the condition key that has its value.
_MEMBERS = {
    "ACL": "s3:x-amz-acl",
    "GrantFullControl": "s3:x-amz-grant-full-control",
    "GrantRead": "s3:x-amz-grant-read",
    "GrantReadACP": "s3:x-amz-grant-read-acp",
    "GrantWrite": "s3:x-amz-grant-write",
    "GrantWriteACP": "s3:x-amz-grant-write-acp",
    "ServerSideEncryption": "s3:x-amz-server-side-encryption",
    "SSEKMSKeyId": "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "SSECustomerAlgorithm": "s3:x-amz-server-side-encryption-customer-algorithm",
    "StorageClass": "s3:x-amz-storage-class",
    "CopySource": "s3:x-amz-copy-source",
    "MetadataDirective": "s3:x-amz-metadata-directive",
    "ObjectOwnership": "s3:x-amz-object-ownership",
    "WebsiteRedirectLocation": "s3:x-amz-website-redirect-location",
    "Prefix": "s3:prefix",
    "Delimiter": "s3:delimiter",
    "MaxKeys": "s3:max-keys",
    "VersionId": "s3:versionid",
    "SessionMode": "s3express:sessionmode",
    "IfMatch": "s3:if-match",
    "IfNoneMatch": "s3:if-none-match",
}
_AWS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".aws")


def principal_of(context: RequestContext[S3Store]) -> Principal:
    """Who calls. A call that nobody signed is nobody's."""
    if not context.access_key_id:
        return Principal()
    credentials = context.credentials
    return Principal(
        arn=context.principal_arn,
        account_id=context.account_id,
        user_id=credentials.user_id if credentials is not None else context.account_id,
        canonical_user_id=canonical_user_id(context.account_id),
    )


def condition_values(
    context: RequestContext[S3Store], principal: Principal, bucket: Bucket, version: ObjectVersion | None
) -> dict[str, Any]:
    """The values of a request by condition key. A key without a value is not among them."""
    http, request = context.request, context.service_request or {}
    now = context.now()
    values: dict[str, Any] = {
        "aws:currenttime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "aws:epochtime": str(int(now.timestamp())),
        "aws:requestedregion": context.region,
        "aws:securetransport": _is_secure(context),
        # AWS: addresses are those of the internet; in this process there is one.
        "aws:sourceip": "127.0.0.1",
        "aws:principaltype": principal.kind,
        "aws:viaawsservice": False,
        "aws:principalisawsservice": False,
        "aws:resourceaccount": bucket.account_id,
        "s3:resourceaccount": bucket.account_id,
        "s3:tlsversion": "1.3",
        "s3:authtype": _authentication(context),
    }
    if principal.arn:
        values["aws:principalarn"] = principal.role_arn or principal.arn
        values["aws:principalaccount"] = principal.account_id
        values["aws:userid"] = principal.user_id
        values["s3:signatureversion"] = _signature_version(context)
        if principal.kind == "User":
            values["aws:username"] = principal.arn.rpartition("/")[2]
        credentials = context.credentials
        if credentials is not None and credentials.session_tags:
            values.update((f"aws:principaltag/{tag.lower()}", value) for tag, value in credentials.session_tags.items())
    for header, key in (
        ("user-agent", "aws:useragent"),
        ("referer", "aws:referer"),
        ("x-amz-content-sha256", "s3:x-amz-content-sha256"),
    ):
        if header in http.headers:
            values[key] = http.headers[header]
    for member, key in _MEMBERS.items():
        if member in request:
            values[key] = request[member]
    values.update(_lock_values(request, now))
    age = _signature_age(context, now)
    if age is not None:
        values["s3:signatureage"] = age
    if version is not None and version.tags:
        values.update((f"s3:existingobjecttag/{tag.lower()}", value) for tag, value in version.tags.items())
    tags = _request_tags(request)
    if tags:
        values.update((f"s3:requestobjecttag/{tag.lower()}", value) for tag, value in tags.items())
        values["s3:requestobjecttagkeys"] = list(tags)
    return values


def _lock_values(request: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """The values of a lock that a request asks for, be it in headers or in a document."""
    retention = request.get("Retention") or {}
    hold = request.get("LegalHold") or {}
    until = request.get("ObjectLockRetainUntilDate") or retention.get("RetainUntilDate")
    found = {
        "s3:object-lock-mode": request.get("ObjectLockMode") or retention.get("Mode"),
        "s3:object-lock-legal-hold": request.get("ObjectLockLegalHoldStatus") or hold.get("Status"),
    }
    if until is not None:
        found["s3:object-lock-retain-until-date"] = f"{until:%Y-%m-%dT%H:%M:%SZ}"
        found["s3:object-lock-remaining-retention-days"] = str((until - now).total_seconds() / _DAY_SECONDS)
    return {key: value for key, value in found.items() if value is not None}


def _signature_age(context: RequestContext[S3Store], now: datetime) -> str | None:
    """How old a presigned URL is, in milliseconds."""
    # Deviation: signatures in headers have no age: botocore makes them now, by a clock that tests do not move.
    signed_at = context.request.query.get("X-Amz-Date") if "X-Amz-Date=" in context.request.query_string else None
    if signed_at is None:
        return None
    moment = datetime.strptime(signed_at[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    return str(int((now - moment).total_seconds() * 1000))


def _is_secure(context: RequestContext[S3Store]) -> bool:
    # An endpoint of the user's own stands for AWS's, which is spoken to by HTTPS.
    host = context.request.host.partition(":")[0]
    return context.request.scheme != "http" or not host.endswith(_AWS_DOMAINS)


def _authentication(context: RequestContext[S3Store]) -> str:
    if context.origin is not None:
        return "POST"
    return "REST-HEADER" if "authorization" in context.request.headers else "REST-QUERY-STRING"


def _signature_version(context: RequestContext[S3Store]) -> str:
    authorization = context.request.headers.get("authorization", "")
    if authorization.startswith("AWS4-") or "X-Amz-Algorithm=" in context.request.query_string:
        return "AWS4-HMAC-SHA256"
    return "AWS"


def _request_tags(request: Any) -> dict[str, str]:
    tagging = request.get("Tagging")
    if isinstance(tagging, str):
        return dict(parse_qsl(tagging, keep_blank_values=True))
    if isinstance(tagging, dict):
        return {tag.get("Key", ""): tag.get("Value", "") for tag in tagging.get("TagSet") or ()}
    return {}
