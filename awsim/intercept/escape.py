"""The guard: while a Cloud is active, no request for AWS leaves the process, whatever the client.

Two nets. urllib3's `urlopen`, which sees the whole request and can name its operation, and `socket.getaddrinfo`, which
every client goes through and which sees only the host.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

import urllib3.connectionpool

from awsim import active
from awsim.errors import EscapeError, ServiceException
from awsim.intercept import passthrough
from awsim.intercept.hosts import is_aws_host, service_of_host
from awsim.protocol.http import Request

_Pool = urllib3.connectionpool.HTTPConnectionPool
_real_urlopen = _Pool.urlopen
_real_getaddrinfo = socket.getaddrinfo


def _urlopen(self: Any, method: str, url: str, body: Any = None, headers: Any = None, *args: Any, **kwargs: Any) -> Any:
    host = self.host or ""
    if is_aws_host(host) and not _let_through(host, f"{self.scheme}://{host}{url}"):
        path, _, query_string = url.partition("?")
        request = Request(method, path, query_string, _text_headers(headers), body or b"", host)
        raise _escape(host, request)
    return _real_urlopen(self, method, url, body, headers, *args, **kwargs)


def _getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if isinstance(name, str) and is_aws_host(name) and not _let_through(name, f"https://{name}/"):
        raise _escape(name, None)
    return _real_getaddrinfo(host, *args, **kwargs)


def _let_through(host: str, url: str) -> bool:
    cloud = active.current_cloud()
    if cloud is None:
        return not active.any_active()
    settings = cloud.settings
    return service_of_host(host) in settings.passthrough_services or passthrough.allows_url(cloud, url)


def _escape(host: str, request: Request | None) -> EscapeError:
    service, operation = service_of_host(host), "an unknown operation"
    if request is not None:
        from awsim.protocol.router import route

        try:
            found = route(request)
            service, operation = found.service_name, found.operation_name
        except ServiceException:
            pass  # the host's name must do
    return EscapeError(
        f"a request for {service} ({operation}) tried to leave the process for {host} while a Cloud is active. "
        "Call AWS through boto3, or let it out on purpose with passthrough."
    )


def _text_headers(headers: Any) -> Mapping[str, str]:
    return {
        _text(name): _text(value)
        for name, value in (headers.items() if headers else ())
        if isinstance(name, (str, bytes))
    }


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def install() -> None:
    """Put the nets up. The first Cloud to become active calls it."""
    global _real_urlopen, _real_getaddrinfo
    if _Pool.urlopen is not _urlopen:
        _real_urlopen = _Pool.urlopen
        _Pool.urlopen = _urlopen  # type: ignore[method-assign]  # put back by uninstall
    if socket.getaddrinfo is not _getaddrinfo:
        _real_getaddrinfo = socket.getaddrinfo
        socket.getaddrinfo = _getaddrinfo


def uninstall() -> None:
    """Take them down, unless somebody has put a net of their own above ours: then ours lets everything through. The
    last Cloud to become inactive calls it."""
    if _Pool.urlopen is _urlopen:
        _Pool.urlopen = _real_urlopen  # type: ignore[method-assign]
    if socket.getaddrinfo is _getaddrinfo:
        socket.getaddrinfo = _real_getaddrinfo
