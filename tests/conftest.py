"""What tests of every part share."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"

pytest_plugins = ["pytester"]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of AWS's protocol cases and recordings, which lies beside the checkout where there is one."""
    if not SHARED.is_dir():
        pytest.skip("needs AWS's protocol cases and recordings beside the checkout (../shared), which are not here")
    return SHARED
