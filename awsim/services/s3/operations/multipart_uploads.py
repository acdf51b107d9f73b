"""Multipart uploads as a whole: begun, completed, aborted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.addressing import bucket_host
from awsim.services.s3.completion import assemble, chosen_parts
from awsim.services.s3.configuration.lifecycle_rules import abort_members
from awsim.services.s3.errors import (
    AccessDenied,
    ConditionalRequestConflict,
    MethodNotAllowed,
    NoSuchUpload,
    NotImplementedHeader,
)
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import Bucket, S3Store, new_upload_id
from awsim.services.s3.multipart_upload import CompletedUpload, MultipartUpload
from awsim.services.s3.object_checksum import COMPOSITE, checksum_type_of
from awsim.services.s3.object_grants import grants_of_request
from awsim.services.s3.object_version import ObjectVersion
from awsim.services.s3.object_writing import (
    check_write_conditions,
    draft_object,
    store_version,
    tell_created,
    written,
)
from awsim.services.s3.owners import canonical_user_id

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3")
class MultipartUploads(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store
    identifiers = ("upload",)

    def create_multipart_upload(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        checksum_algorithm: str | None = None,
        checksum_type: str | None = None,
        expected_bucket_owner: str | None = None,
        **stored: Any,
    ) -> dict[str, Any]:
        request = context.service_request or {}
        found = find_bucket(context, bucket, expected_bucket_owner)
        if context.request is not None and not context.access_key_id:
            # AWS: whatever a policy allows (aws-sdk-cpp #1575).
            raise AccessDenied("Anonymous users cannot initiate multipart uploads.  Please authenticate.")
        kept_type = checksum_type_of(checksum_algorithm, checksum_type)
        draft = draft_object(context, found, key, request)
        draft.grants = grants_of_request(context, found, draft.account_id, request)
        initiator_id, initiator_name = _initiator(context)
        upload = MultipartUpload(
            new_upload_id(context),
            float(int(context.time())),
            draft,
            initiator_id,
            initiator_name,
            checksum_algorithm,
            kept_type,
        )
        found.uploads.in_progress[upload.upload_id] = upload
        answer = draft.encryption.members()
        answer.update(
            SSEKMSEncryptionContext=draft.encryption.kms_context,
            Bucket=bucket,
            Key=key,
            UploadId=upload.upload_id,
            ChecksumAlgorithm=checksum_algorithm,
            ChecksumType=kept_type,
            **abort_members(found.configuration.lifecycle_rules, key, upload.initiated),
        )
        return answer

    def complete_multipart_upload(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        upload_id: str | None = None,
        multipart_upload: Mapping[str, Any] | None = None,
        mpu_object_size: int | None = None,
        checksum_type: str | None = None,
        if_match: str | None = None,
        if_none_match: str | None = None,
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> dict[str, Any]:
        request = context.service_request or {}
        found = find_bucket(context, bucket, expected_bucket_owner)
        if upload_id is None:
            # AWS: a POST to an object that says nothing of what is to be done.
            raise MethodNotAllowed(Method="POST", ResourceType="OBJECT")
        upload = found.uploads.in_progress.get(upload_id)
        if upload is None or upload.key != key:
            return _answer(context, found, _completed_before(found, key, upload_id))
        parts = chosen_parts(upload, multipart_upload, context.settings.s3_min_part_size)
        version = assemble(context, upload, parts, request, mpu_object_size)
        check_write_conditions(found, key, if_match, if_none_match)
        if upload.overtaken and (if_match is not None or if_none_match is not None):
            raise ConditionalRequestConflict("If-Match" if if_match is not None else "If-None-Match", key)
        store_version(context, found, version, upload)
        del found.uploads.in_progress[upload_id]
        found.uploads.completed[upload_id] = CompletedUpload(key, version.version_id, version.etag)
        tell_created(context, found, "CompleteMultipartUpload", version)
        return _answer(context, found, version)

    def abort_multipart_upload(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        upload_id: str,
        if_match_initiated_time: datetime | None = None,
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if if_match_initiated_time is not None:
            raise NotImplementedHeader(Header="x-amz-if-match-initiated-time")
        find_upload(found, key, upload_id)
        del found.uploads.in_progress[upload_id]


def find_upload(bucket: Bucket, key: str, upload_id: str) -> MultipartUpload:
    """An upload in progress. Raises NoSuchUpload."""
    upload = bucket.uploads.in_progress.get(upload_id)
    if upload is None or upload.key != key:
        raise NoSuchUpload(upload_id)
    return upload


def _initiator(context: RequestContext[S3Store]) -> tuple[str, str]:
    """AWS: the account itself by its canonical user id, everybody else by ARN."""
    arn = context.principal_arn
    if arn.endswith(":root"):
        return canonical_user_id(context.account_id), context.account_id
    return arn, arn.rpartition("/")[2]


def _completed_before(bucket: Bucket, key: str, upload_id: str) -> ObjectVersion:
    """What an upload became that has been completed already: completing twice is as good as once."""
    done = bucket.uploads.completed.get(upload_id)
    if done is None or done.key != key:
        raise NoSuchUpload(upload_id)
    version = bucket.objects.find(key, done.version_id)
    if version is None or version.etag != done.etag:
        raise NoSuchUpload(upload_id)
    return version


def _answer(context: RequestContext[S3Store], bucket: Bucket, version: ObjectVersion) -> dict[str, Any]:
    answer = written(bucket, version)
    # The answer to completing has no member for a customer's key.
    answer.pop("SSECustomerAlgorithm", None)
    answer.pop("SSECustomerKeyMD5", None)
    # AWS: slashes too are encoded, and a space is a plus sign (aws-sdk-js #811, #1158 and #1707).
    answer["Location"] = f"https://{bucket_host(bucket, context.partition)}/{quote_plus(version.key)}"
    answer["Bucket"] = bucket.name
    answer["Key"] = version.key
    answer["ETag"] = version.quoted_etag
    checksum = version.checksum
    if checksum is not None:
        value = f"{checksum.value}-{len(version.parts or ())}" if checksum.type == COMPOSITE else checksum.value
        answer[checksum.member] = value
        answer["ChecksumType"] = checksum.type
    return answer
