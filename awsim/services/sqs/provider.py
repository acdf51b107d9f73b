"""The provider of SQS: one class per family of operations, merged into one service when this module is imported."""

from __future__ import annotations

from awsim.services.sqs.move_tasks import MoveTasks
from awsim.services.sqs.permissions import Permissions
from awsim.services.sqs.queue_tags import QueueTags
from awsim.services.sqs.queues import Queues
from awsim.services.sqs.receiving import Receiving
from awsim.services.sqs.sending import Sending

__all__ = ["MoveTasks", "Permissions", "QueueTags", "Queues", "Receiving", "Sending"]
