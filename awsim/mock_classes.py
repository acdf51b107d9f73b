"""mock_aws over a test class: pytest's and unittest's."""

from __future__ import annotations

import functools
import inspect
import unittest
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from awsim.cloud import Cloud

C = TypeVar("C", bound=type)


class Mock(Protocol):
    """What a class is decorated with: a mock of which each test gets another."""

    def another(self, cloud: Cloud | None = None) -> Any:
        """The same mock, not entered yet, and of this Cloud if one is given."""

    def decorate(self, function: Any) -> Any:
        """A function that runs in a Cloud of its own."""


def decorate_class(cls: C, mock: Mock) -> C:
    """Give each test of a class a Cloud of its own, which its set-up shares. The class itself is returned."""
    if issubclass(cls, unittest.TestCase):
        _decorate_test_case(cls, mock)
    else:
        _decorate_plain(cls, mock)
    return cls


def _decorate_test_case(cls: Any, mock: Mock) -> None:
    """setUp, test and tearDown run in one Cloud. What setUpClass makes is there in each test, as a fork of it."""
    if "setUpClass" in cls.__dict__ or any("setUpClass" in base.__dict__ for base in cls.__mro__[1:-1]):
        set_up_class = cls.setUpClass.__func__

        def in_class_cloud(klass: Any) -> None:
            class_mock = mock.another()
            klass._awsim_class_mock = class_mock
            class_mock.start()
            klass.addClassCleanup(class_mock.stop)
            set_up_class(klass)

        cls.setUpClass = classmethod(in_class_cloud)
    run = cls.run

    @functools.wraps(run)
    def in_cloud(self: Any, result: Any = None) -> Any:
        class_mock = getattr(type(self), "_awsim_class_mock", None)
        test_mock = mock.another() if class_mock is None else mock.another(class_mock.cloud.fork())
        with test_mock as self._awsim_cloud:
            return run(self, result)

    cls.run = in_cloud


_SET_UPS = ("setup_method", "setup")
_TEAR_DOWNS = ("teardown_method", "teardown")


def _decorate_plain(cls: Any, mock: Mock) -> None:
    """Each ``test*`` method runs in a Cloud; with a setup_method, from there until teardown_method."""
    set_up = next((name for name in _SET_UPS if callable(getattr(cls, name, None))), None)
    if set_up is not None:
        tear_down = next((name for name in _TEAR_DOWNS if callable(getattr(cls, name, None))), None)
        default = "teardown_method" if set_up == "setup_method" else "teardown"
        _share_from_set_up(cls, mock, set_up, tear_down or default)
        return
    for name in dir(cls):
        if name.startswith("test"):
            _replace(cls, name, mock.decorate)


def _share_from_set_up(cls: Any, mock: Mock, set_up: str, tear_down: str) -> None:
    # pytest gives the test's method to what takes an argument by its code, without which the class's own may do.
    def starting(function: Callable[..., Any]) -> Callable[..., Any]:
        takes_method = _takes_method(function)

        @functools.wraps(function)
        def wrapper(self: Any, method: Any = None) -> Any:
            self._awsim_mock = mock.another()
            self._awsim_mock.start()
            try:
                return function(self, method) if takes_method else function(self)
            except BaseException:
                self._awsim_mock.stop()
                raise

        return wrapper

    def stopping(function: Callable[..., Any]) -> Callable[..., Any]:
        takes_method = _takes_method(function)

        @functools.wraps(function)
        def wrapper(self: Any, method: Any = None) -> Any:
            try:
                return function(self, method) if takes_method else function(self)
            finally:
                self._awsim_mock.stop()

        return wrapper

    def nothing(self: Any, method: Any = None) -> None:
        """No tear-down of the class's own."""

    if not callable(getattr(cls, tear_down, None)):
        setattr(cls, tear_down, nothing)
    _replace(cls, set_up, starting)
    _replace(cls, tear_down, stopping)


def _takes_method(function: Callable[..., Any]) -> bool:
    """Whether a set-up or a tear-down takes the test's method beside itself."""
    kinds = [each.kind for each in inspect.signature(function).parameters.values()]
    return len([kind for kind in kinds if kind is not inspect.Parameter.KEYWORD_ONLY]) > 1


def _replace(cls: Any, name: str, decorate: Callable[[Any], Any]) -> None:
    """Decorate a method in the class itself, staying a static or class method if it is one."""
    attribute = inspect.getattr_static(cls, name)
    if isinstance(attribute, (staticmethod, classmethod)):
        setattr(cls, name, type(attribute)(decorate(attribute.__func__)))
    elif inspect.isfunction(attribute):
        setattr(cls, name, decorate(attribute))
