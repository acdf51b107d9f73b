"""The tags of S3's resources by ARN: of buckets, which S3 itself keeps, and of access points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.errors import ServiceException
from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3control.callers import check_account
from awsim.services.s3control.errors import AccessDenied, NoSuchResource
from awsim.services.s3control.models import AccessPointStore
from awsim.services.s3control.tag_sets import tag_set, tags_of

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3control")
class ResourceTags(ServiceProvider[AccessPointStore]):
    service = "s3control"
    store = AccessPointStore

    def tag_resource(
        self,
        context: RequestContext[AccessPointStore],
        *,
        account_id: str,
        resource_arn: str = "",
        tags: Sequence[Mapping[str, str]],
    ) -> None:
        check_account(context, account_id)
        _write(context, resource_arn, tags_of(tags, _read(context, resource_arn)))

    def untag_resource(
        self,
        context: RequestContext[AccessPointStore],
        *,
        account_id: str,
        resource_arn: str = "",
        tag_keys: Sequence[str] = (),
    ) -> None:
        check_account(context, account_id)
        kept = {key: value for key, value in _read(context, resource_arn).items() if key not in tag_keys}
        _write(context, resource_arn, kept)

    def list_tags_for_resource(
        self, context: RequestContext[AccessPointStore], *, account_id: str, resource_arn: str = ""
    ) -> dict[str, Any]:
        check_account(context, account_id)
        return {"Tags": tag_set(_read(context, resource_arn))}


def _read(context: RequestContext[AccessPointStore], arn: str) -> dict[str, str]:
    """The tags of a resource. Raises NoSuchResource, AccessDenied."""
    bucket = _bucket_of(context, arn)
    if bucket is None:
        return _access_point_tags(context, arn)
    try:
        tags = context.client("s3").get_bucket_tagging(Bucket=bucket, ExpectedBucketOwner=context.account_id)["TagSet"]
    except ServiceException as error:
        if error.code == "NoSuchTagSet":
            return {}
        raise (AccessDenied if error.status_code == 403 else NoSuchResource) from None
    return {tag["Key"]: tag["Value"] for tag in tags}


def _write(context: RequestContext[AccessPointStore], arn: str, tags: Mapping[str, str]) -> None:
    bucket = _bucket_of(context, arn)
    if bucket is None:
        found = _access_point_tags(context, arn)
        found.clear()
        found.update(tags)
    else:
        context.client("s3").put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tag_set(tags)})


def _bucket_of(context: RequestContext[AccessPointStore], arn: str) -> str | None:
    start = f"arn:{context.partition}:s3:::"
    return arn.removeprefix(start) if arn.startswith(start) else None


def _access_point_tags(context: RequestContext[AccessPointStore], arn: str) -> dict[str, str]:
    start = context.arn("accesspoint/", service="s3")
    found = context.store.access_points.get(arn.removeprefix(start)) if arn.startswith(start) else None
    if found is None:
        raise NoSuchResource
    return found.tags
