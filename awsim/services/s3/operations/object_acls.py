"""The access control lists of objects. Whom they let in is :mod:`access`'s business."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.errors import MissingSecurityHeader
from awsim.services.s3.configuration.events import notify
from awsim.services.s3.configuration.grants import full_control
from awsim.services.s3.lookup import find_bucket, find_version
from awsim.services.s3.models import S3Store
from awsim.services.s3.object_grants import asks_for_grants, grants_of_request
from awsim.services.s3.owners import owner

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3")
class ObjectAcls(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def get_object_acl(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        version_id: str | None = None,
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        version = find_version(context, found, key, version_id)
        grants = version.grants if version.grants is not None else [full_control(version.account_id)]
        return {"Owner": owner(version.account_id), "Grants": grants}

    def put_object_acl(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        version_id: str | None = None,
        acl: str | None = None,
        access_control_policy: Mapping[str, Any] | None = None,
        expected_bucket_owner: str | None = None,
        **grants: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        request = context.service_request or {}
        # AWS: of a deleted object the newest "version" is its marker, which takes no ACL either (recorded).
        current = found.objects.current(key)
        if version_id is None and current is not None and current.is_delete_marker:
            version_id = current.version_id
        version = find_version(context, found, key, version_id, method="PUT")
        if not asks_for_grants(request):
            raise MissingSecurityHeader("x-amz-acl")
        version.grants = grants_of_request(context, found, version.account_id, request)
        told_id = version.version_id if found.is_versioned else None
        notify(context, found, "ObjectAcl:Put", key, version_id=told_id, etag=version.etag)
