"""The process's environment while a Cloud is active: harmless credentials, a region, and everything put back after.

Plain stdlib.
"""

from __future__ import annotations

import functools
import os
import sys
from typing import Any

_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
}
#: What would come before the credentials above, or beside them: an older name of the token, a profile.
_REMOVED = ("AWS_SECURITY_TOKEN", "AWS_PROFILE")
_CHANGED = (*_CREDENTIALS, *_REMOVED, "AWS_DEFAULT_REGION")
_MISSING: Any = object()


def variables(names: tuple[str, ...]) -> dict[str, str]:
    """Those of some variables that are set. ``os.environ.get`` takes a microsecond on POSIX to encode a name with some
    ceremony, and entering a Cloud looks at twenty."""
    data = getattr(os.environ, "_data", None)  # POSIX's; a test may have put a plain dictionary in its place
    if not isinstance(data, dict) or os.name != "posix":
        return {name: os.environ[name] for name in names if name in os.environ}
    encoded = _encoded(names)
    return {encoded[key]: os.fsdecode(data[key]) for key in encoded.keys() & data.keys()}


@functools.cache
def _encoded(names: tuple[str, ...]) -> dict[bytes, str]:
    return {name.encode(): name for name in names}


class Environment:
    """What was changed, to be put back once. ``region`` None leaves a region that is set, and sets one otherwise."""

    __slots__ = ("_default_session", "_saved")

    def __init__(self, *, region: str | None, credentials: bool, reset_session: bool) -> None:
        self._saved: dict[str, str | None] = {}
        self._default_session: Any = _MISSING
        found = variables(_CHANGED)
        if credentials:
            # AWS: an account id as access key is LocalStack's way to choose the account; that is kept.
            key = found.get("AWS_ACCESS_KEY_ID", "")
            if not (len(key) == 12 and key.isdigit()):
                for name, value in _CREDENTIALS.items():
                    self._set(name, value, found.get(name))
            for name in _REMOVED:
                self._set(name, None, found.get(name))
        if region is not None or not found.get("AWS_DEFAULT_REGION"):
            self._set("AWS_DEFAULT_REGION", region or "us-east-1", found.get("AWS_DEFAULT_REGION"))
        if reset_session:
            boto3: Any = sys.modules.get("boto3")
            if boto3 is not None:
                # A default session made in here would keep these credentials, one made before keeps its own.
                self._default_session = boto3.DEFAULT_SESSION
                boto3.DEFAULT_SESSION = None
            else:
                self._default_session = None

    def _set(self, name: str, value: str | None, found: str | None) -> None:
        if found == value:
            return
        self._saved[name] = found
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value

    def take_over(self, earlier: Environment) -> None:
        """Put back, when this ends, what an earlier one would have, which ends before it."""
        self._saved.update(earlier._saved)
        if earlier._default_session is not _MISSING:
            self._default_session = earlier._default_session

    def restore(self) -> None:
        """Put everything back."""
        for name, value in self._saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        boto3: Any = sys.modules.get("boto3")
        if self._default_session is not _MISSING and boto3 is not None:
            boto3.DEFAULT_SESSION = self._default_session
