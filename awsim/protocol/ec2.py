"""The ``ec2`` protocol: the query protocol in EC2's dialect.

Owns what differs: capitalised names, lists without ``member``, the flat envelope with ``requestId``, and the form of
errors.
"""

from __future__ import annotations

from awsim.errors import ServiceException
from awsim.protocol.query import FormReaders, Node, NodeReader, QueryProtocol, branches, in_order
from awsim.spec import ListShape, Shape


class Ec2FormReaders(FormReaders):
    """Readers of forms in EC2's spelling."""

    def names(self, name: str, shape: Shape) -> tuple[str, ...]:
        if "queryName" in shape.serialization:
            return (shape.serialization["queryName"],)
        own: str = shape.serialization.get("name", name)
        # Smithy capitalises every name, botocore only those that the model spells out.
        return own[:1].upper() + own[1:], name

    def list_reader(self, shape: ListShape) -> NodeReader:
        reader = self.reader(shape.member)

        def read(node: Node) -> list[object]:
            return [reader(item) for item in in_order(branches(node))]

        return read


class Ec2Protocol(QueryProtocol):
    """The ``ec2`` protocol of one service."""

    content_type = "text/xml;charset=UTF-8"
    readers_type = Ec2FormReaders
    _declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'

    def envelope(self, operation_name: str, wrapper: str) -> tuple[str, str]:
        return (
            f"{self._declaration}<{operation_name}Response{self._namespace}>",
            f"<requestId>{{}}</requestId></{operation_name}Response>",
        )

    def enclose_error(self, error: ServiceException, contents: str, request_id: str) -> str:
        return (
            f"{self._declaration}<Response><Errors><Error>{contents}</Error></Errors>"
            f"<RequestID>{request_id}</RequestID></Response>"
        )
