"""A Cloud's time for moto: what moto asks of the clock is answered by the Cloud for which it is at work.

moto's modules ask ``datetime`` and ``time`` in many places. Once a Cloud's clock has been moved, those names are
replaced in moto's modules, and in no others. Without a Cloud at work they tell what they always did.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from types import ModuleType
from typing import Any

from awsim.fallback.moto_world import current_cloud

_real_datetime = dt.datetime
_real_date = dt.date
_real_time = time.time


def bring_time(offset: tuple[float, float | None]) -> None:
    """Have moto's modules, those loaded by now, ask the Cloud for the time, if its clock tells another than the
    process's. ``offset`` is the clock's state.
    """
    if offset == (0.0, None):
        return
    count = len(sys.modules)
    if count == _seen.get("modules"):
        return
    _seen["modules"] = count
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "moto" and isinstance(module, ModuleType):
            _replace(module)


#: How many modules were loaded when they were last gone through: going through them all is slow.
_seen: dict[str, int] = {}


def _replace(module: ModuleType) -> None:
    for name, value in list(vars(module).items()):
        replacement = _replacement(value)
        if replacement is not None:
            setattr(module, name, replacement)


def _replacement(value: Any) -> Any:
    if value is dt:
        return _datetime_module
    if value is time:
        return _time_module
    if value is _real_datetime:
        return CloudDatetime
    if value is _real_date:
        return CloudDate
    if value is _real_time:
        return _cloud_time
    return None


def _cloud_time() -> float:
    cloud = current_cloud()
    return time.time() if cloud is None else cloud.clock.time()


class _Like(type):
    """The class of a stand-in: to all appearances, but for what it overrides, the class in ``real``."""

    real: Any

    def __getattr__(cls, name: str) -> Any:
        return getattr(cls.real, name)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls.real(*args, **kwargs)

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.real)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls.real)


class CloudDatetime(metaclass=_Like):
    """``datetime.datetime`` by a Cloud's clock."""

    real = _real_datetime

    @staticmethod
    def now(tz: dt.tzinfo | None = None) -> dt.datetime:
        return _real_datetime.fromtimestamp(_cloud_time(), tz)

    @staticmethod
    def utcnow() -> dt.datetime:
        return _real_datetime.fromtimestamp(_cloud_time(), dt.timezone.utc).replace(tzinfo=None)

    @staticmethod
    def today() -> dt.datetime:
        return _real_datetime.fromtimestamp(_cloud_time())


class CloudDate(metaclass=_Like):
    """``datetime.date`` by a Cloud's clock."""

    real = _real_date

    @staticmethod
    def today() -> dt.date:
        return _real_datetime.fromtimestamp(_cloud_time()).date()


class _Module:
    """A module with some names replaced."""

    def __init__(self, module: ModuleType, **names: Any) -> None:
        self.__dict__.update(names)
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


_datetime_module = _Module(dt, datetime=CloudDatetime, date=CloudDate)
_time_module = _Module(time, time=_cloud_time)
