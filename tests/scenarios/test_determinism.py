"""The same seed and the same calls give the same bytes, in another process too; another seed gives other ids."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.scenarios.traffic import traffic

ROOT = Path(__file__).resolve().parents[2]


def in_a_process_of_its_own(hash_seed: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-W", "ignore", "-m", "tests.scenarios.traffic", "7"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True).stdout


def test_a_whole_scenario_is_the_same_to_the_byte() -> None:
    first = traffic(7)
    assert len(first) > 50_000
    assert traffic(7) == first


def test_it_is_the_same_in_every_process() -> None:
    # Hashes of texts, and so the order of sets, differ between processes.
    assert in_a_process_of_its_own("1") == in_a_process_of_its_own("2")


def test_another_seed_gives_other_ids() -> None:
    one, two = traffic(1).decode("latin-1"), traffic(2).decode("latin-1")
    assert one != two
    ids = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert len(ids.findall(one)) > 50
    assert not set(ids.findall(one)) & set(ids.findall(two))
