"""The documents that tell of an event: the message of queues, topics and functions, and EventBridge's event.

Pure: what happened in, documents out. Who is told, and how, is not known here.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import attrs

from awsim.protocol.rest_xml import host_id
from awsim.services.s3.owners import canonical_user_id

if TYPE_CHECKING:
    from awsim.services.s3.models import Bucket

#: AWS: these came later, and their messages have a later version.
_VERSION_2_3 = ("ObjectTagging:", "ObjectAcl:", "Lifecycle", "IntelligentTiering", "ObjectRestore:Delete")
_DETAIL_TYPES = (
    ("ObjectCreated:", "Object Created"),
    ("ObjectRemoved:", "Object Deleted"),
    ("LifecycleExpiration:", "Object Deleted"),
    ("ObjectRestore:Post", "Object Restore Initiated"),
    ("ObjectRestore:Completed", "Object Restore Completed"),
    ("ObjectRestore:Delete", "Object Restore Expired"),
    ("ObjectTagging:Put", "Object Tags Added"),
    ("ObjectTagging:Delete", "Object Tags Deleted"),
    ("ObjectAcl:Put", "Object ACL Updated"),
    ("LifecycleTransition", "Object Storage Class Changed"),
    ("IntelligentTiering", "Object Access Tier Changed"),
)
_REASONS = {
    "ObjectCreated:Put": "PutObject",
    "ObjectCreated:Post": "POST Object",
    "ObjectCreated:Copy": "CopyObject",
    "ObjectCreated:CompleteMultipartUpload": "CompleteMultipartUpload",
    "ObjectRemoved:Delete": "DeleteObject",
    "ObjectRemoved:DeleteMarkerCreated": "DeleteObject",
    "LifecycleExpiration:Delete": "Lifecycle Expiration",
    "LifecycleExpiration:DeleteMarkerCreated": "Lifecycle Expiration",
}
_DELETION_TYPES = {"Delete": "Permanently Deleted", "DeleteMarkerCreated": "Delete Marker Created"}


@attrs.frozen
class Event:
    """What happened to an object.

    ``name`` is the event's type without the ``s3:``; ``etag`` has no quotes; ``time`` is in epoch seconds.
    ``restore_expiry`` (epoch seconds) and ``storage_class`` are for restores and transitions.
    """

    name: str
    key: str
    time: float
    sequencer: str
    request_id: str
    requester: str
    user_id: str
    source_ip_address: str
    bucket_arn: str
    version_id: str | None = None
    size: int | None = None
    etag: str | None = None
    storage_class: str | None = None
    restore_expiry: float | None = None


def sequencer(time: float, count: int) -> str:
    """Hexadecimal digits by which events on a key are in order, however close they are."""
    return f"{int(time):010X}{count:08X}"


def event_message(event: Event, bucket: Bucket, configuration_id: str) -> dict[str, Any]:
    """The message for queues, topics and functions."""
    record: dict[str, Any] = {
        "eventVersion": "2.3" if event.name.startswith(_VERSION_2_3) else "2.1",
        "eventSource": "aws:s3",
        "awsRegion": bucket.region,
        "eventTime": timestamp(event.time),
        "eventName": event.name,
        "userIdentity": {"principalId": f"AWS:{event.user_id}"},
        "requestParameters": {"sourceIPAddress": event.source_ip_address},
        "responseElements": {"x-amz-request-id": event.request_id, "x-amz-id-2": host_id(event.request_id)},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": configuration_id,
            "bucket": {
                "name": bucket.name,
                "ownerIdentity": {"principalId": _principal_id(bucket.account_id)},
                "arn": event.bucket_arn,
            },
            "object": _present(
                # AWS: the key is encoded as in a form, a space as a plus sign.
                key=quote_plus(event.key, safe="/"),
                size=event.size,
                eTag=event.etag,
                versionId=event.version_id,
                # AWS: no sequencer where tags or ACLs changed (recorded for tags).
                sequencer=None if event.name.startswith(("ObjectTagging:", "ObjectAcl:")) else event.sequencer,
            ),
        },
    }
    if event.restore_expiry is not None:
        record["glacierEventData"] = {
            "restoreEventData": {
                "lifecycleRestorationExpiryTime": timestamp(event.restore_expiry),
                "lifecycleRestoreStorageClass": event.storage_class,
            }
        }
    return {"Records": [record]}


def bus_entry(event: Event, bucket: Bucket) -> dict[str, Any]:
    """The event for EventBridge as an entry of PutEvents, with its detail as data. Here the key is as it is."""
    family, _, action = event.name.partition(":")
    is_restore = family == "ObjectRestore"
    deleted = family in ("ObjectRemoved", "LifecycleExpiration")
    detail = {
        "version": "0",
        "bucket": {"name": bucket.name},
        "object": _present(
            **{
                "key": event.key,
                "size": event.size,
                "etag": event.etag,
                "version-id": event.version_id,
                "sequencer": event.sequencer if family == "ObjectCreated" or deleted else None,
            }
        ),
        "request-id": event.request_id,
        "requester": event.requester,
        **_present(
            **{
                "source-ip-address": None if event.name == "ObjectRestore:Completed" else event.source_ip_address,
                "reason": _REASONS.get(event.name),
                "deletion-type": _DELETION_TYPES.get(action) if deleted else None,
                "source-storage-class": event.storage_class if is_restore else None,
                "destination-storage-class": event.storage_class if family == "LifecycleTransition" else None,
                # AWS: EventBridge is told the end of a restore, a midnight, in whole seconds (user guide, "ev-events").
                "restore-expiry-time": None
                if event.restore_expiry is None
                else f"{datetime.fromtimestamp(event.restore_expiry, timezone.utc):%Y-%m-%dT%H:%M:%SZ}",
            }
        ),
    }
    detail_type = next(detail_type for start, detail_type in _DETAIL_TYPES if event.name.startswith(start))
    return {
        "Source": "aws.s3",
        "DetailType": detail_type,
        "Detail": detail,
        "Resources": [event.bucket_arn],
        "Time": event.time,
    }


def trial_message(bucket: Bucket, time: float, request_id: str) -> dict[str, Any]:
    """The message by which S3 tries a destination that was just configured."""
    return {
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": timestamp(time),
        "Bucket": bucket.name,
        "RequestId": request_id,
        "HostId": host_id(request_id),
    }


def timestamp(time: float) -> str:
    """A moment as events write it: in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(time, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _principal_id(account_id: str) -> str:
    """An account as events name it: "A" and thirteen more letters and digits."""
    return "A" + canonical_user_id(account_id)[:13].upper()


def _present(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
