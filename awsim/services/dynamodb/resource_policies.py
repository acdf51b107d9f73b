"""PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy: kept and shown.

Deviation: policies are not yet held against callers.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.addressing import errors
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.table import Table
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

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
        _check_document(policy)
        present = table.policies.get(resource_arn)
        _check_revision(resource_arn, present, expected_revision_id)
        if present is not None and present[0] == policy:
            return {"RevisionId": present[1]}
        revision = str(int(context.time() * 1000) if present is None else int(present[1]) + 1)
        table.policies[resource_arn] = (policy, revision)
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
        # AWS: deleting what is not there is no error, and gives no revision.
        return {"RevisionId": present[1] if present is not None else None}


def _find(context: RequestContext[DynamoDbStore], arn: str) -> Table:
    """The table that an ARN names, or whose stream it names."""
    parts = arn.split(":", 5)
    if len(parts) == 6 and parts[5].startswith("table/"):
        name, _, rest = parts[5].removeprefix("table/").partition("/")
        table = context.store_for(account_id=parts[4], region=parts[3]).tables.get(name)
        if table is not None and (not rest or table.stream_arn == arn):
            return table
        raise errors.ResourceNotFoundException(f"Requested resource not found: ResourceArn: {arn} not found")
    raise ValidationException(f"Invalid ResourceArn: {arn}")


def _check_document(policy: str) -> None:
    try:
        document = json.loads(policy)
    except ValueError:
        document = None
    if not isinstance(document, dict) or "Statement" not in document:
        raise ValidationException("Invalid policy document: This policy contains invalid Json")


def _check_revision(arn: str, present: tuple[str, str] | None, expected: str | None) -> None:
    if expected is None:
        return
    if (present is None) is not (expected == _NO_POLICY) or (present is not None and present[1] != expected):
        raise _not_found(arn)


def _not_found(arn: str) -> Exception:
    return errors.PolicyNotFoundException(f"Resource-based policy not found for the provided ResourceArn: {arn}")
