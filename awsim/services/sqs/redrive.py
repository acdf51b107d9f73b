"""Redrive policies: which queue takes the messages that a queue's receivers fail on, and which queues may ask for it.

Owns the two policies' syntax and meaning. Whether the named queues exist is for the provider to say.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

import attrs

from awsim.services.sqs.errors import InvalidParameterValue
from awsim.services.sqs.queue_url import read_queue_arn

_MAX_RECEIVE_COUNT = range(1, 1001)
_SOURCE_QUEUES_MAX = 10


@attrs.frozen(weakref_slot=False)
class RedrivePolicy:
    """After ``max_receive_count`` deliveries a message goes to the queue ``dead_letter_target_arn``."""

    dead_letter_target_arn: str
    max_receive_count: int

    def text(self) -> str:
        """The policy as GetQueueAttributes answers it."""
        return _compact({"deadLetterTargetArn": self.dead_letter_target_arn, "maxReceiveCount": self.max_receive_count})


@attrs.frozen(weakref_slot=False)
class RedriveAllowPolicy:
    """Which queues may name this one as their dead-letter queue."""

    redrive_permission: str
    source_queue_arns: list[str] = attrs.Factory(list)

    def permits(self, source_arn: str) -> bool:
        """Whether the queue ``source_arn`` may name this one."""
        if self.redrive_permission == "byQueue":
            return source_arn in self.source_queue_arns
        return self.redrive_permission == "allowAll"

    def text(self) -> str:
        """The policy as GetQueueAttributes answers it."""
        policy: dict[str, Any] = {"redrivePermission": self.redrive_permission}
        if self.source_queue_arns:
            policy["sourceQueueArns"] = self.source_queue_arns
        return _compact(policy)


def redrive_policy(text: str, source_arn: str) -> RedrivePolicy:
    """The policy of the queue ``source_arn``, from the JSON a caller sent. Raises InvalidParameterValue."""
    policy = _json_object("RedrivePolicy", text, "Redrive policy is not a valid JSON map.")
    for name in ("maxReceiveCount", "deadLetterTargetArn"):
        if name not in policy:
            _refuse("RedrivePolicy", text, f"Redrive policy does not contain mandatory attribute: {name}.")
    count = _integer(policy["maxReceiveCount"])
    if count not in _MAX_RECEIVE_COUNT:
        _refuse(
            "RedrivePolicy",
            text,
            f"Invalid value for maxReceiveCount: {policy['maxReceiveCount']}, valid values are from 1 to 1000 both "
            "inclusive.",
        )
    target_arn = str(policy["deadLetterTargetArn"])
    target, source = read_queue_arn(target_arn), read_queue_arn(source_arn)
    if target is None:
        _refuse("RedrivePolicy", text, "Invalid value for deadLetterTargetArn.")
    assert source is not None
    if (target.account_id, target.region) != (source.account_id, source.region):
        _refuse("RedrivePolicy", text, "Dead-letter target owner should be same as the source.")
    if target.name.endswith(".fifo") != source.name.endswith(".fifo"):
        # AWS: two full stops, as deployment logs show the message.
        _refuse("RedrivePolicy", text, "Dead-letter queue must be same type of queue as the source..")
    return RedrivePolicy(target_arn, count)


def refuse_target(text: str) -> NoReturn:
    """The dead-letter queue that a policy names does not exist."""
    _refuse("RedrivePolicy", text, "Dead letter target does not exist.")


def refuse_source(text: str) -> NoReturn:
    """The dead-letter queue's RedriveAllowPolicy does not let this queue name it."""
    # Deviation: AWS's wording for this refusal is not known to us.
    _refuse("RedrivePolicy", text, "Redrive allow policy of the dead-letter queue does not permit this source queue.")


def redrive_allow_policy(text: str) -> RedriveAllowPolicy:
    """The policy from the JSON a caller sent. Raises InvalidParameterValue."""
    policy = _json_object("RedriveAllowPolicy", text, "Redrive allow policy is not a valid JSON map.")
    permission = policy.get("redrivePermission")
    arns = policy.get("sourceQueueArns")
    if permission is None:
        _refuse(
            "RedriveAllowPolicy", text, "Redrive allow policy does not contain mandatory attribute: redrivePermission."
        )
    if permission not in ("allowAll", "denyAll", "byQueue"):
        _refuse("RedriveAllowPolicy", text, f"Invalid value for redrivePermission: {permission}.")
    if (permission == "byQueue") != (arns is not None):
        _refuse("RedriveAllowPolicy", text, "sourceQueueArns must be specified only when redrivePermission is byQueue.")
    arns = arns or []
    if not isinstance(arns, list) or len(arns) > _SOURCE_QUEUES_MAX:
        _refuse("RedriveAllowPolicy", text, f"sourceQueueArns must be a list of at most {_SOURCE_QUEUES_MAX} ARNs.")
    if any(read_queue_arn(str(arn)) is None for arn in arns):
        _refuse("RedriveAllowPolicy", text, "Invalid value for sourceQueueArns.")
    return RedriveAllowPolicy(permission, [str(arn) for arn in arns])


def _json_object(name: str, text: str, reason: str) -> dict[str, Any]:
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError):
        policy = None
    if not isinstance(policy, dict):
        _refuse(name, text, reason)
    return policy


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return 0
    try:
        return int(value)
    except ValueError:
        return 0


def _refuse(name: str, text: str, reason: str) -> NoReturn:
    raise InvalidParameterValue(f"Value {text} for parameter {name} is invalid. Reason: {reason}")


def _compact(policy: dict[str, Any]) -> str:
    return json.dumps(policy, separators=(",", ":"))
