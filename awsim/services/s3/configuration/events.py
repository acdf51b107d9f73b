"""What happened to an object, told to where the bucket's notification configuration says, and to its replication.

Owns who is told what. What a message looks like is known to :mod:`event_messages`, whom an event concerns to
:mod:`event_filters`, and how a message travels to :mod:`event_delivery`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.s3.configuration.event_filters import concerned
from awsim.services.s3.configuration.event_messages import Event, bus_entry, event_message, sequencer, trial_message
from awsim.services.s3.configuration.replication_rules import rules_for
from awsim.services.s3.object_states import PENDING, replication_arn

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.services.s3.models import Bucket, S3Store

#: What replication follows. AWS: deleting a version for good, and what lifecycle rules do, is not replicated.
_REPLICATED = ("ObjectCreated:", "ObjectRemoved:DeleteMarkerCreated", "ObjectTagging:", "ObjectAcl:")
#: What S3 does of itself, so that nobody requested it.
_BY_ITSELF = ("Lifecycle", "ObjectRestore:Completed", "ObjectRestore:Delete")
#: What is deleted on behalf of this service is deleted by a lifecycle rule.
_OWN_PRINCIPAL = "s3.amazonaws.com"


def notify(
    context: RequestContext[S3Store],
    bucket: Bucket,
    event_name: str,
    key: str,
    *,
    version_id: str | None = None,
    size: int | None = None,
    etag: str | None = None,
    storage_class: str | None = None,
    restore_expiry: float | None = None,
) -> None:
    """Tell what happened to an object, to be called when it has: to whom the bucket notifies, and to its replication.

    ``event_name`` is AWS's without the ``s3:`` (``ObjectCreated:Put``); ``version_id`` is None in a bucket without
    versions. Costs next to nothing where the bucket notifies nobody. Messages go out when the operation is done.
    """
    if context.service_principal == _OWN_PRINCIPAL and event_name.startswith("ObjectRemoved:"):
        event_name = event_name.replace("ObjectRemoved:", "LifecycleExpiration:")
    if bucket.configuration.replication is not None and version_id is not None:
        _replicate(context, bucket, event_name, key, version_id)
    notification = bucket.configuration.notification
    if not notification:
        return
    bucket.configuration.event_count += 1
    event = _event(context, bucket, event_name, key, version_id, size, etag, storage_class, restore_expiry)
    for arn, configuration in concerned(notification, f"s3:{event_name}", key):
        message = event_message(event, bucket, configuration["Id"])
        trace = context.request.headers.get("x-amzn-trace-id") if context.request is not None else None
        _despatch(context, bucket, arn, message, trace)
    if "EventBridgeConfiguration" in notification:
        context.schedule(0, "put_event_on_bus", bucket=bucket.name, entry=bus_entry(event, bucket))


def lock_changed(context: RequestContext[S3Store], bucket: Bucket, key: str, version_id: str) -> None:
    """Tell that a version's retention or legal hold is another: of which no event is sent, but which is replicated."""
    if bucket.configuration.replication is not None:
        context.schedule(0, "replicate_version", bucket=bucket.name, key=key, version_id=version_id, is_new=False)


def _replicate(context: RequestContext[S3Store], bucket: Bucket, event_name: str, key: str, version_id: str) -> None:
    if not event_name.startswith(_REPLICATED):
        return
    named = {"bucket": bucket.name, "key": key, "version_id": version_id}
    version = bucket.objects.find(key, version_id)
    if version is not None and version.replication_status == PENDING:
        return  # it goes as it is when its time has come
    if (
        event_name.startswith("ObjectCreated:")
        and version is not None
        and rules_for(bucket, version)
        and context.begin_transition("replication", replication_arn(**named), PENDING, "replicate_version", **named)
    ):
        version.replication_status = PENDING
        return
    is_new = event_name.startswith(("ObjectCreated:", "ObjectRemoved:"))
    context.schedule(0, "replicate_version", **named, is_new=is_new)


def _despatch(
    context: RequestContext[S3Store], bucket: Bucket, arn: str, message: Mapping[str, Any], trace: str | None = None
) -> None:
    source_arn = f"arn:{context.partition}:s3:::{bucket.name}"
    context.schedule(0, "deliver_event", source_arn=source_arn, arn=arn, message=message, trace=trace)


def _event(
    context: RequestContext[S3Store],
    bucket: Bucket,
    name: str,
    key: str,
    version_id: str | None,
    size: int | None,
    etag: str | None,
    storage_class: str | None,
    restore_expiry: float | None,
) -> Event:
    now = context.time()
    credentials = context.credentials
    by_itself = name.startswith(_BY_ITSELF)
    return Event(
        name=name,
        key=key,
        time=now,
        sequencer=sequencer(now, bucket.configuration.event_count),
        request_id=context.request_id or context.new_uuid(),
        requester=_OWN_PRINCIPAL if by_itself else context.account_id,
        user_id=credentials.user_id if credentials is not None else context.account_id,
        source_ip_address=_OWN_PRINCIPAL if by_itself else "127.0.0.1",
        bucket_arn=f"arn:{context.partition}:s3:::{bucket.name}",
        version_id=version_id,
        size=size,
        etag=etag,
        storage_class=storage_class,
        restore_expiry=restore_expiry,
    )


def despatch_trial(context: RequestContext[S3Store], bucket: Bucket, arn: str) -> None:
    """Send the test message to a destination when the operation is done."""
    _despatch(context, bucket, arn, trial_message(bucket, context.time(), context.request_id))
