"""How the command line begins."""

from __future__ import annotations

import subprocess
import sys

import pytest

import awsim
from awsim.cli.main import main


def test_python_m_awsim_is_awsim():
    answer = subprocess.run([sys.executable, "-m", "awsim", "--version"], capture_output=True, text=True, check=True)
    assert answer.stdout == f"awsim, version {awsim.__version__}\n"


def test_help_lists_the_commands(run):
    answer = run("--help")
    assert answer.exit_code == 0
    assert "What is simulated" in answer.output
    assert "Begin a provider of SERVICE" in answer.output


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_its_extra_it_says_which_to_install(monkeypatch, capsys, missing):
    for name in list(sys.modules):
        if name.partition(".")[0] == missing or name in ("awsim.cli.commands", "awsim.cli.tables"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SystemExit) as ended:
        main(["coverage"])
    assert ended.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == 'awsim: the command line needs an extra; install it with: pip install "awsim[cli]"\n'


def test_another_import_that_fails_is_not_taken_for_the_extra(monkeypatch):
    monkeypatch.delitem(sys.modules, "awsim.cli.commands")
    monkeypatch.setitem(sys.modules, "awsim.cli.coverage", None)
    with pytest.raises(ImportError, match=r"awsim\.cli\.coverage"):
        main(["coverage"])
