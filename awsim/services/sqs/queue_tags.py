"""TagQueue, UntagQueue, ListQueueTags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.sqs.addressing import find_queue
from awsim.services.sqs.errors import InvalidParameterValue
from awsim.services.sqs.models import SqsStore
from awsim.services.sqs.parameters import missing

if TYPE_CHECKING:
    from awsim.context import RequestContext

_TAGS_MAX = 50
_KEY_LENGTH_MAX = 128
_VALUE_LENGTH_MAX = 256


@aws_provider(api="sqs")
class QueueTags(ServiceProvider[SqsStore]):
    service = "sqs"
    store = SqsStore

    def tag_queue(self, context: RequestContext[SqsStore], *, queue_url: str, tags: Mapping[str, str]) -> None:
        queue = find_queue(context, queue_url)
        if not tags:
            raise missing("Tags")
        check_tags(queue.name, queue.tags, tags)
        queue.tags.update(tags)

    def untag_queue(self, context: RequestContext[SqsStore], *, queue_url: str, tag_keys: Sequence[str]) -> None:
        queue = find_queue(context, queue_url)
        if not tag_keys:
            raise missing("TagKeys")
        for key in tag_keys:
            queue.tags.pop(key, None)

    def list_queue_tags(self, context: RequestContext[SqsStore], *, queue_url: str) -> dict[str, Any]:
        return {"Tags": find_queue(context, queue_url).tags or None}


def check_tags(queue_name: str, present: Mapping[str, str], added: Mapping[str, str]) -> None:
    """Raise InvalidParameterValue for tags that a queue does not take."""
    for key, value in added.items():
        if not 0 < len(key) <= _KEY_LENGTH_MAX:
            raise InvalidParameterValue(f"Tag keys must be between 1 and {_KEY_LENGTH_MAX} characters in length.")
        if len(value) > _VALUE_LENGTH_MAX:
            raise InvalidParameterValue(f"Tag values must be between 0 and {_VALUE_LENGTH_MAX} characters in length.")
        if key.lower().startswith("aws:"):
            raise InvalidParameterValue("Tag keys beginning with aws: are reserved for system use.")
    if len(present.keys() | added.keys()) > _TAGS_MAX:
        raise InvalidParameterValue(f"Too many tags added for queue {queue_name}.")
