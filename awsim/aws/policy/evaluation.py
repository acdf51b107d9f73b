"""What policies say to a request, and whether it may be done.

Facts from the IAM User Guide's "Policy evaluation logic": an explicit deny wins; within an account a resource's policy
or the caller's own may allow, across accounts both must.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from awsim.aws.policy.documents import Statement
from awsim.aws.policy.principals import Principal


class Verdict(enum.Enum):
    """What a set of statements says."""

    DENIED = "explicit deny"
    ALLOWED = "allow"
    SILENT = "nothing"


class Reason(enum.Enum):
    """Why a request may not be done."""

    RESOURCE_DENIES = "with an explicit deny in a resource-based policy"
    IDENTITY_DENIES = "with an explicit deny in an identity-based policy"
    RESOURCE_SILENT = "because no resource-based policy allows the {action} action"
    IDENTITY_SILENT = "because no identity-based policy allows the {action} action"


@attrs.frozen(kw_only=True)
class Request:
    """What is to be judged. ``action`` as in ``s3:GetObject``; ``values`` are the condition keys, in lower case."""

    principal: Principal
    action: str
    resource: str
    values: Mapping[str, Any] = attrs.Factory(dict)


def evaluate(statements: Iterable[Statement], request: Request) -> Verdict:
    """What statements say to a request, in whatever order they come."""
    verdict = Verdict.SILENT
    for statement in statements:
        if statement.effect == "Allow" and verdict is Verdict.ALLOWED:
            continue
        if statement.applies(request.principal, request.action, request.resource, request.values):
            if statement.effect == "Deny":
                return Verdict.DENIED
            verdict = Verdict.ALLOWED
    return verdict


def decide(
    request: Request,
    *,
    owner_account_id: str,
    resource: Sequence[Statement],
    identity: Sequence[Statement] | None = None,
) -> Reason | None:
    """None where a request may be done, else why not.

    ``resource`` is the policy of what is asked for, which belongs to ``owner_account_id``; ``identity`` the caller's
    own policies, None for an account's root user, who may do everything.
    """
    by_resource = evaluate(resource, request)
    if by_resource is Verdict.DENIED:
        return Reason.RESOURCE_DENIES
    principal = request.principal
    if principal.is_anonymous or principal.service:
        by_identity = Verdict.ALLOWED  # it has none, so that the resource's policy alone decides
    else:
        by_identity = Verdict.ALLOWED if identity is None else evaluate(identity, request)
    if by_identity is Verdict.DENIED:
        return Reason.IDENTITY_DENIES
    if principal.account_id == owner_account_id:
        allowed = Verdict.ALLOWED in (by_resource, by_identity)
        return None if allowed else Reason.IDENTITY_SILENT
    if by_resource is not Verdict.ALLOWED:
        return Reason.RESOURCE_SILENT
    return None if by_identity is Verdict.ALLOWED else Reason.IDENTITY_SILENT
