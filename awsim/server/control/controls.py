"""All control endpoints of a server: which one a request is for, and what becomes of its errors.

Owns the paths' beginnings; what an endpoint is, is :mod:`endpoint`'s, and what it does, its own module's.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from awsim.errors import AwsimError
from awsim.gateway.edge import EdgeRouter
from awsim.protocol.http import Request, Response
from awsim.server.control.endpoint import ControlError, json_response

if TYPE_CHECKING:
    from awsim.server.server import Server

logger = logging.getLogger("awsim.server")


def is_control(request: Request) -> bool:
    """Whether a request is for a control endpoint."""
    path = request.path
    if path.startswith("/_"):
        return path.split("/", 2)[1] in ("_awsim", "_localstack", "_aws")
    # S3 takes a POST to a key only with a query (?uploads, ?restore), so this path is free even of a bucket so named.
    return path == "/moto-api/reset" and request.method == "POST" and not request.query_string


class Controls:
    """The endpoints of one server. Their modules are loaded at the first request for one."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._router: EdgeRouter | None = None

    def answer(self, request: Request) -> Response:
        """Answer a request for a control endpoint."""
        try:
            return self._answer(request)
        except ControlError as error:
            return json_response({"error": str(error)}, error.status_code)
        except AwsimError as error:
            return json_response({"error": str(error)}, 400)
        except UnicodeDecodeError:
            return json_response({"error": "what was sent is not UTF-8"}, 400)
        except Exception:
            logger.exception("%s failed", request)
            return json_response({"error": "the endpoint failed; the server's log says why"}, 500)

    def _answer(self, request: Request) -> Response:
        others: set[str] = set()
        for route in self._routes().routes:
            variables = route.match(request)
            if variables is not None:
                answer = route.handler(request, variables)
                return answer if isinstance(answer, Response) else json_response(answer)
            elsewhere = Request("", request.path)
            others.update(method for method in route.methods if _matches(route, elsewhere, method))
        if others:
            response = json_response({"error": f"{request.method} is not answered here"}, 405)
            response.headers["Allow"] = ", ".join(sorted(others))
            return response
        raise ControlError(404, f"there is no {request.path}")

    def _routes(self) -> EdgeRouter:
        if self._router is None:
            from awsim.server.control import (
                calls,
                clock,
                developer,
                faults,
                health,
                info,
                metrics,
                resources,
                state,
                ui,
            )

            router = EdgeRouter()
            for module in (health, info, calls, faults, clock, state, resources, metrics, ui, developer):
                for methods, path, handler in module.routes(self._server):
                    router.add(path, handler, methods=methods)
            self._router = router
        return self._router


def _matches(route: Any, request: Request, method: str) -> bool:
    request.method = method
    return route.match(request) is not None
