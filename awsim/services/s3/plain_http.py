"""What S3's hosts answer beside the API: browsers' preflights and forms, and the pages of websites.

Ties the engines of CORS and of website routing to buckets and objects. The rules themselves are theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from awsim.errors import ServiceException
from awsim.protocol.hosts import virtual_bucket
from awsim.protocol.http import Request, Response
from awsim.protocol.rest_xml import host_id
from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.access.authorizer import authorize_action
from awsim.services.s3.configuration.cors_rules import preflight_headers
from awsim.services.s3.configuration.website_routing import (
    NotFound,
    Page,
    Redirect,
    decide,
    error_page,
    error_redirect,
)
from awsim.services.s3.errors import AccessDenied, NoSuchBucket
from awsim.services.s3.forms.upload import answer_form, is_form
from awsim.services.s3.models import Bucket, S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext

_WEBSITE_HOST = re.compile(r"(?P<bucket>.+)\.s3-website[.-](?P<region>[a-z0-9-]+)\.[a-z0-9.]+(?::\d+)?", re.IGNORECASE)
_MESSAGES = {
    "AccessDenied": "Access Denied",
    "NoSuchBucket": "The specified bucket does not exist",
    "NoSuchKey": "The specified key does not exist.",
    "NoSuchWebsiteConfiguration": "The specified bucket does not have a website configuration",
    "InvalidRange": "The requested range is not satisfiable",
    "PreconditionFailed": "At least one of the pre-conditions you specified did not hold",
    "MethodNotAllowed": "The specified method is not allowed against this resource.",
}
#: Header of a visitor -> member of GetObject, and header of the answer -> member.
_ASKED_FOR = (("range", "Range"), ("if-match", "IfMatch"), ("if-none-match", "IfNoneMatch"))
_TOLD = (
    ("Cache-Control", "CacheControl"),
    ("Content-Disposition", "ContentDisposition"),
    ("Content-Encoding", "ContentEncoding"),
    ("Content-Language", "ContentLanguage"),
    ("Content-Range", "ContentRange"),
)


def serves_http(request: Request) -> bool:
    """Whether a request is a preflight, a form, or is for a website."""
    return request.method == "OPTIONS" or _WEBSITE_HOST.fullmatch(request.host) is not None or is_form(request)


@aws_provider(api="s3")
class PlainHttp(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store
    serves_http = staticmethod(serves_http)

    def serve_http(self, context: RequestContext[S3Store]) -> Response:
        """Answer a preflight, a form or a website's visitor. Raises the errors of preflights and forms."""
        response = _answer(context)
        response.headers["x-amz-request-id"] = context.request_id
        response.headers["x-amz-id-2"] = host_id(context.request_id)
        response.headers["Server"] = "AmazonS3"
        return response


def _answer(context: RequestContext[S3Store]) -> Response:
    if context.request.method == "OPTIONS":
        return _answer_preflight(context)
    if _WEBSITE_HOST.fullmatch(context.request.host) is None:
        return answer_form(context)
    return _answer_visitor(context)


# Deviation: refusals tell their length, where AWS sends them in chunks.
def _answer_preflight(context: RequestContext[S3Store]) -> Response:
    request = context.request
    path = unquote(request.path).lstrip("/")
    name = virtual_bucket(request.host)
    key = path
    if name is None:
        name, _, key = path.partition("/")
    bucket = context.store.buckets.get(name)
    if bucket is None:
        raise NoSuchBucket(name)
    kind = "OBJECT" if key else "BUCKET"
    return Response(200, preflight_headers(bucket.configuration, request.headers, resource_type=kind))


def _answer_visitor(context: RequestContext[S3Store]) -> Response:
    request = context.request
    found = _WEBSITE_HOST.fullmatch(request.host)
    name = found["bucket"] if found else ""
    bucket = context.store.buckets.get(name)
    if bucket is None:
        return _error(context, 404, "NoSuchBucket", ("BucketName", name))
    if bucket.configuration.website is None:
        return _error(context, 404, "NoSuchWebsiteConfiguration", ("BucketName", name))
    if request.method not in ("GET", "HEAD"):
        return _error(context, 405, "MethodNotAllowed", ("Method", request.method), ("ResourceType", "OBJECT"))
    website, key = bucket.configuration.website, unquote(request.path).removeprefix("/")
    # AWS: visitors are nobody, and whoever may not list a bucket is not told that something is missing.
    may_list = _may(context, bucket, "s3:ListBucket")
    decision = decide(
        website,
        key,
        lambda key: _own_redirect(bucket, key),
        scheme=request.scheme,
        host=request.host,
        missing_code="404" if may_list else "403",
    )
    if isinstance(decision, Redirect):
        return _redirected(decision)
    if isinstance(decision, NotFound):
        if not may_list:
            return _error(context, 403, "AccessDenied", error_key=decision.error_key)
        return _error(context, 404, "NoSuchKey", ("Key", decision.key), error_key=decision.error_key)
    if decision.status_code != 200 and not may_list:
        decision = Page(decision.key, 403)
    if _may(context, bucket, "s3:GetObject", decision.key):
        return _page(context, bucket, decision)
    redirect = error_redirect(website, key, "403", scheme=request.scheme, host=request.host)
    return _redirected(redirect) if redirect is not None else _forbidden(context, bucket, decision)


