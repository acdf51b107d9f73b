"""Faults: calls that fail, or take their time, because a test says so.

Owns which calls a fault strikes and how often. It stands in the gateway's chain before the provider, where the calls of
users and those between services pass; what then happens is the business of `fault_effects`, and how a transport shows
a broken connection is the transport's.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from random import Random
from types import TracebackType
from typing import TYPE_CHECKING, Any

from awsim import fault_options
from awsim.context import RequestContext
from awsim.errors import MisuseError
from awsim.fault_effects import Aftermath, Effect
from awsim.fault_entries import Chosen, find_batch
from awsim.fault_errors import error_answer
from awsim.gateway.chain import HandlerChain
from awsim.operation_pattern import OperationPattern, operation_pattern
from awsim.protocol.http import Response

if TYPE_CHECKING:
    from awsim.cloud import Cloud

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
        effect: Effect,
        chance: Random,
    ) -> None:
        self._faults = faults
        self._pattern = pattern
        self._times = times
        self._after = after
        self._probability = probability
        self._where = where
        self._effect = effect
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

    @property
    def sleeps(self) -> bool:
        """Whether it takes real time."""
        return self._effect.real_latency > 0

    @property
    def truncates(self) -> bool:
        """Whether it has answers break off."""
        return self._effect.truncate is not None

    def strike(self, context: RequestContext[Any]) -> Aftermath | None:
        """Strike a call, if it is one that is meant. What it returns is for the call's answer.

        Raises the ServiceException or the ConnectionFaultError that ends it; a fault of latency alone raises nothing.
        """
        assert context.operation is not None
        if not self._pattern.matches(context.service_name, context.operation.name):
            return None
        batch = find_batch(context.operation) if self._effect.entries is not None else None
        if self._effect.entries is not None and batch is None:
            return None  # another operation of those that are meant
        if self._where is not None and not self._where(context.service_request or {}):
            return None
        if not self._is_due():
            return None
        return self._effect.befall(context, batch, self._draw)

    def _is_due(self) -> bool:
        with self._lock:
            if self._after > 0:
                self._after -= 1
                return False
            if self.is_spent or (self._probability < 1 and self._chance.random() >= self._probability):
                return False
            self._hits += 1
            return True

    def _draw(self) -> float:
        with self._lock:
            return self._chance.random()

    def __enter__(self) -> Fault:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self in self._faults:  # it may have been taken out within the block
            self._faults.remove(self)

    def __repr__(self) -> str:
        return f"<Fault {self.operation}: {self._effect}, {self._hits} hits>"


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
        real_latency: float = 0.0,
        connection: str | None = None,
        entries: Chosen | None = None,
        truncate: int | None = None,
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
        - ``entries``: single entries of a batch are not carried out, and told in the answer as AWS tells them, with
          ``error`` as their code: True for all, how many (the first), a share of them (by chance), their ids, or a
          function of an entry that says which.
        - ``truncate``: the operation is carried out, but its answer breaks off after so many bytes of the body, and
          before its last.
        - ``latency``: seconds that pass on AWS's clock before the call goes on, or fails; ``real_latency``: seconds
          that really pass.

        Which calls: the first ``after`` of those meant are spared, then ``times`` are struck (default: all that
        come), each with a ``probability`` (seeded, and without a part in the ids of resources), and only those for
        whose parameters ``where`` is true. Each try of a client that retries is a call.

        Raises MisuseError for what cannot be, and then nothing has changed.
        """
        pattern = operation_pattern(operation)
        fault_options.check_counts(times, after, probability)
        fault_options.check_latency(latency, real_latency)
        if where is not None and not callable(where):
            raise MisuseError(f"where= takes a function of the parameters, not {where!r}")
        fault_options.check_texts(error=error, message=message)
        told = {"error": error, "message": message, "status": status, **members}
        answer, failing = None, None
        if connection is not None:
            fault_options.check_connection(connection, {"entries": entries, "truncate": truncate, **told})
        elif entries is not None:
            others = {"status": status, "truncate": truncate, **members}
            failing = fault_options.entry_fault(pattern, entries, error, message, others)
        elif truncate is not None:
            fault_options.check_truncate(truncate, told)
        elif error is not None or status is not None:
            answer = error_answer(pattern, error, message, status, members, fault_options.OPTIONS)
        else:
            fault_options.check_harmless(operation, message, bool(latency or real_latency), members)
        effect = Effect(latency, real_latency, answer, connection, failing, truncate)
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
                effect=effect,
                chance=Random(f"awsim:faults:{self._cloud.settings.seed}:{self._added}"),  # noqa: S311  # repeatable
            )
            self._replace((*self._faults, fault))
        return fault

    def brownout(self, service: str, *, probability: float = 0.5, latency: float = 0.0) -> Fault:
        """A service that is unwell: some of its calls, by chance, are answered 503 ServiceUnavailable, each after so
        many seconds on AWS's clock."""
        return self.add(service, error="ServiceUnavailable", status=503, probability=probability, latency=latency)

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
            self._cloud.gateway.insert_after_checks(self._strike)
        elif had and not faults:
            self._cloud.gateway.remove_request_handler(self._strike)

    @property
    def sleeps(self) -> bool:
        """Whether there is a fault that takes real time."""
        return any(fault.sleeps for fault in self._faults)

    def strike(self, context: RequestContext[Any]) -> list[Aftermath]:
        """Have a call meet the faults, which may end it; see :meth:`Fault.strike`."""
        aftermaths: list[Aftermath] = []
        for fault in self._faults:
            aftermath = fault.strike(context)
            if aftermath is not None:
                # What took entries out last tells of them first; what has been written may then break off.
                aftermaths.insert(len(aftermaths) if fault.truncates else 0, aftermath)
        return aftermaths

    def _strike(self, chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
        aftermaths = self.strike(context)
        if aftermaths:
            # The rest of the way is gone here, to have the answer in hand at its end.
            handlers = list(chain.request_handlers)
            for handler in handlers[handlers.index(self._strike) + 1 :]:
                if not chain.stopped and not chain.terminated and context.service_response is None:
                    handler(chain, context, response)
            for aftermath in aftermaths:
                aftermath(context, response)
            chain.stop()

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
