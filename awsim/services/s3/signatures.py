"""Whether requests, presigned URLs and forms are signed by who they say, where a user has that checked.

``S3_SKIP_SIGNATURE_VALIDATION=0`` turns it on. The secrets of access keys that the Cloud handed out are known; other
keys are taken to have the secret of ``Settings.secret_access_key``, or one of those that mocks go by.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit

from awsim.protocol.hosts import virtual_bucket
from awsim.protocol.http import Request
from awsim.services.s3.errors import AccessDenied, InvalidRequest, SignatureDoesNotMatch

if TYPE_CHECKING:
    from awsim.context import RequestContext

# Deviation: whatever the setting, signatures in headers are believed of botocore in the same process, of version 2 and
# of version 4a, and so are those of single chunks; and a chunked body is decoded before a URL's signature is compared,
# so that of two faults the body's is told. A signer's clock may be off as far as it likes, since tests advance AWS's.
_USUAL_SECRETS = ("testing", "test")
_ALGORITHM = "AWS4-HMAC-SHA256"
#: Parameters by which a version 4 signature comes, in lower case.
SIGNING = frozenset(
    {
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-expires",
        "x-amz-signature",
        "x-amz-signedheaders",
    }
)
#: Parameters by which a version 2 signature comes, and which it does not cover.
_V2_OWN = frozenset({"AWSAccessKeyId", "Signature", "Expires"})


def check_header(context: RequestContext[Any]) -> None:
    """Check the signature in a request's Authorization header, as it came over the wire.

    Raises SignatureDoesNotMatch, and AccessDenied or InvalidRequest where what is signed is not sent.
    """
    request = context.request
    header = request.headers.get("authorization", "")
    if not header.startswith(_ALGORITHM):
        return
    if "x-amz-date" not in request.headers and "date" not in request.headers:
        raise AccessDenied("AWS authentication requires a valid Date or x-amz-date header")
    if "x-amz-content-sha256" not in request.headers:
        raise InvalidRequest("Missing required header for this request: x-amz-content-sha256")
    found = dict(part.strip().partition("=")[::2] for part in header.removeprefix(_ALGORITHM).split(","))
    access_key_id, _, scope = found["Credential"].partition("/")
    context.region = context.region or scope.split("/")[1]
    moment = request.headers.get("x-amz-date", "")
    payload = request.headers["x-amz-content-sha256"]
    signed = found["SignedHeaders"].split(";")
    canonical = _canonical(request, request.path, signed, payload)
    text = "\n".join((_ALGORITHM, moment, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    _compare_v4(context, access_key_id, scope, found["Signature"], text, canonical)


def check_url(context: RequestContext[Any]) -> None:
    """Check a presigned request's signature. Raises SignatureDoesNotMatch, AccessDenied."""
    request = context.request
    query = request.query
    if "X-Amz-Signature" in query:
        _check_url_v4(context, request)
    elif "Signature" in query and "AWSAccessKeyId" in query:
        _check_url_v2(context, request)


def check_form(context: RequestContext[Any], fields: dict[str, str]) -> None:
    """Check a form's signature, which is its policy's. Raises SignatureDoesNotMatch."""
    policy = fields["policy"]
    if "x-amz-signature" in fields:
        access_key_id, _, scope = fields["x-amz-credential"].partition("/")
        signature = fields["x-amz-signature"]
        matches = any(
            hmac.compare_digest(signature, sign_v4(secret, scope, policy))
            for secret in _secrets(context, access_key_id)
        )
    else:
        access_key_id, signature = fields["awsaccesskeyid"], fields["signature"]
        matches = any(
            hmac.compare_digest(signature, _sign_v2(secret, policy)) for secret in _secrets(context, access_key_id)
        )
    if not matches:
        raise SignatureDoesNotMatch(**_told(access_key_id, signature, policy))


def _secrets(context: RequestContext[Any], access_key_id: str) -> tuple[str, ...]:
    secret = context.secret_of(access_key_id)
    return (secret,) if secret is not None else (context.settings.secret_access_key, *_USUAL_SECRETS)


def _told(access_key_id: str, signature: str, string_to_sign: str) -> dict[str, Any]:
    return {
        "AWSAccessKeyId": access_key_id,
        "StringToSign": string_to_sign,
        "SignatureProvided": signature,
        "StringToSignBytes": string_to_sign.encode().hex(" "),
    }


# Version 4


