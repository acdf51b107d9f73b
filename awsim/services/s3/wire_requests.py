"""What only a request on the wire can get wrong, which no SDK would send: looked at before the request is parsed.

Owns the words in which S3 refuses what cannot be read, and what it ignores of that. In-process botocore has seen to it
all, so none of this runs there.
"""

from __future__ import annotations

import functools
import hashlib
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from awsim import spec
from awsim.protocol.hosts import virtual_bucket
from awsim.protocol.http import Request
from awsim.protocol.scalars import Misfit, read_iso8601, read_rfc822
from awsim.services.s3.answers import answer_with
from awsim.services.s3.checksum_headers import check_checksum_headers
from awsim.services.s3.errors import (
    AuthorizationHeaderMalformed,
    AuthorizationQueryParametersError,
    InvalidArgument,
    InvalidRequest,
    InvalidURI,
    MissingContentLength,
    NotImplementedHeader,
    PreconditionFailed,
    XAmzContentSHA256Mismatch,
)
from awsim.services.s3.object_metadata import EXPIRES_TEXT
from awsim.services.s3.presigned import is_presigned
from awsim.services.s3.sub_resources import NotAllowed, check_method, no_such_method

if TYPE_CHECKING:
    from awsim.context import RequestContext

_INTEGER = re.compile(r"[+-]?\d{1,10}")
_INTEGER_MAX = 2**31 - 1
_FLAG_TEXTS = ("true", "false", "")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PAYLOADS = (
    "UNSIGNED-PAYLOAD",
    "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
    "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD",
    "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER",
)
#: Besides those that S3 lists when it refuses another: that of event streams, as of chunks of SelectObjectContent.
_EVENTS = "-EVENTS"
_UPLOADS = frozenset({"PutObject", "UploadPart"})
#: Headers by which the end of a body is known.
_LENGTHS = frozenset({"content-length", "transfer-encoding"})
#: What makes a version has nothing to do with those that are there.
_WRITES = frozenset({"PutObject", "CopyObject"})
_READS = frozenset({"GetObject", "HeadObject", "GetObjectAttributes"})
_ENCRYPTION = "x-amz-server-side-encryption"
#: Headers that are read by HTTP's rules: a date that is none counts as not sent.
_CONDITIONS = (
    "if-modified-since",
    "if-unmodified-since",
    "x-amz-copy-source-if-modified-since",
    "x-amz-copy-source-if-unmodified-since",
)
_RETAIN_UNTIL = "x-amz-object-lock-retain-until-date"
#: AWS: of these, what is no number counts as not sent (versitygw #1806).
_PAGING = ("x-amz-max-parts", "x-amz-part-number-marker")
_OBJECT_SIZE = "x-amz-mp-object-size"
_OVERRIDES = frozenset(
    f"response-{name}"
    for name in (
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-type",
        "expires",
    )
)


def check_wire(context: RequestContext[Any]) -> None:
    """Refuse what cannot be read of a request from the wire; forget what S3 ignores. ``context.operation`` is None
    where no operation has the request's method and path. Raises the errors of S3."""
    request = context.request
    if "+" in request.path:
        # AWS: in paths too a plus sign is a space (aws-sdk-ruby #654, nginx-s3-gateway #77: so it is signed, too).
        request.path = request.path.replace("+", "%20")
    bucket, key = _place(request)
    try:
        query = request.query
    except ValueError:
        raise InvalidURI from None
    try:
        check_method(request.method, bucket, key, query)
        if context.operation is None:
            _refuse_method(request.method, bucket, key)
            return
    except NotAllowed as error:
        answer_with(context, {"Allow": error.allow})
        raise
    _check_authorization(request.headers.get("authorization"))
    if "X-Amz-Credential" in query and not _has_scope(query["X-Amz-Credential"][0]):
        raise AuthorizationQueryParametersError(f"Error parsing the X-Amz-Credential parameter; {_NO_SCOPE}")
    # What stands for a form is not signed: the form's own signature has been looked at.
    is_compared = not context.settings.s3_skip_signature_validation and context.origin is None
    # A request that is authenticated twice is refused for that, whatever its signatures.
    if is_compared and "authorization" in request.headers and not is_presigned(request.query_string):
        from awsim.services.s3.signatures import check_header

        check_header(context)
    _check_numbers(request, context.operation.name)
    _check_query(request, context.operation.name)
    _check_overrides(request, context.operation.name)
    _read_flags(request, context.operation.name)
    _check_headers(request)
    if _ENCRYPTION in request.headers and context.operation.name in _READS:
        # AWS: how an object is encrypted is not for its reader to say (API reference of GetObject and HeadObject).
        raise InvalidArgument(
            f"{_ENCRYPTION} header is not supported for this operation.", _ENCRYPTION, request.headers[_ENCRYPTION]
        )
    if context.operation.http_checksum.get("requestAlgorithmMember") and context.origin is None:
        check_checksum_headers(request.headers, of_object=context.operation.name in _UPLOADS)
    if not context.in_process and context.operation.name in _UPLOADS and _LENGTHS.isdisjoint(request.headers):
        # Of clients in this process some leave the length to their connection, which there is none of.
        raise MissingContentLength
    _check_body(request, context.operation.name)


