"""README's tests pass as a reader would run them, and its example does what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_readmes_tests_pass(pytester: pytest.Pytester) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    pytester.makepyfile("\n\n".join(blocks))
    pytester.runpytest().assert_outcomes(passed=2)


def test_readmes_example_prints_what_happened() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS", "COV"))}
    done = subprocess.run(
        [sys.executable, ROOT / "examples" / "orders.py"], capture_output=True, text=True, env=environment, check=False
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "I am arn:aws:iam::123456789012:root",
        "orders go to https://sqs.us-east-1.amazonaws.com/123456789012/orders.fifo",
        "received ['order-1', 'order-2']",
        "now I am arn:aws:sts::210987654321:assumed-role/auditor/audit",
        "in an account of its own, with queues: []",
        "a quarter of an hour later: An error occurred (ExpiredToken) when calling the GetCallerIdentity operation: "
        "The security token included in the request is expired",
    ]
