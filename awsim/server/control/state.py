"""All state: forgotten, written out, and taken back."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from awsim.errors import AwsimError, MisuseError
from awsim.protocol.http import Request, Response
from awsim.server.control.endpoint import Endpoint

if TYPE_CHECKING:
    from awsim.server.server import Server


def routes(server: Server) -> Iterable[Endpoint]:
    """The endpoints."""

    def reset(request: Request, variables: dict[str, str]) -> Any:
        server.cloud.reset()
        return {}

    def get(request: Request, variables: dict[str, str]) -> Any:
        with tempfile.TemporaryDirectory(prefix="awsim-") as folder:
            path = Path(folder) / "state.json"
            server.cloud.save(path)
            body = path.read_bytes()
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Content-Disposition": 'attachment; filename="awsim-state.json"',
            "Cache-Control": "no-store",
        }
        return Response(200, headers, body)

    def post(request: Request, variables: dict[str, str]) -> Any:
        with tempfile.TemporaryDirectory(prefix="awsim-") as folder:
            path = Path(folder) / "the state that was sent"
            path.write_bytes(request.read())
            try:
                server.cloud.load(path)
            except AwsimError as error:  # whoever sent it knows nothing of the folder
                raise MisuseError(str(error).replace(f"{folder}{os.sep}", "")) from error
        return {}

    # Suites written for other servers reset between tests by their paths.
    for path in ("/_awsim/reset", "/_localstack/state/reset", "/moto-api/reset"):
        yield ("POST",), path, reset
    yield ("GET",), "/_awsim/state", get
    yield ("POST",), "/_awsim/state", post
