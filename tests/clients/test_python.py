"""Other Python libraries: each file under ``python`` is a scenario that ends by printing ``done``."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.clients.conftest import CLIENTS

SCENARIOS = sorted((Path(__file__).parent / "python").glob("*.py"))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_the_scenario_passes(scenario: Path, environ: dict[str, str], tmp_path: Path):
    python = CLIENTS / "python" / "bin" / "python"
    if not python.exists():
        pytest.skip(f"they are not in {CLIENTS}; `python -m tests.clients.install` puts them there")
    done = subprocess.run(
        [str(python), str(scenario)], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stdout + done.stderr
