"""The tags of objects: how they come in a header or in a document, and which S3 takes. Knows no requests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl

from awsim.services.s3.errors import BadRequest, InvalidArgument, InvalidTag

_TAGS_MAX = 10
_KEY = re.compile(r"[\w\s+\-=.:/@]{1,128}")
_VALUE = re.compile(r"[\w\s+\-=.:/@]{0,256}")


def tags_of_header(header: str | None) -> dict[str, str] | None:
    """The tags of an x-amz-tagging header. Raises InvalidArgument, BadRequest, InvalidTag."""
    if not header:
        return None
    pairs = parse_qsl(header, keep_blank_values=True)
    if len({key for key, _ in pairs}) != len(pairs):
        raise InvalidArgument(
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag "
            "name duplicates.",
            "x-amz-tagging",
            header,
        )
    return _checked(pairs) or None


def tags_of_set(tag_set: Iterable[Mapping[str, str]]) -> dict[str, str] | None:
    """The tags of a TagSet. Raises BadRequest, InvalidTag."""
    return _checked([(tag["Key"], tag["Value"]) for tag in tag_set]) or None


def tag_set(tags: Mapping[str, str] | None) -> list[dict[str, str]]:
    """Tags as answers carry them."""
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]


def _checked(pairs: list[tuple[str, str]]) -> dict[str, str]:
    if len(pairs) > _TAGS_MAX:
        raise BadRequest("Object tags cannot be greater than 10")
    tags: dict[str, str] = {}
    for key, value in pairs:
        if key in tags:
            raise InvalidTag("Cannot provide multiple Tags with the same key", TagKey=key)
        if key.startswith("aws:"):
            raise InvalidTag("Your TagKey cannot be prefixed with aws:", TagKey=key)
        if not _KEY.fullmatch(key):
            raise InvalidTag("The TagKey you have provided is invalid", TagKey=key)
        if not _VALUE.fullmatch(value):
            raise InvalidTag("The TagValue you have provided is invalid", TagKey=key, TagValue=value)
        tags[key] = value
    return tags
