"""moto writes warnings of its own, which are not ours to mend."""

from __future__ import annotations

import pytest

pytest.importorskip("moto", reason="the fallback's tests need moto: the extra moto")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/fallback" in item.nodeid or "fallback" in str(item.path):
            item.add_marker(pytest.mark.filterwarnings("default:::moto"))
            item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
