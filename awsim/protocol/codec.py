"""The door of the protocol layer: one compiled codec per operation and protocol.

A codec turns a request into the operation's input members and a result, or an error, into a response. It is compiled
from the model's shapes into closures at first use and kept for the life of the process.

Owns the contract between the gateway and the protocols, and which module speaks which protocol. Must not know any wire
format.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Protocol, cast

from awsim.errors import ServiceException
from awsim.protocol.http import Request, Response
from awsim.spec import OperationModel, ServiceModel


class OperationCodec(Protocol):
    """What the gateway asks of a protocol, for one operation."""

    def parse(self, request: Request) -> dict[str, Any]:
        """The input members by AWS's names, as boto3's caller would have passed them (timestamps as aware datetimes in
        UTC, blobs as bytes, streaming blobs as the request's own body, event streams as an iterator).

        Raises ServiceException with the protocol's own code (SerializationException, MalformedXML, …) for input that
        cannot be read.
        """

    def validate(self, members: Mapping[str, Any]) -> None:
        """Check members against the model. Raises ServiceException worded as the service words it."""

    def serialize(self, output: Mapping[str, Any] | None, request_id: str) -> Response:
        """The answer of a provider as a response. Raises ResultError where it does not fit the output shape."""

    def serialize_error(self, error: ServiceException, request_id: str) -> Response:
        """An error as a response of this protocol."""


class Parser(Protocol):
    """OperationCodec.parse as a closure."""

    def __call__(self, request: Request) -> dict[str, Any]: ...


class Serializer(Protocol):
    """OperationCodec.serialize as a closure."""

    def __call__(self, output: Mapping[str, Any] | None, request_id: str) -> Response: ...


class ErrorSerializer(Protocol):
    """OperationCodec.serialize_error as a closure."""

    def __call__(self, error: ServiceException, request_id: str) -> Response: ...


class WireProtocol(Protocol):
    """What each protocol's module offers: the compiler of one service's operations."""

    def parser(self, operation: OperationModel) -> Parser:
        """Compile the reading of requests."""

    def serializer(self, operation: OperationModel) -> Serializer:
        """Compile the writing of results."""

    def error_serializer(self, operation: OperationModel) -> ErrorSerializer:
        """Compile the writing of errors, which differs between operations only for HEAD requests."""


class CompiledCodec:
    """An OperationCodec whose four closures are each compiled when first asked for.

    They are attributes of the instance from then on, so that calling one costs no method in between. Two threads may
    both compile; either's closure is as good.
    """

    def __init__(self, operation: OperationModel, protocol_name: str, protocol: WireProtocol) -> None:
        self._operation = operation
        self._protocol_name = protocol_name
        self._protocol = protocol

    @cached_property
    def parse(self) -> Parser:
        return self._protocol.parser(self._operation)

    @cached_property
    def validate(self) -> Callable[[Mapping[str, Any]], None]:
        from awsim.protocol.validation import compile_validator

        return compile_validator(self._operation, self._protocol_name)

    @cached_property
    def serialize(self) -> Serializer:
        return self._protocol.serializer(self._operation)

    @cached_property
    def serialize_error(self) -> ErrorSerializer:
        return self._protocol.error_serializer(self._operation)

    def __repr__(self) -> str:
        return f"<codec of {self._operation.name} in {self._protocol_name}>"


#: The class that speaks each protocol; its module is imported when the protocol is first needed.
_PROTOCOLS = {
    "json": ("awsim.protocol.json", "JsonProtocol"),
    "query": ("awsim.protocol.query", "QueryProtocol"),
    "ec2": ("awsim.protocol.ec2", "Ec2Protocol"),
    "rest-json": ("awsim.protocol.rest_json", "RestJsonProtocol"),
    "rest-xml": ("awsim.protocol.rest_xml", "RestXmlProtocol"),
    "smithy-rpc-v2-cbor": ("awsim.protocol.cbor", "CborProtocol"),
}
_codecs: dict[tuple[OperationModel, str | None], OperationCodec] = {}
_protocols: dict[tuple[ServiceModel, str], WireProtocol] = {}


def operation_codec(operation: OperationModel, protocol: str | None = None) -> OperationCodec:
    """The codec of an operation in a protocol (default: the one botocore speaks).

    Kept per operation model, by identity: ask with the process's own model (``spec.load_service``), not with a fresh
    one each time. Raises ValueError for a protocol that AWS does not have.
    """
    codec = _codecs.get((operation, protocol))
    if codec is None:
        service = operation.service_model
        name = protocol or service.resolved_protocol
        compiler = _protocols.get((service, name))
        if compiler is None:
            compiler = _protocols[service, name] = wire_protocol(service, name)
        codec = cast(OperationCodec, CompiledCodec(operation, name, compiler))
        _codecs[operation, protocol] = codec
    return codec


def wire_protocol(service: ServiceModel, protocol: str) -> WireProtocol:
    """A new compiler of a service's operations, kept by nobody. Raises ValueError for an unknown protocol."""
    try:
        module_name, class_name = _PROTOCOLS[protocol]
    except KeyError:
        raise ValueError(f"unknown protocol {protocol!r}; AWS has {', '.join(_PROTOCOLS)}") from None
    compiler: WireProtocol = getattr(importlib.import_module(module_name), class_name)(service)
    return compiler
