"""What the intercepts of plain HTTP clients share: which of their requests are AWS's, and the answer to one.

A presigned URL in requests, a signed request in urllib3 or httpx: nothing is known but what the request carries, so it
takes the way of wire traffic. Knows no client.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from awsim import active
from awsim.context import RequestContext
from awsim.intercept import passthrough
from awsim.intercept.hosts import is_aws_host, is_metadata_address
from awsim.protocol.http import Request, Response

if TYPE_CHECKING:
    from awsim.cloud import Cloud


def let_through(host: str, url: str) -> bool:
    """Whether a request for one of AWS's hosts may leave: no Cloud is active anywhere, or the user let it."""
    cloud = active.current_cloud()
    if cloud is None:
        return not active.any_active()
    return passthrough.allows_host(cloud, host) or passthrough.allows_url(cloud, url)


def answering_cloud(host: str, url: str) -> Cloud | None:
    """The Cloud that answers a request for a host; None for a host that is not AWS's, or that none can answer.

    Instance metadata is AWS's but no Cloud has it, and a thread outside of all isolated Clouds has none: such requests
    go on, to the guard.
    """
    if not is_aws_host(host) or is_metadata_address(host) or let_through(host, url):
        return None
    return active.current_cloud()


def destination(scheme: str, host: str, target: str) -> tuple[str, str, str]:
    """Scheme, host and path with query of a request. What goes to a proxy has the whole URL as its target, and a
    connection whose host is the proxy's."""
    if target.startswith("/"):
        return scheme, host, target
    scheme_of_url, separator, rest = target.partition("://")
    if not separator:
        return scheme, host, target
    authority, slash, path = rest.partition("/")
    name, query_separator, query = authority.partition("?")
    host_of_url = urlsplit(f"//{name}").hostname or host
    return scheme_of_url, host_of_url, f"/{path}" if slash else f"/{query_separator}{query}"


def answer(
    cloud: Cloud, method: str, scheme: str, host: str, target: str, headers: Mapping[str, str], body: Any
) -> Response:
    """Answer a request to ``target``, a path with its query string.

    Raises NotSimulatedError for what is not simulated, as a call of boto3 does.
    """
    path, _, query_string = target.partition("?")
    request = Request(method, path or "/", query_string, headers, as_bytes(body), host, scheme)
    request.headers.setdefault("host", host)
    response = Response()
    cloud.gateway.handle(RequestContext(cloud, request, in_process=True), response)
    if request.method == "HEAD":
        response.body = b""
    return response


def as_bytes(body: Any) -> bytes:
    """A body in any of the forms that HTTP clients take."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    if hasattr(body, "read"):
        read = body.read()
        return read.encode() if isinstance(read, str) else bytes(read)
    if isinstance(body, Iterable):
        return b"".join(as_bytes(chunk) for chunk in body)
    raise TypeError(f"a request's body cannot be {type(body).__name__}")


def text(value: Any) -> str:
    """A header's name or value as text."""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
