"""All state of a Cloud in a folder, and back: a file for each store, long bodies apart, the manifest last.

Owns what is in a checkpoint's folder. Reading one runs no code of its own: it is JSON, checked against the digests in
the manifest, and becomes instances of the stores that services declare. Must not know when one is made.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from typing import TYPE_CHECKING, Any

from awsim.server.persist_folder import StateDirError, StateFolder, write_whole
from awsim.state_format import (
    BytesForm,
    SnapshotError,
    new_converter,
    read_base64,
    read_store,
    take_state,
    write_base64,
    write_rest,
    write_stores,
)

if TYPE_CHECKING:
    from awsim.cloud import Cloud

FORMAT = "awsim-state"
VERSION = 1

#: Bodies from this length on are files of their own, in bytes.
LONG_BODY = 16 * 1024
_MANIFEST = "manifest.json"
#: The settings that say for whom a call is that says nothing itself.
_SETTINGS = ("account_id", "region")
_BODY = "body"


class NewerFormatError(StateDirError):
    """Another awsim wrote it: an older generation must not be taken in its place."""


class Checkpoints:
    """The checkpoints of one folder."""

    def __init__(self, folder: StateFolder) -> None:
        self._folder = folder
        #: The bodies that the checkpoint refers to that is being written.
        self._bodies: set[str] = set()
        # Loads what reading and writing need, so that a forked process need not.
        self._converter = new_converter(BytesForm(self._write_bytes, self._read_bytes))

    def write(self, number: int, cloud: Cloud) -> None:
        """Write a Cloud's state; it gets its name by ``folder.commit``. Nobody may change the Cloud meanwhile."""
        path = self._folder.unfinished_path(number, os.getpid())
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        self._bodies = set()
        cloud.touch_all()
        files = {}
        for position, store in enumerate(write_stores(cloud, self._converter)):
            content = json.dumps(store).encode()
            name = f"store-{position:04}.json"
            write_whole(path / name, content)
            files[name] = hashlib.sha256(content).hexdigest()
        rest = write_rest(cloud, self._converter)
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            **rest,
            "settings": {name: getattr(cloud.settings, name) for name in _SETTINGS},
            "files": files,
            "bodies": sorted(self._bodies),
        }
        content = json.dumps(manifest).encode()
        write_whole(path / _MANIFEST, b"%b\n%b" % (hashlib.sha256(content).hexdigest().encode(), content))

    def read(self, number: int, cloud: Cloud) -> None:
        """Give a Cloud a checkpoint's state. Raises StateDirError for one that is damaged, and NewerFormatError; then
        the Cloud is as it was."""
        path = self._folder.checkpoint_path(number)
        manifest = self._manifest(number)
        try:
            stores = {}
            for name, digest in manifest["files"].items():
                if os.path.basename(name) != name:
                    raise StateDirError(f"{path} is damaged: {name!r} is no name of a file")
                content = (path / name).read_bytes()
                if hashlib.sha256(content).hexdigest() != digest:
                    raise StateDirError(f"{path / name} is damaged")
                key, store = read_store(cloud, json.loads(content), self._converter)
                stores[key] = store
            take_state(cloud, stores, manifest, self._converter)
        except StateDirError:
            raise
        except SnapshotError as error:
            raise StateDirError(f"{path}: {error}") from error
        except Exception as error:
            cause = _innermost(error)
            raise StateDirError(f"{path} is damaged: {type(cause).__name__}: {cause}") from error

    def bodies(self, number: int) -> set[str]:
        """The bodies that a checkpoint refers to. Raises StateDirError."""
        return set(self._manifest(number)["bodies"])

    def settings(self, number: int) -> dict[str, Any]:
        """The settings that say what calls after a checkpoint were for. Raises StateDirError."""
        kept = self._manifest(number)["settings"]
        try:
            return {name: str(kept[name]) for name in _SETTINGS}
        except (KeyError, TypeError) as error:
            raise StateDirError(f"{self._folder.checkpoint_path(number)} is damaged: {error}") from None

    def _manifest(self, number: int) -> dict[str, Any]:
        path = self._folder.checkpoint_path(number) / _MANIFEST
        try:
            digest, _, content = path.read_bytes().partition(b"\n")
            manifest: Any = json.loads(content)
            if manifest["format"] != FORMAT:
                raise ValueError("it is of another program")
            version = manifest["version"]
        except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise StateDirError(f"{path} is damaged: {error}") from None
        if version != VERSION:
            raise NewerFormatError(f"{path} has version {version!r} of the format; this awsim reads {VERSION}")
        if hashlib.sha256(content).hexdigest().encode() != digest:
            raise StateDirError(f"{path} is damaged")
        return manifest  # type: ignore[no-any-return]  # checked above

    def _write_bytes(self, value: Any) -> Any:
        if len(value) < LONG_BODY:
            return write_base64(value)
        digest = self._folder.keep_body(value)
        self._bodies.add(digest)
        return {_BODY: digest}

    def _read_bytes(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self._folder.read_body(value[_BODY], mapped=True)
        return read_base64(value)


def _innermost(error: BaseException) -> BaseException:
    while (inner := getattr(error, "exceptions", None)) is not None:
        error = inner[0]
    return error
