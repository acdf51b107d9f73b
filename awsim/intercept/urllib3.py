"""urllib3's requests for AWS, and so those of requests, answered by the active Cloud."""

from __future__ import annotations

from http.client import responses
from io import BytesIO
from typing import TYPE_CHECKING, Any

import urllib3.connectionpool
import urllib3.exceptions
from urllib3.response import HTTPResponse
from urllib3.util.retry import Retry

from awsim.errors import ConnectionFaultError
from awsim.fault_bodies import TruncatedBody
from awsim.intercept import escape, http_clients, patches

if TYPE_CHECKING:
    from awsim.cloud import Cloud

_Pool = urllib3.connectionpool.HTTPConnectionPool


def _urlopen(real: Any) -> Any:
    def urlopen(
        self: Any, method: str, url: str, body: Any = None, headers: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        sent_to = scheme, host, target = http_clients.destination(self.scheme, self.host or "", url)
        whole = f"{scheme}://{host}{target}"
        cloud = http_clients.answering_cloud(host, whole)
        if cloud is None:
            if self.proxy is not None:
                escape.check(host, whole)
            return real(self, method, url, body, headers, *args, **kwargs)
        retries = args[0] if args else kwargs.get("retries")
        return _answer(cloud, self, method, url, sent_to, body, headers, retries, kwargs)

    return urlopen


def _answer(
    cloud: Cloud,
    pool: Any,
    method: str,
    url: str,
    sent_to: tuple[str, str, str],
    body: Any,
    headers: Any,
    retries: Any,
    options: dict[str, Any],
) -> Any:
    given = headers if headers is not None else pool.headers
    sent = {http_clients.text(name): http_clients.text(value) for name, value in (given or {}).items()}
    body = http_clients.as_bytes(body)
    retries = Retry.from_int(retries, default=pool.retries)
    while True:
        try:
            response = http_clients.answer(cloud, method, *sent_to, sent, body)
            broken = isinstance(response.body, TruncatedBody)  # told where it is read
            content = response.body if broken else BytesIO(response.read())
        except ConnectionFaultError as fault:
            error = _broken_connection(fault, pool, url)
            retries = retries.increment(method, url, error=error, _pool=pool)  # raises once they are used up
        else:
            break
    return HTTPResponse(
        body=content,
        headers=response.headers,
        status=response.status_code,
        reason=responses.get(response.status_code, ""),
        version=11,
        preload_content=options.get("preload_content", True),
        decode_content=options.get("decode_content", True),
        request_method=method,
        request_url=url,
    )


def _broken_connection(fault: ConnectionFaultError, pool: Any, url: str) -> Exception:
    """The exception of urllib3 for a connection that a fault broke; requests makes its own of it."""
    if fault.kind == "connect_timeout":
        return urllib3.exceptions.ConnectTimeoutError(pool, str(fault))
    if fault.kind == "read_timeout":
        return urllib3.exceptions.ReadTimeoutError(pool, url, str(fault))
    return urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104, str(fault)))


def declare() -> None:
    """Take urllib3's requests for AWS over while a Cloud is active."""
    patches.replace(_Pool, "urlopen", _urlopen)
