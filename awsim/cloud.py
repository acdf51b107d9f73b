"""The Cloud: all state of one simulated AWS.

Owns stores, clock, ids, schedule, settings, services and the gateway. Nothing mutable of the simulator lives elsewhere,
so dropping a Cloud resets everything.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

from awsim import waiting
from awsim.aws.regions import partition_of
from awsim.calls import Calls
from awsim.clients import Clients
from awsim.clock import Clock
from awsim.context import RequestContext
from awsim.errors import MisuseError
from awsim.gateway.gateway import Gateway
from awsim.ids import Ids
from awsim.operation_pattern import check_service
from awsim.schedule import Due, Schedule, Task
from awsim.services.plugins import ServiceManager
from awsim.settings import Settings
from awsim.stores import FrozenStore, Scope, Store, StoreKey

if TYPE_CHECKING:
    from awsim.canned_results import CannedResults
    from awsim.fallback.fallback import Fallback
    from awsim.faults import Faults
    from awsim.recorder import Recorder
    from awsim.replay import Replay
    from awsim.transitions import Transitions

S = TypeVar("S", bound=Store)


@attrs.frozen(order=True)
class Resource:
    """Something that exists in a Cloud: ``Resource("sqs", "queue", "arn:aws:sqs:us-east-1:123456789012:orders")``."""

    service: str
    type: str
    arn: str

    def __str__(self) -> str:
        return f"{self.service} {self.type} {self.arn}"


@attrs.frozen
class Snapshot:
    """A Cloud's state at one moment, in memory; opaque, and not changed by what the Cloud does later."""

    _stores: dict[StoreKey, FrozenStore] = attrs.field(repr=False)
    _ids: tuple[object, object] = attrs.field(repr=False)
    _schedule: tuple[int, list[Due]] = attrs.field(repr=False)
    _clock: tuple[float, float | None] = attrs.field(repr=False)
    _fallback: Any = attrs.field(default=None, repr=False)


