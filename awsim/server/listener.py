"""The sockets that a server listens on."""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Iterable

from awsim.errors import AwsimError, MisuseError

#: How many connections may wait to be accepted: bursts of thousands are what tests of load look like.
BACKLOG = 4096


class PortTakenError(AwsimError, OSError):
    """Something listens already where a server was to listen."""


def listen(addresses: Iterable[tuple[str, int]]) -> list[socket.socket]:
    """Bind a socket to each address; port 0 takes a free one. Raises PortTakenError, and MisuseError for an address
    that is none of this machine's; then none is bound."""
    sockets: list[socket.socket] = []
    try:
        for host, port in addresses:
            sockets.append(_bind(host, port))
    except BaseException:
        for one in sockets:
            one.close()
        raise
    return sockets


def _bind(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as error:
        raise MisuseError(f"cannot listen on {host}: {error.strerror or error}") from None
    try:
        if sys.platform != "win32":  # there it would let two servers share a port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        if error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEACCES", -1)):
            raise PortTakenError(
                f"port {port} of {host} is taken; choose another with --port, or 0 for any that is free"
            ) from None
        if error.errno in (errno.EACCES, errno.EPERM):
            raise MisuseError(f"not allowed to listen on port {port} of {host}") from None
        raise MisuseError(f"cannot listen on {host}: {error.strerror or error}") from None
    return bound
