"""The edge router: plain HTTP routes that are no AWS API (health, execute-api, function URLs, websites).

Owns matching of method, host and path; must not know what a route does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import attrs

from awsim.context import RequestContext
from awsim.gateway.chain import HandlerChain
from awsim.protocol.http import Request, Response

#: Answers a request, given the path's and the host's variables.
RouteHandler = Callable[[Request, dict[str, str]], Response]


@attrs.frozen
class Route:
    """A route as it was added. ``methods`` empty for any."""

    path: str
    handler: RouteHandler
    methods: frozenset[str]
    host: str | None
    _path_pattern: re.Pattern[str] = attrs.field(repr=False)
    _host_pattern: re.Pattern[str] | None = attrs.field(repr=False)

    def match(self, request: Request) -> dict[str, str] | None:
        """The variables of a request that this route takes; None for one that it does not."""
        if self.methods and request.method not in self.methods:
            return None
        variables: dict[str, str] = {}
        if self._host_pattern is not None:
            found = self._host_pattern.fullmatch(request.host.partition(":")[0])
            if found is None:
                return None
            variables.update(found.groupdict())
        found = self._path_pattern.fullmatch(request.path)
        if found is None:
            return None
        variables.update((name, unquote(value)) for name, value in found.groupdict().items())
        return variables


class EdgeRouter:
    """The routes of one Gateway, asked in the order they were added. In templates ``{name}`` takes one segment (of a
    path, or label of a host) and ``{name+}`` any number: ``/_localstack/health``, ``{api_id}.execute-api.{rest+}``."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def add(self, path: str, handler: RouteHandler, *, methods: tuple[str, ...] = (), host: str | None = None) -> Route:
        """Add a route; the route it returns can be given to :meth:`remove`."""
        host_pattern = re.compile(_pattern(host, "."), re.IGNORECASE) if host else None
        route = Route(path, handler, frozenset(methods), host, re.compile(_pattern(path, "/")), host_pattern)
        self.routes.append(route)
        return route

    def remove(self, route: Route) -> None:
        """Take a route away. Raises ValueError for one that is not here."""
        self.routes.remove(route)

    def __call__(self, chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
        """As a request handler: answer what a route takes, and leave the rest to the next handler."""
        if not self.routes or context.operation is not None:
            return
        for route in self.routes:
            variables = route.match(context.request)
            if variables is not None:
                answer = route.handler(context.request, variables)
                response.status_code, response.headers, response.body = (
                    answer.status_code,
                    answer.headers,
                    answer.body,
                )
                chain.stop()
                return


def _pattern(template: str, separator: str) -> str:
    pieces = []
    for piece in re.split(r"(\{\w+\+?\})", template):
        if piece.startswith("{") and piece.endswith("}"):
            name = piece[1:-1]
            one = f"[^{re.escape(separator)}]+"
            pieces.append(f"(?P<{name[:-1]}>.+)" if name.endswith("+") else f"(?P<{name}>{one})")
        else:
            pieces.append(re.escape(piece))
    return "".join(pieces)