def _place(request: Request) -> tuple[str, str]:
    """The bucket and the key of a request, decoded; "" where there is none. Raises InvalidURI."""
    try:
        path = unquote(request.path, errors="strict") if "%" in request.path else request.path
    except UnicodeDecodeError:
        raise InvalidURI from None
    host = virtual_bucket(request.host)
    if host is not None:
        return host, path[1:]
    bucket, _, key = path[1:].partition("/")
    return bucket, key


def _refuse_method(method: str, bucket: str, key: str) -> None:
    if method == "POST" and bucket and not key:
        # AWS: what is posted to a bucket is a form, and was expected to be one.
        raise PreconditionFailed("Bucket POST must be of the enclosure-type multipart/form-data")
    raise no_such_method(method, bucket, key)


# The signature


_NO_SCOPE = 'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'
_COMPONENTS = ("Credential=", "SignedHeaders=", "Signature=")


def _check_authorization(header: str | None) -> None:
    """Raises AuthorizationHeaderMalformed, InvalidArgument."""
    if not header:
        return  # nobody's, as without it
    if header.startswith("AWS "):
        if ":" not in header:
            raise InvalidArgument(
                "AWS authorization header is invalid.  Expected AwsAccessKeyId:signature", "Authorization", header
            )
        return
    if not header.startswith("AWS4-"):
        raise InvalidArgument("Unsupported Authorization Type", "Authorization", header)
    if not all(component in header for component in _COMPONENTS):
        raise AuthorizationHeaderMalformed(
            "the authorization header requires three components: Credential, SignedHeaders, and Signature."
        )
    credential = header.partition("Credential=")[2].partition(",")[0].partition(" ")[0]
    if not _has_scope(credential):
        raise AuthorizationHeaderMalformed(_NO_SCOPE)


def _has_scope(credential: str) -> bool:
    """Whether a credential names a date, a region (which version 4a leaves out) and a service."""
    parts = credential.rsplit("/", 4)
    return len(parts) >= 4 and parts[-1] == "aws4_request"


# Query strings


@functools.cache
def _numbers(operation_name: str) -> tuple[str, ...]:
    """The parameters of an operation that are whole numbers."""
    shape = spec.load_service("s3").operation_model(operation_name).input_shape
    members = shape.members.values() if shape is not None else ()
    return tuple(
        member.serialization["name"]
        for member in members
        if member.serialization.get("location") == "querystring" and member.type_name == "integer"
    )


def _is_integer(text: str) -> bool:
    return _INTEGER.fullmatch(text) is not None and -_INTEGER_MAX <= int(text) <= _INTEGER_MAX


def _check_numbers(request: Request, operation_name: str) -> None:
    if not request.query_string:
        return
    for name in _numbers(operation_name):
        text = request.query.get(name, [""])[0]
        if text and not _is_integer(text):
            if name == "partNumber":
                message = "Part number must be an integer between 1 and 10000, inclusive"
            else:
                message = f"Provided {name} not an integer or within integer range"
            raise InvalidArgument(message, name, text)


