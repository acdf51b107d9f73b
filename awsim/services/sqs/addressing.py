"""From what a caller names a queue by to the queue itself, in whichever account it is.

Knows the context's stores; the forms themselves are read in ``queue_url``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from awsim.services.sqs.errors import InvalidAddress, QueueDoesNotExist
from awsim.services.sqs.models import SqsStore
from awsim.services.sqs.queue import Queue
from awsim.services.sqs.queue_url import queue_url, read_queue_arn, read_queue_url

if TYPE_CHECKING:
    from awsim.context import RequestContext


def find_queue(context: RequestContext[SqsStore], url: str) -> Queue:
    """The queue of a QueueUrl. Raises QueueDoesNotExist, and InvalidAddress for another region's endpoint."""
    queue = context.store.queues.get(url.rpartition("/")[2])
    if queue is not None and queue.url == url:
        return queue
    address = read_queue_url(url)
    if address is None:
        raise QueueDoesNotExist
    if address.is_endpoint and address.region != context.region:
        raise InvalidAddress(f"The address {_endpoint(context)}/ is not valid for this endpoint.")
    store = context.store_for(account_id=address.account_id, region=address.region)
    queue = store.queues.get(address.name)
    if queue is None:
        raise QueueDoesNotExist
    return queue


def find_queue_by_arn(context: RequestContext[SqsStore], arn: str) -> Queue | None:
    """The queue of an ARN, if there is one."""
    address = read_queue_arn(arn)
    if address is None:
        return None
    return context.store_for(account_id=address.account_id, region=address.region).queues.get(address.name)


def url_for_caller(context: RequestContext[SqsStore], account_id: str, name: str) -> str:
    """The URL by which this caller reaches a queue: at the endpoint that it is talking to."""
    request = context.request
    scheme, host = ("https", "") if request is None else (request.scheme, request.host)
    return queue_url(scheme, host, account_id, context.region, name)


def _endpoint(context: RequestContext[SqsStore]) -> str:
    return url_for_caller(context, "", "").rstrip("/")
