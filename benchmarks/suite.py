"""What a suite of small tests costs under awsim's fixture, over the same suite with botocore's answers canned.

    python -m benchmarks.suite

A thousand tests, each of which makes a client and calls once: whole pytest processes, in turn, CPU seconds. Two floors:
tests that share one boto3 session for the whole run, and tests that each have a session of their own, as the fixture
gives them, so that none sees another's.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

BAR = 1.2
TESTS = 1000

_TEST = """
import boto3
import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_it({fixture}, number):
    assert boto3.client("sqs", region_name="us-east-1").list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
"""
_CANNED = """
import boto3
import pytest
from botocore.awsrequest import AWSResponse

class Raw:
    def stream(self, *args, **kwargs):
        yield b"{{}}"

@pytest.fixture(scope="{scope}")
def floor():
    boto3.setup_default_session(aws_access_key_id="testing", aws_secret_access_key="testing")
    boto3.DEFAULT_SESSION.events.register(
        "before-send.sqs.*", lambda request, **_: AWSResponse(request.url, 200, {{}}, Raw())
    )
"""


def cpu_seconds(folder: Path) -> float:
    """The CPU time of one run of pytest over a folder."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, env={**os.environ, "PYTHONPATH": ""})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratio(scope: str, rounds: int = 3, tests: int = TESTS) -> float:
    """awsim's time over that of a floor whose session has this scope, the median of several pairs."""
    with tempfile.TemporaryDirectory() as root:
        ours, floor = Path(root, "ours"), Path(root, "floor")
        for folder, fixture in ((ours, "aws"), (floor, "floor")):
            folder.mkdir()
            (folder / "test_suite.py").write_text(_TEST.format(tests=tests, fixture=fixture))
        (floor / "conftest.py").write_text(_CANNED.format(scope=scope))
        return statistics.median(cpu_seconds(ours) / cpu_seconds(floor) for _ in range(rounds))


def main() -> None:
    """Print the rows."""
    for scope, whose in (("function", "a session a test"), ("session", "one session")):
        found = ratio(scope)
        verdict = "met" if found <= BAR else "MISSED"
        print(f"| {TESTS} tests, fixture over canned with {whose:<16} | {found:.2f}x | at most {BAR}x | {verdict} |")


if __name__ == "__main__":
    main()
