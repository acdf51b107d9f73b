"""Queue attributes: their names, ranges, defaults, and which may be set on which queue.

A pure table with its rules; knows no queue. The redrive policies have a module of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from awsim.services.sqs.errors import InvalidAttributeName, InvalidAttributeValue

DEFAULTS = {
    "VisibilityTimeout": "30",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "DelaySeconds": "0",
    "ReceiveMessageWaitTimeSeconds": "0",
    "SqsManagedSseEnabled": "true",
}
FIFO_DEFAULTS = {
    **DEFAULTS,
    "FifoQueue": "true",
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "FifoThroughputLimit": "perQueue",
}
#: Seconds or bytes, both ends included.
_RANGES = {
    "VisibilityTimeout": (0, 43_200),
    "MaximumMessageSize": (1_024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "DelaySeconds": (0, 900),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "KmsDataKeyReusePeriodSeconds": (60, 86_400),
}
_CHOICES = {
    "SqsManagedSseEnabled": ("true", "false"),
    "ContentBasedDeduplication": ("true", "false"),
    "DeduplicationScope": ("queue", "messageGroup"),
    "FifoThroughputLimit": ("perQueue", "perMessageGroupId"),
}
_DIGITS_MAX = 12
_REMOVED_BY_EMPTY = frozenset(("Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId"))
_FIFO_ONLY = ("FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit")
_SETTABLE = frozenset((*_RANGES, *_CHOICES, *_REMOVED_BY_EMPTY, "FifoQueue"))
COMPUTED = (
    "QueueArn",
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
    "CreatedTimestamp",
    "LastModifiedTimestamp",
)
READABLE = _SETTABLE | frozenset(COMPUTED) | {"All"}
_DEFAULT_KEY_REUSE_SECONDS = "300"


def changed_attributes(current: Mapping[str, str], given: Mapping[str, str], *, fifo: bool) -> dict[str, str]:
    """All attributes of a queue after a caller has given some. Absent attributes are absent.

    Raises InvalidAttributeName and InvalidAttributeValue. The redrive policies are taken as they are.
    """
    for name, value in given.items():
        _check(name, value, fifo=fifo)
    changed = {**current, **given}
    for name in given.keys() & _RANGES.keys():
        changed[name] = str(int(given[name]))
    if fifo:
        changed["FifoQueue"] = "true"
    _check_throughput(changed)
    _settle_encryption(changed, current, given)
    for name in _REMOVED_BY_EMPTY:
        if changed.get(name) == "":
            del changed[name]
    return changed


def fifo_asked_for(given: Mapping[str, str]) -> bool:
    """Whether CreateQueue's attributes ask for a FIFO queue. Raises InvalidAttributeValue."""
    value = given.get("FifoQueue")
    if value is not None and value.lower() not in ("true", "false"):
        raise InvalidAttributeValue("Invalid value for the parameter FifoQueue.")
    return value is not None and value.lower() == "true"


def _check(name: str, value: str, *, fifo: bool) -> None:
    if name not in _SETTABLE:
        raise InvalidAttributeName(f"Unknown Attribute {name}.")
    if name in _FIFO_ONLY and not fifo:
        # AWS: two wordings, recorded.
        if name in ("DeduplicationScope", "FifoThroughputLimit"):
            raise InvalidAttributeName(f"You can specify the {name} only when FifoQueue is set to true.")
        raise InvalidAttributeName(f"Unknown Attribute {name}.")
    if name == "FifoQueue" and value.lower() != "true":
        raise InvalidAttributeValue(
            "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported."
        )
    if not _is_valid(name, value):
        raise InvalidAttributeValue(f"Invalid value for the parameter {name}.")


def _is_valid(name: str, value: str) -> bool:
    if name in _RANGES:
        lowest, highest = _RANGES[name]
        return value.isascii() and value.isdigit() and len(value) <= _DIGITS_MAX and lowest <= int(value) <= highest
    if name in _CHOICES:
        return value in _CHOICES[name]
    if name == "Policy" and value:
        return _is_policy(value)
    return True


def _is_policy(text: str) -> bool:
    """Whether a text is a JSON object with a statement or a list of them; what they permit is not looked at here."""
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if not isinstance(policy, dict):
        return False
    statements = policy.get("Statement", [])
    return all(isinstance(one, dict) for one in (statements if isinstance(statements, list) else [statements]))


def _check_throughput(attributes: Mapping[str, str]) -> None:
    if (
        attributes.get("FifoThroughputLimit") == "perMessageGroupId"
        and attributes.get("DeduplicationScope") != "messageGroup"
    ):
        raise InvalidAttributeValue(
            "Invalid value for the parameter FifoThroughputLimit. Reason: The perMessageGroupId value is allowed only "
            "when the value for DeduplicationScope is messageGroup."
        )


def _settle_encryption(changed: dict[str, str], current: Mapping[str, str], given: Mapping[str, str]) -> None:
    """A queue has one kind of server-side encryption: the newly given one ends the other."""
    key, managed = given.get("KmsMasterKeyId"), given.get("SqsManagedSseEnabled")
    if key and managed == "true":
        raise InvalidAttributeName(
            "You can use one type of server-side encryption (SSE) at one time. "
            "You can either enable KMS SSE or SQS SSE."
        )
    if key:
        changed["SqsManagedSseEnabled"] = "false"
        changed.setdefault("KmsDataKeyReusePeriodSeconds", _DEFAULT_KEY_REUSE_SECONDS)
    elif (key == "" or managed == "true") and "KmsMasterKeyId" in current:
        # AWS: taking the key away leaves the queue unencrypted, not with SQS's own keys (recorded).
        changed.pop("KmsMasterKeyId", None)
        if "KmsDataKeyReusePeriodSeconds" not in given:
            changed.pop("KmsDataKeyReusePeriodSeconds", None)
