"""One version of an object, or a delete marker: what S3 keeps of it. Knows no requests.

Moments are epoch seconds; what is rare is None on most objects, so that an object costs little beyond its body.
"""

from __future__ import annotations

from typing import Any

import attrs

from awsim.services.s3.body import EMPTY, Body
from awsim.services.s3.object_checksum import ObjectChecksum
from awsim.services.s3.object_encryption import SSE_S3, ObjectEncryption

#: The id of what was written while the bucket had no versions, or had them suspended.
NULL_VERSION = "null"

STANDARD = "STANDARD"
#: AWS: what is in these classes must be restored before it can be read.
ARCHIVED_CLASSES = frozenset({"GLACIER", "DEEP_ARCHIVE"})


@attrs.define(eq=False)
class Part:
    """One part of a completed multipart upload. ``checksum`` in base64, of the object's algorithm."""

    part_number: int
    size: int
    checksum: str | None = None


@attrs.frozen(eq=False)
class Annotation:
    """A named text beside an object. ``etag`` has no quotes."""

    name: str
    payload: bytes
    last_modified: float
    etag: str
    checksum: ObjectChecksum


@attrs.define(eq=False, getstate_setstate=False)
class ObjectVersion:
    """One version. ``etag`` has no quotes; ``headers`` are the system headers by the model's member names."""

    key: str
    version_id: str
    last_modified: float
    account_id: str
    etag: str = ""
    body: Body = EMPTY
    is_delete_marker: bool = False
    checksum: ObjectChecksum | None = None
    encryption: ObjectEncryption = SSE_S3
    storage_class: str = STANDARD
    headers: dict[str, str] | None = None
    #: The Expires header.
    expires: float | None = None
    metadata: dict[str, str] | None = None
    tags: dict[str, str] | None = None
    #: The grants, by AWS's names; None for the owner's full control alone.
    grants: list[dict[str, Any]] | None = None
    #: For completed multipart uploads alone.
    parts: list[Part] | None = None
    lock_mode: str | None = None
    retain_until: float | None = None
    legal_hold: str | None = None
    #: Until when a restored copy of an archived object can be read, and from when.
    restored_until: float | None = None
    restored_at: float | None = None
    replication_status: str | None = None
    annotations: dict[str, Annotation] | None = None

    @property
    def size(self) -> int:
        """Bytes in the body."""
        return self.body.size

    @property
    def quoted_etag(self) -> str:
        """The entity tag as answers carry it."""
        return f'"{self.etag}"'

    @property
    def is_archived(self) -> bool:
        """Whether the storage class is one that cannot be read at once."""
        return self.storage_class in ARCHIVED_CLASSES

    def is_locked(self, now: float, *, bypass_governance: bool) -> bool:
        """Whether object lock forbids deleting this version."""
        if self.legal_hold == "ON":
            return True
        if self.retain_until is None or self.retain_until <= now:
            return False
        return self.lock_mode == "COMPLIANCE" or not bypass_governance
