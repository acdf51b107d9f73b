"""The tags of buckets. Owns what S3 takes as a bucket's tag set."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.answers import answer_with
from awsim.services.s3.configuration.errors import NoSuchTagSet
from awsim.services.s3.configuration.schema import NO_CONTENT
from awsim.services.s3.errors import InvalidTag
from awsim.services.s3.lookup import find_bucket
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.context import RequestContext

_TAGS_MAX = 50
_KEY_LENGTH_MAX = 128
_VALUE_LENGTH_MAX = 256
_ALLOWED = re.compile(r"[\w\s+\-=.:/@]*")


@aws_provider(api="s3")
class BucketTags(ServiceProvider[S3Store]):
    service = "s3"
    store = S3Store

    def put_bucket_tagging(
        self,
        context: RequestContext[S3Store],
        *,
        bucket: str,
        tagging: Mapping[str, Any],
        expected_bucket_owner: str | None = None,
        **checked: Any,
    ) -> None:
        found = find_bucket(context, bucket, expected_bucket_owner)
        # AWS: an empty tag set, or a document without one, leaves the bucket with none (recorded).
        found.configuration.tags = tag_set(tagging.get("TagSet") or ()) or None
        answer_with(context, {}, NO_CONTENT)

    def get_bucket_tagging(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> dict[str, Any]:
        found = find_bucket(context, bucket, expected_bucket_owner)
        if found.configuration.tags is None:
            raise NoSuchTagSet(found.name)
        return {"TagSet": [{"Key": key, "Value": value} for key, value in found.configuration.tags.items()]}

    def delete_bucket_tagging(
        self, context: RequestContext[S3Store], *, bucket: str, expected_bucket_owner: str | None = None
    ) -> None:
        find_bucket(context, bucket, expected_bucket_owner).configuration.tags = None


def tag_set(given: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """A bucket's tags, in their order. Raises InvalidTag."""
    if len(given) > _TAGS_MAX:
        raise InvalidTag("Bucket tag count cannot be greater than 50")
    tags: dict[str, str] = {}
    for tag in given:
        key, value = tag["Key"], tag["Value"]
        if key in tags:
            raise InvalidTag("Cannot provide multiple Tags with the same key", TagKey=key)
        if key.startswith("aws:"):
            raise InvalidTag("System tags cannot be added/updated by requester", TagKey=key)
        if not 0 < len(key) <= _KEY_LENGTH_MAX or not _ALLOWED.fullmatch(key):
            raise InvalidTag("The TagKey you have provided is invalid", TagKey=key)
        if len(value) > _VALUE_LENGTH_MAX or not _ALLOWED.fullmatch(value):
            raise InvalidTag("The TagValue you have provided is invalid", TagKey=key, TagValue=value)
        tags[key] = value
    return tags
