"""The engines know no transport: their tests run once."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def transport() -> str:
    return "none"
