"""The policy that AddPermission writes: one statement per label.

Pure text in, text out; what a policy permits is evaluated elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from awsim.services.sqs.errors import InvalidParameterValue, OverLimit

_ACTIONS_MAX = 7
_LABEL = re.compile(r"[A-Za-z0-9_-]{1,80}")
_OWNER_ONLY = frozenset(
    (
        "AddPermission",
        "CreateQueue",
        "DeleteQueue",
        "ListQueues",
        "ListQueueTags",
        "RemovePermission",
        "SetQueueAttributes",
        "TagQueue",
        "UntagQueue",
        "StartMessageMoveTask",
        "CancelMessageMoveTask",
        "ListMessageMoveTasks",
    )
)


def with_statement(
    policy: str | None,
    queue_arn: str,
    label: str,
    account_ids: Sequence[str],
    actions: Sequence[str],
    *,
    known_actions: frozenset[str],
) -> str:
    """The policy with a statement added. Raises InvalidParameterValue and OverLimit."""
    if not _LABEL.fullmatch(label):
        raise InvalidParameterValue(
            f"Value {label} for parameter Label is invalid. Reason: Can only include alphanumeric characters, hyphens, "
            "or underscores. 1 to 80 in length."
        )
    _check_actions(actions, known_actions)
    for account_id in account_ids:
        if len(account_id) != 12 or not account_id.isdigit():
            raise InvalidParameterValue(
                f"Value {json.dumps(list(account_ids))} for parameter PrincipalId is invalid. Reason: Unable to verify."
            )
    document = json.loads(policy) if policy else _empty_policy(queue_arn)
    if any(statement.get("Sid") == label for statement in _statements(document)):
        raise InvalidParameterValue(f"Value {label} for parameter Label is invalid. Reason: Already exists.")
    partition = queue_arn.split(":")[1]
    statement = {
        "Sid": label,
        "Effect": "Allow",
        "Principal": {"AWS": _one_or_many([f"arn:{partition}:iam::{account_id}:root" for account_id in account_ids])},
        "Action": _one_or_many([f"SQS:{action}" for action in actions]),
        "Resource": queue_arn,
    }
    document["Statement"] = [*_statements(document), statement]
    return json.dumps(document, separators=(",", ":"))


def without_statement(policy: str | None, label: str) -> str:
    """The policy with a statement removed; "" when none is left. Raises InvalidParameterValue."""
    document = json.loads(policy) if policy else {}
    statements = _statements(document)
    kept = [statement for statement in statements if statement.get("Sid") != label]
    if len(kept) == len(statements):
        raise InvalidParameterValue(
            f"Value {label} for parameter Label is invalid. Reason: can't find label on existing policy."
        )
    document["Statement"] = kept
    return json.dumps(document, separators=(",", ":")) if kept else ""


def _check_actions(actions: Sequence[str], known_actions: frozenset[str]) -> None:
    if len(actions) > _ACTIONS_MAX:
        raise OverLimit(f"{len(actions)} Actions were found, maximum allowed is {_ACTIONS_MAX}.")
    for action in actions:
        if action != "*" and action not in known_actions:
            raise InvalidParameterValue(
                f"Value SQS:{action} for parameter ActionName is invalid. "
                "Reason: Please refer to the appropriate WSDL for a list of valid actions. "
            )
        if action in _OWNER_ONLY:
            raise InvalidParameterValue(
                f"Value SQS:{action} for parameter ActionName is invalid. "
                "Reason: Only the queue owner is allowed to invoke this action."
            )


def _empty_policy(queue_arn: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Id": f"{queue_arn}/SQSDefaultPolicy", "Statement": []}


def _statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    statements = document.get("Statement", [])
    return statements if isinstance(statements, list) else [statements]


def _one_or_many(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values
