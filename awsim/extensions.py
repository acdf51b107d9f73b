"""Extensions: packages that add to a server, found by the entry point group ``awsim.extensions``.

class Hello(awsim.extensions.Extension):
    name = "hello"

    def update_gateway_routes(self, router):
        router.add("/hello", lambda request, variables: Response(200, {}, b"hello"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awsim.gateway.chain import Handler
from awsim.gateway.edge import EdgeRouter

if TYPE_CHECKING:
    from awsim.server.server import Server

#: The entry point group of extensions: classes, or objects.
PLUGIN_NAMESPACE = "awsim.extensions"


class Extension:
    """Base of extensions; each method is called once, in the order in which they stand here."""

    #: How the log calls it.
    name: str = ""

    def on_platform_start(self, server: Server) -> None:
        """The server is about to listen."""

    def update_gateway_routes(self, router: EdgeRouter) -> None:
        """Add plain HTTP routes, which come before AWS's APIs."""

    def update_request_handlers(self, handlers: list[Handler]) -> None:
        """Add to what each request passes before its provider is called: append, or insert."""

    def update_response_handlers(self, handlers: list[Handler]) -> None:
        """Add to what each response passes."""

    def on_platform_ready(self, server: Server) -> None:
        """The server answers."""

    def on_platform_shutdown(self, server: Server) -> None:
        """The server is about to stop, and still answers."""
