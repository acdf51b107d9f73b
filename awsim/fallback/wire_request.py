"""Requests as AWS's own endpoints would get them, by whose host names moto tells services apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awsim import spec
from awsim.protocol.hosts import virtual_bucket
from awsim.protocol.http import Request
from awsim.protocol.service_index import service_index

_AWS_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn")


def addressed_to_aws(request: Request, service_name: str, region: str) -> Request:
    """The request, its host one of AWS's: what came to the server, or to an endpoint of the user's, names another."""
    host = request.host.partition(":")[0]
    if host.endswith(_AWS_SUFFIXES):
        return request
    moved = Request(request.method, request.path, request.query_string, None, request.body, "", "https")
    moved.host = host_of(service_name, region)
    moved.headers = {**request.headers, "host": moved.host}
    if service_name == "cloudformation":
        body = request.read()
        if b"TemplateURL=" in body:
            moved.body = _with_templates_at_aws(body)
            moved.headers["content-length"] = str(len(moved.body))
    return moved


def _with_templates_at_aws(form: bytes) -> bytes:
    """A form whose templates lie at AWS's S3: of another host's URL moto takes a part of the host for the bucket."""
    from urllib.parse import parse_qsl, urlencode, urlsplit

    fields = []
    for name, value in parse_qsl(form.decode(), keep_blank_values=True):
        if name.endswith("TemplateURL"):
            url = urlsplit(value)
            if not (url.hostname or "").endswith(_AWS_SUFFIXES):
                bucket = virtual_bucket(url.netloc)
                value = f"https://s3.amazonaws.com{f'/{bucket}' if bucket else ''}{url.path}"
        fields.append((name, value))
    return urlencode(fields).encode()


def host_of(service_name: str, region: str) -> str:
    """A host of a service's endpoint."""
    entry = service_index().services.get(service_name)
    prefix = entry.endpoint_prefix if entry is not None else service_name
    suffix = _AWS_SUFFIXES[1] if region.startswith("cn-") else _AWS_SUFFIXES[0]
    return f"{prefix}.{region}{suffix}"


def request_of(operation: Any, parameters: Mapping[str, Any], region: str) -> Request:
    """A call that was never written down, in its service's protocol."""
    written = spec.serialized_request(operation, parameters)
    query = written["query_string"]
    headers = {name.lower(): str(value) for name, value in dict(written["headers"]).items()}
    body = written["body"]
    if isinstance(body, Mapping):  # a form
        from urllib.parse import urlencode

        body = urlencode(body)
    return Request(
        written["method"],
        written["url_path"],
        query if isinstance(query, str) else _query_string(query),
        headers,
        body.encode() if isinstance(body, str) else body,
        host_of(operation.service_model.service_name, region),
    )


def _query_string(query: Mapping[str, Any]) -> str:
    from urllib.parse import urlencode

    return urlencode(query, doseq=True)
