"""How an object is encrypted at rest: by S3's keys, by KMS, or by a key that the customer sends with each request.

Owns what a request may ask for, the bucket's default where it asks for nothing, and the proof that a customer's key is
the one of old. Nothing is really encrypted; a wrong key is refused all the same.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from awsim.errors import NotSimulatedError, ServiceException
from awsim.services.s3.errors import (
    AccessDenied,
    InvalidArgument,
    InvalidEncryptionAlgorithmError,
    InvalidRequest,
    KmsError,
    S3Error,
)

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.services.s3.models import Bucket, S3Store

AES256 = "AES256"
KMS_ALGORITHMS = ("aws:kms", "aws:kms:dsse")

#: The argument that S3 names whatever is wrong about a key.
_ARGUMENT = "x-amz-server-side-encryption"
_KEY_ID = re.compile(r"(mrk-[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


@attrs.frozen
class ObjectEncryption:
    """One object's encryption. ``algorithm`` is None for a customer's key, of which only the MD5 is kept."""

    algorithm: str | None = AES256
    kms_key_id: str | None = None
    kms_context: str | None = None
    bucket_key_enabled: bool = False
    customer_key_md5: str | None = None

    @property
    def hides_md5(self) -> bool:
        """AWS: only under S3's own keys is the entity tag of an object the MD5 of its body."""
        return self.algorithm != AES256

    def members(self) -> dict[str, Any]:
        """What answers say of it, by the model's names."""
        if self is SSE_S3:
            return {"ServerSideEncryption": AES256}
        return {
            "ServerSideEncryption": self.algorithm,
            "SSEKMSKeyId": self.kms_key_id,
            "BucketKeyEnabled": self.bucket_key_enabled or None,
            "SSECustomerAlgorithm": AES256 if self.customer_key_md5 else None,
            "SSECustomerKeyMD5": self.customer_key_md5,
        }


#: What every object has that nobody asked anything else for.
SSE_S3 = ObjectEncryption()


def encryption_for(context: RequestContext[S3Store], bucket: Bucket, request: Mapping[str, Any]) -> ObjectEncryption:
    """The encryption of what a request writes. Raises InvalidArgument, InvalidRequest, KmsError."""
    customer_key_md5 = read_customer_key(request)
    algorithm, key_id = request.get("ServerSideEncryption"), request.get("SSEKMSKeyId")
    if customer_key_md5 is not None:
        if algorithm is not None:
            raise _invalid(
                "Server Side Encryption with Customer provided key is incompatible with the encryption method specified"
            )
        return ObjectEncryption(None, customer_key_md5=customer_key_md5)
    default_algorithm, default_key_id, default_bucket_key = bucket.default_encryption
    if algorithm is None and key_id is None:
        algorithm, key_id = default_algorithm, default_key_id
    if algorithm not in KMS_ALGORITHMS:
        if key_id is not None:
            raise _invalid(
                "x-amz-server-side-encryption-aws-kms-key-id header is not applicable without "
                "x-amz-server-side-encryption header set to aws:kms or aws:kms:dsse"
            )
        if algorithm != AES256:
            raise InvalidArgument("The encryption method specified is not supported", _ARGUMENT, algorithm)
        return SSE_S3
    bucket_key_enabled = request.get("BucketKeyEnabled", default_bucket_key)
    arn = _key_arn(context, bucket, key_id)
    return ObjectEncryption(algorithm, arn, request.get("SSEKMSEncryptionContext"), bool(bucket_key_enabled))


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


# Customers' keys


def read_customer_key(request: Mapping[str, Any], prefix: str = "") -> str | None:
    """The MD5, in base64, of the key that a request brings; None where it brings none.

    ``prefix`` is ``CopySource`` for the key of a copy's source. Raises InvalidEncryptionAlgorithmError and
    InvalidArgument for a key that is none.
    """
    algorithm = request.get(f"{prefix}SSECustomerAlgorithm")
    key, key_md5 = request.get(f"{prefix}SSECustomerKey"), request.get(f"{prefix}SSECustomerKeyMD5")
    if algorithm is None and key is None:
        return None
    if algorithm is None:
        raise _invalid(
            "Requests specifying Server Side Encryption with Customer provided keys must provide a valid "
            "encryption algorithm."
        )
    if algorithm != AES256:
        raise InvalidEncryptionAlgorithmError(
            "The Encryption request you specified is not valid. Supported value: AES256.",
            ArgumentName=_ARGUMENT,
            ArgumentValue=algorithm,
        )
    if key is None:
        raise _invalid(
            "Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate "
            "secret key."
        )
    if key_md5 is None:
        raise _invalid(
            "Requests specifying Server Side Encryption with Customer provided keys must provide the client calculated "
            "MD5 of the secret key."
        )
    try:
        secret = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != 32:
        raise _invalid("The secret key was invalid for the specified algorithm.")
    calculated = base64.b64encode(hashlib.md5(secret, usedforsecurity=False).digest()).decode()
    if calculated != key_md5:
        raise _invalid("The calculated MD5 hash of the key did not match the hash that was provided.")
    return calculated


def _invalid(message: str) -> S3Error:
    return InvalidArgument(message, _ARGUMENT)


def check_customer_key(encryption: ObjectEncryption, request: Mapping[str, Any], prefix: str = "") -> None:
    """That a request may read what is encrypted so. Raises InvalidRequest, AccessDenied."""
    if encryption is SSE_S3 and f"{prefix}SSECustomerAlgorithm" not in request:
        return
    given = read_customer_key(request, prefix)
    if encryption.customer_key_md5 is None:
        if given is not None:
            raise InvalidRequest("The encryption parameters are not applicable to this object.")
    elif given is None:
        raise InvalidRequest(
            "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to "
            "retrieve the object."
        )
    elif given != encryption.customer_key_md5:
        raise AccessDenied(
            "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret "
            "key."
        )
