"""Whether a bucket keeps versions. What that means for objects is told where objects are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.schema import check_enumerations
from awsim.services.s3.errors import IllegalVersioningConfigurationException, InvalidBucketState
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store
from awsim.services.s3.second_factor import asks_for_second_factor, check_second_factor

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3")
class Versioning(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_versioning(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        versioning_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        mfa: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        configuration = found.configuration
        status = versioning_configuration.get("Status")
        if status is None:
            raise IllegalVersioningConfigurationException("The Versioning element must be specified")
        check_enumerations(context)
        # AWS: with MFA delete on, the state of versioning is guarded, too (User Guide, "Configuring MFA delete").
        if asks_for_second_factor(found) or versioning_configuration.get("MFADelete") == "Enabled":
            check_second_factor(mfa)
        if status == "Suspended":
            if configuration.object_lock_enabled:
                raise InvalidBucketState(
                    "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
                )
            if configuration.replication is not None:
                raise InvalidBucketState(
                    "A replication configuration is present on this bucket, so the versioning state cannot be changed."
                )
        configuration.versioning_status = status
        configuration.mfa_delete = versioning_configuration.get("MFADelete", configuration.mfa_delete)

    def get_bucket_versioning(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        configuration = find_bucket(context, bucket, expected_bucket_owner).configuration
        return {"Status": configuration.versioning_status, "MFADelete": configuration.mfa_delete}
