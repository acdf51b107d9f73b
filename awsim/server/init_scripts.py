"""Scripts that run at the stages of a server's life, from a folder as LocalStack's users know it.

    boot.d       before anything else
    start.d      before the server listens
    ready.d      when it answers
    shutdown.d   before it stops

Owns finding them, their order, running them and their states. Scripts are executable ``.sh`` files, which run as
processes, and ``.py`` files, which run in this one (those of boot.d in one of their own).
"""

from __future__ import annotations

import contextlib
import enum
import logging
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

logger = logging.getLogger("awsim.init")

#: Where scripts are looked for unless told: in a container, ours and the place where LocalStack has its own.
DEFAULT_FOLDERS = (Path("/etc/awsim/init"), Path("/etc/localstack/init"))
#: How long a process may take to end once it was told to, in seconds.
_KILL_SECONDS = 5.0


class Stage(enum.Enum):
    """A stage of a server's life, with the folder of its scripts."""

    BOOT = "boot.d"
    START = "start.d"
    READY = "ready.d"
    SHUTDOWN = "shutdown.d"


class ScriptState(enum.Enum):
    """Where a script stands."""

    UNKNOWN = "UNKNOWN"
    RUNNING = "RUNNING"
    SUCCESSFUL = "SUCCESSFUL"
    ERROR = "ERROR"


@attrs.define
class Script:
    """A script of a stage."""

    path: Path
    stage: Stage
    #: Relative to the folder of its stage.
    name: str
    state: ScriptState = ScriptState.UNKNOWN

    def as_json(self) -> dict[str, str]:
        """As /_localstack/init tells it."""
        return {"stage": self.stage.name, "name": self.name, "state": self.state.value}


class InitScripts:
    """All scripts below a folder; None for none."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.completed = dict.fromkeys(Stage, False)
        self.scripts: dict[Stage, list[Script]] = {
            stage: list(_found(folder / stage.value, stage)) if folder is not None else [] for stage in Stage
        }

    def run(self, stage: Stage, environ: Mapping[str, str]) -> list[Script]:
        """Run the scripts of a stage in order, one after the other. Those that fail are returned; the others run."""
        failed = []
        for script in self.scripts[stage]:
            started = time.monotonic()
            script.state = ScriptState.RUNNING
            try:
                self._run(script, environ)
            except Exception as error:
                script.state = ScriptState.ERROR
                logger.error("%s failed: %s", script.path, error, exc_info=not isinstance(error, OSError))
                failed.append(script)
            except BaseException:
                script.state = ScriptState.ERROR
                raise
            else:
                script.state = ScriptState.SUCCESSFUL
                logger.info("%s ran in %.1f s", script.path, time.monotonic() - started)
        self.completed[stage] = True
        return failed

    def _run(self, script: Script, environ: Mapping[str, str]) -> None:
        if script.path.suffix == ".py" and script.stage is not Stage.BOOT:
            _run_here(script.path, environ)
            return
        if script.path.suffix == ".py":
            command = [sys.executable, str(script.path)]
        elif os.access(script.path, os.X_OK):
            command = [str(script.path)]
        else:
            raise PermissionError(f"it is not executable; make it so: chmod +x {script.path}")
        # In a session of its own, so that what it started ends with it.
        process = subprocess.Popen(  # noqa: S603  # the user's own script
            command,
            env={**os.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),
            start_new_session=True,
        )
        try:
            code = process.wait()
        except BaseException:  # the server is to stop
            _end(process)
            raise
        if code:
            raise OSError(f"it ended with status {code}")

    def as_json(self, stage: Stage | None = None) -> dict[str, Any]:
        """All stages, or one, as /_localstack/init tells them."""
        if stage is not None:
            scripts = self.scripts[stage]
            return {"completed": self.completed[stage], "scripts": [script.as_json() for script in scripts]}
        return {
            "completed": {one.name: done for one, done in self.completed.items()},
            "scripts": [script.as_json() for scripts in self.scripts.values() for script in scripts],
        }


def _found(folder: Path, stage: Stage) -> Iterator[Script]:
    """The scripts of a folder by name, then those of its folders."""

    def below(current: Path) -> Iterator[Path]:
        try:
            entries = sorted(current.iterdir())
        except OSError:  # there is none, or none that may be read
            return
        yield from (path for path in entries if path.suffix in (".sh", ".py") and path.is_file())
        for path in entries:
            if path.is_dir() and not path.is_symlink():
                yield from below(path)

    return (Script(path, stage, str(path.relative_to(folder))) for path in below(folder))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it started."""
    if not hasattr(os, "killpg"):  # there are no process groups on Windows
        process.kill()
        process.wait()
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_KILL_SECONDS)


def _run_here(path: Path, environ: Mapping[str, str]) -> None:
    before = {name: os.environ.get(name) for name in environ}
    os.environ.update(environ)
    try:
        runpy.run_path(str(path), run_name="__main__")
    except SystemExit as stop:
        if stop.code not in (None, 0):
            raise OSError(f"it ended with {stop.code}") from None
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
