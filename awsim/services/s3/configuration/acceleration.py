"""Transfer acceleration: kept, and nothing gets faster."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.schema import check_enumerations
from awsim.services.s3.errors import InvalidRequest, MalformedXML
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3")
class Acceleration(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_accelerate_configuration(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        accelerate_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if "." in found.name:
            raise InvalidRequest(
                "S3 Transfer Acceleration is not supported for buckets with periods (.) in their names"
            )
        check_enumerations(context)
        if "Status" not in accelerate_configuration:
            raise MalformedXML
        found.configuration.accelerate_status = accelerate_configuration["Status"]

    def get_bucket_accelerate_configuration(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        expected_bucket_owner: str | None = None,
        request_payer: str | None = None,
    ) -> dict[str, Any]:
        configuration = find_bucket(context, bucket, expected_bucket_owner).configuration
        charged = request_payer if configuration.payer == "Requester" else None
        return {"Status": configuration.accelerate_status, "RequestCharged": charged}
