"""Who owns what is put into a bucket, and with that whether ACLs count there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.errors import (
    InvalidBucketAclWithObjectOwnership,
    OwnershipControlsNotFoundError,
)
from awsim.services.s3.configuration.schema import check_enumerations
from awsim.services.s3.errors import MalformedXML
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3")
class Ownership(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_ownership_controls(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        ownership_controls: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        configuration = find_bucket(context, bucket, expected_bucket_owner).configuration
        check_enumerations(context)
        if len(ownership_controls["Rules"]) != 1:
            raise MalformedXML
        ownership = ownership_controls["Rules"][0]["ObjectOwnership"]
        if ownership == "BucketOwnerEnforced" and configuration.grants is not None:
            raise InvalidBucketAclWithObjectOwnership
        configuration.object_ownership = ownership

    def get_bucket_ownership_controls(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if found.configuration.object_ownership is None:
            raise OwnershipControlsNotFoundError(found.name)
        return {"OwnershipControls": {"Rules": [{"ObjectOwnership": found.configuration.object_ownership}]}}

    def delete_bucket_ownership_controls(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> None:
        find_bucket(context, bucket, expected_bucket_owner).configuration.object_ownership = None
