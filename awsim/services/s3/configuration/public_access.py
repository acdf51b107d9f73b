"""The blocks of public access of buckets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.errors import NoSuchPublicAccessBlockConfiguration
from awsim.services.s3.configuration.public_blocks import every_setting
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3")
class PublicAccess(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_public_access_block(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        public_access_block_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        found.configuration.public_access_block = every_setting(public_access_block_configuration)

    def get_public_access_block(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if found.configuration.public_access_block is None:
            raise NoSuchPublicAccessBlockConfiguration(found.name)
        return {"PublicAccessBlockConfiguration": found.configuration.public_access_block}

    def delete_public_access_block(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> None:
        find_bucket(context, bucket, expected_bucket_owner).configuration.public_access_block = None
