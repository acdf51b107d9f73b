"""s3cmd, which signs for a region by the name of US, set up as the documentation says."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.clients.conftest import CLIENTS, program

CONFIGURATION = """\
[default]
access_key = test
secret_key = test
host_base = {host}
host_bucket = {host}
use_https = False
"""


@pytest.fixture
def s3cmd(environ: dict[str, str], tmp_path: Path) -> Callable[..., str]:
    command = CLIENTS / "python" / "bin" / "s3cmd"
    if not command.exists():
        pytest.skip(f"s3cmd is not in {CLIENTS}; `python -m tests.clients.install` puts it there")
    host = urlsplit(environ["AWS_ENDPOINT_URL"]).netloc
    (tmp_path / "s3cfg").write_text(CONFIGURATION.format(host=host))
    return program(str(command), "--config", "s3cfg", "--no-progress", folder=tmp_path, environ=environ)


def test_a_folder_goes_there_and_back(s3cmd: Callable[..., str], tmp_path: Path):
    folder = tmp_path / "folder"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "two ü.txt").write_text("two")
    (folder / "big").write_bytes(os.urandom(16_000_000))  # in parts
    s3cmd("mb", "s3://s3cmd-bucket")
    s3cmd("sync", "folder/", "s3://s3cmd-bucket/")
    s3cmd("cp", "s3://s3cmd-bucket/big", "s3://s3cmd-bucket/copy")
    s3cmd("mv", "s3://s3cmd-bucket/copy", "s3://s3cmd-bucket/moved")
    s3cmd("settagging", "s3://s3cmd-bucket/moved", "kind=cat")
    assert "kind:\tcat" in s3cmd("gettagging", "s3://s3cmd-bucket/moved")
    (tmp_path / "back").mkdir()
    s3cmd("sync", "s3://s3cmd-bucket/", "back/")
    found = {
        str(path.relative_to(tmp_path / "back")): path for path in (tmp_path / "back").rglob("*") if path.is_file()
    }
    assert sorted(found) == ["big", "moved", "sub/two ü.txt"]
    assert found["moved"].read_bytes() == found["big"].read_bytes() == (folder / "big").read_bytes()
    s3cmd("rb", "--recursive", "s3://s3cmd-bucket")
    assert "s3cmd-bucket" not in s3cmd("ls")
