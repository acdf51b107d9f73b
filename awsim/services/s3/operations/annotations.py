"""The annotations of objects: named texts beside their bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.body import Body
from awsim.services.s3.conditions import check_etag
from awsim.services.s3.deletion import LOCKED
from awsim.services.s3.errors import (
    AccessDenied,
    AnnotationLimitExceeded,
    AnnotationNameTooLong,
    InvalidAnnotationName,
    InvalidRequest,
    NoSuchAnnotation,
    UnsupportedMediaType,
)
from awsim.services.s3.listing import page_size, read_token, token_for
from awsim.services.s3.lookup import find_bucket, find_version
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.object_checksum import checksum_of_body
from awsim.services.s3.object_version import Annotation, ObjectVersion
from awsim.services.s3.operations.writing import read_body

if TYPE_CHECKING:
    from awsim.context import RequestContext

_PER_OBJECT_MAX = 1000
_NAME_LENGTH_MAX = 512
_SIZE_MAX = 1024 * 1024
_RESERVED = ("aws", "s3")


@aws_provider(api="s3")
class Annotations(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_object_annotation(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        annotation_name: str = "",
        annotation_payload: Any = b"",
        version_id: str | None = None,
        object_if_match: str | None = None,
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        version = find_version(context, found, key, version_id, method="PUT")
        _check_name(annotation_name)
        if object_if_match is not None:
            check_etag(object_if_match, key, version.etag)
        if version.encryption.customer_key_md5 is not None:
            # Deviation: that these and payloads of other sizes are refused is documented, in which words is not.
            raise InvalidRequest("Objects encrypted with SSE-C cannot have annotations.")
        annotations = version.annotations or {}
        if annotation_name not in annotations and len(annotations) >= _PER_OBJECT_MAX:
            raise AnnotationLimitExceeded
        body = read_body(annotation_payload)
        _check_payload(body)
        annotation = Annotation(
            annotation_name,
            body.read(),
            float(int(context.time())),
            body.md5().hex(),
            checksum_of_body(context.service_request or {}, body),
        )
        version.annotations = {**annotations, annotation_name: annotation}
        return {"Key": key, "AnnotationName": annotation_name, **_describe(found, version, annotation)}

    def get_object_annotation(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        annotation_name: str = "",
        version_id: str | None = None,
        checksum_mode: str | None = None,
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        version = find_version(context, found, key, version_id)
        annotation = _find(version, annotation_name)
        answer = _describe(found, version, annotation)
        if checksum_mode != "ENABLED":
            del answer[annotation.checksum.member], answer["ChecksumType"]
        return {
            "AnnotationPayload": annotation.payload,
            "LastModified": annotation.last_modified,
            "ContentLength": len(annotation.payload),
            **answer,
        }

    def list_object_annotations(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        version_id: str | None = None,
        max_annotation_results: int | None = None,
        annotation_prefix: str = "",
        continuation_token: str | None = None,
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        version = find_version(context, found, key, version_id)
        size = page_size(max_annotation_results, "max-annotation-results")
        after = read_token(continuation_token) if continuation_token is not None else ""
        names = sorted(
            name for name in version.annotations or {} if name.startswith(annotation_prefix) and name > after
        )
        page = [_find(version, name) for name in names[:size]]
        return {
            "Bucket": bucket,
            "Key": key,
            "ObjectVersionId": version.version_id if found.is_versioned else None,
            "AnnotationPrefix": annotation_prefix or None,
            "MaxAnnotationResults": size,
            "AnnotationCount": len(page),
            "Annotations": [_listed(annotation) for annotation in page] or None,
            "ContinuationToken": continuation_token,
            "NextContinuationToken": token_for(page[-1].name) if page and len(names) > size else None,
        }

    def delete_object_annotation(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        annotation_name: str = "",
        version_id: str | None = None,
        object_if_match: str | None = None,
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        version = find_version(context, found, key, version_id, method="DELETE")
        if object_if_match is not None:
            check_etag(object_if_match, key, version.etag)
        _find(version, annotation_name)
        if version.is_locked(context.time(), bypass_governance=_bypasses(context)):
            raise AccessDenied(LOCKED)
        kept = {name: one for name, one in (version.annotations or {}).items() if name != annotation_name}
        version.annotations = kept or None
        return {"ObjectVersionId": version.version_id if found.is_versioned else None}


def _check_name(name: str) -> None:
    if len(name.encode()) > _NAME_LENGTH_MAX:
        raise AnnotationNameTooLong
    if not name or name.lower().startswith(_RESERVED):
        raise InvalidAnnotationName


def _check_payload(body: Body) -> None:
    if not 1 <= body.size <= _SIZE_MAX:
        raise InvalidRequest("The annotation payload must be between 1 byte and 1 MiB in size.")
    try:
        body.read().decode()
    except UnicodeDecodeError:
        raise UnsupportedMediaType from None


def _find(version: ObjectVersion, name: str) -> Annotation:
    annotation = (version.annotations or {}).get(name)
    if annotation is None:
        raise NoSuchAnnotation
    return annotation


def _bypasses(context: RequestContext[S3Store]) -> bool:
    """The header that the API reference tells of and the model lacks."""
    headers = context.request.headers if context.request is not None else {}
    return headers.get("x-amz-bypass-governance-retention", "").lower() == "true"


def _describe(bucket: Bucket, version: ObjectVersion, annotation: Annotation) -> dict[str, Any]:
    return {
        "ObjectVersionId": version.version_id if bucket.is_versioned else None,
        "ETag": f'"{annotation.etag}"',
        "ServerSideEncryption": version.encryption.algorithm,
        annotation.checksum.member: annotation.checksum.value,
        "ChecksumType": annotation.checksum.type,
    }


def _listed(annotation: Annotation) -> dict[str, Any]:
    return {
        "AnnotationName": annotation.name,
        "LastModified": annotation.last_modified,
        "ETag": f'"{annotation.etag}"',
        "ChecksumAlgorithm": [annotation.checksum.algorithm],
        "Size": len(annotation.payload),
    }
