"""What exists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from awsim.protocol.http import Request
from awsim.server.control.endpoint import Endpoint, parameter

if TYPE_CHECKING:
    from awsim.server.server import Server


def routes(server: Server) -> Iterable[Endpoint]:
    """The endpoints."""

    def get(request: Request, variables: dict[str, str]) -> Any:
        resources = server.cloud.resources(parameter(request, "service"))
        return {"resources": [{"service": one.service, "type": one.type, "arn": one.arn} for one in resources]}

    yield ("GET",), "/_awsim/resources", get
