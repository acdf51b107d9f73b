"""What SQS keeps for one account and region."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from awsim.services.sqs.queue import Queue
from awsim.stores import Store


@attrs.define(eq=False)
class MoveTask:
    """One message move task. ``started_at`` in epoch seconds; a rate of None moves everything at once."""

    task_id: str
    source_arn: str
    destination_arn: str | None
    max_number_of_messages_per_second: int | None
    started_at: float
    messages_to_move: int
    status: str = "RUNNING"
    messages_moved: int = 0
    failure_reason: str | None = None


@attrs.define
class SqsStore(Store):
    """Queues by name, in the order of their creation, and the move tasks of dead-letter queues by task id."""

    queues: dict[str, Queue] = attrs.Factory(dict)
    #: When each queue was last deleted, for those that were not created anew.
    deleted_at: dict[str, float] = attrs.Factory(dict)
    move_tasks: dict[str, MoveTask] = attrs.Factory(dict)

    def resources(self) -> Iterable[tuple[str, str]]:
        return (("queue", queue.arn) for queue in self.queues.values())
