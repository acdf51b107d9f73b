"""The way of one request: in which thread it runs, and what becomes of it.

A plain ASGI application. Most calls take a fraction of a millisecond and run where they were read, in the event loop's
thread, which must never wait. One that has to wait starts anew in a thread of its own; one that may take long goes
there at once.
"""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from awsim.context import RequestContext
from awsim.errors import ConnectionFaultError
from awsim.protocol.http import Request, Response
from awsim.server import cors
from awsim.server.control.controls import Controls, is_control
from awsim.server.guard import Guard, is_browsers
from awsim.server.messages import Receive, Scope, Send, read_body, send_response, to_request
from awsim.server.traffic import Traffic
from awsim.server.workers import CallerGoneError, Workers
from awsim.waiting import MustWaitError

if TYPE_CHECKING:
    from awsim.cloud import Cloud
    from awsim.server.timekeeper import Timekeeper

logger = logging.getLogger("awsim.server")

#: Bodies longer than this are digested in a thread of their own, in bytes; meanwhile others are answered.
LONG_BODY = 256 * 1024
#: Services whose answers carry a checksum of the body.
#: AWS: the SDK for Go warns of each of DynamoDB's answers that has none. In-process nothing comes to harm on the way.
_CHECKSUMMED = frozenset({"dynamodb", "dynamodbstreams"})


class Application:
    """Answers requests from a Cloud, which may be exchanged for another between two requests."""

    def __init__(
        self, cloud: Cloud, workers: Workers, timekeeper: Timekeeper, guard: Guard, controls: Controls
    ) -> None:
        self.cloud = cloud
        self.traffic = Traffic()
        #: What has a control endpoint answer that may change something, where state is kept.
        self.keep_control: Callable[[Request, Callable[[], Response]], Response] | None = None
        self._workers = workers
        self._timekeeper = timekeeper
        self._guard = guard
        self._controls = controls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's entry."""
        if scope["type"] != "http":
            return
        body = await read_body(receive)
        if body is None:
            return
        request = to_request(scope, body)
        try:
            if is_control(request):
                response = await self._control(request)
            elif is_browsers(request):
                response = await self._answer_page(scope, request, receive)
            else:
                response = await self._call(scope, request, receive)
        except CallerGoneError:
            return
        except ConnectionFaultError as fault:
            await _break(fault, scope, receive)
            return
        logger.debug("%s -> %d", request, response.status_code)
        await send_response(send, request.method, response, self._next_piece)

    # -- the two kinds of requests -----------------------------------------------------------------------------------

    async def _control(self, request: Request) -> Response:
        refusal = self._guard.refuse_control(request)
        if refusal is not None:
            return refusal
        return await self._workers.run(lambda: self._answer_control(request))

    def _answer_control(self, request: Request) -> Response:
        keep = self.keep_control
        if keep is None or request.method in ("GET", "HEAD", "OPTIONS"):
            return self._controls.answer(request)
        return keep(request, lambda: self._controls.answer(request))

    async def _answer_page(self, scope: Scope, request: Request, receive: Receive) -> Response:
        """A call by a page in a browser: not every page may, and one that may shall be able to read the answer."""
        refusal = self._guard.refuse_call(request)
        if refusal is not None:
            logger.warning("refused %s of %s", request, request.headers.get("origin", "another site"))
            return refusal
        is_allowed = self._guard.allows_origin(request.headers.get("origin", ""))
        if cors.is_preflight(request) and is_allowed:
            return cors.preflight_response(request)
        response = await self._call(scope, request, receive)
        if is_allowed:
            cors.add_headers(request, response)
        return response

    async def _call(self, scope: Scope, request: Request, receive: Receive) -> Response:
        """A call of AWS's APIs."""
        started = time.perf_counter()
        context: RequestContext[Any] = RequestContext(self.cloud, request)
        response = Response()
        body = request.body
        has_faults = self.cloud.has_faults
        if len(body) > LONG_BODY or has_faults:  # type: ignore[arg-type]  # the server's bodies are bytes
            await self._call_in_thread(context, response, receive, is_wait=has_faults)  # one may be a delay
        else:
            try:
                self.cloud.gateway.handle(context, response)
            except MustWaitError:
                # With a request of its own: what has been done of the first may have changed it.
                again = to_request(scope, body)  # type: ignore[arg-type]  # the server's bodies are bytes
                context, response = RequestContext(self.cloud, again), Response()
                await self._call_in_thread(context, response, receive, is_wait=True)
        if self._timekeeper.is_due():
            await self._timekeeper.settle()
        if context.service_name in _CHECKSUMMED and response.body.__class__ is bytes:
            response.headers["x-amz-crc32"] = str(zlib.crc32(response.body))
        self.traffic.count(context, response.status_code, time.perf_counter() - started)
        return response

    async def _call_in_thread(
        self, context: RequestContext[Any], response: Response, receive: Receive, *, is_wait: bool
    ) -> None:
        gateway = self.cloud.gateway
        await self._workers.run(lambda: gateway.handle(context, response), _gone(receive), is_wait=is_wait)

    async def _next_piece(self, pieces: Iterator[bytes]) -> bytes:
        """The next piece of a streamed body; whoever makes it may wait."""
        piece: bytes = await self._workers.run(lambda: next(pieces, b""), is_wait=True)
        return piece


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _break(fault: ConnectionFaultError, scope: Scope, receive: Receive) -> None:
    """Break the connection as a fault says: at once, or by keeping the caller waiting until it hangs up."""
    if not fault.kind.endswith("timeout"):
        scope["awsim.abort"]()
    await _gone(receive)
