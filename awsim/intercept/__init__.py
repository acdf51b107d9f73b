"""Where requests for AWS are caught before they leave the process: a module per transport, and a guard behind them."""

from __future__ import annotations

import functools
from types import ModuleType


@functools.cache
def _transports() -> tuple[ModuleType, ...]:
    from awsim.intercept import (
        aiobotocore,
        aiohttp,
        botocore,
        client_clock,
        escape,
        http_client,
        httpx,
        sessions,
        urllib3,
        waits,
    )

    return botocore, sessions, aiobotocore, waits, client_clock, urllib3, http_client, httpx, aiohttp, escape


def install() -> None:
    """Put every intercept in place. The first Cloud to become active calls it."""
    for transport in _transports():
        transport.install()


def uninstall() -> None:
    """Take them away. The last Cloud to become inactive calls it."""
    for transport in _transports():
        transport.uninstall()
