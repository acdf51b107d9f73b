"""The x-amz-copy-source header: which version of which object is to be copied. Knows no requests."""

from __future__ import annotations

from urllib.parse import unquote, unquote_plus

import attrs

from awsim.services.s3.errors import InvalidArgument

_HEADER = "x-amz-copy-source"
_OBJECT_OF_ARN = "/object/"


@attrs.frozen
class CopySource:
    """An object's name, and the id of one version of it or None for the current one."""

    bucket: str
    key: str
    version_id: str | None = None

    @classmethod
    def parse(cls, header: str) -> CopySource:
        """Read ``bucket/key?versionId=…``, percent-encoded, with or without a slash before it, or an ARN of an object
        behind an access point. Raises InvalidArgument."""
        name, _, version_id = header.partition("?versionId=")
        # AWS: a plus sign is a space here too (aws-sdk-js #1821, aws-sdk-php #236).
        name = unquote_plus(name)
        if name.startswith("arn:"):
            bucket, _, key = name.partition(_OBJECT_OF_ARN)
        else:
            bucket, _, key = name.removeprefix("/").partition("/")
        if not bucket:
            raise InvalidArgument("Invalid copy source bucket name", _HEADER, _HEADER)
        if not key:
            raise InvalidArgument("Invalid copy source object key", _HEADER, _HEADER)
        return cls(bucket, key, unquote(version_id) if version_id else None)
