"""Inventories of buckets: which are configured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration import by_id
from awsim.services.s3.configuration.schema import check_enumerations
from awsim.services.s3.errors import MalformedXML
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext


# Deviation: no inventory is ever written.
@aws_provider(api="s3")
class Inventory(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_inventory_configuration(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        id: str = "",
        inventory_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        check_enumerations(context)
        destination = inventory_configuration["Destination"]["S3BucketDestination"]["Bucket"]
        if not destination.startswith(f"arn:{context.partition}:s3:::"):
            raise MalformedXML
        by_id.put(found.configuration.inventory, id, inventory_configuration)

    def get_bucket_inventory_configuration(
        self, context: RequestContext[S3Store], *, bucket: str, id: str = "", expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        return {"InventoryConfiguration": by_id.find(found.configuration.inventory, id)}

    def list_bucket_inventory_configurations(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        continuation_token: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        return by_id.page(found.configuration.inventory, "InventoryConfigurationList", continuation_token)

    def delete_bucket_inventory_configuration(
        self, context: RequestContext[S3Store], *, bucket: str, id: str = "", expected_bucket_owner: str | None = None
    ) -> None:
        by_id.delete(find_bucket(context, bucket, expected_bucket_owner).configuration.inventory, id)
