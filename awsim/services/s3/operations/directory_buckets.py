"""What only directory buckets have: CreateSession, ListDirectoryBuckets and RenameObject."""

from __future__ import annotations

import base64
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from awsim.aws.credentials import Credentials, CredentialStore, access_key_id
from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.asked_encryption import encryption_for
from awsim.services.s3.conditions import ReadConditions
from awsim.services.s3.configuration.events import notify
from awsim.services.s3.directory_buckets import is_directory_name
from awsim.services.s3.directory_zone import Session
from awsim.services.s3.errors import (
    IdempotencyParameterMismatch,
    InvalidArgument,
    InvalidRequest,
    NoSuchKey,
    NotModified,
    PreconditionFailed,
    UnsupportedByBucket,
)
from awsim.services.s3.listing import read_token, token_for
from awsim.services.s3.lookup import check_key, find_bucket, find_version
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.object_version import ObjectVersion

if TYPE_CHECKING:
    from awsim.context import RequestContext

#: AWS: a session lasts five minutes (API reference of CreateSession).
_SESSION_SECONDS = 300
_MAX_BUCKETS = 1_000


@aws_provider(api="s3")
class DirectoryBuckets(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def create_session(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        session_mode: str = "ReadWrite",
        server_side_encryption: str | None = None,
        ssekms_key_id: str | None = None,
        ssekms_encryption_context: str | None = None,
        bucket_key_enabled: bool | None = None,
    ) -> dict[str, Any]:
        if _is_asked_for_a_bucket_to_come(context, bucket):
            return {"Credentials": _begin_session(context, bucket, session_mode)}
        found = find_bucket(context, bucket)
        if found.zone is None:
            raise UnsupportedByBucket("Only directory buckets support CreateSession.")
        encryption = encryption_for(context, found, context.service_request or {})
        return {**encryption.members(), "Credentials": _begin_session(context, found.name, session_mode)}

    def list_directory_buckets(
        self,
        context: RequestContext[S3Store],
        *,
        continuation_token: str = "",
        max_directory_buckets: int = _MAX_BUCKETS,
    ) -> dict[str, Any]:
        if not 0 <= max_directory_buckets <= _MAX_BUCKETS:
            raise InvalidArgument(
                f"Argument max-directory-buckets must be an integer between 0 and {_MAX_BUCKETS}",
                "max-directory-buckets",
                max_directory_buckets,
            )
        after = read_token(continuation_token) if continuation_token else ""
        found = sorted(
            (
                one
                for one in context.store.buckets.values()
                if one.zone is not None
                and one.account_id == context.account_id
                and one.region == context.region
                and one.name > after
            ),
            key=lambda one: one.name,
        )
        page = found[:max_directory_buckets]
        return {
            "Buckets": [
                {
                    "Name": one.name,
                    "CreationDate": one.created_at,
                    "BucketRegion": one.region,
                    "BucketArn": one.arn(context.partition),
                }
                for one in page
            ],
            "ContinuationToken": token_for(page[-1].name) if page and len(found) > len(page) else None,
        }

    def rename_object(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        rename_source: str = "",
        destination_if_match: str | None = None,
        destination_if_none_match: str | None = None,
        destination_if_modified_since: datetime | None = None,
        destination_if_unmodified_since: datetime | None = None,
        source_if_match: str | None = None,
        source_if_none_match: str | None = None,
        source_if_modified_since: datetime | None = None,
        source_if_unmodified_since: datetime | None = None,
        client_token: str | None = None,
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket)
        if found.zone is None:
            raise UnsupportedByBucket("Only directory buckets support RenameObject.")
        check_key(key)
        source_key = _source_key(found, rename_source)
        if client_token is not None and (done := found.renames.get(client_token)) is not None:
            if done != [source_key, key]:
                raise IdempotencyParameterMismatch
            return {}
        source = find_version(context, found, source_key)
        if source_key == key:
            raise InvalidRequest("The source and the destination of a renaming must differ.")
        if key.endswith("/") or source_key.endswith("/"):
            raise InvalidRequest("Only objects can be renamed, and their keys do not end with /.")
        conditions = ReadConditions(
            source_if_match, source_if_none_match, source_if_modified_since, source_if_unmodified_since
        )
        _check(conditions, source, context.time(), "x-amz-rename-source-")
        replaced = found.objects.current(key)
        conditions = ReadConditions(
            destination_if_match,
            destination_if_none_match,
            destination_if_modified_since,
            destination_if_unmodified_since,
        )
        if replaced is not None:
            _check(conditions, replaced, context.time(), "")
            found.objects.remove(replaced)
        elif destination_if_match is not None:
            raise NoSuchKey(key)
        found.objects.remove(source)
        source.key = key
        found.objects.add(source)
        if client_token is not None:
            found.renames[client_token] = [source_key, key]
        notify(context, found, "ObjectCreated:Rename", key, size=source.size, etag=source.etag)
        return {}


def _source_key(bucket: Bucket, header: str) -> str:
    """The key in an x-amz-rename-source, ``/bucket/key`` or ``key``, percent-encoded."""
    name = unquote(header)
    if name.startswith("/"):
        named, _, key = name[1:].partition("/")
        if named != bucket.name:
            key = name[1:]
    else:
        key = name.removeprefix(f"{bucket.name}/")
    if not key:
        raise InvalidArgument("Invalid rename source object key", "x-amz-rename-source", header)
    return key


def _check(conditions: ReadConditions, version: ObjectVersion, now: float, prefix: str) -> None:
    try:
        conditions.check(version.etag, version.last_modified, now)
    except NotModified:
        header = "If-None-Match" if conditions.if_none_match is not None else "If-Modified-Since"
        raise PreconditionFailed(f"{prefix}{header}") from None
    except PreconditionFailed as failed:
        raise PreconditionFailed(f"{prefix}{failed.members['Condition']}") from None


def _begin_session(context: RequestContext[S3Store], bucket: str, mode: str) -> dict[str, Any]:
    """A session's credentials, as CreateSession answers them."""
    now = context.time()
    sessions = context.store.sessions
    keys = context.cloud.store(CredentialStore, "", context.region).keys
    for old in [key for key, session in sessions.items() if session.expiration <= now]:
        del sessions[old]
        keys.pop(old, None)
    random, expiration = context.random, float(int(now) + _SESSION_SECONDS)
    caller = context.credentials
    credentials = Credentials(
        access_key_id=access_key_id("ASIA", context.account_id, random.getrandbits(64)),
        secret_access_key=base64.b64encode(random.randbytes(30)).decode(),
        account_id=context.account_id,
        principal_arn=context.principal_arn,
        user_id=caller.user_id if caller is not None else context.account_id,
        session_token=base64.b64encode(random.randbytes(300)).decode(),
        expiration=expiration,
    )
    keys[credentials.access_key_id] = credentials
    sessions[credentials.access_key_id] = Session(bucket, mode, expiration)
    return {
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": datetime.fromtimestamp(expiration, timezone.utc),
    }


def _is_asked_for_a_bucket_to_come(context: RequestContext[S3Store], bucket: str) -> bool:
    # Deviation: at an endpoint of the user's own a session begins for a directory bucket that does not exist: SDKs
    # begin one there before they create the bucket, which at AWS's regional endpoint they do without.
    at_aws = context.request is None or ".s3express-" in context.request.host
    return not at_aws and is_directory_name(bucket) and bucket not in context.store.buckets
