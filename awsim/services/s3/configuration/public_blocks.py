"""What a block of public access forbids, and what counts as public about an ACL.

The account's own block, which S3 Control keeps, forbids besides the bucket's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from awsim.errors import ServiceException
from awsim.services.s3.errors import AccessDenied

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.services.s3.models import Bucket

ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
AUTHENTICATED_USERS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")

_PREVENTED = {"BlockPublicAcls": "public ACLs", "BlockPublicPolicy": "public policies"}


def every_setting(given: Mapping[str, Any]) -> dict[str, Any]:
    """All four settings; what is not given is off."""
    return {name: bool(given.get(name)) for name in SETTINGS}


def blocks(context: RequestContext[Any], bucket: Bucket, setting: str) -> bool:
    """Whether a setting is on, for the bucket or for its owner's account."""
    if (bucket.configuration.public_access_block or {}).get(setting):
        return True
    # Whoever never called S3 Control has no block of an account; so its model is not loaded for nothing.
    if not context.cloud.services.is_running("s3control"):
        return False
    account_id = bucket.account_id
    client = context.client("s3control", region=bucket.region, account_id=account_id)
    try:
        block = client.get_public_access_block(AccountId=account_id)["PublicAccessBlockConfiguration"]
    except ServiceException:
        return False
    return bool(block.get(setting))


def is_public(grants: Iterable[Mapping[str, Any]]) -> bool:
    """Whether an ACL grants everyone, or every AWS account, anything."""
    return any(grant["Grantee"].get("URI") in (ALL_USERS, AUTHENTICATED_USERS) for grant in grants)


def prevented(context: RequestContext[Any], resource: str, setting: str) -> AccessDenied:
    """The refusal of an operation on a resource, named without its partition (``photos/cat.jpg``)."""
    assert context.operation is not None
    return AccessDenied(
        f"User: {context.principal_arn} is not authorized to perform: s3:{context.operation.name} on resource: "
        f'"arn:{context.partition}:s3:::{resource}" because {_PREVENTED[setting]} are prevented by the {setting} '
        "setting in S3 Block Public Access."
    )
