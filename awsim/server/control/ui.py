"""The page at /_awsim/ui: what exists, the last calls, faults and the clock, for people who would rather look.

Owns the page's files and the headers that let it do no more than it has to. The page is static; what it shows it asks
of the other endpoints, and writes as text, never as HTML: names and messages come from whoever calls the server.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from awsim.protocol.http import Request, Response
from awsim.server.control.endpoint import Endpoint

if TYPE_CHECKING:
    from awsim.server.server import Server

_TYPES = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
#: Nothing from elsewhere, nothing inline, and no frame around it.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def routes(server: Server) -> Iterable[Endpoint]:
    """The endpoints."""

    def page(request: Request, variables: dict[str, str]) -> Any:
        return _file("page.html")

    def style(request: Request, variables: dict[str, str]) -> Any:
        return _file("page.css")

    def script(request: Request, variables: dict[str, str]) -> Any:
        return _file("page.js")

    for path, handler in (("/_awsim/ui", page), ("/_awsim/ui/page.css", style), ("/_awsim/ui/page.js", script)):
        yield ("GET", "HEAD"), path, handler


def _file(name: str) -> Response:
    body = (files("awsim.server.control") / "page" / name).read_bytes()
    headers = {
        "Content-Type": _TYPES[name.rpartition(".")[2]],
        "Content-Length": str(len(body)),
        "Cache-Control": "no-cache",
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
    }
    return Response(200, headers, body)
