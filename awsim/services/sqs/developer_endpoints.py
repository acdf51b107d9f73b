"""What is in a queue, without receiving it: ``GET /_aws/sqs/messages?QueueUrl=…``, as LocalStack's users know it.

Messages are answered in ReceiveMessage's form, with all of their attributes. Nothing about them changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.protocol.http import parse_query
from awsim.services.plugins import DeveloperEndpoint
from awsim.services.sqs.addressing import find_queue
from awsim.services.sqs.errors import InvalidAddress
from awsim.services.sqs.message import DELAYED, IN_FLIGHT, Message, system_attributes
from awsim.services.sqs.models import SqsStore
from awsim.services.sqs.parameters import missing
from awsim.services.sqs.queue import Queue
from awsim.services.sqs.queue_url import read_queue_url
from awsim.services.sqs.receiving import SYSTEM_ATTRIBUTES

if TYPE_CHECKING:
    from awsim.context import RequestContext

#: In place of a handle: nothing was received, so there is nothing to delete.
_NO_HANDLE = "SQS/BACKDOOR/ACCESS"


def _list_messages(context: RequestContext[SqsStore], variables: Mapping[str, str]) -> dict[str, Any]:
    given = _parameters(context)
    if variables["name"]:
        url = f"/queue/{variables['region']}/{variables['account_id']}/{variables['name']}"
    else:
        url = given.get("QueueUrl", "")
    if not url:
        raise missing("QueueUrl")
    address = read_queue_url(url)
    if address is None:
        raise InvalidAddress(f"The address {url} is not valid for this endpoint.")
    context.region = address.region or context.region
    queue = find_queue(context, url)
    queue.settle(context.time())
    hidden = set()
    if given.get("ShowInvisible", "").lower() != "true":
        hidden.add(IN_FLIGHT)
    if given.get("ShowDelayed", "").lower() != "true":
        hidden.add(DELAYED)
    messages = [_shown(queue, message) for message in queue.backlog.messages.values() if message.state not in hidden]
    return {"Messages": messages or None}


def _parameters(context: RequestContext[SqsStore]) -> dict[str, str]:
    """What the query string, a form or an SDK's JSON document says."""
    request = context.request
    given = {name: values[0] for name, values in request.query.items()}
    body = request.read()
    if "x-amz-target" in request.headers or "json" in request.headers.get("content-type", ""):
        try:
            document = json.loads(body or b"{}")
        except ValueError:
            return given
        if isinstance(document, dict):
            given.update((name, value) for name, value in document.items() if isinstance(value, str))
    elif body:
        given.update((name, values[0]) for name, values in parse_query(body.decode("utf-8", "replace")).items())
    return given


def _shown(queue: Queue, message: Message) -> dict[str, Any]:
    return {
        "MessageId": message.message_id,
        "ReceiptHandle": _NO_HANDLE,
        "MD5OfBody": message.md5_of_body,
        "Body": message.body,
        "Attributes": system_attributes(message, SYSTEM_ATTRIBUTES, fifo=queue.is_fifo),
        "MD5OfMessageAttributes": message.md5_of_message_attributes,
        "MessageAttributes": message.message_attributes,
    }


ENDPOINTS = (
    DeveloperEndpoint(
        ("GET", "POST"),
        r"/messages(?:/(?P<region>[^/]+)/(?P<account_id>[^/]+)/(?P<name>[^/]+))?",
        _list_messages,
        SqsStore,
        "ReceiveMessage",
    ),
)
