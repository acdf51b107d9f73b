"""Canned results: answers of the test's own, for operations whose work is not simulated, or for once.

Owns which calls they answer and how often. They stand in the gateway's chain before the provider, so that requests are
parsed and checked as ever, and the answer is written by the operation's model.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from awsim import spec
from awsim.context import RequestContext
from awsim.errors import MisuseError, ResultError
from awsim.gateway.chain import HandlerChain
from awsim.gateway.handlers import serialize
from awsim.operation_pattern import OperationPattern, operation_pattern
from awsim.protocol.codec import operation_codec
from awsim.protocol.http import Response

if TYPE_CHECKING:
    from awsim.cloud import Cloud

#: An answer by AWS's member names, or what makes one of a call's parameters.
Result = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any] | None] | None


class CannedResult:
    """One answer. As a context manager it is taken out again at the end of the block."""

    def __init__(
        self,
        results: CannedResults,
        pattern: OperationPattern,
        result: Result,
        times: int | None,
        where: Callable[[Mapping[str, Any]], object] | None,
    ) -> None:
        self._results = results
        self._pattern = pattern
        self._result = result
        self._times = times
        self._where = where
        self._lock = threading.Lock()
        self._hits = 0

    @property
    def operation(self) -> str:
        """The operation that it answers, as it was written."""
        return self._pattern.text

    @property
    def hits(self) -> int:
        """How many calls it has answered."""
        return self._hits

    def takes(self, context: RequestContext[Any]) -> bool:
        """Whether it answers a call, which then counts."""
        assert context.operation is not None
        if not self._pattern.matches(context.service_name, context.operation.name):
            return False
        if self._where is not None and not self._where(context.service_request or {}):
            return False
        with self._lock:
            if self._times is not None and self._hits >= self._times:
                return False
            self._hits += 1
            return True

    def answer(self, context: RequestContext[Any]) -> Mapping[str, Any] | None:
        """The answer to a call."""
        if callable(self._result):
            return self._result(context.service_request or {})
        return self._result

    def __enter__(self) -> CannedResult:
        return self

    def __exit__(self, *_: object) -> None:
        self._results.remove(self)

    def __repr__(self) -> str:
        return f"<CannedResult {self.operation}, {self._hits} hits>"


class CannedResults:
    """A Cloud's canned results. The first that is meant answers a call, so several for one operation are a queue."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._results: tuple[CannedResult, ...] = ()
        self._lock = threading.Lock()

    def add(
        self,
        operation: str,
        /,
        result: Result = None,
        *,
        times: int | None = 1,
        where: Callable[[Mapping[str, Any]], object] | None = None,
    ) -> CannedResult:
        """Answer calls of an operation (``"bedrock-runtime.InvokeModel"``, or boto3's spelling), simulated or not.

        ``result`` has the answer's members by AWS's names, or is a function of the call's parameters that makes it;
        ``times`` is how many calls it answers, None for all that come; ``where`` says for which parameters. Several
        results for one operation are used up one after the other. Raises MisuseError for an operation that AWS does
        not have and for a result that its model does not allow, and then nothing has changed.
        """
        pattern = operation_pattern(operation)
        names = pattern.operation_names
        if names is None or len(names) != 1:
            raise MisuseError(f"a result is for one operation, as 'sqs.SendMessage', not for {operation!r}")
        if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 1):
            raise MisuseError(f"times= is how many calls to answer, at least 1, or None for all, not {times!r}")
        if where is not None and not callable(where):
            raise MisuseError(f"where= takes a function of the parameters, not {where!r}")
        if not callable(result):
            if result is not None and not isinstance(result, Mapping):
                raise MisuseError(f"a result is a mapping of members, or a function that makes one, not {result!r}")
            model = spec.load_service(pattern.service_name or "").operation_model(names[0])
            try:
                operation_codec(model).serialize(result, "")
            except ResultError as error:
                raise MisuseError(str(error)) from error
        canned = CannedResult(self, pattern, result, times, where)
        with self._lock:
            self._replace((*self._results, canned))
        return canned

    def remove(self, result: CannedResult) -> None:
        """Take a result out. Nothing happens to one that is not here."""
        with self._lock:
            self._replace(tuple(one for one in self._results if one is not result))

    def clear(self) -> None:
        """Take all results out."""
        with self._lock:
            self._replace(())

    def _replace(self, results: tuple[CannedResult, ...]) -> None:
        """The handler is in the chain only while there is a result: without one a call does no work here."""
        had, self._results = bool(self._results), results
        if results and not had:
            self._cloud.gateway.insert_before_dispatch(self._answer)
        elif had and not results:
            self._cloud.gateway.remove_request_handler(self._answer)

    def _answer(self, chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
        for result in self._results:
            if result.takes(context):
                context.service_response = result.answer(context)
                context.tier = "canned"
                if context.request is not None:
                    serialize(context, response)
                chain.stop()
                return

    def __iter__(self) -> Iterator[CannedResult]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)

    def __bool__(self) -> bool:
        return True  # a list of its own, also an empty one

    def __repr__(self) -> str:
        return f"<CannedResults {list(self._results)}>"
