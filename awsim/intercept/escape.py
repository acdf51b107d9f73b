"""The guard: while a Cloud is active, no request for AWS leaves the process, whatever the client.

What the intercepts did not answer ends here: every client asks ``socket.getaddrinfo`` for the host before it connects.
"""

from __future__ import annotations

import socket
import sys
from http.client import HTTPConnection
from typing import Any

from awsim.active import current_cloud
from awsim.errors import EscapeError, ServiceException
from awsim.intercept import patches
from awsim.intercept.hosts import is_aws_host, is_metadata_address, service_of_host
from awsim.intercept.http_clients import let_through
from awsim.protocol.http import Request


def _getaddrinfo(real: Any) -> Any:
    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if isinstance(name, str):
            check(name, f"https://{name}/")
        return real(host, *args, **kwargs)

    return getaddrinfo


def check(host: str, url: str) -> None:
    """Raises EscapeError for a request that may not leave. The intercepts ask of those for proxies, whose own host is
    all that is looked up."""
    if is_aws_host(host) and not let_through(host, url):
        raise _escape(host)


def _escape(host: str) -> EscapeError:
    found = None if is_metadata_address(host) else _operation_being_sent(host)
    service, operation = found or (service_of_host(host), "its operation cannot be seen here")
    told = f"a request for {service} ({operation}) tried to leave the process for {host}"
    if current_cloud() is None:
        return EscapeError(
            f"{told}. An isolated Cloud is active, but not in this thread or task. Start threads by asyncio.to_thread, "
            "which hands the context on, or make their clients from aws.session()."
        )
    return EscapeError(
        f"{told} while a Cloud is active. Call AWS through boto3, or let it out on purpose with passthrough."
    )


def _operation_being_sent(host: str) -> tuple[str, str] | None:
    """Service and operation of the request for which the standard library's client is about to connect.

    It connects with the whole request in hand, some frames up. Other clients connect first and write after; of theirs
    nothing is to be seen.
    """
    from awsim.protocol.router import route

    frame = sys._getframe(1)
    while frame.f_back is not None:
        frame = frame.f_back
        sent = frame.f_locals.get("data")
        if isinstance(frame.f_locals.get("self"), HTTPConnection) and isinstance(sent, bytes):
            head, _, body = sent.partition(b"\r\n\r\n")
            line, *headers = head.decode("latin-1").split("\r\n")
            method, _, rest = line.partition(" ")
            path, _, query_string = rest.rpartition(" ")[0].partition("?")
            pairs = dict(header.split(": ", 1) for header in headers if ": " in header)
            try:
                found = route(Request(method, path, query_string, pairs, body, host))
            except ServiceException:
                return None
            return found.service_name, found.operation_name
    return None


def declare() -> None:
    """Have the guard up while a Cloud is active."""
    patches.replace(socket, "getaddrinfo", _getaddrinfo)
