"""Object lock of buckets, and the retention that new objects get by default. Locks of objects are theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.errors import ObjectLockConfigurationNotFoundError
from awsim.services.s3.configuration.schema import check_enumerations, plain
from awsim.services.s3.errors import InvalidArgument, InvalidBucketState, MalformedXML
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext

_DAYS_MAX = 36_500
_YEARS_MAX = 100


@aws_provider(api="s3")
class ObjectLock(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_object_lock_configuration(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        object_lock_configuration: Mapping[str, Any] | None = None,
        expected_bucket_owner: str | None = None,
        request_payer: str | None = None,
        # Deviation: no token is needed, nor looked at.
        token: str | None = None,
        **checked: Any,
    ) -> dict[str, Any]:
        configuration = find_bucket(context, bucket, expected_bucket_owner).configuration
        if configuration.versioning_status != "Enabled":
            raise InvalidBucketState("Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
        check_enumerations(context)
        if not object_lock_configuration or "ObjectLockEnabled" not in object_lock_configuration:
            raise MalformedXML
        rule = object_lock_configuration.get("Rule")
        retention = plain(rule.get("DefaultRetention")) if rule is not None else None
        if rule is not None:
            _check_retention(retention)
        configuration.object_lock_enabled = True
        configuration.default_retention = retention
        return {"RequestCharged": request_payer if configuration.payer == "Requester" else None}

    def get_object_lock_configuration(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if not found.configuration.object_lock_enabled:
            raise ObjectLockConfigurationNotFoundError(found.name)
        retention = found.configuration.default_retention
        rule = {"DefaultRetention": retention} if retention is not None else None
        return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": rule}}


def _check_retention(retention: Mapping[str, Any] | None) -> None:
    if not retention or "Mode" not in retention or ("Days" in retention) == ("Years" in retention):
        raise MalformedXML
    period = retention.get("Days", retention.get("Years"))
    if period <= 0:
        raise InvalidArgument(
            "Default retention period must be a positive integer value.", "Days" if "Days" in retention else "Years"
        )
    if retention.get("Days", 0) > _DAYS_MAX or retention.get("Years", 0) > _YEARS_MAX:
        # Deviation: that there is a most is documented, how more is refused is not.
        raise InvalidArgument("Default retention period is too large.")
