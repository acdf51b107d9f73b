"""Session policies: are they policies at all, and do they fit.

Knows no requests. Whether the policies allow a call is IAM's matter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from awsim.services.sts.errors import ValidationError, errors

_PLAIN_LENGTH_MAX = 2_048
_POLICY_ARNS_MAX = 10
_POLICY_ARN = re.compile(r"arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy/[\x21-\x7e]+")
# Deviation: AWS does not tell how it packs policies and tags, nor into how much; here it is JSON, into this much.
_PACKED_BYTES_MAX = 2_560


@attrs.frozen
class SessionPolicies:
    """The policies that narrow a session: one inline, as JSON, and managed ones by ARN."""

    policy: str | None = None
    policy_arns: list[str] = attrs.Factory(list)

    def __bool__(self) -> bool:
        return self.policy is not None or bool(self.policy_arns)


def read_session_policies(policy: str | None, policy_arns: Sequence[Mapping[str, Any]]) -> SessionPolicies:
    """The policies that a caller sent. Raises MalformedPolicyDocument, PackedPolicyTooLarge, ValidationError."""
    if len(policy_arns) > _POLICY_ARNS_MAX:
        # Deviation: AWS repeats the list's content in the message.
        raise ValidationError(
            "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length "
            f"less than or equal to {_POLICY_ARNS_MAX}"
        )
    arns = [str(descriptor.get("arn", "")) for descriptor in policy_arns]
    for arn in arns:
        if not _POLICY_ARN.fullmatch(arn):
            raise ValidationError(f"{arn} is invalid")
    if policy is not None:
        if len(policy) > _PLAIN_LENGTH_MAX:
            raise ValidationError(
                f"1 validation error detected: Value '{policy}' at 'policy' failed to satisfy constraint: Member must "
                f"have length less than or equal to {_PLAIN_LENGTH_MAX}"
            )
        _check_document(policy)
    return SessionPolicies(policy, arns)


def packed_policy_size(policies: SessionPolicies, tags: Mapping[str, str]) -> int:
    """How much of the space for policies and tags they take, in percent. Raises PackedPolicyTooLarge above 100."""
    if not policies and not tags:
        return 0
    plain = json.dumps([policies.policy, policies.policy_arns, dict(tags)], separators=(",", ":"))
    percent = -(-len(plain) * 100 // _PACKED_BYTES_MAX)
    if percent > 100:
        if policies:
            raise errors.PackedPolicyTooLargeException(
                f"Packed policy consumes {percent}% of allotted space, please use smaller policy."
            )
        raise errors.PackedPolicyTooLargeException(
            f"Packed size of session tags consumes {percent}% of allotted space."
        )
    return percent


def _check_document(policy: str) -> None:
    try:
        document = json.loads(policy)
    except (ValueError, RecursionError):
        # Deviation: AWS now passes on what its JSON parser says, with the character and column.
        raise _malformed("This policy contains invalid Json") from None
    if not isinstance(document, dict):
        raise _malformed("Syntax errors in policy.")
    if document.get("Version", "2008-10-17") not in ("2008-10-17", "2012-10-17"):
        raise _malformed("Syntax errors in policy.")
    statements = document.get("Statement")
    for statement in statements if isinstance(statements, list) else [statements]:
        _check_statement(statement)


def _check_statement(statement: Any) -> None:
    if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
        raise _malformed("Syntax errors in policy.")
    if "Principal" in statement or "NotPrincipal" in statement:
        raise _malformed("Policy document should not specify a principal.")
    if not (statement.get("Action") or statement.get("NotAction")):
        raise _malformed("Policy statement must contain actions.")
    if not (statement.get("Resource") or statement.get("NotResource")):
        raise _malformed("Policy statement must contain resources.")


def _malformed(message: str) -> Exception:
    return errors.MalformedPolicyDocumentException(message)
