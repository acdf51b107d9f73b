"""Who pays for requests: kept, and nobody is charged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.schema import check_enumerations
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3")
class RequestPayment(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_request_payment(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        request_payment_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        check_enumerations(context)
        found.configuration.payer = request_payment_configuration["Payer"]

    def get_bucket_request_payment(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        return {"Payer": find_bucket(context, bucket, expected_bucket_owner).configuration.payer}
