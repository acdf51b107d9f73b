"""What a server's process puts off, and that it comes after all."""

from __future__ import annotations

import subprocess
import sys

_LOADED = "[name for name in ('awscrt', 'awscrt.auth', 'awscrt.checksums') if name in sys.modules]"


def output(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_checksums_and_the_collection_of_garbage_come_after_the_start() -> None:
    code = f"""
import gc, sys
from awsim.server import cold_start
cold_start.begin()
import awsim.cloud, botocore.session
print({_LOADED}, gc.isenabled())
cold_start.end()
print({_LOADED}, gc.isenabled(), gc.get_freeze_count() > 10_000)
import boto3
boto3.client('s3', region_name='us-east-1')
"""
    assert output(code) == "[] False\n['awscrt', 'awscrt.checksums'] True True\n"


def test_a_server_in_somebody_elses_process_leaves_its_garbage_alone() -> None:
    code = """
import gc, awsim
from awsim.server import cold_start
before = gc.get_threshold(), gc.get_freeze_count(), gc.isenabled()
with awsim.serve(): cold_start.end()
assert (gc.get_threshold(), gc.get_freeze_count(), gc.isenabled()) == before
"""
    assert output(code) == ""
