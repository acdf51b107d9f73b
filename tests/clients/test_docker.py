"""The image of the repository's Dockerfile, where it was built: ``docker build -t awsim .``"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator

import pytest


def docker(*arguments: str) -> str:
    command = shutil.which("docker")
    if command is None:
        pytest.skip("docker is not here")
    done = subprocess.run([command, *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.fixture
def container() -> Iterator[str]:
    if shutil.which("docker") is None:
        pytest.skip("docker is not here")
    if subprocess.run(["docker", "image", "inspect", "awsim"], capture_output=True).returncode:
        pytest.skip("there is no image of the name awsim; `docker build -t awsim .` builds it")
    name = docker("run", "--detach", "--env", "AWSIM_TOKEN=sesame", "--publish", "127.0.0.1::4566", "awsim")
    try:
        deadline = time.monotonic() + 30
        while "Ready.\n" not in docker("logs", name) + "\n":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield name
        docker("stop", name)
        assert docker("inspect", "--format", "{{.State.ExitCode}}", name) == "0"
    finally:
        docker("rm", "--force", name)


def test_the_container_answers_and_keeps_its_controls_to_itself(container: str):
    url = f"http://{docker('port', container, '4566/tcp')}"
    with urllib.request.urlopen(f"{url}/_localstack/health", timeout=10) as answer:
        assert json.load(answer)["services"]["s3"] == "available"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{url}/_awsim/info", timeout=10)
    request = urllib.request.Request(f"{url}/_awsim/info", headers={"Authorization": "Bearer sesame"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert json.load(answer)["account_id"] == "123456789012"
    assert docker("exec", container, "id", "-un") == "awsim"
    assert docker("exec", container, "awslocal", "s3", "mb", "s3://photos") == "make_bucket: photos"