def sign_v4(secret: str, scope: str, string_to_sign: str) -> str:
    """The signature of a text; ``scope`` is ``date/region/service/aws4_request``."""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, string_to_sign.encode(), hashlib.sha256).hexdigest()


def _check_url_v4(context: RequestContext[Any], request: Request) -> None:
    query = {name: values[0] for name, values in request.query.items()}
    signed = query.get("X-Amz-SignedHeaders", "").split(";")
    # The signer's own parameters, as X-Amz-Date, stand for no header.
    moved = {name.lower() for name in query} - SIGNING
    unsigned = [
        name
        for name in sorted(request.headers)
        if name.startswith("x-amz-") and name not in moved and name not in signed
    ]
    if unsigned:
        raise AccessDenied(
            "There were headers present in the request which were not signed", HeadersNotSigned=", ".join(unsigned)
        )
    access_key_id, _, scope = query.get("X-Amz-Credential", "").partition("/")
    payload = request.headers.get("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
    canonical = _canonical(request, _sent_path(request), signed, payload)
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join((_ALGORITHM, query.get("X-Amz-Date", ""), scope, hashed))
    _compare_v4(context, access_key_id, scope, query["X-Amz-Signature"], text, canonical)


def _compare_v4(
    context: RequestContext[Any], access_key_id: str, scope: str, signature: str, text: str, canonical: str
) -> None:
    """Raise SignatureDoesNotMatch, with all that the signer needs to see where they went wrong."""
    if not any(
        hmac.compare_digest(signature, sign_v4(secret, scope, text)) for secret in _secrets(context, access_key_id)
    ):
        told = _told(access_key_id, signature, text)
        raise SignatureDoesNotMatch(
            **told, CanonicalRequest=canonical, CanonicalRequestBytes=canonical.encode().hex(" ")
        )


def _canonical(request: Request, path: str, signed: list[str], payload: str) -> str:
    pairs = parse_qsl(request.query_string, keep_blank_values=True)
    encoded = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in pairs)
    query = "&".join(f"{name}={value}" for name, value in encoded if name != "X-Amz-Signature")
    headers = "".join(f"{name}:{' '.join(_header(request, name).split())}\n" for name in signed)
    return "\n".join((request.method, path, query, headers, ";".join(signed), payload))


def _header(request: Request, name: str) -> str:
    return request.headers.get(name, request.host if name == "host" else "")


def _sent_path(request: Request) -> str:
    """The path on the wire, without the bucket that a virtual host was given."""
    bucket = virtual_bucket(request.host)
    return request.path if bucket is None else request.path.removeprefix(f"/{bucket}") or "/"


# Version 2


def _sign_v2(secret: str, string_to_sign: str) -> str:
    digest = hmac.new(secret.encode(), string_to_sign.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _check_url_v2(context: RequestContext[Any], request: Request) -> None:
    from botocore.auth import HmacV1Auth
    from botocore.compat import HTTPHeaders
    from botocore.credentials import Credentials

    query = {name: values[0] for name, values in request.query.items()}
    access_key_id, signature = query["AWSAccessKeyId"], query["Signature"]
    moved = {name.lower() for name in query if name.lower().startswith("x-amz-")}
    covered = [
        (name, value)
        for name, value in parse_qsl(request.query_string, keep_blank_values=True)
        if name not in _V2_OWN and not name.lower().startswith("x-amz-")
    ]
    rest = "&".join(f"{name}={quote(value)}" if value else name for name, value in covered)
    found = {name: value for name, value in request.headers.items() if name not in moved}
    found |= {name.lower(): value for name, value in query.items() if name.lower().startswith("x-amz-")}
    headers = HTTPHeaders()
    for name, value in found.items():
        headers[name] = value
    bucket = virtual_bucket(request.host)
    path = request.path if bucket is None or request.path.startswith(f"/{bucket}/") else f"/{bucket}{request.path}"
    auth = HmacV1Auth(Credentials("", ""))
    lines = [request.method, headers.get("content-md5", ""), headers.get("content-type", ""), query.get("Expires", "")]
    if custom := auth.canonical_custom_headers(headers):
        lines.append(custom)
    lines.append(auth.canonical_resource(urlsplit(f"https://host{path}?{rest}"), auth_path=path))
    text = "\n".join(lines)
    if not any(hmac.compare_digest(signature, _sign_v2(secret, text)) for secret in _secrets(context, access_key_id)):
        raise SignatureDoesNotMatch(**_told(access_key_id, signature, text))
