"""AddPermission and RemovePermission: statements of the queue's Policy attribute."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from awsim import spec
from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.sqs.access_policy import with_statement, without_statement
from awsim.services.sqs.addressing import find_queue
from awsim.services.sqs.models import SqsStore
from awsim.services.sqs.parameters import missing

if TYPE_CHECKING:
    from awsim.context import RequestContext


@aws_provider(api="sqs")
class Permissions(ServiceProvider[SqsStore]):
    service = "sqs"
    store = SqsStore

    def add_permission(
        self,
        context: RequestContext[SqsStore],
        *,
        queue_url: str,
        label: str,
        aws_account_ids: Sequence[str],
        actions: Sequence[str],
    ) -> None:
        queue = find_queue(context, queue_url)
        for name, value in (("Label", label), ("AWSAccountIds", aws_account_ids), ("Actions", actions)):
            if not value:
                raise missing(name)
        policy = with_statement(
            queue.attributes.get("Policy"),
            queue.arn,
            label,
            aws_account_ids,
            actions,
            known_actions=_actions(),
        )
        queue.configure({"Policy": policy}, context.time())

    def remove_permission(self, context: RequestContext[SqsStore], *, queue_url: str, label: str) -> None:
        queue = find_queue(context, queue_url)
        policy = without_statement(queue.attributes.get("Policy"), label)
        queue.configure({"Policy": policy}, context.time())


@functools.cache
def _actions() -> frozenset[str]:
    """The operations that a policy may name: the batch operations go with their single ones."""
    names = spec.load_service("sqs").operation_names
    return frozenset(name for name in names if not name.endswith("Batch"))
