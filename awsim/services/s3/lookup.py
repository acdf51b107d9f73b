"""The bucket, and the version of an object, that a request is for.

Every operation on a bucket or an object starts here: that the bucket exists, is where it was asked for, and belongs to
whom the caller expects; and which version of an object answers to a key and a version id.
"""

from __future__ import annotations

import re
from email.utils import formatdate
from typing import TYPE_CHECKING

from awsim.services.s3.access.authorizer import authorize, check_object_owner, needs_authorization
from awsim.services.s3.access.points import find_access_point, is_access_point
from awsim.services.s3.addressing import REGION_HEADER, check_region
from awsim.services.s3.answers import answer_with
from awsim.services.s3.configuration.cors_rules import response_headers
from awsim.services.s3.configuration.log_delivery import write_down
from awsim.services.s3.directory_buckets import check_operation
from awsim.services.s3.errors import (
    AccessDenied,
    InvalidArgument,
    InvalidBucketOwnerAWSAccountID,
    KeyTooLongError,
    MethodNotAllowed,
    NoSuchBucket,
    NoSuchKey,
    NoSuchVersion,
)
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.object_version import NULL_VERSION, ObjectVersion
from awsim.services.s3.presigned import check_presigned, is_presigned

if TYPE_CHECKING:
    from awsim.context import RequestContext

_ACCOUNT_ID = re.compile(r"\d{12}")
_VERSION_ID = re.compile(r"[A-Za-z0-9._-]{16,1024}")
_ARN_PREFIX = "arn:"
_KEY_LENGTH_MAX = 1024
#: AWS: these tell a bucket's region to who is refused, too: libraries find regions so (apache/opendal #2677).
_TELLING_THE_REGION = frozenset({"HeadBucket", "ListObjects", "ListObjectsV2"})


def find_bucket(context: RequestContext[S3Store], bucket: str, expected_bucket_owner: str | None = None) -> Bucket:
    """The bucket of a name, of a bucket's ARN, or behind an access point. ``expected_bucket_owner`` is the operation's
    member of that name.

    Raises NoSuchBucket, PermanentRedirect where the request was sent to another region, AccessDenied where the bucket
    is somebody else's than expected or its caller may not do what is asked, and InvalidBucketOwnerAWSAccountID for
    what is no account id.
    """
    if context.request is not None and is_presigned(context.request.query_string):
        check_presigned(context)
    found = find_bucket_anywhere(context, bucket, expected_bucket_owner)
    if found.configuration.logging is not None and context.request is not None:
        write_down(context, found)
    if found.zone is not None:
        check_operation(context, found)
    if found.region != context.region or not context.access_key_id:
        check_region(context, found)
    if needs_authorization(context, found) or found.name != bucket:
        if context.operation is not None and context.operation.name in _TELLING_THE_REGION:
            answer_with(context, {REGION_HEADER: found.region})
        authorize(context, found)
    return found


def find_bucket_anywhere(
    context: RequestContext[S3Store], bucket: str, expected_bucket_owner: str | None = None
) -> Bucket:
    """The same, in whichever region: for what a request only refers to, as a copy to its source."""
    if expected_bucket_owner is not None and not _ACCOUNT_ID.fullmatch(expected_bucket_owner):
        raise InvalidBucketOwnerAWSAccountID(
            f"The value of the expected bucket owner parameter must be an AWS Account ID... [{expected_bucket_owner}]"
        )
    found = context.store.buckets.get(bucket)
    if found is None:
        if is_access_point(bucket):
            bucket = find_access_point(context, bucket).bucket
        elif bucket.startswith(_ARN_PREFIX):
            bucket = bucket.rpartition(":")[2]
        found = context.store.buckets.get(bucket)
        if found is None:
            raise NoSuchBucket(bucket)
    if expected_bucket_owner is not None and expected_bucket_owner != found.account_id:
        raise AccessDenied
    if found.configuration.cors_rules is not None and context.request is not None:
        answer_with(context, response_headers(found.configuration, context.request.method, context.request.headers))
    return found


def find_version(
    context: RequestContext[S3Store], bucket: Bucket, key: str, version_id: str | None = None, *, method: str = "GET"
) -> ObjectVersion:
    """The current version of an object, or the one with an id.

    Raises NoSuchKey, NoSuchVersion, InvalidArgument for what is no version id, and MethodNotAllowed where the id is a
    delete marker's; ``method`` is the one that is not allowed.
    """
    if version_id is None:
        version = bucket.objects.current(key)
        if version is None:
            check_key(key)
            raise NoSuchKey(key)
        if version.is_delete_marker:
            answer_with(context, {"x-amz-delete-marker": "true", "x-amz-version-id": version.version_id})
            raise NoSuchKey(key)
        if version.account_id != context.account_id:
            check_object_owner(context, bucket, version)
        return version
    version = find_any_version(bucket, key, version_id)
    if version.is_delete_marker:
        told = {"x-amz-delete-marker": "true", "x-amz-version-id": version_id, "Allow": "DELETE"}
        if method in ("GET", "HEAD"):
            # AWS: the marker's own moment (API reference of GetObject and HeadObject).
            told["Last-Modified"] = formatdate(version.last_modified, usegmt=True)
        answer_with(context, told)
        raise MethodNotAllowed(Method=method, ResourceType="DeleteMarker")
    if version.account_id != context.account_id:
        check_object_owner(context, bucket, version)
    return version


def find_any_version(bucket: Bucket, key: str, version_id: str) -> ObjectVersion:
    """The version or delete marker with an id. Raises NoSuchVersion, InvalidArgument for what is no version id."""
    version = bucket.objects.find(key, version_id)
    if version is None:
        if not version_id:
            raise InvalidArgument("Version id cannot be the empty string", "versionId", "")
        check_key(key)
        check_version_id(version_id, "versionId")
        raise NoSuchVersion(key, version_id)
    return version


def check_key(key: str) -> None:
    """Raise KeyTooLongError for what can be no object's key."""
    if len(key) > _KEY_LENGTH_MAX // 4 and (size := len(key.encode())) > _KEY_LENGTH_MAX:
        raise KeyTooLongError(Size=size, MaxSizeAllowed=_KEY_LENGTH_MAX)


def check_version_id(version_id: str, argument: str) -> None:
    """Raise InvalidArgument for what can be no version's id. ``argument`` is the parameter's name in the error."""
    if version_id != NULL_VERSION and not _VERSION_ID.fullmatch(version_id):
        raise InvalidArgument("Invalid version id specified", argument, version_id)
