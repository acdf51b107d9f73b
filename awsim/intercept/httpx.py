"""httpx's requests for AWS, sync and async, answered by the active Cloud; and those of httpx2, its fork.

Neither is a dependency: they are taken over while a Cloud is active, once the user's code has imported them.
"""

from __future__ import annotations

import sys
from typing import Any

from awsim.errors import ConnectionFaultError
from awsim.intercept import escape, http_clients, patches


def _answer(request: Any, body: bytes) -> Any:
    httpx = sys.modules[type(request).__module__.partition(".")[0]]
    url = request.url
    cloud = http_clients.answering_cloud(url.host, str(url))
    if cloud is None:
        escape.check(url.host, str(url))
        return None
    headers = {http_clients.text(name): http_clients.text(value) for name, value in request.headers.raw}
    target = url.raw_path.decode("ascii")
    try:
        response = http_clients.answer(cloud, request.method, url.scheme, url.host, target, headers, body)
        content = response.read()
    except ConnectionFaultError as fault:
        raise _broken_connection(httpx, fault, request) from fault
    return httpx.Response(response.status_code, headers=response.headers, content=content, request=request)


def _broken_connection(httpx: Any, fault: ConnectionFaultError, request: Any) -> Exception:
    """The exception of httpx for a connection that a fault broke."""
    kinds = {
        "connect_timeout": httpx.ConnectTimeout,
        "read_timeout": httpx.ReadTimeout,
        "reset": httpx.ReadError,
    }
    error: Exception = kinds.get(fault.kind, httpx.RemoteProtocolError)(str(fault), request=request)
    return error


def _handle_request(real: Any) -> Any:
    def handle_request(self: Any, request: Any) -> Any:
        answered = _answer(request, request.read())
        return real(self, request) if answered is None else answered

    return handle_request


def _handle_async_request(real: Any) -> Any:
    async def handle_async_request(self: Any, request: Any) -> Any:
        answered = _answer(request, await request.aread())
        return await real(self, request) if answered is None else answered

    return handle_async_request


def _declare(httpx: Any) -> None:
    patches.replace(httpx.HTTPTransport, "handle_request", _handle_request)
    patches.replace(httpx.AsyncHTTPTransport, "handle_async_request", _handle_async_request)


def declare() -> None:
    """Take requests of httpx over while a Cloud is active."""
    patches.when_imported("httpx", _declare)
    patches.when_imported("httpx2", _declare)
