"""State that outlives its server: checkpoints now and then, and a journal of the calls since the last.

Owns when what is written. A call is put in a list under the Cloud's lock, which costs it a few microseconds; a thread
writes the list several times a second. A checkpoint is made by a forked process, which has all state as it was at that
moment for itself, while calls go on; where there is no fork, calls wait for it. Knows the Gateway, and no service.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from awsim import waiting
from awsim.errors import ServiceException
from awsim.gateway.chain import Handler, HandlerChain
from awsim.protocol.http import Request, Response
from awsim.server.messages import WireRequest
from awsim.server.persist_checkpoint import Checkpoints
from awsim.server.persist_folder import StateDirError, StateFolder
from awsim.server.persist_journal import CallEntry, ClockEntry, DueEntry, Entry, GapEntry, Journal, ResetEntry
from awsim.server.persist_recovery import recover
from awsim.waiting import MustWaitError, RealWaits

if TYPE_CHECKING:
    from awsim.cloud import Cloud
    from awsim.context import RequestContext

logger = logging.getLogger("awsim.server")

#: How often the journal is written, in seconds: what is done again after a crash ends at most so long before it.
TICK_SECONDS = 0.2
#: A checkpoint is made when the journal has so many entries, or bytes, or is so old: reading it takes time at a start.
ENTRIES_MAX = 5_000
JOURNAL_SIZE_MAX = 16 * 1024**2
AGE_SECONDS_MAX = 60.0
#: Making one after another costs at most one part in so many of a core.
_PAUSE_FACTOR = 4
#: When to try again after a failure, in seconds.
_RETRY_SECONDS = 2.0
#: What may wait for a disk that takes nothing, in bytes of bodies and in entries.
_WAITING_SIZE_MAX = 256 * 1024**2
_WAITING_ENTRIES_MAX = 100_000

#: Not on macOS, whose own libraries do not bear it, and not on Windows, which has no fork: there calls wait meanwhile.
_CAN_FORK = hasattr(os, "fork") and sys.platform != "darwin"

#: Control endpoints that forget all state, and those that change nothing that is kept.
_RESETS = frozenset({"/_awsim/reset", "/_localstack/state/reset", "/moto-api/reset"})
_NOT_KEPT = ("/_awsim/faults", "/_awsim/calls")
#: Operations that change nothing, by how their names begin; one that draws an identifier is kept all the same.
_READS = ("Get", "List", "Describe", "Head", "BatchGet", "Query", "Scan", "Select")


class Persistence:
    """Keeps a Cloud's state in a folder, from what the folder has on. Raises StateDirError, and then nothing has
    changed."""

    def __init__(self, path: Path, cloud: Cloud) -> None:
        self._folder = StateFolder(path)
        self._checkpoints = Checkpoints(self._folder)
        self._cloud = cloud
        self._closing = threading.Event()
        self._child: tuple[int, int, int, float] | None = None
        #: The threads in whose calls other calls are made, which are done again with them.
        self._busy: set[int] = set()
        #: Whether the journal tells already that what follows cannot be done again.
        self._has_gap = False
        self._wants_checkpoint = False
        #: Before when none is made: after a failure, and, for the journal's size alone, after another.
        self._not_before = self._pause_until = 0.0
        self._is_failing = False
        #: Each journal that is not all written yet and what is still to be written to it; the last one grows.
        self._journals: list[tuple[Journal, list[Entry]]] = []
        self._bodies: dict[int, set[str]] = {}
        try:
            self._begin()
        except OSError as error:
            self._folder.close()
            raise StateDirError(f"cannot keep state in {path}: {error.strerror or error}") from None
        except BaseException:
            self._folder.close()
            raise
        self._wrap(cloud)
        self._thread = threading.Thread(target=self._run, name="awsim-state", daemon=True)
        self._thread.start()

    def _begin(self) -> None:
        started = time.monotonic()
        cloud = self._cloud
        before = cloud.snapshot()
        try:
            found = recover(self._folder, self._checkpoints, cloud)
        except BaseException:
            cloud.restore(before)
            raise
        self._number = found.checkpoint or 1
        self._committed = found.checkpoint
        self._checkpoint_at = time.monotonic()
        if not found.checkpoint or found.is_damaged:
            self._number = found.highest + 1
            self._checkpoints.write(self._number, cloud)
            self._folder.commit(self._number, os.getpid())
            self._committed = self._number
            self._folder.forget_before(found.checkpoint)
        self._folder.clear_unfinished()
        self._entries: list[Entry] = []
        self._open_journal()
        if found.checkpoint:
            logger.info(
                "took the state of %s, with %d calls since its checkpoint, in %.1f s",
                self._folder.path,
                found.entry_count,
                time.monotonic() - started,
            )
        if cloud.fallback is not None:
            logger.warning("what moto answers cannot be kept: after a restart it begins anew")

    # -- what calls do -----------------------------------------------------------------------------------------------

    def keep(self, cloud: Cloud) -> None:
        """Keep another Cloud's state from now on."""
        self._cloud = cloud
        self._wrap(cloud)
        self.mark_gap()

    def mark_gap(self) -> None:
        """Something changes that is no call of the server's: a checkpoint is made soon."""
        with self._cloud.lock:
            if not self._has_gap:
                self._entries.append(GapEntry())
            self._has_gap = self._wants_checkpoint = True

    def run_due(self, cloud: Cloud) -> None:
        """Run a Cloud's due work, and keep that it ran."""
        with cloud.lock:
            until = cloud.clock.time()
            thread = threading.get_ident()
            self._busy.add(thread)
            cloud.clock.held_at = until
            try:
                if cloud.run_due(until):
                    self._entries.append(DueEntry(until))
            finally:
                cloud.clock.held_at = None
                self._busy.discard(thread)

    def control(self, request: Request, answer: Callable[[], Response]) -> Response:
        """Have a control endpoint answer, and keep what it changed."""
        path, cloud = request.path, self._cloud
        if path.startswith(_NOT_KEPT):
            return answer()
        if path != "/_awsim/clock" and path not in _RESETS:
            self.mark_gap()
            try:
                return answer()
            finally:
                self.mark_gap()
        with cloud.lock:
            thread = threading.get_ident()
            self._busy.add(thread)  # what comes due is done again with the clock
            try:
                response = answer()
            finally:
                self._busy.discard(thread)
            if response.status_code < 300:
                clock = cloud.clock
                self._entries.append(ResetEntry() if path in _RESETS else ClockEntry(clock.time(), *clock.get_state()))
        return response

    def _wrap(self, cloud: Cloud) -> None:
        def wrap(inner: Handler) -> Handler:
            def dispatch(chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
                thread = threading.get_ident()
                if self._closing.is_set() or context.cloud is not self._cloud or thread in self._busy:
                    inner(chain, context, response)
                    return
                with cloud.lock:
                    self._busy.add(thread)
                    try:
                        self._dispatch(inner, chain, context, response)
                    finally:
                        self._busy.discard(thread)

            return dispatch

        cloud.gateway.wrap_dispatch(wrap)

    def _dispatch(self, inner: Handler, chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
        """Have a call answered, and keep it if it changed something."""
        ids, clock = self._cloud.ids, self._cloud.clock
        drawn, moment = ids.draw_count, clock.time()
        if not isinstance(waiting.here.policy, RealWaits):
            clock.held_at = moment  # identifiers that are made of the time come out the same when it is done again
        try:
            inner(chain, context, response)
        except MustWaitError:
            raise  # it starts anew in another thread
        except BaseException as error:
            # What AWS refuses has changed nothing, but what was drawn for it is gone.
            if ids.draw_count != drawn or not isinstance(error, ServiceException):
                self._keep_call(context, moment, ids.draw_count - drawn)
            raise
        finally:
            clock.held_at = None
        assert context.operation is not None
        if ids.draw_count != drawn or not context.operation.name.startswith(_READS):
            self._keep_call(context, moment, ids.draw_count - drawn)

    def _keep_call(self, context: RequestContext[Any], moment: float, draw_count: int) -> None:
        request = context.origin or context.request
        if request.__class__ is not WireRequest:
            self.mark_gap()
        elif context.tier == "simulated":
            ended = self._cloud.clock.time()
            if ended - moment > 0.05:
                moment = ended  # it has waited, and did its work at the end
            self._entries.append(CallEntry(request.scope, request.sent, moment, draw_count))

    # -- what the thread does ----------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing.wait(TICK_SECONDS):
            try:
                self._tick()
            except Exception:
                logger.exception("keeping state failed; it is tried again")
                self._not_before = time.monotonic() + _RETRY_SECONDS

    def _tick(self) -> None:
        self._flush()
        self._reap()
        if self._child is None and self._is_checkpoint_due():
            self._start_checkpoint()

    def _flush(self) -> None:
        """Write what calls have left, in order."""
        try:
            while True:
                journal, entries = self._journals[0]
                journal.write(entries)
                if len(self._journals) == 1:
                    break
                journal.close()
                del self._journals[0]
        except OSError as error:
            self._tell_failure(error)
            self._drop_surplus()
        else:
            if self._is_failing:
                self._is_failing = False
                logger.info("%s takes state again; nothing was lost", self._folder.path)

    def _tell_failure(self, error: OSError) -> None:
        if not self._is_failing:
            self._is_failing = True
            logger.error(
                "cannot write state to %s: %s; calls go on, and it is tried again",
                self._folder.path,
                error.strerror or error,
            )

    def _drop_surplus(self) -> None:
        """Rather than fill the memory, give up what waits for the disk: a checkpoint will have it."""
        entries = self._entries
        size = sum(len(entry.body) for entry in tuple(entries) if isinstance(entry, CallEntry))
        if size > _WAITING_SIZE_MAX or len(entries) > _WAITING_ENTRIES_MAX:
            with self._cloud.lock:
                entries[:] = [GapEntry()]
                self._has_gap = self._wants_checkpoint = True

    def _is_checkpoint_due(self) -> bool:
        now = time.monotonic()
        if now < self._not_before:
            return False
        if self._wants_checkpoint:
            return True
        journal = self._journals[-1][0]
        return now >= self._pause_until and (
            journal.entry_count >= ENTRIES_MAX
            or journal.size >= JOURNAL_SIZE_MAX
            or (journal.entry_count > 0 and now - self._checkpoint_at >= AGE_SECONDS_MAX)
        )

    def _open_journal(self) -> None:
        journal = Journal(self._folder, self._number)
        self._bodies[self._number] = journal.bodies
        self._journals.append((journal, self._entries))

    def _start_checkpoint(self) -> None:
        started = time.monotonic()
        with self._cloud.lock:
            self._number += 1
            self._entries = []
            self._open_journal()
            is_urgent = self._wants_checkpoint
            self._has_gap = self._wants_checkpoint = False
            self._checkpoint_at = started
            if _CAN_FORK:
                process_id, pipe = _fork(
                    lambda: self._checkpoints.write(self._number, self._cloud), niceness=0 if is_urgent else 5
                )
                self._child = process_id, pipe, self._number, started
                return
            try:
                self._checkpoints.write(self._number, self._cloud)
            except OSError as error:
                self._checkpoint_failed(error.strerror or str(error))
                return
        self._checkpoint_done(self._number, os.getpid(), started)

    def _reap(self) -> None:
        """See whether the process is done that makes a checkpoint."""
        if self._child is None:
            return
        process_id, pipe, number, started = self._child
        ended, status = os.waitpid(process_id, os.WNOHANG)
        if not ended:
            return
        self._child = None
        with os.fdopen(pipe, "rb") as file:
            said = file.read().decode(errors="replace")
        if status == 0:
            self._checkpoint_done(number, process_id, started)
        else:
            self._checkpoint_failed(said or f"the process that writes it ended with {status}")

    def _checkpoint_done(self, number: int, process_id: int, started: float) -> None:
        try:
            self._commit(number, process_id)
        except OSError as error:
            self._checkpoint_failed(error.strerror or str(error))
            return
        self._pause_until = time.monotonic() + _PAUSE_FACTOR * (time.monotonic() - started)

    def _checkpoint_failed(self, why: str) -> None:
        logger.error("no checkpoint of the state could be made: %s; it is tried again", why)
        self._not_before = time.monotonic() + _RETRY_SECONDS
        self._wants_checkpoint = True

    def _commit(self, number: int, process_id: int) -> None:
        self._folder.commit(number, process_id)
        # What is older than the checkpoint before this one has had its time; that one stays, with the calls since.
        before, self._committed = self._committed, number
        self._folder.forget_before(before)
        self._bodies = {each: names for each, names in self._bodies.items() if each >= before}
        kept = set().union(*self._bodies.values())
        for each in self._folder.numbers("checkpoint"):
            try:
                kept |= self._checkpoints.bodies(each)
            except StateDirError:
                return  # of a damaged one it is not known what it needs
        self._folder.forget_bodies_but(kept)

    # -- the end -----------------------------------------------------------------------------------------------------

    def close(self) -> str | None:
        """Write all that is to be written, and let go of the folder. What went wrong, where something did."""
        self._closing.set()
        self._thread.join()
        try:
            with self._cloud.lock:
                self._flush()
                if self._child is not None:
                    process_id, pipe, number, started = self._child
                    self._child = None
                    _, status = os.waitpid(process_id, 0)
                    os.close(pipe)
                    if status == 0:
                        self._checkpoint_done(number, process_id, started)
                if self._wants_checkpoint or self._journals[-1][0].entry_count or len(self._journals) > 1:
                    self._number += 1
                    self._checkpoints.write(self._number, self._cloud)
                    self._commit(self._number, os.getpid())
        except OSError as error:
            problem = f"the last state could not be written to {self._folder.path}: {error.strerror or error}"
            logger.error(problem)
            return problem
        finally:
            for journal, _ in self._journals:
                journal.close()
            self._folder.close()
        return None


def _fork(write: Callable[[], None], niceness: int) -> tuple[int, int]:
    """Start a process that writes the state as it is now: its id, and the end of a pipe that says what went wrong."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python warns of forks beside other threads: the child takes no lock of theirs, and starts no program.
        warnings.simplefilter("ignore", DeprecationWarning)
        process_id = os.fork()
    if process_id:
        os.close(writing)
        return process_id, reading
    status = 1
    try:
        gc.disable()
        # The server's sockets are not the child's: it may outlive a server that is killed.
        os.closerange(3, writing)
        os.closerange(writing + 1, _descriptors_max())
        os.nice(niceness)
        write()
        status = 0
    except BaseException as error:
        os.write(writing, str(getattr(error, "strerror", None) or f"{type(error).__name__}: {error}").encode()[:4000])
    finally:
        os._exit(status)


def _descriptors_max() -> int:
    return min(int(os.sysconf("SC_OPEN_MAX")), 1 << 20)
