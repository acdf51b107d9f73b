"""The S3 objects that exports write and imports read, through S3's own API.

Owns the calls, and the names that DynamoDB has for what S3 refuses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import attrs

from awsim.errors import ServiceException

if TYPE_CHECKING:
    from awsim.context import RequestContext


class TransferError(Exception):
    """Why an export or import failed, as its description says: ``code`` and ``message``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@attrs.define
class Destination:
    """Where objects are written and how they are encrypted there."""

    bucket: str
    owner: str | None = None
    sse_algorithm: str | None = None
    kms_key_id: str | None = None

    def put(self, context: RequestContext[Any], key: str, body: bytes) -> str:
        """Write an object; returns its ETag. Raises TransferError."""
        algorithm = {"AES256": "AES256", "KMS": "aws:kms"}.get(self.sse_algorithm or "")
        members = {
            "Bucket": self.bucket,
            "Key": key,
            "Body": body,
            "ExpectedBucketOwner": self.owner,
            "ServerSideEncryption": algorithm,
            "SSEKMSKeyId": self.kms_key_id,
        }
        try:
            answer = context.client("s3").put_object(**members)
        except ServiceException as error:
            raise refused(error) from None
        return str(answer.get("ETag", "")).strip('"')


def read_objects(context: RequestContext[Any], source: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Keys and bodies of the objects that an S3BucketSource names. Raises TransferError."""
    s3 = context.client("s3")
    bucket, owner = source["S3Bucket"], source.get("S3BucketOwner")
    token = None
    try:
        while True:
            page = s3.list_objects_v2(
                Bucket=bucket,
                Prefix=source.get("S3KeyPrefix"),
                ContinuationToken=token,
                ExpectedBucketOwner=owner,
            )
            for entry in page.get("Contents") or ():
                if entry["Size"]:
                    body = s3.get_object(Bucket=bucket, Key=entry["Key"], ExpectedBucketOwner=owner)["Body"]
                    yield entry["Key"], body if isinstance(body, bytes) else body.read()
            token = page.get("NextContinuationToken")
            if not token:
                return
    except ServiceException as error:
        raise refused(error) from None


def refused(error: ServiceException) -> TransferError:
    """What a description says of a refusal of S3's."""
    return TransferError(f"S3{error.code}", error.message)
