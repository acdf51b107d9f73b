"""Where requests for AWS are caught before they leave the process: a module per transport, and a guard behind them."""

from __future__ import annotations


def install() -> None:
    """Put every intercept in place. The first Cloud to become active calls it."""
    from awsim.intercept import botocore, escape, httpx, urllib3, waits

    for transport in (botocore, waits, urllib3, httpx, escape):
        transport.install()


def uninstall() -> None:
    """Take them away. The last Cloud to become inactive calls it."""
    from awsim.intercept import botocore, escape, httpx, urllib3, waits

    for transport in (botocore, waits, urllib3, httpx, escape):
        transport.uninstall()
