"""Tags as S3 Control takes and answers them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from awsim.services.s3control.errors import InvalidTag

_TAGS_MAX = 50
_KEY = re.compile(r"[\w\s+\-=.:/@]{1,128}")
_VALUE = re.compile(r"[\w\s+\-=.:/@]{0,256}")


def tags_of(given: Iterable[Mapping[str, str]], existing: Mapping[str, str] | None = None) -> dict[str, str]:
    """The tags there are once more are given, a later value for a key taking an earlier one's place.

    Raises InvalidTag.
    """
    tags = dict(existing or {})
    for tag in given:
        key, value = tag["Key"], tag["Value"]
        if key.startswith("aws:"):
            raise InvalidTag("System tags cannot be added/updated by requester", TagKey=key)
        if not _KEY.fullmatch(key):
            raise InvalidTag("The TagKey you have provided is invalid", TagKey=key)
        if not _VALUE.fullmatch(value):
            raise InvalidTag("The TagValue you have provided is invalid", TagKey=key, TagValue=value)
        tags[key] = value
    if len(tags) > _TAGS_MAX:
        # Deviation: that there is a most is documented, how more is refused is not.
        raise InvalidTag(f"A resource has at most {_TAGS_MAX} tags.")
    return tags


def tag_set(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as answers have them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
