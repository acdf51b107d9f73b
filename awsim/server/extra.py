"""Whether what the extra ``server`` brings is installed."""

from __future__ import annotations

import importlib.util

from awsim.errors import MissingExtraError

_MODULES = ("uvicorn", "httptools")


def require_extra() -> None:
    """Raises MissingExtraError where the HTTP server is not installed."""
    for name in _MODULES:
        if importlib.util.find_spec(name) is None:
            raise MissingExtraError(
                f'the server needs an extra ({name} is missing); install it with: pip install "awsim[server]"'
            )
