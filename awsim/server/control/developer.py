"""The developer endpoints of services: ``/_aws/<service>/…``.

Owns the way to a service's endpoint and the form of its answer: JSON, or that of one of the service's operations. Which
there are, and what they do, the services say.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from awsim import spec
from awsim.context import RequestContext
from awsim.errors import ServiceException
from awsim.gateway.chain import HandlerChain
from awsim.gateway.handlers import identify_caller
from awsim.gateway.members import plain_output
from awsim.protocol.codec import operation_codec
from awsim.protocol.http import Request, Response
from awsim.server.control.endpoint import ControlError, Endpoint, json_response
from awsim.services.plugins import DeveloperEndpoint, developer_endpoints, simulated_services

if TYPE_CHECKING:
    from awsim.server.server import Server


def routes(server: Server) -> Iterable[Endpoint]:
    """The endpoints."""

    def answer(request: Request, variables: dict[str, str]) -> Any:
        name, path = variables["service"], f"/{variables['rest']}"
        if name not in simulated_services():
            raise ControlError(404, f"there is no {request.path}")
        methods: set[str] = set()
        for endpoint in developer_endpoints(name):
            found = endpoint.match(path)
            if found is not None:
                if request.method in endpoint.methods:
                    return _call(server, name, endpoint, request, found)
                methods.update(endpoint.methods)
        if methods:
            raise ControlError(405, f"{request.path} answers {', '.join(sorted(methods))}")
        raise ControlError(404, f"there is no {request.path}")

    yield ("GET", "POST", "PUT", "PATCH", "DELETE"), "/_aws/{service}/{rest+}", answer


def _call(
    server: Server, service_name: str, endpoint: DeveloperEndpoint, request: Request, variables: Mapping[str, str]
) -> Any:
    cloud = server.cloud
    service = cloud.services.require(service_name)
    assert service.skeleton is not None
    context: RequestContext[Any] = RequestContext(cloud, request, in_process=True)
    context.request_id = cloud.ids.request_id()
    context.service_name = service_name
    context.service = service.skeleton.service
    context.store_class = endpoint.store
    identify_caller(HandlerChain(), context, Response())
    try:
        with cloud.lock:
            output = endpoint.handler(context, variables)
            if endpoint.operation is None:
                return output
            output = plain_output(context.service.operation_model(endpoint.operation), output)
    except ServiceException as error:
        return _error(context, endpoint, error)
    return _written(context, endpoint.operation, output)


def _written(context: RequestContext[Any], operation_name: str, output: dict[str, Any]) -> Response:
    """The output in the operation's own form: as the SDK that asks understands it, else as XML or, where that is
    accepted, the same as JSON."""
    if "x-amz-target" in context.request.headers:
        service = spec.load_service(context.service_name)
        return operation_codec(service.operation_model(operation_name)).serialize(output, context.request_id)
    operation = spec.load_service(context.service_name, "query").operation_model(operation_name)
    if not _accepts_json(context.request):
        return operation_codec(operation, "query").serialize(output, context.request_id)
    result = _as_query(operation.output_shape, output)
    metadata = {"RequestId": context.request_id}
    return json_response(
        {f"{operation_name}Response": {f"{operation_name}Result": result, "ResponseMetadata": metadata}}
    )


def _error(context: RequestContext[Any], endpoint: DeveloperEndpoint, error: ServiceException) -> Response:
    if endpoint.operation is None or _accepts_json(context.request):
        return json_response({"error": error.message, "code": error.code}, error.status_code)
    if "x-amz-target" in context.request.headers:
        service, protocol = spec.load_service(context.service_name), None
    else:
        service, protocol = spec.load_service(context.service_name, "query"), "query"
    codec = operation_codec(service.operation_model(endpoint.operation), protocol)
    return codec.serialize_error(error, context.request_id)


def _accepts_json(request: Request) -> bool:
    return "json" in request.headers.get("accept", "")


def _as_query(shape: Any, value: Any) -> Any:
    """A value as JSON with the names of the query protocol: lists and maps in the entries that XML repeats."""
    if shape.type_name == "structure":
        pairs = ((shape.members[name], name, item) for name, item in value.items())
        return dict(_named(member, name, item) for member, name, item in pairs)
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _named(shape: Any, name: str, value: Any) -> tuple[str, Any]:
    own = shape.serialization.get("name", name)
    if shape.type_name == "list":
        return shape.member.serialization.get("name", own), [_as_query(shape.member, item) for item in value]
    if shape.type_name == "map":
        key_name = shape.key.serialization.get("name", "key")
        value_name = shape.value.serialization.get("name", "value")
        return own, [{key_name: key, value_name: _as_query(shape.value, item)} for key, item in value.items()]
    return own, _as_query(shape, value)
