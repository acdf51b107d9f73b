"""The archive tiers of objects in the storage class INTELLIGENT_TIERING: which are configured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.answers import answer_with
from awsim.services.s3.configuration import by_id
from awsim.services.s3.configuration.schema import NO_CONTENT, check_enumerations
from awsim.services.s3.errors import InvalidArgument
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext

#: AWS: the days without access after which an object may be archived (API reference of Tiering).
_DAYS_MIN = {"ARCHIVE_ACCESS": 90, "DEEP_ARCHIVE_ACCESS": 180}
_DAYS_MAX = 730


# Deviation: objects never change their tier.
@aws_provider(api="s3")
class IntelligentTiering(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_intelligent_tiering_configuration(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        id: str = "",
        intelligent_tiering_configuration: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        check_enumerations(context)
        for tiering in intelligent_tiering_configuration["Tierings"]:
            tier, days = tiering["AccessTier"], tiering["Days"]
            if days < _DAYS_MIN[tier]:
                raise InvalidArgument(
                    f"Days specified in {tier} tier should not be less than {_DAYS_MIN[tier]}", "Days", days
                )
            if days > _DAYS_MAX:
                # Deviation: that there is a most is documented, how more is refused is not.
                raise InvalidArgument(
                    f"Days specified in {tier} tier should not be greater than {_DAYS_MAX}", "Days", days
                )
        by_id.put(found.configuration.intelligent_tiering, id, intelligent_tiering_configuration)
        answer_with(context, {}, NO_CONTENT)

    def get_bucket_intelligent_tiering_configuration(
        self, context: RequestContext[S3Store], *, bucket: str, id: str = "", expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        return {"IntelligentTieringConfiguration": by_id.find(found.configuration.intelligent_tiering, id)}

    def list_bucket_intelligent_tiering_configurations(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        continuation_token: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        return by_id.page(
            found.configuration.intelligent_tiering, "IntelligentTieringConfigurationList", continuation_token
        )

    def delete_bucket_intelligent_tiering_configuration(
        self, context: RequestContext[S3Store], *, bucket: str, id: str = "", expected_bucket_owner: str | None = None
    ) -> None:
        by_id.delete(find_bucket(context, bucket, expected_bucket_owner).configuration.intelligent_tiering, id)
