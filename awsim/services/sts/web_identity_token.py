"""JSON web tokens: reads those of identity providers, and writes those that STS itself issues.

Knows RFC 7519 and the claims that AWS looks at; no requests.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

import attrs

from awsim.services.sts.errors import errors

_REQUIRED = ("iss", "sub", "aud", "exp", "iat")
_NOT_A_JWT = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
_TAGS_CLAIM = "https://aws.amazon.com/tags"
_SOURCE_IDENTITY_CLAIM = "https://aws.amazon.com/source_identity"


@attrs.frozen
class WebIdentity:
    """What a web identity token says. ``expires_at`` in epoch seconds."""

    issuer: str
    subject: str
    audience: str
    expires_at: int
    tags: dict[str, str] = attrs.Factory(dict)
    transitive_tag_keys: list[str] = attrs.Factory(list)
    source_identity: str = ""


def read_web_identity(token: str) -> WebIdentity:
    """The identity in an OpenID Connect token. Raises InvalidIdentityToken."""
    # Deviation: the signature is not checked, since no identity provider is asked for its keys.
    claims = read_claims(token)
    for name in _REQUIRED:
        if claims.get(name) in (None, "", []):
            raise invalid(f"Missing a required claim: {name}")
    expires_at = _timestamp(claims, "exp")
    _timestamp(claims, "iat")
    tags, transitive_tag_keys = _session_tags(claims.get(_TAGS_CLAIM, {}))
    return WebIdentity(
        issuer=_text(claims, "iss"),
        subject=_text(claims, "sub"),
        audience=_audience(claims),
        expires_at=expires_at,
        tags=tags,
        transitive_tag_keys=transitive_tag_keys,
        source_identity=_text(claims, _SOURCE_IDENTITY_CLAIM) if _SOURCE_IDENTITY_CLAIM in claims else "",
    )


def read_claims(token: str) -> dict[str, Any]:
    """The claims of a token in compact form, unchecked. Raises InvalidIdentityToken for anything else."""
    parts = token.split(".")
    if len(parts) != 3 or not parts[2]:
        raise invalid(_NOT_A_JWT)
    _segment(parts[0])
    return _segment(parts[1])


def write_token(header: Mapping[str, Any], claims: Mapping[str, Any], signature: bytes) -> str:
    """A token in compact form."""
    return ".".join(map(_base64url, (_json(header), _json(claims), signature)))


def invalid(message: str) -> Exception:
    """The error for a token that does not hold."""
    return errors.InvalidIdentityTokenException(message)


def _segment(text: str) -> dict[str, Any]:
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        value = json.loads(raw.decode())
    except (ValueError, RecursionError, binascii.Error):
        raise invalid(_NOT_A_JWT) from None
    if not isinstance(value, dict):
        raise invalid(_NOT_A_JWT)
    return value


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims[name]
    if not isinstance(value, str) or not value.isprintable():
        raise invalid(f"Invalid value of the claim: {name}")
    return value


def _timestamp(claims: Mapping[str, Any], name: str) -> int:
    # AWS: "Timestamps in the token must be formatted as either an integer or a long integer" (API reference).
    value = claims[name]
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63:
        raise invalid(f"Invalid value of the claim: {name}")
    return value


def _audience(claims: Mapping[str, Any]) -> str:
    """AWS: of several audiences the authorized party counts."""
    audience = claims["aud"]
    if isinstance(audience, list):
        if len(audience) > 1 and "azp" in claims:
            return _text(claims, "azp")
        return _text({"aud": audience[0]}, "aud")
    return _text(claims, "aud")


def _session_tags(claim: Any) -> tuple[dict[str, str], list[str]]:
    """AWS: ``{"principal_tags": {"Project": ["Automation"]}, "transitive_tag_keys": ["Project"]}``."""
    principal_tags = claim.get("principal_tags", {}) if isinstance(claim, dict) else None
    transitive = claim.get("transitive_tag_keys", []) if isinstance(claim, dict) else None
    if not isinstance(principal_tags, dict) or not isinstance(transitive, list):
        raise invalid(f"Invalid value of the claim: {_TAGS_CLAIM}")
    tags = {key: value[0] if isinstance(value, list) and value else value for key, value in principal_tags.items()}
    if not all(isinstance(text, str) and text.isprintable() for text in (*tags, *tags.values(), *transitive)):
        raise invalid(f"Invalid value of the claim: {_TAGS_CLAIM}")
    return tags, transitive


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
