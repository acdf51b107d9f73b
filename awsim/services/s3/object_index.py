"""The objects of a bucket by key, each with its versions, in the order in which S3 lists them.

Knows no requests. Keys are kept in one sorted list, so that a page costs what is on it and not what is in the bucket.
AWS: keys are in the order of their UTF-8 bytes, which is that of Python's strings.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Collection, Iterator

import attrs

from awsim.services.s3.object_version import NULL_VERSION, ObjectVersion


@attrs.define(eq=False)
class ObjectIndex:
    """``versions`` has, for each key in ``keys``, its versions and delete markers, the oldest first."""

    keys: list[str] = attrs.Factory(list)
    versions: dict[str, list[ObjectVersion]] = attrs.Factory(dict)

    def current(self, key: str) -> ObjectVersion | None:
        """The newest version of a key, be it a delete marker; None for a key without any."""
        versions = self.versions.get(key)
        return versions[-1] if versions else None

    def live(self, key: str) -> ObjectVersion | None:
        """The newest version of a key; None where that is a delete marker."""
        versions = self.versions.get(key)
        if not versions or versions[-1].is_delete_marker:
            return None
        return versions[-1]

    def find(self, key: str, version_id: str) -> ObjectVersion | None:
        """One version of a key."""
        return next((one for one in self.versions.get(key, ()) if one.version_id == version_id), None)

    def add(self, version: ObjectVersion, newer: Collection[str] = ()) -> ObjectVersion | None:
        """Make a version the current one, or put it before those whose ids are among ``newer``. A null version takes
        the place of an older one, which is returned."""
        versions = self.versions.get(version.key)
        if versions is None:
            self.versions[version.key] = [version]
            insort(self.keys, version.key)
            return None
        replaced = None
        if version.version_id == NULL_VERSION:
            replaced = self.find(version.key, NULL_VERSION)
            if replaced is not None:
                versions.remove(replaced)
        if newer:
            place = next((place for place, one in enumerate(versions) if one.version_id in newer), len(versions))
            versions.insert(place, version)
        else:
            versions.append(version)
        return replaced

    def remove(self, version: ObjectVersion) -> None:
        """Forget one version for good."""
        versions = self.versions[version.key]
        versions.remove(version)
        if not versions:
            del self.versions[version.key]
            del self.keys[bisect_left(self.keys, version.key)]

    def is_live(self, key: str) -> bool:
        """Whether a key has an object that ListObjects shows."""
        return not self.versions[key][-1].is_delete_marker

    def __bool__(self) -> bool:
        return bool(self.keys)


def walk(
    keys: list[str],
    prefix: str,
    delimiter: str,
    after: str,
    is_listed: Callable[[str], bool],
    *,
    including: bool = False,
) -> Iterator[tuple[str, bool]]:
    """The names that a listing shows behind ``after``, in order: keys, and common prefixes (with True).

    A common prefix is what keys have in common up to the first delimiter behind ``prefix``; its keys are skipped.
    AWS: where ``after`` lies within a common prefix, that prefix is not shown again (recorded). ``including`` shows
    ``after`` itself too, for listings that may have stopped in the middle of it.
    """
    position = bisect_left(keys, prefix) if prefix else 0
    if after:
        seen = _common_prefix(after, prefix, delimiter)
        if seen is not None:
            position = max(position, bisect_left(keys, _behind(seen)))
        else:
            position = max(position, bisect_left(keys, after) if including else bisect_right(keys, after))
    count = len(keys)
    while position < count:
        key = keys[position]
        if prefix and not key.startswith(prefix):
            return
        if not is_listed(key):
            position += 1
            continue
        common = _common_prefix(key, prefix, delimiter)
        if common is None:
            yield key, False
            position += 1
        else:
            yield common, True
            position = bisect_left(keys, _behind(common), position)


def _common_prefix(key: str, prefix: str, delimiter: str) -> str | None:
    if not delimiter or not key.startswith(prefix):
        return None
    end = key.find(delimiter, len(prefix))
    return key[: end + len(delimiter)] if end >= 0 else None


def _behind(prefix: str) -> str:
    """The least string that is behind every string with this prefix."""
    last = ord(prefix[-1])
    # No key has characters beyond Unicode's last.
    return prefix[:-1] + chr(last + 1) if last < 0x10FFFF else prefix + chr(0x10FFFF) * 1024
