"""The services' own tests, over a socket: here a sample, all of them with AWSIM_TEST_TRANSPORT=server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ("sqs/test_send_message.py", "dynamodb/test_items.py", "s3/test_conditions.py", "sts/test_identity.py")


def test_services_behave_over_http_as_they_do_in_process():
    files = [f"tests/services/{name}" for name in SAMPLE]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *files],
        cwd=ROOT,
        env={**os.environ, "AWSIM_TEST_TRANSPORT": "server"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert " passed" in run.stdout
