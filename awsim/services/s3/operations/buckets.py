"""The operations on buckets themselves: create, find, list, delete."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.aws.regions import dns_suffix
from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.access.authorizer import authorize, needs_authorization
from awsim.services.s3.access.points import has_access_points
from awsim.services.s3.addressing import readdress
from awsim.services.s3.configuration.acl import acl_asked_for
from awsim.services.s3.configuration.bucket_tags import tag_set
from awsim.services.s3.configuration.errors import InvalidBucketAclWithObjectOwnership
from awsim.services.s3.configuration.grants import full_control
from awsim.services.s3.configuration.public_blocks import is_public
from awsim.services.s3.directory_buckets import location_of, zone_asked_for
from awsim.services.s3.errors import (
    AccessDenied,
    BucketAlreadyExists,
    BucketAlreadyOwnedByYou,
    BucketHasAccessPointsAttached,
    BucketNotEmpty,
    IllegalLocationConstraintException,
    InvalidArgument,
    InvalidBucketAclWithBlockPublicAccessError,
    InvalidBucketName,
    InvalidLocationConstraint,
)
from awsim.services.s3.listing import read_token, token_for
from awsim.services.s3.lookup import find_bucket, find_bucket_anywhere
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.owners import owner
from awsim.services.s3.presigned import check_presigned, is_presigned
from awsim.services.s3.wire_requests import check_wire

if TYPE_CHECKING:
    from awsim.context import RequestContext

#: AWS: the one region whose endpoint serves buckets of all others, and which no LocationConstraint names.
_CLASSIC_REGION = "us-east-1"
_EU = {"EU": "eu-west-1"}

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# AWS: reserved for access points, S3's own demonstrations and table buckets (User Guide, "Bucket naming rules").
_RESERVED_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_ACCOUNT_REGIONAL = re.compile(r"-(\d{12})-([a-z]{2,4}(?:-[a-z]+)+-\d+)-an$")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d+")
_OWNERSHIPS = ("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter")
_MAX_BUCKETS = 10_000
_NONE: Mapping[str, Any] = {}


@aws_provider(api="s3")
class Buckets(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store
    readdress = staticmethod(readdress)
    check_wire = staticmethod(check_wire)

    def create_bucket(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        create_bucket_configuration: Mapping[str, Any] = _NONE,
        object_lock_enabled_for_bucket: bool = False,
        object_ownership: str | None = None,
        bucket_namespace: str | None = None,
        acl: str | None = None,
        grant_full_control: str | None = None,
        grant_read: str | None = None,
        grant_read_acp: str | None = None,
        grant_write: str | None = None,
        grant_write_acp: str | None = None,
    ) -> dict[str, Any]:
        if context.request is not None and not context.access_key_id:
            raise AccessDenied
        if "Location" in create_bucket_configuration or "Bucket" in create_bucket_configuration:
            return _create_directory(context, bucket, create_bucket_configuration)
        check_bucket_name(bucket)
        _check_namespace(context, bucket, bucket_namespace)
        constraint = create_bucket_configuration.get("LocationConstraint")
        region = _region_for(context, constraint)
        buckets = context.store.buckets
        existing = buckets.get(bucket)
        if existing is not None:
            if existing.account_id != context.account_id:
                raise BucketAlreadyExists(bucket)
            if not (context.region == region == existing.region == _CLASSIC_REGION):
                raise BucketAlreadyOwnedByYou(bucket)
            # AWS: us-east-1 alone answers a repeated creation with success (API reference of CreateBucket).
            return _created(context, existing)
        # AWS: times of buckets are whole seconds, as those of objects are.
        created = Bucket(bucket, region, context.account_id, float(int(context.time())), constraint)
        _configure(
            context,
            created,
            create_bucket_configuration,
            object_ownership,
            object_lock_enabled=object_lock_enabled_for_bucket,
        )
        buckets[bucket] = created
        return _created(context, created)

    def head_bucket(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        zone = found.zone
        return {
            "BucketRegion": found.region,
            "AccessPointAlias": bucket.endswith("-s3alias"),
            "BucketArn": found.arn(context.partition),
            "BucketLocationType": zone.location_type if zone is not None else None,
            "BucketLocationName": zone.name if zone is not None else None,
        }

    def delete_bucket(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if found.objects:
            if found.is_versioned:
                raise BucketNotEmpty(
                    bucket, "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
                )
            raise BucketNotEmpty(bucket)
        if has_access_points(context, found):
            raise BucketHasAccessPointsAttached(bucket)
        del context.store.buckets[bucket]

    def list_buckets(
        self,
        context: RequestContext[S3Store],
        *,
        max_buckets: int = _MAX_BUCKETS,
        continuation_token: str = "",
        prefix: str = "",
        bucket_region: str | None = None,
    ) -> dict[str, Any]:
        if context.request is not None and is_presigned(context.request.query_string):
            check_presigned(context)
        if context.request is not None and not context.access_key_id:
            raise AccessDenied
        if not 1 <= max_buckets <= _MAX_BUCKETS:
            raise InvalidArgument(
                f"Argument max-buckets must be an integer between 1 and {_MAX_BUCKETS}", "max-buckets", max_buckets
            )
        if bucket_region is not None and not _REGION.fullmatch(bucket_region):
            raise InvalidArgument(
                f"Argument value {bucket_region} is not a valid AWS Region", "bucket-region", bucket_region
            )
        after = read_token(continuation_token) if continuation_token else ""
        found = sorted(
            (one for name, one in context.store.buckets.items() if name.startswith(prefix) and name > after),
            key=lambda one: one.name,
        )
        mine = [
            one
            for one in found
            if one.account_id == context.account_id and bucket_region in (None, one.region) and one.zone is None
        ]
        page = mine[:max_buckets]
        return {
            "Buckets": [_listed(context, one) for one in page],
            "Owner": owner(context.account_id),
            "Prefix": prefix or None,
            "ContinuationToken": token_for(page[-1].name) if len(mine) > len(page) else None,
        }

    def get_bucket_location(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        # AWS: the one operation that any region's endpoint answers, so that clients can find a bucket.
        found = find_bucket_anywhere(context, bucket, expected_bucket_owner)
        if needs_authorization(context, found):
            authorize(context, found)
        return {"LocationConstraint": found.location_constraint}


def check_bucket_name(name: str) -> None:
    """Raise InvalidBucketName for a name that no bucket may have."""
    if (
        not _NAME.fullmatch(name)
        or ".." in name
        or name.startswith(_RESERVED_PREFIXES)
        or name.endswith(_RESERVED_SUFFIXES)
        or _is_address(name)
    ):
        raise InvalidBucketName(name)


def _check_namespace(context: RequestContext[S3Store], name: str, namespace: str | None) -> None:
    """Raise InvalidBucketName for a name that is not of its name space, or of another account's.

    AWS: names that end with an account, a region and -an belong to that account (User Guide, "Account regional
    namespace naming rules").
    """
    found = _ACCOUNT_REGIONAL.search(name)
    own = found is not None and found.groups() == (context.account_id, context.region)
    if own != (namespace == "account-regional") and (found is not None or namespace == "account-regional"):
        raise InvalidBucketName(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True


def _region_for(context: RequestContext[S3Store], constraint: str | None) -> str:
    """The region of a new bucket. Raises InvalidLocationConstraint, IllegalLocationConstraintException."""
    region = _EU.get(constraint or "", constraint)
    if context.region == _CLASSIC_REGION:
        if constraint is None:
            return context.region
        assert context.service is not None
        if constraint not in context.service.shape_for("BucketLocationConstraint").enum:
            raise InvalidLocationConstraint(LocationConstraint=constraint)
        return str(region)
    if region != context.region:
        raise IllegalLocationConstraintException(
            f"The {constraint or 'unspecified'} location constraint is incompatible for the region specific endpoint "
            "this request was sent to."
        )
    return context.region


def _create_directory(context: RequestContext[S3Store], name: str, configuration: Mapping[str, Any]) -> dict[str, Any]:
    zone = zone_asked_for(name, configuration)
    existing = context.store.buckets.get(name)
    if existing is not None:
        raise (BucketAlreadyOwnedByYou if existing.account_id == context.account_id else BucketAlreadyExists)(name)
    created = Bucket(name, context.region, context.account_id, float(int(context.time())), zone=zone)
    if tags := configuration.get("Tags"):
        created.configuration.tags = tag_set(tags)
    context.store.buckets[name] = created
    return {"Location": location_of(context, created), "BucketArn": created.arn(context.partition)}


def _created(context: RequestContext[S3Store], bucket: Bucket) -> dict[str, Any]:
    in_classic_region = bucket.region == _CLASSIC_REGION
    location = f"/{bucket.name}" if in_classic_region else f"http://{bucket.name}.s3.{dns_suffix(context.partition)}/"
    return {"Location": location, "BucketArn": bucket.arn(context.partition)}


def _listed(context: RequestContext[S3Store], bucket: Bucket) -> dict[str, Any]:
    return {
        "Name": bucket.name,
        "CreationDate": bucket.created_at,
        "BucketRegion": bucket.region,
        "BucketArn": bucket.arn(context.partition),
    }


def _configure(
    context: RequestContext[S3Store],
    bucket: Bucket,
    create_bucket_configuration: Mapping[str, Any],
    object_ownership: str | None,
    *,
    object_lock_enabled: bool,
) -> None:
    """Give a new bucket what its creator asks for."""
    configuration = bucket.configuration
    if context.settings.s3_bucket_acls:
        configuration.object_ownership = configuration.public_access_block = None
    tags = create_bucket_configuration.get("Tags")
    if tags:
        configuration.tags = tag_set(tags)
    if object_ownership is not None:
        if object_ownership not in _OWNERSHIPS:
            raise InvalidArgument(
                f"Invalid x-amz-object-ownership header: {object_ownership}",
                "x-amz-object-ownership",
                object_ownership,
            )
        configuration.object_ownership = object_ownership
    if object_lock_enabled:
        # AWS: object lock needs versions, and turns them on.
        configuration.object_lock_enabled = True
        configuration.versioning_status = "Enabled"
    grants = acl_asked_for(context.service_request or {}, bucket.account_id)
    if grants is None or grants == [full_control(bucket.account_id)]:
        return
    if configuration.acls_disabled:
        raise InvalidBucketAclWithObjectOwnership
    if is_public(grants) and configuration.public_access_block is not None:
        raise InvalidBucketAclWithBlockPublicAccessError
    configuration.grants = grants
