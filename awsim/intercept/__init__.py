"""Where requests for AWS are caught before they leave the process: a module per transport, and a guard behind them."""

from __future__ import annotations

import functools
from typing import Any


@functools.cache
def _declare() -> Any:
    """Have each intercept say, once, what it replaces."""
    from awsim.intercept import (
        aiobotocore,
        aiohttp,
        botocore,
        client_clock,
        escape,
        http_client,
        httpx,
        patches,
        sessions,
        urllib3,
        waits,
    )

    for intercept in (
        botocore,
        sessions,
        aiobotocore,
        waits,
        client_clock,
        urllib3,
        http_client,
        httpx,
        aiohttp,
        escape,
    ):
        intercept.declare()
    return patches


def install() -> None:
    """Put every intercept in place. The first Cloud to become active calls it."""
    _declare().install()


def uninstall() -> None:
    """Take them away. The last Cloud to become inactive calls it."""
    _declare().uninstall()
