"""pytester's inner runs happen in this process, and what they import first is forgotten at their end."""

from __future__ import annotations

import contextlib
import importlib
import pkgutil

import pytest

import awsim.services


@pytest.fixture(scope="session", autouse=True)
def imported_before() -> None:
    """All services' modules are imported by the outer run, so that later tests do not meet two of each."""
    for module in pkgutil.walk_packages(awsim.services.__path__, "awsim.services.", onerror=lambda name: None):
        with contextlib.suppress(ImportError):  # an extra that is not installed
            importlib.import_module(module.name)
