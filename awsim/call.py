"""One call as it went through the gateway: who called what, with which parameters, and what came of it.

Owns the reading of a call. It keeps references to what went over the wire and reads them only when asked: so recording
costs next to nothing, and what is read is what was sent, whatever a provider has done with it since.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import datetime, timezone
from email.message import Message
from io import BytesIO
from typing import TYPE_CHECKING, Any

import attrs

from awsim.aws.regions import partition_of
from awsim.errors import CallsNotKeptError, ServiceException
from awsim.gateway.members import plain_output
from awsim.protocol.bindings import Places
from awsim.protocol.codec import operation_codec
from awsim.protocol.http import Request, Response

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.spec import OperationModel


@attrs.frozen
class CallError:
    """Why a call failed: AWS's code and message, or the name and text of the exception that the caller got instead."""

    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class _Streamed:
    """Stands for a body that was streamed. The stream is its reader's: looking at a call must not use it up."""

    def __repr__(self) -> str:
        return "<streamed>"


#: What a call shows for a body that was streamed.
STREAMED = _Streamed()


class Call:
    """One call. A client that retries makes a call with each try.

    ``service`` and ``operation`` are botocore's and AWS's names; ``account_id`` and ``region`` the caller's;
    ``status_code`` the HTTP status of the answer, 0 where there was none (a broken connection, awsim's own errors,
    calls between services); ``duration_seconds`` is told on AWS's clock; ``tier`` says where the answer came from:
    ``simulated``, ``canned`` (``aws.results``), or a fallback's name.
    """

    __slots__ = (
        "_answer",
        "_caller_arn",
        "_operation",
        "_parameters",
        "_protocol",
        "_request",
        "_response",
        "_service_principal",
        "_started",
        "_streams_answer",
        "_streams_request",
        "account_id",
        "duration_seconds",
        "error",
        "region",
        "request_id",
        "service",
        "source_arn",
        "status_code",
        "tier",
    )

    def __init__(
        self,
        context: RequestContext[Any],
        response: Response,
        parameters: Mapping[str, Any] | None,
        started: float,
        ended: float,
        error: Exception | None,
    ) -> None:
        assert context.operation is not None
        self.service = context.service_name
        self._operation: OperationModel = context.operation
        self._protocol = context.protocol
        self._started = started
        self.duration_seconds = ended - started
        self.account_id = context.account_id
        self.region = context.region
        self.request_id = context.request_id
        self.tier = context.tier
        self._service_principal = context.service_principal
        #: The resource on whose behalf another service made the call; "" for calls from outside.
        self.source_arn = context.source_arn
        credentials = context._credentials  # what `authorize` found: asking again costs as much as all the rest here
        self._caller_arn = credentials.principal_arn if credentials is not None else ""
        #: Why it failed; None where it did not.
        self.error: CallError | None = None
        if context.service_exception is not None:
            self.error = CallError(context.service_exception.code, context.service_exception.message)
        elif error is not None:
            self.error = _call_error(error)
        self._parameters = parameters
        self._request: Request | None = None
        self._response: Response | None = None
        self._streams_request = self._streams_answer = False
        self.status_code = 0
        if context.request is None:
            # Read at once: it may hold an entity that the next call changes.
            answer = None if self.error is not None else plain_output(context.operation, context.service_response)
            self._answer: Mapping[str, Any] | None = answer
        else:
            self._answer = None
            if context.service_request is None:
                self._parameters = {}  # it could not be read
            else:
                self._request = _kept_request(context.request, context.operation)
                self._streams_request = self._request.body is not context.request.body
            if error is None:
                self.status_code = response.status_code
                self._response = response
                if not isinstance(response.body, bytes):
                    self._response = Response(response.status_code, response.headers)
                    self._streams_answer = True

    # -- what is read when asked for ---------------------------------------------------------------------------------

    @property
    def operation(self) -> str:
        """AWS's name of the operation."""
        return self._operation.name  # type: ignore[no-any-return]  # botocore is untyped

    @property
    def time(self) -> datetime:
        """When it began, on AWS's clock, in UTC."""
        return datetime.fromtimestamp(self._started, timezone.utc)

    @property
    def source_service(self) -> str:
        """The service that made the call, by the name of its principal (``events``); "" for calls from outside."""
        return self._service_principal.partition(".")[0]

    @property
    def caller_arn(self) -> str:
        """The ARN of the caller; the account's root user where the access key says nothing else, and "" where the
        caller could not be told."""
        if not self.account_id:
            return ""
        return self._caller_arn or f"arn:{partition_of(self.region)}:iam::{self.account_id}:root"

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters by AWS's names, as they were sent; empty for a request that could not be read.

        A streamed body is STREAMED. Raises CallsNotKeptError for a large call of long ago.
        """
        parameters = self._parameters
        if parameters is None:
            if self._request is None:
                raise CallsNotKeptError(f"the parameters of this call of {self.name} are no longer kept: it was large")
            parameters = operation_codec(self._operation, self._protocol).parse(self._request)
            if self._streams_request:
                parameters = {**parameters, _stream_name(self._operation.input_shape): STREAMED}
            self._parameters = parameters
        return parameters

    @property
    def response(self) -> Mapping[str, Any] | None:
        """The answer by AWS's names, without boto3's ResponseMetadata; None for a call that failed.

        A streamed body is STREAMED. Raises CallsNotKeptError for a large answer of long ago.
        """
        if self.error is not None:
            return None
        if self._answer is None:
            if self._response is None:
                raise CallsNotKeptError(f"the answer to this call of {self.name} is no longer kept: it was large")
            shape = self._operation.output_shape
            if self._streams_answer and shape.event_stream_name:
                self._answer = {}
            else:
                self._answer = _parsed(self._operation, self._protocol, self._response)
            if self._streams_answer:
                self._answer = {**self._answer, _stream_name(shape): STREAMED}
        return self._answer

    @property
    def name(self) -> str:
        """Service and operation: ``sqs.SendMessage``."""
        return f"{self.service}.{self.operation}"

    # -- what is kept ------------------------------------------------------------------------------------------------

    def request_size(self) -> int:
        """The bytes of its request's body, where it is kept."""
        return _size(self._request.body) if self._request is not None else 0

    def response_size(self) -> int:
        """The bytes of its answer's body, where it is kept."""
        return _size(self._response.body) if self._response is not None else 0

    def forget_request(self) -> None:
        """Keep the parameters no longer."""
        self._request = None

    def forget_response(self) -> None:
        """Keep the answer no longer."""
        self._response = None

    def __repr__(self) -> str:
        from awsim.call_report import one_line

        return f"<Call {one_line(self)}>"


