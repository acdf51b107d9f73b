"""The operations on queues themselves: create, find, list, configure, purge, delete."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.sqs.addressing import find_queue, find_queue_by_arn, url_for_caller
from awsim.services.sqs.errors import (
    InvalidAttributeName,
    InvalidParameterValue,
    PurgeQueueInProgress,
    QueueDeletedRecently,
    QueueDoesNotExist,
    QueueNameExists,
)
from awsim.services.sqs.models import SqsStore
from awsim.services.sqs.parameters import check_page_size, missing
from awsim.services.sqs.queue import Queue
from awsim.services.sqs.queue_attributes import COMPUTED, READABLE, fifo_asked_for
from awsim.services.sqs.queue_tags import check_tags
from awsim.services.sqs.queue_url import put_queue_url_into_form
from awsim.services.sqs.redrive import redrive_policy, refuse_source, refuse_target

if TYPE_CHECKING:
    from awsim.context import RequestContext

_COOLDOWN_SECONDS = 60.0
_PAGE_SIZE_MAX = 1_000
_QUEUE_NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
_FIFO_SUFFIX = ".fifo"
_NONE: Mapping[str, str] = {}


@aws_provider(api="sqs")
class Queues(ServiceProvider[SqsStore]):
    service = "sqs"
    store = SqsStore
    readdress = staticmethod(put_queue_url_into_form)

    def create_queue(
        self,
        context: RequestContext[SqsStore],
        *,
        queue_name: str,
        attributes: Mapping[str, str] = _NONE,
        tags: Mapping[str, str] = _NONE,
    ) -> dict[str, Any]:
        fifo = fifo_asked_for(attributes)
        _check_name(queue_name, fifo=fifo)
        store = context.store
        queue = store.queues.get(queue_name)
        if queue is None:
            _check_cooldown(context, queue_name)
            check_tags(queue_name, {}, tags)
            arn = context.arn(queue_name)
            url = url_for_caller(context, context.account_id, queue_name)
            queue = Queue.create(queue_name, arn, url, attributes, tags, context.time(), fifo=fifo)
            _check_redrive(context, queue, attributes)
            store.queues[queue_name] = queue
            store.deleted_at.pop(queue_name, None)
        else:
            different = queue.different_attribute(attributes)
            if different is not None:
                raise QueueNameExists(
                    f"A queue already exists with the same name and a different value for attribute {different}"
                )
        return {"QueueUrl": url_for_caller(context, context.account_id, queue_name)}

    def delete_queue(self, context: RequestContext[SqsStore], *, queue_url: str) -> None:
        queue = find_queue(context, queue_url)
        store = _store_of(context, queue)
        del store.queues[queue.name]
        store.deleted_at[queue.name] = context.time()

    def get_queue_url(
        self,
        context: RequestContext[SqsStore],
        *,
        queue_name: str,
        queue_owner_aws_account_id: str | None = None,
    ) -> dict[str, Any]:
        account_id = queue_owner_aws_account_id or context.account_id
        if not queue_name:
            raise missing("QueueName")
        if queue_name not in context.store_for(account_id=account_id).queues:
            raise QueueDoesNotExist
        return {"QueueUrl": url_for_caller(context, account_id, queue_name)}

    def list_queues(self, context: RequestContext[SqsStore], *, queue_name_prefix: str = "") -> dict[str, Any]:
        names = [name for name in context.store.queues if name.startswith(queue_name_prefix)]
        page = context.page("QueueUrls", _urls(context, names))
        # AWS: no list at all where there are no queues.
        page["QueueUrls"] = page["QueueUrls"] or None
        return page

    def list_dead_letter_source_queues(self, context: RequestContext[SqsStore], *, queue_url: str) -> dict[str, Any]:
        target = find_queue(context, queue_url)
        names = [name for name, queue in _store_of(context, target).queues.items() if _redrives_to(queue, target)]
        return context.page("queueUrls", _urls(context, names))

    def get_queue_attributes(
        self, context: RequestContext[SqsStore], *, queue_url: str, attribute_names: Sequence[str] = ()
    ) -> dict[str, Any]:
        queue = find_queue(context, queue_url)
        for name in attribute_names:
            if name not in READABLE:
                raise InvalidAttributeName(f"Unknown Attribute {name}.")
        if not attribute_names:
            return {}
        every = queue.attributes
        if "All" in attribute_names or not set(attribute_names).isdisjoint(COMPUTED):
            every = {**queue.computed_attributes(context.time()), **every}
        if "All" not in attribute_names:
            every = {name: every[name] for name in attribute_names if name in every}
        return {"Attributes": every or None}

    def set_queue_attributes(
        self, context: RequestContext[SqsStore], *, queue_url: str, attributes: Mapping[str, str]
    ) -> None:
        queue = find_queue(context, queue_url)
        _check_redrive(context, queue, attributes)
        queue.configure(attributes, context.time())

    def purge_queue(self, context: RequestContext[SqsStore], *, queue_url: str) -> None:
        queue = find_queue(context, queue_url)
        now = context.time()
        if queue.purged_at is not None and now < queue.purged_at + _COOLDOWN_SECONDS:
            raise PurgeQueueInProgress(
                f"Only one PurgeQueue operation on {queue.name} is allowed every {_COOLDOWN_SECONDS:.0f} seconds."
            )
        # Deviation: AWS takes up to 60 seconds to delete the messages; here they are gone at once.
        queue.purge(now)


def _check_name(name: str, *, fifo: bool) -> None:
    if not name:
        raise missing("QueueName")
    if fifo:
        if not name.endswith(_FIFO_SUFFIX) or len(name) > 80 or not _QUEUE_NAME.fullmatch(name[: -len(_FIFO_SUFFIX)]):
            raise InvalidParameterValue(
                "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end "
                "with .fifo suffix and be 1 to 80 in length."
            )
    elif not _QUEUE_NAME.fullmatch(name):
        raise InvalidParameterValue(
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
        )


def _check_cooldown(context: RequestContext[SqsStore], name: str) -> None:
    # Deviation: off unless the setting sqs_delete_cooldown asks for it, since tests make the same queues over and over.
    deleted_at = context.store.deleted_at.get(name)
    if deleted_at is None or not context.settings.sqs_delete_cooldown:
        return
    if context.time() < deleted_at + _COOLDOWN_SECONDS:
        raise QueueDeletedRecently(
            "You must wait 60 seconds after deleting a queue before you can create another with the same name."
        )


def _check_redrive(context: RequestContext[SqsStore], queue: Queue, given: Mapping[str, str]) -> None:
    text = given.get("RedrivePolicy")
    if not text:
        return
    policy = redrive_policy(text, queue.arn)
    target = find_queue_by_arn(context, policy.dead_letter_target_arn)
    if target is None and policy.dead_letter_target_arn != queue.arn:
        refuse_target(text)
    allow = target.redrive_allow_policy if target is not None else None
    if allow is not None and not allow.permits(queue.arn):
        refuse_source(text)


def _redrives_to(queue: Queue, target: Queue) -> bool:
    return queue.redrive_policy is not None and queue.redrive_policy.dead_letter_target_arn == target.arn


def _store_of(context: RequestContext[SqsStore], queue: Queue) -> SqsStore:
    region, account_id = queue.arn.split(":")[3:5]
    return context.store_for(account_id=account_id, region=region)


def _urls(context: RequestContext[SqsStore], names: list[str]) -> list[str]:
    """The URLs to page through. AWS: without MaxResults the first thousand, and no token to continue."""
    request = context.service_request or {}
    check_page_size(request.get("MaxResults"), _PAGE_SIZE_MAX)
    if "MaxResults" not in request and "NextToken" not in request:
        names = names[:_PAGE_SIZE_MAX]
    return [url_for_caller(context, context.account_id, name) for name in names]
