"""botocore's own looks at the time, by AWS's clock: the dates of presigned URLs and forms, and when it renews temporary
credentials.

Both are compared with AWS's time sooner or later, so a test that moved the clock would find new URLs expired and ended
credentials in use. The dates of signed requests, which nothing is compared with, stay the process's.
"""

from __future__ import annotations

import sys
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
from awsim.intercept import http_clients
from awsim.intercept.imports import Patches, when_imported

if TYPE_CHECKING:
    from awsim.cloud import Cloud

_RequestSigner: Any = botocore.signers.RequestSigner
_S3PostPresigner: Any = botocore.signers.S3PostPresigner
_RefreshableCredentials: Any = botocore.credentials.RefreshableCredentials
#: Modules that date what they sign by a global function of theirs.
# Deviation: botocore 1.40.0 and 1.40.1 have none, and presign by the process's clock.
_DATING = ("botocore.auth", "botocore.signers", "botocore.crt.auth", "aiobotocore.signers")

#: What is replaced where it is needed, so that entering a Cloud does not cost it.
_patches = Patches()
#: By whose clock something is presigned at the moment.
_presigning: ContextVar[Cloud | None] = ContextVar("awsim_presigning", default=None)


@contextmanager
def _by_the_clock_of_aws(request: Any) -> Iterator[None]:
    """Presign for the Cloud that answers a request, given as botocore's dictionary; by the process's clock what leaves
    it."""
    url = request["url"]
    if http_clients.let_through(urlsplit(url).hostname or "", url):
        yield
        return
    for name in _DATING:
        if name in sys.modules:
            _patches.replace(sys.modules[name], "get_current_datetime", _current_datetime)
    _patches.replace(botocore.auth, "time", _ClockTime)
    token = _presigning.set(active.current_cloud())
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


def _refresh_needed(self: Any, refresh_in: float | None = None) -> bool:
    if refresh_in is None:
        refresh_in = self._advisory_refresh_timeout
    cloud = active.current_cloud()
    ahead = cloud.clock.time() - time.time() if cloud is not None and self._time_fetcher is _real_local_now else 0
    needed = bool(_real_refresh_needed(self, refresh_in + ahead))
    if needed and ahead and refresh_in == 0:
        # So it asks of what was just renewed. Credentials of the real AWS, as passthrough wants them, go by its time.
        return bool(_real_refresh_needed(self, 0))
    return needed


def _local_now() -> datetime:
    cloud = active.current_cloud()
    now: datetime = _real_local_now() if cloud is None else cloud.clock.now()
    return now


_real_generate_presigned_url = _RequestSigner.generate_presigned_url
_real_generate_presigned_post = _S3PostPresigner.generate_presigned_post
_real_refresh_needed = _RefreshableCredentials.refresh_needed
_real_local_now = botocore.credentials._local_now


def _patch_asynchronous_signers(module: Any) -> None:
    _patches.replace(module.AioRequestSigner, "generate_presigned_url", _presign_asynchronously)
    _patches.replace(module.AioS3PostPresigner, "generate_presigned_post", _presign_asynchronously)


def install() -> None:
    """Have botocore and aiobotocore ask AWS's clock. The first Cloud to become active calls it."""
    _RequestSigner.generate_presigned_url = _generate_presigned_url
    _S3PostPresigner.generate_presigned_post = _generate_presigned_post
    _RefreshableCredentials.refresh_needed = _refresh_needed
    botocore.credentials._local_now = _local_now
    when_imported("aiobotocore.signers", _patch_asynchronous_signers)


def uninstall() -> None:
    """Have them ask the process's again. The last Cloud to become inactive calls it."""
    _RequestSigner.generate_presigned_url = _real_generate_presigned_url
    _S3PostPresigner.generate_presigned_post = _real_generate_presigned_post
    _RefreshableCredentials.refresh_needed = _real_refresh_needed
    botocore.credentials._local_now = _real_local_now
    _patches.put_back()
