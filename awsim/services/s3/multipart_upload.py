"""Multipart uploads on their way, and those that have been completed. Knows no requests.

Moments are epoch seconds; entity tags have no quotes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import attrs

from awsim.protocol import spool
from awsim.services.s3.body import Body
from awsim.services.s3.object_checksum import ObjectChecksum
from awsim.services.s3.object_version import ObjectVersion


@attrs.define(eq=False)
class UploadedPart:
    """A part as it was last uploaded."""

    part_number: int
    body: Body
    etag: str
    last_modified: float
    checksum: ObjectChecksum | None = None


@attrs.define(eq=False)
class MultipartUpload:
    """An upload. ``draft`` is the object as it will be, but for its body; ``checksum_algorithm`` is None where the
    caller named none."""

    upload_id: str
    initiated: float
    draft: ObjectVersion
    initiator_id: str
    initiator_name: str
    checksum_algorithm: str | None = None
    checksum_type: str | None = None
    parts: dict[int, UploadedPart] = attrs.Factory(dict)
    #: Whether the object of that key was written or deleted since.
    overtaken: bool = False
    #: The versions of that key that began to be written since, by their ids.
    newer: list[str] = attrs.Factory(list)
    #: What the parts take of the memory, in bytes.
    length_in_memory: int = 0

    @property
    def key(self) -> str:
        return self.draft.key

    def keep(self, part: UploadedPart) -> None:
        """Put a part in its place, where it replaces what was uploaded before."""
        replaced = self.parts.get(part.part_number)
        if replaced is not None:
            self.length_in_memory -= replaced.body.length_in_memory
        self.parts[part.part_number] = part
        self.length_in_memory += part.body.length_in_memory
        if self.length_in_memory > spool.SPOOL_LENGTH:
            self._spool()

    def _spool(self) -> None:
        """Let the parts that are in memory share a file: one each would take as many of the process's few files."""
        parts = [part for part in self.parts.values() if part.body.length_in_memory]
        data = memoryview(spool.gather(chunk for part in parts for chunk in part.body.chunks))
        start = 0
        for part in parts:
            end = start + part.body.size
            part.body = Body.of(data[start:end])
            start = end
        self.length_in_memory = 0


@attrs.define(eq=False)
class CompletedUpload:
    """What is remembered of a completed upload, to answer the same again: the version it became."""

    key: str
    version_id: str
    etag: str


@attrs.define(eq=False)
class Uploads:
    """The uploads of a bucket by id, in the order of their creation."""

    in_progress: dict[str, MultipartUpload] = attrs.Factory(dict)
    completed: dict[str, CompletedUpload] = attrs.Factory(dict)

    def by_key(self) -> dict[str, list[MultipartUpload]]:
        """The uploads in progress by key, in the order of the keys; those of one key the oldest first."""
        found: dict[str, list[MultipartUpload]] = {}
        for upload in self.in_progress.values():
            found.setdefault(upload.key, []).append(upload)
        return dict(sorted(found.items()))

    def overtake(self, key: str, version_id: str | None = None, by: MultipartUpload | None = None) -> None:
        """Note that the object of a key has changed while uploads of it go on: that it has a new version, with an id,
        and which upload that was, if it was one."""
        began_earlier = version_id is not None
        for upload in self.in_progress.values():
            if upload is by:
                began_earlier = False
            elif upload.key == key:
                upload.overtaken = True
                if began_earlier and version_id is not None:
                    upload.newer.append(version_id)


def multipart_etag(parts: Iterable[UploadedPart]) -> str:
    """The entity tag of a completed upload: the MD5 of the parts' MD5s, and how many there are."""
    etags = [part.etag for part in parts]
    digest = hashlib.md5(b"".join(map(bytes.fromhex, etags)), usedforsecurity=False).hexdigest()
    return f"{digest}-{len(etags)}"
