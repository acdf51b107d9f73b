"""The access control lists of buckets. Whom they let in is decided elsewhere (:mod:`awsim.services.s3.access`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.errors import MissingSecurityHeader, UnexpectedContent
from awsim.services.s3.configuration.grants import (
    GRANT_MEMBERS,
    Grant,
    canned_grants,
    document_grants,
    full_control,
    header_grants,
)
from awsim.services.s3.configuration.public_blocks import blocks, is_public, prevented
from awsim.services.s3.configuration.schema import check_enumerations
from awsim.services.s3.errors import AccessControlListNotSupported, AccessDenied, InvalidRequest
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store
from awsim.services.s3.owners import canonical_user_id, owner

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="s3")
class Acl(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_acl(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        expected_bucket_owner: str | None = None,
        acl: str | None = None,
        access_control_policy: Mapping[str, Any] | None = None,
        grant_full_control: str | None = None,
        grant_read: str | None = None,
        grant_read_acp: str | None = None,
        grant_write: str | None = None,
        grant_write_acp: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        check_enumerations(context)
        grants = acl_asked_for(context.service_request or {}, found.account_id)
        if grants is None:
            raise MissingSecurityHeader("x-amz-acl")
        alone = grants == [full_control(found.account_id)]
        if found.configuration.acls_disabled and not alone:
            raise AccessControlListNotSupported
        if is_public(grants) and blocks(context, found, "BlockPublicAcls"):
            raise prevented(context, found.name, "BlockPublicAcls")
        found.configuration.grants = None if alone else grants

    def get_bucket_acl(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        grants = found.configuration.grants
        return {
            "Owner": owner(found.account_id),
            "Grants": [full_control(found.account_id)] if grants is None else grants,
        }


def acl_asked_for(members: Mapping[str, Any], account_id: str) -> list[Grant] | None:
    """The grants of a request on what an account owns; None where it asks for none.

    Raises InvalidRequest and UnexpectedContent for a request that asks in two ways, and what each way raises.
    """
    canned, document = members.get("ACL"), members.get("AccessControlPolicy")
    has_headers = any(member in members for member in GRANT_MEMBERS)
    if canned is not None and has_headers:
        raise InvalidRequest("Specifying both Canned ACLs and Header Grants is not allowed")
    if document is not None and (canned is not None or has_headers):
        raise UnexpectedContent
    if canned is not None:
        return canned_grants(canned, account_id)
    if has_headers:
        return header_grants(members)
    if document is None:
        return None
    grants = document_grants(document)
    # AWS: an ACL is its owner's, who cannot be changed by it.
    if document["Owner"]["ID"] != canonical_user_id(account_id):
        raise AccessDenied
    return grants