def _check_query(request: Request, operation_name: str) -> None:
    """Refuse what other operations take. Raises InvalidArgument."""
    if not request.query_string:
        return
    query = request.query
    if operation_name == "ListObjects":
        if "list-type" in query:
            raise InvalidArgument("Invalid List Type specified in Request", "list-type", query["list-type"][0])
        if "start-after" in query:
            # AWS: as quoted in public (amazonka #376).
            raise InvalidArgument("startAfter only supported in REST.GET.BUCKET with list-type=2")
    elif operation_name in _WRITES and "versionId" in query:
        raise InvalidArgument("This operation does not accept a version-id.", "versionId", query["versionId"][0])


def _check_overrides(request: Request, operation_name: str) -> None:
    if operation_name not in ("GetObject", "HeadObject") or "response-" not in request.query_string:
        return
    for name, values in request.query.items():
        if name.startswith("response-") and name not in _OVERRIDES:
            raise InvalidArgument(
                f"{name} is not in the set of overridable response headers. Please refer to the S3 API documentation "
                "for a complete list of overridable response headers.",
                name,
                values[0],
            )


# Flags


@functools.cache
def _flags(operation_name: str) -> tuple[tuple[str, bool], ...]:
    """The flags of an operation that are not in its body: their names, and whether they are parameters."""
    shape = spec.load_service("s3").operation_model(operation_name).input_shape
    members = shape.members.values() if shape is not None else ()
    return tuple(
        (member.serialization["name"].lower(), member.serialization["location"] == "querystring")
        for member in members
        if member.serialization.get("location") in ("querystring", "header") and member.type_name == "boolean"
    )


# Deviation: how S3 answers to a flag that is neither true nor false is not documented; here it counts as false.
def _read_flags(request: Request, operation_name: str) -> None:
    for name, is_parameter in _flags(operation_name):
        if is_parameter:
            values = request.query.get(name)
            if values and values[0].lower() not in _FLAG_TEXTS:
                request.query[name] = ["false"]
        elif name in request.headers and request.headers[name].lower() not in _FLAG_TEXTS:
            request.headers[name] = "false"


# Headers


def _check_headers(request: Request) -> None:
    headers = request.headers
    for name in _CONDITIONS:
        if name in headers and not _reads(read_rfc822, headers[name]):
            del headers[name]
    if "expires" in headers and not _reads(read_rfc822, headers["expires"]):
        headers[EXPIRES_TEXT] = headers.pop("expires")
    for name in _PAGING:
        if name in headers and not _is_integer(headers[name]):
            del headers[name]
    if _OBJECT_SIZE in headers and not headers[_OBJECT_SIZE].isdigit():
        raise InvalidRequest(f"Value for {_OBJECT_SIZE} header is invalid.")
    until = headers.get(_RETAIN_UNTIL)
    if until is not None and not _reads(read_iso8601, until):
        raise InvalidArgument("The retain until date must be provided in ISO 8601 format", _RETAIN_UNTIL, until)


def _reads(read: Any, text: str) -> bool:
    try:
        read(text)
    except Misfit:
        return False
    return True


# The body


def _check_body(request: Request, operation_name: str) -> None:
    """Raises MissingContentLength, NotImplementedHeader, InvalidArgument, XAmzContentSHA256Mismatch."""
    headers = request.headers
    digest = headers.get("x-amz-content-sha256", "")
    is_streaming = digest.startswith("STREAMING-") and not digest.endswith(_EVENTS)
    decoded_length = headers.get("x-amz-decoded-content-length")
    if is_streaming and decoded_length is not None and not decoded_length.isdigit():
        raise MissingContentLength
    in_chunks = headers.get("transfer-encoding", "").lower() == "chunked" and "content-length" not in headers
    if in_chunks and decoded_length is None and operation_name in _UPLOADS:
        raise NotImplementedHeader(Header="Transfer-Encoding")
    if not digest or is_streaming or digest in _PAYLOADS or digest.endswith(_EVENTS):
        return
    if not _SHA256.fullmatch(digest):
        raise InvalidArgument(
            f"x-amz-content-sha256 must be {', '.join(_PAYLOADS)} or a valid sha256 value.",
            "x-amz-content-sha256",
            digest,
        )
    computed = hashlib.sha256(request.gather()).hexdigest()
    if computed != digest:
        raise XAmzContentSHA256Mismatch(ClientComputedContentSHA256=digest, S3ComputedContentSHA256=computed)
