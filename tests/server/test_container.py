"""The files by which containers are built: what they name is there. Building them needs Docker, which tests do not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from awsim.cli.commands import awsim
from awsim.server.options import ServerOptions

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """The Dockerfile, an instruction a pair."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in text.splitlines() if line]


def test_what_is_copied_is_there_and_not_ignored(instructions: list[tuple[str, str]]):
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    copied = [
        name for kind, rest in instructions if kind == "COPY" and "--from" not in rest for name in rest.split()[:-1]
    ]
    assert copied
    for name in copied:
        assert (ROOT / name).exists()
        assert f"!{name}" in ignored


def test_the_extras_that_are_installed_exist(instructions: list[tuple[str, str]]):
    (extras,) = re.findall(r'"\.\[([\w,]+)\]"', " ".join(rest for _, rest in instructions))
    section = (ROOT / "setup.cfg").read_text().partition("[options.extras_require]")[2].partition("[options.entry")[0]
    assert set(extras.split(",")) <= set(re.findall(r"^(\w+) =$", section, flags=re.MULTILINE))


def test_the_server_starts_as_it_is_told_there(instructions: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch):
    environ = dict(pair.split("=", 1) for kind, rest in instructions if kind == "ENV" for pair in rest.split())
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    options = ServerOptions.from_environment()
    assert (options.host, options.port, options.is_remote) == ("0.0.0.0", 4566, True)
    assert dict(instructions)["EXPOSE"] == "4566"
    assert dict(instructions)["USER"] == "awsim"
    command = [*json.loads(dict(instructions)["ENTRYPOINT"])[1:], *json.loads(dict(instructions)["CMD"])]
    assert CliRunner().invoke(awsim, [*command, "--help"]).exit_code == 0


def test_compose_serves_this_machine_alone():
    yaml = pytest.importorskip("yaml", reason="PyYAML, which only moto brings, is not installed")
    service = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["awsim"]
    assert service["ports"] == ["127.0.0.1:4566:4566"]
    assert {volume.partition(":")[0] for volume in service["volumes"]} == {"state", "./init"}
