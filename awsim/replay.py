"""Replays: calls answered from a recording instead of by the simulated services.

Owns which recorded call answers which call. It stands in the gateway's chain where a request has been read, before it
is checked: what AWS said to it is in the recording. Must not know files.
"""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from awsim.call_report import shown
from awsim.context import RequestContext
from awsim.errors import ReplayError
from awsim.gateway import handlers
from awsim.gateway.chain import HandlerChain
from awsim.protocol.http import Response
from awsim.recorded_streams import whole_parameters
from awsim.recording import RecordedCall, read_recording

if TYPE_CHECKING:
    from awsim.cloud import Cloud

_Key = tuple[str, str, str, str]


class Replay:
    """A recording that answers a Cloud's calls, as a context manager until the end of its block.

    A call is answered by the recorded call of the same operation, region and parameters; where there are several, one
    after the other. Idempotency tokens and checksums of bodies do not count.
    """

    def __init__(self, cloud: Cloud, path: str | Path, *, strict: bool) -> None:
        self._cloud = cloud
        self._strict = strict
        self._recorded, self._plain = read_recording(Path(path))
        self._lock = threading.Lock()
        self._left: dict[_Key, deque[RecordedCall]] = {}

    @property
    def unused(self) -> list[RecordedCall]:
        """The recorded calls that have answered nothing yet."""
        with self._lock:
            left = {id(call) for calls in self._left.values() for call in calls}
        return [call for call in self._recorded if id(call) in left]

    def assert_all_used(self) -> None:
        """Fail if there are recorded calls that have answered nothing."""
        unused = Counter(call.name for call in self.unused)
        if unused:
            names = ", ".join(name if count == 1 else f"{name} ({count} times)" for name, count in unused.items())
            raise AssertionError(f"of the {len(self._recorded)} recorded calls these were not made: {names}")

    def __enter__(self) -> Replay:
        left: defaultdict[_Key, deque[RecordedCall]] = defaultdict(deque)
        for call in self._recorded:
            left[_key(call.service, call.operation, call.region, call.parameters)].append(call)
        self._left = dict(left)
        self._cloud.gateway.insert_before(handlers.validate, self._answer)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._cloud.gateway.remove_request_handler(self._answer)

    def _answer(self, chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
        if context.request is None or context.operation is None:
            return  # between services: of the simulator's own making
        context.service_request = whole_parameters(context.operation, context.service_request or {})
        sent = self._plain.parameters(context.operation, context.service_request)
        key = _key(context.service_name, context.operation.name, context.region, sent)
        with self._lock:
            left = self._left.get(key)
            call = left.popleft() if left else None
        if left is None or call is None:
            if self._strict:
                raise ReplayError(self._no_answer(context, sent, known=left is not None))
            return
        try:
            aftermaths = self._cloud.faults.strike(context)  # faults come between a caller and a recording, too
        except BaseException:
            with self._lock:
                left.appendleft(call)  # it has answered nothing: the caller's next try finds it
            raise
        context.service_response = call.answer()
        context.tier = "replayed"
        handlers.serialize(context, response)
        for aftermath in aftermaths:
            aftermath(context, response)
        chain.stop()

    def _no_answer(self, context: RequestContext[Any], sent: Mapping[str, Any], *, known: bool) -> str:
        assert context.operation is not None
        name = f"{context.service_name}.{context.operation.name}"
        key = _key(context.service_name, context.operation.name, context.region, sent)
        same = [call for call in self._recorded if call.name == name]
        if known:
            count = sum(_key(call.service, call.operation, call.region, call.parameters) == key for call in same)
            times = "once" if count == 1 else f"{count} times"
            return f"the recording has this call of {name} {times}, and it has been replayed as often already"
        if not same:
            names = ", ".join(sorted({call.name for call in self._recorded})) or "no call"
            return f"the recording has no call of {name}; it has {names}"
        nearest = min(same, key=lambda call: len(_differing(call, context.region, sent)))
        lines = [f"the recording has no such call of {name}. The nearest that it has differs:"]
        for member, recorded, now in _differing(nearest, context.region, sent):
            lines.append(f"  {member}: recorded {_shown(recorded)}, was sent {_shown(now)}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Replay of {len(self._recorded)} calls, {len(self.unused)} unused>"


def _key(service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> _Key:
    return service, operation, region, json.dumps(parameters, sort_keys=True)


_ABSENT = object()


def _differing(call: RecordedCall, region: str, sent: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """What differs between a recorded call and one that was made."""
    names = [*call.parameters, *(name for name in sent if name not in call.parameters)]
    pairs = [(name, call.parameters.get(name, _ABSENT), sent.get(name, _ABSENT)) for name in names]
    pairs.insert(0, ("the region", call.region, region))
    return [(name, recorded, now) for name, recorded, now in pairs if recorded != now]


def _shown(value: Any) -> str:
    return "nothing" if value is _ABSENT else shown(value)
