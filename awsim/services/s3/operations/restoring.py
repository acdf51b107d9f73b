"""RestoreObject, and what follows from it as time goes by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.answers import answer_with
from awsim.services.s3.configuration.events import notify
from awsim.services.s3.errors import InvalidArgument, InvalidObjectState, MalformedXML, RestoreAlreadyInProgress
from awsim.services.s3.lookup import find_bucket, find_version
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.object_states import NOT_YET, restore_arn
from awsim.services.s3.object_version import ObjectVersion

if TYPE_CHECKING:
    from awsim.context import RequestContext

_DAY_SECONDS = 86_400.0
_HOUR_SECONDS = 3600.0
#: AWS: how long a restore takes at least (User Guide, "Understanding archive retrieval options").
_DURATIONS = {
    ("GLACIER", "Expedited"): 60.0,
    ("GLACIER", "Standard"): 3 * _HOUR_SECONDS,
    ("GLACIER", "Bulk"): 5 * _HOUR_SECONDS,
    ("DEEP_ARCHIVE", "Standard"): 12 * _HOUR_SECONDS,
    ("DEEP_ARCHIVE", "Bulk"): 48 * _HOUR_SECONDS,
}
_ACCEPTED = 202


@aws_provider(api="s3")
class Restoring(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store
    transitions = ("restore",)

    def restore_object(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        restore_request: Mapping[str, Any] | None = None,
        version_id: str | None = None,
        request_payer: str | None = None,
        checksum_algorithm: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        version = find_version(context, found, key, version_id, method="POST")
        if not version.is_archived:
            raise InvalidObjectState(
                "Restore is not allowed for the object's current storage class", StorageClass=version.storage_class
            )
        days = (restore_request or {}).get("Days")
        if restore_request is None or days is None:
            raise MalformedXML
        if days < 1:
            # Deviation: that it is refused is documented, in which words is not.
            raise InvalidArgument("restoration days should be at least 1", "Days", days)
        parameters = restore_request.get("GlacierJobParameters") or {}
        tier = parameters.get("Tier") or restore_request.get("Tier") or "Standard"
        duration = _DURATIONS.get((version.storage_class, tier))
        if duration is None:
            raise InvalidArgument("Retrieval option is not supported by this storage class", "Tier", tier)
        now = context.time()
        if version.restored_at is not None and version.restored_until is not None and now < version.restored_until:
            if now < version.restored_at:
                if not _is_upgrade(version, now + duration, days):
                    raise RestoreAlreadyInProgress
                self._begin(context, found, version, duration, days)
                answer_with(context, {}, _ACCEPTED)
                return
            # AWS: of what is restored already only the expiry changes.
            version.restored_until = _expiry(now, days)
            return
        named = {"bucket": found.name, "key": key, "version_id": version.version_id}
        if context.begin_transition("restore", restore_arn(**named), "ongoing", "end_restore", **named, days=days):
            version.restored_at = version.restored_until = NOT_YET
        else:
            self._begin(context, found, version, duration, days)
        _tell(context, found, "Post", version)
        answer_with(context, {}, _ACCEPTED)

    @staticmethod
    def _begin(
        context: RequestContext[S3Store], bucket: Bucket, version: ObjectVersion, duration: float, days: int
    ) -> None:
        version.restored_at = context.time() + duration
        version.restored_until = _expiry(version.restored_at, days)
        named = {"bucket": bucket.name, "key": version.key, "version_id": version.version_id}
        context.schedule(duration, "finish_restore", **named, moment=version.restored_at)

    def end_restore(
        self, context: RequestContext[S3Store], *, bucket: str, key: str, version_id: str, days: int
    ) -> None:
        """Finish a restore whose end a test has put off; deferred by ``restore_object``."""
        version = self._restored(context, bucket, key, version_id)
        if version is not None and version.restored_at == NOT_YET:
            version.restored_at = context.time()
            version.restored_until = _expiry(version.restored_at, days)
            self.finish_restore(context, bucket=bucket, key=key, version_id=version_id)

    def finish_restore(
        self, context: RequestContext[S3Store], *, bucket: str, key: str, version_id: str, moment: float | None = None
    ) -> None:
        """Tell that a restored copy can be read; deferred by ``restore_object`` until ``moment``, unless the restore
        was given another speed since."""
        version = self._restored(context, bucket, key, version_id)
        if version is None or moment not in (None, version.restored_at):
            return
        if version.restored_until is not None:
            _tell(context, context.store.buckets[bucket], "Completed", version)
            remaining = version.restored_until - context.time()
            context.schedule(remaining, "expire_restore", bucket=bucket, key=key, version_id=version_id)

    def expire_restore(self, context: RequestContext[S3Store], *, bucket: str, key: str, version_id: str) -> None:
        """Give a restored copy up when its time is over; deferred by ``finish_restore``."""
        version = self._restored(context, bucket, key, version_id)
        if version is None or version.restored_until is None:
            return
        remaining = version.restored_until - context.time()
        if remaining > 0:
            context.schedule(remaining, "expire_restore", bucket=bucket, key=key, version_id=version_id)
            return
        version.restored_at = version.restored_until = None
        _tell(context, context.store.buckets[bucket], "Delete", version)

    @staticmethod
    def _restored(context: RequestContext[S3Store], bucket: str, key: str, version_id: str) -> ObjectVersion | None:
        found = context.store.buckets.get(bucket)
        return found.objects.find(key, version_id) if found is not None else None


def _is_upgrade(version: ObjectVersion, end: float, days: int) -> bool:
    """Whether a request only makes a restore under way faster.

    AWS: nothing else of it can be changed (User Guide, "Upgrading the speed of an in-progress restore").
    """
    assert version.restored_at is not None
    return end < version.restored_at and _expiry(version.restored_at, days) == version.restored_until


def _expiry(start: float, days: int) -> float:
    """AWS: a copy goes at the midnight, in UTC, that follows the last of its days."""
    return (start + days * _DAY_SECONDS) // _DAY_SECONDS * _DAY_SECONDS + _DAY_SECONDS


def _tell(context: RequestContext[S3Store], bucket: Bucket, what: str, version: ObjectVersion) -> None:
    notify(
        context,
        bucket,
        f"ObjectRestore:{what}",
        version.key,
        version_id=version.version_id if bucket.is_versioned else None,
        size=version.size,
        etag=version.etag,
        storage_class=version.storage_class,
        restore_expiry=version.restored_until if what == "Completed" else None,
    )
