"""Presigned requests: what their query strings say that headers say otherwise, and until when they are good.

Signatures are compared where the user wants that; otherwise any caller is who the access key says.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from awsim.protocol.http import Request
from awsim.services.s3.errors import AccessDenied, AuthorizationQueryParametersError, InvalidArgument
from awsim.services.s3.signatures import SIGNING, check_url

if TYPE_CHECKING:
    from awsim.context import RequestContext

#: AWS: a week (API reference, "Authenticating requests: using query parameters").
_EXPIRES_MAX_SECONDS = 604_800
#: Ignored where they stand in a query string. x-amz-checksum-mode, which asks for something, is no checksum.
_CHECKSUMS = tuple(f"x-amz-checksum-{name}" for name in ("crc", "sha", "md5", "xxhash"))

_VERSION_4 = frozenset(
    {
        "X-Amz-Algorithm",
        "X-Amz-Credential",
        "X-Amz-Date",
        "X-Amz-Expires",
        "X-Amz-Signature",
        "X-Amz-SignedHeaders",
    }
)
_ALGORITHMS = ("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256")
_VERSION_2 = frozenset({"AWSAccessKeyId", "Expires", "Signature"})


def is_presigned(query_string: str) -> bool:
    """Whether a request is authenticated by its query string, as versions 4 and 2 of signatures do it."""
    return "Signature=" in query_string or "X-Amz-Algorithm=" in query_string


def put_query_into_headers(request: Request) -> None:
    """Give a presigned request the headers that its signer moved into the query string.

    AWS: takes every x-amz- header there (recorded: x-amz-storage-class, x-amz-meta-…), but ignores checksums: a URL
    cannot say beforehand what will be put. The SDK for JavaScript signs that of an empty body (aws-sdk-js-v3 #4448).
    """
    for name, value in parse_qsl(request.query_string, keep_blank_values=True):
        header = name.lower()
        if header.startswith("x-amz-") and header not in SIGNING and not header.startswith(_CHECKSUMS):
            request.headers.setdefault(header, value)


def check_presigned(context: RequestContext[Any]) -> None:
    """Refuse a presigned request that says too little or too much, whose time is over or, where that is looked at,
    whose signature is not right."""
    _check_parameters(context.request)
    check_expiry(context)
    if not context.settings.s3_skip_signature_validation:
        check_url(context)


def _check_parameters(request: Request) -> None:
    """Raises AuthorizationQueryParametersError, AccessDenied, InvalidArgument."""
    names = request.query.keys()
    if "X-Amz-Algorithm" in names or "X-Amz-Signature" in names:
        if not names >= _VERSION_4:
            raise AuthorizationQueryParametersError(
                "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, "
                "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
            )
        if request.query["X-Amz-Algorithm"][0] not in _ALGORITHMS:
            raise AuthorizationQueryParametersError(f'X-Amz-Algorithm only supports "{" and ".join(_ALGORITHMS)}"')
    elif not names >= _VERSION_2:
        raise AccessDenied("Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters")
    if "authorization" in request.headers:
        raise InvalidArgument(
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string "
            "parameter or the Authorization header should be specified",
            "Authorization",
            request.headers["authorization"],
        )


def check_expiry(context: RequestContext[Any]) -> None:
    """Refuse a presigned request whose time is over. Raises AccessDenied, AuthorizationQueryParametersError."""
    query = context.request.query
    if "X-Amz-Expires" in query:
        seconds = _number(query["X-Amz-Expires"][0])
        start = _signing_time(query.get("X-Amz-Date", [""])[0])
        if not 0 <= seconds <= _EXPIRES_MAX_SECONDS:
            raise AuthorizationQueryParametersError(
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less "
                f"than {_EXPIRES_MAX_SECONDS} seconds"
            )
        _check(context, start + seconds, {"X-Amz-Expires": query["X-Amz-Expires"][0]})
    elif "Expires" in query:
        _check(context, float(_number(query["Expires"][0])), {})


def _check(context: RequestContext[Any], expiry: float, members: dict[str, str]) -> None:
    now = context.time()
    if now > expiry:
        raise AccessDenied("Request has expired", **members, Expires=_iso(expiry), ServerTime=_iso(now))


def _number(text: str) -> int:
    if text.startswith("-") and text[1:].isdigit():
        raise AuthorizationQueryParametersError("X-Amz-Expires must be non-negative")
    if not text.isdigit():
        raise AuthorizationQueryParametersError("X-Amz-Expires should be a number")
    return int(text)


def _signing_time(text: str) -> float:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc).timestamp()
    except ValueError:
        raise AuthorizationQueryParametersError(
            "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""
        ) from None


def _iso(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, timezone.utc):%Y-%m-%dT%H:%M:%SZ}"
