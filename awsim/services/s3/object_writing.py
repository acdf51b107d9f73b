"""How an object comes to be: what a request says of it, its draft, and its place in the bucket.

Shared by the operations that write objects: put, copy, complete a multipart upload. Owns everything about an object
but its body.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from awsim.errors import NotSimulatedError
from awsim.services.s3 import directory_buckets
from awsim.services.s3.asked_encryption import encryption_for
from awsim.services.s3.body import Body
from awsim.services.s3.conditions import check_write
from awsim.services.s3.configuration.events import notify
from awsim.services.s3.errors import InvalidArgument, InvalidRequest, InvalidStorageClass
from awsim.services.s3.lookup import check_key
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.multipart_upload import MultipartUpload
from awsim.services.s3.object_description import expiration
from awsim.services.s3.object_encryption import ObjectEncryption
from awsim.services.s3.object_metadata import EXPIRES_TEXT, system_headers, user_metadata
from awsim.services.s3.object_tags import tags_of_header
from awsim.services.s3.object_version import NULL_VERSION, STANDARD, ObjectVersion
from awsim.services.s3.owners import NOBODY

if TYPE_CHECKING:
    from awsim.context import RequestContext

#: Holds that end with an event are not simulated, and better refused than forgotten.
_EVENT_HOLDS = frozenset({"ObjectLockEventHold", "ObjectLockEventHoldDurationDays", "ObjectLockEventHoldDurationYears"})
#: AWS: of the model's classes these are not for a bucket's users to ask for.
_UNAVAILABLE_CLASSES = frozenset(
    {"OUTPOSTS", "SNOW", "EXPRESS_ONEZONE", "FSX_OPENZFS", "FSX_ONTAP", "AWS_BACKUP_WARM", "AWS_BACKUP_LOW_COST_WARM"}
)


def draft_object(
    context: RequestContext[S3Store], bucket: Bucket, key: str, request: Mapping[str, Any]
) -> ObjectVersion:
    """The object that a request describes, without its body, its version and its time."""
    check_key(key)
    if not _EVENT_HOLDS.isdisjoint(request):
        assert context.operation is not None
        raise NotSimulatedError("s3", f"{context.operation.name} with {min(_EVENT_HOLDS.intersection(request))}")
    configuration = bucket.configuration
    expires = request.get("Expires")
    version = ObjectVersion(
        key,
        NULL_VERSION,
        0.0,
        _owner(context, bucket, request),
        encryption=encryption_for(context, bucket, request),
        storage_class=storage_class_of(context, request)
        if bucket.zone is None
        else directory_buckets.storage_class_of(request),
        headers=system_headers(request),
        expires=expires.timestamp() if expires is not None else None,
        metadata=user_metadata(request),
        tags=tags_of_header(request.get("Tagging")),
    )
    if expires is None and context.request is not None and EXPIRES_TEXT in context.request.headers:
        version.headers = {**(version.headers or {}), EXPIRES_TEXT: context.request.headers[EXPIRES_TEXT]}
    if configuration.object_lock_enabled or "ObjectLockMode" in request or "ObjectLockLegalHoldStatus" in request:
        lock_new_version(context, bucket, version, request)
    return version


def _owner(context: RequestContext[S3Store], bucket: Bucket, request: Mapping[str, Any]) -> str:
    """The account that a new object belongs to (User Guide, "Controlling ownership of objects")."""
    ownership = bucket.configuration.object_ownership
    preferred = ownership == "BucketOwnerPreferred" and request.get("ACL") == "bucket-owner-full-control"
    if preferred or ownership == "BucketOwnerEnforced":
        return bucket.account_id
    return NOBODY if context.request is not None and not context.access_key_id else context.account_id


def storage_class_of(context: RequestContext[S3Store], request: Mapping[str, Any]) -> str:
    """The storage class that a request asks for. Raises InvalidStorageClass."""
    storage_class: str = request.get("StorageClass") or STANDARD
    if storage_class != STANDARD:
        assert context.service is not None
        known = context.service.shape_for("StorageClass").enum
        if storage_class not in known or storage_class in _UNAVAILABLE_CLASSES:
            raise InvalidStorageClass(StorageClassRequested=storage_class)
    return storage_class


def lock_new_version(
    context: RequestContext[S3Store], bucket: Bucket, version: ObjectVersion, request: Mapping[str, Any]
) -> None:
    """Give a new version the lock that its writer or the bucket asks for. Raises InvalidRequest, InvalidArgument."""
    mode, until = request.get("ObjectLockMode"), request.get("ObjectLockRetainUntilDate")
    legal_hold = request.get("ObjectLockLegalHoldStatus")
    if not bucket.configuration.object_lock_enabled:
        raise InvalidRequest("Bucket is missing Object Lock Configuration")
    if (mode is None) != (until is None):
        raise InvalidArgument(
            "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied",
            "x-amz-object-lock-mode" if until is None else "x-amz-object-lock-retain-until-date",
        )
    if mode is not None and until is not None:
        if mode not in ("GOVERNANCE", "COMPLIANCE"):
            raise InvalidArgument("Unknown wormMode directive.", "x-amz-object-lock-mode", mode)
        if until.timestamp() <= context.time():
            raise InvalidArgument("The retain until date must be in the future!", "x-amz-object-lock-retain-until-date")
        version.lock_mode, version.retain_until = mode, to_milliseconds(until)
    else:
        lock_by_default(context, bucket, version)
    if legal_hold is not None:
        if legal_hold not in ("ON", "OFF"):
            raise InvalidArgument(
                "Legal Hold must be either of 'ON' or 'OFF'", "x-amz-object-lock-legal-hold", legal_hold
            )
        version.legal_hold = legal_hold


def lock_by_default(context: RequestContext[S3Store], bucket: Bucket, version: ObjectVersion) -> None:
    """Give a new version the retention that the bucket gives to those whose writer asks for none."""
    default = bucket.configuration.default_retention
    if default:
        days = default.get("Days") or 365 * int(default["Years"])
        version.lock_mode = default["Mode"]
        version.retain_until = to_milliseconds(context.now() + timedelta(days=days))


def to_milliseconds(until: datetime) -> float:
    """The end of a retention in epoch seconds. AWS: has milliseconds (API reference of GetObjectRetention)."""
    return until.replace(microsecond=until.microsecond // 1000 * 1000).timestamp()


def check_write_conditions(bucket: Bucket, key: str, if_match: str | None, if_none_match: str | None) -> None:
    """Check a write's conditions against the object that it would replace."""
    if if_match is not None or if_none_match is not None:
        current = bucket.objects.live(key)
        check_write(if_match, if_none_match, key, current.etag if current is not None else None)


