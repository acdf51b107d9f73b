"""Whether it answers, and what its services' states are; and starting over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from awsim import __version__
from awsim.protocol.http import Request, Response
from awsim.server.control.endpoint import ControlError, Endpoint, only, read_object

if TYPE_CHECKING:
    from awsim.server.server import Server


def routes(server: Server) -> Iterable[Endpoint]:
    """The endpoints."""

    def get(request: Request, variables: dict[str, str]) -> Any:
        states = server.cloud.services.get_states()
        return {
            "services": {name: state.value for name, state in states.items()},
            "edition": "community",
            "version": __version__,
        }

    def post(request: Request, variables: dict[str, str]) -> Any:
        asked = read_object(request)
        only(asked, "action")
        action = asked.get("action")
        if action == "restart":
            server.cloud.reset()
            return _ok()
        if action == "kill":
            if not server.options.allow_kill:
                raise ControlError(403, "ending the server is not allowed; allow it with --allow-kill")
            server.ask_to_stop()
            return _ok()
        raise ControlError(400, f"the action is 'restart' or 'kill', not {action!r}")

    for path in ("/_awsim/health", "/_localstack/health"):
        yield ("GET", "HEAD"), path, get
        yield ("POST",), path, post


def _ok() -> Response:
    return Response(200, {"Content-Type": "text/plain", "Content-Length": "2"}, b"ok")
