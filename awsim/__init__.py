"""AWS inside the test process.

The public names, loaded on first use: importing awsim imports neither botocore nor any service.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from awsim.cloud import Cloud, Snapshot
    from awsim.connect import connect_externally_to, connect_to
    from awsim.errors import (
        AwsimError,
        CallsNotKeptError,
        ConnectionFaultError,
        EscapeError,
        MisuseError,
        NoActiveCloudError,
        NotSimulatedError,
        RecordingError,
        ReplayError,
        ResultError,
        ServiceException,
        UnhonouredMemberError,
        UnhonouredMemberWarning,
    )
    from awsim.mock import mock_aws
    from awsim.recorder import record_aws
    from awsim.server import serve
    from awsim.settings import Settings
    from awsim.test_case import AwsTestCase

__version__ = "0.1.0"

_HOMES = {
    "AwsTestCase": "awsim.test_case",
    "AwsimError": "awsim.errors",
    "CallsNotKeptError": "awsim.errors",
    "Cloud": "awsim.cloud",
    "ConnectionFaultError": "awsim.errors",
    "EscapeError": "awsim.errors",
    "MisuseError": "awsim.errors",
    "NoActiveCloudError": "awsim.errors",
    "NotSimulatedError": "awsim.errors",
    "RecordingError": "awsim.errors",
    "ReplayError": "awsim.errors",
    "ResultError": "awsim.errors",
    "ServiceException": "awsim.errors",
    "Settings": "awsim.settings",
    "Snapshot": "awsim.cloud",
    "UnhonouredMemberError": "awsim.errors",
    "UnhonouredMemberWarning": "awsim.errors",
    "connect_externally_to": "awsim.connect",
    "connect_to": "awsim.connect",
    "mock_aws": "awsim.mock",
    "serve": "awsim.server",
    "record_aws": "awsim.recorder",
}

__all__ = [
    "AwsTestCase",
    "AwsimError",
    "CallsNotKeptError",
    "Cloud",
    "ConnectionFaultError",
    "EscapeError",
    "MisuseError",
    "NoActiveCloudError",
    "NotSimulatedError",
    "RecordingError",
    "ReplayError",
    "ResultError",
    "ServiceException",
    "Settings",
    "Snapshot",
    "UnhonouredMemberError",
    "UnhonouredMemberWarning",
    "connect_externally_to",
    "connect_to",
    "mock_aws",
    "record_aws",
    "serve",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'awsim' has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
