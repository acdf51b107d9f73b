"""Access points: create, describe, list, delete, and their policies. S3 heeds them where one stands for a bucket."""

from __future__ import annotations

import contextlib
import json
import re
import string
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.aws.policy.publicness import policy_is_public
from awsim.aws.regions import dns_suffix
from awsim.errors import ServiceException
from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3control.callers import check_account
from awsim.services.s3control.errors import (
    AccessDenied,
    AccessPointAlreadyOwnedByYou,
    InvalidArgument,
    InvalidURI,
    MalformedPolicy,
    NoSuchAccessPoint,
    NoSuchAccessPointPolicy,
    NoSuchBucket,
)
from awsim.services.s3control.models import SETTINGS, AccessPoint, AccessPointStore, every_setting
from awsim.services.s3control.tag_sets import tags_of

if TYPE_CHECKING:
    from awsim.context import RequestContext

_NAME = re.compile(r"(?!xn--)[a-z0-9][a-z0-9-]{1,48}[a-z0-9](?<!-s3alias)")
_RANDOM_LENGTH = 34
#: What fits in front of the random part and the ending, so that an alias is as long as a bucket's name may be.
_ALIAS_NAME_LENGTH = 20
_PAGE_SIZE_MAX = 1_000
#: Kind of endpoint -> the start of its host.
_ENDPOINTS = {
    "ipv4": "s3-accesspoint",
    "dualstack": "s3-accesspoint.dualstack",
    "fips": "s3-accesspoint-fips",
    "fips_dualstack": "s3-accesspoint-fips.dualstack",
}


@aws_provider(api="s3control")
class AccessPoints(ServiceProvider[AccessPointStore]):
    service = "s3control"
    store = AccessPointStore
    identifiers = ("alias",)

    def create_access_point(
        self,
        context: RequestContext[AccessPointStore],
        *,
        account_id: str,
        name: str,
        bucket: str,
        bucket_account_id: str | None = None,
        vpc_configuration: Mapping[str, Any] | None = None,
        public_access_block_configuration: Mapping[str, Any] | None = None,
        tags: Sequence[Mapping[str, str]] = (),
    ) -> dict[str, Any]:
        check_account(context, account_id)
        if not _NAME.fullmatch(name):
            raise InvalidURI(URI=f"accesspoint/{name}")
        access_points = context.store.access_points
        if name in access_points:
            raise AccessPointAlreadyOwnedByYou
        _check_bucket(context, bucket, bucket_account_id or account_id)
        block = public_access_block_configuration
        created = access_points[name] = AccessPoint(
            name=name,
            alias=context.identifier("alias", lambda: _new_alias(context, name), tags_of(tags)),
            access_point_arn=context.arn(f"accesspoint/{name}", service="s3"),
            bucket=bucket,
            bucket_account_id=bucket_account_id or account_id,
            creation_date=context.time(),
            # AWS: everything is blocked unless the request says otherwise; what it then leaves out is not (recorded).
            public_access_block_configuration=dict.fromkeys(SETTINGS, True)
            if block is None
            else every_setting(dict(block)),
            vpc_configuration=dict(vpc_configuration) if vpc_configuration is not None else None,
            tags=tags_of(tags),
        )
        return {"AccessPointArn": created.access_point_arn, "Alias": created.alias}

    def get_access_point(
        self, context: RequestContext[AccessPointStore], *, account_id: str, name: str
    ) -> dict[str, Any]:
        found = _find(context, account_id, name)
        region = f"{context.region}.{dns_suffix(context.partition)}"
        return {
            **_summary(found),
            "PublicAccessBlockConfiguration": found.public_access_block_configuration,
            "CreationDate": found.creation_date,
            "Endpoints": {kind: f"{host}.{region}" for kind, host in _ENDPOINTS.items()},
        }

    def list_access_points(
        self,
        context: RequestContext[AccessPointStore],
        *,
        account_id: str,
        bucket: str | None = None,
        next_token: str = "",
        max_results: int = _PAGE_SIZE_MAX,
    ) -> dict[str, Any]:
        check_account(context, account_id)
        if not 1 <= max_results <= _PAGE_SIZE_MAX:
            # Deviation: that there is a most is documented, how more is refused is not.
            raise InvalidArgument(f"MaxResults must be between 1 and {_PAGE_SIZE_MAX}.")
        found = [
            one
            for name, one in sorted(context.store.access_points.items())
            if bucket in (None, one.bucket) and name >= next_token
        ]
        page, rest = found[:max_results], found[max_results:]
        # A page begins at the name that is its token: names are all that S3 Control has to tell them by.
        return {"AccessPointList": [_summary(one) for one in page], "NextToken": rest[0].name if rest else None}

    def delete_access_point(self, context: RequestContext[AccessPointStore], *, account_id: str, name: str) -> None:
        del context.store.access_points[_find(context, account_id, name).name]
        context.answer_status = 204  # AWS: which the model does not tell (recorded).

    def put_access_point_policy(
        self, context: RequestContext[AccessPointStore], *, account_id: str, name: str, policy: str
    ) -> None:
        found = _find(context, account_id, name)
        try:
            document = json.loads(policy)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict):
            raise MalformedPolicy
        if _is_public(found, document) and _blocks_public_policies(context, found):
            # Deviation: that it is refused is documented, in which words is not.
            raise AccessDenied
        found.policy = policy

    def get_access_point_policy(
        self, context: RequestContext[AccessPointStore], *, account_id: str, name: str
    ) -> dict[str, Any]:
        found = _find(context, account_id, name)
        if found.policy is None:
            raise NoSuchAccessPointPolicy(AccessPointName=name)
        return {"Policy": found.policy}

    def get_access_point_policy_status(
        self, context: RequestContext[AccessPointStore], *, account_id: str, name: str
    ) -> dict[str, Any]:
        found = _find(context, account_id, name)
        if found.policy is None:
            raise NoSuchAccessPointPolicy(AccessPointName=name)
        return {"PolicyStatus": {"IsPublic": _is_public(found, json.loads(found.policy))}}

    def delete_access_point_policy(
        self, context: RequestContext[AccessPointStore], *, account_id: str, name: str
    ) -> None:
        found = _find(context, account_id, name)
        if found.policy is None:
            raise NoSuchAccessPointPolicy(AccessPointName=name)
        found.policy = None


