"""A file that a test keeps: written as a whole or not at all, with the rights of any other new file.

Owns how it comes to its place. Must not know what is in it.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from awsim.errors import MisuseError


def check_place(path: Path, what: str) -> None:
    """Raise MisuseError where a file cannot be: in a folder that there is not, or in a folder's own place."""
    if not path.parent.is_dir():
        raise MisuseError(f"{what} cannot be written: there is no folder {str(path.parent)!r}")
    if path.is_dir():
        raise MisuseError(f"{what} cannot be written: {str(path)!r} is a folder")


def write_whole(path: Path, text: str) -> None:
    """Put a text in a file's place, at once."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        # Made by open, unlike tempfile's, which nobody but their owner may read.
        with open(temporary, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
