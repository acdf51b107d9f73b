"""How messages of events reach their destinations: by the API of the service that each ARN names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.s3.models import S3Store

if TYPE_CHECKING:
    from awsim.connect import InternalClient
    from awsim.context import RequestContext

_SUBJECT = "Amazon S3 Notification"


# Deviation: a destination of a service that is not simulated is kept in the configuration, and nothing is sent there.
@aws_provider(api="s3")
class EventDelivery(ServiceProvider[S3Store]):
    """The tasks by which events are delivered; they have no operations."""

    service = "s3"
    store = S3Store

    def deliver_event(
        self,
        context: RequestContext[S3Store],
        *,
        source_arn: str,
        arn: str,
        message: Mapping[str, Any],
        trace: str | None,
    ) -> None:
        """Send a message to the queue, topic or function of an ARN."""
        service, region, account_id, resource = _parts(arn)
        if not context.is_answered(service):
            return
        client = context.client(service, region=region, account_id=account_id, source_arn=source_arn)
        text = json.dumps(message, separators=(",", ":"), ensure_ascii=False)
        if service == "sqs":
            _send(client, account_id, resource, text, trace)
        elif service == "sns":
            client.publish(TopicArn=arn, Message=text, Subject=_SUBJECT)
        else:
            client.invoke(FunctionName=arn, InvocationType="Event", Payload=text.encode())

    def put_event_on_bus(self, context: RequestContext[S3Store], *, bucket: str, entry: Mapping[str, Any]) -> None:
        """Put an event on the default bus of the bucket's owner, in the bucket's region."""
        if not context.is_answered("events"):
            return
        found = context.store.buckets.get(bucket)
        if found is None:
            return
        (arn,) = entry["Resources"]
        client = context.client("events", region=found.region, account_id=found.account_id, source_arn=arn)
        detail = json.dumps(entry["Detail"], separators=(",", ":"), ensure_ascii=False)
        client.put_events(Entries=[{**entry, "Detail": detail}])


def _send(client: InternalClient, account_id: str, queue: str, text: str, trace: str | None) -> None:
    url = client.get_queue_url(QueueName=queue, QueueOwnerAWSAccountId=account_id)["QueueUrl"]
    attributes = {"AWSTraceHeader": {"DataType": "String", "StringValue": trace}} if trace else None
    client.send_message(QueueUrl=url, MessageBody=text, MessageSystemAttributes=attributes)


def _parts(arn: str) -> tuple[str, str, str, str]:
    _, _, service, region, account_id, resource = arn.split(":", 5)
    return service, region, account_id, resource
