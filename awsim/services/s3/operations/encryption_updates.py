"""UpdateObjectEncryption: another key for an object that stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.asked_encryption import encryption_for
from awsim.services.s3.errors import AccessDenied, InvalidRequest
from awsim.services.s3.lookup import find_bucket, find_version
from awsim.services.s3.models import S3Store
from awsim.services.s3.object_encryption import KMS_ALGORITHMS

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3")
class EncryptionUpdates(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def update_object_encryption(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        object_encryption: Mapping[str, Any],
        version_id: str | None = None,
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        version = find_version(context, found, key, version_id, method="PUT")
        asked = object_encryption.get("SSEKMS")
        if asked is None:
            raise InvalidRequest(
                "Requests that modify an object encryption configuration require a valid new encryption type. Valid "
                "values are SSEKMS. Modify the request to specify SSE-KMS for the updated encryption type, and then "
                "try again."
            )
        if version.encryption.customer_key_md5 is not None or version.encryption.algorithm == KMS_ALGORITHMS[1]:
            raise InvalidRequest(
                "The UpdateObjectEncryption operation doesn't support source objects with the encryption type DSSE-KMS "
                "or SSE-C. Only source objects encrypted with SSE-S3 or SSE-KMS are supported."
            )
        arn = asked.get("KMSKeyArn", "")
        if not arn.startswith("arn:"):
            raise InvalidRequest(
                "Requests that modify an object's encryption type to SSE-KMS require a valid Amazon Web Services KMS "
                "key Amazon Resource Name (ARN). Confirm that you have a correctly formatted KMS key ARN in your "
                "request, and then try again."
            )
        if version.is_locked(context.time(), bypass_governance=False):
            raise AccessDenied(
                "The encryption type for the specified object can’t be updated because that object is "  # noqa: RUF001  # AWS's
                "protected by S3 "
                "Object Lock. If the object has a governance-mode retention period or a legal hold, you must first "
                "remove the Object Lock status on the object before you issue your UpdateObjectEncryption request. You "
                "can't use the UpdateObjectEncryption operation with objects that have an Object Lock compliance mode "
                "retention period applied to them."
            )
        request = {"ServerSideEncryption": KMS_ALGORITHMS[0], "SSEKMSKeyId": arn}
        encryption = encryption_for(context, found, request)
        # AWS: tag, checksum and times stay what they were (API reference).
        version.encryption = attrs.evolve(encryption, bucket_key_enabled=bool(asked.get("BucketKeyEnabled")))
