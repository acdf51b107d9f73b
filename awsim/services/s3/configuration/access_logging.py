"""Server access logging of buckets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.errors import CrossLocationLoggingProhibitted, InvalidTargetBucketForLogging
from awsim.services.s3.configuration.grants import granted
from awsim.services.s3.configuration.log_delivery import deliver
from awsim.services.s3.configuration.schema import plain
from awsim.services.s3.errors import InvalidArgument, MalformedXML
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.services.s3.models import Bucket

#: AWS: takes the permissions that only ACLs have, too, which the model does not tell (recorded).
_PERMISSIONS = frozenset({"FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"})
_DATE_SOURCES = ("EventTime", "DeliveryTime")


@aws_provider(api="s3")
class AccessLogging(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_logging(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        bucket_logging_status: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        enabled = bucket_logging_status.get("LoggingEnabled")
        if enabled is None:
            found.configuration.logging = None
            return
        _check_target(found, context.store.buckets.get(enabled["TargetBucket"]), enabled["TargetBucket"])
        logging = plain(enabled)
        if "TargetGrants" in logging:
            logging["TargetGrants"] = granted(logging["TargetGrants"])
            if any(grant["Permission"] not in _PERMISSIONS for grant in logging["TargetGrants"]):
                raise MalformedXML
        key_format = logging.get("TargetObjectKeyFormat", {})
        if key_format.get("PartitionedPrefix", {}).get("PartitionDateSource", _DATE_SOURCES[0]) not in _DATE_SOURCES:
            raise MalformedXML
        if "SimplePrefix" in key_format and "PartitionedPrefix" in key_format:
            # Deviation: that it is refused is documented, in which words is not.
            raise InvalidArgument("Only one of SimplePrefix and PartitionedPrefix can be provided.")
        found.configuration.logging = logging

    def get_bucket_logging(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        return {"LoggingEnabled": find_bucket(context, bucket, expected_bucket_owner).configuration.logging}

    def deliver_access_log(self, context: RequestContext[S3Store], *, bucket: str, created_at: float) -> None:
        """The task of the hour after requests to a bucket that logs."""
        found = context.store.buckets.get(bucket)
        if found is not None and found.created_at == created_at:
            deliver(context, found)


def _check_target(bucket: Bucket, target: Bucket | None, name: str) -> None:
    if target is None:
        raise InvalidTargetBucketForLogging(name)
    if target.account_id != bucket.account_id:
        raise InvalidTargetBucketForLogging(
            name, "The owner for the bucket to be logged and the target bucket must be the same."
        )
    if target.region != bucket.region:
        raise CrossLocationLoggingProhibitted(SourceBucketLocation=bucket.region, TargetBucketLocation=target.region)