def _find(context: RequestContext[AccessPointStore], account_id: str, name: str) -> AccessPoint:
    check_account(context, account_id)
    found = context.store.access_points.get(name)
    if found is None:
        raise NoSuchAccessPoint(AccessPointName=name)
    return found


def _is_public(found: AccessPoint, document: dict[str, Any]) -> bool:
    """Whether a policy makes an access point public. AWS: none does in a VPC (User Guide, "The meaning of public")."""
    return found.vpc_configuration is None and policy_is_public(document)


def _blocks_public_policies(context: RequestContext[AccessPointStore], found: AccessPoint) -> bool:
    """Whether an access point takes no public policy. AWS: so it is where it, its bucket or its account says so (User
    Guide, "Block public access settings")."""
    blocks = [found.public_access_block_configuration]
    owner = found.bucket_account_id
    s3, s3control = context.client("s3", account_id=owner), context.client("s3control")
    with contextlib.suppress(ServiceException):  # a bucket may have none, and so may an account
        blocks.append(s3.get_public_access_block(Bucket=found.bucket)["PublicAccessBlockConfiguration"])
    with contextlib.suppress(ServiceException):
        account_block = s3control.get_public_access_block(AccountId=context.account_id)
        blocks.append(account_block["PublicAccessBlockConfiguration"])
    return any(block.get("BlockPublicPolicy") for block in blocks)


def _check_bucket(context: RequestContext[AccessPointStore], bucket: str, owner: str) -> None:
    try:
        context.client("s3").head_bucket(Bucket=bucket, ExpectedBucketOwner=owner)
    except ServiceException as error:
        if error.status_code == 403:
            raise AccessDenied from None
        raise NoSuchBucket(Bucket=bucket) from None


def _new_alias(context: RequestContext[AccessPointStore], name: str) -> str:
    letters = context.random.choices(string.ascii_lowercase + string.digits, k=_RANDOM_LENGTH)
    return f"{name[:_ALIAS_NAME_LENGTH]}-{''.join(letters)}-s3alias"


def _summary(found: AccessPoint) -> dict[str, Any]:
    return {
        "Name": found.name,
        "NetworkOrigin": found.network_origin,
        "VpcConfiguration": found.vpc_configuration,
        "Bucket": found.bucket,
        "AccessPointArn": found.access_point_arn,
        "Alias": found.alias,
        "BucketAccountId": found.bucket_account_id,
    }
