"""Recordings: calls and their answers in a file, to be replayed later. Safe, versioned, diffable JSON.

Owns the format, its reading and its writing. What a file holds is data, and every value of it is checked against the
operation's model when it is read; so a broken or hostile file is refused as a whole. Must not know where calls come
from, nor how they are replayed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from awsim import spec
from awsim.errors import AwsimError, MisuseError, RecordingError, ServiceException
from awsim.fault_errors import known_error
from awsim.operation_pattern import operation_pattern
from awsim.protocol.codec import operation_codec
from awsim.recording_values import Plain, decode
from awsim.spec import OperationModel
from awsim.whole_file import write_whole

FORMAT = "awsim-recording"
VERSION = 1

_STATUS_MAX = 599


@attrs.frozen
class RecordedError:
    """An error as AWS answered it; ``members`` are those of its modelled shape, written as the file has them."""

    code: str
    message: str
    status_code: int
    members: Mapping[str, Any] = attrs.Factory(dict)


@attrs.frozen
class RecordedCall:
    """One call and what came of it. Values are as the file has them; see ``recording_values``."""

    service: str
    operation: str
    region: str
    parameters: Mapping[str, Any]
    response: Mapping[str, Any] | None = None
    error: RecordedError | None = None

    @property
    def name(self) -> str:
        """Service and operation: ``sqs.SendMessage``."""
        return f"{self.service}.{self.operation}"

    def model(self) -> OperationModel:
        """The operation's model."""
        return spec.load_service(self.service).operation_model(self.operation)

    def answer(self) -> dict[str, Any]:
        """What it answered, as a provider would return it. Raises the ServiceException where that was an error, and
        RecordingError for what the model does not allow."""
        model = self.model()
        if self.error is None:
            members: dict[str, Any] = decode(model.output_shape, self.response or {}, "response")
            return members
        raise self._exception()

    def _exception(self) -> ServiceException:
        error = self.error
        assert error is not None
        known = known_error(self.service, error.code)
        shape = None
        if known is not None and known.shape_name:
            shape = spec.load_service(self.service).shape_for(known.shape_name)
        modelled = shape.members if shape is not None else {}
        members = decode(shape, {k: v for k, v in error.members.items() if k in modelled}, "error.members")
        members.update({k: _typed(v, str, f"error.members.{k}") for k, v in error.members.items() if k not in modelled})
        exception = ServiceException(
            known.code if known else error.code,
            error.message,
            status_code=error.status_code,
            sender_fault=error.status_code < 500,
            **{name: value for name, value in members.items() if name.lower() != "message"},
        )
        exception.shape_name = known.shape_name if known else ""
        return exception


def write_recording(path: Path, calls: Iterable[RecordedCall], *, plain: Plain | None = None) -> None:
    """Write calls to a file, which is replaced as a whole or not at all. ``plain`` tells the readers of the file how it
    was redacted."""
    document: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    if plain is not None and plain.redacts:
        document["redacted"] = {"also": sorted(plain.redact), "kept": sorted(plain.keep)}
    document["calls"] = [_as_json(call) for call in calls]
    text = json.dumps(document, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    write_whole(path, text)


def _as_json(call: RecordedCall) -> dict[str, Any]:
    entry: dict[str, Any] = {"operation": call.name, "region": call.region, "parameters": call.parameters}
    if call.error is None:
        entry["response"] = call.response
    else:
        entry["error"] = {"code": call.error.code, "message": call.error.message, "status": call.error.status_code}
        if call.error.members:
            entry["error"]["members"] = call.error.members
    return entry


def read_recording(path: Path) -> tuple[list[RecordedCall], Plain]:
    """The calls of a file, and how it was redacted. Raises RecordingError for a file that is no recording, of another
    version, damaged, or whose calls the installed models do not have; OSError for one that cannot be read."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"{path} is no recording: {error}") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise RecordingError(f"{path} is no recording of awsim")
    if document.get("version") != VERSION:
        raise RecordingError(
            f"{path} has version {document.get('version')!r} of the format; this awsim reads {VERSION}"
        )
    calls = []
    try:
        _only(document, {"format", "version", "redacted", "calls"}, "the file")
        plain = _read_redaction(document.get("redacted"))
        for number, entry in enumerate(_typed(document.get("calls"), list, "calls")):
            try:
                calls.append(_read_call(entry))
            except (RecordingError, MisuseError) as error:
                raise RecordingError(f"calls[{number}]: {error}") from error
    except (RecordingError, RecursionError) as error:
        raise RecordingError(f"{path} is damaged: {error}") from error
    return calls, plain


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _read_redaction(found: Any) -> Plain:
    if found is None:
        return Plain()
    _only(_typed(found, dict, "redacted"), {"also", "kept"}, "redacted")
    names = {key: _typed(found.get(key), list, f"redacted.{key}") for key in ("also", "kept")}
    for key, values in names.items():
        for value in values:
            _typed(value, str, f"a name in redacted.{key}")
    return Plain(redacts=True, redact=frozenset(names["also"]), keep=frozenset(names["kept"]))


def _read_call(entry: Any) -> RecordedCall:
    _only(_typed(entry, dict, "a call"), {"operation", "region", "parameters", "response", "error"}, "a call")
    service, _, operation = _typed(entry.get("operation"), str, "operation").partition(".")
    if operation not in (operation_pattern(f"{service}.{operation}").operation_names or []):
        raise RecordingError(f"operation is one of AWS's as 'sqs.SendMessage', not {entry['operation']!r}")
    if ("response" in entry) == ("error" in entry):
        raise RecordingError("a call has a response or an error")
    call = RecordedCall(
        service,
        operation,
        _typed(entry.get("region"), str, "region"),
        _typed(entry.get("parameters"), dict, "parameters"),
        _typed(entry["response"], dict, "response") if "response" in entry else None,
        _read_error(entry["error"]) if "error" in entry else None,
    )
    _check(call)
    return call


def _read_error(found: Any) -> RecordedError:
    _only(_typed(found, dict, "error"), {"code", "message", "status", "members"}, "error")
    status_code = _typed(found.get("status"), int, "error.status")
    if not 300 <= status_code <= _STATUS_MAX:
        raise RecordingError(f"error.status is from 300 to {_STATUS_MAX}, not {status_code}")
    return RecordedError(
        _typed(found.get("code"), str, "error.code"),
        _typed(found.get("message"), str, "error.message"),
        status_code,
        _typed(found.get("members", {}), dict, "error.members"),
    )


def _check(call: RecordedCall) -> None:
    """Read every value of a call, and write its answer once, so that a wrong one shows now and not in a replay."""
    model = call.model()
    decode(model.input_shape, call.parameters, "parameters")
    codec = operation_codec(model)
    try:
        if call.error is None:
            codec.serialize(call.answer(), "")
        else:
            codec.serialize_error(call._exception(), "")
    except RecordingError:
        raise
    except (AwsimError, TypeError, ValueError, AttributeError) as error:
        raise RecordingError(f"its answer cannot be written: {error}") from error


def _only(found: dict[str, Any], known: set[str], what: str) -> None:
    unknown = sorted(set(found) - known)
    if unknown:
        raise RecordingError(f"{what} has no {unknown[0]!r}")


def _typed(value: Any, kind: type, what: str) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        names = {dict: "an object", list: "a list", str: "a text", int: "a whole number"}
        raise RecordingError(f"{what} is {names[kind]}, not {type(value).__name__}")
    return value
