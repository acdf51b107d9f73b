"""The handler chain: what happens to a request, as three lists that read from top to bottom.

A variant of chain of responsibility. Request handlers run in order until one stops the chain or fails; then response
handlers run. Must not know what any handler does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from awsim.context import RequestContext
from awsim.protocol.http import Response

logger = logging.getLogger("awsim.gateway")

#: A request or response handler; it may fill the response and stop or terminate the chain.
Handler = Callable[["HandlerChain", RequestContext[Any], Response], None]
#: What is asked when a request handler fails. One that raises ends the call with what it raised.
ExceptionHandler = Callable[["HandlerChain", Exception, RequestContext[Any], Response], None]


class HandlerChain:
    """One request's way through the handlers. Lists given here are read, never changed."""

    __slots__ = ("error", "exception_handlers", "request_handlers", "response_handlers", "stopped", "terminated")

    def __init__(
        self,
        request_handlers: Sequence[Handler] = (),
        response_handlers: Sequence[Handler] = (),
        exception_handlers: Sequence[ExceptionHandler] = (),
    ) -> None:
        self.request_handlers = request_handlers
        self.response_handlers = response_handlers
        self.exception_handlers = exception_handlers
        self.stopped = False
        self.terminated = False
        #: What a request handler raised.
        self.error: Exception | None = None

    def stop(self) -> None:
        """No further request handler runs; the response handlers do."""
        self.stopped = True

    def terminate(self) -> None:
        """No further handler of any kind runs."""
        self.terminated = True

    def handle(self, context: RequestContext[Any], response: Response) -> None:
        """Send a request through."""
        try:
            for handler in self.request_handlers:
                handler(self, context, response)
                if self.stopped or self.terminated:
                    break
        except Exception as error:
            self.error = error
            for exception_handler in self.exception_handlers:
                exception_handler(self, error, context, response)
                if self.terminated:
                    break
        if self.terminated:
            return
        for handler in self.response_handlers:
            try:
                handler(self, context, response)
            except Exception:
                # A response that stands is not lost to a broken observer.
                logger.exception("a response handler failed for %r", context)
            if self.terminated:
                return
