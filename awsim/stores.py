"""Stores: where the state of a service lives.

A service declares its state as an attrs class; a Cloud keeps one instance per scope. Must not know requests, services
or the Cloud that keeps it.
"""

from __future__ import annotations

import copy
import enum
import gc
import pickle
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import attrs

from awsim.store_templates import NoTemplateError, template_of


class Scope(enum.Enum):
    """How far one instance of a store reaches."""

    REGION = "region"  #: one per account and region (SQS queues)
    ACCOUNT = "account"  #: one per account and partition (IAM users)
    PARTITION = "partition"  #: one per partition (S3 bucket names, access keys)


@attrs.define
class Store:
    """Base of every store. Entities refer to each other across stores by id or ARN, never by object, and hold only
    data (no locks, functions, open files), so that every store can be copied, written out and read back."""

    scope: ClassVar[Scope] = Scope.REGION

    def resources(self) -> Iterable[tuple[str, str]]:
        """What exists, each with its type (``"queue"``) and its ARN, for :meth:`awsim.Cloud.resources`."""
        return ()


#: How a Cloud keys its stores: class, account id ("" for partition-wide), and region or partition.
StoreKey = tuple[type[Store], str, str]


class FrozenStore:
    """A store that nobody changes any more, and from which copies are made when they are needed."""

    __slots__ = ("_lock", "_make", "_store")

    def __init__(self, store: Store) -> None:
        self._store: Store | None = store
        #: Makes a copy, once the store itself is given up.
        self._make: Callable[[], Any] | None = None
        self._lock = threading.Lock()

    def detach(self) -> None:
        """Keep a copy instead of the store itself, which may change from now on."""
        with self._lock:
            if self._store is not None:
                with _collector_held_off():
                    self._make = _maker_of(self._store)
                self._store = None

    def peek(self) -> Store:
        """The store to look at, and not to change."""
        with self._lock:
            store = self._store
        return store if store is not None else self.thaw()

    def thaw(self) -> Store:
        """A copy to change."""
        self.detach()
        assert self._make is not None
        with _collector_held_off():
            store: Store = self._make()
        return store


def _maker_of(store: Store) -> Callable[[], Any]:
    """What makes copies of a store as it is now."""
    try:
        template = template_of(store)
        return lambda: template.make({})
    except (NoTemplateError, RecursionError):
        pass
    # Pickled in memory only; what is read from files never is. What is long and never changes all copies share.
    buffers: list[pickle.PickleBuffer] = []
    try:
        data = pickle.dumps(store, pickle.HIGHEST_PROTOCOL, buffer_callback=buffers.append)
        return lambda: pickle.loads(data, buffers=buffers)  # noqa: S301  # dumped above
    except (pickle.PicklingError, AttributeError, TypeError):
        # A class that is local to a function, as in tests: ten times slower to copy, but it can be.
        kept = copy.deepcopy(store)
        return lambda: copy.deepcopy(kept)


@contextmanager
def _collector_held_off() -> Iterator[None]:
    """The garbage collector would go through a growing copy over and over, which takes as long as making it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
