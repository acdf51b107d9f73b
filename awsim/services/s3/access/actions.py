"""The permission that an operation needs, and the one of ACLs that gives it (User Guide, "Required permissions")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_NAMES = {
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "HeadObject": "GetObject",
    "GetObjectAttributes": "GetObject",
    "SelectObjectContent": "GetObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "ListParts": "ListMultipartUploadParts",
    "DeleteObjects": "DeleteObject",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "GetBucketReplication": "GetReplicationConfiguration",
    "PutBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketCors": "PutBucketCors",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "CreateBucketMetadataConfiguration": "CreateBucketMetadataTableConfiguration",
    "GetBucketMetadataConfiguration": "GetBucketMetadataTableConfiguration",
    "DeleteBucketMetadataConfiguration": "DeleteBucketMetadataTableConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
}
#: Configurations of which a bucket has several: GetBucketMetricsConfiguration needs GetMetricsConfiguration.
_SEVERAL = (
    "AnalyticsConfiguration",
    "IntelligentTieringConfiguration",
    "InventoryConfiguration",
    "MetricsConfiguration",
)
#: Actions of their own for one version: GetObject -> GetObjectVersion.
_OF_VERSIONS = {
    "GetObject": "GetObjectVersion",
    "DeleteObject": "DeleteObjectVersion",
    "GetObjectAcl": "GetObjectVersionAcl",
    "PutObjectAcl": "PutObjectVersionAcl",
    "GetObjectTagging": "GetObjectVersionTagging",
    "PutObjectTagging": "PutObjectVersionTagging",
    "DeleteObjectTagging": "DeleteObjectVersionTagging",
    "GetObjectTorrent": "GetObjectVersionTorrent",
}

#: Operations that write an object, and may say more of it than its body.
_WRITING = frozenset({"PutObject", "CopyObject", "CreateMultipartUpload"})
#: What they may say, and the action that it needs beside PutObject. AWS: an ACL is among it by the API reference, but
#: not by the examples of the User Guide ("requiring the bucket owner to get full control").
_SAID_OF_OBJECTS = {
    "Tagging": "PutObjectTagging",
    "ObjectLockMode": "PutObjectRetention",
    "ObjectLockRetainUntilDate": "PutObjectRetention",
    "ObjectLockLegalHoldStatus": "PutObjectLegalHold",
}

#: Action -> the permission of ACLs that gives it, and whether the object's ACL or the bucket's does.
ACL_PERMISSIONS: dict[str, tuple[str, bool]] = {
    "s3:GetObject": ("READ", True),
    "s3:GetObjectVersion": ("READ", True),
    "s3:GetObjectTorrent": ("READ", True),
    "s3:GetObjectAcl": ("READ_ACP", True),
    "s3:GetObjectVersionAcl": ("READ_ACP", True),
    "s3:PutObjectAcl": ("WRITE_ACP", True),
    "s3:PutObjectVersionAcl": ("WRITE_ACP", True),
    "s3:ListBucket": ("READ", False),
    "s3:ListBucketVersions": ("READ", False),
    "s3:ListBucketMultipartUploads": ("READ", False),
    "s3:PutObject": ("WRITE", False),
    "s3:DeleteObject": ("WRITE", False),
    "s3:GetBucketAcl": ("READ_ACP", False),
    "s3:PutBucketAcl": ("WRITE_ACP", False),
}


def action_of(operation_name: str, request: Mapping[str, Any]) -> str:
    """The action that a policy must allow for an operation."""
    name = _NAMES.get(operation_name, operation_name)
    if "VersionId" in request:
        name = _OF_VERSIONS.get(name, name)
    for configuration in _SEVERAL:
        if configuration in name:
            verb = "Get" if name.startswith(("Get", "List")) else "Put"
            return f"s3:{verb}{configuration}"
    return f"s3:{name}"


def further_actions(operation_name: str, request: Mapping[str, Any]) -> list[str]:
    """The actions that must be allowed besides, for what else an operation's request asks for."""
    found: dict[str, None] = {}
    if operation_name in _WRITING:
        found.update((action, None) for member, action in _SAID_OF_OBJECTS.items() if request.get(member))
    elif operation_name == "GetObjectAttributes":
        found["GetObjectVersionAttributes" if "VersionId" in request else "GetObjectAttributes"] = None
    if request.get("BypassGovernanceRetention"):
        found["BypassGovernanceRetention"] = None
    return [f"s3:{name}" for name in found]
