"""What is configured about a bucket.

Owns the values and their defaults for a new bucket. Plain data by AWS's names, so that a store can be written out; must
not know operations.

An absent configuration is None (or empty, where AWS has no error for an absent one). Moments are epoch seconds.
"""

from __future__ import annotations

from typing import Any

import attrs

#: A configuration as the operation that put it sent it: members by AWS's names.
Members = dict[str, Any]


def default_encryption() -> Members:
    """The members of a new bucket's ServerSideEncryptionConfiguration."""
    # AWS: every new bucket encrypts with SSE-S3 since January 2023.
    return {
        "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}],
    }


def _default_public_access_block() -> Members:
    # AWS: every new bucket blocks public access since April 2023.
    return {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }


@attrs.define(eq=False)
class BucketConfiguration:
    """Everything that is configured about a bucket; a new bucket has the defaults."""

    #: "Enabled", "Suspended", or None for a bucket that never had versions.
    versioning_status: str | None = None
    #: "Enabled", "Disabled", or None where it was never said.
    mfa_delete: str | None = None
    #: In the order given; None where there is no tag set.
    tags: dict[str, str] | None = None
    #: The bucket's grants; None for the owner's full control alone.
    grants: list[Members] | None = None
    #: "BucketOwnerEnforced" (ACLs are off), "BucketOwnerPreferred", "ObjectWriter"; None where the controls were
    #: deleted, which counts as ObjectWriter.
    object_ownership: str | None = "BucketOwnerEnforced"
    public_access_block: Members | None = attrs.Factory(_default_public_access_block)
    #: The policy's text, as it was put.
    policy: str | None = None
    cors_rules: list[Members] | None = None
    website: Members | None = None
    #: The members of LoggingEnabled.
    logging: Members | None = None
    #: The lines of the access log that are not delivered yet, each with the moment of its request.
    log_lines: list[tuple[float, str]] = attrs.Factory(list)
    #: The members of NotificationConfiguration, each configuration with its Id.
    notification: Members = attrs.Factory(dict)
    #: Counts the bucket's events, for their sequencers.
    event_count: int = 0
    lifecycle_rules: list[Members] | None = None
    #: The lifecycle header of that name; kept while there are rules.
    transition_default_minimum_object_size: str = "all_storage_classes_128K"
    #: Whether the daily lifecycle run of this bucket is on the schedule.
    lifecycle_scheduled: bool = False
    replication: Members | None = None
    #: The members of ServerSideEncryptionConfiguration, which has exactly one rule.
    encryption: Members = attrs.Factory(default_encryption)
    #: Whether that configuration was put, even if it says no more than the default.
    encryption_was_put: bool = False
    object_lock_enabled: bool = False
    #: The members of DefaultRetention: Mode, and Days or Years.
    default_retention: Members | None = None
    #: "Enabled", "Suspended", or None for never set.
    accelerate_status: str | None = None
    #: "BucketOwner" or "Requester".
    payer: str = "BucketOwner"
    #: By Id, each with its Id among its members.
    intelligent_tiering: dict[str, Members] = attrs.Factory(dict)
    inventory: dict[str, Members] = attrs.Factory(dict)
    analytics: dict[str, Members] = attrs.Factory(dict)
    metrics: dict[str, Members] = attrs.Factory(dict)
    #: The result of the metadata configuration (V2), as GetBucketMetadataConfiguration tells it.
    metadata: Members | None = None
    #: The result of the metadata table configuration (V1).
    metadata_table: Members | None = None
    #: "Enabled" or "Disabled".
    abac_status: str = "Disabled"

    @property
    def acls_disabled(self) -> bool:
        """Whether ACLs are off: then only ACLs that grant the owner full control are taken, and none counts."""
        return self.object_ownership == "BucketOwnerEnforced"
