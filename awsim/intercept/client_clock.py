"""botocore's own looks at the time, by AWS's clock: the dates of presigned URLs and forms, and when it renews temporary
credentials.

Both are compared with AWS's time sooner or later, so a test that moved the clock would find new URLs expired and ended
credentials in use. The dates of signed requests, which nothing is compared with, stay the process's.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import botocore.auth
import botocore.credentials
import botocore.signers

from awsim import active
from awsim.intercept import http_clients, patches

if TYPE_CHECKING:
    from awsim.cloud import Cloud

#: By whose clock something is presigned at the moment.
_presigning: ContextVar[Cloud | None] = ContextVar("awsim_presigning", default=None)
_real_local_now = botocore.credentials._local_now


@contextmanager
def _by_the_clock_of_aws(request: Any) -> Iterator[None]:
    """Presign for the Cloud that answers a request, given as botocore's dictionary; by the process's clock what leaves
    it."""
    url = request["url"]
    leaves = http_clients.let_through(urlsplit(url).hostname or "", url)
    token = _presigning.set(None if leaves else active.current_cloud())
    try:
        yield
    finally:
        _presigning.reset(token)


def _current_datetime(real: Any) -> Any:
    def get_current_datetime(remove_tzinfo: bool = True) -> datetime:
        cloud = _presigning.get()
        now: datetime = real(remove_tzinfo=False) if cloud is None else cloud.clock.now()
        return now.replace(tzinfo=None) if remove_tzinfo else now

    return get_current_datetime


class _ClockTime:
    """The module ``time``, but for ``time`` itself, by which version 2 of signatures counts."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def time(self) -> float:
        cloud = _presigning.get()
        now: float = self._real.time() if cloud is None else cloud.clock.time()
        return now


def _presign(real: Any) -> Any:
    def presign(self: Any, request_dict: Any, *args: Any, **kwargs: Any) -> Any:
        with _by_the_clock_of_aws(request_dict):
            return real(self, request_dict, *args, **kwargs)

    return presign


def _presign_asynchronously(real: Any) -> Any:
    async def presign(self: Any, request_dict: Any, *args: Any, **kwargs: Any) -> Any:
        with _by_the_clock_of_aws(request_dict):
            return await real(self, request_dict, *args, **kwargs)

    return presign


def _refresh_needed(real: Any) -> Any:
    def refresh_needed(self: Any, refresh_in: float | None = None) -> bool:
        cloud, fetcher = active.current_cloud(), self._time_fetcher
        if cloud is None or fetcher not in (_real_local_now, botocore.credentials._local_now):
            return bool(real(self, refresh_in))
        if refresh_in is None:
            refresh_in = self._advisory_refresh_timeout
        if refresh_in == 0 and self._expiry_time is not None and self._expiry_time > _real_local_now():
            # So botocore asks of what it has just renewed. Credentials of the real AWS, as passthrough wants them, go
            # by its time.
            return False
        ahead = cloud.clock.time() - time.time() if fetcher is _real_local_now else 0
        return bool(real(self, refresh_in + ahead))

    return refresh_needed


def _local_now(real: Any) -> Any:
    def local_now() -> datetime:
        cloud = active.current_cloud()
        now: datetime = real() if cloud is None else cloud.clock.now()
        return now

    return local_now


def _declare_dating(module: Any) -> None:
    # botocore 1.40.0 and 1.40.1 have no such function, and presign by the process's clock.
    patches.replace(module, "get_current_datetime", _current_datetime)


def _declare_asynchronous_signers(module: Any) -> None:
    patches.replace(module.AioRequestSigner, "generate_presigned_url", _presign_asynchronously)
    patches.replace(module.AioS3PostPresigner, "generate_presigned_post", _presign_asynchronously)
    _declare_dating(module)


def declare() -> None:
    """Have botocore and aiobotocore ask AWS's clock while a Cloud is active."""
    patches.replace(botocore.signers.RequestSigner, "generate_presigned_url", _presign)
    patches.replace(botocore.signers.S3PostPresigner, "generate_presigned_post", _presign)
    _declare_dating(botocore.signers)
    _declare_dating(botocore.auth)
    patches.replace(botocore.auth, "time", _ClockTime)
    patches.replace(botocore.credentials, "_local_now", _local_now)
    patches.replace(botocore.credentials.RefreshableCredentials, "refresh_needed", _refresh_needed)
    patches.when_imported("botocore.crt.auth", _declare_dating)
    patches.when_imported("aiobotocore.signers", _declare_asynchronous_signers)
