"""Recorders: what keeps calls and their answers for a file, from a Cloud or from a session that talks to the real AWS.

Owns where in a call's way they listen. Both read what went over the wire by botocore's own parser, so both write the
same for the same call. The form of the file is `recording`'s, that of the values `recording_values`'s.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from email.message import Message
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from awsim import spec
from awsim.context import RequestContext
from awsim.errors import MisuseError
from awsim.gateway import handlers
from awsim.gateway.chain import HandlerChain
from awsim.intercept.botocore import RawBody, to_request
from awsim.protocol.http import Response
from awsim.recorded_streams import whole_body, whole_members, whole_parameters
from awsim.recording import RecordedCall, RecordedError, write_recording
from awsim.recording_values import Plain
from awsim.whole_file import check_place

if TYPE_CHECKING:
    from awsim.cloud import Cloud
    from awsim.spec import OperationModel


#: What of a parsed error is the error itself, or of one call alone.
_ERROR_ITSELF = frozenset({"Code", "Message", "message", "Type", "QueryErrorCode", "RequestId", "HostId"})


class Recorder:
    """What is recorded so far. As a context manager it records until the end of the block, and then writes the file:
    also when the block failed, as what led there is what one wants to see."""

    def __init__(self, path: str | Path, plain: Plain) -> None:
        self._path = Path(path)
        self._plain = plain
        self._lock = threading.Lock()
        self._calls: list[RecordedCall] = []

    @property
    def calls(self) -> list[RecordedCall]:
        """The calls so far, in the order in which they ended."""
        with self._lock:
            return list(self._calls)

    def _add(self, call: RecordedCall) -> None:
        with self._lock:
            self._calls.append(call)

    def _start(self) -> None:
        raise NotImplementedError

    def _stop(self) -> None:
        raise NotImplementedError

    def __enter__(self) -> Recorder:
        check_place(self._path, "the recording")
        self._calls = []
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()
        write_recording(self._path, self.calls, plain=self._plain)


class CloudRecorder(Recorder):
    """Records the calls that reach a Cloud from outside. Those between its services are no part of it: a replay, which
    asks no service, has none."""

    def __init__(self, cloud: Cloud, path: str | Path) -> None:
        super().__init__(path, Plain())
        self._gateway = cloud.gateway
        self._sent: dict[int, dict[str, Any]] = {}

    def _start(self) -> None:
        self._gateway.insert_before(handlers.validate, self._remember)
        self._gateway.response_handlers = [*self._gateway.response_handlers, self._record]

    def _stop(self) -> None:
        self._gateway.remove_request_handler(self._remember)
        self._gateway.response_handlers = [
            handler for handler in self._gateway.response_handlers if handler != self._record
        ]

    def _remember(self, chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
        """Keep the parameters before anybody uses their streams up."""
        if context.request is None or context.operation is None:
            return
        context.service_request = whole_parameters(context.operation, context.service_request or {})
        self._sent[id(context)] = self._plain.parameters(context.operation, context.service_request)

    def _record(self, chain: HandlerChain, context: RequestContext[Any], response: Response) -> None:
        sent = self._sent.pop(id(context), None)
        if sent is None or context.operation is None:
            return
        body = response.read()
        answer, error = read_answer(
            context.operation, context.protocol, response.status_code, response.headers, body, self._plain
        )
        self._add(RecordedCall(context.service_name, context.operation.name, context.region, sent, answer, error))


class SessionRecorder(Recorder):
    """Records the calls of a botocore or boto3 session's clients made from then on, or those of one client."""

    def __init__(self, source: Any, path: str | Path, plain: Plain) -> None:
        super().__init__(path, plain)
        self._events = _events(source)
        self._local = threading.local()  # a call is sent and answered in one thread

    def _start(self) -> None:
        from awsim.cloud import Cloud

        self._cloud = Cloud()  # knows how requests are read; nothing is asked of it
        self._events.register_last("before-send", self._remember)
        self._events.register_first("before-parse", self._record)

    def _stop(self) -> None:
        self._events.unregister("before-send", self._remember)
        self._events.unregister("before-parse", self._record)

    def _remember(self, request: Any, **_: Any) -> None:
        body = request.body
        if hasattr(body, "read"):
            stream, body = body, body.read()
            if hasattr(stream, "seek"):
                request.reset_stream()
            else:
                request.body = body
        self._local.request = to_request(request, body)

    def _record(self, operation_model: OperationModel, response_dict: dict[str, Any], **_: Any) -> None:
        request, self._local.request = getattr(self._local, "request", None), None
        if request is None:
            return
        context: RequestContext[Any] = RequestContext(self._cloud, request, in_process=True)
        context.service = spec.adopt(operation_model.service_model)
        context.service_name = context.service.service_name
        context.operation = context.service.operation_model(operation_model.name)
        context.protocol = context.service.resolved_protocol
        for handler in (handlers.identify_caller, handlers.readdress, handlers.parse):
            handler(HandlerChain(), context, Response())
        sent = self._plain.parameters(
            context.operation, whole_parameters(context.operation, context.service_request or {})
        )
        body = whole_body(operation_model, response_dict)
        answer, error = read_answer(
            context.operation,
            context.protocol,
            response_dict["status_code"],
            response_dict["headers"],
            body,
            self._plain,
        )
        self._add(RecordedCall(context.service_name, context.operation.name, context.region, sent, answer, error))


