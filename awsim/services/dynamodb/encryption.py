"""Which key encrypts a table, as its SSESpecification says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.models import DynamoDbStore

if TYPE_CHECKING:
    from awsim.context import RequestContext


def kms_key_arn(context: RequestContext[DynamoDbStore], specification: Mapping[str, Any] | None) -> str | None:
    """The ARN of the KMS key that a specification asks for; None for AWS's own key, which is not shown.

    Without KMSMasterKeyId it is the account's managed key ``aws/dynamodb``.
    """
    # Deviation: KMS is not asked, and does not know that key.
    if specification is None:
        return None
    key = specification.get("KMSMasterKeyId")
    if not specification.get("Enabled"):
        if key is not None or specification.get("SSEType") is not None:
            raise ValidationException(
                "One or more parameter values were invalid: SSEType KMS is the only supported encryption type, and "
                "can be specified only when SSE is enabled"
            )
        return None
    if specification.get("SSEType", "KMS") != "KMS":
        raise ValidationException(
            f"One or more parameter values were invalid: SSEType {specification['SSEType']} is not supported"
        )
    if key is None:
        store = context.store
        if store.managed_key_id is None:
            store.managed_key_id = context.new_uuid()
        return context.arn(f"key/{store.managed_key_id}", service="kms")
    return full_key_arn(context, key, context.region)


def full_key_arn(context: RequestContext[DynamoDbStore], key: str, region: str) -> str:
    """The ARN of the key of a region that a caller names by ARN, alias or id."""
    if key.startswith("arn:"):
        return key
    return context.arn(key if key.startswith("alias/") else f"key/{key}", service="kms", region=region)
