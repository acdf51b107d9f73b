"""The values of recorded calls as JSON, by the operation's model: to write, to compare, to read back.

A blob is its text, or ``{"base64": …}`` where it is none; a timestamp is written in ISO 8601; a body that streams is a
blob, an event stream a list of its events. Left out is what botocore makes up by itself with each call, so that the
same calls of a test are the same in every run: idempotency tokens, and checksums of the body.

Owns the form and the redaction of values. Must not know files or calls.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

import attrs

from awsim.errors import RecordingError
from awsim.spec import OperationModel

#: What stands in the place of a value that was redacted.
REDACTED = "REDACTED"
#: Credentials, also where the model does not mark them.
_CREDENTIALS = frozenset(
    {"AccessKeyId", "SecretAccessKey", "SessionToken", "Password", "SecretString", "SecretBinary", "Plaintext"}
)
_CHECKSUM_HEADER = re.compile(r"x-amz-checksum-.*|x-amz-sdk-checksum-algorithm|content-md5", re.IGNORECASE)


@attrs.frozen
class Plain:
    """How values are written: whether the sensitive ones are redacted, by member names, and which texts are replaced.

    ``redacts`` covers what the model marks as sensitive, and credentials; ``redact`` names members besides, ``keep``
    those that are not to be.
    """

    redacts: bool = False
    redact: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()
    replace: Mapping[str, str] = attrs.Factory(dict)

    def members(self, shape: Any, value: Mapping[str, Any] | None) -> dict[str, Any]:
        """The members of a message, or of an error's shape, as JSON."""
        if shape is None or not value:
            return {}
        encoded: dict[str, Any] = self._encode(shape, value, hidden=False)
        return encoded

    def parameters(self, operation: OperationModel, value: Mapping[str, Any] | None) -> dict[str, Any]:
        """The parameters of a call as JSON, without what botocore makes up with each call."""
        shape = operation.input_shape
        encoded = self.members(shape, value)
        checksums = bool(operation.http_checksum or operation.http_checksum_required)
        for name in list(encoded):
            member = shape.members[name]
            header = member.serialization.get("name", "") if member.serialization.get("location") == "header" else ""
            if member.metadata.get("idempotencyToken") or (checksums and _CHECKSUM_HEADER.fullmatch(header)):
                del encoded[name]
        return encoded

    def text(self, value: str) -> str:
        """A text, with what is to be replaced replaced."""
        for found, instead in self.replace.items():
            value = value.replace(found, instead)
        return value

    def _encode(self, shape: Any, value: Any, *, hidden: bool) -> Any:
        kind = shape.type_name
        hidden = hidden or bool(self.redacts and shape.metadata.get("sensitive"))
        if kind == "structure":
            if shape.is_document_type:
                return self._document(value)
            found = {}
            for name, member in shape.members.items():
                item = value.get(name) if isinstance(value, Mapping) else None
                if item is not None:
                    found[name] = self._member(name, member, item, hidden=hidden)
            return found
        if value is None:
            return None
        if kind == "list":
            return [self._encode(shape.member, item, hidden=hidden) for item in value]
        if kind == "map":
            return {
                self.text(str(key)): self._encode(shape.value, value[key], hidden=hidden)
                for key in sorted(value, key=str)
            }
        return _redacted(kind, value) if hidden else self._scalar(kind, value)

    def _member(self, name: str, shape: Any, value: Any, *, hidden: bool) -> Any:
        if self.redacts:
            hidden = (hidden or name in _CREDENTIALS or name in self.redact) and name not in self.keep
            if name in self.keep:
                return attrs.evolve(self, redacts=False)._encode(shape, value, hidden=False)
        if shape.serialization.get("eventstream"):
            return [self._encode(shape, event, hidden=hidden) for event in value]
        return self._encode(shape, value, hidden=hidden)

    def _scalar(self, kind: str, value: Any) -> Any:
        if kind == "blob":
            return self._blob(value)
        if kind == "timestamp":
            return _timestamp(value)
        if kind in ("float", "double"):
            number = float(value)
            return number if math.isfinite(number) else str(number)
        if kind in ("integer", "long"):
            return int(value)
        if kind == "boolean":
            return bool(value)
        return self.text(str(value))

    def _blob(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        data = bytes(value)
        try:
            return self.text(data.decode())
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(data).decode()}

    def _document(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {str(key): self._document(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._document(item) for item in value]
        return self.text(value) if isinstance(value, str) else value


def _redacted(kind: str, value: Any) -> Any:
    return {"integer": 0, "long": 0, "float": 0.0, "double": 0.0, "boolean": False, "timestamp": _EPOCH}.get(
        kind, REDACTED
    )


_EPOCH = "1970-01-01T00:00:00Z"


def _timestamp(value: datetime) -> str:
    value = value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)
    return value.isoformat().replace("+00:00", "Z")


# -- back --------------------------------------------------------------------------------------------------------------

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "character": (str,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "list": (list,),
    "map": (dict,),
    "structure": (dict,),
}


def decode(shape: Any, value: Any, place: str) -> Any:
    """A value as providers return it. Raises RecordingError for one that the model does not allow, with its place."""
    if shape is None:
        if value:
            raise RecordingError(f"{place} has no members")
        return {}
    kind = shape.type_name
    if kind == "structure" and shape.is_document_type:
        return value
    allowed = _TYPES.get(kind)
    if allowed is not None and (not isinstance(value, allowed) or (isinstance(value, bool) and kind != "boolean")):
        raise RecordingError(f"{place} is of type {kind}, not {type(value).__name__}")
    if kind == "structure":
        return _decoded_members(shape, value, place)
    if kind == "list":
        return [_optional(shape.member, item, f"{place}[{index}]") for index, item in enumerate(value)]
    if kind == "map":
        return {key: _optional(shape.value, item, f"{place}.{key}") for key, item in value.items()}
    if kind == "blob":
        return _decoded_blob(value, place)
    if kind == "timestamp":
        return _decoded_timestamp(value, place)
    if kind in ("float", "double"):
        return _decoded_float(value, place)
    return value


def _optional(shape: Any, value: Any, place: str) -> Any:
    return None if value is None else decode(shape, value, place)


def _decoded_members(shape: Any, value: dict[str, Any], place: str) -> dict[str, Any]:
    members = shape.members
    found: dict[str, Any] = {}
    for name, item in value.items():
        if name not in members:
            raise RecordingError(f"{place} has no member {name!r}")
        member = members[name]
        if member.serialization.get("eventstream") and isinstance(item, list):
            found[name] = [decode(member, event, f"{place}.{name}[{index}]") for index, event in enumerate(item)]
        else:
            found[name] = decode(member, item, f"{place}.{name}")
    return found


def _decoded_blob(value: Any, place: str) -> bytes:
    if isinstance(value, str):
        try:
            return value.encode()
        except UnicodeEncodeError as error:
            raise RecordingError(f"{place} is no text: {error}") from error
    if isinstance(value, dict) and set(value) == {"base64"} and isinstance(value["base64"], str):
        try:
            return base64.b64decode(value["base64"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise RecordingError(f"{place} is no base64: {error}") from error
    raise RecordingError(f"{place} is a text or {{'base64': …}}, not {type(value).__name__}")


def _decoded_timestamp(value: Any, place: str) -> datetime:
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            pass
        else:
            if moment.tzinfo is not None:
                return moment
    raise RecordingError(f"{place} is a moment as 2026-01-31T12:00:00Z, not {value!r}")


def _decoded_float(value: Any, place: str) -> float:
    if value in ("nan", "inf", "-inf") or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        try:
            return float(value)
        except OverflowError:
            pass
    raise RecordingError(f"{place} is a number, not {value!r}")