def _redirected(redirect: Redirect) -> Response:
    return Response(redirect.status_code, {"Location": redirect.location})


def _may(context: RequestContext[S3Store], bucket: Bucket, action: str, key: str | None = None) -> bool:
    try:
        authorize_action(context, bucket, action, key)
    except AccessDenied:
        return False
    return True


def _forbidden(context: RequestContext[S3Store], bucket: Bucket, page: Page) -> Response:
    """What a visitor who may not read a page gets: the error document, if that can be read."""
    document = (bucket.configuration.website or {}).get("ErrorDocument")
    if document is None:
        return _error(context, 403, "AccessDenied")
    error_key = document["Key"]
    if error_key != page.key and bucket.objects.live(error_key) and _may(context, bucket, "s3:GetObject", error_key):
        return _page(context, bucket, Page(error_key, 403))
    return _error(context, 403, "AccessDenied", error_key=error_key, error_code="AccessDenied")


def _own_redirect(bucket: Bucket, key: str) -> str | None:
    """None where there is no such object, else the redirect that was stored with it, or ""."""
    version = bucket.objects.live(key)
    return None if version is None else (version.headers or {}).get("WebsiteRedirectLocation", "")


def _page(context: RequestContext[S3Store], bucket: Bucket, page: Page) -> Response:
    s3 = context.client("s3", region=bucket.region, account_id=bucket.account_id)
    sent = context.request.headers
    # What a visitor has already, or wants a part of, is the page that was asked for, not one in its place.
    asked_for = {} if page.status_code != 200 else {member: sent[name] for name, member in _ASKED_FOR if name in sent}
    try:
        found = s3.get_object(Bucket=bucket.name, Key=page.key, **asked_for)
    except ServiceException as error:
        if error.status_code == 304:
            return Response(304, {})
        if error.code not in _MESSAGES:
            raise
        return _error(context, error.status_code, error.code)
    headers = {"Content-Type": found.get("ContentType", "binary/octet-stream"), "ETag": found["ETag"]}
    if page.status_code != 200:
        missing = page.missing is not None
        code, details = ("NoSuchKey", [("Key", str(page.missing))]) if missing else ("AccessDenied", [])
        headers.update(_error_headers(code, details))
    headers["Last-Modified"] = formatdate(found["LastModified"], usegmt=True)
    headers.update({f"x-amz-meta-{name}": value for name, value in found.get("Metadata", {}).items()})
    headers.update({name: found[member] for name, member in _TOLD if found.get(member)})
    body: Any = found["Body"]
    return Response(206 if "ContentRange" in found else page.status_code, headers, body)


def _error(
    context: RequestContext[S3Store],
    status_code: int,
    code: str,
    *fields: tuple[str, str],
    error_key: str | None = None,
    error_code: str = "NoSuchKey",
) -> Response:
    lines = [("Code", code), ("Message", _MESSAGES[code]), *fields]
    missing = None
    if error_key is not None:
        missing = [("Code", error_code), ("Message", _MESSAGES[error_code])]
        if error_code == "NoSuchKey":
            missing.append(("Key", error_key))
    ids = context.request_id, host_id(context.request_id)
    text = error_page(status_code, HTTPStatus(status_code).phrase, lines, *ids, missing)
    headers = {"Content-Type": "text/html; charset=utf-8", **_error_headers(code, fields)}
    return Response(status_code, headers, text.encode())


def _error_headers(code: str, details: Iterable[tuple[str, str]]) -> dict[str, str]:
    """AWS: a website's error is in headers, too, which is how it is told where an error document is sent."""
    told = {"x-amz-error-code": code, "x-amz-error-message": _MESSAGES[code]}
    return told | {f"x-amz-error-detail-{name}": quote(value) for name, value in details}
