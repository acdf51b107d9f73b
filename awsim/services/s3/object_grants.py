"""The grants that a request gives on an object, and whether its bucket takes any."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.s3.configuration.acl import acl_asked_for
from awsim.services.s3.configuration.grants import GRANT_MEMBERS, Grant, full_control
from awsim.services.s3.configuration.public_blocks import blocks, is_public, prevented
from awsim.services.s3.errors import AccessControlListNotSupported
from awsim.services.s3.models import Bucket, S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext

_FOR_BUCKET_OWNER = {"bucket-owner-read": "READ", "bucket-owner-full-control": "FULL_CONTROL"}
_ASKING = ("ACL", "AccessControlPolicy", *GRANT_MEMBERS)


def asks_for_grants(request: Mapping[str, Any]) -> bool:
    """Whether a request says anything of grants."""
    return any(member in request for member in _ASKING)


# Deviation: where ACLs are disabled, AWS refuses "private" too (cloudyr/aws.s3, #435), though it gives to nobody else.
# Tools that always send it, as rclone before 1.61, could not write into any bucket, and are to be tested with.
_HARMLESS = (None, "bucket-owner-full-control", "private")


def grants_of_request(
    context: RequestContext[S3Store], bucket: Bucket, account_id: str, request: Mapping[str, Any]
) -> list[Grant] | None:
    """The grants on an object that an account owns; None for the owner's alone.

    Raises AccessControlListNotSupported in buckets whose owner has everything, AccessDenied for public grants where
    those are blocked, and what :func:`acl_asked_for` raises.
    """
    if not asks_for_grants(request):
        return None
    grants = acl_asked_for(request, account_id)
    if bucket.configuration.acls_disabled and request.get("ACL") not in _HARMLESS:
        raise AccessControlListNotSupported
    permission = _FOR_BUCKET_OWNER.get(request.get("ACL", ""))
    if permission is not None and grants is not None and bucket.account_id != account_id:
        # AWS: these two give to whom the bucket belongs, where that is somebody else.
        grants.append({**full_control(bucket.account_id), "Permission": permission})
    if grants is None or grants == [full_control(account_id)]:
        return None
    if bucket.configuration.acls_disabled:
        raise AccessControlListNotSupported
    if is_public(grants) and blocks(context, bucket, "BlockPublicAcls"):
        raise prevented(context, f"{bucket.name}/{request['Key']}", "BlockPublicAcls")
    return grants
