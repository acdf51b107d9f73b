"""The ``rest-json`` protocol.

Owns what JSON adds to REST: bodies, and errors whose kind a header tells.
"""

from __future__ import annotations

from awsim.errors import ServiceException
from awsim.protocol.codec import ErrorSerializer
from awsim.protocol.http import Response
from awsim.protocol.json import JsonFormat, dump_json, malformed
from awsim.protocol.rest import BODILESS_STATUS_CODES, RestProtocol
from awsim.protocol.rpc import error_tree_writer
from awsim.spec import OperationModel, ServiceModel


class RestJsonProtocol(RestProtocol):
    """The ``rest-json`` protocol of one service."""

    def __init__(self, service: ServiceModel) -> None:
        body_format = JsonFormat()
        super().__init__(service, body_format)
        self._write_error = error_tree_writer(service, body_format.writers)

    def malformed(self, problem: str) -> ServiceException:
        return malformed(problem)

    def base_headers(self, request_id: str) -> dict[str, str]:
        return {"x-amzn-RequestId": request_id}

    def error_serializer(self, operation: OperationModel) -> ErrorSerializer:
        write = self._write_error
        is_head = operation.http.get("method") == "HEAD"

        def serialize_error(error: ServiceException, request_id: str) -> Response:
            _, bound, tree = write(error)
            # Some models bind a member to the error type's header; it says the same and gives way.
            headers = {**bound, "x-amzn-RequestId": request_id, "x-amzn-ErrorType": error.code}
            if is_head or error.status_code in BODILESS_STATUS_CODES:
                return Response(error.status_code, headers, b"")
            headers["Content-Type"] = "application/json"
            return Response(error.status_code, headers, dump_json(tree))

        return serialize_error
