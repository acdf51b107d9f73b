"""Providers in the place of the services that S3 tells of events: they keep what they are sent."""

from __future__ import annotations

from typing import Any

from awsim import spec
from awsim.errors import service_errors
from awsim.services.plugins import Service
from awsim.services.skeleton import Skeleton

_OPERATIONS = {
    "sns": ("publish", "get_topic_attributes"),
    "lambda": ("invoke", "get_function_configuration"),
    "events": ("put_events",),
}


class _Target:
    """Of topics, only those called events are there."""

    sent: list[Any]

    def publish(self, context, request):
        self.sent.append((context.service_principal, context.source_arn, request))
        return {"MessageId": "1"}

    def get_topic_attributes(self, context, request):
        if not request["TopicArn"].endswith(":events"):
            raise service_errors("sns").NotFoundException("Topic does not exist")
        return {"Attributes": {}}

    def invoke(self, context, request):
        self.sent.append((context.service_principal, context.source_arn, request))
        return {"StatusCode": 202}

    def get_function_configuration(self, context, request):
        return {"FunctionName": "events"}

    def put_events(self, context, request):
        self.sent.append((context.service_principal, context.source_arn, request))
        return {"FailedEntryCount": 0, "Entries": []}


def start_targets(cloud: Any) -> list[Any]:
    """Start the three services in a Cloud. Returns the list of what they are sent from now on.

    Each is the service that sent it, the ARN of what it was sent for, and the members of the call.
    """
    sent: list[Any] = []
    for name, operations in _OPERATIONS.items():
        methods = {operation: getattr(_Target, operation) for operation in operations}
        provider = type(name, (), {"sent": sent, **methods})()
        service = Service(name, skeleton=Skeleton(spec.load_service(name), provider))
        service.start()
        cloud.services.add_service(service)
    return sent
