"""The call log: the last calls of a Cloud, to look at and to assert on.

Owns which calls are kept, for how long, and the questions about them. A call's own reading is `call`'s business, the
wording of failures `call_report`'s.
"""

from __future__ import annotations

import math
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, overload

import attrs

from awsim import call_report, spec
from awsim.call import Call
from awsim.errors import CallsNotKeptError, MisuseError
from awsim.operation_pattern import OperationPattern, nearest, operation_pattern
from awsim.protocol.http import Response

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.settings import Settings

#: The bytes of bodies that are kept in all: of requests, which assertions ask for, and of answers. Beyond it the oldest
#: are let go, though never the last.
REQUEST_BYTES_KEPT = 4 * 1024 * 1024
RESPONSE_BYTES_KEPT = 1024 * 1024


class Calls:
    """A Cloud's last calls, oldest first, in the order in which they ended."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._start()

    def _start(self) -> None:
        self._kept: deque[Call] = deque()
        self._dropped: defaultdict[tuple[str, str], int] = defaultdict(int)
        #: Whether calls were made while none were recorded: nobody knows which.
        self._has_gaps = False
        self._requests = _Bodies(REQUEST_BYTES_KEPT, Call.request_size, Call.forget_request)
        self._responses = _Bodies(RESPONSE_BYTES_KEPT, Call.response_size, Call.forget_response)

    # -- recording, by the gateway -----------------------------------------------------------------------------------

    def copy_parameters(self, context: RequestContext[Any]) -> Mapping[str, Any] | None:
        """The parameters of a call between services, as they are before the provider has them: they were never
        written down, as those of other calls are in their requests."""
        if self._settings.calls_kept == 0:
            return None
        parameters: Mapping[str, Any] = _copied(context.service_request)
        return parameters

    def record(
        self,
        context: RequestContext[Any],
        response: Response,
        parameters: Mapping[str, Any] | None,
        started: float,
        ended: float,
        error: Exception | None = None,
    ) -> None:
        """Keep a call that has ended. Requests whose operation could not be told are none."""
        limit = self._settings.calls_kept
        if context.operation is None:
            return
        if limit == 0:
            self._has_gaps = True
            return
        call = Call(context, response, parameters, started, ended, error)
        kept, requests, responses = self._kept, self._requests, self._responses
        with self._lock:
            kept.append(call)
            requests.size += call.request_size()
            if requests.size > REQUEST_BYTES_KEPT:
                requests.let_go(kept)
            responses.size += call.response_size()
            if responses.size > RESPONSE_BYTES_KEPT:
                responses.let_go(kept)
            while len(kept) > limit:
                dropped = kept.popleft()
                self._dropped[dropped.service, dropped.operation] += 1
                requests.drop(dropped)
                responses.drop(dropped)

    # -- looking -----------------------------------------------------------------------------------------------------

    def __call__(self, operation: str = "*", /, **parameters: Any) -> list[Call]:
        """The kept calls of an operation, as faults name them, that were sent these parameters among others.

        Raises MisuseError for an operation that AWS does not have, or a parameter that it does not have, and
        CallsNotKeptError where the parameters of a call are no longer kept.
        """
        pattern = operation_pattern(operation)
        _check_parameters(pattern, parameters)
        return [call for call in self if pattern.matches(call.service, call.operation) and _was_sent(call, parameters)]

    @property
    def last(self) -> Call:
        """The last call. Raises IndexError where there is none."""
        try:
            return self._kept[-1]
        except IndexError:
            raise IndexError("no call has been made") from None

    @property
    def dropped(self) -> int:
        """How many earlier calls are no longer kept; see ``Settings.calls_kept``."""
        return sum(self._dropped.values())

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._start()

    def __len__(self) -> int:
        return len(self._kept)

    def __bool__(self) -> bool:
        return True  # a log, also an empty one

    def __iter__(self) -> Iterator[Call]:
        with self._lock:
            return iter(list(self._kept))

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> list[Call]: ...
    def __getitem__(self, index: int | slice) -> Call | list[Call]:
        if isinstance(index, slice):
            return list(self)[index]
        return self._kept[index]

    def __repr__(self) -> str:
        return f"<Calls: {len(self)} kept, {self.dropped} dropped>"

    # -- asserting ---------------------------------------------------------------------------------------------------

    def assert_called(self, operation: str, /, *, times: int | None = None, **parameters: Any) -> list[Call]:
        """Fail unless there were such calls: at least one, or as many as ``times``. Returns those that are kept.

        Raises AssertionError, with the nearest calls and what differs; MisuseError for what cannot be called; and
        CallsNotKeptError where the answer depends on calls that are no longer kept.
        """
        if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 0):
            raise MisuseError(f"times= is how many calls there were, not {times!r}")
        found = self._find(operation, parameters)
        wrong = not found.most if times is None else not found.fewest <= times <= found.most
        if wrong:
            raise AssertionError(call_report.not_as_expected(operation, times, parameters, found.fewest, self))
        if found.is_unsure and (times is not None or not found.fewest):
            raise self._not_kept(operation, parameters)
        return found.calls

    def assert_not_called(self, operation: str, /, **parameters: Any) -> None:
        """Fail if there was such a call. Raises as :meth:`assert_called` does."""
        found = self._find(operation, parameters)
        if found.fewest:
            raise AssertionError(call_report.not_as_expected(operation, 0, parameters, found.fewest, self))
        if found.is_unsure:
            raise self._not_kept(operation, parameters)

    def _find(self, operation: str, parameters: Mapping[str, Any]) -> _Found:
        pattern = operation_pattern(operation)
        _check_parameters(pattern, parameters)
        calls, unsure = [], 0
        with self._lock:
            kept, dropped = list(self._kept), dict(self._dropped)
        for call in kept:
            if pattern.matches(call.service, call.operation):
                try:
                    if _was_sent(call, parameters):
                        calls.append(call)
                except CallsNotKeptError:
                    unsure += 1
        gone = sum(count for key, count in dropped.items() if pattern.matches(*key))
        fewest, most = (len(calls), len(calls) + unsure + gone) if parameters else (len(calls) + gone,) * 2
        return _Found(calls, fewest, math.inf if self._has_gaps else most)

    def _not_kept(self, operation: str, parameters: Mapping[str, Any]) -> CallsNotKeptError:
        why = f"{self.dropped} earlier calls are no longer kept, or their parameters are not"
        if self._has_gaps:
            why = "calls were made while aws.settings.calls_kept was 0, which records none"
        return CallsNotKeptError(
            f"whether there were such calls of {call_report.expectation(operation, parameters)} cannot be told:"
            f" {why}. Set aws.settings.calls_kept to more, or call aws.calls.clear() before what is looked at."
        )


@attrs.frozen
class _Found:
    """The kept calls that match, and how many there may have been in all."""

    calls: list[Call]
    fewest: int
    most: float

    @property
    def is_unsure(self) -> bool:
        return self.fewest != self.most


class _Bodies:
    """The bodies of one kind that are kept, up to a number of bytes in all: those of the later calls."""

    __slots__ = ("_forget", "_forgotten", "_limit", "_size_of", "size")

    def __init__(self, limit: int, size_of: Callable[[Call], int], forget: Callable[[Call], None]) -> None:
        self._limit = limit
        self._size_of = size_of
        self._forget = forget
        #: How many bytes are kept.
        self.size = 0
        #: How many of the oldest calls keep none any more.
        self._forgotten = 0

    def let_go(self, kept: deque[Call]) -> None:
        """Forget the oldest bodies, as many as are too many."""
        while self.size > self._limit and self._forgotten < len(kept) - 1:
            oldest = kept[self._forgotten]
            self._forgotten += 1
            size = self._size_of(oldest)
            if size:
                self.size -= size
                self._forget(oldest)

    def drop(self, call: Call) -> None:
        """Count the oldest call no longer."""
        if self._forgotten:
            self._forgotten -= 1
        else:
            self.size -= self._size_of(call)


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, (list, tuple)) else value


def _was_sent(call: Call, parameters: Mapping[str, Any]) -> bool:
    return not parameters or not call_report.differing(call, parameters)


def _check_parameters(pattern: OperationPattern, parameters: Mapping[str, Any]) -> None:
    operations = pattern.operation_names
    if not parameters or operations is None:
        return
    service = spec.load_service(pattern.service_name or "")
    shapes = [service.operation_model(name).input_shape for name in operations]
    members = {name for shape in shapes if shape is not None for name in shape.members}
    for name in parameters:
        if name not in members:
            raise MisuseError(f"{pattern.text} has no parameter {name!r}.{nearest(name, members)}")
