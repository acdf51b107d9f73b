"""What happens around a server: hooks, extensions and init scripts, at the stages of its life.

Owns their order and their failures: what fails is logged and kept in view, and ends nothing unless that is asked for.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from awsim import hooks
from awsim.errors import AwsimError
from awsim.server.init_scripts import DEFAULT_FOLDERS, InitScripts, Stage

if TYPE_CHECKING:
    from awsim.extensions import Extension
    from awsim.server.server import Server

logger = logging.getLogger("awsim.runtime")


class InitFailedError(AwsimError):
    """A hook, an extension or a script failed, and was not to."""


@attrs.frozen
class Failure:
    """What failed, and why."""

    stage: str
    name: str
    reason: str

    def as_json(self) -> dict[str, str]:
        """Plain data."""
        return attrs.asdict(self)


def find_init_folder(given: str | Path | None = None) -> Path | None:
    """The folder of init scripts: the one given, or that of AWSIM_INIT_DIR, or what is found; None for none."""
    named = given or os.environ.get("AWSIM_INIT_DIR")
    if named:
        return Path(named).resolve()
    return next((folder for folder in DEFAULT_FOLDERS if folder.is_dir()), None)


class Runtime:
    """The life of one server. With ``is_strict``, InitFailedError ends the stage in which something failed."""

    def __init__(self, server: Server, init_folder: Path | None = None, *, is_strict: bool = False) -> None:
        self.server = server
        self.scripts = InitScripts(init_folder)
        self.extensions: list[Extension] = []
        self.failures: list[Failure] = []
        self._is_strict = is_strict
        server.runtime = self

    def start(self) -> None:
        """What comes before the server listens."""
        self._run_scripts(Stage.BOOT)
        self._load_extensions()
        with self._in_stage("start") as failed:
            hooks.on_infra_start.run(self.server, failed=failed)
            gateway = self.server.cloud.gateway
            self._tell_extensions("on_platform_start", self.server)
            self._tell_extensions("update_gateway_routes", gateway.edge)
            self._add_handlers()
        self._run_scripts(Stage.START)

    def ready(self) -> None:
        """What comes when the server answers."""
        with self._in_stage("ready") as failed:
            hooks.on_infra_ready.run(self.server, failed=failed)
            self._tell_extensions("on_platform_ready", self.server)
        self._run_scripts(Stage.READY)

    def shut_down(self) -> None:
        """What comes before the server stops; it still answers."""
        self._is_strict = False  # it ends anyway
        self._run_scripts(Stage.SHUTDOWN)
        with self._in_stage("shutdown") as failed:
            self._tell_extensions("on_platform_shutdown", self.server)
            hooks.on_infra_shutdown.run(self.server, failed=failed)

    # -- extensions --------------------------------------------------------------------------------------------------

    def _load_extensions(self) -> None:
        from awsim.extensions import PLUGIN_NAMESPACE

        for entry_point in hooks.find_entry_points(PLUGIN_NAMESPACE):
            try:
                found = entry_point.load()
                self.extensions.append(found() if isinstance(found, type) else found)
            except Exception as error:
                logger.exception("the extension %s cannot be loaded", entry_point.name)
                self._failed("start", entry_point.name, error)

    def _tell_extensions(self, method: str, *arguments: Any) -> None:
        for extension in self.extensions:
            try:
                getattr(extension, method)(*arguments)
            except Exception as error:
                name = extension.name or type(extension).__name__
                logger.exception("the extension %s failed in %s", name, method)
                self._failed(method, name, error)

    def _add_handlers(self) -> None:
        """An extension adds to a list of its own; the handlers run right before the provider, and last."""
        gateway = self.server.cloud.gateway
        for extension in self.extensions:
            name = extension.name or type(extension).__name__
            try:
                requests: list[Any] = []
                responses = list(gateway.response_handlers)
                extension.update_request_handlers(requests)
                extension.update_response_handlers(responses)
            except Exception as error:
                logger.exception("the extension %s failed to add handlers", name)
                self._failed("start", name, error)
                continue
            for handler in requests:
                gateway.insert_before_dispatch(handler)
            gateway.response_handlers = responses

    # -- failures ----------------------------------------------------------------------------------------------------

    def _run_scripts(self, stage: Stage) -> None:
        for script in self.scripts.run(stage, self._environ()):
            self._failed(stage.name.lower(), script.name, OSError("see the log"))
        self._raise_if_strict()

    @contextlib.contextmanager
    def _in_stage(self, stage: str) -> Any:
        yield functools.partial(self._failed, stage)
        self._raise_if_strict()

    def _failed(self, stage: str, name: str, error: Exception) -> None:
        self.failures.append(Failure(stage, name, f"{type(error).__name__}: {error}"))

    def _raise_if_strict(self) -> None:
        if self._is_strict and self.failures:
            listed = ", ".join(f"{failure.name} ({failure.stage})" for failure in self.failures)
            raise InitFailedError(f"not started, since this failed: {listed}")

    def _environ(self) -> Mapping[str, str]:
        """What scripts find in their environment, besides what is there: how to call this server."""
        settings = self.server.cloud.settings
        found = {
            "AWS_ENDPOINT_URL": self.server.url,
            "AWSIM_URL": self.server.url,
            "AWSIM_TOKEN": self.server.token,
        }
        for name, value in (
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_DEFAULT_REGION", settings.region),
        ):
            found[name] = os.environ.get(name, value)
        if self.server.certificate is not None:
            found["AWS_CA_BUNDLE"] = str(self.server.certificate)
        return found
