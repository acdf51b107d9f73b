"""Small facts that take long to find, kept as JSON in the user's cache directory.

Owns the files; what is in them is the caller's. A file is a convenience: one that is missing, foreign, damaged or
hostile is built anew, and where none can be written all works the same from memory.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

_LENGTH_MAX = 4 * 1024 * 1024

T = TypeVar("T")


def cached(name: str, key: str, build: Callable[[], Any], read: Callable[[Any], T]) -> T:
    """What ``read`` makes of the JSON value kept as ``name`` under ``key``, or else of what ``build`` returns.

    ``read`` raises ValueError for a value that cannot be right; ``build`` returns a JSON value.
    """
    path = directory() / f"{name}.json"
    try:
        return read(_load(path, key))
    except (OSError, ValueError, RecursionError):
        built = build()
        _save(path, {"key": key, "value": built})
        return read(built)


def directory() -> Path:
    """The directory of awsim's cache files, by the platform's custom."""
    home = Path(os.path.expanduser("~"))
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or home / ".cache"
    return Path(base) / "awsim"


def _load(path: Path, key: str) -> Any:
    with path.open("rb") as file:
        data = file.read(_LENGTH_MAX + 1)
    if len(data) > _LENGTH_MAX:
        raise ValueError("too large")
    kept = json.loads(data)
    if not isinstance(kept, dict) or kept.get("key") != key:
        raise ValueError("kept by another version")
    return kept.get("value")


def _save(path: Path, kept: Any) -> None:
    """Write the file whole or not at all: a process that reads meanwhile sees the old one or the new one."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with open(handle, "w", encoding="utf-8") as file:
                json.dump(kept, file)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
