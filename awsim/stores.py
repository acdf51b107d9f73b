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
from collections.abc import Iterable
from typing import Any, ClassVar

import attrs


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

    __slots__ = ("_buffers", "_bytes", "_detached", "_lock", "_store")

    def __init__(self, store: Store) -> None:
        self._store: Store | None = store
        self._bytes: bytes | None = None
        #: What is long and never changes, by reference: all copies share it.
        self._buffers: list[pickle.PickleBuffer] = []
        self._detached = False
        self._lock = threading.Lock()

    def detach(self) -> None:
        """Keep a copy instead of the store itself, which may change from now on. Pickled in memory only; what is read
        from files never is."""
        with self._lock:
            if self._detached:
                return
            try:
                self._buffers = []
                self._bytes = pickle.dumps(self._store, pickle.HIGHEST_PROTOCOL, buffer_callback=self._keep)
                self._store = None
            except (pickle.PicklingError, AttributeError, TypeError):
                # A store class that is local to a function, as in tests: ten times slower to copy, but it can be.
                self._store = copy.deepcopy(self._store)
            self._detached = True

    def _keep(self, buffer: pickle.PickleBuffer) -> None:
        self._buffers.append(buffer)

    def peek(self) -> Store:
        """The store to look at, and not to change."""
        with self._lock:
            store = self._store
        return store if store is not None else self.thaw()

    def thaw(self) -> Store:
        """A copy to change."""
        self.detach()
        store: Any = copy.deepcopy(self._store) if self._bytes is None else _loads(self._bytes, self._buffers)
        return store  # type: ignore[no-any-return]  # what was dumped above


def _loads(data: bytes, buffers: list[pickle.PickleBuffer]) -> Any:
    """What was dumped above. The garbage collector is held off: it would go through the growing copy over and over,
    which takes as long as making it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return pickle.loads(data, buffers=buffers)  # noqa: S301
    finally:
        if was_enabled:
            gc.enable()
