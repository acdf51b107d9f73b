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
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import botocore.auth
import botocore.credentials
import botocore.signers

from awsim import active
from awsim.intercept import http_clients
from awsim.intercept.imports import Patches, when_imported

if TYPE_CHECKING:
    from awsim.cloud import Cloud

_RequestSigner: Any = botocore.signers.RequestSigner
_S3PostPresigner: Any = botocore.signers.S3PostPresigner
_RefreshableCredentials: Any = botocore.credentials.RefreshableCredentials
#: botocore's modules that date what they sign by a global function of theirs.
# Deviation: botocore 1.40.0 and 1.40.1 have none, and presign by the process's clock.
_DATING = [module for module in (botocore.auth, botocore.signers) if hasattr(module, "get_current_datetime")]

_patches = Patches()

#: By whose clock something is presigned at the moment.
_presigning: ContextVar[Cloud | None] = ContextVar("awsim_presigning", default=None)


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


def _generate_presigned_url(self: Any, request_dict: Any, *args: Any, **kwargs: Any) -> Any:
    with _by_the_clock_of_aws(request_dict):
        return _real_generate_presigned_url(self, request_dict, *args, **kwargs)


def _generate_presigned_post(self: Any, request_dict: Any, *args: Any, **kwargs: Any) -> Any:
    with _by_the_clock_of_aws(request_dict):
        return _real_generate_presigned_post(self, request_dict, *args, **kwargs)


def _presign_asynchronously(real: Any) -> Any:
    async def presign(self: Any, request_dict: Any, *args: Any, **kwargs: Any) -> Any:
        with _by_the_clock_of_aws(request_dict):
            return await real(self, request_dict, *args, **kwargs)

    return presign


def _get_current_datetime(remove_tzinfo: bool = True) -> datetime:
    cloud = _presigning.get()
    if cloud is None:
        now: datetime = _real_get_current_datetime(remove_tzinfo)
        return now
    return cloud.clock.now().replace(tzinfo=None) if remove_tzinfo else cloud.clock.now()


def _current_datetime(real: Any) -> Any:
    return _get_current_datetime


class _ClockTime:
    """The module ``time``, but for ``time`` itself, by which version 2 of signatures counts."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    def time(self) -> float:
        cloud = _presigning.get()
        return time.time() if cloud is None else cloud.clock.time()


def _local_now() -> datetime:
    cloud = active.current_cloud()
    now: datetime = _real_local_now() if cloud is None else cloud.clock.now()
    return now


def _seconds_remaining(self: Any) -> float:
    cloud = active.current_cloud()
    remaining: float = _real_seconds_remaining(self)
    if cloud is not None and self._time_fetcher is _real_local_now:
        remaining -= cloud.clock.time() - time.time()
    return remaining


def _is_expired(self: Any) -> bool:
    # Asked of what was just renewed. Credentials of the real AWS, as passthrough wants them, go by its time.
    return bool(_real_is_expired(self)) and self._expiry_time <= datetime.now(timezone.utc)


_clock_time = _ClockTime()
_real_generate_presigned_url = _RequestSigner.generate_presigned_url
_real_generate_presigned_post = _S3PostPresigner.generate_presigned_post
_real_get_current_datetime: Any = getattr(botocore.auth, "get_current_datetime", None)
_real_local_now = botocore.credentials._local_now
_real_seconds_remaining = _RefreshableCredentials._seconds_remaining
_real_is_expired = _RefreshableCredentials._is_expired


def _patch_asynchronous_signers(module: Any) -> None:
    _patches.replace(module.AioRequestSigner, "generate_presigned_url", _presign_asynchronously)
    _patches.replace(module.AioS3PostPresigner, "generate_presigned_post", _presign_asynchronously)
    _patch_dating(module)


def _patch_dating(module: Any) -> None:
    _patches.replace(module, "get_current_datetime", _current_datetime)


def install() -> None:
    """Have botocore and aiobotocore ask AWS's clock. The first Cloud to become active calls it."""
    _RequestSigner.generate_presigned_url = _generate_presigned_url
    _S3PostPresigner.generate_presigned_post = _generate_presigned_post
    for module in _DATING:
        module.get_current_datetime = _get_current_datetime
    botocore.auth.time = _clock_time
    botocore.credentials._local_now = _local_now
    _RefreshableCredentials._seconds_remaining = _seconds_remaining
    _RefreshableCredentials._is_expired = _is_expired
    when_imported("botocore.crt.auth", _patch_dating)
    when_imported("aiobotocore.signers", _patch_asynchronous_signers)


def uninstall() -> None:
    """Have them ask the process's again. The last Cloud to become inactive calls it."""
    _RequestSigner.generate_presigned_url = _real_generate_presigned_url
    _S3PostPresigner.generate_presigned_post = _real_generate_presigned_post
    for module in _DATING:
        module.get_current_datetime = _real_get_current_datetime
    botocore.auth.time = time
    botocore.credentials._local_now = _real_local_now
    _RefreshableCredentials._seconds_remaining = _real_seconds_remaining
    _RefreshableCredentials._is_expired = _real_is_expired
    _patches.put_back()