def record_aws(
    source: Any,
    path: str | Path,
    *,
    redact: Iterable[str] = (),
    keep: Iterable[str] = (),
    replace: Mapping[str, str] | None = None,
) -> SessionRecorder:
    """Record calls of the real AWS: ``with record_aws(session, "orders.json"):``, outside of mock_aws.

    ``source`` is a boto3 or botocore session, whose clients made from then on are recorded, or one client. Requests go
    to AWS as ever. Headers, and with them signatures, are no part of a recording; in the file credentials, and all that
    AWS's model marks as sensitive, read ``REDACTED``, which code that replays it then sees. ``redact`` names further
    members to hide, ``keep`` members to leave as they are, ``replace`` texts to write otherwise wherever they stand (an
    account id, say). The file is written at the end of the block.

    Raises MisuseError for a source that is none, for texts to replace that are none, and where there is no folder for
    the file.
    """
    if replace is not None and not (
        isinstance(replace, Mapping)
        and all(isinstance(one, str) for pair in replace.items() for one in pair)
        and all(replace)
    ):
        raise MisuseError(f"replace= is {{text: what is written instead}}, not {replace!r}")
    names = [frozenset([value] if isinstance(value, str) else value) for value in (redact, keep)]
    plain = Plain(redacts=True, redact=names[0], keep=names[1], replace=dict(replace or {}))
    return SessionRecorder(source, path, plain)


def _events(source: Any) -> Any:
    """The event emitter of a session or a client. Those of aiobotocore are of another kind, with bodies to await."""
    for owner in (source, getattr(source, "meta", None), getattr(source, "_session", None)):
        events = getattr(owner, "events", None)
        if events is None and owner is not None and hasattr(owner, "get_component"):
            events = owner.get_component("event_emitter")
        if hasattr(events, "register_last") and not _is_asynchronous(source):
            return events
    raise MisuseError(f"calls are recorded of a boto3 or botocore session, or of a client, not of {source!r}")


def _is_asynchronous(source: Any) -> bool:
    kinds = [*type(source).__mro__, *type(getattr(source, "_session", None)).__mro__]
    return any(kind.__module__.startswith("aiobotocore.") for kind in kinds)


def read_answer(
    operation: OperationModel,
    protocol: str | None,
    status_code: int,
    headers: Mapping[str, str],
    body: bytes,
    plain: Plain,
) -> tuple[dict[str, Any] | None, RecordedError | None]:
    """What an answer says, by botocore's own parser, in a recording's form: its members, or the error that it is."""
    from botocore.parsers import create_parser

    shape = operation.output_shape
    parser = create_parser(protocol or operation.service_model.resolved_protocol)
    cased = Message()  # names in any case
    for name, value in headers.items():
        cased[name] = value
    context = {"operation_name": operation.name}
    wire: dict[str, Any] = {"status_code": status_code, "headers": cased, "body": body, "context": context}
    if status_code < 300:
        if operation.has_event_stream_output:
            wire["body"] = RawBody(body)
        elif operation.has_streaming_output:
            wire["body"] = BytesIO(body)  # the parser takes bytes for text
        found: dict[str, Any] = parser.parse(wire, shape)
        return plain.members(shape, whole_members(operation, found)), None
    found = parser.parse(wire, shape)
    said = found.get("Error", {})
    code = said.get("QueryErrorCode") or said.get("Code") or str(status_code)
    modelled = operation.service_model.shape_for_error_code(said.get("Code", "")) if said.get("Code") else None
    members = plain.members(modelled, parser.parse(wire, modelled)) if modelled is not None else {}
    # AWS: S3 tells in its errors what they are about, the key say, beyond its models.
    members = {name: plain.text(value) for name, value in said.items() if isinstance(value, str)} | members
    members = {name: value for name, value in members.items() if name not in _ERROR_ITSELF}
    return None, RecordedError(code, plain.text(said.get("Message", "")), status_code, members)
