"""A Cloud's state as a server left it in a folder: the last whole checkpoint, and the calls since then done again.

Owns which checkpoint is taken and how calls are done again: at their moments, without waiting, in their order. As every
identifier comes from a seeded stream that is part of the checkpoint, they come out the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import attrs

from awsim.protocol.http import Response
from awsim.server.messages import to_request
from awsim.server.persist_checkpoint import Checkpoints, NewerFormatError
from awsim.server.persist_folder import StateDirError, StateFolder
from awsim.server.persist_journal import CallEntry, ClockEntry, DueEntry, Entry, GapEntry, ResetEntry, read_journal
from awsim.settings import PROBABILITIES, Settings
from awsim.waiting import RealWaits, waiting_by

if TYPE_CHECKING:
    from awsim.cloud import Cloud

logger = logging.getLogger("awsim.server")


@attrs.frozen
class Recovered:
    """What was found: the checkpoint that was taken (0 for none), the highest number in use, how many entries of
    journals were done again, and whether there is something wrong that a new checkpoint puts right."""

    checkpoint: int
    highest: int
    entry_count: int
    is_damaged: bool


def recover(folder: StateFolder, checkpoints: Checkpoints, cloud: Cloud) -> Recovered:
    """Give a Cloud the state that a folder has. Changes nothing in the folder.

    Raises StateDirError where none of its checkpoints can be read, or a journal is damaged.
    """
    numbers, journals = folder.numbers("checkpoint"), folder.numbers("journal")
    if not numbers:
        if journals:
            raise StateDirError(f"{folder.path} has journals and no checkpoint from which they start")
        return Recovered(0, 0, 0, is_damaged=False)
    taken = _newest_whole(checkpoints, numbers, cloud)
    entry_count = 0
    since = [number for number in journals if number >= taken]
    with _settings_of(checkpoints.settings(taken), cloud.settings):
        for number in since:
            done, is_whole = _do_again(folder, number, cloud)
            entry_count += done
            if not is_whole:
                logger.warning("%s: what was changed last, by other ways than calls, is lost", folder.path)
                break
    cloud.calls.clear()
    return Recovered(taken, max(numbers + journals), entry_count, is_damaged=taken != numbers[-1] or bool(since))


def _newest_whole(checkpoints: Checkpoints, numbers: list[int], cloud: Cloud) -> int:
    failures = []
    for number in reversed(numbers):
        try:
            checkpoints.read(number, cloud)
        except NewerFormatError:
            raise
        except StateDirError as error:
            failures.append(error)
        else:
            for failure in failures:
                logger.error("%s; the checkpoint before it is taken", failure)
            return number
    raise failures[0]


@contextmanager
def _settings_of(kept: dict[str, Any], settings: Settings) -> Iterator[None]:
    """Calls are done again as they were first done: for the account and region that held then, and none is refused."""
    held = {**kept, "services": None, **dict.fromkeys(PROBABILITIES, 0.0)}
    before = {name: getattr(settings, name) for name in held}
    try:
        for name, value in held.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in before.items():
            setattr(settings, name, value)


def _do_again(folder: StateFolder, number: int, cloud: Cloud) -> tuple[int, bool]:
    """Do a journal's calls again: how many, and whether all."""
    policy = RealWaits()
    policy.end()
    clock_state = cloud.clock.get_state()
    done = 0
    try:
        with waiting_by(policy):
            for entry in read_journal(folder, number):
                if isinstance(entry, GapEntry):
                    return done, False
                if isinstance(entry, ResetEntry):
                    cloud.reset()
                    clock_state = cloud.clock.get_state()
                elif isinstance(entry, ClockEntry):
                    cloud.clock.frozen_at = entry.time
                    cloud.run_due(entry.time)
                    clock_state = entry.offset_seconds, entry.frozen_at
                else:
                    _do(entry, cloud)
                done += 1
    finally:
        cloud.clock.set_state(clock_state)
    return done, True


def _do(entry: Entry, cloud: Cloud) -> None:
    if isinstance(entry, DueEntry):
        cloud.clock.frozen_at = entry.time
        cloud.run_due(entry.time)
    elif isinstance(entry, CallEntry):
        cloud.clock.frozen_at = entry.time
        before = cloud.ids.draw_count
        request = to_request(entry.scope, entry.body)
        cloud.gateway.process(request, Response())
        if cloud.ids.draw_count - before != entry.draw_count:
            logger.warning("%s came out otherwise than when it was first done", request)
