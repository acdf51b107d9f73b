"""Faults: calls that fail, or take their time, because a test says so.

Owns which calls a fault strikes and how often. It stands in the gateway's chain before the provider, where the calls of
users and those between services pass; what the error looks like is the business of `fault_errors`, and how a transport
shows a broken connection is the transport's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from random import Random
from types import TracebackType
from typing import TYPE_CHECKING, Any

from awsim.context import RequestContext
from awsim.errors import ConnectionFaultError, MisuseError
from awsim.fault_errors import ErrorAnswer, error_answer
from awsim.gateway.chain import HandlerChain
from awsim.operation_pattern import OperationPattern, nearest, operation_pattern
from awsim.protocol.http import Response

if TYPE_CHECKING:
    from awsim.cloud import Cloud

#: How a connection can break.
CONNECTIONS = ("connect_timeout", "read_timeout", "reset", "closed")
_OPTIONS = ("error", "message", "status", "times", "after", "probability", "where", "latency", "connection")

#: Whether a call is meant, by the parameters that it was sent with.
Predicate = Callable[[Mapping[str, Any]], object]


class Fault:
    """One fault. As a context manager it is taken out again at the end of the block."""

    def __init__(
        self,
        faults: Faults,
        pattern: OperationPattern,
        *,
        times: int | None,
        after: int,
        probability: float,
        where: Predicate | None,
        latency: float,
        answer: ErrorAnswer | None,
        connection: str | None,
        chance: Random,
    ) -> None:
        self._faults = faults
        self._pattern = pattern
        self._times = times
        self._after = after
        self._probability = probability
        self._where = where
        self._latency = latency
        self._answer = answer
        self._connection = connection
        self._chance = chance
        self._lock = threading.Lock()
        self._hits = 0

    @property
    def operation(self) -> str:
        """The operations that it strikes, as they were written."""
        return self._pattern.text

    @property
    def hits(self) -> int:
        """How many calls it has struck."""
        return self._hits

    @property
    def is_spent(self) -> bool:
        """Whether it has struck as many ``times`` as it was to."""
        return self._times is not None and self._hits >= self._times

    def strike(self, context: RequestContext[Any]) -> None:
        """Strike a call, if it is one that is meant.

        Raises the ServiceException or the ConnectionFaultError that ends it; a fault of latency alone raises nothing.
        """
        assert context.operation is not None
        if not self._pattern.matches(context.service_name, context.operation.name):
            return
        if self._where is not None and not self._where(context.service_request or {}):
            return
        if not self._is_due():
            return
        if self._latency:
            _let_pass(context.cloud, self._latency)
        if self._connection is not None:
            if context.request is None:
                # Between services there is no connection: the service that is called cannot be reached.
                raise ErrorAnswer("ServiceUnavailable", None, None, {}).exception(context.service_name)
            raise ConnectionFaultError(self._connection)
        if self._answer is not None:
            raise self._answer.exception(context.service_name)

    def _is_due(self) -> bool:
        with self._lock:
            if self._after > 0:
                self._after -= 1
                return False
            if self.is_spent or (self._probability < 1 and self._chance.random() >= self._probability):
                return False
            self._hits += 1
            return True

    def __enter__(self) -> Fault:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self in self._faults:  # it may have been taken out within the block
            self._faults.remove(self)

    def __repr__(self) -> str:
        what = self._answer.name if self._answer else self._connection or f"{self._latency} seconds"
        return f"<Fault {self.operation}: {what}, {self._hits} hits>"


class Faults:
    """A Cloud's faults, in the order in which they were added; a call meets them in that order."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._faults: tuple[Fault, ...] = ()
        self._added = 0
        self._lock = threading.Lock()

    def add(
        self,
        operation: str,
        /,
        *,
        error: str | None = None,
        message: str | None = None,
        status: int | None = None,
        times: int | None = None,
        after: int = 0,
        probability: float = 1.0,
        where: Predicate | None = None,
        latency: float = 0.0,
        connection: str | None = None,
        **members: Any,
    ) -> Fault:
        """Have calls fail, or take their time.

        ``operation`` is ``"sqs.SendMessage"``, boto3's ``"sqs.send_message"``, a whole service (``"sqs"``), or has
        wildcards (``"sqs.Send*"``, ``"*.Put*"``). What happens, at least one of:

        - ``error``: an AWS error, by its shape's name or its code, with the ``message``, the HTTP ``status`` and the
          ``members`` that it carries; by default those that the service's model, or AWS for all services, gives it.
          A ``status`` alone (500, 503, 429, 403) answers AWS's common error of that status.
        - ``connection``: no answer at all: ``"connect_timeout"``, ``"read_timeout"``, ``"reset"`` or ``"closed"``.
          The operation is not carried out.
        - ``latency``: seconds that pass on AWS's clock before the call goes on, or fails.

        Which calls: the first ``after`` of those meant are spared, then ``times`` are struck (default: all that
        come), each with a ``probability`` (seeded, and without a part in the ids of resources), and only those for
        whose parameters ``where`` is true. Each try of a client that retries is a call.

        Raises MisuseError for what cannot be, and then nothing has changed.
        """
        pattern = operation_pattern(operation)
        _check_counts(times, after, probability, latency)
        if where is not None and not callable(where):
            raise MisuseError(f"where= takes a function of the parameters, not {where!r}")
        answer = None
        if connection is not None:
            _check_connection(connection, error, message, status, members)
        elif error is not None or status is not None:
            answer = error_answer(pattern, error, message, status, members, _OPTIONS)
        else:
            _check_harmless(operation, message, latency, members)
        with self._lock:
            # Each fault has a stream of its own, so that one more does not change what the others do.
            self._added += 1
            fault = Fault(
                self,
                pattern,
                times=times,
                after=after,
                probability=probability,
                where=where,
                latency=latency,
                answer=answer,
                connection=connection,
                chance=Random(f"awsim:faults:{self._cloud.settings.seed}:{self._added}"),  # noqa: S311  # repeatable
            )
            self._replace((*self._faults, fault))
        return fault

    def brownout(self, service: str, *, probability: float = 0.5) -> Fault:
        """A service that is unwell: some of its calls, by chance, are answered 503 ServiceUnavailable."""
        return self.add(service, error="ServiceUnavailable", status=503, probability=probability)

    def remove(self, fault: Fault) -> None:
        """Take a fault out. Raises MisuseError for one that is not here."""
        with self._lock:
            if fault not in self._faults:
                raise MisuseError(f"{fault!r} is not among the faults")
            self._replace(tuple(one for one in self._faults if one is not fault))

    def clear(self) -> None:
        """Take all faults out, and begin chance anew."""
        with self._lock:
            self._replace(())
            self._added = 0

    def _replace(self, faults: tuple[Fault, ...]) -> None:
        """The handler is in the chain only while there is a fault: without one a call does no work here."""
        had, self._faults = bool(self._faults), faults
        if faults and not had:
            self._cloud.gateway.insert_before_dispatch(self._strike)
        elif had and not faults:
            self._cloud.gateway.remove_request_handler(self._strike)

    def strike(self, context: RequestContext[Any]) -> None:
        """Have a call meet the faults, which may end it; see :meth:`Fault.strike`."""
        for fault in self._faults:
            fault.strike(context)

    def _strike(self, chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
        self.strike(context)

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def __len__(self) -> int:
        return len(self._faults)

    def __bool__(self) -> bool:
        return True  # a list of its own, also an empty one

    def __contains__(self, fault: object) -> bool:
        return fault in self._faults

    def __repr__(self) -> str:
        return f"<Faults {list(self._faults)}>"


def _let_pass(cloud: Cloud, seconds: float) -> None:
    if cloud.settings.real_waits:
        with cloud.lock:  # given up while it waits
            cloud.wait(seconds, lambda: False, lambda: None)
    else:
        cloud.clock.advance(seconds=seconds)


def _check_counts(times: int | None, after: int, probability: float, latency: float) -> None:
    if times is not None and (not _is_count(times) or times < 1):
        raise MisuseError(f"times= is how many calls to strike, at least 1, not {times!r}")
    if not _is_count(after) or after < 0:
        raise MisuseError(f"after= is how many calls to spare first, at least 0, not {after!r}")
    if not _is_number(probability) or not 0 < probability <= 1:
        raise MisuseError(f"probability= is above 0 and at most 1, not {probability!r}")
    if not _is_number(latency) or not 0 <= latency < float("inf"):
        raise MisuseError(f"latency= is in seconds, at least 0, not {latency!r}")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check_connection(
    connection: str, error: str | None, message: str | None, status: int | None, members: Mapping[str, Any]
) -> None:
    if connection not in CONNECTIONS:
        known = ", ".join(CONNECTIONS)
        raise MisuseError(f"connection= is one of {known}, not {connection!r}.{nearest(str(connection), CONNECTIONS)}")
    given = {"error": error, "message": message, "status": status, **members}
    if told := [name for name, value in given.items() if value is not None]:
        raise MisuseError(f"a connection that breaks gives no answer, so connection= rules out {', '.join(told)}")


def _check_harmless(operation: str, message: str | None, latency: float, members: Mapping[str, Any]) -> None:
    """A fault without an error may only take time."""
    if members:
        name = next(iter(members))
        raise MisuseError(f"{name!r} is no option of a fault.{nearest(name, _OPTIONS)}")
    if message is not None:
        raise MisuseError("message= is the message of an error; give error= too")
    if not latency:
        raise MisuseError(f"say what shall happen to {operation}: error=, status=, connection= or latency=")
