"""aiobotocore's calls, and so those of aioboto3, answered by the active Cloud on asyncio: no server, port or thread.

What `botocore` does for botocore's endpoint, this does for the asynchronous one beneath it, at the same last step. It
is no dependency: it is taken over while a Cloud is active, once the user's code has imported it. Its waiters and
retries pass on AWS's clock, as botocore's do. Only a Cloud that sleeps for real answers from a thread, for the loop's
sake.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from awsim import active
from awsim.errors import ConnectionFaultError
from awsim.intercept import botocore, patches, waits
from awsim.protocol.http import Response

if TYPE_CHECKING:
    from awsim.cloud import Cloud


# -- a call ------------------------------------------------------------------------------------------------------------


async def _answer(endpoint: Any, cloud: Cloud, prepared: Any) -> Any:
    body = await _read(prepared.body)
    if waits.takes_real_time(cloud):
        response = await _in_thread(botocore.respond, cloud, prepared, body)
    else:
        response = botocore.respond(cloud, prepared, body)
    return _to_aio_response(endpoint, prepared, response)


async def _read(body: Any) -> Any:
    """A request's body, in any of the forms that aiobotocore takes, as bytes."""
    if body is None or isinstance(body, (bytes, bytearray, str)):
        return body
    if hasattr(body, "read"):
        read = body.read()
        if inspect.isawaitable(read):
            read = await read
        return read.encode() if isinstance(read, str) else bytes(read)
    if hasattr(body, "__aiter__"):
        return b"".join([bytes(chunk) async for chunk in body])
    return b"".join(bytes(chunk) for chunk in body)


async def _in_thread(function: Callable[..., Response], *args: Any) -> Response:
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:  # trio, beneath httpx
        from functools import partial

        import anyio.to_thread

        return await anyio.to_thread.run_sync(partial(function, *args))
    return await asyncio.to_thread(function, *args)


def _to_aio_response(endpoint: Any, prepared: Any, response: Response) -> Any:
    """Our response as aiobotocore's."""
    from aiobotocore import awsrequest

    headers = {name.lower(): value for name, value in response.headers.items()}
    body: Any = response.body
    if not isinstance(body, bytes) and not hasattr(body, "read"):
        body = b"".join(body)
    if not prepared.stream_output and not isinstance(body, bytes):
        botocore.read_whole(response, prepared)
        body = response.body
    aio_response: Any
    if _speaks_httpx(endpoint):
        raw = _httpx_response(prepared, response.status_code, headers, body)
        aio_response = awsrequest.HttpxAWSResponse(prepared.url, response.status_code, headers, raw)
    else:
        plain = _Raw(prepared.url, response.status_code, headers, body)
        aio_response = awsrequest.AioAWSResponse(prepared.url, response.status_code, headers, plain)
    if isinstance(body, bytes) and not prepared.stream_output:
        aio_response._content = body
    return aio_response


def _speaks_httpx(endpoint: Any) -> bool:
    return any(cls.__module__ == "aiobotocore.httpxsession" for cls in type(endpoint.http_session).__mro__)


class _Raw:
    """What aiobotocore, and who asks it for its raw stream, reads of aiohttp's response."""

    def __init__(self, url: str, status_code: int, headers: dict[str, str], body: Any) -> None:
        self.url = url
        self.status = status_code
        self.headers = headers
        self.content = _Content(body)
        self.closed = False

    async def read(self) -> bytes:
        return await self.content.read()

    def close(self) -> None:
        self.closed = True
        self.content.close()

    def release(self) -> None:
        self.close()

    async def __aenter__(self) -> _Raw:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()


class _Content:
    """A body as aiohttp's StreamReader."""

    def __init__(self, body: Any) -> None:
        self._body = BytesIO(body) if isinstance(body, bytes) else body
        self._at_eof = False

    async def read(self, n: int = -1) -> bytes:
        try:
            data: bytes = self._body.read(n)
        except ConnectionFaultError as fault:
            from aiohttp import ClientPayloadError

            raise ClientPayloadError(f"Response payload is not completed: {fault}") from fault
        self._at_eof = n < 0 or (n > 0 and not data)
        return data

    async def readany(self) -> bytes:
        return await self.read(1 << 16)

    async def iter_chunked(self, n: int) -> AsyncIterator[bytes]:
        while chunk := await self.read(n):
            yield chunk

    async def iter_any(self) -> AsyncIterator[bytes]:
        async for chunk in self.iter_chunked(1 << 16):
            yield chunk

    async def iter_chunks(self) -> AsyncIterator[tuple[bytes, bool]]:
        async for chunk in self.iter_any():
            yield chunk, True

    def at_eof(self) -> bool:
        return self._at_eof

    def close(self) -> None:
        if hasattr(self._body, "close"):
            self._body.close()