class Cloud(Clients):
    """One simulated AWS. Made by :func:`awsim.mock_aws`, the ``aws`` fixture, or by hand."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings if settings is not None else Settings.from_environment()
        #: What is in use. Stores are asked for with :meth:`store`.
        self.stores: dict[StoreKey, Store] = {}
        # Where a store starts that is not in use yet: what a fork or a snapshot left.
        self._frozen: dict[StoreKey, FrozenStore] = {}
        self.ids = Ids(self.settings.seed, self._check_identifier)
        self.schedule = Schedule(self._run_task)
        self.clock = Clock(self.run_due, on_move=self._notify_waits)
        self.services = ServiceManager(self.settings)
        #: Held around every provider call; released while an operation waits.
        self.lock = threading.RLock()
        self._changed = threading.Condition(self.lock)
        self._waiting = 0
        #: The last calls: ``aws.calls.assert_called("sqs.SendMessage", times=1)``.
        self.calls = Calls(self.settings)
        self._faults: Faults | None = None
        self._results: CannedResults | None = None
        #: The rules of :attr:`transitions`; None while there has been none, so that services need not ask.
        self.known_transitions: Transitions | None = None
        #: What answers in place of providers that awsim does not have; None where none is asked for.
        self.fallback: Fallback | None = None
        if self.settings.fallback:
            from awsim.fallback.fallback import Fallback

            self.fallback = Fallback(self)
        self.gateway = Gateway(self)

    # -- state -------------------------------------------------------------------------------------------------------

    def store(self, store_class: type[S], account_id: str, region: str) -> S:
        """The one instance of a store for an account and region, made when first asked for."""
        scope = store_class.scope
        if scope is Scope.REGION:
            key: StoreKey = (store_class, account_id, region)
        elif scope is Scope.ACCOUNT:
            key = (store_class, account_id, partition_of(region))
        else:
            key = (store_class, "", partition_of(region))
        store = self.stores.get(key)
        if store is None:
            store = self._new_store(key)
        return store  # type: ignore[return-value]  # keyed by its class

    def _new_store(self, key: StoreKey) -> Store:
        with self.lock:
            store = self.stores.get(key)
            if store is None:
                frozen = self._frozen.get(key)
                store = self.stores[key] = frozen.thaw() if frozen is not None else key[0]()
            return store

    def _freeze(self) -> dict[StoreKey, FrozenStore]:
        """All stores as they are now. They are copied when they are next touched, here or in a fork; an operation that
        waits has its store in hand, so then those in use are copied at once."""
        in_use = {key: FrozenStore(store) for key, store in self.stores.items()}
        frozen = {**self._frozen, **in_use}
        if self._waiting:
            for store in in_use.values():
                store.detach()
        else:
            self.stores = {}
            self._frozen = frozen
        return frozen

    def reset(self) -> None:
        """Forget all state, as a new Cloud of the same settings would have none."""
        with self.lock:
            self.stores = {}
            self._frozen = {}
            self.ids = Ids(self.settings.seed, self._check_identifier)
            self.schedule = Schedule(self._run_task)
            self.clock.set_state((0.0, None))
            self.services = ServiceManager(self.settings)
            self.calls.clear()
            if self.fallback is not None:
                self.fallback.set_state(None)
            if self._faults is not None:
                self._faults.clear()
            if self._results is not None:
                self._results.clear()
            if self.known_transitions is not None:
                self.known_transitions.clear()

    def fork(self) -> Cloud:
        """A Cloud that starts with this one's state and then goes its own way, as this one does. Costs next to nothing:
        a store is copied when either first touches it."""
        child = Cloud(attrs.evolve(self.settings))
        child.restore(self.snapshot())
        if self.known_transitions is not None:
            child.transitions.copy_rules(self.known_transitions)
        return child

    def snapshot(self) -> Snapshot:
        """The state now, to go back to with :meth:`restore`. Costs next to nothing, as :meth:`fork`."""
        with self.lock:
            fallback = self.fallback.get_state() if self.fallback is not None else None
            return Snapshot(
                self._freeze(), self.ids.get_state(), self.schedule.get_state(), self.clock.get_state(), fallback
            )

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot, of this Cloud or of another. Raises MisuseError for anything else."""
        if not isinstance(snapshot, Snapshot):
            raise MisuseError(f"restore() takes what snapshot() gave, not {snapshot!r}; files are read by load()")
        with self.lock:
            self.stores = {}
            self._frozen = snapshot._stores
            self.ids.set_state(snapshot._ids)
            self.schedule.set_state(snapshot._schedule)
            self.clock.set_state(snapshot._clock)
            if self.fallback is not None:
                self.fallback.set_state(snapshot._fallback)
            self._find_transitions()

    def replace_state(
        self, stores: dict[StoreKey, Store], schedule: tuple[int, list[Due]], clock: tuple[float, float | None]
    ) -> None:
        """Take this state instead; for what reads it from elsewhere."""
        with self.lock:
            self.stores = stores
            self._frozen = {}
            self.schedule.set_state(schedule)
            self.clock.set_state(clock)
            if self.fallback is not None:
                self.fallback.set_state(None)
            self._find_transitions()

    def touch_all(self) -> None:
        """Bring every store into use."""
        for key in self._frozen:
            self._new_store(key)

    def save(self, path: str | Path) -> None:
        """Write the state to a file, in a safe, versioned, diffable format (JSON; needs the extra ``snapshot``)."""
        from awsim.snapshot import write_snapshot

        if self.fallback is not None and not self.fallback.is_empty:
            raise MisuseError("moto answered calls of this Cloud, and what it made cannot be saved to a file")
        with self.lock:
            self.touch_all()
            write_snapshot(self, Path(path))

    def load(self, path: str | Path) -> None:
        """Take the state of a file that :meth:`save` wrote instead of this one.

        Raises :class:`awsim.snapshot.SnapshotError` for a file that is not one, and then nothing has changed. Reading
        a file never runs code from it.
        """
        from awsim.snapshot import read_snapshot

        with self.lock:
            read_snapshot(self, Path(path))

    # -- time and later work -----------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Run, in the caller's thread, the work that has come due; threads of a transport leave it to the transport."""
        next_due = self.schedule.next_due_time
        if next_due is not None and next_due <= self.clock.time() and waiting.here.policy is None:
            with self.lock:
                self.schedule.run_due(self.clock.time())

    def wait(self, seconds: float, ready: Callable[[], bool], next_due: Callable[[], float | None]) -> None:
        """Wait, inside an operation, until ``ready()`` or until ``seconds`` have passed.

        In-process a wait does not sleep: AWS's clock moves to the next moment at which something can change, if that
        lies within the wait, and else the wait is over at once. ``next_due`` tells that moment for the operation's own
        resources, in epoch seconds; the Cloud's schedule is looked at too. With ``Settings.real_waits``, and for the
        server's callers, it sleeps, and lets others in meanwhile (the lock is given up, however deeply it is held).

        An operation waits before it changes anything: a thread that must not wait starts it anew in another.
        """
        deadline = self.clock.time() + seconds
        policy = waiting.here.policy
        is_real = policy is not None or self.settings.real_waits
        slept = 0.0  # of a clock that stands still nothing can be told
        while not ready():
            if policy is not None and policy.is_over:
                return
            now = self.clock.time()
            moments = [moment for moment in (next_due(), self.schedule.next_due_time) if moment is not None]
            moment = min(moments, default=None)
            if is_real:
                if now >= deadline or slept >= seconds:
                    return
                until = deadline if moment is None else min(deadline, max(moment, now + 0.001))
                self._waiting += 1
                try:
                    if not self._changed.wait(until - now):
                        slept += until - now
                finally:
                    self._waiting -= 1
            elif moment is None or moment > deadline:
                return
            elif moment <= now:
                # Something is said to be due already; if the schedule has nothing to run, waiting longer is in vain.
                if not self.run_due(now):
                    return
            else:
                self.clock.move_to(moment)

    def notify(self) -> None:
        """Wake real waits: something may have become ready. The gateway calls it after each operation while there are
        any."""
        with self.lock:
            self._changed.notify_all()

    @property
    def is_waited_in(self) -> bool:
        """Whether an operation waits for real."""
        return self._waiting > 0

    def _notify_waits(self) -> None:
        if self._waiting:
            self.notify()

    def run_due(self, until: float) -> bool:
        """Run what is due until a moment, each at its own time. Whether there was anything to run."""
        with self.lock:
            next_due = self.schedule.next_due_time
            if next_due is None or next_due > until:
                return False
            self.schedule.run_due(until, self.clock.jump_to)
            return True

    def _run_task(self, task: Task) -> None:
        service = self.services.require(task.service_name)
        assert service.skeleton is not None
        context: RequestContext[Any] = RequestContext(self, in_process=True)
        context.service_name = task.service_name
        context.service = service.skeleton.service
        context.account_id = task.account_id
        context.region = task.region
        with self.lock:
            service.skeleton.run_task(context, task)

    # -- what a test breaks, and what it sees ------------------------------------------------------------------------

    @property
    def faults(self) -> Faults:
        """Calls that fail on purpose: ``aws.faults.add("sqs.SendMessage", error="ThrottlingException", times=2)``."""
        if self._faults is None:
            from awsim.faults import Faults

            with self.lock:  # two threads may be the first to ask
                self._faults = self._faults or Faults(self)
        return self._faults

    @property
    def has_faults(self) -> bool:
        """Whether a fault may strike a call."""
        return self._faults is not None and len(self._faults) > 0

    @property
    def results(self) -> CannedResults:
        """Answers of your own, for operations that awsim does not simulate or for once:
        ``aws.results.add("bedrock-runtime.InvokeModel", {"body": b"{}"})``."""
        if self._results is None:
            from awsim.canned_results import CannedResults

            with self.lock:
                self._results = self._results or CannedResults(self)
        return self._results

    def record(self, path: str | Path) -> Recorder:
        """Record the calls of a block, with what came of them, in a file: ``with aws.record("orders.json"):``.

        The file is safe, versioned, diffable JSON, and is written at the end of the block; MisuseError where there is
        no folder for it. :func:`awsim.record_aws` records the real AWS in the same form.
        """
        from awsim.recorder import CloudRecorder

        return CloudRecorder(self, path)

    def replay(self, path: str | Path, *, strict: bool = True) -> Replay:
        """Answer the calls of a block from a file that was recorded: ``with aws.replay("orders.json"):``.

        A call that the recording does not have is a ReplayError; with ``strict=False`` the simulated service answers
        it. Raises RecordingError at once for a file that is no recording, of another version or damaged.
        """
        from awsim.replay import Replay

        return Replay(self, path, strict=strict)

    @property
    def transitions(self) -> Transitions:
        """Which resources take their time: ``aws.transitions.set("dynamodb.table", after_seconds=30)``."""
        if self.known_transitions is None:
            from awsim.transitions import Transitions

            with self.lock:
                self.known_transitions = self.known_transitions or Transitions(self)
        return self.known_transitions

    def _find_transitions(self) -> None:
        """A state that was taken over may have resources under way, though this Cloud has no rule."""
        if any(key[0].__name__ == "TransitionStore" for key in (*self.stores, *self._frozen)):
            self.transitions  # noqa: B018  # made when first asked for

    def _check_identifier(self, kind: str) -> None:
        from awsim.resource_kinds import resource_kinds

        resource_kinds(self.services, kind, "identifiers", "has an identifier to choose")

    def resources(self, service_name: str | None = None) -> list[Resource]:
        """What exists, of one service or of all: service, type (``"table"``) and ARN, in that order. Raises MisuseError
        for a service that AWS does not have."""
        from awsim.services.plugins import service_of_store

        found: list[Resource] = []
        with self.lock:
            stores = {**{key: frozen.peek() for key, frozen in self._frozen.items()}, **self.stores}
            for (store_class, _, _), store in stores.items():
                service = service_of_store(store_class)
                if service is not None and service_name in (None, service):
                    found.extend(Resource(service, kind, arn) for kind, arn in store.resources())
        if not found and service_name is not None and not self.services.is_running(service_name):
            check_service(service_name)
        return sorted(found)

    # -- clients -----------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        return f"<Cloud {self.settings.account_id} {self.settings.region}>"
