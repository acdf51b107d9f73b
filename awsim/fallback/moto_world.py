"""moto's state, one for each Cloud.

moto keeps its state in the process, a dictionary of backends for each service. A Cloud's own lies here while nobody is
in moto, and in moto's place during a call: so Clouds do not see each other's, nor a moto that the user runs beside.
Knows moto's dictionaries and its source of chance; nothing of calls.
"""

from __future__ import annotations

import copy
import functools
import threading
import weakref
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any

from awsim.errors import AwsimError

if TYPE_CHECKING:
    from awsim.cloud import Cloud

#: moto is one for the whole process, and so is one call in it at a time.
lock = threading.RLock()


class MotoStateError(AwsimError):
    """moto's state cannot be copied or saved, as awsim's can."""


#: What moto has in use: its dictionaries of backends, one a service, each with what is in it and in its tables.
_Backends = list[tuple[Any, dict[str, Any], list[dict[str, Any]]]]
#: A world and the backends of moto that were in use beside it.
_Outer = tuple["MotoWorld | None", _Backends]
_OUTSIDE: _Outer = (None, [])


class MotoWorld:
    """What moto has made for one Cloud."""

    def __init__(self, cloud: Cloud, state: tuple[_Backends, Any] | None = None) -> None:
        self._cloud = cloud
        self._backends: _Backends = [] if state is None else state[0]
        self._chance: Any = None if state is None else state[1]
        self._depth = 0
        #: What moto was at work for when this world was entered, and on what.
        self._outer: _Outer = _OUTSIDE

    @property
    def is_empty(self) -> bool:
        """Whether moto has made nothing yet."""
        return not self._backends

    def __enter__(self) -> None:
        """Have moto work on this world within the block. Blocks may be nested: moto calls boto3, which calls back."""
        global _current
        lock.acquire()
        try:
            if not self._depth:
                outer = _current, _take_out()
                self._bring_chance()
                _put_in(self._backends)
                self._outer, _current = outer, self
            self._depth += 1
        except BaseException:
            lock.release()
            raise

    def __exit__(self, *_: object) -> None:
        global _current
        try:
            self._depth -= 1
            if self._depth:
                return
            self._backends = _take_out()
            outer, backends = self._outer
            _put_in(backends)
            _current, self._outer = outer, _OUTSIDE
            if outer is not None:
                outer._bring_chance()
        finally:
            lock.release()

    def _bring_chance(self) -> None:
        """Give moto this world's chance, unless it has it still: its state is large."""
        global _chance_of
        before = _chance_of()
        if before is self:
            return
        chance = _moto()[1]
        if before is not None:
            before._chance = chance.getstate()
        chance.setstate(self._chance or _seeded(self._cloud))
        _chance_of = weakref.ref(self)

    def _keep_chance(self) -> Any:
        if _chance_of() is self:
            self._chance = _moto()[1].getstate()
        return self._chance

    def copied_state(self) -> tuple[_Backends, Any]:
        """A copy to keep. Raises MotoStateError."""
        with lock:
            # The dictionaries are moto's own, one a service; what is in them is copied, as one, for it hangs together.
            try:
                contents = copy.deepcopy([(content, tables) for _, content, tables in self._backends])
            except Exception as error:
                raise MotoStateError(
                    "moto answered calls of this Cloud, and what it made cannot be copied, so the Cloud can be neither "
                    f"forked nor snapshotted: {error}"
                ) from error
            places = [place for place, _, _ in self._backends]
            return [(place, *kept) for place, kept in zip(places, contents, strict=True)], self._keep_chance()

    def set_state(self, state: tuple[_Backends, Any]) -> None:
        """Go back to what :meth:`copied_state` kept, which stays as it is."""
        global _chance_of
        self._backends, self._chance = MotoWorld(self._cloud, state).copied_state()
        if _chance_of() is self:
            _chance_of = _nobody


_current: MotoWorld | None = None


def _nobody() -> MotoWorld | None:
    return None


#: Whose chance moto's is: a world, if it is still there.
_chance_of: Callable[[], MotoWorld | None] = _nobody


def current_cloud() -> Cloud | None:
    """The Cloud for which moto is at work; None where it is at work for somebody else."""
    return _current._cloud if _current is not None else None


def _take_out() -> _Backends:
    in_use = _moto()[0]._instances
    found: _Backends = []
    for place in in_use:
        # As plain dictionaries: moto's class would make a backend for whatever is looked up, and takes its time.
        if _length(place) == 1:
            account_id, backend = _pop(place)
            content = {account_id: backend}
        else:
            content = dict(_items(place))
            _clear(place)
        tables = _tables(place) if _table_names.get(type(place), True) else _NO_TABLES
        found.append((place, content, [table.copy() for table in tables] if tables else _NO_TABLES))
        for table in tables:
            table.clear()
    in_use.clear()
    return found


def _put_in(backends: _Backends) -> None:
    _moto()[0]._instances.extend([place for place, _, _ in backends])
    for place, content, tables in backends:
        _update(place, content)
        if tables:
            for table, kept in zip(_tables(place), tables, strict=True):
                table.update(kept)


_pop, _clear, _items, _length, _update = dict.popitem, dict.clear, dict.items, dict.__len__, dict.update


@functools.cache
def _moto() -> tuple[Any, Random]:
    """moto's class of dictionaries of backends, which knows those in use, and its source of chance."""
    from moto.core import base_backend
    from moto.moto_api import _internal

    return base_backend.BackendDict, _internal.mock_random


def _tables(place: dict[str, Any]) -> list[dict[str, Any]]:
    """What a dictionary of backends knows besides them: in which account each bucket is, say."""
    names = _table_names.get(type(place))
    if names is None:
        names = tuple(name for name, value in vars(place).items() if isinstance(value, dict))
        _table_names[type(place)] = names
    return [getattr(place, name) for name in names] if names else _NO_TABLES


_NO_TABLES: list[dict[str, Any]] = []
#: By the class of a dictionary of backends: to look at each one's attributes at each call costs more than the rest.
_table_names: dict[type, tuple[str, ...]] = {}


def _seeded(cloud: Cloud) -> Any:
    return Random(f"awsim:moto:{cloud.settings.seed}").getstate()  # noqa: S311  # repeatable on purpose
