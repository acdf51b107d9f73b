"""What the two RPC protocols over trees, ``json`` and ``smithy-rpc-v2-cbor``, have in common.

Owns bodies that hold a whole structure, errors whose kind is told by ``__type``, and the contract of a body format,
which the REST protocols and event streams use too. Must not know how a body is spelt.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from awsim.errors import ResultError, ServiceException
from awsim.protocol.bindings import ErrorHeaderWriter, Places, error_header_writer, with_host_labels
from awsim.protocol.body_format import BodyFormat
from awsim.protocol.codec import ErrorSerializer, Parser, Serializer
from awsim.protocol.error_shapes import ErrorShapes, error_members, query_error
from awsim.protocol.http import Request, Response
from awsim.protocol.scalars import Misfit, Writer
from awsim.protocol.structures import fields_of
from awsim.protocol.trees import TreeWriters, write_document
from awsim.spec import OperationModel, ServiceModel, StructureShape

#: The output of operations that have none.
EMPTY_STRUCTURE = StructureShape("Empty", {"type": "structure", "members": {}})


def parse_nothing(request: Request) -> dict[str, Any]:
    """The parser of operations without input."""
    return {}


def result_error(operation: OperationModel, misfit: Misfit) -> ResultError:
    """The error of a provider's result that does not fit, with the way to the place."""
    return ResultError(f"{operation.name} result: {misfit}")


def rpc_parser(operation: OperationModel, body_format: BodyFormat) -> Parser:
    """Compile the parser of an operation whose whole input is its body."""
    shape = operation.input_shape
    if shape is None:
        return parse_nothing
    if shape.event_stream_name:
        return _stream_parser(shape, shape.event_stream_name, body_format)
    read = body_format.reader(shape, shape.members)

    def parse(request: Request) -> dict[str, Any]:
        body = request.body
        members: dict[str, Any] = read(body if type(body) is bytes else request.read())
        return members

    return with_host_labels(operation, parse)


def _stream_parser(shape: StructureShape, stream_name: str, body_format: BodyFormat) -> Parser:
    from awsim.protocol import events

    union: Any = shape.members[stream_name]
    read_events = events.events_reader(union, body_format)
    read = body_format.reader(shape, {name: shape.members[name] for name in shape.members if name != stream_name})

    def parse(request: Request) -> dict[str, Any]:
        payload, stream = events.initial_request(events.messages(request))
        return {**read(payload), stream_name: read_events(stream)}

    return parse


def rpc_serializer(operation: OperationModel, body_format: BodyFormat, headers: Mapping[str, str]) -> Serializer:
    """Compile the serializer of an operation whose whole output is its body. ``headers`` stand on every response."""
    shape = operation.output_shape or EMPTY_STRUCTURE
    if shape.event_stream_name:
        return _stream_serializer(operation, shape, shape.event_stream_name, body_format, headers)
    write = body_format.writer(shape, shape.members)

    def serialize(output: Mapping[str, Any] | None, request_id: str) -> Response:
        try:
            body = write({} if output is None else output)
        except Misfit as misfit:
            raise result_error(operation, misfit) from None
        return Response(200, {"x-amzn-RequestId": request_id, **headers}, body)

    return serialize


def _stream_serializer(
    operation: OperationModel,
    shape: StructureShape,
    stream_name: str,
    body_format: BodyFormat,
    headers: Mapping[str, str],
) -> Serializer:
    from awsim.protocol import events

    union: Any = shape.members[stream_name]
    write_events = events.events_writer(union, body_format)
    write = body_format.writer(shape, {name: shape.members[name] for name in shape.members if name != stream_name})
    fields = fields_of(shape)
    headers = {**headers, "Content-Type": events.CONTENT_TYPE}

    def serialize(output: Mapping[str, Any] | None, request_id: str) -> Response:
        try:
            rest = dict(fields({} if output is None else output))
            stream = write_events(rest.pop(stream_name, None), f"{operation.name} result: {stream_name}")
            first = events.initial_response(write(rest), body_format.content_type)
        except Misfit as misfit:
            raise result_error(operation, misfit) from None
        return Response(200, {"x-amzn-RequestId": request_id, **headers}, itertools.chain([first], stream))

    return serialize


# AWS: some services write their errors' shapes with their namespace: DynamoDB (github.com/timkendall/crynamo/issues/13
# and github.com/baopham/laravel-dynamodb/issues/198 show its answers), and SQS (Developer Guide, "Interpreting Amazon
# SQS JSON API responses").
_ERROR_NAMESPACES = {"dynamodb": "com.amazonaws.dynamodb.v20120810#", "sqs": "com.amazonaws.sqs#"}


def rpc_error_serializer(
    service: ServiceModel, writers: TreeWriters, dump: Callable[[Any], bytes], headers: Mapping[str, str]
) -> ErrorSerializer:
    """Compile the serializer of errors that are trees with a ``__type``.

    AWS: services that spoke the query protocol before tell the code of old in a header, from which botocore takes it;
    ``__type`` is the shape's name.
    """
    write = error_tree_writer(service, writers)
    query_compatible = service.is_query_compatible
    namespace = _ERROR_NAMESPACES.get(service.service_name, "")

    def serialize_error(error: ServiceException, request_id: str) -> Response:
        shape, _, tree = write(error)
        response_headers = {"x-amzn-RequestId": request_id, **headers}
        if query_compatible:
            response_headers["x-amzn-query-error"] = query_error(error)
        name = (error.shape_name or error.code) if shape is None else namespace + shape.name
        return Response(error.status_code, response_headers, dump({"__type": name, **tree}))

    return serialize_error


ErrorTree = tuple[StructureShape | None, dict[str, str], dict[str, Any]]


def error_tree_writer(service: ServiceModel, writers: TreeWriters) -> Callable[[ServiceException], ErrorTree]:
    """Compile the writing of an error as its shape, headers and the tree of its other members.

    The closure raises ResultError for members that do not fit the shape.
    """
    shapes = ErrorShapes(service)
    compiled: dict[str, tuple[ErrorHeaderWriter, Writer]] = {}

    def write(error: ServiceException) -> ErrorTree:
        shape = shapes.find(error)
        members = error_members(error, shape)
        if shape is None:
            return None, {}, write_document(members)
        if shape.name not in compiled:
            places = Places(shape, request=False)
            compiled[shape.name] = error_header_writer(places), writers.structure_writer(shape, places.body)
        write_headers, write_members = compiled[shape.name]
        tree: dict[str, Any] = {}
        if "message" in members and "message" not in shape.members:
            tree["message"] = members.pop("message")  # a message that the model does not mention is told all the same
        try:
            headers = write_headers(members)
            tree.update(write_members(members))
        except Misfit as misfit:
            raise ResultError(f"{error.code} error: {misfit}") from None
        return shape, headers, tree

    return write
