"""Retention and legal hold of object versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.errors import NotSimulatedError
from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.configuration.events import lock_changed
from awsim.services.s3.deletion import LOCKED
from awsim.services.s3.errors import (
    AccessDenied,
    InvalidArgument,
    InvalidRequest,
    MalformedXML,
    NoSuchObjectLockConfiguration,
)
from awsim.services.s3.lookup import find_bucket, find_version
from awsim.services.s3.models import Bucket, S3Store
from awsim.services.s3.object_version import ObjectVersion
from awsim.services.s3.object_writing import to_milliseconds

if TYPE_CHECKING:
    from awsim.context import RequestContext

_MODES = ("GOVERNANCE", "COMPLIANCE")
#: Holds that end with an event are not simulated, and better refused than forgotten.
_EVENT_HOLDS = frozenset({"EventHold", "EventHoldDuration"})


@aws_provider(api="s3")
class ObjectLocks(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_object_retention(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        retention: Mapping[str, Any] | None = None,
        version_id: str | None = None,
        bypass_governance_retention: bool = False,
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = _lockable_bucket(context, bucket, expected_bucket_owner)
        version = find_version(context, found, key, version_id, method="PUT")
        if retention is None:
            raise MalformedXML
        if not _EVENT_HOLDS.isdisjoint(retention):
            raise NotSimulatedError("s3", f"PutObjectRetention with {min(_EVENT_HOLDS.intersection(retention))}")
        mode, until = retention.get("Mode"), retention.get("RetainUntilDate")
        if (mode is None) != (until is None) or (mode is not None and mode not in _MODES):
            raise MalformedXML
        now = context.time()
        moment = to_milliseconds(until) if until is not None else None
        if moment is not None and moment <= now:
            raise InvalidArgument(
                "The retain until date must be in the future!", "RetainUntilDate", f"{until:%Y-%m-%dT%H:%M:%SZ}"
            )
        if _weakens(version, mode, moment, now) and not (
            version.lock_mode == "GOVERNANCE" and bypass_governance_retention
        ):
            raise AccessDenied(LOCKED)
        version.lock_mode, version.retain_until = mode, moment
        lock_changed(context, found, key, version.version_id)

    def get_object_retention(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        version_id: str | None = None,
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> dict[str, Any]:
        version = find_version(context, _lockable_bucket(context, bucket, expected_bucket_owner), key, version_id)
        if version.lock_mode is None:
            raise NoSuchObjectLockConfiguration
        return {"Retention": {"Mode": version.lock_mode, "RetainUntilDate": version.retain_until}}

    def put_object_legal_hold(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        legal_hold: Mapping[str, Any] | None = None,
        version_id: str | None = None,
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = _lockable_bucket(context, bucket, expected_bucket_owner)
        version = find_version(context, found, key, version_id, method="PUT")
        status = (legal_hold or {}).get("Status")
        if status not in ("ON", "OFF"):
            raise MalformedXML
        version.legal_hold = status
        lock_changed(context, found, key, version.version_id)

    def get_object_legal_hold(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        key: str,
        version_id: str | None = None,
        request_payer: str | None = None,
        expected_bucket_owner: str | None = None,
    ) -> dict[str, Any]:
        version = find_version(context, _lockable_bucket(context, bucket, expected_bucket_owner), key, version_id)
        if version.legal_hold is None:
            raise NoSuchObjectLockConfiguration
        return {"LegalHold": {"Status": version.legal_hold}}


def _lockable_bucket(context: RequestContext[S3Store], bucket: str, expected_bucket_owner: str | None) -> Bucket:
    found = find_bucket(context, bucket, expected_bucket_owner)
    if not found.configuration.object_lock_enabled:
        raise InvalidRequest("Bucket is missing Object Lock Configuration")
    return found


def _weakens(version: ObjectVersion, mode: str | None, until: float | None, now: float) -> bool:
    """Whether a new retention would free a version earlier than the one it has, or by fewer rights."""
    if version.retain_until is None or version.retain_until <= now:
        return False
    if until is None or until < version.retain_until:
        return True
    return version.lock_mode == "COMPLIANCE" and mode != "COMPLIANCE"
