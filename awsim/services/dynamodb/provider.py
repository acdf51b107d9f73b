"""The provider of DynamoDB: one class per family of operations, merged into one service when this module is
imported."""

from __future__ import annotations

from awsim.services.dynamodb.backups import Backups
from awsim.services.dynamodb.batches import Batches
from awsim.services.dynamodb.bulk_operations import BulkOperations
from awsim.services.dynamodb.contributor_insights import ContributorInsights
from awsim.services.dynamodb.exports import Exports
from awsim.services.dynamodb.global_table_settings import GlobalTableSettings
from awsim.services.dynamodb.global_tables import GlobalTables
from awsim.services.dynamodb.imports import Imports
from awsim.services.dynamodb.items import Items
from awsim.services.dynamodb.kinesis_destinations import KinesisDestinations
from awsim.services.dynamodb.limits import Limits
from awsim.services.dynamodb.partiql_statements import PartiqlStatements
from awsim.services.dynamodb.queries import Queries
from awsim.services.dynamodb.replica_auto_scaling import ReplicaAutoScaling
from awsim.services.dynamodb.resource_policies import ResourcePolicies
from awsim.services.dynamodb.restoring import Restoring
from awsim.services.dynamodb.streams import StreamExpiry
from awsim.services.dynamodb.table_tags import TableTags
from awsim.services.dynamodb.table_updates import TableUpdates
from awsim.services.dynamodb.tables import Tables
from awsim.services.dynamodb.time_to_live import TimeToLives
from awsim.services.dynamodb.transactions import Transactions
from awsim.services.dynamodb.vector_searches import VectorSearches

__all__ = [
    "Backups",
    "Batches",
    "BulkOperations",
    "ContributorInsights",
    "Exports",
    "GlobalTableSettings",
    "GlobalTables",
    "Imports",
    "Items",
    "KinesisDestinations",
    "Limits",
    "PartiqlStatements",
    "Queries",
    "ReplicaAutoScaling",
    "ResourcePolicies",
    "Restoring",
    "StreamExpiry",
    "TableTags",
    "TableUpdates",
    "Tables",
    "TimeToLives",
    "Transactions",
    "VectorSearches",
]
