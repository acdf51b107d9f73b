"""The folder in which a server keeps its state: its layout, its lock, and files that are whole or not there.

    lock                   held while a server uses the folder
    checkpoint-00000007/   all state at one moment: manifest.json, and a file for each store
    journal-00000007       the calls since then, in order
    bodies/ab/ab12…        long bodies, named by their SHA-256, each written once

A checkpoint's folder gets its name when it is whole, so that what has the name can be read. Knows names and bytes, not
what they mean.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import mmap
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from awsim.errors import AwsimError
from awsim.protocol.spool import SPOOL_LENGTH

logger = logging.getLogger("awsim.server")

_DIGEST = re.compile(r"[0-9a-f]{64}")
_NUMBERED = re.compile(r"(checkpoint|journal)-(\d{8})")
_UNFINISHED = ".unfinished"


class StateDirError(AwsimError):
    """A state directory that cannot be used or read; nothing in it has been changed."""


class StateFolder:
    """One state directory, locked for this process. Raises StateDirError where that cannot be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)  # secrets are part of the state
            self._lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
        except OSError as error:
            raise StateDirError(f"cannot keep state in {path}: {error.strerror or error}") from None
        try:
            _lock(self._lock)
        except OSError:
            self.close()
            raise StateDirError(f"another server keeps its state in {path}; each needs a folder of its own") from None

    def close(self) -> None:
        """Let others use the folder."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # -- numbered things ---------------------------------------------------------------------------------------------

    def checkpoint_path(self, number: int) -> Path:
        """The folder of a checkpoint."""
        return self.path / f"checkpoint-{number:08}"

    def unfinished_path(self, number: int, process_id: int) -> Path:
        """Where a checkpoint is until it is whole. A process that outlives its server writes in nobody else's way."""
        return self.path / f"checkpoint-{number:08}.{process_id}{_UNFINISHED}"

    def journal_path(self, number: int) -> Path:
        """The file of the calls since a checkpoint."""
        return self.path / f"journal-{number:08}"

    def numbers(self, kind: str) -> list[int]:
        """The numbers of all that is there of a kind, ``checkpoint`` or ``journal``, in order."""
        found = (_NUMBERED.fullmatch(name) for name in os.listdir(self.path))
        return sorted(int(match[2]) for match in found if match is not None and match[1] == kind)

    def commit(self, number: int, process_id: int) -> None:
        """The checkpoint that a process wrote is whole: give it its name."""
        unfinished = self.unfinished_path(number, process_id)
        sync_folder(unfinished)
        os.replace(unfinished, self.checkpoint_path(number))
        sync_folder(self.path)

    def clear_unfinished(self) -> None:
        """Remove what was not finished."""
        for name in os.listdir(self.path):
            if name.endswith(_UNFINISHED):
                shutil.rmtree(self.path / name, ignore_errors=True)

    def forget_before(self, number: int) -> None:
        """Remove checkpoints and journals of lower numbers."""
        for each in self.numbers("checkpoint"):
            if each < number:
                shutil.rmtree(self.checkpoint_path(each), ignore_errors=True)
        for each in self.numbers("journal"):
            if each < number:
                with contextlib.suppress(OSError):
                    self.journal_path(each).unlink()

    # -- bodies ------------------------------------------------------------------------------------------------------

    def keep_body(self, body: Any) -> str:
        """Write a long body, unless it is there; the name by which it is read."""
        digest = hashlib.sha256(body).hexdigest()
        path = self._body_path(digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, body)
        return digest

    def read_body(self, digest: Any, *, mapped: bool) -> Any:
        """A body that was kept: bytes, or the map of its file where it is very long and that will do.

        Raises StateDirError for one that is missing, damaged or no name of one.
        """
        if not isinstance(digest, str) or _DIGEST.fullmatch(digest) is None:
            raise StateDirError(f"{digest!r} is no name of a body")
        path = self._body_path(digest)
        try:
            with path.open("rb") as file:
                if mapped and os.fstat(file.fileno()).st_size > SPOOL_LENGTH:
                    body: Any = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                else:
                    body = file.read()
        except OSError as error:
            raise StateDirError(f"{path} cannot be read: {error.strerror or error}") from None
        if hashlib.sha256(body).hexdigest() != digest:
            raise StateDirError(f"{path} is damaged")
        return body

    def forget_bodies_but(self, kept: Iterable[str]) -> None:
        """Remove the bodies that nothing refers to any more."""
        kept = frozenset(kept)
        for folder, _, names in os.walk(self.path / "bodies"):
            for name in names:
                if name not in kept:
                    with contextlib.suppress(OSError):
                        os.unlink(os.path.join(folder, name))

    def _body_path(self, digest: str) -> Path:
        return self.path / "bodies" / digest[:2] / digest


def write_whole(path: Path, content: Any) -> None:
    """Write a file so that under its name there is all of it, or what was there before."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def sync_folder(path: Path) -> None:
    """See to it that new names outlive a loss of power, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Raises OSError where another process has it. The system lets go of it when the process ends, however it does."""
    try:
        import fcntl
    except ImportError:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]  # Windows alone
    else:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.ENOSYS, errno.EOPNOTSUPP):  # a file system without locks: better than none
                logger.warning("the file system of the state directory has no locks: see that one server uses it")
                return
            raise
