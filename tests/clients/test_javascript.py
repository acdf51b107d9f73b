"""The AWS SDK for JavaScript: each file under ``js`` is a scenario, with its own tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

SCENARIOS = sorted((Path(__file__).parent / "js").glob("*.test.js"))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.name.partition(".")[0])
def test_the_scenario_passes(scenario: Path, node: Callable[[Path], None]):
    node(scenario)
