"""The Gateway: every request of every transport, and every call between services, goes through here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from awsim.context import RequestContext
from awsim.gateway import handlers
from awsim.gateway.chain import ExceptionHandler, Handler, HandlerChain
from awsim.gateway.edge import EdgeRouter
from awsim.protocol.http import Request, Response

if TYPE_CHECKING:
    from awsim.cloud import Cloud


class Gateway:
    """``process(request, response)`` populates a response. The three lists, and ``edge``'s routes, can be extended at
    run time; they belong to this Cloud alone."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.edge = EdgeRouter()
        #: What calls the provider, the last of the request handlers.
        self._dispatch: Handler = handlers.dispatch if cloud.fallback is None else cloud.fallback.dispatch
        self.request_handlers: list[Handler] = [
            self.edge,
            handlers.refuse_unclaimed_hosts,
            handlers.serve_plain_http,
            handlers.identify_operation,
            handlers.identify_caller,
            handlers.check_service_enabled,
            handlers.readdress,
            handlers.parse,
            handlers.validate if cloud.fallback is None else cloud.fallback.validate,
            handlers.authorize,
            self._dispatch,
        ]
        self.exception_handlers: list[ExceptionHandler] = [
            handlers.raise_in_process,
            handlers.serialize_exception,
        ]
        self.response_handlers: list[Handler] = [
            handlers.add_common_headers,
        ]

    def insert_before_dispatch(self, handler: Handler) -> None:
        """Put a request handler between all checks and the provider. Calls on their way keep the list they have."""
        self.insert_before(self._dispatch, handler)

    def insert_after_checks(self, handler: Handler) -> None:
        """Put a request handler right after the checks: before all that stands in for the provider."""
        position = self._position(handlers.authorize) + 1
        self.request_handlers = [*self.request_handlers[:position], handler, *self.request_handlers[position:]]

    def insert_before(self, place: Handler, handler: Handler) -> None:
        """Put a request handler right before another, or at the end where that is not in the list."""
        position = self._position(place)
        self.request_handlers = [*self.request_handlers[:position], handler, *self.request_handlers[position:]]

    def wrap_dispatch(self, wrap: Callable[[Handler], Handler]) -> None:
        """Have what calls the provider done by something around it, which is given the former. Calls on their way keep
        what they have."""
        inner = self._dispatch
        self._dispatch = wrap(inner)
        self.request_handlers = [self._dispatch if found is inner else found for found in self.request_handlers]

    def _position(self, place: Handler) -> int:
        return next(
            (at for at, found in enumerate(self.request_handlers) if found is place), len(self.request_handlers)
        )

    def remove_request_handler(self, handler: Handler) -> None:
        """Take a request handler out, if it is there. Calls on their way keep the list they have."""
        self.request_handlers = [found for found in self.request_handlers if found != handler]

    def process(self, request: Request, response: Response) -> None:
        """Answer an HTTP request of which nothing is known but what it carries."""
        self.handle(RequestContext(self.cloud, request), response)

    def handle(self, context: RequestContext[Any], response: Response) -> None:
        """Answer a request of which the transport already knows something (the operation, say).

        Raises what :func:`awsim.gateway.handlers.raise_in_process` lets through.
        """
        cloud = self.cloud
        context.request_id = cloud.ids.request_id()
        cloud.settle()
        calls, started = cloud.calls, cloud.clock.time()
        sent = calls.copy_parameters(context) if context.request is None else None
        chain = HandlerChain(self.request_handlers, self.response_handlers, self.exception_handlers)
        try:
            chain.handle(context, response)
        except Exception as error:
            calls.record(context, response, sent, started, cloud.clock.time(), error)
            raise
        calls.record(context, response, sent, started, cloud.clock.time())
        cloud.settle()
        if cloud.is_waited_in:
            cloud.notify()
