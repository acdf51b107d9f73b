"""Version 2 of the AWS CLI, where this machine has it: the environment alone tells it where the server is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


def is_version_2(command: str) -> bool:
    said = subprocess.run([command, "--version"], capture_output=True, text=True).stdout
    return said.startswith("aws-cli/2.")


@pytest.fixture
def aws2(environ: dict[str, str], tmp_path: Path) -> Callable[..., str]:
    found = filter(None, (shutil.which("aws", path=folder) for folder in os.get_exec_path()))
    command = next(filter(is_version_2, found), None)
    if command is None:
        pytest.skip("version 2 of the AWS CLI is not on the PATH")
    # Those before 2.13 know no AWS_ENDPOINT_URL.
    options = ["--endpoint-url", environ["AWS_ENDPOINT_URL"]]

    def aws2(*arguments: str) -> str:
        done = subprocess.run(
            [command, *options, *arguments], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, f"aws {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    return aws2


def test_files_are_copied_listed_moved_and_removed(aws2: Callable[..., str], tmp_path: Path):
    (tmp_path / "big").write_bytes(os.urandom(9_000_000))  # in parts
    aws2("s3", "mb", "s3://version-2")
    aws2("s3", "cp", "--quiet", "big", "s3://version-2/")
    aws2("s3", "mv", "--quiet", "s3://version-2/big", "s3://version-2/a b/moved")
    assert aws2("s3", "ls", "s3://version-2", "--recursive").split(maxsplit=2)[2] == "9000000 a b/moved\n"
    aws2("s3", "cp", "--quiet", "s3://version-2/a b/moved", "back")
    assert (tmp_path / "back").read_bytes() == (tmp_path / "big").read_bytes()
    assert aws2("s3", "rb", "s3://version-2", "--force").endswith("remove_bucket: version-2\n")


def test_the_other_protocols_are_understood(aws2: Callable[..., str]):
    assert json.loads(aws2("sts", "get-caller-identity"))["Arn"] == "arn:aws:iam::123456789012:root"
    queue_url = json.loads(aws2("sqs", "create-queue", "--queue-name", "version-2"))["QueueUrl"]
    aws2("sqs", "send-message", "--queue-url", queue_url, "--message-body", "hi")
    (message,) = json.loads(aws2("sqs", "receive-message", "--queue-url", queue_url))["Messages"]
    assert message["Body"] == "hi"
    key = "AttributeName=id,AttributeType=S", "AttributeName=id,KeyType=HASH"
    made = ("--attribute-definitions", key[0], "--key-schema", key[1], "--billing-mode", "PAY_PER_REQUEST")
    aws2("dynamodb", "create-table", "--table-name", "version-2", *made)
    aws2("dynamodb", "wait", "table-exists", "--table-name", "version-2")
    item = {"id": {"S": "1"}, "data": {"B": "aGk="}}
    aws2("dynamodb", "put-item", "--table-name", "version-2", "--item", json.dumps(item))
    assert json.loads(aws2("dynamodb", "scan", "--table-name", "version-2"))["Items"] == [item]
