"""The other side of the wire: botocore's own serializers and parsers around awsim's plain messages."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import HeadersDict, create_request_object, prepare_request_dict
from botocore.model import OperationModel, Shape
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from awsim.protocol.http import Request, Response

ENDPOINT = "https://service.us-east-1.amazonaws.com"


def sent_by_botocore(operation: OperationModel, protocol: str, params: dict[str, Any]) -> Request:
    """The request that boto3 would send for these parameters."""
    description = create_serializer(protocol, include_validation=False).serialize_to_request(params, operation)
    prepare_request_dict(description, endpoint_url=ENDPOINT, context={})
    request = create_request_object(description).prepare()
    url = urlsplit(request.url)
    headers = {
        name: value.decode() if isinstance(value, bytes) else str(value) for name, value in request.headers.items()
    }
    body = request.body
    if body is None:
        body = b""
    return Request(
        request.method,
        url.path,
        url.query,
        headers,
        body.encode() if isinstance(body, str) else body,
        host=url.netloc,
    )


class RawStream:
    """What botocore reads an event stream from."""

    def __init__(self, chunks: Any) -> None:
        self._chunks = chunks

    def stream(self) -> Iterator[bytes]:
        yield from self._chunks

    def close(self) -> None:
        pass


def read_by_botocore(response: Response, operation: OperationModel, protocol: str) -> dict[str, Any]:
    """What boto3's caller would get, with ResponseMetadata; streams are read to their end."""
    output_shape = operation.output_shape
    body: Any
    if operation.has_event_stream_output:
        body = RawStream(response.body if not isinstance(response.body, bytes) else [response.body])
    elif operation.has_streaming_output:
        body = io.BytesIO(response.read())
    else:
        body = response.read()
    parsed = create_parser(protocol).parse(_description(response, body, operation), output_shape)
    for name, value in parsed.items():
        if isinstance(value, io.BytesIO):
            parsed[name] = value.read()
        elif operation.has_event_stream_output and name == output_shape.event_stream_name:
            parsed[name] = list(value)
    result: dict[str, Any] = parsed
    return result


def error_by_botocore(
    response: Response, operation: OperationModel, protocol: str, shape: Shape | None = None
) -> dict[str, Any]:
    """What boto3's caller finds in ``ClientError.response``: the error, with the members of its shape."""
    description = _description(response, response.read(), operation)
    parser = create_parser(protocol)
    parsed: dict[str, Any] = parser.parse(description, operation.output_shape)
    if shape is not None:
        parsed.update(parser.parse(description, shape))
    return parsed


def _description(response: Response, body: Any, operation: OperationModel) -> dict[str, Any]:
    return {
        "status_code": response.status_code,
        "headers": HeadersDict(response.headers),
        "body": body,
        "context": {"operation_name": operation.name},
    }
