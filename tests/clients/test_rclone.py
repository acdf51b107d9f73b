"""rclone, where this machine has it, set up as the documentation says."""

from __future__ import annotations

import os
import shutil
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.conftest import program

CONFIGURATION = """\
[awsim]
type = s3
provider = Other
endpoint = {endpoint}
access_key_id = test
secret_access_key = test
force_path_style = true
"""


@pytest.fixture
def rclone(environ: dict[str, str], tmp_path: Path) -> Callable[..., str]:
    command = shutil.which("rclone")
    if command is None:
        pytest.skip("rclone is not here")
    (tmp_path / "rclone.conf").write_text(CONFIGURATION.format(endpoint=environ["AWS_ENDPOINT_URL"]))
    return program(command, "--config", "rclone.conf", "--s3-upload-cutoff", "5M", folder=tmp_path, environ=environ)


def test_a_folder_is_kept_in_step_there_and_back(rclone: Callable[..., str], tmp_path: Path):
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "two ü.txt").write_text("two")
    (folder / "one.txt").write_text("one")
    (folder / "big").write_bytes(os.urandom(11_000_000))  # in parts
    rclone("mkdir", "awsim:rclone-step")
    rclone("sync", "folder", "awsim:rclone-step")
    rclone("check", "folder", "awsim:rclone-step")
    assert sorted(rclone("lsf", "-R", "awsim:rclone-step").split("\n")) == [
        "",
        "big",
        "one.txt",
        "sub/",
        "sub/two ü.txt",
    ]
    rclone("sync", "awsim:rclone-step", "back")
    for path in ("big", "one.txt", "sub/two ü.txt"):
        assert (tmp_path / "back" / path).read_bytes() == (folder / path).read_bytes()
    (folder / "one.txt").unlink()
    rclone("sync", "folder", "awsim:rclone-step")
    assert rclone("lsf", "awsim:rclone-step") == "big\nsub/\n"


def test_an_object_is_moved_linked_and_purged(rclone: Callable[..., str], tmp_path: Path):
    (tmp_path / "cat").write_text("tom")
    rclone("copyto", "cat", "awsim:rclone-move/a cat")
    rclone("moveto", "awsim:rclone-move/a cat", "awsim:rclone-move/b")
    assert rclone("cat", "awsim:rclone-move/b") == "tom"
    with urllib.request.urlopen(rclone("link", "awsim:rclone-move/b", "--expire", "1h").strip()) as answer:
        assert answer.read() == b"tom"
    rclone("purge", "awsim:rclone-move")
    assert "rclone-move" not in rclone("lsd", "awsim:")
