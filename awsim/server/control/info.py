"""What this server is: version, settings, how long it runs; and in LocalStack's shapes what its clients read."""

from __future__ import annotations

import platform
import uuid
from collections.abc import Iterable
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from awsim import __version__
from awsim.protocol.http import Request
from awsim.server.control.endpoint import ControlError, Endpoint
from awsim.server.init_scripts import InitScripts, Stage

if TYPE_CHECKING:
    from awsim.server.server import Server


def routes(server: Server) -> Iterable[Endpoint]:
    """The endpoints."""
    session_id = str(uuid.uuid4())
    # Whoever is answered by a server without scripts finds all done.
    none = InitScripts(None)
    none.completed.update({stage: stage is not Stage.SHUTDOWN for stage in Stage})

    def scripts() -> InitScripts:
        return server.runtime.scripts if server.runtime is not None else none

    def info(request: Request, variables: dict[str, str]) -> Any:
        import botocore

        settings = server.cloud.settings
        return {
            "version": __version__,
            "botocore": botocore.__version__,
            "python": platform.python_version(),
            "url": server.url,
            "account_id": settings.account_id,
            "region": settings.region,
            "seed": settings.seed,
            "strict": settings.strict,
            "services": sorted(settings.services) if settings.services is not None else None,
            "uptime_seconds": round(server.uptime_seconds, 3),
            "failures": [failure.as_json() for failure in server.runtime.failures] if server.runtime else [],
        }

    def localstack_info(request: Request, variables: dict[str, str]) -> Any:
        return {
            "version": __version__,
            "edition": "community",
            "is_license_activated": False,
            "session_id": session_id,
            "machine_id": f"awsim_{uuid.uuid5(uuid.NAMESPACE_DNS, platform.node()).hex[:8]}",
            "system": platform.system().lower(),
            "is_docker": Path("/.dockerenv").exists(),
            "server_time_utc": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S"),
            "uptime": int(server.uptime_seconds),
        }

    def init(request: Request, variables: dict[str, str]) -> Any:
        return scripts().as_json()

    def init_stage(request: Request, variables: dict[str, str]) -> Any:
        name = variables["stage"].upper()
        if name not in Stage.__members__:
            known = ", ".join(Stage.__members__).lower()
            raise ControlError(404, f"no such stage {variables['stage']!r}; there are: {known}")
        return scripts().as_json(Stage[name])

    yield ("GET",), "/_awsim/info", info
    yield ("GET",), "/_localstack/info", localstack_info
    yield ("GET",), "/_localstack/init", init
    yield ("GET",), "/_localstack/init/{stage}", init_stage
