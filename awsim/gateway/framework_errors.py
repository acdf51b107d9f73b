"""Errors for requests of which the operation, or even the service, is not known: in the protocol they look like."""

from __future__ import annotations

import functools

from awsim.errors import ServiceException
from awsim.protocol.codec import ErrorSerializer, wire_protocol
from awsim.protocol.http import Request, Response
from awsim.protocol.router import UnroutableError
from awsim.spec import ServiceModel


def framework_error_response(
    request: Request, error: ServiceException, request_id: str, service: ServiceModel | None = None
) -> Response:
    """The error as a response of the service, where that is known; else of the protocol that the router could tell, or
    that the request seems to speak."""
    if service is not None:
        compiler = wire_protocol(service, service.resolved_protocol)
        return compiler.error_serializer(service.operation_model(service.operation_names[0]))(error, request_id)
    protocol = error.protocol if isinstance(error, UnroutableError) else None
    return _error_serializer(protocol or _likely_protocol(request))(error, request_id)


def _likely_protocol(request: Request) -> str:
    headers = request.headers
    content_type = headers.get("content-type", "")
    if "smithy-protocol" in headers or "cbor" in content_type:
        return "smithy-rpc-v2-cbor"
    if "x-amz-target" in headers or "x-amz-json" in content_type:
        return "json"
    if "x-www-form-urlencoded" in content_type or "Action=" in request.query_string:
        return "query"
    if "xml" in content_type or "x-amz-content-sha256" in headers:
        return "rest-xml"
    return "rest-json"


@functools.cache
def _error_serializer(protocol: str) -> ErrorSerializer:
    nobody = {
        "metadata": {"protocol": protocol, "jsonVersion": "1.1", "serviceId": "AWS", "endpointPrefix": "aws"},
        "operations": {"Unknown": {"name": "Unknown", "http": {"method": "POST", "requestUri": "/"}}},
        "shapes": {},
    }
    service = ServiceModel(nobody, "aws")
    return wire_protocol(service, protocol).error_serializer(service.operation_model("Unknown"))
