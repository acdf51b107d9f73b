"""The calls since a checkpoint, in the order in which they were done: one line each, written behind the calls.

Owns the lines and their file. A line is a digest and JSON: an HTTP request as it came with the moment at which it was
done, the moment until which due work ran, what was done to the clock, or a gap: something changed state of which no
line can tell, so nothing after it can be done again. Must not know what a call means.
"""

from __future__ import annotations

import json
import logging
import os
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import attrs

from awsim.server.persist_folder import StateDirError, StateFolder, sync_folder
from awsim.state_format import read_base64, write_base64

logger = logging.getLogger("awsim.server")

#: Bodies from this length on are files of their own, in bytes.
LONG_BODY = 16 * 1024


@attrs.frozen
class CallEntry:
    """A call: ASGI's scope, its body, the moment on AWS's clock in epoch seconds, and how often it drew from chance."""

    scope: Mapping[str, Any]
    body: bytes
    time: float
    draw_count: int

    def to_json(self, folder: StateFolder) -> dict[str, Any]:
        """Plain data; a long body goes to a file."""
        scope, body = self.scope, self.body
        return {
            "call": [scope["method"], _text(scope["raw_path"]), _text(scope["query_string"]), scope["scheme"]],
            "headers": [[_text(name), _text(value)] for name, value in scope["headers"]],
            "body": write_base64(body) if len(body) < LONG_BODY else {"file": folder.keep_body(body)},
            "time": self.time,
            "draws": self.draw_count,
        }


@attrs.frozen
class DueEntry:
    """Work that was due until a moment has run."""

    time: float

    def to_json(self, folder: StateFolder) -> dict[str, Any]:
        """Plain data."""
        return {"due": self.time}


@attrs.frozen
class ClockEntry:
    """The clock was put to a moment, and how it goes on from there: how far ahead, and where it stands if it does."""

    time: float
    offset_seconds: float
    frozen_at: float | None

    def to_json(self, folder: StateFolder) -> dict[str, Any]:
        """Plain data."""
        return {"clock": [self.time, self.offset_seconds, self.frozen_at]}


@attrs.frozen
class ResetEntry:
    """All state was forgotten."""

    def to_json(self, folder: StateFolder) -> dict[str, Any]:
        """Plain data."""
        return {"reset": True}


@attrs.frozen
class GapEntry:
    """State has changed in a way that cannot be told here."""

    def to_json(self, folder: StateFolder) -> dict[str, Any]:
        """Plain data."""
        return {"gap": True}


Entry = CallEntry | DueEntry | ClockEntry | ResetEntry | GapEntry


class Journal:
    """One file of entries, open for more."""

    def __init__(self, folder: StateFolder, number: int) -> None:
        self.number = number
        self.entry_count = 0
        self.size = 0
        #: The bodies that its entries refer to.
        self.bodies: set[str] = set()
        self._folder = folder
        self._path = folder.journal_path(number)
        self._file: BinaryIO | None = None
        #: Lines that are made and not yet written, after a failure.
        self._unwritten = b""

    def write(self, entries: list[Entry]) -> None:
        """Append entries. Raises OSError where the disk refuses; then the entries that have not been taken are still in
        the list, and what was taken is written with the next."""
        lines = [self._unwritten]
        done = 0
        try:
            for entry in tuple(entries):  # calls append to it meanwhile
                lines.append(self._line(entry))
                done += 1
        finally:
            del entries[:done]
            self.entry_count += done
            self._unwritten = b"".join(lines)
        self._flush()

    def _line(self, entry: Entry) -> bytes:
        value = entry.to_json(self._folder)
        body = value.get("body")
        if isinstance(body, dict):
            self.bodies.add(body["file"])
        content = json.dumps(value, separators=(",", ":")).encode()
        return b"%08x %b\n" % (zlib.crc32(content), content)

    def _flush(self) -> None:
        if not self._unwritten:
            return
        if self._file is None:
            self._file = self._path.open("ab", buffering=0)
            sync_folder(self._path.parent)
        start = self._file.seek(0, os.SEEK_END)
        try:
            rest = memoryview(self._unwritten)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            self._file.truncate(start)  # no half line may stand before the next one
            raise
        self.size += len(self._unwritten)
        self._unwritten = b""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def read_journal(folder: StateFolder, number: int) -> Iterator[Entry]:
    """The entries of a journal. The last line may be torn: it was being written when the process ended, and what came
    after that began without it. Raises StateDirError for any other line that is damaged."""
    path = folder.journal_path(number)
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    except OSError as error:
        raise StateDirError(f"{path} cannot be read: {error.strerror or error}") from None
    with file:
        for line_number, line in enumerate(file, 1):
            try:
                content = line[9:-1]
                if not line.endswith(b"\n") or int(line[:8], 16) != zlib.crc32(content):
                    raise ValueError("it is not as it was written")
                yield _entry(folder, json.loads(content))
            except (ValueError, TypeError, KeyError, RecursionError) as error:
                if not line.endswith(b"\n"):
                    logger.warning("%s: its last line was not finished, and is left out", path)
                    return
                raise _damaged(path, line_number, error) from None


def _damaged(path: Path, line_number: int, error: Exception) -> StateDirError:
    return StateDirError(
        f"{path} is damaged at line {line_number}: {error}; to go on without the calls from there on, cut the file off"
        " before that line"
    )


def _entry(folder: StateFolder, value: Any) -> Entry:
    if "gap" in value:
        return GapEntry()
    if "reset" in value:
        return ResetEntry()
    if "due" in value:
        return DueEntry(float(value["due"]))
    if "clock" in value:
        moment, offset_seconds, frozen_at = value["clock"]
        return ClockEntry(float(moment), float(offset_seconds), None if frozen_at is None else float(frozen_at))
    method, path, query, scheme = map(str, value["call"])
    scope = {
        "type": "http",
        "method": method,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "scheme": scheme,
        "headers": [(name.encode("latin-1"), text.encode("latin-1")) for name, text in value["headers"]],
    }
    body = value["body"]
    content = folder.read_body(body["file"], mapped=False) if isinstance(body, dict) else read_base64(body)
    return CallEntry(scope, content, float(value["time"]), int(value["draws"]))


def _text(raw: bytes) -> str:
    return raw.decode("latin-1")
