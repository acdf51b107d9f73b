"""httpx's requests for AWS, sync and async, answered by the active Cloud.

httpx is no dependency: it is taken over while a Cloud is active, once the user's code has imported it.
"""

from __future__ import annotations

import sys
from typing import Any

import wrapt

from awsim import active
from awsim.intercept import http_clients

_real_handle_request: Any = None
_real_handle_async_request: Any = None
_watching = False


def _answer(request: Any, body: bytes) -> Any:
    httpx = sys.modules["httpx"]
    url = request.url
    cloud = http_clients.answering_cloud(url.host, str(url))
    if cloud is None:
        return None
    headers = {http_clients.text(name): http_clients.text(value) for name, value in request.headers.raw}
    target = url.raw_path.decode("ascii")
    response = http_clients.answer(cloud, request.method, url.scheme, url.host, target, headers, body)
    return httpx.Response(response.status_code, headers=response.headers, content=response.read(), request=request)


def _handle_request(self: Any, request: Any) -> Any:
    answered = _answer(request, request.read())
    return _real_handle_request(self, request) if answered is None else answered


async def _handle_async_request(self: Any, request: Any) -> Any:
    answered = _answer(request, await request.aread())
    return await _real_handle_async_request(self, request) if answered is None else answered


def install() -> None:
    """Take httpx over, now if it is imported and else when it is. The first Cloud to become active calls it."""
    global _watching
    if "httpx" in sys.modules:
        _patch(sys.modules["httpx"])
    elif not _watching:
        _watching = True
        wrapt.register_post_import_hook(lambda module: _patch(module) if active.any_active() else None, "httpx")


def _patch(httpx: Any) -> None:
    global _real_handle_request, _real_handle_async_request
    if httpx.HTTPTransport.handle_request is not _handle_request:
        _real_handle_request = httpx.HTTPTransport.handle_request
        httpx.HTTPTransport.handle_request = _handle_request
    if httpx.AsyncHTTPTransport.handle_async_request is not _handle_async_request:
        _real_handle_async_request = httpx.AsyncHTTPTransport.handle_async_request
        httpx.AsyncHTTPTransport.handle_async_request = _handle_async_request


def uninstall() -> None:
    """Give it back, unless somebody has put an intercept of their own above ours. The last Cloud to become inactive
    calls it."""
    httpx: Any = sys.modules.get("httpx")
    if httpx is None:
        return
    if httpx.HTTPTransport.handle_request is _handle_request:
        httpx.HTTPTransport.handle_request = _real_handle_request
    if httpx.AsyncHTTPTransport.handle_async_request is _handle_async_request:
        httpx.AsyncHTTPTransport.handle_async_request = _real_handle_async_request
