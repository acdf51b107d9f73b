"""ImportTable, DescribeImport, ListImports."""

# Deviation: what is wrong with single items is counted, but not written to CloudWatch Logs. The words of what is
# refused are ours.

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from awsim.services.dynamodb.addressing import check_table_name, errors
from awsim.services.dynamodb.attribute_values import check_item
from awsim.services.dynamodb.compression import DamagedError, decompress
from awsim.services.dynamodb.encryption import kms_key_arn
from awsim.services.dynamodb.errors import ValidationException
from awsim.services.dynamodb.item_files import read_items
from awsim.services.dynamodb.models import DynamoDbStore, Transfer
from awsim.services.dynamodb.new_tables import new_table
from awsim.services.dynamodb.s3_objects import TransferError, read_objects
from awsim.services.dynamodb.table import Table
from awsim.services.dynamodb.transfers import begin, describe, find_repeated, list_transfers, new_arn
from awsim.services.dynamodb.writing import check_put, check_size
from awsim.services.plugins import ServiceProvider, aws_provider

if TYPE_CHECKING:
    from awsim.context import RequestContext

_LOG_GROUP = "log-group:/aws-dynamodb/imports:*"


@aws_provider(api="dynamodb")
class Imports(ServiceProvider[DynamoDbStore]):
    service = "dynamodb"
    store = DynamoDbStore
    transitions = ("import",)
    identifiers = ("import",)

    def import_table(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        s3_bucket_source: Mapping[str, Any],
        input_format: str,
        table_creation_parameters: Mapping[str, Any],
        client_token: str | None = None,
        input_format_options: Mapping[str, Any] | None = None,
        input_compression_type: str = "NONE",
    ) -> dict[str, Any]:
        repeated = find_repeated(context, context.store.imports, client_token, errors.ImportConflictException)
        if repeated is not None:
            return {"ImportTableDescription": describe(context, repeated)}
        if input_format_options is not None and input_format != "CSV":
            raise ValidationException("InputFormatOptions can be specified only when InputFormat is CSV")
        table = _new_table(context, table_creation_parameters)
        context.store.tables[table.name] = table
        arn = new_arn(context, table.arn, "import")
        description = {
            "ImportArn": arn,
            "ImportStatus": "IN_PROGRESS",
            "TableArn": table.arn,
            "TableId": table.table_id,
            "ClientToken": client_token,
            "S3BucketSource": dict(s3_bucket_source),
            "ErrorCount": 0,
            "CloudWatchLogGroupArn": context.arn(_LOG_GROUP, service="logs"),
            "InputFormat": input_format,
            "InputFormatOptions": dict(input_format_options) if input_format_options is not None else None,
            "InputCompressionType": input_compression_type,
            "TableCreationParameters": dict(table_creation_parameters),
            "StartTime": context.time(),
            "ProcessedSizeBytes": 0,
            "ProcessedItemCount": 0,
            "ImportedItemCount": 0,
        }
        answer = {name: value for name, value in description.items() if not name.endswith(("Count", "Bytes"))}
        begin(context, context.store.imports, Transfer(arn, description), "import", "run_import", client_token)
        return {"ImportTableDescription": answer}

    def describe_import(self, context: RequestContext[DynamoDbStore], *, import_arn: str) -> dict[str, Any]:
        found = context.store.imports.by_arn.get(import_arn)
        if found is None:
            raise errors.ImportNotFoundException(f"Import not found: {import_arn}")
        return {"ImportTableDescription": describe(context, found, look=True)}

    def list_imports(
        self,
        context: RequestContext[DynamoDbStore],
        *,
        table_arn: str | None = None,
        page_size: int = 25,
        next_token: str | None = None,
    ) -> dict[str, Any]:
        shown = (
            "ImportArn",
            "ImportStatus",
            "TableArn",
            "S3BucketSource",
            "CloudWatchLogGroupArn",
            "InputFormat",
            "StartTime",
            "EndTime",
        )
        page, token = list_transfers(context, context.store.imports, table_arn, page_size, next_token, shown)
        return {"ImportSummaryList": page, "NextToken": token}

    def run_import(self, context: RequestContext[DynamoDbStore], *, transfer_arn: str) -> None:
        description = context.store.imports.by_arn[transfer_arn].description
        table = context.store.tables.get(description["TableCreationParameters"]["TableName"])
        try:
            if table is None or table.arn != description["TableArn"]:
                raise TransferError("TableNotFound", "The table was deleted before it was imported")
            _fill(context, table, description)
            if description["ErrorCount"]:
                raise TransferError(
                    "ItemValidationError",
                    "Some of the items failed validation checks. Please check CloudWatch error logs for more details.",
                )
        except TransferError as error:
            description.update(ImportStatus="FAILED", FailureCode=error.code, FailureMessage=error.message)
        else:
            description["ImportStatus"] = "COMPLETED"
        description["EndTime"] = context.time()


def _new_table(context: RequestContext[DynamoDbStore], given: Mapping[str, Any]) -> Table:
    name = given["TableName"]
    check_table_name(name)
    table = new_table(
        context,
        name,
        given["AttributeDefinitions"],
        given["KeySchema"],
        None,
        given.get("GlobalSecondaryIndexes"),
        given.get("BillingMode"),
        given.get("ProvisionedThroughput"),
        given.get("VectorIndexes") or (),
    )
    if name in context.store.tables:
        raise errors.ResourceInUseException(f"Table already exists: {name}")
    table.kms_key_arn = kms_key_arn(context, given.get("SSESpecification"))
    table.on_demand_throughput = given.get("OnDemandThroughput")
    return table


def _fill(context: RequestContext[Any], table: Table, description: dict[str, Any]) -> None:
    """Put the items of all objects into the table. Raises TransferError."""
    options = (description["InputFormatOptions"] or {}).get("Csv") or {}
    for _, body in read_objects(context, description["S3BucketSource"]):
        description["ProcessedSizeBytes"] += len(body)
        try:
            data = decompress(body, description["InputCompressionType"])
        except DamagedError:
            description["ErrorCount"] += 1
            continue
        found = read_items(
            data,
            description["InputFormat"],
            delimiter=options.get("Delimiter", ","),
            headers=options.get("HeaderList"),
            key_types=table.attribute_types,
        )
        for item in found:
            description["ProcessedItemCount"] += 1
            try:
                if isinstance(item, ValueError):
                    raise ValidationException(str(item))
                checked = check_item(item)
                size = check_size(checked)
                check_put(table, checked)
            except ValidationException:
                description["ErrorCount"] += 1
                continue
            key = table.schema.key_of(checked)
            # AWS: of several items with one key the last one stays, and each of them counts.
            table.replace(key, table.find(key), checked, size)
            description["ImportedItemCount"] += 1
