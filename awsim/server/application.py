"""The way of one request: in which thread it runs, and what becomes of it.

A plain ASGI application. Most calls take a fraction of a millisecond and run where they were read, in the event loop's
thread, which must never wait. One that has to wait starts anew in a thread of its own; one that may take long goes
there at once.
"""

from __future__ import annotations

import functools
import logging
from typing import TYPE_CHECKING, Any

from awsim.errors import ConnectionFaultError
from awsim.protocol.http import Request, Response
from awsim.server.messages import Receive, Scope, Send, read_body, send_response, to_request
from awsim.server.workers import CallerGoneError, Workers
from awsim.waiting import MustWaitError

if TYPE_CHECKING:
    from awsim.cloud import Cloud
    from awsim.server.timekeeper import Timekeeper

logger = logging.getLogger("awsim.server")

#: Bodies longer than this are digested in a thread of their own, in bytes; meanwhile others are answered.
LONG_BODY = 256 * 1024


class Application:
    """Answers requests from a Cloud, which may be exchanged for another between two requests."""

    def __init__(self, cloud: Cloud, workers: Workers, timekeeper: Timekeeper) -> None:
        self.cloud = cloud
        self._workers = workers
        self._timekeeper = timekeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's entry."""
        if scope["type"] != "http":
            return
        body = await read_body(receive)
        if body is None:
            return
        try:
            response = await self._answer(scope, body, receive)
        except CallerGoneError:
            return
        except ConnectionFaultError as fault:
            await _break(fault, scope, receive)
            return
        await send_response(send, scope["method"], response, self._next_piece)

    async def _answer(self, scope: Scope, body: bytes, receive: Receive) -> Response:
        request = to_request(scope, body)
        if len(body) > LONG_BODY or self.cloud.has_faults:
            response = await self._answer_in_thread(request, receive)
        else:
            response = Response()
            try:
                self.cloud.gateway.process(request, response)
            except MustWaitError:
                # A request of its own: what has been read of the first may have changed it.
                response = await self._answer_in_thread(to_request(scope, body), receive)
        if self._timekeeper.is_due():
            await self._timekeeper.settle()
        return response

    async def _answer_in_thread(self, request: Request, receive: Receive) -> Response:
        response = Response()
        call = functools.partial(self.cloud.gateway.process, request, response)
        await self._workers.run(call, _gone(receive))
        return response

    async def _next_piece(self, pieces: Any) -> bytes:
        """The next piece of a streamed body; whoever makes it may wait."""
        piece: bytes = await self._workers.run(lambda: next(pieces, b""))
        return piece


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _break(fault: ConnectionFaultError, scope: Scope, receive: Receive) -> None:
    """Break the connection as a fault says: at once, or by keeping the caller waiting until it hangs up."""
    if not fault.kind.endswith("timeout"):
        scope["awsim.abort"]()
    await _gone(receive)