def etag_for(context: RequestContext[S3Store], bucket: Bucket, body: Body, encryption: ObjectEncryption) -> str:
    """A new object's entity tag: the MD5 of its body, or something else where the encryption must not betray it.

    AWS: in directory buckets it never is the MD5.
    """
    if encryption.hides_md5 or bucket.zone is not None:
        return f"{context.random.getrandbits(128):032x}"
    return body.md5().hex()


def store_version(
    context: RequestContext[S3Store], bucket: Bucket, version: ObjectVersion, upload: MultipartUpload | None = None
) -> None:
    """Make a finished draft the key's current version, now; or, of an upload in parts, as of when that began.

    AWS: of several versions of a key the current one is that whose upload began last, and an object dates from when it
    did (User Guide, "Uploading and copying objects using multipart upload" and "System-defined object metadata").
    """
    # AWS: times of objects are whole seconds; in directory buckets they are those of completion.
    begun = upload.initiated if upload is not None and bucket.zone is None else context.time()
    version.last_modified = float(int(begun))
    version.version_id = bucket.new_version_id(context)
    bucket.objects.add(version, upload.newer if upload is not None else ())
    if bucket.uploads.in_progress:
        bucket.uploads.overtake(version.key, version.version_id, upload)


def tell_created(context: RequestContext[S3Store], bucket: Bucket, how: str, version: ObjectVersion) -> None:
    """Notify whom it concerns that there is a new version; ``how`` as in ``ObjectCreated:Put``."""
    notify(
        context,
        bucket,
        f"ObjectCreated:{how}",
        version.key,
        version_id=version.version_id if bucket.makes_versions else None,
        size=version.size,
        etag=version.etag,
    )


def written(bucket: Bucket, version: ObjectVersion) -> dict[str, Any]:
    """What the answer to a write says of the new version."""
    answer = version.encryption.members()
    if bucket.makes_versions:
        answer["VersionId"] = version.version_id
    if bucket.configuration.lifecycle_rules:
        answer["Expiration"] = expiration(bucket, version)
    return answer
