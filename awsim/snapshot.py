"""A Cloud's state in a file: safe, versioned, diffable JSON.

Owns the file; how state is written down is :mod:`awsim.state_format`'s. Needs the extra ``snapshot``.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from awsim.state_format import SnapshotError, new_converter, read_store, take_state, write_rest, write_stores
from awsim.whole_file import check_place, write_whole

if TYPE_CHECKING:
    from awsim.cloud import Cloud

FORMAT = "awsim-snapshot"
VERSION = 1

_converter = functools.cache(new_converter)


def write_snapshot(cloud: Cloud, path: Path) -> None:
    """Write a Cloud's state. The file is replaced as a whole, or not at all. Raises MisuseError for no place of one."""
    check_place(path, "the state")
    converter = _converter()
    stores = list(write_stores(cloud, converter))
    document = {
        "format": FORMAT,
        "version": VERSION,
        **write_rest(cloud, converter),
        "stores": sorted(stores, key=lambda item: (item["service"], item["store"], item["account_id"], item["place"])),
    }
    text = json.dumps(document, indent=1)  # in the order of the stores, which is that of tags too
    write_whole(path, text)


def read_snapshot(cloud: Cloud, path: Path) -> None:
    """Give a Cloud the state of a file. Raises SnapshotError, and then the Cloud is as it was."""
    converter = _converter()
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise SnapshotError(f"{path} is no snapshot: {error}") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SnapshotError(f"{path} is no snapshot of awsim")
    if document.get("version") != VERSION:
        raise SnapshotError(f"{path} has version {document.get('version')!r} of the format; this awsim reads {VERSION}")
    try:
        found = [read_store(cloud, item, converter) for item in document["stores"]]
        stores = dict(found)
        if len(stores) < len(found):
            raise SnapshotError(f"{path} is damaged: it has a store twice")
        take_state(cloud, stores, document, converter)
    except SnapshotError:
        raise
    except Exception as error:
        raise SnapshotError(f"{path} is damaged: {type(error).__name__}: {error}") from error


__all__ = ["SnapshotError", "read_snapshot", "write_snapshot"]
