"""The way of a call in a test that goes over HTTP: botocore's own HTTP client, a TLS socket, a server of awsim's.

What botocore has prepared is sent as it is, to the host that it names; only that host's address is the server's.
"""

from __future__ import annotations

import functools
import socket
from typing import Any

from botocore.awsrequest import AWSHTTPConnection, AWSHTTPSConnection
from botocore.httpsession import URLLib3Session
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

import awsim
from awsim import Cloud
from awsim.server.server import Server

# Before any Cloud is active: while one is, this is the intercept's.
_urlopen = HTTPConnectionPool.urlopen


@functools.cache
def _server(scheme: str) -> Server:
    """One of each kind for the run; each test's Cloud is put into it."""
    return awsim.serve(Cloud(), tls=scheme == "https")


def _connect(scheme: str) -> socket.socket:
    connected = socket.create_connection(("127.0.0.1", _server(scheme).port))
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as urllib3 does
    return connected


class _Connection(AWSHTTPConnection):  # type: ignore[misc]  # botocore is untyped
    def _new_conn(self) -> socket.socket:
        return _connect("http")


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection
    urlopen = _urlopen


class _SecureConnection(AWSHTTPSConnection):  # type: ignore[misc]  # botocore is untyped
    def _new_conn(self) -> socket.socket:
        return _connect("https")


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
    urlopen = _urlopen

    def _validate_conn(self, conn: Any) -> None:
        if conn.is_closed:  # the certificate is not that of AWS's names, and nobody is to be warned of it
            conn.connect()


@functools.cache
def _session() -> Any:
    session = URLLib3Session(verify=False, max_pool_connections=50)
    session._manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return session


def answer_over_http(cloud: Cloud, prepared: Any) -> Any:
    """Answer botocore's request from a Cloud behind a server."""
    server = _server(prepared.url.partition(":")[0])
    if server.cloud is not cloud:
        server.cloud = cloud
    return _session().send(prepared)


def hang_up() -> None:
    """Close all connections, and stop the servers."""
    _session().close()
    for scheme in ("http", "https"):
        _server(scheme).stop()
    _session.cache_clear()
    _server.cache_clear()
