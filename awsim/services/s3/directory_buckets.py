"""Directory buckets (S3 Express One Zone): their names, and what they and their sessions can.

Owns what differs from general purpose buckets. Facts from the User Guide's "Directory buckets" and the API reference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.aws.regions import dns_suffix
from awsim.services.s3.directory_zone import Zone
from awsim.services.s3.errors import (
    AccessDenied,
    InvalidBucketName,
    InvalidRequest,
    InvalidStorageClass,
    NotImplementedHeader,
    UnsupportedByBucket,
)

if TYPE_CHECKING:
    from awsim.context import RequestContext
    from awsim.services.s3.models import Bucket

# Deviation: directory buckets list their keys in order, though AWS promises none; where AWS documents one of their
# refusals and not its words, the words are ours.
STORAGE_CLASS = "EXPRESS_ONEZONE"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,61}--(?P<zone>[a-z0-9]+(?:-[a-z0-9]+)?-az\d+)--x-s3")
_NAME_LENGTH_MAX = 63
#: Location type -> the data redundancy that goes with it.
_REDUNDANCY = {"AvailabilityZone": "SingleAvailabilityZone", "LocalZone": "SingleLocalZone"}

#: What can be asked of a directory bucket and its objects (API reference: "Directory bucket operations").
_OPERATIONS = frozenset(
    {
        "AbortMultipartUpload",
        "CompleteMultipartUpload",
        "CopyObject",
        "CreateBucket",
        "CreateMultipartUpload",
        "CreateSession",
        "DeleteBucket",
        "DeleteBucketEncryption",
        "DeleteBucketLifecycle",
        "DeleteBucketPolicy",
        "DeleteObject",
        "DeleteObjects",
        "GetBucketEncryption",
        "GetBucketLifecycleConfiguration",
        "GetBucketPolicy",
        "GetObject",
        "GetObjectAttributes",
        "HeadBucket",
        "HeadObject",
        "ListMultipartUploads",
        "ListObjectsV2",
        "ListParts",
        "PutBucketEncryption",
        "PutBucketLifecycleConfiguration",
        "PutBucketPolicy",
        "PutObject",
        "RenameObject",
        "UploadPart",
        "UploadPartCopy",
    }
)
_READING = frozenset({"GetObject", "GetObjectAttributes", "HeadObject", "HeadBucket", "ListObjectsV2"})
#: Members of writes that only general purpose buckets know, with their headers.
_UNKNOWN_MEMBERS = {
    "ACL": "x-amz-acl",
    "GrantFullControl": "x-amz-grant-full-control",
    "GrantRead": "x-amz-grant-read",
    "GrantReadACP": "x-amz-grant-read-acp",
    "GrantWriteACP": "x-amz-grant-write-acp",
    "Tagging": "x-amz-tagging",
    "WebsiteRedirectLocation": "x-amz-website-redirect-location",
    "ObjectLockMode": "x-amz-object-lock-mode",
    "ObjectLockRetainUntilDate": "x-amz-object-lock-retain-until-date",
    "ObjectLockLegalHoldStatus": "x-amz-object-lock-legal-hold",
    "SSECustomerAlgorithm": "x-amz-server-side-encryption-customer-algorithm",
}


def is_directory_name(name: str) -> bool:
    """Whether a name is one of a directory bucket's."""
    return name.endswith("--x-s3")


def zone_asked_for(name: str, configuration: Mapping[str, Any]) -> Zone:
    """The zone of a new directory bucket. Raises InvalidBucketName, InvalidRequest."""
    found = _NAME.fullmatch(name)
    if found is None or len(name) > _NAME_LENGTH_MAX:
        raise InvalidBucketName(name)
    location, bucket = configuration.get("Location") or {}, configuration.get("Bucket") or {}
    location_type = location.get("Type", "AvailabilityZone")
    if bucket.get("Type") != "Directory":
        raise InvalidRequest("Directory buckets require the bucket type Directory.")
    if location.get("Name") != found["zone"]:
        raise InvalidRequest("The zone in the bucket's name must be the one of its location.")
    if bucket.get("DataRedundancy", _REDUNDANCY[location_type]) != _REDUNDANCY[location_type]:
        raise InvalidRequest("The data redundancy does not go with the location's type.")
    return Zone(found["zone"], location_type)


def location_of(context: RequestContext[Any], bucket: Bucket) -> str:
    """The URL of a directory bucket."""
    assert bucket.zone is not None
    return f"https://{bucket.name}.s3express-{bucket.zone.name}.{bucket.region}.{dns_suffix(context.partition)}/"


def check_operation(context: RequestContext[Any], bucket: Bucket) -> None:
    """Refuse what a directory bucket cannot, and what the caller's session is not good for.

    Raises UnsupportedByBucket, AccessDenied.
    """
    if context.operation is None:
        return
    name = context.operation.name
    if name not in _OPERATIONS:
        raise UnsupportedByBucket(f"This bucket does not support {name}.")
    session = context.store.sessions.get(context.access_key_id)
    if session is not None and (session.bucket != bucket.name or (session.mode == "ReadOnly" and name not in _READING)):
        raise AccessDenied


def storage_class_of(request: Mapping[str, Any]) -> str:
    """The storage class of an object in a directory bucket. Raises InvalidStorageClass, NotImplementedHeader."""
    asked = request.get("StorageClass") or STORAGE_CLASS
    if asked != STORAGE_CLASS:
        raise InvalidStorageClass(StorageClassRequested=asked)
    for member, header in _UNKNOWN_MEMBERS.items():
        if member in request:
            raise NotImplementedHeader(Header=header)
    return STORAGE_CLASS


def check_listing(prefix: str, delimiter: str, start_after: str) -> None:
    """Refuse the listings that directory buckets do not make. Raises UnsupportedByBucket."""
    if delimiter not in ("", "/"):
        raise UnsupportedByBucket("This bucket does not support delimiters other than /.")
    if prefix and not prefix.endswith("/"):
        raise UnsupportedByBucket("This bucket does not support prefixes that do not end with /.")
    if start_after:
        raise UnsupportedByBucket("This bucket does not support StartAfter.")
