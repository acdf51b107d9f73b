"""Global tables of several accounts: a table made as the replica of one that belongs to another account.

Owns who may join whom. What it is to be joined is ``replication``'s.

Facts from the Developer Guide's "DynamoDB multi-account global tables" and "DynamoDB global tables security".
"""

# Deviation: AWS's words for what it refuses here are not known.

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from awsim.aws.dynamodb_access import check_access, refusal
from awsim.aws.policy.documents import parse_document
from awsim.aws.policy.evaluation import Reason, Request, Verdict, evaluate
from awsim.aws.policy.principals import Principal
from awsim.services.dynamodb.addressing import errors, table_name
from awsim.services.dynamodb.errors import invalid_parameter_values
from awsim.services.dynamodb.models import DynamoDbStore
from awsim.services.dynamodb.replication import replica_table
from awsim.services.dynamodb.table import Table

if TYPE_CHECKING:
    from awsim.context import RequestContext

_MODE = "ENABLED"
_REPLICATOR = "replication.dynamodb.amazonaws.com"
#: What each table must let the replicating service do, for itself and for the others.
_ACTIONS = ("ReadDataForReplication", "WriteDataForReplication", "ReplicateSettings")


def find_source(context: RequestContext[DynamoDbStore], arn: str, name: str, mode: str | None) -> Table:
    """The table that a new one of this name joins. Raises ValidationException, ResourceNotFoundException,
    AccessDeniedException."""
    if mode != _MODE:
        raise invalid_parameter_values(
            f"GlobalTableSettingsReplicationMode must be {_MODE} when GlobalTableSourceArn is specified"
        )
    if table_name(arn) != name:
        raise invalid_parameter_values("TableName must be the name of the table in GlobalTableSourceArn")
    region, account_id = arn.split(":")[3:5]
    if account_id == context.account_id or region == context.region:
        raise invalid_parameter_values("GlobalTableSourceArn must be of another account and another Region")
    source = context.store_for(account_id=account_id, region=region).tables.get(name)
    policy = source.policies.get(source.arn) if source is not None else None
    check_access(context, policy[0] if policy else None, "dynamodb:AssociateTableReplica", arn, {})
    if source is None:
        raise errors.ResourceNotFoundException(f"Requested resource not found: Table: {name} not found")
    if context.region in source.replica_regions:
        raise invalid_parameter_values(f"The global table has a replica in Region {context.region} already")
    if source.settings_replication_mode != _MODE:
        raise invalid_parameter_values(
            f"GlobalTableSettingsReplicationMode of the table in GlobalTableSourceArn must be {_MODE}"
        )
    return source


def replica_of_source(context: RequestContext[DynamoDbStore], source: Table) -> Table:
    """A new table of the caller's with the definition and items of another account's."""
    table = replica_table(context, source, context.arn(f"table/{source.name}"))
    table.table_class = None  # AWS: never the same everywhere, unlike throughput and indexes
    return table


def same_as_source(context: RequestContext[DynamoDbStore], source: Table, given: Table) -> Table:
    """The same for a caller who says what the table is to be like. Raises ValidationException where that differs."""
    if given.schema != source.schema or given.indexes.keys() != source.indexes.keys():
        raise invalid_parameter_values("KeySchema and indexes must be those of the table in GlobalTableSourceArn")
    return replica_of_source(context, source)


def check_replication(source: Table, table: Table) -> None:
    """Refuse tables whose policies do not let the replicating service work for both. Raises AccessDeniedException."""
    principal = Principal(arn="", service=_REPLICATOR)
    for one in (source, table):
        policy = one.policies.get(one.arn)
        statements = parse_document(policy[0]) if policy is not None else ()
        for other in (source, table):
            for action in _ACTIONS:
                values: dict[str, Any] = {"aws:sourceaccount": other.account_id, "aws:sourcearn": other.arn}
                request = Request(principal=principal, action=f"dynamodb:{action}", resource=one.arn, values=values)
                if evaluate(statements, request) is not Verdict.ALLOWED:
                    named = Principal(arn=_REPLICATOR)
                    raise refusal(named, request.action, one.arn, Reason.RESOURCE_SILENT)
