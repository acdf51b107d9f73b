"""How an object is encrypted at rest: by S3's keys, by KMS, or by a key that the customer sends with each request.

Owns the proof that a customer's key is the one of old; what a write asks for is :mod:`asked_encryption`'s. Nothing is
really encrypted; a wrong key is refused all the same.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Any

import attrs

from awsim.services.s3.errors import (
    AccessDenied,
    InvalidArgument,
    InvalidEncryptionAlgorithmError,
    InvalidRequest,
    S3Error,
)

AES256 = "AES256"
KMS_ALGORITHMS = ("aws:kms", "aws:kms:dsse")

#: The argument that S3 names whatever is wrong about a key.
ENCRYPTION_HEADER = "x-amz-server-side-encryption"


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
            ArgumentName=ENCRYPTION_HEADER,
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
    return InvalidArgument(message, ENCRYPTION_HEADER)


def check_customer_key(encryption: ObjectEncryption, request: Mapping[str, Any], prefix: str = "") -> None:
    """That a request may read what is encrypted so. Raises InvalidRequest, AccessDenied."""
    if encryption is SSE_S3 and f"{prefix}SSECustomerAlgorithm" not in request:
        return
    has_key = request.get(f"{prefix}SSECustomerAlgorithm") == AES256 and f"{prefix}SSECustomerKey" in request
    if encryption.customer_key_md5 is not None and has_key and not request.get(f"{prefix}SSECustomerKeyMD5"):
        # AWS: a write is told that the MD5 of its key is missing; a read, that its key is the wrong one (recorded).
        raise _wrong_key()
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
        raise _wrong_key()


def _wrong_key() -> S3Error:
    return AccessDenied(
        "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key."
    )
