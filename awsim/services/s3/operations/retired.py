"""Operations that AWS no longer does, or that need what nobody has: GetObjectTorrent, WriteGetObjectResponse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.errors import MethodNotAllowed, ValidationError
from awsim.services.s3.lookup import find_bucket, find_version
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3")
class Retired(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def get_object_torrent(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        find_version(context, found, key)
        # AWS: BitTorrent ended in April 2022 (User Guide, "Retrieving objects using BitTorrent").
        raise MethodNotAllowed(Method="GET", ResourceType="TORRENT")

    # Deviation: there are no Object Lambda access points, so no request ever waits for its response: every token is one
    # that was not handed out.
    def write_get_object_response(
        self, context: RequestContext[S3Store], *, request_route: str, request_token: str, **response: Any
    ) -> dict[str, Any]:
        raise ValidationError("Invalid token")
