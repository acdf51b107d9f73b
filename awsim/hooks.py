"""What runs when a server starts, is ready and shuts down: functions of users and of installed packages.

    from awsim import hooks

    @hooks.on_infra_ready()
    def make_buckets(server):
        server.cloud.client("s3").create_bucket(Bucket="photos")

Besides those of the decorators, the functions of the entry point groups ``awsim.hooks.on_infra_start``,
``awsim.hooks.on_infra_ready`` and ``awsim.hooks.on_infra_shutdown`` run. Higher priorities run first, and what has the
same runs in the order in which it was registered. `awsim serve` runs hooks; a server within a test does not.
"""

from __future__ import annotations

import contextlib
import inspect
import logging
from collections.abc import Callable, Iterable
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

import attrs

logger = logging.getLogger("awsim.hooks")

F = TypeVar("F", bound=Callable[..., Any])


@attrs.frozen
class Hook:
    """A function that was registered."""

    function: Callable[..., Any]
    priority: int = 0

    @property
    def name(self) -> str:
        """``module.function``."""
        named = getattr(self.function, "__qualname__", repr(self.function))
        return f"{getattr(self.function, '__module__', '')}.{named}"

    def __call__(self, *arguments: Any) -> None:
        """Call it with as many of the arguments as it takes."""
        parameters: list[inspect.Parameter] = []
        # Some built-in functions do not tell.
        with contextlib.suppress(TypeError, ValueError):
            parameters = list(inspect.signature(self.function).parameters.values())
        if any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters):
            self.function(*arguments)
        else:
            positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
            self.function(*arguments[: sum(parameter.kind in positional for parameter in parameters)])


class HookPoint:
    """One moment: a decorator that registers functions for it, ``@hooks.on_infra_start(priority=10)``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._hooks: list[Hook] = []

    @property
    def namespace(self) -> str:
        """Its entry point group."""
        return f"awsim.hooks.{self.name}"

    def __call__(self, priority: int = 0) -> Callable[[F], F]:
        """Register a function, which may take the server; it stays as it is."""

        def register(function: F) -> F:
            self._hooks.append(Hook(function, priority))
            return function

        return register

    def remove(self, function: Callable[..., Any]) -> None:
        """Forget a function; harmless for one that is not registered."""
        self._hooks = [hook for hook in self._hooks if hook.function is not function]

    def run(self, *arguments: Any, failed: Callable[[str, Exception], None]) -> None:
        """Run all in order. One that fails is told to ``failed``, and the others run."""
        for hook in self._in_order(failed):
            try:
                hook(*arguments)
            except Exception as error:
                logger.exception("the hook %s of %s failed", hook.name, self.name)
                failed(hook.name, error)

    def _in_order(self, failed: Callable[[str, Exception], None]) -> Iterable[Hook]:
        found = list(self._hooks)
        for entry_point in find_entry_points(self.namespace):
            try:
                function = entry_point.load()
            except Exception as error:
                logger.exception("the hook %s of %s cannot be loaded", entry_point.value, self.name)
                failed(entry_point.value, error)
                continue
            if all(hook.function is not function for hook in found):  # a module may register what it also exports
                found.append(Hook(function, getattr(function, "priority", 0)))
        return sorted(found, key=lambda hook: -hook.priority)


def find_entry_points(group: str) -> Iterable[EntryPoint]:
    """The entry points of a group, by name."""
    return sorted(entry_points(group=group), key=lambda found: found.name)


on_infra_start = HookPoint("on_infra_start")
on_infra_ready = HookPoint("on_infra_ready")
on_infra_shutdown = HookPoint("on_infra_shutdown")