def _call_error(error: Exception) -> CallError:
    """An exception without its traceback, which would keep the frames of the call alive."""
    if isinstance(error, ServiceException):
        return CallError(error.code, error.message)
    return CallError(type(error).__name__, str(error))


def _kept_request(request: Request, operation: OperationModel) -> Request:
    """A request with only those headers that hold members, as the others take more room than most bodies, and without
    a body that is a stream."""
    body = request.body if isinstance(request.body, bytes) else b""
    kept = Request(request.method, request.path, request.query_string, None, body, request.host, request.scheme)
    headers, names = request.headers, _member_headers(operation)
    if names is None:
        kept.headers = dict(headers)
    elif names:
        kept.headers = {name: headers[name] for name in names if name in headers}
    return kept


@functools.cache
def _member_headers(operation: OperationModel) -> tuple[str, ...] | None:
    """The headers that hold members of an operation; None where a prefix tells which, and all have to be kept."""
    if operation.input_shape is None:
        return ()
    places = Places(operation.input_shape, request=True)
    if places.prefix_headers:
        return None
    return tuple(shape.serialization.get("name", name).lower() for name, shape in places.headers.items())


def _stream_name(shape: Any) -> str:
    """The member that is a message's body."""
    return shape.serialization.get("payload") or shape.event_stream_name or "Body"


def _size(body: Any) -> int:
    return len(body) if isinstance(body, bytes) else 0


def parsed_answer(operation: OperationModel, protocol: str | None, response: Response) -> dict[str, Any]:
    """An answer as botocore reads it, ResponseMetadata and, of one that failed, Error included."""
    from botocore.parsers import create_parser

    parser = create_parser(protocol or operation.service_model.resolved_protocol)
    headers = Message()  # names in any case
    for name, value in response.headers.items():
        headers[name] = value
    wire = {"status_code": response.status_code, "headers": headers, "body": response.body, "context": {}}
    if operation.has_streaming_output:
        wire["body"] = BytesIO(response.body)  # type: ignore[arg-type]  # as bytes the parser would take it for text
    parsed: dict[str, Any] = parser.parse(wire, operation.output_shape)
    return parsed


def _parsed(operation: OperationModel, protocol: str | None, response: Response) -> Mapping[str, Any]:
    """An answer as boto3 gives it."""
    parsed = parsed_answer(operation, protocol, response)
    parsed.pop("ResponseMetadata", None)
    if operation.has_streaming_output:
        name = _stream_name(operation.output_shape)
        parsed[name] = parsed[name].read()
    return parsed
