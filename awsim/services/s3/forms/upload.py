"""A form that is posted to a bucket: who posts it, whether its policy lets it through, and the object that it makes.

The object is put by PutObject itself, as which the form goes through the gateway again; so all that holds for one
holds for the other.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode, urlsplit, urlunsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from awsim.protocol.hosts import virtual_bucket
from awsim.protocol.http import Request, Response
from awsim.services.s3.answers import answer_with
from awsim.services.s3.configuration.cors_rules import response_headers
from awsim.services.s3.errors import (
    InvalidArgument,
    InvalidPolicyDocument,
    MalformedXML,
    MaxPostPreDataLengthExceededError,
    NoSuchBucket,
    PreconditionFailed,
)
from awsim.services.s3.forms.form_data import Form, as_text, read_form
from awsim.services.s3.forms.post_policy import check_policy, read_policy
from awsim.services.s3.models import S3Store
from awsim.services.s3.signatures import check_form

if TYPE_CHECKING:
    from awsim.context import RequestContext

_FORM_TYPE = "multipart/form-data"
#: AWS: 20 KiB for all that is no file.
_HEAD_LENGTH_MAX = 20_480
_FILE_NAME = "${filename}"
#: Fields that are a header of the object's under another name, or under theirs.
_HEADERS = {
    "acl": "x-amz-acl",
    "cache-control": "cache-control",
    "content-type": "content-type",
    "content-disposition": "content-disposition",
    "content-encoding": "content-encoding",
    "content-language": "content-language",
    "expires": "expires",
    "x-amz-checksum-algorithm": "x-amz-sdk-checksum-algorithm",
}
_SIGNING = frozenset({"x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"})
_ANSWERED_HEADERS = ("etag", "x-amz-")


def is_form(request: Request) -> bool:
    """Whether a request posts to a bucket itself, which is what forms do."""
    if request.method != "POST" or request.query_string:
        return False
    path = request.path.strip("/")
    return not path if virtual_bucket(request.host) is not None else bool(path) and "/" not in path


def answer_form(context: RequestContext[S3Store]) -> Response:
    """Put the object that a form describes. Raises what its policy does not let through; what PutObject refuses is
    among the answers."""
    request = context.request
    name = virtual_bucket(request.host) or unquote(request.path).strip("/")
    if not request.headers.get("content-type", "").lower().startswith(_FORM_TYPE):
        raise PreconditionFailed("Bucket POST must be of the enclosure-type multipart/form-data")
    bucket = context.store.buckets.get(name)
    if bucket is None:
        raise NoSuchBucket(name)
    if bucket.configuration.cors_rules is not None:
        answer_with(context, response_headers(bucket.configuration, request.method, request.headers))
    form = read_form(request.headers["content-type"], request.read())
    if form.file is None:
        raise InvalidArgument("POST requires exactly one file upload per request.", "file", 0)
    if form.head_length > _HEAD_LENGTH_MAX:
        raise MaxPostPreDataLengthExceededError
    fields = {field: value.replace(_FILE_NAME, _latin(form.file_name)) for field, value in form.fields.items()}
    key = as_text(_required(fields, "key", "key"))
    if not key:
        raise InvalidArgument("User key must have a length greater than 0.", "key", "")
    authorization = _authorization(fields)
    if authorization is not None or "policy" in fields:
        _check(context, name, fields, len(form.file))
    answer = context.forward(_put_request(request, name, key, fields, form, authorization))
    if answer.status_code >= 300:
        return answer
    return _success(request, name, key, fields, answer)


def _latin(text: str) -> str:
    return text.encode().decode("latin-1")


def _required(fields: dict[str, str], field: str, shown: str) -> str:
    if field not in fields:
        raise InvalidArgument(
            f"Bucket POST must contain a field named '{shown}'.  If it is specified, please check the order of the "
            "fields.",
            shown,
            "",
        )
    return fields[field]


def _authorization(fields: dict[str, str]) -> str | None:
    """The header that says of a request who makes it, where a form's fields do; None for a form of nobody's."""
    if "x-amz-credential" in fields or "x-amz-algorithm" in fields:
        _required(fields, "policy", "Policy")
        credential = _required(fields, "x-amz-credential", "X-Amz-Credential")
        _required(fields, "x-amz-date", "X-Amz-Date")
        signature = _required(fields, "x-amz-signature", "X-Amz-Signature")
        return f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature={signature}"
    if "awsaccesskeyid" in fields:
        _required(fields, "policy", "Policy")
        return f"AWS {fields['awsaccesskeyid']}:{_required(fields, 'signature', 'Signature')}"
    if "policy" in fields or "signature" in fields:
        _required(fields, "awsaccesskeyid", "AWSAccessKeyId")
    return None


def _check(context: RequestContext[S3Store], bucket: str, fields: dict[str, str], size: int) -> None:
    texts = {field: as_text(value) for field, value in fields.items()}
    texts["bucket"] = bucket
    if not context.settings.s3_skip_signature_validation:
        check_form(context, texts)
    try:
        document = read_policy(texts["policy"])
    except InvalidPolicyDocument:
        # AWS: looks at the signature first, so that a policy which was spoilt on its way is told as such (recorded).
        check_form(context, texts)
        raise
    check_policy(document, texts, size, context.time())


def _put_request(
    request: Request, bucket: str, key: str, fields: dict[str, str], form: Form, authorization: str | None
) -> Request:
    headers = {"host": request.host, "content-length": str(len(form.file or b""))}
    if authorization is not None:
        headers["authorization"] = authorization
    for field, value in fields.items():
        if field in _HEADERS:
            headers[_HEADERS[field]] = _system_header(value)
        elif field.startswith("x-amz-meta-"):
            headers[field] = _literal(value)
        elif field.startswith("x-amz-") and field not in _SIGNING:
            headers[field] = value
        elif field == "tagging":
            headers["x-amz-tagging"] = _tagging_header(value)
    path = f"/{quote(key, safe='')}"
    if virtual_bucket(request.host) is None:
        path = f"/{quote(bucket, safe='')}{path}"
    return Request("PUT", path, "", headers, form.file or b"", request.host, request.scheme)


def _system_header(value: str) -> str:
    # AWS: of a form's text what no header can say becomes a space (recorded).
    text = as_text(value)
    return "".join(character if ord(character) < 0x100 else " " for character in text)


def _literal(value: str) -> str:
    """Metadata of which nothing is to be decoded. AWS: encoded words stay as they are in forms (recorded)."""
    if "=?" not in value:
        return value
    return f"=?UTF-8?B?{base64.b64encode(value.encode('latin-1')).decode()}?="


def _tagging_header(document: str) -> str:
    try:
        root = ET.fromstring(document.encode("latin-1"))  # noqa: S314  # entities are not resolved by expat's defaults
    except ET.ParseError:
        raise MalformedXML from None
    pairs = []
    for tag in root.iter():
        if tag.tag.rpartition("}")[2] != "Tag":
            continue
        values = {child.tag.rpartition("}")[2]: child.text or "" for child in tag}
        if set(values) != {"Key", "Value"}:
            raise MalformedXML
        pairs.append((values["Key"], values["Value"]))
    return urlencode(pairs)


def _success(request: Request, bucket: str, key: str, fields: dict[str, str], answer: Response) -> Response:
    headers = {name: value for name, value in answer.headers.items() if name.lower().startswith(_ANSWERED_HEADERS)}
    etag = answer.header("ETag") or ""
    path = quote(key, safe="~")
    host = request.host if virtual_bucket(request.host) is not None else f"{request.host}/{bucket}"
    location = headers["Location"] = f"{request.scheme}://{host}/{path}"
    redirect = as_text(fields.get("success_action_redirect", fields.get("redirect", "")))
    target = urlsplit(redirect) if redirect else None
    if target is not None and target.scheme in ("http", "https") and target.netloc:
        told = urlencode({"bucket": bucket, "key": key, "etag": etag})
        query = f"{target.query}&{told}" if target.query else told
        headers["Location"] = urlunsplit((target.scheme, target.netloc, target.path, query, target.fragment))
        return Response(303, headers)
    status = fields.get("success_action_status")
    if status == "201":
        headers["Content-Type"] = "application/xml"
        return Response(201, headers, _post_response(location, bucket, key, etag))
    # AWS: any other status than these two is answered as if none had been asked for.
    return Response(200 if status == "200" else 204, headers)


def _post_response(location: str, bucket: str, key: str, etag: str) -> bytes:
    named: dict[str, Any] = {"Location": location, "Bucket": bucket, "Key": key, "ETag": etag}
    members = "".join(f"<{name}>{escape(value, {chr(34): '&quot;'})}</{name}>" for name, value in named.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>{members}</PostResponse>'.encode()
