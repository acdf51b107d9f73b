"""What resource policies of DynamoDB say to a call: for its tables (dynamodb) and its streams (dynamodbstreams).

Owns who calls, the condition keys that every call has, and AWS's words of refusal. Must not know tables, streams or
which calls need what.

Facts from the DynamoDB Developer Guide's "Using resource-based policies for DynamoDB" and the IAM User Guide's
"Troubleshoot access denied error messages".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.aws.policy.documents import parse_document
from awsim.aws.policy.evaluation import Reason, Request, decide
from awsim.aws.policy.principals import Principal
from awsim.errors import ModeledException

if TYPE_CHECKING:
    from awsim.context import RequestContext


class AccessDeniedException(ModeledException):
    """What a caller who may not is answered with; the models lack it."""

    code = "AccessDeniedException"
    status_code = 400
    sender_fault = True
    shape_name = "com.amazon.coral.service#AccessDeniedException"


def check_access(
    context: RequestContext[Any], policy: str | None, action: str, arn: str, values: Mapping[str, Any]
) -> None:
    """Refuse a caller whom the policy of a resource denies an action, or, from another account, does not allow it.

    ``values`` are the call's own condition keys, in lower case. Raises AccessDeniedException.
    """
    # Deviation: the policies of callers themselves, IAM's, are not looked at, nor is for whom another service calls.
    if context.request is None:
        return
    owner = arn.split(":")[4]
    principal = _principal(context)
    request = Request(
        principal=principal, action=action, resource=arn, values={**_values(context, principal, owner), **values}
    )
    statements = parse_document(policy) if policy is not None else ()
    reason = decide(request, owner_account_id=owner, resource=statements)
    if reason is not None:
        raise refusal(principal, action, arn, reason)


def refusal(principal: Principal, action: str, arn: str, reason: Reason) -> AccessDeniedException:
    """The answer to a caller who may not, in AWS's words."""
    why = reason.value.format(action=action)
    return AccessDeniedException(
        f"User: {principal.arn} is not authorized to perform: {action} on resource: {arn} {why}"
    )


def _principal(context: RequestContext[Any]) -> Principal:
    credentials = context.credentials
    return Principal(
        arn=context.principal_arn,
        account_id=context.account_id,
        user_id=credentials.user_id if credentials is not None else context.account_id,
    )


def _values(context: RequestContext[Any], principal: Principal, owner: str) -> dict[str, Any]:
    now = context.now()
    values: dict[str, Any] = {
        "aws:currenttime": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "aws:epochtime": str(int(now.timestamp())),
        "aws:requestedregion": context.region,
        "aws:securetransport": True,
        # Addresses are those of the internet; in this process there is one.
        "aws:sourceip": "127.0.0.1",
        "aws:principaltype": principal.kind,
        "aws:principalarn": principal.role_arn or principal.arn,
        "aws:principalaccount": principal.account_id,
        "aws:userid": principal.user_id,
        "aws:resourceaccount": owner,
        "aws:viaawsservice": False,
        "aws:principalisawsservice": False,
    }
    if principal.kind == "User":
        values["aws:username"] = principal.arn.rpartition("/")[2]
    credentials = context.credentials
    if credentials is not None and credentials.session_tags:
        values.update((f"aws:principaltag/{tag.lower()}", value) for tag, value in credentials.session_tags.items())
    return values


__all__ = ["AccessDeniedException", "check_access", "refusal"]
