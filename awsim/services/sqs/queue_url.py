"""Queue URLs and queue ARNs: every form in which a caller may name a queue.

Owns their syntax only; whether the queue exists is for the store to say. Forms that are read:

    https://sqs.{region}.amazonaws.com/{account}/{name}      what AWS answers today
    https://queue.amazonaws.com/{account}/{name}             legacy, us-east-1
    https://{region}.queue.amazonaws.com/{account}/{name}    legacy
    http://sqs.{region}.localhost.localstack.cloud:4566/{account}/{name}
                                                             an endpoint of this machine, by a name with the region
    http://localhost:4566/{account}/{name}                   any other host: the region is the caller's
    http://localhost:4566/queue/{region}/{account}/{name}    any host, region in the path
    {name}                                                   the caller's own queue
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple
from urllib.parse import quote_plus, urlsplit

from awsim.aws.regions import dns_suffix, partition_of
from awsim.protocol.http import Request

_LEGACY_HOST = "queue"
_LEGACY_REGION = "us-east-1"
_LOCAL_HOST = re.compile(r"sqs\.(?P<region>[a-z0-9-]+)\.localhost(?:\.localstack\.cloud)?")
_AWS_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".api.amazonwebservices.com.cn")


class QueueAddress(NamedTuple):
    """Where a queue is; None for what the address leaves to the caller."""

    name: str
    account_id: str | None = None
    region: str | None = None
    #: The region is that of an AWS endpoint, which knows only its own queues.
    is_endpoint: bool = False


@functools.lru_cache(maxsize=1024)
def read_queue_url(queue_url: str) -> QueueAddress | None:
    """Where the queue of a URL is. None for a URL that names no queue."""
    if "/" not in queue_url:
        # AWS: a bare name works as QueueUrl (the JavaScript SDK's documentation describes it for queue names in place
        # of URLs); SDKs that send the request to the URL itself are the ones that refuse it.
        return QueueAddress(queue_url) if queue_url else None
    try:
        parts = urlsplit(queue_url)
        host = parts.hostname or ""
    except ValueError:
        return None
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) == 4 and segments[0] == "queue":
        return QueueAddress(segments[3], segments[2], segments[1])
    if len(segments) != 2:
        return None
    local = _LOCAL_HOST.fullmatch(host)
    if local:
        return QueueAddress(segments[1], segments[0], local["region"])
    region = _region_of_host(host)
    return QueueAddress(segments[1], segments[0], region, region is not None)


def read_queue_arn(arn: str) -> QueueAddress | None:
    """Where the queue of an ARN is. None for text that is no ARN of a queue."""
    parts = arn.split(":")
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "sqs" or not all((parts[1], parts[3], parts[4], parts[5])):
        return None
    return QueueAddress(parts[5], parts[4], parts[3])


def queue_url(scheme: str, host: str, account_id: str, region: str, name: str) -> str:
    """The URL of a queue for a caller who sent its request to ``host`` (may be empty for calls between services)."""
    if not host:
        host = f"sqs.{region}.{dns_suffix(partition_of(region))}"
    return f"{scheme}://{host}/{account_id}/{name}"


def put_queue_url_into_form(request: Request) -> None:
    """Give a query request that was sent to a queue's own URL that URL as its QueueUrl, unless it has one.

    AWS: ``https://sqs.us-east-1.amazonaws.com/123456789012/orders/?Action=SendMessage&MessageBody=hi`` (Developer
    Guide, "Making Query API requests").
    """
    if len(request.path) < 3 or "x-amz-target" in request.headers:
        return
    if read_queue_url(f"//{request.host}{request.path}") is None:
        return
    url = quote_plus(f"{request.scheme}://{request.host}{request.path.rstrip('/')}")
    if "Action=" in request.query_string:
        if "QueueUrl=" not in request.query_string:
            request.query_string += f"&QueueUrl={url}"
        return
    body = request.read()
    if b"Action=" in body and b"QueueUrl=" not in body:
        request.body = body + f"&QueueUrl={url}".encode()


def _region_of_host(host: str) -> str | None:
    for domain in _AWS_DOMAINS:
        if host.endswith(domain):
            labels = host[: -len(domain)].split(".")
            if labels == [_LEGACY_HOST] or labels == ["sqs"]:
                return _LEGACY_REGION
            if len(labels) == 2:
                return labels[0] if labels[1] == _LEGACY_HOST else labels[1]
    return None
