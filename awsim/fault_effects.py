"""What a fault does to a call that it strikes: takes time, ends it, or spoils its answer.

Owns the order of these: time passes first. Must not know which calls are struck.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs

from awsim import waiting
from awsim.context import RequestContext
from awsim.errors import ConnectionFaultError, MisuseError
from awsim.fault_bodies import truncate
from awsim.fault_entries import Batch, EntryFault
from awsim.fault_errors import ErrorAnswer
from awsim.gateway.handlers import serialize
from awsim.gateway.members import plain_output
from awsim.protocol.http import Response

if TYPE_CHECKING:
    from awsim.cloud import Cloud

#: What is left to do to a call that is carried out all the same: with its answer.
Aftermath = Callable[[RequestContext[Any], Response], None]


@attrs.frozen
class Effect:
    """One fault's effect: seconds on AWS's clock and real ones, and at most one of the others."""

    latency: float
    real_latency: float
    answer: ErrorAnswer | None
    connection: str | None
    entries: EntryFault | None
    truncate: int | None

    def befall(
        self, context: RequestContext[Any], batch: Batch | None, chance: Callable[[], float]
    ) -> Aftermath | None:
        """Do it to a call. Raises what ends the call; what is returned is to be done with its answer."""
        if self.latency:
            _let_pass(context.cloud, self.latency)
        if self.real_latency:
            _let_really_pass(context.cloud, self.real_latency)
        if self.connection is not None:
            if context.request is None:
                raise _unreachable(context)
            raise ConnectionFaultError(self.connection)
        if self.answer is not None:
            raise self.answer.exception(context.service_name)
        if self.truncate is not None:
            return self._truncate
        if self.entries is not None and batch is not None:
            return _take_out(context, batch, self.entries, chance)
        return None

    def _truncate(self, context: RequestContext[Any], response: Response) -> None:
        if context.request is None:
            raise _unreachable(context)
        assert self.truncate is not None
        truncate(response, self.truncate)

    def __str__(self) -> str:
        if self.entries is not None:
            return f"entries {self.entries.chosen!r}"
        if self.truncate is not None:
            return f"truncated after {self.truncate} bytes"
        seconds = self.latency or self.real_latency
        return self.answer.name if self.answer else self.connection or f"{seconds} seconds"


def _unreachable(context: RequestContext[Any]) -> Exception:
    """Between services there is no connection: the service that is called cannot be reached."""
    return ErrorAnswer("ServiceUnavailable", None, None, {}).exception(context.service_name)


def _let_really_pass(cloud: Cloud, seconds: float) -> None:
    if waiting.here.policy is not None:  # the transport says how its threads wait
        _let_pass(cloud, seconds)
    else:
        time.sleep(seconds)


def _let_pass(cloud: Cloud, seconds: float) -> None:
    if cloud.settings.real_waits or waiting.here.policy is not None:
        with cloud.lock:  # given up while it waits
            cloud.wait(seconds, lambda: False, lambda: None)
    else:
        cloud.clock.advance(seconds=seconds)


def _take_out(
    context: RequestContext[Any], batch: Batch, fault: EntryFault, chance: Callable[[], float]
) -> Aftermath | None:
    """Take the entries that fail out of a call's parameters, so that the others alone are carried out; and tell of them
    in the answer. Where none is left there is nothing to carry out."""
    if context.service_response is not None:
        return None  # another fault has left nothing
    request = context.service_request or {}
    failed = fault.fails(batch.source.read(request), chance)
    if not any(failed):
        return None
    if all(failed):
        context.service_response = batch.empty_answer()
    else:
        fallback = context.cloud.fallback
        if fallback is not None and fallback.takes(context):
            raise MisuseError(
                f"{context.service_name}.{batch.operation_name} is not awsim's to carry out in part: moto answers it"
                " from the whole request. Have all of its entries fail, with entries=True"
            )
        context.service_request = batch.source.only(request, [not fails for fails in failed])

    def tell(context: RequestContext[Any], response: Response) -> None:
        assert context.operation is not None
        answer = plain_output(context.operation, context.service_response)
        batch.tell(answer, request, failed, fault.error)
        context.service_response = answer
        if context.request is not None:
            serialize(context, response)

    return tell
