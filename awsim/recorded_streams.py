"""Streams in calls that are recorded or replayed: read whole, so that they can be kept, and read again by who asked."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any

from awsim.intercept.botocore import RawBody

if TYPE_CHECKING:
    from awsim.spec import OperationModel


def whole_parameters(operation: OperationModel, members: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters with what streams read, so that it can be read again."""
    shape = operation.input_shape
    whole = dict(members)
    if shape is None:
        return whole
    for name in (shape.serialization.get("payload"), shape.event_stream_name):
        value: Any = whole.get(name) if name else None
        if hasattr(value, "read"):
            whole[name] = value.read()
        elif name == shape.event_stream_name and value is not None:
            whole[name] = list(value)
    return whole


def whole_body(operation: OperationModel, response: dict[str, Any]) -> bytes:
    """The whole body of botocore's response, which can be read again after."""
    from botocore.response import StreamingBody

    body = response["body"]
    if isinstance(body, bytes):
        return body
    if operation.has_event_stream_output:
        data = b"".join(body.stream())
        response["body"] = RawBody(data)
    else:
        data = body.read()
        response["body"] = StreamingBody(BytesIO(data), str(len(data)))
    return data


def whole_members(operation: OperationModel, members: dict[str, Any]) -> dict[str, Any]:
    """An answer's members with what its stream reads."""
    if operation.has_streaming_output:
        name = operation.output_shape.serialization["payload"]
        members[name] = members[name].read()
    return members
