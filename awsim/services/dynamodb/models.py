"""What DynamoDB keeps for one account and region."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from awsim.services.dynamodb.table import Table
from awsim.stores import Store


@attrs.define(eq=False)
class Backup:
    """A backup: a table's definition and items as they were. Times in epoch seconds."""

    arn: str
    name: str
    created_at: float
    #: A table of its own, without stream, tags and policies, whose indexes have no entries.
    table: Table
    #: StreamDescription and TimeToLiveDescription of the table, as DescribeBackup shows them.
    features: dict[str, Any]
    #: USER, or SYSTEM for one that AWS made, which goes again.
    kind: str = "USER"
    expires_at: float | None = None


@attrs.define
class RememberedTransaction:
    """A transaction that was committed under a client request token."""

    request_digest: str
    committed_at: float


@attrs.define(eq=False)
class Transfer:
    """An export, an import or a bulk operation, as its description shows it."""

    arn: str
    description: dict[str, Any]


@attrs.define
class Transfers:
    """All exports, or imports, or bulk operations: by ARN, and client token -> ARN, digest of the request, time."""

    by_arn: dict[str, Transfer] = attrs.Factory(dict)
    tokens: dict[str, tuple[str, str, float]] = attrs.Factory(dict)


@attrs.define
class DynamoDbStore(Store):
    """Tables by name, backups by ARN, the tokens of recent transactions, and the managed key."""

    tables: dict[str, Table] = attrs.Factory(dict)
    backups: dict[str, Backup] = attrs.Factory(dict)
    transactions: dict[str, RememberedTransaction] = attrs.Factory(dict)
    exports: Transfers = attrs.Factory(Transfers)
    imports: Transfers = attrs.Factory(Transfers)
    bulk_operations: Transfers = attrs.Factory(Transfers)
    #: The id of the account's KMS key for DynamoDB, once a table has asked for it.
    managed_key_id: str | None = None

    def resources(self) -> Iterable[tuple[str, str]]:
        yield from (("table", table.arn) for table in self.tables.values())
        yield from (("backup", backup.arn) for backup in self.backups.values())
