"""Message move tasks: StartMessageMoveTask, CancelMessageMoveTask, ListMessageMoveTasks, and the moving itself.

The moving is deferred work on the Cloud's schedule: with a rate, that many messages each second; without one,
everything at once.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from awsim.services.plugins import ServiceProvider, aws_provider
from awsim.services.sqs.addressing import find_queue_by_arn
from awsim.services.sqs.errors import InvalidParameterValue, QueueDoesNotExist, ResourceNotFoundException
from awsim.services.sqs.models import MoveTask, SqsStore
from awsim.services.sqs.parameters import check_range
from awsim.services.sqs.queue import Queue, renewed

if TYPE_CHECKING:
    from awsim.context import RequestContext

_RATE_MAX = 500
_LISTED_MAX = 10
_STEP_SECONDS = 1.0


@aws_provider(api="sqs")
class MoveTasks(ServiceProvider[SqsStore]):
    service = "sqs"
    store = SqsStore
    identifiers = ("move_task",)

    def start_message_move_task(
        self,
        context: RequestContext[SqsStore],
        *,
        source_arn: str,
        destination_arn: str | None = None,
        max_number_of_messages_per_second: int | None = None,
    ) -> dict[str, Any]:
        source = _queue(context, source_arn, "SourceArn")
        if not _is_dead_letter_queue(context.store, source):
            raise InvalidParameterValue("Source queue must be configured as a Dead Letter Queue.")
        if destination_arn is not None:
            _check_destination(context, source, destination_arn)
        if max_number_of_messages_per_second is not None:
            _check_rate(max_number_of_messages_per_second)
        if any(task.source_arn == source_arn and _is_active(task) for task in context.store.move_tasks.values()):
            raise InvalidParameterValue(
                "There is already a task running. Only one active task is allowed for a source queue arn at a given "
                "time."
            )
        now = context.time()
        source.settle(now)
        task = MoveTask(
            task_id=context.identifier("move_task", context.new_uuid),
            source_arn=source_arn,
            destination_arn=destination_arn,
            max_number_of_messages_per_second=max_number_of_messages_per_second,
            started_at=now,
            messages_to_move=source.backlog.visible_count,
        )
        context.store.move_tasks[task.task_id] = task
        delay = 0.0 if max_number_of_messages_per_second is None else _STEP_SECONDS
        context.schedule(delay, "move_messages", task_id=task.task_id)
        return {"TaskHandle": _handle(task)}

    def cancel_message_move_task(self, context: RequestContext[SqsStore], *, task_handle: str) -> dict[str, Any]:
        task_id, source_arn = _read_handle(task_handle)
        _queue(context, source_arn, "SourceArn")
        task = context.store.move_tasks.get(task_id)
        if task is None or task.source_arn != source_arn:
            raise ResourceNotFoundException("Task does not exist.")
        if task.status != "RUNNING":
            raise InvalidParameterValue("Only active tasks can be cancelled.")
        task.status = "CANCELLING"
        return {"ApproximateNumberOfMessagesMoved": task.messages_moved}

    def list_message_move_tasks(
        self, context: RequestContext[SqsStore], *, source_arn: str, max_results: int = 1
    ) -> dict[str, Any]:
        _queue(context, source_arn, "SourceArn")
        check_range("MaxResults", max_results, 1, _LISTED_MAX, f"Must be between 1 and {_LISTED_MAX}, if provided.")
        tasks = [task for task in reversed(context.store.move_tasks.values()) if task.source_arn == source_arn]
        return {"Results": [_answer(task) for task in tasks[:max_results]] or None}

    def move_messages(self, context: RequestContext[SqsStore], *, task_id: str) -> None:
        """One step of a task: move what its rate allows, and come again while there is more."""
        task = context.store.move_tasks[task_id]
        if task.status == "CANCELLING":
            task.status = "CANCELLED"
            return
        try:
            more = _move_some(context, task)
        except _MoveFailed as failure:
            task.status, task.failure_reason = "FAILED", str(failure)
            return
        if more:
            context.schedule(_STEP_SECONDS, "move_messages", task_id=task_id)
        else:
            task.status = "COMPLETED"


class _MoveFailed(Exception):
    """A task cannot go on; the text is its FailureReason."""


def _move_some(context: RequestContext[SqsStore], task: MoveTask) -> bool:
    """Move what the rate allows in one step; whether there is more to move."""
    remaining = task.messages_to_move - task.messages_moved
    rate = task.max_number_of_messages_per_second
    for _ in range(remaining if rate is None else min(rate, remaining)):
        if not _move_one(context, task):
            return False
    return task.messages_moved < task.messages_to_move


def _move_one(context: RequestContext[SqsStore], task: MoveTask) -> bool:
    """Move the next message; False if there is none left to move."""
    now = context.time()
    source = find_queue_by_arn(context, task.source_arn)
    if source is None:
        raise _MoveFailed(QueueDoesNotExist.code)
    message = source.first(now)
    if message is None:
        return False
    destination_arn = task.destination_arn or message.dead_letter_queue_source_arn
    if destination_arn is None:
        # AWS: for a message that was sent to the dead-letter queue itself (Developer Guide, "DLQ redrive").
        raise _MoveFailed("CouldNotDetermineMessageSource")
    destination = find_queue_by_arn(context, destination_arn)
    if destination is None:
        raise _MoveFailed(QueueDoesNotExist.code)
    source.remove(message)
    destination.accept(renewed(message, context.new_uuid(), now))
    task.messages_moved += 1
    return True


def _queue(context: RequestContext[SqsStore], arn: str, member: str) -> Queue:
    queue = find_queue_by_arn(context, arn)
    if queue is None:
        raise ResourceNotFoundException(f"The resource that you specified for the {member} parameter doesn't exist.")
    return queue


def _check_destination(context: RequestContext[SqsStore], source: Queue, destination_arn: str) -> None:
    destination = _queue(context, destination_arn, "DestinationArn")
    if destination is source:
        raise InvalidParameterValue("Source queue arn and destination queue arn cannot be the same.")
    if destination.is_fifo != source.is_fifo:
        raise InvalidParameterValue("Source queue and destination queue must be of the same type.")


def _check_rate(rate: int) -> None:
    name = "MaxNumberOfMessagesPerSecond"
    check_range(name, rate, 1, _RATE_MAX, f"Must be between 1 and {_RATE_MAX}, if provided.")


def _is_dead_letter_queue(store: SqsStore, queue: Queue) -> bool:
    policies = (source.redrive_policy for source in store.queues.values())
    return any(policy is not None and policy.dead_letter_target_arn == queue.arn for policy in policies)


def _is_active(task: MoveTask) -> bool:
    return task.status in ("RUNNING", "CANCELLING")


def _answer(task: MoveTask) -> dict[str, Any]:
    return {
        # AWS: only running tasks show their handle (recorded).
        "TaskHandle": _handle(task) if task.status == "RUNNING" else None,
        "Status": task.status,
        "SourceArn": task.source_arn,
        "DestinationArn": task.destination_arn,
        "MaxNumberOfMessagesPerSecond": task.max_number_of_messages_per_second,
        "ApproximateNumberOfMessagesMoved": task.messages_moved,
        "ApproximateNumberOfMessagesToMove": task.messages_to_move,
        "FailureReason": task.failure_reason,
        "StartedTimestamp": round(task.started_at * 1000),
    }


def _handle(task: MoveTask) -> str:
    text = json.dumps({"taskId": task.task_id, "sourceArn": task.source_arn}, separators=(",", ":"))
    return b64encode(text.encode()).decode()


def _read_handle(handle: str) -> tuple[str, str]:
    try:
        content = json.loads(b64decode(handle, validate=True))
        return str(content["taskId"]), str(content["sourceArn"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InvalidParameterValue("Value for parameter TaskHandle is invalid.") from None
