"""How a bucket encrypts what is put without saying how. Encrypting is the objects' matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.model import default_encryption
from awsim.services.s3.configuration.schema import check_enumerations, plain
from awsim.services.s3.errors import InvalidArgument, MalformedXML
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store
from awsim.services.s3.object_encryption import AES256, KMS_ALGORITHMS

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3")
class Encryption(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_encryption(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        server_side_encryption_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        check_enumerations(context)
        configuration = plain(server_side_encryption_configuration)
        if len(configuration["Rules"]) != 1:
            raise MalformedXML
        (rule,) = configuration["Rules"]
        _check_default(rule.get("ApplyServerSideEncryptionByDefault"))
        rule.setdefault("BucketKeyEnabled", False)
        found.configuration.encryption = configuration
        found.configuration.encryption_was_put = True

    def get_bucket_encryption(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        return {"ServerSideEncryptionConfiguration": found.configuration.encryption}

    def delete_bucket_encryption(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> None:
        # AWS: puts SSE-S3 back, without which no bucket is (API reference of DeleteBucketEncryption).
        # Deviation: GetBucketEncryption tells so at once, where AWS first answered with nothing (recorded).
        found = find_bucket(context, bucket, expected_bucket_owner)
        found.configuration.encryption = default_encryption()
        found.configuration.encryption_was_put = False


def _check_default(default: Mapping[str, Any] | None) -> None:
    """Raise MalformedXML or InvalidArgument for a default that a bucket cannot have."""
    if default is None or default["SSEAlgorithm"] in KMS_ALGORITHMS:
        return
    # Of the model's algorithms the others are for access points to file systems.
    if default["SSEAlgorithm"] != AES256:
        raise MalformedXML
    if "KMSMasterKeyID" in default:
        raise InvalidArgument(
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
            "ApplyServerSideEncryptionByDefault",
        )
