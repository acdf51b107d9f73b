"""PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy. What a policy says to callers is ``access``'s."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from awsim.aws.dynamodb_access import AccessDeniedException, check_access
from awsim.aws.policy.documents import parse_document
from awsim.aws.policy.publicness import policy_is_public
from awsim.services.dynamodb.access import authorize, authorize_unknown
from awsim.services.dynamodb.addressing import errors
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.streams import set_stream_policy
from awsim.services.dynamodb.table import Table
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

#: AWS: white space counts.
_BYTES_MAX = 20 * 1024
#: What a caller expects where there should be no policy yet.
_NO_POLICY = "NO_POLICY"


@aws_provider(api="dynamodb")
class ResourcePolicies(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore

    def put_resource_policy(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        resource_arn: str,
        policy: str,
        expected_revision_id: str | None = None,
        confirm_remove_self_resource_access: bool = False,
    ) -> dict[str, Any]:
        table = _find(context, resource_arn)
        check_document(policy)
        if not confirm_remove_self_resource_access:
            _check_own_access(context, resource_arn, policy)
        present = table.policies.get(resource_arn)
        _check_revision(resource_arn, present, expected_revision_id)
        if present is not None and present[0] == policy:
            return {"RevisionId": present[1]}
        revision = str(int(context.time() * 1000) if present is None else int(present[1]) + 1)
        table.policies[resource_arn] = (policy, revision)
        set_stream_policy(context, table, resource_arn, policy)
        return {"RevisionId": revision}

    def get_resource_policy(self, context: RequestContext[DynamoDbStore], *, resource_arn: str) -> dict[str, Any]:
        present = _find(context, resource_arn).policies.get(resource_arn)
        if present is None:
            raise _not_found(resource_arn)
        return {"Policy": present[0], "RevisionId": present[1]}

    def delete_resource_policy(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        resource_arn: str,
        expected_revision_id: str | None = None,
    ) -> dict[str, Any]:
        table = _find(context, resource_arn)
        present = table.policies.get(resource_arn)
        _check_revision(resource_arn, present, expected_revision_id)
        table.policies.pop(resource_arn, None)
        set_stream_policy(context, table, resource_arn, None)
        # AWS: deleting what is not there is no error, and gives no revision.
        return {"RevisionId": present[1] if present is not None else None}


def _find(context: RequestContext[DynamoDbStore], arn: str) -> Table:
    """The table that an ARN names, or whose stream it names."""
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[5].startswith("table/"):
        name, _, rest = parts[5].removeprefix("table/").partition("/")
        table = context.store_for(account_id=parts[4], region=parts[3]).tables.get(name)
        if table is not None and (not rest or table.stream_arn == arn):
            if rest:
                _authorize_stream(context, table, arn)
            elif table.policies or table.account_id != context.account_id:
                authorize(context, table)
            return table
        if parts[4] != context.account_id:
            authorize_unknown(context, arn)
        raise errors.ResourceNotFoundException(f"Requested resource not found: ResourceArn: {arn} not found")
    raise ValidationException(f"Invalid ResourceArn: {arn}")


def _authorize_stream(context: RequestContext[DynamoDbStore], table: Table, arn: str) -> None:
    policy = table.policies.get(arn)
    if context.operation is not None and (policy is not None or table.account_id != context.account_id):
        text = policy[0] if policy is not None else None
        check_access(context, text, f"dynamodb:{context.operation.name}", arn, {})


def check_document(policy: str) -> None:
    """Refuse what is no policy, is too large, or lets everyone in. Raises ValidationException."""
    if len(policy.encode()) > _BYTES_MAX:
        raise ValidationException(
            f"Invalid policy document: The policy is larger than the maximum size of {_BYTES_MAX} bytes"
        )
    try:
        document = json.loads(policy)
        parse_document(policy)
    except (ValueError, KeyError, TypeError, AttributeError):
        document = None
    if not isinstance(document, dict) or "Statement" not in document:
        raise ValidationException("Invalid policy document: This policy contains invalid Json")
    if policy_is_public(document):
        # AWS: public access is always blocked (Developer Guide, "Blocking public access").
        # Deviation: AWS's words for it are not known.
        raise ValidationException("Invalid policy document: The policy grants public access, which is blocked")


def _check_own_access(context: RequestContext[DynamoDbStore], arn: str, policy: str) -> None:
    """Refuse a policy that keeps its author from changing it, unless they said that they know."""
    try:
        check_access(context, policy, "dynamodb:PutResourcePolicy", arn, {})
    except AccessDeniedException:
        # Deviation: AWS's words for it are not known.
        raise ValidationException(
            "Invalid policy document: The policy removes your permission to change it. Set "
            "ConfirmRemoveSelfResourceAccess to confirm that."
        ) from None


def _check_revision(arn: str, present: tuple[str, str] | None, expected: str | None) -> None:
    if expected is None:
        return
    if (present is None) is not (expected == _NO_POLICY) or (present is not None and present[1] != expected):
        raise _not_found(arn)


def _not_found(arn: str) -> Exception:
    return errors.PolicyNotFoundException(f"Resource-based policy not found for the provided ResourceArn: {arn}")
