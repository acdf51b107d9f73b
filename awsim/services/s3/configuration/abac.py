"""Attribute-based access control of buckets: whether a bucket's tags count in policies. Kept; policies do not act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.schema import check_enumerations
from awsim.services.s3.errors import MalformedXML
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3")
class Abac(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_abac(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        abac_status: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        check_enumerations(context)
        if "Status" not in abac_status:
            raise MalformedXML
        found.configuration.abac_status = abac_status["Status"]

    def get_bucket_abac(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        return {"AbacStatus": {"Status": found.configuration.abac_status}}
