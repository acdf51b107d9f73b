"""Request metrics of buckets: which are configured. Nothing is measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration import by_id
from awsim.services.s3.configuration.schema import check_enumerations
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3")
class Metrics(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_metrics_configuration(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        id: str = "",
        metrics_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        check_enumerations(context)
        by_id.put(found.configuration.metrics, id, metrics_configuration)

    def get_bucket_metrics_configuration(
        self, context: RequestContext[S3Store], *, bucket: str, id: str = "", expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        return {"MetricsConfiguration": by_id.find(found.configuration.metrics, id)}

    def list_bucket_metrics_configurations(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        continuation_token: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        return by_id.page(found.configuration.metrics, "MetricsConfigurationList", continuation_token)

    def delete_bucket_metrics_configuration(
        self, context: RequestContext[S3Store], *, bucket: str, id: str = "", expected_bucket_owner: str | None = None
    ) -> None:
        by_id.delete(find_bucket(context, bucket, expected_bucket_owner).configuration.metrics, id)