def _httpx_response(prepared: Any, status_code: int, headers: dict[str, str], body: Any) -> Any:
    httpx: Any = sys.modules["aiobotocore.httpxsession"].httpx  # or its fork

    async def stream() -> AsyncIterator[bytes]:
        source = BytesIO(body) if isinstance(body, bytes) else body
        try:
            while chunk := source.read(1 << 16):
                yield chunk
        except ConnectionFaultError as fault:
            raise httpx.RemoteProtocolError(str(fault)) from fault

    request = httpx.Request(prepared.method, prepared.url)
    return httpx.Response(status_code, headers=headers, content=stream(), request=request)


# -- the patches -------------------------------------------------------------------------------------------------------


def _send(real: Any) -> Any:
    async def _send(self: Any, request: Any) -> Any:
        cloud = botocore.answering_cloud(self, request)
        return await real(self, request) if cloud is None else await _answer(self, cloud, request)

    return _send


def _do_get_response(real: Any) -> Any:
    async def _do_get_response(self: Any, request: Any, operation_model: Any, context: Any) -> Any:
        request.awsim_operation = (operation_model, context)
        return await real(self, request, operation_model, context)

    return _do_get_response


def _create_client(real: Any) -> Any:
    async def _create_client(
        self: Any, service_name: str, region_name: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        cloud, region_name = botocore.client_owner(self, region_name)
        if cloud is None:
            return await real(self, service_name, region_name, *args, **kwargs)
        token = active.context_cloud.set(cloud)
        try:
            return await real(self, service_name, region_name, *args, **kwargs)
        finally:
            active.context_cloud.reset(token)

    return _create_client


def _get_auth_instance(real: Any) -> Any:
    async def get_auth_instance(
        self: Any,
        signing_name: Any,
        region_name: Any,
        signature_version: Any = None,
        request_credentials: Any = None,
        **kwargs: Any,
    ) -> Any:
        if botocore.has_no_credentials(self, request_credentials):
            from aiobotocore.credentials import AioCredentials

            request_credentials = AioCredentials("testing", "testing")
        return await real(
            self, signing_name, region_name, signature_version, request_credentials=request_credentials, **kwargs
        )

    return get_auth_instance


class _CloudAsyncio:
    """The module ``asyncio``, but for ``sleep``."""

    def __getattr__(self, name: str) -> Any:
        return getattr(sys.modules["asyncio"], name)

    def sleep(self, seconds: float) -> Awaitable[None]:
        return sleep(seconds, waits.cloud_of_sleeper(sys._getframe(1)))


def _cloud_asyncio(real: Any) -> Any:
    return _CloudAsyncio()


async def sleep(seconds: float, cloud: Cloud | None) -> None:
    """Let seconds pass on a Cloud's clock, and the loop's other tasks have their turn; for real without a Cloud, or
    with one whose settings say so."""
    if cloud is not None and not cloud.settings.real_waits:
        if seconds > 0:
            cloud.clock.advance(seconds=seconds)
        seconds = 0
    if "asyncio" in sys.modules:
        import asyncio

        try:
            asyncio.get_running_loop()
        except RuntimeError:
            pass
        else:
            await asyncio.sleep(seconds)
            return
    import anyio  # trio, beneath httpx

    await anyio.sleep(seconds)


waits.retry_sleep.sleep_asynchronously = sleep


def _sleep(real: Any) -> Any:
    async def _sleep(self: Any, sleep_amount: float) -> None:
        await sleep(sleep_amount, waits.cloud_of_sleeper(sys._getframe()))

    return _sleep


def _acquire(real: Any) -> Any:
    async def _acquire(self: Any, amount: float, block: bool) -> Any:
        if block:
            waits.fill(self, amount)
        return await real(self, amount=amount, block=block)

    return _acquire


def _declare_endpoint(module: Any) -> None:
    patches.replace(module.AioEndpoint, "_send", _send)
    patches.replace(module.AioEndpoint, "_do_get_response", _do_get_response)
    patches.replace(module, "asyncio", _cloud_asyncio)
    if hasattr(module, "AnyioEndpoint"):  # aiobotocore 3.10 and newer
        patches.replace(module.AnyioEndpoint, "_sleep", _sleep)


def _declare_waiter(module: Any) -> None:
    patches.replace(module, "asyncio", _cloud_asyncio)
    if hasattr(module, "AnyioWaiter"):
        patches.replace(module.AnyioWaiter, "_sleep", _sleep)


def _declare_session(module: Any) -> None:
    patches.replace(module.AioSession, "_create_client", _create_client)


def _declare_signers(module: Any) -> None:
    patches.replace(module.AioRequestSigner, "get_auth_instance", _get_auth_instance)


def _declare_bucket(module: Any) -> None:
    patches.replace(module.AsyncTokenBucket, "_acquire", _acquire)


def declare() -> None:
    """Take aiobotocore over while a Cloud is active, what of it is imported by then."""
    patches.when_imported("aiobotocore.endpoint", _declare_endpoint)
    patches.when_imported("aiobotocore.waiter", _declare_waiter)
    patches.when_imported("aiobotocore.session", _declare_session)
    patches.when_imported("aiobotocore.signers", _declare_signers)
    patches.when_imported("aiobotocore.retries.bucket", _declare_bucket)
