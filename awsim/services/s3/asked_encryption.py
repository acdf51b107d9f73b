"""The encryption of what a request writes: what it may ask for, and the bucket's default where it asks for nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.errors import NotSimulatedError, ServiceException
from awsim.services.s3.errors import AccessDenied, InvalidArgument, KmsError
from awsim.services.s3.object_encryption import (
    AES256,
    ENCRYPTION_HEADER,
    KMS_ALGORITHMS,
    SSE_S3,
    ObjectEncryption,
    read_customer_key,
)

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.services.s3.models import Bucket, S3Store

_CONTEXT = "x-amz-server-side-encryption-context"
_KEY_ID = re.compile(r"(mrk-[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


def encryption_for(context: RequestContext[S3Store], bucket: Bucket, request: Mapping[str, Any]) -> ObjectEncryption:
    """The encryption of what a request writes. Raises InvalidArgument, InvalidRequest, AccessDenied where the bucket
    takes no customers' keys, KmsError."""
    customer_key_md5 = read_customer_key(request)
    algorithm, key_id = request.get("ServerSideEncryption"), request.get("SSEKMSKeyId")
    if customer_key_md5 is not None:
        if bucket.blocks_customer_keys:
            raise AccessDenied
        if algorithm is not None:
            raise InvalidArgument(
                "Server Side Encryption with Customer provided key is incompatible with the encryption method "
                "specified",
                ENCRYPTION_HEADER,
            )
        return ObjectEncryption(None, customer_key_md5=customer_key_md5)
    default_algorithm, default_key_id, default_bucket_key = bucket.default_encryption
    if algorithm is None and key_id is None:
        algorithm, key_id = default_algorithm, default_key_id
    if algorithm not in KMS_ALGORITHMS:
        if key_id is not None:
            raise InvalidArgument(
                "x-amz-server-side-encryption-aws-kms-key-id header is not applicable without "
                "x-amz-server-side-encryption header set to aws:kms or aws:kms:dsse",
                ENCRYPTION_HEADER,
            )
        if algorithm != AES256:
            raise InvalidArgument("The encryption method specified is not supported", ENCRYPTION_HEADER, algorithm)
        return SSE_S3
    bucket_key_enabled = request.get("BucketKeyEnabled", default_bucket_key)
    arn = _key_arn(context, bucket, key_id)
    return ObjectEncryption(algorithm, arn, _kms_context(request), bool(bucket_key_enabled))


def _kms_context(request: Mapping[str, Any]) -> str | None:
    """The context in which KMS encrypts, as it was sent. Raises InvalidArgument for what is none."""
    given: str | None = request.get("SSEKMSEncryptionContext")
    if given is None:
        return None
    try:
        document = json.loads(base64.b64decode(given, validate=True))
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or not all(isinstance(value, str) for value in document.values()):
        # AWS: as quoted in public (minio-go #2235).
        raise InvalidArgument(
            f"The header '{_CONTEXT}' shall be Base64-encoded UTF-8 string holding JSON which represents a "
            "string-string map",
            _CONTEXT,
            given,
        )
    return given


def _key_arn(context: RequestContext[S3Store], bucket: Bucket, key_id: str | None) -> str:
    """The ARN of a KMS key. Raises KmsError."""
    # Deviation: while KMS is not simulated, a key is taken to exist if its id could be one.
    prefix = f"arn:{context.partition}:kms:{bucket.region}:{bucket.account_id}:"
    if key_id is None:
        # AWS: the managed key aws/s3, which an account gets in each region with the first object that needs it.
        digits = hashlib.sha256(f"aws/s3 of {prefix}".encode()).hexdigest()
        return f"{prefix}key/{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"
    if key_id.startswith("arn:"):
        region = [*key_id.split(":"), "", "", ""][3]
        if region != bucket.region:
            raise KmsError("NotFoundException", f"Invalid arn {region}")
        arn = key_id
    elif key_id.startswith("alias/"):
        arn = prefix + key_id
    elif _KEY_ID.fullmatch(key_id):
        arn = f"{prefix}key/{key_id}"
    else:
        raise KmsError("NotFoundException", f"Invalid keyId '{key_id}'")
    try:
        found = context.client("kms", region=bucket.region).describe_key(KeyId=arn)
    except NotSimulatedError:
        return arn
    except ServiceException as error:
        raise KmsError(error.code, error.message) from error
    return str(found["KeyMetadata"]["Arn"])
