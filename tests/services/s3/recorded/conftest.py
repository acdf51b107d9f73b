"""The account and the clients that recordings were made with, and the recording of a test."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from ..conftest import client_of
from .exceptions import EXCEPTIONS
from .recording import Recording, recordings

#: Recordings write it in the place of the account that they were made in.
ACCOUNT = "111111111111"
#: What recordings of some documents leave out of them.
NAMESPACE = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


@functools.cache
def unchecked_client(service: str) -> Any:
    """A client that leaves it to AWS to refuse what it is given, None included."""
    session = boto3.Session(ACCOUNT, "testing", region_name="us-east-1")
    return session.client(service, config=Config(parameter_validation=False))


@pytest.fixture
def s3(cloud: Any) -> Any:
    return client_of(account=ACCOUNT)


@pytest.fixture
def recording(request: pytest.FixtureRequest, shared: Path) -> Iterator[Recording]:
    """The recorded test that this one replays: in the end each of its answers was given again, or is an exception."""
    file, test = request.param
    recording = Recording(test, recordings(shared / "aws-recorded" / file)[test])
    yield recording
    if not recording.failed:
        excepted = {name for name in recording.answers if (file, test, name) in EXCEPTIONS}
        assert set(recording.answers) - recording.given == excepted
