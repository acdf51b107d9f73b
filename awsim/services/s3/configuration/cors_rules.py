"""What a bucket's CORS rules say to a browser: the headers of answers, and of preflights.

Pure: rules by AWS's names and the request's headers in, the answer's headers out. Knows no objects and no transport.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from awsim.services.s3.configuration.model import BucketConfiguration
from awsim.services.s3.errors import S3Error

_VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"


class AccessForbidden(S3Error):
    """A preflight that no rule allows."""

    status_code = 403
    default_message = (
        "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request "
        "method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the "
        "resource's CORS spec."
    )


class BadPreflight(S3Error):
    """A preflight without the headers that make it one."""

    code = "BadRequest"


def match(
    configuration: BucketConfiguration, origin: str, method: str, headers: Sequence[str] = ()
) -> Mapping[str, Any] | None:
    """The first rule that allows a method with these request headers to an origin; None where none does."""
    for rule in configuration.cors_rules or ():
        if method in rule["AllowedMethods"] and _matching(rule["AllowedOrigins"], origin) is not None:
            allowed = rule.get("AllowedHeaders", ())
            if all(_matching(allowed, header, ignore_case=True) is not None for header in headers):
                return rule
    return None


def response_headers(configuration: BucketConfiguration, method: str, headers: Mapping[str, str]) -> dict[str, str]:
    """What CORS adds to the answer of a request (its headers in lower case); nothing where no rule matches."""
    origin = headers.get("origin")
    if origin is None:
        return {}
    # AWS: takes the headers of a preflight into account on the request itself, too (recorded).
    method = headers.get("access-control-request-method", method)
    asked = requested_headers(headers)
    rule = match(configuration, origin, method, asked)
    return _allowing(rule, origin, asked) if rule is not None else {}


def preflight_headers(
    configuration: BucketConfiguration, headers: Mapping[str, str], *, resource_type: str = "OBJECT"
) -> dict[str, str]:
    """The headers of the answer (200, without body) to an OPTIONS request with these headers, in lower case.

    ``resource_type`` is "OBJECT" or "BUCKET". Raises BadPreflight and AccessForbidden.
    """
    origin, method = headers.get("origin"), headers.get("access-control-request-method")
    if origin is None:
        raise BadPreflight("Insufficient information. Origin request header needed.")
    if method is None:
        raise BadPreflight("Invalid Access-Control-Request-Method: null")
    if configuration.cors_rules is None:
        raise AccessForbidden(
            "CORSResponse: CORS is not enabled for this bucket.", Method=method, ResourceType=resource_type
        )
    asked = requested_headers(headers)
    rule = match(configuration, origin, method, asked)
    if rule is None:
        raise AccessForbidden(Method=method, ResourceType=resource_type)
    return _allowing(rule, origin, asked)


def requested_headers(headers: Mapping[str, str]) -> list[str]:
    """The names in Access-Control-Request-Headers, in lower case."""
    text = headers.get("access-control-request-headers", "")
    return [name.strip().lower() for name in text.split(",") if name.strip()]


def _allowing(rule: Mapping[str, Any], origin: str, asked: Sequence[str]) -> dict[str, str]:
    answer = {}
    if _matching(rule["AllowedOrigins"], origin) == "*":
        answer["Access-Control-Allow-Origin"] = "*"
    else:
        answer["Access-Control-Allow-Origin"] = origin
        answer["Access-Control-Allow-Credentials"] = "true"
    answer["Access-Control-Allow-Methods"] = ", ".join(rule["AllowedMethods"])
    if asked:
        answer["Access-Control-Allow-Headers"] = ", ".join(asked)
    if rule.get("ExposeHeaders"):
        answer["Access-Control-Expose-Headers"] = ", ".join(rule["ExposeHeaders"])
    if "MaxAgeSeconds" in rule:
        answer["Access-Control-Max-Age"] = str(rule["MaxAgeSeconds"])
    answer["Vary"] = _VARY
    return answer


def _matching(patterns: Sequence[str], value: str, *, ignore_case: bool = False) -> str | None:
    """The first pattern, each with at most one asterisk, that a value matches."""
    flags = re.IGNORECASE if ignore_case else 0
    for pattern in patterns:
        if re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), value, flags):
            return pattern
    return None
