"""What is replaced while a Cloud is active is put back as it was, whoever else replaces it meanwhile."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from awsim import mock_aws
from awsim.intercept import patches


class Owner:
    def greet(self) -> str:
        return "hello"


class Heir(Owner):
    pass


def _louder(real: Any) -> Any:
    def greet(self: Any) -> str:
        return str(real(self)) + "!"

    return greet


@pytest.fixture(autouse=True)
def declared() -> Iterator[None]:
    count = len(patches._replacements)
    yield
    del patches._replacements[count:]


def test_it_is_ours_while_a_cloud_is_active() -> None:
    real = Owner.greet
    patches.replace(Owner, "greet", _louder)
    assert Owner().greet() == "hello"
    for _ in range(2):
        with mock_aws():
            assert Owner().greet() == "hello!"
            with mock_aws(), mock_aws(isolated=True):
                assert Owner().greet() == "hello!"
            assert Owner().greet() == "hello!"
        assert Owner.greet is real


def test_what_is_declared_while_a_cloud_is_active_is_ours_at_once() -> None:
    with mock_aws():
        patches.replace(Owner, "greet", _louder)
        assert Owner().greet() == "hello!"
    assert Owner().greet() == "hello"


def test_a_patch_of_the_users_own_stays_below_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    patches.replace(Owner, "greet", _louder)
    with mock_aws():
        pass
    monkeypatch.setattr(Owner, "greet", lambda self: "good day")
    with mock_aws():
        assert Owner().greet() == "good day!"
    assert Owner().greet() == "good day"
    monkeypatch.undo()
    with mock_aws():
        assert Owner().greet() == "hello!"


def test_a_patch_put_above_ours_outlives_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Owner.greet
    patches.replace(Owner, "greet", _louder)
    with mock_aws():
        ours = Owner.greet
        monkeypatch.setattr(Owner, "greet", lambda self: f"<{ours(self)}>")
    assert Owner().greet() == "<hello!>"
    monkeypatch.undo()
    with mock_aws():
        assert Owner().greet() == "hello!"
    assert Owner.greet is real


def test_what_a_class_inherits_it_inherits_again() -> None:
    patches.replace(Heir, "greet", _louder)
    with mock_aws():
        assert (Heir().greet(), Owner().greet()) == ("hello!", "hello")
    assert "greet" not in vars(Heir)


def test_what_is_not_there_is_left_alone_or_added() -> None:
    patches.replace(Owner, "leave", _louder)
    patches.add(Owner, "arrive", lambda nothing: nothing)
    with mock_aws():
        assert not hasattr(Owner, "leave")
        assert vars(Owner)["arrive"] is None
    assert not hasattr(Owner, "arrive")


def test_a_library_is_taken_over_once_it_is_imported_and_again_when_that_is_done_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def module() -> Any:
        made: Any = ModuleType("awsim_example")
        made.greet = lambda self: "hello"
        return made

    def declare(imported: Any) -> None:
        patches.replace(imported, "greet", _louder)

    patches.when_imported("awsim_example", declare)
    with mock_aws():
        pass
    for _ in range(2):
        example = module()
        monkeypatch.setitem(sys.modules, "awsim_example", example)
        with mock_aws():
            assert example.greet(None) == "hello!"
        assert example.greet(None) == "hello"
    patches._awaited.pop(("awsim_example", declare))
