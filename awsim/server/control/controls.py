"""All control endpoints of a server: which one a request is for, and what becomes of its errors.

Owns the paths' beginnings and the form of answers (JSON); what an endpoint does is its module's.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from awsim.errors import AwsimError
from awsim.gateway.edge import EdgeRouter
from awsim.protocol.http import Request, Response

if TYPE_CHECKING:
    from awsim.server.server import Server

logger = logging.getLogger("awsim.server")

Handler = Callable[[Request, dict[str, str]], Any]
#: Methods, path with its variables, and what answers: JSON's values, or a response.
Endpoint = tuple[tuple[str, ...], str, Handler]


class ControlError(AwsimError):
    """What was asked for cannot be: a status and why."""

    def __init__(self, status_code: int, message: str) -> None:
        self.status_code = status_code
        super().__init__(message)


def is_control(request: Request) -> bool:
    """Whether a request is for a control endpoint."""
    path = request.path
    return path.startswith("/_") and path.split("/", 2)[1] in ("_awsim", "_localstack", "_aws")


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


def json_response(value: Any, status_code: int = 200) -> Response:
    """A value as a response."""
    # Half a surrogate pair, which a caller may have sent, is no UTF-8; JSON has an escape for it, as Python spells it.
    body = json.dumps(value, default=_readable, ensure_ascii=False).encode(errors="backslashreplace")
    return Response(
        status_code,
        {"Content-Type": "application/json", "Content-Length": str(len(body)), "Cache-Control": "no-store"},
        body,
    )


def _readable(value: Any) -> Any:
    """What JSON cannot say, as text."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def read_object(request: Request) -> dict[str, Any]:
    """The JSON object in a request's body; {} for none. Raises ControlError."""
    body = request.read()
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ControlError(400, f"the body is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise ControlError(400, "the body is to be a JSON object")
    return value


def only(given: Mapping[str, Any], *known: str) -> None:
    """Raise ControlError for a member that an endpoint does not know: in vain is worse than refused."""
    for name in given:
        if name not in known:
            raise ControlError(400, f"{name!r} is not known here; known are: {', '.join(known)}")


def parameter(request: Request, name: str) -> str | None:
    """A parameter of the query string."""
    values = request.query.get(name)
    return values[0] if values else None


def count(request: Request, name: str, default: int) -> int:
    """A parameter that is a count. Raises ControlError."""
    text = parameter(request, name)
    if text is None:
        return default
    if not text.isdigit():
        raise ControlError(400, f"{name} is a count, not {text!r}")
    return int(text)
