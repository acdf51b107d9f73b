"""Conditions on entity tags and dates: of reads, of copies' sources, of writes and of deletions.

Owns the order in which RFC 9110 evaluates them, and S3's words for those that fail. Knows no requests: conditions come
as values, entity tags without quotes, moments as epoch seconds.
"""

from __future__ import annotations

from datetime import datetime

import attrs

from awsim.services.s3.errors import (
    NoSuchKey,
    NotImplementedHeader,
    NotModified,
    PreconditionFailed,
    S3Error,
)

_ANY = "*"


@attrs.frozen
class ReadConditions:
    """The four conditions of a read, as the request's headers have them."""

    if_match: str | None = None
    if_none_match: str | None = None
    if_modified_since: datetime | None = None
    if_unmodified_since: datetime | None = None

    def check(self, etag: str, last_modified: float, now: float) -> None:
        """Raises PreconditionFailed, or NotModified for what the caller has already."""
        failed = self._failed(etag, last_modified, now)
        if failed in ("If-None-Match", "If-Modified-Since"):
            raise NotModified
        if failed:
            raise PreconditionFailed(failed)

    def check_source(self, etag: str, last_modified: float, now: float) -> None:
        """The same for the source of a copy, where there is no "not modified". Raises PreconditionFailed."""
        failed = self._failed(etag, last_modified, now)
        if failed:
            raise PreconditionFailed(f"x-amz-copy-source-{failed}")

    def _failed(self, etag: str, last_modified: float, now: float) -> str:
        """The header that does not hold, or ""."""
        if self.if_match is not None:
            if not matches(self.if_match, etag):
                return "If-Match"
        elif self.if_unmodified_since is not None and last_modified > self.if_unmodified_since.timestamp():
            return "If-Unmodified-Since"
        if self.if_none_match is not None:
            if matches(self.if_none_match, etag):
                return "If-None-Match"
        # AWS: a date in the future is ignored, as RFC 9110 asks (recorded).
        elif self.if_modified_since is not None and last_modified <= self.if_modified_since.timestamp() <= now:
            return "If-Modified-Since"
        return ""


def matches(condition: str, etag: str) -> bool:
    """Whether an entity tag is among those of a condition: ``*``, or one or several, with or without quotes."""
    condition = condition.strip()
    return condition == _ANY or any(one.strip().removeprefix("W/").strip('"') == etag for one in condition.split(","))


def check_write(if_match: str | None, if_none_match: str | None, key: str, etag: str | None) -> None:
    """Check a write against the current object's entity tag, None where there is no object.

    Raises NotImplementedHeader for what S3 does not take of writes, NoSuchKey, PreconditionFailed.
    """
    if if_match is None and if_none_match is None:
        return
    if if_match is not None and if_none_match is not None:
        raise NotImplementedHeader(
            Header="If-Match,If-None-Match",
            additionalMessage="Multiple conditional request headers present in the request",
        )
    if if_none_match is not None:
        if if_none_match.strip() != _ANY:
            raise _unaccepted("If-None-Match")
        if etag is not None:
            raise PreconditionFailed("If-None-Match")
    elif if_match is not None:
        if if_match.strip() == _ANY:
            raise _unaccepted("If-Match")
        check_etag(if_match, key, etag)


def check_etag(if_match: str, key: str, etag: str | None) -> None:
    """Check an If-Match of a write or a deletion. Raises NoSuchKey, PreconditionFailed."""
    if etag is None:
        raise NoSuchKey(key)
    if not matches(if_match, etag):
        raise PreconditionFailed("If-Match")


def _unaccepted(header: str) -> S3Error:
    return NotImplementedHeader(
        Header=header, additionalMessage=f"We don't accept the provided value of {header} header for this API"
    )
