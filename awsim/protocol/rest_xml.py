"""The ``rest-xml`` protocol.

Owns what XML adds to REST: bodies, errors, and the two ways in which S3 goes its own way.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from awsim.errors import ServiceException
from awsim.protocol.bindings import Bound, BoundReader, Places
from awsim.protocol.codec import ErrorSerializer
from awsim.protocol.error_shapes import fault_name
from awsim.protocol.http import Body, Request, Response
from awsim.protocol.rest import BODILESS_STATUS_CODES, RestProtocol
from awsim.protocol.scalars import Misfit
from awsim.protocol.xml import XmlFormat, encode, escape, namespace_attribute, xml_error_writer
from awsim.spec import OperationModel, ServiceModel, StructureShape

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

#: AWS: S3 errors stand alone, without the envelope of the other services (Smithy's restXml#noErrorWrapping, which
#: botocore's models leave out).
_BARE_ERRORS = ("S3",)
#: AWS: these two services call the request's id x-amz-request-id, add an x-amz-id-2 (the host id), and name a Server.
_HOST_ID = ("S3", "S3 Control")
#: AWS: the answer of GetBucketLocation is its one member, not a structure around it (Smithy's
#: s3UnwrappedXmlOutput, which botocore's models leave out and a botocore handler makes up for).
_UNWRAPPED = (("S3", "GetBucketLocation"),)


#: AWS: the namespace of S3's documents, which the errors alone are not in (Smithy's xmlNamespace of the service).
_NAMESPACES = {"S3": "http://s3.amazonaws.com/doc/2006-03-01/"}
#: AWS: what S3 calls the roots of its documents (Smithy's xmlName of output shapes, which botocore's models leave out,
#: and by which clients other than botocore know an answer).
_ROOTS = {
    "S3": {
        "CompleteMultipartUploadOutput": "CompleteMultipartUploadResult",
        "CreateMultipartUploadOutput": "InitiateMultipartUploadResult",
        "CreateSessionOutput": "CreateSessionResult",
        "DeleteObjectsOutput": "DeleteResult",
        "GetBucketAccelerateConfigurationOutput": "AccelerateConfiguration",
        "GetBucketAclOutput": "AccessControlPolicy",
        "GetBucketCorsOutput": "CORSConfiguration",
        "GetBucketLifecycleConfigurationOutput": "LifecycleConfiguration",
        "GetBucketLifecycleOutput": "LifecycleConfiguration",
        "GetBucketLoggingOutput": "BucketLoggingStatus",
        "GetBucketRequestPaymentOutput": "RequestPaymentConfiguration",
        "GetBucketTaggingOutput": "Tagging",
        "GetBucketVersioningOutput": "VersioningConfiguration",
        "GetBucketWebsiteOutput": "WebsiteConfiguration",
        "GetObjectAclOutput": "AccessControlPolicy",
        "GetObjectAttributesOutput": "GetObjectAttributesResponse",
        "GetObjectTaggingOutput": "Tagging",
        "ListBucketAnalyticsConfigurationsOutput": "ListBucketAnalyticsConfigurationResult",
        "ListBucketInventoryConfigurationsOutput": "ListInventoryConfigurationsResult",
        "ListBucketMetricsConfigurationsOutput": "ListMetricsConfigurationsResult",
        "ListBucketsOutput": "ListAllMyBucketsResult",
        "ListDirectoryBucketsOutput": "ListAllMyDirectoryBucketsResult",
        "ListMultipartUploadsOutput": "ListMultipartUploadsResult",
        "ListObjectVersionsOutput": "ListVersionsResult",
        "ListObjectsOutput": "ListBucketResult",
        "ListObjectsV2Output": "ListBucketResult",
        "ListPartsOutput": "ListPartsResult",
        "NotificationConfigurationDeprecated": "NotificationConfiguration",
    }
}


class RestXmlProtocol(RestProtocol):
    """The ``rest-xml`` protocol of one service."""

    def __init__(self, service: ServiceModel) -> None:
        self._xml = XmlFormat(service)
        self._xml.namespace = _NAMESPACES.get(service.metadata.get("serviceId", ""))
        self._xml.root_tags = _ROOTS.get(service.metadata.get("serviceId", ""), {})
        super().__init__(service, self._xml)
        self._service_id: str = service.metadata.get("serviceId", "")
        self._write_error = xml_error_writer(service, self._xml.writers)

    def malformed(self, problem: str) -> ServiceException:
        return ServiceException("InvalidArgument", problem)

    def _body_reader(self, shape: StructureShape, places: Places) -> BoundReader | None:
        read = super()._body_reader(shape, places)
        if read is None or self._service_id != "S3":
            return read

        def read_schema(request: Request, members: Bound) -> None:
            try:
                read(request, members)
            except Misfit:
                # AWS: what is in a document and does not fit its type does not fit the schema.
                raise ServiceException(
                    "MalformedXML",
                    "The XML you provided was not well-formed or did not validate against our published schema",
                ) from None

        return read_schema

    def base_headers(self, request_id: str) -> dict[str, str]:
        if self._service_id in _HOST_ID:
            return {"x-amz-request-id": request_id, "x-amz-id-2": host_id(request_id), "Server": "AmazonS3"}
        return {"x-amzn-RequestId": request_id}

    def shared_body_writer(
        self, operation: OperationModel, shape: StructureShape, places: Places
    ) -> Callable[[dict[str, Any]], Body]:
        write = super().shared_body_writer(operation, shape, places)
        if (self._service_id, operation.name) not in _UNWRAPPED:
            return write
        ((name, _),) = places.body.items()
        start, end = f"{_DECLARATION}<{name}{namespace_attribute(self._xml.namespace)}>", f"</{name}>"

        def write_unwrapped(rest: dict[str, Any]) -> Body:
            write(rest)  # for its checks
            return encode([start, escape(rest.get(name) or ""), end])

        return write_unwrapped

    def error_serializer(self, operation: OperationModel) -> ErrorSerializer:
        write, is_head = self._write_error, operation.http.get("method") == "HEAD"
        enclose = self._bare if self._service_id in _BARE_ERRORS else self._wrapped

        def serialize_error(error: ServiceException, request_id: str) -> Response:
            contents, bound = write(error)
            headers = {**self.base_headers(request_id), **bound}
            if is_head or error.status_code in BODILESS_STATUS_CODES:
                return Response(error.status_code, headers, b"")
            headers["Content-Type"] = "application/xml"
            return Response(error.status_code, headers, encode([_DECLARATION, enclose(error, contents, request_id)]))

        return serialize_error

    def _bare(self, error: ServiceException, contents: str, request_id: str) -> str:
        ids = f"<RequestId>{escape(request_id)}</RequestId><HostId>{host_id(request_id)}</HostId>"
        return f"<Error>{contents}{ids}</Error>"

    def _wrapped(self, error: ServiceException, contents: str, request_id: str) -> str:
        host = f"<HostId>{host_id(request_id)}</HostId>" if self._service_id in _HOST_ID else ""
        # AWS: S3 Control does not tell whose fault an error is (recorded).
        kind = "" if self._service_id in _HOST_ID else f"<Type>{fault_name(error)}</Type>"
        return (
            f"<ErrorResponse><Error>{kind}{contents}</Error>"
            f"<RequestId>{escape(request_id)}</RequestId>{host}</ErrorResponse>"
        )


def host_id(request_id: str) -> str:
    """The second id of a request: nothing may be read from it, it only has to look the part and follow the first."""
    return base64.b64encode(request_id.encode()).decode("ascii")
