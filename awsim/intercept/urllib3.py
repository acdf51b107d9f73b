"""urllib3's requests for AWS, and so those of requests, answered by the active Cloud."""

from __future__ import annotations

from http.client import responses
from io import BytesIO
from typing import Any

import urllib3.connectionpool
import urllib3.exceptions
from urllib3.response import HTTPResponse
from urllib3.util.retry import Retry

from awsim.errors import ConnectionFaultError
from awsim.fault_bodies import TruncatedBody
from awsim.intercept import http_clients

_Pool = urllib3.connectionpool.HTTPConnectionPool
_real_urlopen = _Pool.urlopen


def _urlopen(self: Any, method: str, url: str, body: Any = None, headers: Any = None, *args: Any, **kwargs: Any) -> Any:
    host = self.host or ""
    target = url if url.startswith("/") else "/" + url.partition("://")[2].partition("/")[2]
    cloud = http_clients.answering_cloud(host, f"{self.scheme}://{host}{target}")
    if cloud is None:
        return _real_urlopen(self, method, url, body, headers, *args, **kwargs)
    given = headers if headers is not None else self.headers
    sent = {http_clients.text(name): http_clients.text(value) for name, value in (given or {}).items()}
    body = http_clients.as_bytes(body)
    retries = args[0] if args else kwargs.get("retries")
    retries = Retry.from_int(retries, default=self.retries)
    while True:
        try:
            response = http_clients.answer(cloud, method, self.scheme, host, target, sent, body)
            broken = isinstance(response.body, TruncatedBody)  # told where it is read
            content = response.body if broken else BytesIO(response.read())
        except ConnectionFaultError as fault:
            error = _broken_connection(fault, self, url)
            retries = retries.increment(method, url, error=error, _pool=self)  # raises once they are used up
        else:
            break
    return HTTPResponse(
        body=content,
        headers=response.headers,
        status=response.status_code,
        reason=responses.get(response.status_code, ""),
        version=11,
        preload_content=kwargs.get("preload_content", True),
        decode_content=kwargs.get("decode_content", True),
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


def install() -> None:
    """Take urllib3's requests for AWS over. The first Cloud to become active calls it."""
    global _real_urlopen
    if _Pool.urlopen is not _urlopen:
        _real_urlopen = _Pool.urlopen
        _Pool.urlopen = _urlopen  # type: ignore[method-assign]  # put back by uninstall


def uninstall() -> None:
    """Give them back, unless somebody has put an intercept of their own above ours: then ours lets everything
    through. The last Cloud to become inactive calls it."""
    if _Pool.urlopen is _urlopen:
        _Pool.urlopen = _real_urlopen  # type: ignore[method-assign]  # ours no longer
