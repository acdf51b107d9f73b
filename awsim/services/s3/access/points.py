"""Access points named in place of a bucket: by ARN, by alias, or by their own host.

S3 Control keeps them; here they are asked for there.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

import attrs

from awsim.errors import ServiceException
from awsim.services.s3.errors import MethodNotAllowed, NoSuchAccessPoint, NoSuchBucket

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.services.s3.models import Bucket

_ARN = re.compile(r"arn:[\w-]+:s3:(?P<region>[\w-]+):(?P<account>\d{12}):accesspoint[/:](?P<name>[^/:]+)")
# Deviation: an alias is found where the caller's account and region have it, and an access point of a VPC is reached
# from everywhere.
_ALIAS_ENDING = "-s3alias"
#: What an access point takes (User Guide, "Access point compatibility").
_OPERATIONS = frozenset(
    {
        "AbortMultipartUpload",
        "CompleteMultipartUpload",
        "CopyObject",
        "CreateMultipartUpload",
        "DeleteObject",
        "DeleteObjectTagging",
        "DeleteObjects",
        "GetBucketAcl",
        "GetBucketCors",
        "GetBucketLocation",
        "GetBucketNotificationConfiguration",
        "GetBucketPolicy",
        "GetObject",
        "GetObjectAcl",
        "GetObjectAttributes",
        "GetObjectLegalHold",
        "GetObjectRetention",
        "GetObjectTagging",
        "HeadBucket",
        "HeadObject",
        "ListMultipartUploads",
        "ListObjectVersions",
        "ListObjects",
        "ListObjectsV2",
        "ListParts",
        "PutObject",
        "PutObjectAcl",
        "PutObjectLegalHold",
        "PutObjectRetention",
        "PutObjectTagging",
        "RestoreObject",
        "SelectObjectContent",
        "UploadPart",
        "UploadPartCopy",
    }
)


@attrs.frozen
class AccessPoint:
    """An access point, as S3 Control tells it. ``policy`` is text."""

    arn: str
    account_id: str
    bucket: str
    network_origin: str
    policy: str | None = None


def is_access_point(name: str) -> bool:
    """Whether what stands for a bucket is an access point."""
    return name.endswith(_ALIAS_ENDING) or (name.startswith("arn:") and ":accesspoint" in name)


def find_access_point(context: RequestContext[Any], name: str) -> AccessPoint:
    """The access point of an ARN or an alias. Raises NoSuchAccessPoint, NoSuchBucket for an alias of none, and
    MethodNotAllowed for an operation that only buckets have."""
    if context.operation is not None and context.operation.name not in _OPERATIONS:
        raise MethodNotAllowed(Method=context.request.method if context.request else None, ResourceType="ACCESSPOINT")
    found = _ARN.fullmatch(name)
    account_id, region = (found["account"], found["region"]) if found else (context.account_id, context.region)
    client = context.client("s3control", region=region, account_id=account_id)
    point_name = found["name"] if found else _name_of_alias(client, account_id, name)
    try:
        told = client.get_access_point(AccountId=account_id, Name=point_name)
    except ServiceException:
        raise NoSuchAccessPoint(AccessPointName=point_name) from None
    policy = None
    with contextlib.suppress(ServiceException):  # it may have none
        policy = client.get_access_point_policy(AccountId=account_id, Name=point_name)["Policy"]
    return AccessPoint(told["AccessPointArn"], account_id, told["Bucket"], told["NetworkOrigin"], policy)


# Deviation: access points that other accounts have for a bucket are not known to it.
def has_access_points(context: RequestContext[Any], bucket: Bucket) -> bool:
    """Whether a bucket's owner has access points for it."""
    # Whoever never called S3 Control has none; so its model is not loaded for nothing.
    if not context.cloud.services.is_running("s3control"):
        return False
    client = context.client("s3control", region=bucket.region, account_id=bucket.account_id)
    return bool(client.list_access_points(AccountId=bucket.account_id, Bucket=bucket.name).get("AccessPointList"))


def _name_of_alias(client: Any, account_id: str, alias: str) -> str:
    token: str | None = None
    while True:
        page = client.list_access_points(AccountId=account_id, NextToken=token)
        for one in page.get("AccessPointList", ()):
            if one.get("Alias") == alias:
                return str(one["Name"])
        token = page.get("NextToken")
        if token is None:
            raise NoSuchBucket(alias)
