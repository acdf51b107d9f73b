"""TagResource, UntagResource, ListTagsOfResource."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.errors import ServiceException
from awsim.services.dynamodb.addressing import errors, look_up
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.table import Table
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

_TAGS_MAX = 50
#: AWS: letters, digits and blanks of any script, and these marks (Developer Guide, "Tagging restrictions").
_TEXT = re.compile(r"[\w\s+\-=.:/@]*")


@aws_provider(api="dynamodb")
class TableTags(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore

    def tag_resource(
        self, context: RequestContext[DynamoDbStore], *, resource_arn: str, tags: Sequence[Mapping[str, str]]
    ) -> None:
        table = find_tagged(context, resource_arn)
        if not tags:
            raise ValidationException("One or more parameter values were invalid: Tags must not be empty")
        merged = {**table.tags, **given_tags(tags)}
        check_count(merged)
        table.tags = merged

    def untag_resource(
        self, context: RequestContext[DynamoDbStore], *, resource_arn: str, tag_keys: Sequence[str]
    ) -> None:
        table = find_tagged(context, resource_arn)
        if not tag_keys:
            raise ValidationException("One or more parameter values were invalid: TagKeys must not be empty")
        for key in tag_keys:
            table.tags.pop(key, None)

    def list_tags_of_resource(self, context: RequestContext[DynamoDbStore], *, resource_arn: str) -> dict[str, Any]:
        tags = [{"Key": key, "Value": value} for key, value in find_tagged(context, resource_arn).tags.items()]
        try:
            return context.page("Tags", tags, limit=10)
        except ServiceException:
            raise ValidationException("Invalid NextToken") from None


def given_tags(tags: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Tags by key, as a caller gave them."""
    given = {tag["Key"]: tag["Value"] for tag in tags}
    if len(given) < len(tags):
        raise ValidationException("One or more parameter values were invalid: Duplicate tag keys are not allowed")
    for key in given:
        if key.lower().startswith("aws:"):
            raise ValidationException(
                "One or more parameter values were invalid: Tag keys beginning with aws: are reserved for system use"
            )
    for text in (*given, *given.values()):
        if not _TEXT.fullmatch(text):
            shown = text.encode("utf-8", "replace").decode()  # half a surrogate pair is no text that an answer can have
            raise ValidationException(
                f"One or more parameter values were invalid: The tag key or value '{shown}' has characters that tags "
                "do not take"
            )
    return given


def check_count(tags: Mapping[str, str]) -> None:
    """Refuse more tags than a table can have. Raises LimitExceededException."""
    if len(tags) > _TAGS_MAX:
        raise errors.LimitExceededException(
            f"Exceeded maximum tags limit: The number of tags exceeds the limit of {_TAGS_MAX}"
        )


def find_tagged(context: RequestContext[DynamoDbStore], arn: str) -> Table:
    """The table of an ARN."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or not parts[5].startswith("table/"):
        raise ValidationException(f"Invalid TableArn: Invalid ResourceArn provided as input {arn}")
    table = look_up(context, arn)
    if table is None:
        # AWS: the misspelling is its own.
        raise errors.ResourceNotFoundException(f"Requested resource not found: ResourcArn: {arn} not found")
    return table
